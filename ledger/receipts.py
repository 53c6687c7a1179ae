"""What became of the things that were taken, in words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from ledger.entries import Entry, TakenClock, TakenInput, TakenObject, TakenOutput, TakenSlot
from utils.bacnet import reliability_words
from utils.values import ObjectState

IN_SERVICE = "in service"
"""How receipts tell of an input that is not forced, before its value."""


class Outcome(Enum):
    """What became of an entry. Only FAILED stays open."""

    RELEASED = "released"
    RESTORED = "restored"
    FREE_ALREADY = "was free already"
    LEFT_ALONE = "left alone: somebody else has taken it over"
    GONE = "gone: there is no such object any more"
    UNVERIFIED = "released, not verified: the controller does not show it"
    FAILED = "NOT released"


@dataclass(frozen=True, slots=True)
class Receipt:
    """One line of what was given back: what was there before us, what we found at the end, and what we left."""

    device: str
    what: str
    outcome: Outcome
    note: str = ""
    before: str = ""
    found: str = ""
    after: str = ""

    def __str__(self) -> str:
        note = self.note or self._shown()
        return f"{self.device} {self.what}: {self.outcome.value}{f' ({note})' if note else ''}"

    @property
    def is_somebody_elses(self) -> bool:
        """Whether it is about something that was in use before us and is so again."""
        return self.outcome is Outcome.RESTORED and bool(self.after)

    def _shown(self) -> str:
        if self.is_somebody_elses:
            return f"as it was found: {self.before}"
        return f"it holds {self.found}" if self.outcome is Outcome.LEFT_ALONE else ""


def shown(entry: TakenObject, state: ObjectState) -> str:
    """What of an object's state is ours to give back, in words."""
    value = state.present_value.value
    if not isinstance(entry, TakenSlot):
        reliability = state.reliability if isinstance(entry, TakenInput) and entry.reliability is not None else None
        return f"{_service(state.out_of_service)}, {value}{_unreliable(reliability)}"
    if state.priority_array is None:
        return f"present-value {value}"
    held = state.priority_array[entry.priority - 1]
    return "empty" if held is None else f"{held}"


def state_before(entry: Entry) -> str:
    """What there was before us, in words."""
    match entry:
        case TakenSlot(before=None, covered=covered) if covered is not None:
            return f"present-value {covered}"
        case TakenSlot():
            return "empty" if entry.before is None else f"{entry.before}"
        case TakenInput():
            return f"{_service(entry.was_out_of_service)}, {entry.before}{_unreliable(entry.reliability)}"
        case TakenOutput():
            return _service(entry.was_out_of_service)
        case TakenClock():
            return _clock_before(entry)


def _clock_before(entry: TakenClock) -> str:
    if not entry.time_zone and entry.utc_ahead_s is not None:
        followed = f", followed by {', '.join(entry.listeners)}" if entry.listeners else ""
        return f"{round(entry.utc_ahead_s / 3600.0, 2) + 0.0:+.2f} h from UTC{followed}"
    return f"{entry.time_zone}, NTP {'on' if entry.ntp_enabled else 'off'}"


def _unreliable(reliability: int | None) -> str:
    return "" if reliability is None else f", {reliability_words(reliability)}"


def _service(out_of_service: bool | None) -> str:
    return "out of service" if out_of_service else IN_SERVICE


def described(entry: Entry) -> str:
    """What was taken, as receipts name it."""
    match entry:
        case TakenSlot():
            return f"{entry.ref} {entry.name} slot {entry.priority}"
        case TakenInput() | TakenOutput():
            return f"{entry.ref} {entry.name} out-of-service"
        case TakenClock():
            return "clock, zone and NTP" if entry.time_zone else "clock"
