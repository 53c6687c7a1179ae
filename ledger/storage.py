"""How an object stores what it is sent: as it is, cut to its limits, in steps, at another scale.

Controllers keep REAL32 at best (ecy-rest-api §16); many clamp, round, count in whole numbers or in the 255 parts of a
byte. What comes of it is learned from pairs: a value that was sent, and what was read back and had settled. Everything
here is a judgement on numbers; who reads when is :mod:`ledger.watched`'s business.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import NamedTuple

from utils.values import REAL32_RELATIVE, PointValue, same_as_stored

_STEPS = (0.0, 0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1.0)
"""Resolutions that a controller may keep values in; the first is REAL32 itself."""
_EXACT = 1
_ANY = (1 << len(_STEPS)) - 1
_NEARLY = 0.025
"""Relative; 8 bits of a percentage (100/255) keep a room's temperature to 1 to 2 %."""


class Fit(IntEnum):
    """Whether a stored value may come of a sent one."""

    NO = 0
    PERHAPS = 1
    """Only if the controller stores as it has not been seen to do yet, but may."""
    YES = 2


class Pair(NamedTuple):
    """A value that was sent, and what stood there once it had settled."""

    sent: float
    stored: float


@dataclass(frozen=True, slots=True)
class Storage:
    """What is known of one object. Nothing at first: then nothing can be told from anything.

    ``steps`` has a bit for every resolution that no pair speaks against; where that is none, values are kept to within
    ``reach``. Between ``low`` and ``high`` values have been seen to be stored without being cut; beyond ``minimum`` and
    ``maximum`` they are known to be.
    """

    steps: int = _ANY
    reach: float = 0.0
    low: float = math.inf
    high: float = -math.inf
    minimum: float = -math.inf
    maximum: float = math.inf
    factor: float = 1.0

    @property
    def is_known(self) -> bool:
        """Whether anything has ever been read back and understood."""
        return self.low <= self.high

    def fit(self, sent: PointValue, found: PointValue) -> Fit:
        """Whether ``found`` may be what the object made of ``sent``. What lies beyond a limit shows that it is none."""
        if found < self.minimum or found > self.maximum:
            return self._without_limits_that_are_none(found).fit(sent, found)
        wanted = self._scaled(sent)
        if same_as_stored(found, wanted) or abs(found - wanted) <= self._slack(wanted):
            return Fit.YES
        if not self._is_limit(wanted) and self._is_in_steps(wanted, found):
            return Fit.PERHAPS if self.steps & _EXACT else Fit.YES
        if self._is_coarse and self._is_near(sent * self.factor, found):
            return Fit.PERHAPS
        return Fit.PERHAPS if self._may_be_cut(wanted, found) else Fit.NO

    def to_send(self, stored: PointValue) -> PointValue:
        """What has to be sent for ``stored`` to stand there."""
        return stored if self.factor == 1.0 else stored / self.factor

    def learned(self, pairs: Sequence[Pair]) -> Storage | None:
        """With what the last pairs tell, newest last; None where the newest is explained by nothing."""
        newest = pairs[-1]
        explained = self._in_steps(newest) or self._exact_anew(newest)
        if explained is not None:
            return explained
        one, two = _two_of(pairs)
        return None if one is None else self._of_two(one, two)

    def _scaled(self, sent: PointValue) -> float:
        return min(max(sent * self.factor, self.minimum), self.maximum)

    def _slack(self, wanted: float) -> float:
        """A factor that was seen in REAL32 is not known to the last bit."""
        return self.reach if self.factor == 1.0 else 10 * REAL32_RELATIVE * abs(wanted)

    def _is_limit(self, wanted: float) -> bool:
        return wanted in (self.minimum, self.maximum)

    def _is_in_steps(self, wanted: float, found: PointValue) -> bool:
        return any(_is_step_of(wanted, found, step) for step, bit in _steps() if step and self.steps & bit)

    @property
    def _is_coarse(self) -> bool:
        """Whether its resolution may be one that is in no table."""
        return self.steps in (0, _ANY)

    def _is_near(self, wanted: float, found: PointValue) -> bool:
        """Whether a coarse resolution may lie between: what looks like a limit may be one of its levels."""
        known = (abs(end) for end in (self.low, self.high) if math.isfinite(end))
        return abs(found - wanted) <= _NEARLY * max((abs(wanted), *known))

    def _may_be_cut(self, wanted: float, found: PointValue) -> bool:
        """Whether the object may have a limit between what it is known to take and what it was sent."""
        return self.high <= found < wanted or wanted < found <= self.low

    def _in_steps(self, pair: Pair) -> Storage | None:
        """The resolutions that remain, if any; a value that was cut is none that shows what passes uncut."""
        wanted = self._scaled(pair.sent)
        left = sum(bit for step, bit in _steps() if self.steps & bit and _is_step_of(wanted, pair.stored, step))
        if not left and abs(pair.stored - wanted) > self._slack(wanted):
            return None
        if self._is_limit(wanted):
            return self  # any resolution that has this level stores it so
        return replace(self, steps=left)._seen(pair.stored)

    def _seen(self, stored: float) -> Storage:
        """What stands there passes; between that and what was sent, something may have been cut as well as rounded."""
        seen = replace(self, low=min(self.low, stored), high=max(self.high, stored))
        return seen._without_limits_that_are_none(stored)

    def _without_limits_that_are_none(self, stored: float) -> Storage:
        """A value that moves slowly within one level of a coarse object looks like one that is cut."""
        minimum = self.minimum if stored >= self.minimum else -math.inf
        maximum = self.maximum if stored <= self.maximum else math.inf
        return replace(self, minimum=minimum, maximum=maximum)

    def _exact_anew(self, pair: Pair) -> Storage | None:
        """A value that stands as it was sent outweighs what was believed before."""
        if not same_as_stored(pair.stored, pair.sent):
            return None
        steps = sum(bit for step, bit in _steps() if _is_step_of(pair.sent, pair.stored, step))
        return Storage(steps=steps)._seen(pair.stored)

    def _of_two(self, one: Pair, two: Pair) -> Storage | None:
        """What two values tell that one does not: a limit, or a scale or resolution that is in no table.

        An object that has kept a number with many digits as it was is known too well for the latter.
        """
        if one.stored == two.stored:
            return self._with_limit(one, two)
        if self.is_known and self.steps == _EXACT:
            return None
        return self._with_factor(one, two) or self._within_reach(one, two)

    def _with_limit(self, one: Pair, two: Pair) -> Storage | None:
        limit = one.stored
        if min(one.sent, two.sent) > limit >= self.high:
            return replace(self, maximum=limit, low=min(self.low, limit), high=limit)
        if max(one.sent, two.sent) < limit <= self.low:
            return replace(self, minimum=limit, low=limit, high=max(self.high, limit))
        return None

    def _with_factor(self, one: Pair, two: Pair) -> Storage | None:
        if not (one.sent and two.sent and two.stored):
            return None
        if not math.isclose(one.stored / one.sent, two.stored / two.sent, rel_tol=10 * REAL32_RELATIVE):
            return None
        return Storage(factor=two.stored / two.sent)._seen(two.stored)

    def _within_reach(self, one: Pair, two: Pair) -> Storage | None:
        """Two values that were each kept nearly: the resolution is in no table, but that much is known of it."""
        error = max(abs(one.sent - one.stored), abs(two.sent - two.stored))
        if error > _NEARLY * max(abs(one.sent), abs(two.sent)):
            return None
        return Storage(0, 2 * error, minimum=self.minimum, maximum=self.maximum)._seen(two.stored)


def _steps() -> Iterator[tuple[float, int]]:
    return ((step, 1 << number) for number, step in enumerate(_STEPS))


def _is_step_of(wanted: float, found: PointValue, step: float) -> bool:
    """Whether ``found`` is a multiple of the step next to the value, rounded in whatever way."""
    if not step:
        return same_as_stored(found, wanted)
    slack = REAL32_RELATIVE * max(abs(found), abs(wanted), step)
    off = abs(found / step - round(found / step)) * step
    return abs(found - wanted) < step * (1 - REAL32_RELATIVE) and off <= slack


def _two_of(pairs: Sequence[Pair]) -> tuple[Pair | None, Pair]:
    """The newest pair, behind the newest before it that was sent something else."""
    newest = pairs[-1]
    return next((pair for pair in reversed(pairs) if pair.sent != newest.sent), None), newest
