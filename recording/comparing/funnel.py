"""A funnel around a series: what lies in it is the same, give or take so much in value and so much in time.

At each moment it reaches from the least to the largest value that the series has within the tolerance in time, widened
by the tolerance in value. A series that only lags is in it, and so is a step that comes a little earlier.
"""

from __future__ import annotations

import math
from array import array
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far a value may be off in its own unit, and how much earlier or later (s of model time) it may come."""

    value: float = 0.0
    time_s: float = 0.0

    def in_words(self) -> str:
        """Without a unit, which is the value's."""
        return f"{self.value:.3g} in {self.time_s:g} s" if self.value or self.time_s else "exact"


EXACT = Tolerance()


@dataclass(frozen=True, slots=True)
class Funnel:
    """The least and the largest value that is the same, per step; NaN where there is nothing to compare with."""

    lower: array[float]
    upper: array[float]

    def excess(self, place: int, value: float) -> float:
        """By how much a value lies outside; 0 inside, NaN where nothing can be said."""
        return max(self.lower[place] - value, value - self.upper[place], 0.0) if self._says(place, value) else math.nan

    def _says(self, place: int, value: float) -> bool:
        return not (math.isnan(value) or math.isnan(self.lower[place]))


def funnel(times_s: Sequence[float], values: Sequence[float], tolerance: Tolerance) -> Funnel:
    """Around ``values`` at ``times_s``, which ascend. NaN are passed over."""
    lower = _extremes(times_s, values, tolerance.time_s, lambda new, old: new <= old)
    upper = _extremes(times_s, values, tolerance.time_s, lambda new, old: new >= old)
    return Funnel(
        array("d", (value - tolerance.value for value in lower)),
        array("d", (value + tolerance.value for value in upper)),
    )


def _extremes(
    times_s: Sequence[float], values: Sequence[float], reach_s: float, beats: Callable[[float, float], bool]
) -> array[float]:
    """Of each moment's neighbourhood the value that beats all others, in one pass."""
    found = array("d")
    window: deque[int] = deque()
    ahead = 0
    for time_s, own in zip(times_s, values, strict=True):
        while ahead < len(values) and times_s[ahead] <= time_s + reach_s:
            if not math.isnan(values[ahead]):
                while window and beats(values[ahead], values[window[-1]]):
                    window.pop()
                window.append(ahead)
            ahead += 1
        while window and times_s[window[0]] < time_s - reach_s:
            window.popleft()
        # Where nothing was recorded at the moment itself, its neighbours say nothing of it.
        found.append(math.nan if math.isnan(own) or not window else values[window[0]])
    return found
