"""Sums over time of values that may be missing.

A value stands for half of the step before it and half of the one after it, as in BOPTEST's own trapezoids (boptest-api
§9); one that is NaN stands for nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from itertools import compress, pairwise
from operator import mul

HOUR_S = 3600.0


def weights_s(times_s: Sequence[float]) -> list[float]:
    """What each value stands for, in s; 0 of one alone."""
    halves = [max(0.0, two - one) / 2.0 for one, two in pairwise(times_s)]
    return [before + after for before, after in zip([0.0, *halves], [*halves, 0.0], strict=True)][: len(times_s)]


def integral(weights: Sequence[float], values: Sequence[float]) -> float:
    """Values times seconds; NaN counts nothing."""
    total: float = sum(map(mul, weights, values))
    if math.isfinite(total):
        return total
    return sum(weight * value for weight, value in zip(weights, values, strict=True) if math.isfinite(value))


def covered_s(weights: Sequence[float], values: Sequence[float]) -> float:
    """How long there are values."""
    return sum(compress(weights, map(math.isfinite, values)))


def time_where(weights: Sequence[float], holds: Iterable[bool]) -> float:
    """How long something holds, in s."""
    return sum(compress(weights, holds))


def mean(weights: Sequence[float], values: Sequence[float]) -> float:
    """The mean over time; of values without any duration the plain one, and NaN of none."""
    duration = covered_s(weights, values)
    if duration > 0.0:
        return integral(weights, values) / duration
    finite = [value for value in values if math.isfinite(value)]
    return sum(finite) / len(finite) if finite else math.nan


def least(values: Iterable[float]) -> float:
    """The least value that there is; NaN of none."""
    return min(filter(math.isfinite, values), default=math.nan)


def greatest(values: Iterable[float]) -> float:
    """The greatest value that there is; NaN of none."""
    return max(filter(math.isfinite, values), default=math.nan)


def masked(values: Sequence[float], when: Sequence[float] | None, holds: Callable[[float], bool]) -> list[float]:
    """The values for which ``when`` holds, NaN for the others; all of them where there is no such column."""
    if when is None:
        return list(values)
    return [value if holds(one) else math.nan for value, one in zip(values, when, strict=True)]


def percentile(values: Sequence[float], percent: float) -> float:
    """The value that so many percent of the finite ones do not exceed (nearest rank); NaN of none."""
    ordered = sorted(filter(math.isfinite, values))
    if not ordered:
        return math.nan
    return ordered[max(0, math.ceil(percent / 100.0 * len(ordered)) - 1)]


def held_at(times_s: Sequence[float], values: Sequence[float], wanted_s: Sequence[float], most_s: float) -> list[float]:
    """The values that were the newest at other times (both rising), NaN where the newest is older than ``most_s``."""
    found, place = [], -1
    for moment in wanted_s:
        while place + 1 < len(times_s) and times_s[place + 1] <= moment:
            place += 1
        is_known = place >= 0 and moment - times_s[place] <= most_s
        found.append(values[place] if is_known else math.nan)
    return found
