"""One study per program: the days that are compared, the table of its page, and its curves."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from benchmarks.programs.studies.air_handler_commissioning import air_handler_commissioning
from benchmarks.programs.studies.air_quality_flush import air_quality_flush
from benchmarks.programs.studies.demand_controlled_ventilation import demand_controlled_ventilation
from benchmarks.programs.studies.duct_static_reset import duct_static_reset
from benchmarks.programs.studies.heat_pump_stagger import heat_pump_stagger
from benchmarks.programs.studies.load_shed import load_shed
from benchmarks.programs.studies.load_shift import load_shift
from benchmarks.programs.studies.mornings import data_sharing, override_release_bot
from benchmarks.programs.studies.night_purge import night_purge
from benchmarks.programs.studies.occupied_standby import occupied_standby
from benchmarks.programs.studies.rogue_zones import rogue_zones
from benchmarks.programs.studies.study import Study
from benchmarks.programs.studies.supply_air_temperature_reset import supply_air_temperature_reset

STUDIES: Mapping[str, Callable[[], Study]] = {
    "duct_static_reset": duct_static_reset,
    "supply_air_temperature_reset": supply_air_temperature_reset,
    "load_shed": load_shed,
    "load_shift": load_shift,
    "night_purge": night_purge,
    "air_quality_flush": air_quality_flush,
    "heat_pump_stagger": heat_pump_stagger,
    "demand_controlled_ventilation": demand_controlled_ventilation,
    "occupied_standby": occupied_standby,
    "data_sharing": data_sharing,
    "override_release_bot": override_release_bot,
    "air_handler_commissioning": air_handler_commissioning,
    "rogue_zones": rogue_zones,
}
