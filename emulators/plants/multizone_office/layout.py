"""Where each part of the office stands in its flat array of cells.

What there is only one of has its cells named here; rooms, boxes, coils and water loops name their own, counted from
where each of them begins.
"""

from __future__ import annotations

from emulators.plants.multizone_office.parameters import ZONES
from emulators.plants.multizone_office.parts import boxes, coils, water
from emulators.plants.multizone_office.use import modes
from emulators.plants.override import OVERRIDE_CELLS
from emulators.plants.rooms import zones

ZONE_COUNT = len(ZONES)

(
    TIME_S,
    BOUNDARY_UNTIL_S,
    DT_S,
    OUTDOOR_C,
    OUTDOOR_HUMIDITY,
    DOOR_W_PER_ROOT_K,
    DOOR_LAMINAR_K,
    SKY_LOSS_K,
    FACING_COEFFICIENT,
    TESTED_PA,
) = range(10)
"""The building: its time, until when its boundary holds, the internal step that the weights are for, what acts.

Then what is the same for all facades and doors."""

OPERATION = 10
"""The mode."""

_CONTROL = OPERATION + modes.CELLS
(
    RESET_SHARE,
    RESET_INTEGRAL,
    PRESSURE_SET_PA,
    FAN_SHARE,
    FAN_INTEGRAL,
    FAN_IS_ON,
    SUPPLY_SHARE,
    SUPPLY_IS_ON,
    SUPPLY_INTEGRAL,
    SUPPLY_OUTPUT,
    FREEZE_SHARE,
    FREEZE_INTEGRAL,
    FREEZING_UNTIL_S,
    ECONOMIZER_IS_LOCKED,
    HEATING_RUNS,
    HEATING_SINCE_S,
    COOLING_RUNS,
    COOLING_SINCE_S,
) = range(_CONTROL, _CONTROL + 18)
"""The air handler's controller: its loops, locks and pump hystereses."""

_OVERRIDES = _CONTROL + 18
(
    SUPPLY_TEMPERATURE_OVERRIDE,
    PRESSURE_OVERRIDE,
    COOLING_VALVE_OVERRIDE,
    FAN_OVERRIDE,
    HEATING_VALVE_OVERRIDE,
    OUTDOOR_DAMPER_OVERRIDE,
    COOLING_PUMP_OVERRIDE,
    HEATING_PUMP_OVERRIDE,
    RETURN_DAMPER_OVERRIDE,
) = range(_OVERRIDES, _OVERRIDES + 9 * OVERRIDE_CELLS, OVERRIDE_CELLS)

_AIR = _OVERRIDES + 9 * OVERRIDE_CELLS
(
    SHUT_OFF_PA,
    FAN_EFFICIENCY,
    COILS_AND_FILTER_PA,
    OUTDOOR_DAMPER_PA,
    RETURN_DAMPER_PA,
    MIXING_FIXED_PA,
    BOX_DAMPER_PA,
    BOX_FIXED_PA,
    BOX_EXCESS,
    RETURN_DUCT_PA,
    LEAKING_SHARE,
    RESISTANCE,
    ROOM_RESISTANCE,
    ROOM_PA,
    DUCT_PA,
    FAN_W,
    FLOW,
    MOST_OPEN_BOX,
    OUTDOOR_SHARE,
) = range(_AIR, _AIR + 19)
"""The air network: what is known of it, and its last balance (m3/s, Pa, W)."""
ZONE_FLOWS = _AIR + 19

_HANDLER = ZONE_FLOWS + ZONE_COUNT
(
    FAN_RISE_S,
    FAN_WEIGHT,
    MIXING_DAMPER_RISE_S,
    MIXING_DAMPER_WEIGHT,
    DUCT_PER_FLOW,
    DUCT_PER_DRIFT,
    MIXED_C,
    RETURNED_C,
    SUPPLY_SENSED_C,
    SUPPLY_C,
    SUPPLY_HUMIDITY,
    SUPPLY_CO2_PPM,
) = range(_HANDLER, _HANDLER + 12)
"""The air handler: its time constants, what its sensors show, and its supply air."""
FAN, OUTDOOR_DAMPER, RETURN_DAMPER = range(_HANDLER + 12, _HANDLER + 18, 2)
"""Actuators, two cells each."""

_FAULTS = _HANDLER + 18
(
    OUTDOOR_DAMPER_LOW,
    OUTDOOR_DAMPER_HIGH,
    RETURN_DAMPER_LOW,
    RETURN_DAMPER_HIGH,
    MIXED_BIAS_K,
    RETURNED_BIAS_K,
    SUPPLY_BIAS_K,
    OUTDOOR_BIAS_K,
) = range(_FAULTS, _FAULTS + 8)
"""What is wrong with the air handler: how far its dampers get, and what its sensors show too much."""

HEATING = _FAULTS + 8
COOLING = HEATING + coils.CELLS
HEAT_PUMP = COOLING + coils.CELLS
CHILLER = HEAT_PUMP + water.CELLS
ROOMS = CHILLER + water.CELLS
BOXES = ROOMS + ZONE_COUNT * zones.CELLS
SIZE = BOXES + ZONE_COUNT * boxes.CELLS
