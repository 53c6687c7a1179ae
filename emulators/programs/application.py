"""Which application a controller of the demo runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from emulators.program import ControlProgram
from emulators.programs.ahu import AhuProgram
from emulators.programs.heat_pump import HeatPumpProgram
from emulators.programs.monitor import ENERGY_POINTS, PLANT_POINTS, SITE_POINTS, MonitorProgram
from emulators.programs.objects import UnitSystem
from emulators.programs.vav import BOXES, VavReheatProgram

HEAT_PUMPS = (
    *("HP_Archive", "HP_Cafe", "HP_Library", "HP_Meeting"),
    *("HP_Open", "HP_Reception", "HP_Training", "HP_Workshop"),
)
"""The units of the heat pump office, all alike."""

_APPLICATIONS: Mapping[str, Callable[[UnitSystem], ControlProgram]] = {
    "AHU": AhuProgram,
    **{name: partial(VavReheatProgram, size=size) for name, size in BOXES.items()},
    "PLANT": partial(MonitorProgram, PLANT_POINTS),
    "ENERGY": partial(MonitorProgram, ENERGY_POINTS),
    **dict.fromkeys(HEAT_PUMPS, HeatPumpProgram),
    "SITE": partial(MonitorProgram, SITE_POINTS),
}


def standard_application(name: str, unit_system: UnitSystem) -> ControlProgram | None:
    """A new program for the equipment of that name, or None if there is no standard application for it."""
    application = _APPLICATIONS.get(name)
    return application(unit_system) if application else None
