"""One controller in a run: reached, claimed, coupled, on line; and its duties in every exchange.

``link.py`` is the page to read: every exchange asks all duties (``duty.py``) what they want written and read, calls the
controller once, and lets each hear what came of it.
"""

from bridge.link.calls import GRACE_S, LastCalls
from bridge.link.claims import Claim, claims_of, require_told
from bridge.link.clock_keeper import ClockKeeper, ClockOrder, clock_errors, clock_objection, future_findings, passes_on
from bridge.link.hand import HeldPoint
from bridge.link.in_use import STALE_S, InUse, SecondLook
from bridge.link.link import ControllerLink, LinkState
from bridge.link.sightings import Sighting
from bridge.link.slot_watch import Yielded

__all__ = [
    "GRACE_S",
    "STALE_S",
    "Claim",
    "ClockKeeper",
    "ClockOrder",
    "ControllerLink",
    "HeldPoint",
    "InUse",
    "LastCalls",
    "LinkState",
    "SecondLook",
    "Sighting",
    "Yielded",
    "claims_of",
    "clock_errors",
    "clock_objection",
    "future_findings",
    "passes_on",
    "require_told",
]
