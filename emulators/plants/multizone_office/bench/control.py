"""Minimum air flows as set-points: of each box, and of the outdoor air by the air handler's flow station.

They act in the building's own control: a box's set-point is what its loops go by, and that of the outdoor air is held
by a loop on the least position of the one outdoor damper (ASHRAE Guideline 36, 5.16.6: a single damper with a flow
station), which the economizer opens beyond. Frost comes before fresh air, as there (5.16.12): no more outdoor air is
asked for than leaves the mixed air warm enough.
"""

from __future__ import annotations

from emulators.plants.cells import Cells, Table
from emulators.plants.components import larger, pi, smaller
from emulators.plants.multizone_office.air.ahu_control import minimum_position
from emulators.plants.multizone_office.bench.layout import (
    CELLS,
    LEAST_POSITION,
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
    OPERATION,
    OUTDOOR_BIAS_K,
    OUTDOOR_C,
    OUTDOOR_DAMPER_OVERRIDE,
    OUTDOOR_SHARE,
    RETURNED_C,
    TIME_S,
    ZONE_COUNT,
)
from emulators.plants.multizone_office.parameters import SYSTEM_FLOW_M3_S, ZONES, OfficeParameters
from emulators.plants.multizone_office.parts import boxes
from emulators.plants.multizone_office.use.modes import MINIMUM_OUTDOOR_AIR, SINCE_S
from emulators.plants.override import ACTIVE, IN_FORCE, resolve
from emulators.plants.rooms.envelope import AIR_DENSITY

_GAIN, _INTEGRAL_TIME_S = 0.1, 8.0
"""Of the loop, for the error as a share of the supply air, so that it is the same loop at all flows. Half open, a
hundredth of the damper's way is 2.3 hundredths of outdoor air, and that at once: more gain hunts."""
_SETTLING_S = 60.0
"""The damper opens to the standard case's position first: flow that is still missing then is on its way."""
_LEAST_MIXED_C = 5.0
"""2 K above the freeze stat, which acts at once and for a quarter of an hour, and 1 K above the loop before it."""
_LEAST_SUPPLY_M3_S = 0.05 * SYSTEM_FLOW_M3_S
"""Less is no air flow; keeps the share of it finite."""
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

    Where the mode asks for no outdoor air, and until the damper has had its way into one that does, it is the position
    that the standard case has; the loop goes on from there.
    """
    wanted = resolve(b, OUTDOOR_AIR_SET, b[OWN_OUTDOOR_AIR_M3_S])
    if not MINIMUM_OUTDOOR_AIR[mode] or b[TIME_S] - b[OPERATION + SINCE_S] < _SETTLING_S:
        position = minimum_position(b[FAN])
        b[LEAST_POSITION_INTEGRAL] = position
    else:
        error = (smaller(wanted, warm_air(b)) - outdoor_air(b)) / larger(b[FLOW], _LEAST_SUPPLY_M3_S)
        position = _hold(b, error)
    b[LEAST_POSITION] = position
    return position


def _hold(b: Cells, error: float) -> float:
    """The loop, which winds neither up while frost or an override shuts the damper further, nor down while it is wider.

    So it is where it is needed when the economizer is locked and the freeze loop lets go.
    """
    asked, in_force = b[LEAST_POSITION], b[OUTDOOR_DAMPER_OVERRIDE + IN_FORCE]
    share = b[LEAST_POSITION_SHARE]
    if in_force < asked:
        b[LEAST_POSITION_INTEGRAL] = in_force
    elif in_force > asked and error < 0.0:
        share = 0.0
    b[LEAST_POSITION_INTEGRAL], position = pi(b[LEAST_POSITION_INTEGRAL], error, _GAIN, share, 0.0, 1.0)
    return position


def warm_air(b: Table) -> float:
    """How much outdoor air leaves the mixed air at ``_LEAST_MIXED_C``, by the sensors of both streams, m3/s."""
    outdoor_c = b[OUTDOOR_C] + b[OUTDOOR_BIAS_K]
    if outdoor_c >= _LEAST_MIXED_C:
        return b[FLOW]
    above_k, below_k = b[RETURNED_C] - _LEAST_MIXED_C, _LEAST_MIXED_C - outdoor_c
    return b[FLOW] * above_k / (above_k + below_k) if above_k > 0.0 else 0.0


def track_minimums(b: Cells) -> None:
    """Be as if what overrides the outdoor damper now had been commanded from here."""
    if b[OUTDOOR_DAMPER_OVERRIDE + ACTIVE]:
        b[LEAST_POSITION_INTEGRAL] = b[OUTDOOR_DAMPER_OVERRIDE + IN_FORCE]
