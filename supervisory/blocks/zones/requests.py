"""How many requests a zone makes for more duct pressure or colder supply air (ASHRAE Guideline 36, 5.6.8 and 5.1.20).

One object per zone keeps its timers. Percentages are of full travel or full loop output, times are plant time. What a
zone has asked for in the long run is counted in request-hours (5.1.14.2).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from supervisory.blocks.time.timers import Latch, TrueFor, clamp

_OPEN_ABOVE_PCT, _OPEN_UNTIL_PCT = 95.0, 85.0
_STARVING_DELAY_S = 60.0
_STARVED_SHARE = 0.5
_SHORT_SHARE = 0.7

_MINUTES_PER_HOUR = 60.0

_WARM_DELAY_S = 120.0
_HOT_BY_K = 3.0
_WARM_BY_K = 2.0


class StaticPressureRequests:
    """3 below half of the air flow set-point, 2 below 70 %, 1 while the damper is wide open.

    Boxes whose damper position nobody reads count as wide open while they get less than 95 % of their set-point for
    a minute, until they get 98 %: a box that controls its flow falls short only when its damper can open no further.
    """

    _SHORT_FALL, _SHORT_FALL_OVER = -0.95, -0.98

    def __init__(self) -> None:
        self._open = Latch(_OPEN_ABOVE_PCT, _OPEN_UNTIL_PCT)
        self._falls_short = Latch(self._SHORT_FALL, self._SHORT_FALL_OVER)
        self._short_for = TrueFor(_STARVING_DELAY_S)
        self._starved = TrueFor(_STARVING_DELAY_S)
        self._under_supplied = TrueFor(_STARVING_DELAY_S)

    def step(self, time_s: float, flow: float, setpoint: float, damper_pct: float | None = None) -> int:
        """Requests of this zone now; ``flow`` and ``setpoint`` in one unit, the damper's position where it is known."""
        share = flow / setpoint if setpoint > 0.0 else 1.0
        wide_open = self._is_wide_open(time_s, share, damper_pct)
        starved = self._starved.step(time_s, wide_open and share < _STARVED_SHARE)
        short = self._under_supplied.step(time_s, wide_open and share < _SHORT_SHARE)
        if starved:
            return 3
        if short:
            return 2
        is_open = self._open.is_on if damper_pct is not None else self._short_for.step(time_s, wide_open)
        return 1 if is_open else 0

    def _is_wide_open(self, time_s: float, share: float, damper_pct: float | None) -> bool:
        if damper_pct is None:
            return self._falls_short.step(-share)
        self._open.step(damper_pct)
        return damper_pct > _OPEN_ABOVE_PCT


class Suppression:
    """A changed zone set-point silences requests for as long as the zone may need to follow (5.1.20).

    9 min per kelvin between the new set-point and the zone at the moment of the change, 30 min at most.
    """

    _SECONDS_PER_K = 540.0
    _LONGEST_S = 1800.0
    _SAME_WITHIN_K = 0.05

    def __init__(self) -> None:
        self._setpoint_c: float | None = None
        self._until_s = float("-inf")

    def step(self, time_s: float, zone_c: float, setpoint_c: float) -> bool:
        """Whether requests are silenced now. The first set-point that is seen is no change."""
        if self._setpoint_c is None:
            self._setpoint_c = setpoint_c
        elif abs(setpoint_c - self._setpoint_c) > self._SAME_WITHIN_K:
            self._setpoint_c = setpoint_c
            wait_s = clamp(self._SECONDS_PER_K * abs(setpoint_c - zone_c), 0.0, self._LONGEST_S)
            self._until_s = time_s + wait_s
        return time_s < self._until_s


class CoolingRequests:
    """3 when the zone is 3 K too warm for two minutes, 2 at 2 K, 1 while its cooling loop is at its end."""

    def __init__(self) -> None:
        self._suppression = Suppression()
        self._hot = TrueFor(_WARM_DELAY_S)
        self._warm = TrueFor(_WARM_DELAY_S)
        self._loop = Latch(_OPEN_ABOVE_PCT, _OPEN_UNTIL_PCT)

    def step(self, time_s: float, zone_c: float, setpoint_c: float, loop_pct: float | None = None) -> int:
        """Requests of this zone now; degC, and the cooling loop's output where it is known."""
        too_warm_by_k = zone_c - setpoint_c
        hot = self._hot.step(time_s, too_warm_by_k >= _HOT_BY_K)
        warm = self._warm.step(time_s, too_warm_by_k >= _WARM_BY_K)
        silenced = self._suppression.step(time_s, zone_c, setpoint_c)
        at_its_end = loop_pct is not None and self._loop.step(loop_pct)
        if hot and not silenced:
            return 3
        if warm and not silenced:
            return 2
        return 1 if at_its_end else 0


@dataclass(slots=True)
class RequestHours:
    """What a zone has asked for while its system ran, since the last reset. Minutes, so that sums are exact.

    A zone with three requests for an hour has made three request-hours: the share may be above 100 %.
    """

    request_min: float = 0.0
    run_min: float = 0.0

    @classmethod
    def remembered(cls, minutes: Sequence[float]) -> RequestHours:
        """From what :attr:`minutes` told."""
        requested, run = minutes
        return cls(float(requested), float(run))

    @property
    def minutes(self) -> list[float]:
        """Both counts as plain numbers, for a state that is kept."""
        return [self.request_min, self.run_min]

    @property
    def run_h(self) -> float:
        """System run-hours."""
        return self.run_min / _MINUTES_PER_HOUR

    @property
    def pct(self) -> float:
        """Cumulative %-request-hours; 0 before anything has run."""
        return 100.0 * self.request_min / self.run_min if self.run_min else 0.0

    def count(self, requests: int, minutes: float, reset_after_h: float) -> None:
        """So many minutes more with these requests; begins anew above ``reset_after_h`` run-hours."""
        self.request_min += requests * minutes
        self.run_min += minutes
        if self.run_h > reset_after_h:
            self.request_min = self.run_min = 0.0
