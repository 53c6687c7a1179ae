"""Axes in round numbers: of values, of the hours of a day, and of model time."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from utils.clocks import DAY_S, ModelSeconds, model_datetime

_TICKS = 5
_MOST_TIMES = 9
_EVERY_S = (60, 300, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, *(days * DAY_S for days in (1, 2, 7, 14, 30, 61)))
_SMALLEST = 1e-9


Tick: TypeAlias = "tuple[float, str]"
"""A place, and what is written there."""


@dataclass(frozen=True, slots=True)
class Axis:
    """From where to where, and what is written at which places."""

    first: float
    last: float
    ticks: tuple[Tick, ...]


def value_axis(
    values: Iterable[float], low: float | None = None, high: float | None = None, ticks: int = _TICKS
) -> Axis:
    """An axis that has room for all values; NaN has none. ``low`` and ``high`` are on it in any case."""
    finite = [value for value in values if math.isfinite(value)]
    finite += [value for value in (low, high) if value is not None]
    least, most = (min(finite), max(finite)) if finite else (0.0, 1.0)
    if most - least <= _SMALLEST * max(abs(most), abs(least), 1.0):
        most = least + max(0.1 * abs(least), 1.0)
    raw = (most - least) / ticks
    size = 10.0 ** math.floor(math.log10(raw))
    step = next(factor * size for factor in (1.0, 2.0, 2.5, 5.0, 10.0) if factor * size >= raw)
    first, last = math.floor(least / step), math.ceil(most / step)
    return Axis(first * step, last * step, tuple((n * step, f"{n * step:g}") for n in range(first, last + 1)))


def hours_axis(hours: Sequence[float]) -> Axis:
    """The hours of a day, whole ones; what is after 24:00 is the next day's."""
    first, last = math.floor(hours[0]), math.ceil(hours[-1])
    shown = range(first, last + 1, 2 if last - first > 12 else 1)
    return Axis(first, last, tuple((hour, f"{hour if hour <= 24 else hour - 24:02d}:00") for hour in shown))


def model_time_axis(first_s: float, last_s: float, first_year: int) -> Axis:
    """Model time (s) with dates and times of day, as the simulation counts them."""
    return calendar_axis(first_s, last_s, lambda time_s: model_datetime(ModelSeconds(time_s), first_year))


def calendar_axis(first_s: float, last_s: float, local: Callable[[float], datetime]) -> Axis:
    """Seconds with dates and times of day, as ``local`` tells them."""
    last_s = max(last_s, first_s + 1.0)
    every_s = next((each for each in _EVERY_S if (last_s - first_s) / each <= _MOST_TIMES), _EVERY_S[-1])
    return Axis(first_s, last_s, tuple(_times(first_s, last_s, every_s, local)))


def _times(first_s: float, last_s: float, every_s: int, local: Callable[[float], datetime]) -> Iterator[Tick]:
    day = None
    for number in range(math.ceil(first_s / every_s), math.floor(last_s / every_s) + 1):
        moment = local(number * every_s)
        date = f"{moment.day} {moment:%b}"
        time = f"{moment:%H:%M}"
        yield number * every_s, date if every_s >= DAY_S else time if date == day else f"{date} {time}"
        day = date
