"""The air handler: mixing box, heating coil, cooling coil, fan, and the sensors in its ducts."""

from __future__ import annotations

from emulators.plants.cells import Cells, Table
from emulators.plants.components import flow_lag, larger, smaller, travel, travel_weight
from emulators.plants.multizone_office.air.ahu_control import AhuCommands
from emulators.plants.multizone_office.layout import (
    CHILLER,
    COOLING,
    DUCT_PER_DRIFT,
    DUCT_PER_FLOW,
    FAN,
    FAN_RISE_S,
    FAN_W,
    FAN_WEIGHT,
    FLOW,
    HEAT_PUMP,
    HEATING,
    MIXED_BIAS_K,
    MIXED_C,
    MIXING_DAMPER_RISE_S,
    MIXING_DAMPER_WEIGHT,
    OUTDOOR_BIAS_K,
    OUTDOOR_C,
    OUTDOOR_DAMPER,
    OUTDOOR_DAMPER_HIGH,
    OUTDOOR_DAMPER_LOW,
    OUTDOOR_HUMIDITY,
    OUTDOOR_SHARE,
    RETURN_DAMPER,
    RETURN_DAMPER_HIGH,
    RETURN_DAMPER_LOW,
    RETURNED_BIAS_K,
    RETURNED_C,
    ROOMS,
    SUPPLY_BIAS_K,
    SUPPLY_C,
    SUPPLY_CO2_PPM,
    SUPPLY_HUMIDITY,
    SUPPLY_SENSED_C,
    ZONE_COUNT,
    ZONE_FLOWS,
)
from emulators.plants.multizone_office.parameters import (
    LEAST_AIR_KG_S,
    SYSTEM_FLOW_KG_S,
    AirHandlerFaults,
    OfficeParameters,
)
from emulators.plants.multizone_office.parts import coils, water
from emulators.plants.multizone_office.parts.coils import (
    actuate_coil,
    fit_coil,
    set_coil_step,
    step_cooling_coil,
    step_heating_coil,
)
from emulators.plants.psychrometrics import CP_DRY_AIR
from emulators.plants.rooms import zones
from emulators.plants.rooms.envelope import AIR_DENSITY, OUTDOOR_CO2_PPM, ROOM_C, START_HUMIDITY

_STANDING_FLOW = 1e-9
"""Gives the mean of the return air a meaning when nothing flows (m3/s per zone)."""


def fit_handler(b: Cells, parameters: OfficeParameters) -> None:
    """Write what the air handler is, and its state before the building is settled."""
    path = parameters.air_path
    b[FAN_RISE_S] = parameters.fan.rise_time_s
    b[MIXING_DAMPER_RISE_S] = path.mixing_damper_rise_s
    b[DUCT_PER_FLOW] = 1.0 / path.duct_sensor_lag_s
    b[DUCT_PER_DRIFT] = 1.0 / path.duct_drift_s
    b[MIXED_C] = b[RETURNED_C] = b[SUPPLY_SENSED_C] = b[SUPPLY_C] = ROOM_C
    b[SUPPLY_HUMIDITY] = START_HUMIDITY
    b[SUPPLY_CO2_PPM] = OUTDOOR_CO2_PPM
    faults = parameters.faults
    _fit_faults(b, faults)
    outdoor = _reached(b, OUTDOOR_DAMPER_LOW, 0.0)
    returned = _reached(b, RETURN_DAMPER_LOW, 1.0)
    for actuator, start in ((FAN, 0.0), (OUTDOOR_DAMPER, outdoor), (RETURN_DAMPER, returned)):
        b[actuator] = b[actuator + 1] = start
    fit_coil(b, HEATING, parameters.heating_coil, faults.heating_valve_leakage)
    fit_coil(b, COOLING, parameters.cooling_coil, faults.cooling_valve_leakage)


def _fit_faults(b: Cells, faults: AirHandlerFaults) -> None:
    b[OUTDOOR_DAMPER_LOW], b[OUTDOOR_DAMPER_HIGH] = faults.outdoor_damper_shuts_to, faults.outdoor_damper_opens_to
    b[RETURN_DAMPER_LOW], b[RETURN_DAMPER_HIGH] = faults.return_damper_shuts_to, faults.return_damper_opens_to
    b[MIXED_BIAS_K], b[RETURNED_BIAS_K] = faults.mixed_air_bias_k, faults.return_air_bias_k
    b[SUPPLY_BIAS_K], b[OUTDOOR_BIAS_K] = faults.supply_air_bias_k, faults.outdoor_air_bias_k


def set_handler_step(b: Cells, dt_s: float, fan_dt_s: float) -> None:
    """Prepare for steps of this length; the fan's are shorter."""
    b[FAN_WEIGHT] = travel_weight(b[FAN_RISE_S], fan_dt_s)
    b[MIXING_DAMPER_WEIGHT] = travel_weight(b[MIXING_DAMPER_RISE_S], dt_s)
    set_coil_step(b, HEATING, dt_s)
    set_coil_step(b, COOLING, dt_s)


def actuate(b: Cells, commands: AhuCommands) -> None:
    """Move dampers, valves and pumps towards their commands for one step."""
    outdoor_damper, return_damper, heating_valve, heating_pump, cooling_valve, cooling_pump = commands
    travel(b, OUTDOOR_DAMPER, _reached(b, OUTDOOR_DAMPER_LOW, outdoor_damper), b[MIXING_DAMPER_WEIGHT])
    travel(b, RETURN_DAMPER, _reached(b, RETURN_DAMPER_LOW, return_damper), b[MIXING_DAMPER_WEIGHT])
    actuate_coil(b, HEATING, heating_valve, heating_pump)
    actuate_coil(b, COOLING, cooling_valve, cooling_pump)


def _reached(b: Table, at: int, command: float) -> float:
    """How far a damper gets under a command; its lowest and highest position are at ``at`` and behind."""
    return larger(b[at], smaller(b[at + 1], command))


def condition(b: Cells, dt_s: float) -> None:
    """Condition the air of one step."""
    returned_c, returned_humidity, returned_co2 = _returned(b)
    share, flow = b[OUTDOOR_SHARE], b[FLOW] * AIR_DENSITY
    mixed_c = returned_c + share * (b[OUTDOOR_C] - returned_c)
    mixed_humidity = returned_humidity + share * (b[OUTDOOR_HUMIDITY] - returned_humidity)
    hot_c, chilled_c = b[HEAT_PUMP + water.SUPPLY_C], b[CHILLER + water.SUPPLY_C]
    heated_c = step_heating_coil(b, HEATING, dt_s, mixed_c, flow, hot_c)
    cooled_c = step_cooling_coil(b, COOLING, dt_s, heated_c, mixed_humidity, flow, chilled_c)
    supply_c = cooled_c + b[FAN_W] / (larger(flow, LEAST_AIR_KG_S) * CP_DRY_AIR)
    b[SUPPLY_C] = supply_c
    b[SUPPLY_HUMIDITY] = b[COOLING + coils.OUTLET_HUMIDITY]
    b[SUPPLY_CO2_PPM] = returned_co2 + share * (OUTDOOR_CO2_PPM - returned_co2)
    kept, carried, drifted = flow_lag(flow / SYSTEM_FLOW_KG_S, b[DUCT_PER_FLOW], b[DUCT_PER_DRIFT], dt_s)
    standing = drifted * returned_c
    b[MIXED_C] = kept * b[MIXED_C] + carried * (mixed_c + b[MIXED_BIAS_K]) + standing
    b[RETURNED_C] = kept * b[RETURNED_C] + carried * (returned_c + b[RETURNED_BIAS_K]) + standing
    b[SUPPLY_SENSED_C] = kept * b[SUPPLY_SENSED_C] + carried * (supply_c + b[SUPPLY_BIAS_K]) + standing


def _returned(b: Cells) -> tuple[float, float, float]:
    """Temperature, humidity and CO2 of the return air; of the rooms' mean when nothing flows."""
    total = temperature = humidity = co2 = 0.0
    for zone in range(ZONE_COUNT):
        r = ROOMS + zone * zones.CELLS
        weight = b[ZONE_FLOWS + zone] + _STANDING_FLOW
        total += weight
        temperature += weight * b[r + zones.AIR_C]
        humidity += weight * b[r + zones.HUMIDITY]
        co2 += weight * b[r + zones.CO2_PPM]
    return temperature / total, humidity / total, co2 / total
