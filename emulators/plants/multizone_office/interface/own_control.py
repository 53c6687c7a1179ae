"""What the building's own control would command now, in place of what others do.

A copy of the control as it stands takes over for one scan: its own set-points and the sensors' present values, with
the integrators where the commands in force have them (tracking, so nothing has wound up while others were in charge).
So this is the first command after a take-over without a bump, not where it would settle. The copy is thrown away.
"""

from __future__ import annotations

from collections.abc import Mapping

from emulators.plants.cells import Cells
from emulators.plants.multizone_office.air.ahu_control import minimum_position, scan, scan_fan, track
from emulators.plants.multizone_office.bench.control import lead_boxes, least_position, track_minimums
from emulators.plants.multizone_office.interface.overrides import VALUE
from emulators.plants.multizone_office.layout import BOXES, DUCT_PA, FAN, OPERATION, ROOMS, TIME_S, ZONE_COUNT
from emulators.plants.multizone_office.parts import boxes
from emulators.plants.multizone_office.parts.boxes import control_box, track_box
from emulators.plants.multizone_office.use.modes import COOLING_K, HEATING_K
from emulators.plants.override import ACTIVE, IN_FORCE
from emulators.plants.rooms import zones


def own_control(b: Cells, overrides: Mapping[str, int], bench: bool) -> dict[str, float]:
    """SI values by the names of the inputs (``x_u``) that are overridden; ``b`` is a copy, of no use afterwards."""
    overridden = [name for name, at in overrides.items() if b[at + ACTIVE]]
    if not overridden:
        return {}
    each_box = [(BOXES + number * boxes.CELLS, ROOMS + number * zones.CELLS) for number in range(ZONE_COUNT)]
    track(b)
    for box, _ in each_box:
        track_box(b, box)
    if bench:
        track_minimums(b)
    for at in overrides.values():
        b[at + ACTIVE] = 0.0
    mode = int(b[OPERATION])
    if bench:
        lead_boxes(b)
    scan(b, b[TIME_S], mode, least_position(b, mode) if bench else minimum_position(b[FAN]))
    scan_fan(b, b[DUCT_PA])
    for box, room in each_box:
        control_box(b, box, HEATING_K[mode], COOLING_K[mode], b[room + zones.AIR_C])
    return {name + VALUE: b[overrides[name] + IN_FORCE] for name in overridden}
