"""The water coils of the air handler, each with a valve and an injection pump.

The pump circulates water through the coil; the valve lets in as much as it passes from the distribution loop, and the
rest recirculates. What circulates has a mass, so that a coil whose valve has shut goes on for minutes. The heat follows
at once from effectiveness, flows and the water that enters the coil; on the air's side what lags is the *outlet
temperature*, never the heat, so a vanishing air flow does no harm.
"""

from __future__ import annotations

from math import exp

from emulators.plants.cells import Cells, Table
from emulators.plants.components import exchange, flow_lag, larger, smaller, travel, travel_weight, valve_flow
from emulators.plants.multizone_office.parameters import (
    CHILLED_WATER_C,
    CP_WATER,
    LEAST_AIR_KG_S,
    SYSTEM_FLOW_KG_S,
    Coil,
)
from emulators.plants.psychrometrics import (
    CP_DRY_AIR,
    CP_VAPOUR,
    EVAPORATION_HEAT,
    enthalpy,
    saturation_humidity_ratio,
)
from emulators.plants.rooms.envelope import ROOM_C, START_HUMIDITY

_LEAST_PUMP_SHARE = 1e-6
_PARTLY_WET = 0.1
"""Up to this share of the heat that wet operation adds to dry, only part of the coil is wet."""

(
    CONDUCTANCE_W_K,
    PUMP_KG_S,
    PUMP_FULL_W,
    VALVE_KG_S,
    LEAKAGE,
    VALVE_RISE_S,
    PUMP_RISE_S,
    COIL_J_K,
    WATER_PER_FLOW,
    PER_DRIFT,
    VALVE_WEIGHT,
    PUMP_WEIGHT,
    VALVE,
    _VALVE_LAG,
    PUMP,
    _PUMP_LAG,
    OUTLET_C,
    OUTLET_HUMIDITY,
    WATER_SUPPLY_C,
    WATER_RETURN_C,
    LOOP_KG_S,
    LOOP_RETURN_C,
    HEAT_W,
    CELLS,
) = range(24)
"""A coil: what it is, weights of a step, valve and pump, the air and water at its ends.

``LOOP_KG_S`` is drawn from the distribution loop; ``HEAT_W`` goes between water and air, positive in the coil's sense.
"""


def fit_coil(b: Cells, at: int, coil: Coil, leakage: float = 0.0) -> None:
    """Write what a coil is, how much its valve leaks, and its state before the building is settled."""
    b[at + CONDUCTANCE_W_K] = coil.conductance_w_k
    b[at + PUMP_KG_S] = coil.pump_kg_s
    b[at + PUMP_FULL_W] = coil.pump_kg_s / 1000.0 * coil.pump_head_pa / coil.pump_efficiency
    b[at + VALVE_KG_S] = coil.valve_kg_s
    b[at + LEAKAGE] = leakage
    b[at + VALVE_RISE_S] = coil.valve_rise_s
    b[at + PUMP_RISE_S] = coil.pump_rise_s
    b[at + COIL_J_K] = coil.storage_j_k
    b[at + WATER_PER_FLOW] = 1.0 / coil.water_lag_s
    b[at + PER_DRIFT] = 1.0 / coil.water_drift_s
    b[at + VALVE] = b[at + _VALVE_LAG] = b[at + PUMP] = b[at + _PUMP_LAG] = 0.0
    b[at + OUTLET_C] = b[at + WATER_SUPPLY_C] = b[at + WATER_RETURN_C] = b[at + LOOP_RETURN_C] = ROOM_C
    b[at + OUTLET_HUMIDITY] = START_HUMIDITY
    b[at + LOOP_KG_S] = b[at + HEAT_W] = 0.0


def set_coil_step(b: Cells, at: int, dt_s: float) -> None:
    """Prepare a coil for steps of this length."""
    b[at + VALVE_WEIGHT] = travel_weight(b[at + VALVE_RISE_S], dt_s)
    b[at + PUMP_WEIGHT] = travel_weight(b[at + PUMP_RISE_S], dt_s)


def actuate_coil(b: Cells, at: int, valve: float, pump: float) -> None:
    """Move valve and pump towards their commands for one step."""
    travel(b, at + VALVE, valve, b[at + VALVE_WEIGHT])
    travel(b, at + PUMP, pump, b[at + PUMP_WEIGHT])


def coil_pump_power(b: Table, at: int) -> float:
    """Electric power of the injection pump, W: cubic in its speed."""
    speed = b[at + PUMP]
    return b[at + PUMP_FULL_W] * speed * speed * speed


def step_heating_coil(b: Cells, at: int, dt_s: float, entering_c: float, air_kg_s: float, loop_c: float) -> float:
    """The air temperature at the outlet, degC. Dry, counter-flow."""
    air = larger(air_kg_s, LEAST_AIR_KG_S)
    water, fresh = _water(b, at)
    air_capacity, water_capacity = air * CP_DRY_AIR, water * CP_WATER
    per_kelvin = exchange(_conductance(b, at, air, water), air_capacity, water_capacity)
    b[at + HEAT_W] = heat = per_kelvin * (b[at + WATER_SUPPLY_C] - entering_c)
    _settle_water(b, at, dt_s, loop_c, fresh, heat / water_capacity)
    target_c = entering_c + heat / air_capacity
    b[at + OUTLET_C] = outlet_c = target_c + _kept(b, at, dt_s, air_kg_s) * (b[at + OUTLET_C] - target_c)
    return outlet_c


def _water(b: Cells, at: int) -> tuple[float, float]:
    """Flow through the coil in kg/s, and the share of it that comes from the loop."""
    flow = larger(b[at + PUMP], _LEAST_PUMP_SHARE) * b[at + PUMP_KG_S]
    opened = larger(valve_flow(b[at + VALVE]), b[at + LEAKAGE])
    b[at + LOOP_KG_S] = loop_flow = smaller(opened * b[at + VALVE_KG_S], flow)
    return flow, loop_flow / flow


def _conductance(b: Cells, at: int, air_kg_s: float, water_kg_s: float) -> float:
    films: float = 0.5 * (SYSTEM_FLOW_KG_S / air_kg_s) ** 0.8 + 0.5 * (b[at + PUMP_KG_S] / water_kg_s) ** 0.8
    return b[at + CONDUCTANCE_W_K] / films


def _settle_water(b: Cells, at: int, dt_s: float, loop_c: float, fresh: float, drop_k: float) -> None:
    """Water temperatures for a drop over the coil (negative when cooling)."""
    entering_c = b[at + WATER_SUPPLY_C]
    leaving_c = entering_c - drop_k
    kept, carried, drifted = flow_lag(b[at + PUMP], b[at + WATER_PER_FLOW], b[at + PER_DRIFT], dt_s)
    b[at + LOOP_RETURN_C] = leaving_c
    mixed_c = leaving_c + fresh * (loop_c - leaving_c)
    b[at + WATER_SUPPLY_C] = kept * entering_c + carried * mixed_c + drifted * leaving_c
    b[at + WATER_RETURN_C] = kept * b[at + WATER_RETURN_C] + (carried + drifted) * leaving_c


def _kept(b: Cells, at: int, dt_s: float, air_kg_s: float) -> float:
    """What the outlet keeps of its temperature in one step: the coil follows both streams, and nothing without any."""
    streams_w_k = air_kg_s * CP_DRY_AIR + b[at + PUMP] * b[at + PUMP_KG_S] * CP_WATER
    return exp(-dt_s * streams_w_k / b[at + COIL_J_K])


_SATURATED_AT_SUPPLY = enthalpy(CHILLED_WATER_C, saturation_humidity_ratio(CHILLED_WATER_C))
_SATURATED_SLOPE = (enthalpy(16.0, saturation_humidity_ratio(16.0)) - _SATURATED_AT_SUPPLY) / (16.0 - CHILLED_WATER_C)
"""J/(kg K): the cooling water seen as an enthalpy flow, over the coil's usual water temperatures."""

_COLDEST_C, _SPACING_C = -40.0, 0.5
_TABLE_ENTHALPY = tuple(
    enthalpy(temperature_c, saturation_humidity_ratio(temperature_c))
    for temperature_c in (_COLDEST_C + _SPACING_C * place for place in range(241))
)
_LAST = len(_TABLE_ENTHALPY) - 1


def saturated_temperature(saturated_enthalpy: float) -> float:
    """Temperature (-40 to 80 degC) of saturated air by its enthalpy, from a table with linear interpolation."""
    right, last = 1, _LAST
    while right < last:
        middle = (right + last) // 2
        if saturated_enthalpy < _TABLE_ENTHALPY[middle]:
            last = middle
        else:
            right = middle + 1
    before, after = _TABLE_ENTHALPY[right - 1], _TABLE_ENTHALPY[right]
    return _COLDEST_C + _SPACING_C * (right - 1) + _SPACING_C * (saturated_enthalpy - before) / (after - before)


def step_cooling_coil(
    b: Cells,
    at: int,
    dt_s: float,
    entering_c: float,
    humidity: float,
    air_kg_s: float,
    loop_c: float,
) -> float:
    """The air temperature at the outlet, degC; the humidity ratio there is in ``OUTLET_HUMIDITY``.

    The larger of dry and fully wet operation (Braun's enthalpy effectiveness). In between the coil is partly wet; both
    outlets have the same enthalpy there, so mixing them keeps the balance.
    """
    air = larger(air_kg_s, LEAST_AIR_KG_S)
    water, fresh = _water(b, at)
    water_capacity = water * CP_WATER
    conductance = _conductance(b, at, air, water)
    water_c = b[at + WATER_SUPPLY_C]
    dry = exchange(conductance, air * CP_DRY_AIR, water_capacity) * larger(0.0, entering_c - water_c)
    per_enthalpy = exchange(conductance / CP_DRY_AIR, air, water_capacity / _SATURATED_SLOPE)
    wet = per_enthalpy * larger(0.0, enthalpy(entering_c, humidity) - _saturated_enthalpy(water_c))
    b[at + HEAT_W] = heat = larger(wet, dry)
    outlet_c, outlet_humidity = entering_c - heat / (air * CP_DRY_AIR), humidity
    if wet > dry:
        wetness = smaller(1.0, (wet - dry) / (_PARTLY_WET * wet))
        wet_c, wet_humidity = _wet_outlet(entering_c, humidity, heat / air, conductance / CP_DRY_AIR / air)
        outlet_c += wetness * (wet_c - outlet_c)
        outlet_humidity += wetness * (wet_humidity - outlet_humidity)
    _settle_water(b, at, dt_s, loop_c, fresh, -heat / water_capacity)
    kept = _kept(b, at, dt_s, air_kg_s)
    b[at + OUTLET_HUMIDITY] = outlet_humidity + kept * (b[at + OUTLET_HUMIDITY] - outlet_humidity)
    b[at + OUTLET_C] = outlet_c = outlet_c + kept * (b[at + OUTLET_C] - outlet_c)
    return outlet_c


def _saturated_enthalpy(water_c: float) -> float:
    return _SATURATED_AT_SUPPLY + _SATURATED_SLOPE * (water_c - CHILLED_WATER_C)


def _wet_outlet(entering_c: float, humidity: float, removed: float, transfer_units: float) -> tuple[float, float]:
    """Temperature and humidity ratio behind a wet coil that took ``removed`` J/kg, by an effective surface."""
    enthalpy_in = enthalpy(entering_c, humidity)
    enthalpy_out = enthalpy_in - removed
    bypass = exp(-2.0 * transfer_units)
    surface_c = saturated_temperature(enthalpy_in - removed / (1.0 - bypass))
    outlet_c = surface_c + (entering_c - surface_c) * bypass
    ratio = (enthalpy_out - CP_DRY_AIR * outlet_c) / (EVAPORATION_HEAT + CP_VAPOUR * outlet_c)
    return outlet_c, smaller(humidity, larger(1e-4, ratio))
