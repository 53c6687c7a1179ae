"""What goes wrong with a controller that is met over BACnet, by the names of the faults that schedules draw.

What is about HTTP, sessions and certificates has a counterpart there; what is about objects is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from emulators.ecy.faults.datagrams import Mute, Slow
from emulators.ecy.faults.fault import Fault
from emulators.ecy.faults.storage import FailWrites, TellsNoNumber
from tests.chaos.faults import CONTROLLER_FAULTS, HANGING, PASSING, ControllerFault, Undo
from tests.chaos.peers import ECHO, OUTDOOR, SPARE, TIMEOUT_S, Peers
from tests.chaos.schedule import Event, Passing

_THE_SAME = frozenset(
    {
        *("refuses connections", "refuses some writes", "reboots", "gets another application"),
        *("has an object renamed", "has lost an object"),
    }
)
_OTHERWISE: Mapping[str, Callable[[], Fault]] = {
    "resets connections": Mute,
    "loses answers": lambda: Mute(2, after_work=True),
    "hangs before it works": Mute,
    "hangs before it answers": lambda: Mute(after_work=True),
    "hangs in mid-body": lambda: Mute(4, after_work=True),
    "answers byte by byte": lambda: Slow(TIMEOUT_S / 5),
    "fails the TLS handshake": lambda: Mute(3),
    "shows another certificate": lambda: Mute(1, after_work=True),
    "has forgotten the session": lambda: Mute(1),
    "wants another password": Mute,
    "denies the rights": lambda: FailWrites({OUTDOOR, SPARE}),
    "answers 400 to a batch": lambda: FailWrites({SPARE}),
    "answers 413 to a batch": lambda: FailWrites({OUTDOOR}),
    "tells null": lambda: TellsNoNumber({ECHO}),
    "tells text": lambda: TellsNoNumber({ECHO}),
    "tells NaN": lambda: TellsNoNumber({ECHO}),
}
"""Those that are not listed lose all answers."""


def fault_of(peers: Peers, event: Event) -> ControllerFault:
    """What an event does to its controller."""
    if not peers.is_bacnet(event.who) or event.kind in _THE_SAME:
        return CONTROLLER_FAULTS[event.kind]
    return partial(_switched_on, _OTHERWISE.get(event.kind, lambda: Mute(after_work=True)))


def is_hanging(peers: Peers, event: Event) -> bool:
    """Whether it costs a time-out: over BACnet nobody is refused, what is lost is waited for."""
    return event.kind in HANGING or peers.is_bacnet(event.who)


def passing_fault(peers: Peers, passing: Passing) -> Fault:
    """What fails while a run ends."""
    if peers.is_bacnet(passing.who):
        return Mute(passing.times, after_work=passing.times % 2 == 0)
    return PASSING[passing.kind].make(passing.times)


def _switched_on(make: Callable[[], Fault], peers: Peers, name: str) -> Undo:
    faults, fault = peers.controller(name).faults, make()
    faults.add(fault)
    return partial(faults.remove, fault)
