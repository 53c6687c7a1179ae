"""The blocks that control sequences are made of. Time comes in as ``dt_s``; no block looks at a clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

_HOURS_PER_DAY = 24.0


def clamp(value: float, low: float, high: float) -> float:
    """``value`` brought into ``low`` .. ``high``."""
    return max(low, min(high, value))


class PIBlock:
    """A proportional-integral controller: ``output = gain * error + integral``, limited to ``low`` .. ``high``.

    The integral may push the output to a limit but not beyond it, so a long saturation leaves nothing to unwind.
    ``gain`` is output per unit of error, ``reset_time_s`` the integral time.
    """

    def __init__(self, gain: float, reset_time_s: float, low: float = 0.0, high: float = 1.0) -> None:
        self._gain = gain
        self._reset_time_s = reset_time_s
        self._low = low
        self._high = high
        self._integral = clamp(0.0, low, high)
        self.output = self._integral

    def preset(self, output: float, error: float = 0.0) -> None:
        """Be at ``output`` now, and go on from there while the error is about ``error``."""
        self.output = clamp(output, self._low, self._high)
        self._integral = self.output - self._gain * error

    def step(self, error: float, dt_s: float) -> float:
        """Integrate the error over the scan; return the output."""
        proportional = self._gain * error
        integral = self._integral + proportional * dt_s / self._reset_time_s
        if error > 0.0:
            integral = min(integral, max(self._integral, self._high - proportional))
        else:
            integral = max(integral, min(self._integral, self._low - proportional))
        self._integral = integral
        self.output = clamp(proportional + integral, self._low, self._high)
        return self.output


class RampLimiter:
    """Follows a target at no more than ``rate_per_s``."""

    def __init__(self, rate_per_s: float, output: float = 0.0) -> None:
        self._rate_per_s = rate_per_s
        self.output = output

    def preset(self, output: float) -> None:
        """Be at ``output`` now."""
        self.output = output

    def step(self, target: float, dt_s: float) -> float:
        """Move towards ``target``; return where it is."""
        reach = self._rate_per_s * dt_s
        self.output = clamp(target, self.output - reach, self.output + reach)
        return self.output


class Hysteresis:
    """On from ``on_at`` upwards, off from ``off_at`` downwards, unchanged in between."""

    def __init__(self, on_at: float, off_at: float) -> None:
        if off_at >= on_at:
            raise ValueError(f"a hysteresis that is off at {off_at} must be on above that, not at {on_at}")
        self._on_at = on_at
        self._off_at = off_at
        self.is_on = False

    def step(self, value: float) -> bool:
        """Judge ``value``; return whether it is on."""
        self.is_on = value > self._off_at if self.is_on else value >= self._on_at
        return self.is_on


class OnDelay:
    """True once its input has been true for ``delay_s`` without a break."""

    def __init__(self, delay_s: float) -> None:
        self._delay_s = delay_s
        self._true_for_s = 0.0

    def reset(self) -> None:
        """Start counting afresh."""
        self._true_for_s = 0.0

    def step(self, condition: bool, dt_s: float) -> bool:
        """Count the time since ``condition`` came true; return whether it has been long enough."""
        self._true_for_s = self._true_for_s + dt_s if condition else 0.0
        return condition and self._true_for_s >= self._delay_s


class OffDelay:
    """Follows its input at once to true, and to false after ``delay_s`` (a run-on)."""

    def __init__(self, delay_s: float) -> None:
        self._false_long = OnDelay(delay_s)
        self.is_on = False

    def step(self, condition: bool, dt_s: float) -> bool:
        """Return whether ``condition`` is true or was so within the delay."""
        self.is_on = condition or (self.is_on and not self._false_long.step(True, dt_s))
        if condition:
            self._false_long.reset()
        return self.is_on


@dataclass(frozen=True, slots=True)
class LinearReset:
    """A straight line through two points, constant outside them. ``x0`` and ``x1`` differ, in any order."""

    x0: float
    y0: float
    x1: float
    y1: float

    def at(self, x: float) -> float:
        """The line's value at ``x``."""
        share = clamp((x - self.x0) / (self.x1 - self.x0), 0.0, 1.0)
        return self.y0 + share * (self.y1 - self.y0)


@dataclass(frozen=True, slots=True)
class DailyPeriod:
    """Every day from ``start_h`` until before ``stop_h`` (hours of the day); may run over midnight."""

    start_h: float
    stop_h: float

    def contains(self, now: datetime) -> bool:
        """Whether ``now`` lies in the period. Equal start and stop: never."""
        hour = now.hour + now.minute / 60.0 + now.second / 3600.0
        length_h = self.stop_h - self.start_h
        since_start_h = (hour - self.start_h) % _HOURS_PER_DAY
        return since_start_h < (length_h if length_h >= 0.0 else length_h + _HOURS_PER_DAY)


class CheckedSensor:
    """A sensor with a plausible range: holds the last good value, and has failed when none came for ``grace_s``.

    A sensor that never gave a good value has failed from the start, so that a controller that does not see its
    building yet (open circuits) does nothing.
    """

    def __init__(self, low: float, high: float, grace_s: float = 30.0) -> None:
        self._low = low
        self._high = high
        self._bad_long = OnDelay(grace_s)
        self.value = low
        self.failed = True

    def step(self, reading: float, dt_s: float) -> float:
        """Take a reading; return the last good one."""
        good = self._low <= reading <= self._high
        if good:
            self.value = reading
        bad_long = self._bad_long.step(not good, dt_s)
        self.failed = not good and (self.failed or bad_long)
        return self.value


class ProofMonitor:
    """Tells that a machine's status has been missing for ``delay_s`` although it is commanded."""

    def __init__(self, delay_s: float) -> None:
        self._missing = OnDelay(delay_s)

    def step(self, commanded: bool, proven: bool, dt_s: float) -> bool:
        """Return whether the proof failed. Self-resetting: true only as long as it is missing."""
        return self._missing.step(commanded and not proven, dt_s)
