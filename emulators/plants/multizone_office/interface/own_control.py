"""What the building's own control would command now, in place of what others do.

A copy of the control as it stands takes over for one scan: its own set-points and the sensors' present values, with
the integrators where the commands in force have them (tracking, so nothing has wound up while others were in charge).
So this is the first command after a take-over without a bump, not where it would settle. The copy is thrown away.
"""

from __future__ import annotations

from emulators.plants.cells import Cells
from emulators.plants.multizone_office.air.ahu_control import scan, scan_fan, track
from emulators.plants.multizone_office.interface.overrides import OVERRIDES, VALUE
from emulators.plants.multizone_office.layout import BOXES, DUCT_PA, OPERATION, ROOMS, TIME_S, ZONE_COUNT
from emulators.plants.multizone_office.parts import boxes
from emulators.plants.multizone_office.parts.boxes import control_box, track_box
from emulators.plants.multizone_office.use.modes import COOLING_K, HEATING_K
from emulators.plants.override import ACTIVE, IN_FORCE
from emulators.plants.rooms import zones


def own_control(b: Cells) -> dict[str, float]:
    """SI values by the names of the inputs (``x_u``) that are overridden; ``b`` is a copy, of no use afterwards."""
    overridden = [name for name, at in OVERRIDES.items() if b[at + ACTIVE]]
    if not overridden:
        return {}
    each_box = [(BOXES + number * boxes.CELLS, ROOMS + number * zones.CELLS) for number in range(ZONE_COUNT)]
    track(b)
    for box, _ in each_box:
        track_box(b, box)
    for at in OVERRIDES.values():
        b[at + ACTIVE] = 0.0
    mode = int(b[OPERATION])
    scan(b, b[TIME_S], mode)
    scan_fan(b, b[DUCT_PA])
    for box, room in each_box:
        control_box(b, box, HEATING_K[mode], COOLING_K[mode], b[room + zones.AIR_C])
    return {name + VALUE: b[OVERRIDES[name] + IN_FORCE] for name in overridden}
