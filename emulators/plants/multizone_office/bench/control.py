"""Minimum air flows as set-points: of each box, and of the outdoor air by the air handler's flow station.

They act in the building's own control: a box's set-point is what its loops go by, and that of the outdoor air is held
by a loop on the least position of the one outdoor damper (ASHRAE Guideline 36, 5.16.6: a single damper with a flow
station), which the economizer opens beyond.
"""

from __future__ import annotations

from emulators.plants.cells import Cells, Table
from emulators.plants.components import larger, pi, smaller
from emulators.plants.multizone_office.air.ahu_control import minimum_position
from emulators.plants.multizone_office.bench.layout import (
    CELLS,
    LEAST_POSITION_INTEGRAL,
    LEAST_POSITION_SHARE,
    MINIMUM_SET,
    OUTDOOR_AIR_SET,
    OWN_HEATED_SHARE,
    OWN_MINIMUM_M3_S,
    OWN_OUTDOOR_AIR_M3_S,
    ZONES_BEYOND,
)
from emulators.plants.multizone_office.layout import (
    BOXES,
    FAN,
    FLOW,
    OUTDOOR_DAMPER_OVERRIDE,
    OUTDOOR_SHARE,
    ZONE_COUNT,
)
from emulators.plants.multizone_office.parameters import ZONES, OfficeParameters
from emulators.plants.multizone_office.parts import boxes
from emulators.plants.multizone_office.use.modes import MINIMUM_OUTDOOR_AIR
from emulators.plants.override import ACTIVE, IN_FORCE, resolve
from emulators.plants.rooms.envelope import AIR_DENSITY

_GAIN, _INTEGRAL_TIME_S = 0.1, 30.0
"""Of the loop, for the error as a share of the building's own set-point."""
OWN_OUTDOOR_AIR = sum(zone.outdoor_air_m3_s for zone in ZONES)
"""The outdoor air that the case is designed for, m3/s (D, table 1)."""


def fit_minimums(b: Cells, parameters: OfficeParameters) -> None:
    """Write the building's own set-points."""
    b[OWN_OUTDOOR_AIR_M3_S] = b[OUTDOOR_AIR_SET + IN_FORCE] = OWN_OUTDOOR_AIR
    for number, zone in enumerate(ZONES):
        z = ZONES_BEYOND + number * CELLS
        b[z + OWN_MINIMUM_M3_S] = b[z + MINIMUM_SET + IN_FORCE] = zone.minimum_share * zone.design_flow_m3_s
        b[z + OWN_HEATED_SHARE] = parameters.reheat.heated_share


def set_minimums_step(b: Cells, dt_s: float) -> None:
    """Prepare the loop for steps of this length."""
    b[LEAST_POSITION_SHARE] = dt_s / _INTEGRAL_TIME_S


def lead_boxes(b: Cells) -> None:
    """Give each box the minimum that is in force. A box that heats passes as much at least."""
    for zone in range(ZONE_COUNT):
        z, x = ZONES_BEYOND + zone * CELLS, BOXES + zone * boxes.CELLS
        minimum = resolve(b, z + MINIMUM_SET, b[z + OWN_MINIMUM_M3_S])
        b[x + boxes.MINIMUM_SHARE] = share = smaller(1.0, minimum * AIR_DENSITY / b[x + boxes.DESIGN_KG_S])
        b[x + boxes.HEATED_SHARE] = larger(share, b[z + OWN_HEATED_SHARE])


def outdoor_air(b: Table) -> float:
    """What the flow station measures, m3/s."""
    return b[OUTDOOR_SHARE] * b[FLOW]


def least_position(b: Cells, mode: int) -> float:
    """The least position of the outdoor damper after one more step, 0 to 1.

    Where the mode asks for no outdoor air the loop waits at the position that the standard case has.
    """
    wanted = resolve(b, OUTDOOR_AIR_SET, b[OWN_OUTDOOR_AIR_M3_S])
    if not MINIMUM_OUTDOOR_AIR[mode]:
        b[LEAST_POSITION_INTEGRAL] = minimum_position(b[FAN])
        return b[LEAST_POSITION_INTEGRAL]
    error = (wanted - outdoor_air(b)) / b[OWN_OUTDOOR_AIR_M3_S]
    b[LEAST_POSITION_INTEGRAL], position = pi(
        b[LEAST_POSITION_INTEGRAL], error, _GAIN, b[LEAST_POSITION_SHARE], 0.0, 1.0
    )
    return position


def track_minimums(b: Cells) -> None:
    """Be as if what overrides the outdoor damper now had been commanded from here."""
    if b[OUTDOOR_DAMPER_OVERRIDE + ACTIVE]:
        b[LEAST_POSITION_INTEGRAL] = b[OUTDOOR_DAMPER_OVERRIDE + IN_FORCE]
