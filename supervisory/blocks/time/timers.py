"""What sequences are made of. Time comes in as plant time in seconds; no block looks at a clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from supervisory.program import Context, Reading
from utils.values import Quality

SECONDS_PER_MINUTE = 60.0
SECONDS_PER_HOUR = 3600.0


def clamp(value: float, low: float, high: float) -> float:
    """``value`` brought into ``low`` to ``high``."""
    return max(low, min(high, value))


class TrueFor:
    """True once its condition has held for ``delay_s`` without a break."""

    def __init__(self, delay_s: float) -> None:
        self._delay_s = delay_s
        self._since_s: float | None = None

    def step(self, time_s: float, condition: bool) -> bool:
        """Judge the condition at this time."""
        if not condition:
            self._since_s = None
            return False
        if self._since_s is None:
            self._since_s = time_s
        return time_s - self._since_s >= self._delay_s


class Latch:
    """On above ``on_above`` until below ``off_below``."""

    def __init__(self, on_above: float, off_below: float) -> None:
        self._on_above = on_above
        self._off_below = off_below
        self.is_on = False

    def step(self, value: float) -> bool:
        """Judge a value; return whether it is on."""
        self.is_on = value >= self._off_below if self.is_on else value > self._on_above
        return self.is_on


@dataclass(frozen=True, slots=True)
class Line:
    """A straight line through two points, constant outside them; the x differ, in any order."""

    x0: float
    y0: float
    x1: float
    y1: float

    def at(self, x: float) -> float:
        """The line's value at ``x``."""
        return self.y0 + clamp((x - self.x0) / (self.x1 - self.x0), 0.0, 1.0) * (self.y1 - self.y0)


def in_daily_window(hour: float, from_h: float, to_h: float) -> bool:
    """Whether an hour of the day lies in ``from_h`` to before ``to_h``; may run over midnight. Equal ends: never."""
    if from_h <= to_h:
        return from_h <= hour < to_h
    return hour >= from_h or hour < to_h


def hour_of(ctx: Context) -> float:
    """The hour of the day in plant time, with its fraction."""
    now = ctx.now
    return now.hour + now.minute / 60.0 + now.second / SECONDS_PER_HOUR


def clock_s(ctx: Context) -> float:
    """Seconds that count on over midnight and are whole multiples of a day there."""
    return ctx.now.toordinal() * 24.0 * SECONDS_PER_HOUR + hour_of(ctx) * SECONDS_PER_HOUR


def good_number(reading: Reading) -> float | None:
    """The reading's value as a number, or None where it cannot be trusted."""
    return float(reading.value) if reading.quality is Quality.GOOD and reading.value is not None else None


def good_numbers(readings: Mapping[str, Reading]) -> dict[str, float]:
    """The values that can be trusted, by name."""
    numbers = {name: good_number(reading) for name, reading in readings.items()}
    return {name: number for name, number in numbers.items() if number is not None}


def sum_of_all(readings: Mapping[str, Reading]) -> float | None:
    """The sum; None unless there are any and every one of them is known."""
    known = good_numbers(readings)
    return sum(known.values()) if readings and len(known) == len(readings) else None


def rounded(value: float | None, digits: int = 1) -> float | None:
    """For people; None stays."""
    return None if value is None else round(value, digits)
