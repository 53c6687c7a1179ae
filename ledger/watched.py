"""One object that we write: what was sent last, what was read back, and whose value it is that stands there.

What stands in a slot (or in a forced input) after our write is our value *as the controller stored it*. A value that
is not simply the one that was sent becomes ours only when two reads that are further apart than reads can be stale
agree on it, and when it is explained (:mod:`ledger.storage`) by what had been sent before the first of them, and by
whatever else was sent while it stood. Until then it is in doubt: not yielded to anybody, and given back with its value
printed.
"""

from __future__ import annotations

import logging
from collections import deque
from dataclasses import dataclass, field
from enum import Enum

from ledger.storage import Fit, Pair, Storage
from utils.values import PointValue, same_as_stored

log = logging.getLogger(__name__)

KEPT_VALUES = 64
"""Values remembered per object. A stale read may show one that is some writes old."""
AGREE_S = 6.0
"""Reads so far apart are not both of before the write: they may be stale for 5 s (ecy-rest-api §16, §17 row 29)."""
_KEPT_PAIRS = 4
_KEPT_SENT = 16
_KEPT_DOUBTS = 4
_RESTLESS_MOVES = 3


class Judgement(Enum):
    """Whose value it is that was found."""

    OURS = "ours"
    IN_DOUBT = "in doubt"
    """Perhaps ours as the controller stored it: it is not known yet how it does that."""
    THEIRS = "somebody else's"


@dataclass(frozen=True, slots=True)
class Remembered:
    """What outlives a process of an object: the values sent last, oldest first, and how it stores."""

    values: tuple[PointValue, ...] = ()
    storage: Storage = field(default_factory=Storage)


class _Reading:
    """A value that was read back and stands, and what has been sent while it does."""

    def __init__(self, found: PointValue) -> None:
        self.found = found
        self._sent: deque[tuple[PointValue, float]] = deque(maxlen=_KEPT_SENT)
        self._told: set[PointValue] = set()

    def note(self, sent: PointValue, at_s: float) -> None:
        """This had been sent last when the value was read."""
        if all(sent != one for one, _ in self._sent):
            self._sent.append((sent, at_s))

    def ripe(self, at_s: float) -> list[PointValue]:
        """What was sent so long ago that the value is none of before: each told once."""
        ripe = [sent for sent, since_s in self._sent if at_s - since_s >= AGREE_S and sent not in self._told]
        self._told.update(ripe)
        return ripe


class Watched:
    """Not synchronized: its ledger is. Without ``remembered`` it is not known what was sent."""

    def __init__(self, name: str, remembered: Remembered | None, *, is_exact: bool) -> None:
        """``is_exact`` is for states: a binary or a multi-state is never stored as another one."""
        self.storage = Storage() if remembered is None else remembered.storage
        self.is_lost = remembered is None
        self._name = name
        self._is_exact = is_exact
        self._sent: deque[PointValue] = deque(() if remembered is None else remembered.values, KEPT_VALUES)
        self._reading: _Reading | None = None
        self._replaced: Storage | None = None
        """What was believed of another scale before: somebody may have typed the very number that we send."""
        self._doubted: deque[PointValue] = deque(maxlen=_KEPT_DOUBTS)
        """What stood while nothing was known: ours perhaps, whatever is learned from the next sight."""
        self._stands_for: PointValue | None = None
        self._pairs: deque[Pair] = deque(maxlen=_KEPT_PAIRS)
        self._moves = 0

    @property
    def may_have_been_sent(self) -> bool:
        """Whether a value may have reached the object."""
        return self.is_lost or bool(self._sent)

    def send(self, value: PointValue) -> bool:
        """Note a value before it is sent; False where it was the last one too."""
        if self._sent and self._sent[-1] == value:
            return False
        self._sent.append(value)
        return True

    def judge(self, found: PointValue) -> Judgement:
        """Whose value this is."""
        if self.is_lost:
            return Judgement.IN_DOUBT
        if any(same_as_stored(found, sent) for sent in reversed(self._sent)):
            return Judgement.OURS
        if self._is_exact or not self._sent:
            return Judgement.THEIRS
        if not self.storage.is_known:
            return Judgement.IN_DOUBT
        fit = self._fit(self.storage, found)
        if fit is Fit.NO and self._may_have_been_ours(found):
            return Judgement.IN_DOUBT
        return _JUDGEMENTS[fit]

    def saw(self, found: PointValue, at_s: float) -> bool:
        """Note what was read back at so much monotonic time; True where something was learned of the storage.

        An empty slot is no value: right after the write it only has not been stored yet.
        """
        if self._is_exact or not self._sent:
            return False
        sent = self._sent[-1]
        if same_as_stored(found, sent):
            self._reading = None
            return self._learn(Pair(sent, found))
        if self._reading is None or self._reading.found != found:
            self._begin(found, sent)
        reading = self._reading = self._reading or _Reading(found)
        reading.note(sent, at_s)
        learned = [self._learn(Pair(ripe, found)) for ripe in reading.ripe(at_s)]
        return any(learned)

    def _may_have_been_ours(self, found: PointValue) -> bool:
        """Whether it fits what was believed, or stood, before something else was learned."""
        if self._replaced is not None and self._fit(self._replaced, found) is not Fit.NO:
            return True
        return any(same_as_stored(found, doubted) for doubted in self._doubted)

    def _fit(self, storage: Storage, found: PointValue) -> Fit:
        return max(storage.fit(sent, found) for sent in self._sent)

    def _begin(self, found: PointValue, sent: PointValue) -> None:
        moves = self._reading is not None and not self.storage.is_known and sent == self._stands_for
        self._reading, self._stands_for = _Reading(found), sent
        if not self.storage.is_known:
            self._doubted.append(found)
        self._moves += moves
        if moves and self._moves == _RESTLESS_MOVES:
            log.warning("%s: what it holds of ours (%s) keeps moving: its values stay in doubt", self._name, sent)

    def _learn(self, pair: Pair) -> bool:
        self._pairs.append(pair)
        learned = self.storage.learned(self._pairs)
        if learned is None or learned == self.storage:
            return False
        if self.storage.is_known and learned.factor != self.storage.factor:
            self._replaced = self.storage
        self.storage = learned
        return True


_JUDGEMENTS = {Fit.YES: Judgement.OURS, Fit.PERHAPS: Judgement.IN_DOUBT, Fit.NO: Judgement.THEIRS}
