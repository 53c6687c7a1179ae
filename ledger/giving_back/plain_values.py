"""Values without a priority array: there is no slot to give back, so what ours has taken the place of is written again.

Whoever writes last has such a value (ASHRAE 135, 19.2), and NULL is refused. That there is no array is seen by both: it
is not told, and the slot cannot be given back.
"""

from __future__ import annotations

from collections.abc import Callable

from ledger.entries import TakenObject, TakenSlot
from ledger.giving_back.verdicts import Judge, in_doubt, is_stranger
from ledger.giving_back.whereabouts import Place
from ledger.receipts import Outcome
from ledger.watched import Judgement
from utils.values import ObjectState, Write, WriteKind, same_as_stored


class PlainValues:
    """Those of one controller."""

    def __init__(self, judge: Judge, write: Callable[[Write], str]) -> None:
        """``write`` tells why a write was refused; empty where it was taken."""
        self._judge = judge
        self._write = write
        self._left_alone: set[TakenObject] = set()
        self._put_back: set[TakenObject] = set()
        self.doubts: dict[TakenObject, str] = {}
        """What was said of values that may have been somebody else's."""

    def put_back(self, place: Place, refused: str) -> str:
        """In place of a slot that was not taken back; why not, in words, where this is none or does not go either."""
        entry, shown = place.entry, place.state.present_value.value
        if not isinstance(entry, TakenSlot) or entry.covered is None or shown is None:
            return refused
        if place.state.priority_array is not None or is_stranger(entry, place.state):
            return refused
        if not same_as_stored(shown, entry.covered):
            whose = self._judge.whose(entry, place.ref, shown)
            if whose is Judgement.THEIRS:
                self._left_alone.add(entry)
                return ""
            if whose is Judgement.IN_DOUBT:
                self.doubts[entry] = in_doubt(shown)
        error = self._write(Write(place.ref, WriteKind.COMMAND, entry.covered, entry.priority))
        if not error:
            self._put_back.add(entry)
        return error

    def outcome(self, entry: TakenObject, after: ObjectState) -> Outcome | None:
        """What became of a value without slots; None of all others."""
        if entry in self._left_alone:
            return Outcome.LEFT_ALONE
        if entry not in self._put_back or not isinstance(entry, TakenSlot) or entry.covered is None:
            return None
        shown = after.present_value.value
        return Outcome.RESTORED if shown is not None and same_as_stored(shown, entry.covered) else Outcome.UNVERIFIED
