"""Facts of BACnet that several rooms need (ASHRAE 135, clauses 12 and 19). Emulators keep their own."""

from __future__ import annotations

from utils.values import PointValue, PriorityArray

SCHEME = "bacnet://"
"""How the addresses of controllers that speak BACnet/IP begin."""
SLOTS = 16
"""Of a priority array; the first is the strongest."""
MANUAL_OPERATOR = 8
MINIMUM_ON_OFF = 6
"""Reserved: the object commands itself there, so that it is not switched too often."""
PRIORITIES = frozenset(range(1, SLOTS + 1)) - {MINIMUM_ON_OFF}
"""Those at which others may command."""
NO_UNITS = "no-units"
"""What an object says whose units were left as they were made: it tells nothing."""


def slot_of(slots: PriorityArray | None, priority: int) -> PointValue | None:
    """What stands in a slot; None where it is empty, and where the array is not known."""
    return None if slots is None else slots[priority - 1]


def bare_address(device: str) -> str:
    """A controller's address without its protocol."""
    return device.removeprefix(SCHEME)
