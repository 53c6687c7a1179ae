"""When readings have come to rest: their derivative stays small, and only then means are taken.

A small derivative is not yet a small rest: the water of a coil dies away over many minutes, and where it turns around
nothing seems to move. So it has to stay small for as long again as means are taken over, and what is judged to tenths
of a kelvin may hardly have crept in all that time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from supervisory.blocks.commissioning.rules import Pace
from supervisory.blocks.time.timers import SECONDS_PER_MINUTE, TrueFor

_SLOPE_S = 180.0
"""Over which the derivative is taken: that of two readings half a minute apart is the sensors' noise."""


@dataclass(frozen=True, slots=True)
class StageMeans:
    """Means at one position; ``rate_k_min`` is the steepest of the temperatures at the end."""

    means: Mapping[str, float]
    settled: bool
    rate_k_min: float
    from_s: float
    to_s: float


class Settling:
    """Watches readings from ``time_s`` on: ``steady`` have to come to rest, and ``fine`` may hardly creep any more."""

    def __init__(self, pace: Pace, steady: tuple[str, ...], fine: str, time_s: float) -> None:
        self._pace = pace
        self._steady = steady
        self._fine = fine
        self._began_s = time_s
        self._still_s = 2.0 * pace.average_s
        self._still = TrueFor(self._still_s)
        self._kept: list[tuple[float, Mapping[str, float]]] = []
        self.rate_k_min: float | None = None

    def step(self, time_s: float, values: Mapping[str, float]) -> StageMeans | None:
        """What was measured once all is at rest, or at the end of the time for it; None until then."""
        self._kept.append((time_s, values))
        self.rate_k_min = self._rate(time_s)
        is_still = self.rate_k_min is not None and self.rate_k_min < self._pace.rate_k_min
        settled = self._still.step(time_s, is_still) and self._has_crept_by(time_s) < self._pace.creep_k
        if settled or time_s - self._began_s >= self._pace.limit_s:
            return self.now(settled=settled)
        return None

    def now(self, *, settled: bool) -> StageMeans:
        """The means of what has been seen last, as far as the time for averaging reaches."""
        to_s = self._kept[-1][0]
        shown = [values for at_s, values in self._kept if at_s >= to_s - self._pace.average_s]
        means = {name: sum(values[name] for values in shown) / len(shown) for name in shown[-1]}
        return StageMeans(means, settled, self.rate_k_min or 0.0, self._began_s, to_s)

    def _rate(self, time_s: float) -> float | None:
        """The steepest derivative; None while too little has been seen."""
        found = self._before(time_s - _SLOPE_S)
        if found is None:
            return None
        at_s, values = found
        minutes = (time_s - at_s) / SECONDS_PER_MINUTE
        return max(abs(self._kept[-1][1][name] - values[name]) / minutes for name in self._steady)

    def _has_crept_by(self, time_s: float) -> float:
        found = self._before(time_s - self._still_s)
        return float("inf") if found is None else abs(self._kept[-1][1][self._fine] - found[1][self._fine])

    def _before(self, time_s: float) -> tuple[float, Mapping[str, float]] | None:
        """What was seen last at this time or before."""
        return next((kept for kept in reversed(self._kept) if kept[0] <= time_s), None)
