"""One object that we write: what was sent last, what was read back, and whose value it is that stands there.

What stands in a slot (or in a forced input) after our write is our value *as the controller stored it*. A value that
is not simply the one that was sent becomes ours only when two reads that are further apart than reads can be stale
agree on it, while what we sent stood still, and when it is explained (:mod:`bridge.storage`). Until then it is in
doubt: not yielded to anybody, and given back with its value printed.
"""

from __future__ import annotations

import logging
from collections import deque
from dataclasses import dataclass, field
from enum import Enum

from bridge.storage import Fit, Pair, Storage
from utils.values import PointValue, same_as_stored

log = logging.getLogger(__name__)

KEPT_VALUES = 64
"""Values remembered per object. A stale read may show one that is some writes old."""
AGREE_S = 6.0
"""Reads so far apart are not both of before the write: they may be stale for 5 s (ecy-rest-api §16, §17 row 29)."""
_KEPT_PAIRS = 4
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


@dataclass(slots=True)
class _Reading:
    """A value that was read back, since when it is the same, and what had been sent then."""

    found: PointValue
    sent: PointValue
    since_s: float
    is_settled: bool = False


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
        return _JUDGEMENTS[max(self.storage.fit(sent, found) for sent in self._sent)]

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
        reading = self._reading
        if reading is None or reading.found != found or abs(reading.sent - sent) > self.storage.resolution:
            self._begin(found, sent, at_s)
            return False
        if reading.is_settled or at_s - reading.since_s < AGREE_S:
            return False
        reading.is_settled = True
        return self._learn(Pair(sent, found))

    def _begin(self, found: PointValue, sent: PointValue, at_s: float) -> None:
        before, self._reading = self._reading, _Reading(found, sent, at_s)
        if self.storage.is_known or before is None or before.sent != sent:
            return
        self._moves += 1
        if self._moves == _RESTLESS_MOVES:
            log.warning("%s: what it holds of ours (%s) keeps moving: its values stay in doubt", self._name, sent)

    def _learn(self, pair: Pair) -> bool:
        self._pairs.append(pair)
        learned = self.storage.learned(self._pairs)
        if learned is None or learned == self.storage:
            return False
        self.storage = learned
        return True


_JUDGEMENTS = {Fit.YES: Judgement.OURS, Fit.PERHAPS: Judgement.IN_DOUBT, Fit.NO: Judgement.THEIRS}
