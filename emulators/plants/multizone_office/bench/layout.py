"""Where it stands what the bench's building has beyond the standard one: behind all cells of that."""

from __future__ import annotations

from emulators.plants.multizone_office.layout import SIZE, ZONE_COUNT
from emulators.plants.override import OVERRIDE_CELLS

OUTDOOR_AIR_SET = SIZE
OWN_OUTDOOR_AIR_M3_S, LEAST_POSITION, LEAST_POSITION_INTEGRAL, LEAST_POSITION_SHARE, PERSON_W = range(
    SIZE + OVERRIDE_CELLS, SIZE + OVERRIDE_CELLS + 5
)
"""The air handler's minimum of outdoor air and the loop that keeps it; radiant heat of a person, which is half of the
sensible."""

ZONES_BEYOND = PERSON_W + 1
MINIMUM_SET = 0
OWN_MINIMUM_M3_S, OWN_HEATED_SHARE, FULL_PEOPLE, CELLS = range(OVERRIDE_CELLS, OVERRIDE_CELLS + 4)
"""A zone: its box's minimum air flow, and how many people its full use stands for."""

BENCH_SIZE = ZONES_BEYOND + ZONE_COUNT * CELLS
