"""VAV boxes with reheat and their controllers (one per zone)."""

from __future__ import annotations

from emulators.plants.cells import Cells
from emulators.plants.components import (
    clamped,
    exchange,
    flow_lag,
    pi,
    required_conductance,
    travel,
    travel_weight,
    valve_flow,
)
from emulators.plants.multizone_office.parameters import CP_WATER, HOT_WATER_C, AirPath, Reheat, Zone
from emulators.plants.override import ACTIVE, IN_FORCE, OVERRIDE_CELLS, resolve
from emulators.plants.psychrometrics import CP_DRY_AIR, KELVIN
from emulators.plants.rooms.envelope import AIR_DENSITY, ROOM_C

_HEATING_BAND_K = 0.5
_LEAST_FLOW_SHARE = 1e-3
_FULL_MIXING_SHARE = 0.1
"""Share of the design air flow from which on the metal, not the air flow, sets the discharge's lag."""
_GAIN, _INTEGRAL_TIME_S = 0.1, 120.0
"""Of both loops of a zone."""
_HEATING_UNWINDING = 10.0

HEATING_SET, COOLING_SET, DAMPER_OVERRIDE, REHEAT_OVERRIDE = range(0, 4 * OVERRIDE_CELLS, OVERRIDE_CELLS)
(
    DAMPER,
    _DAMPER_LAG,
    VALVE,
    _VALVE_LAG,
    MINIMUM_SHARE,
    HEATED_SHARE,
    DESIGN_KG_S,
    HEATED_KG_S,
    DESIGN_WATER_KG_S,
    REHEAT_W_K,
    WATER_HEAD_PA,
    WATER_VALVE_PA,
    WATER_SHARED_PA,
    RISE_TIME_S,
    VALVE_RISE_S,
    PER_FLOW,
    PER_DRIFT,
    TRAVEL_WEIGHT,
    VALVE_WEIGHT,
    LOOP_SHARE,
    WARMING,
    COOLING_INTEGRAL,
    HEATING_INTEGRAL,
    DISCHARGE_C,
    REHEAT_W,
    WATER_KG_S,
    WATER_RETURN_C,
    CELLS,
) = range(4 * OVERRIDE_CELLS, 4 * OVERRIDE_CELLS + 28)
"""A box: its overrides and actuators, what it is made of, weights of a step, its controller's state, and its own."""


def fit_box(b: Cells, x: int, zone: Zone, path: AirPath, reheat: Reheat) -> None:
    """Write what a box is made of, and its state before the building is settled."""
    design_kg_s = AIR_DENSITY * zone.design_flow_m3_s
    heated_kg_s = reheat.heated_share * design_kg_s
    heat_w = heated_kg_s * CP_DRY_AIR * reheat.rise_k
    water_kg_s = heat_w / (CP_WATER * reheat.water_span_k)
    b[x + DAMPER] = b[x + _DAMPER_LAG] = b[x + MINIMUM_SHARE] = zone.minimum_share
    b[x + VALVE] = b[x + _VALVE_LAG] = 0.0
    b[x + HEATED_SHARE] = reheat.heated_share
    b[x + DESIGN_KG_S] = design_kg_s
    b[x + HEATED_KG_S] = heated_kg_s
    b[x + DESIGN_WATER_KG_S] = water_kg_s
    b[x + REHEAT_W_K] = required_conductance(
        heat_w, HOT_WATER_C - reheat.entering_c, water_kg_s * CP_WATER, heated_kg_s * CP_DRY_AIR
    )
    b[x + WATER_HEAD_PA] = reheat.head_pa
    b[x + WATER_VALVE_PA] = reheat.valve_pa
    b[x + WATER_SHARED_PA] = reheat.shared_pa
    b[x + RISE_TIME_S] = path.box_actuator_rise_s
    b[x + VALVE_RISE_S] = reheat.valve_rise_s
    b[x + PER_FLOW] = 1.0 / reheat.discharge_lag_s
    b[x + PER_DRIFT] = 1.0 / reheat.discharge_drift_s
    b[x + WARMING] = b[x + COOLING_INTEGRAL] = b[x + HEATING_INTEGRAL] = 0.0
    b[x + REHEAT_W] = b[x + WATER_KG_S] = 0.0
    b[x + DISCHARGE_C] = b[x + WATER_RETURN_C] = ROOM_C


def set_box_step(b: Cells, x: int, dt_s: float) -> None:
    """Prepare a box and its controller for steps of this length."""
    b[x + TRAVEL_WEIGHT] = travel_weight(b[x + RISE_TIME_S], dt_s)
    b[x + VALVE_WEIGHT] = travel_weight(b[x + VALVE_RISE_S], dt_s)
    b[x + LOOP_SHARE] = dt_s / _INTEGRAL_TIME_S


def control_box(b: Cells, x: int, heating_k: float, cooling_k: float, zone_c: float) -> tuple[float, float]:
    """Commands to the damper (share of the design flow) and to the reheat valve, by the mode's set-points.

    Dual loops of a zone: cooling by air flow, heating by reheat at a raised minimum flow.
    """
    cold_by = resolve(b, x + HEATING_SET, heating_k) - KELVIN - zone_c
    warm_by = zone_c - (resolve(b, x + COOLING_SET, cooling_k) - KELVIN)
    if cold_by > 0.0:
        b[x + WARMING] = 1.0
    elif cold_by < -_HEATING_BAND_K:
        b[x + WARMING] = 0.0
    least = _least_flow(b, x)
    share = b[x + LOOP_SHARE]
    b[x + COOLING_INTEGRAL], cooling = pi(b[x + COOLING_INTEGRAL], warm_by, _GAIN, share, 0.0, 1.0)
    b[x + HEATING_INTEGRAL], heating = pi(b[x + HEATING_INTEGRAL], cold_by, _GAIN, share, 0.0, 1.0, _HEATING_UNWINDING)
    damper = resolve(b, x + DAMPER_OVERRIDE, least + (1.0 - least) * cooling)
    return damper, resolve(b, x + REHEAT_OVERRIDE, heating)


def _least_flow(b: Cells, x: int) -> float:
    return b[x + HEATED_SHARE] if b[x + WARMING] else b[x + MINIMUM_SHARE]


def track_box(b: Cells, x: int) -> None:
    """Be as if what overrides damper and valve now had been commanded from here."""
    if b[x + DAMPER_OVERRIDE + ACTIVE]:
        least = _least_flow(b, x)
        above = b[x + DAMPER_OVERRIDE + IN_FORCE] - least
        b[x + COOLING_INTEGRAL] = clamped(above / (1.0 - least), 0.0, 1.0) if least < 1.0 else 0.0
    if b[x + REHEAT_OVERRIDE + ACTIVE]:
        b[x + HEATING_INTEGRAL] = clamped(b[x + REHEAT_OVERRIDE + IN_FORCE], 0.0, 1.0)


def actuate_box(b: Cells, x: int, damper: float, valve: float) -> None:
    """Move damper and valve towards their commands for one step."""
    travel(b, x + DAMPER, damper, b[x + TRAVEL_WEIGHT])
    travel(b, x + VALVE, valve, b[x + VALVE_WEIGHT])


def step_box(
    b: Cells, x: int, dt_s: float, air_kg_s: float, entering_c: float, hot_water_c: float, zone_c: float
) -> float:
    """The discharge temperature, degC, for this air flow; still air drifts to the zone's temperature."""
    design = b[x + DESIGN_KG_S]
    share = air_kg_s / design
    air = (share if share > _LEAST_FLOW_SHARE else _LEAST_FLOW_SHARE) * design
    opened = valve_flow(b[x + VALVE], b[x + WATER_HEAD_PA], b[x + WATER_VALVE_PA], b[x + WATER_SHARED_PA])
    water = opened * b[x + DESIGN_WATER_KG_S]
    span_k = hot_water_c - entering_c
    heat = _transfer(b, x, air, water) * span_k if span_k > 0.0 else 0.0
    mixing = share / _FULL_MIXING_SHARE
    kept, carried, drifted = flow_lag(mixing if mixing < 1.0 else 1.0, b[x + PER_FLOW], b[x + PER_DRIFT], dt_s)
    target_c = entering_c + heat / (air * CP_DRY_AIR)
    b[x + REHEAT_W] = heat
    b[x + WATER_KG_S] = water
    b[x + WATER_RETURN_C] = hot_water_c - heat / (water * CP_WATER)
    b[x + DISCHARGE_C] = discharge_c = kept * b[x + DISCHARGE_C] + carried * target_c + drifted * zone_c
    return discharge_c


def _transfer(b: Cells, x: int, air: float, water: float) -> float:
    """Heat per kelvin between the entering streams, W/K."""
    air_film = 0.5 * (b[x + HEATED_KG_S] / air) ** 0.8
    water_film = 0.5 * (b[x + DESIGN_WATER_KG_S] / water) ** 0.8
    conductance = b[x + REHEAT_W_K] / (air_film + water_film)
    return exchange(conductance, air * CP_DRY_AIR, water * CP_WATER)
