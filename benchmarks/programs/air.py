"""What people got on a day: CO2, outdoor air against what 62.1 asks for them, and temperatures where they were."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache

from benchmarks.programs.days import CONFIGS, HOUR_S, STEP_S, Day, State
from benchmarks.programs.figures import OPEN_H, ZONES
from supervisory.blocks.air_handlers.ventilation import (
    IntakeDesign,
    VentilationDesign,
    ZoneAir,
    outdoor_intake,
    zone_air,
)

_PEOPLE_M3_S = 0.0025
"""Outdoor air of one person in an office (62.1, Table 6-1)."""
_COLDEST_K, _WARMEST_K = 273.15 + 19.8, 273.15 + 24.2
_TOLERANCE = 0.95
"""A flow station is good to five per cent."""
_MEANS_OF_H = 3.0
_UNLIMITED = IntakeDesign(float("inf"), float("inf"), 0.05)


@cache
def designs() -> Mapping[str, VentilationDesign]:
    """The zones as the shipped config of demand controlled ventilation has them."""
    config = json.loads((CONFIGS / "demand_controlled_ventilation.simulation.json").read_text(encoding="utf-8"))
    zones = config["programs"]["demand_controlled_ventilation"]["parameters"]["zones"]
    return {name: VentilationDesign.model_validate(zone) for name, zone in zones.items()}


def people(state: State, zone: str) -> float:
    """How many are in a zone."""
    return state[f"hvac_reaZon{ZONES[zone]}_nPeo_y"]


def required_m3_s(state: State) -> float:
    """Outdoor air that the air handler has to take in by 62.1 for the people that are there (Vot)."""
    airs = {zone: _needed(state, zone, design) for zone, design in designs().items()}
    flows = {zone: state[f"hvac_reaZon{ZONES[zone]}_V_flow_y"] for zone in airs}
    return outdoor_intake(_UNLIMITED, airs, flows).total_m3_s


def minutes_short(day: Day) -> float:
    """Minutes of the occupied hours with less outdoor air than that."""
    short = [state["hvac_reaAhu_V_flow_out_y"] < _TOLERANCE * required_m3_s(state) for state in day.between(*OPEN_H)]
    return sum(short) * STEP_S / 60.0


def least_share(day: Day) -> float:
    """Of three hours each, the least outdoor air over what 62.1 asks for in them.

    Rooms as large as these may be judged by means of three hours and more (62.1: three times the volume over Vbz).
    """
    states = list(day.between(*OPEN_H))
    taken = [state["hvac_reaAhu_V_flow_out_y"] for state in states]
    asked = [required_m3_s(state) for state in states]
    count = round(_MEANS_OF_H * HOUR_S / STEP_S)
    starts = range(len(states) - count + 1)
    return min(sum(taken[i : i + count]) / sum(asked[i : i + count]) for i in starts if any(asked[i : i + count]))


def ppm_hours(day: Day) -> float:
    """Sum over zones with people in them of what CO2 is above the zone's set-point, ppm h."""
    excess = (
        max(0.0, state[f"hvac_reaZon{ZONES[zone]}_CO2Zon_y"] - design.co2_setpoint_ppm)
        for state in day.between(*OPEN_H)
        for zone, design in designs().items()
        if people(state, zone)
    )
    return sum(excess) * STEP_S / HOUR_S


def discomfort_kh(day: Day) -> float:
    """Sum over zones with people in them of what is below 20 or above 24 degC by more than 0.2 K, K h."""
    beyond = (
        max(0.0, _COLDEST_K - state[f"hvac_reaZon{code}_TZon_y"], state[f"hvac_reaZon{code}_TZon_y"] - _WARMEST_K)
        for state in day.between(*OPEN_H)
        for zone, code in ZONES.items()
        if people(state, zone)
    )
    return sum(beyond) * STEP_S / HOUR_S


def highest_ppm(day: Day) -> float:
    """The most CO2 of any zone with people in it."""
    return max(
        state[f"hvac_reaZon{code}_CO2Zon_y"]
        for state in day.between(*OPEN_H)
        for zone, code in ZONES.items()
        if people(state, zone)
    )


def taken_m3_s(day: Day) -> float:
    """Mean outdoor air of the occupied hours."""
    flows = [state["hvac_reaAhu_V_flow_out_y"] for state in day.between(*OPEN_H)]
    return sum(flows) / len(flows)


def _needed(state: State, zone: str, design: VentilationDesign) -> ZoneAir:
    """A zone with as many people as there are, as if its design were for them."""
    count = people(state, zone)
    present = design.model_copy(update={"people_m3_s": count * _PEOPLE_M3_S})
    base = f"hvac_reaZon{ZONES[zone]}"
    effectiveness = design.effectiveness(state[f"{base}_TSup_y"], state[f"{base}_TZon_y"])
    return zone_air(present, count > 0.0, 1.0, effectiveness)
