"""Where each part of the heat pump office stands in its flat array of cells."""

from __future__ import annotations

from emulators.plants.heat_pump_office import heat_pump, thermostat
from emulators.plants.heat_pump_office.parameters import ZONE_COUNT
from emulators.plants.override import OVERRIDE_CELLS
from emulators.plants.rooms import zones

(
    TIME_S,
    BOUNDARY_UNTIL_S,
    DT_S,
    OUTDOOR_C,
    OUTDOOR_HUMIDITY,
    SKY_LOSS_K,
    FACING_COEFFICIENT,
    TESTED_PA,
    LEAD_H,
    STANDBY,
    OCCUPIED,
    IN_USE,
    FULL_BASE_W,
) = range(13)
"""The building: its time, until when its boundary holds, the internal step that the weights are for, what acts from
outside; then when it is in use, and after ``FULL_BASE_W`` for each zone what its lights and plugs take at most."""

_BASE = FULL_BASE_W + ZONE_COUNT
(BASE_W, LIT_W, METERED_W) = range(_BASE, _BASE + 3)
"""What lights and plugs want, what they get, and all that the meter shows."""
GRID = _BASE + 3
"""The override of the utility's power: 1 while there is any."""

ROOMS = GRID + OVERRIDE_CELLS
THERMOSTATS = ROOMS + ZONE_COUNT * zones.CELLS
UNITS = THERMOSTATS + ZONE_COUNT * thermostat.CELLS
SIZE = UNITS + ZONE_COUNT * heat_pump.CELLS
"""One run of cells per zone each."""
END_OF_ROOMS = THERMOSTATS
