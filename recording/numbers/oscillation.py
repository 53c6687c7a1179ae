"""Hunting: whether a signal goes round and round in waves that are like each other.

The index of Forsman and Stattin (A new criterion for detecting oscillations in control loops, European Control
Conference 1999) compares each half-wave with the next one on the same side, in area and in duration. It asks for no
period, amplitude or set-point, and is about 1 of a pure oscillation and near 0 of noise or of slow changes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby, pairwise

AREA_LIKENESS = 0.6
DURATION_LIKENESS = 0.75
"""How like two half-waves are, the smaller divided by the larger; the authors say 0.5 to 0.7 and 0.7 to 0.8."""
SUSPECT, DISTINCT = 0.4, 0.8
"""The authors' marks: worth a look, and plainly oscillating."""
FEWEST_HALF_WAVES = 8
MEAN_OVER_S = 3600.0
LONGEST_S = 3600.0
"""A half-wave that is longer is a schedule or the weather, and no hunting."""


@dataclass(frozen=True, slots=True)
class Oscillation:
    """The index (NaN where there are too few half-waves to say), their number, and the mean period in s."""

    index: float
    half_waves: int
    period_s: float


def oscillation(times_s: Sequence[float], values: Sequence[float], least_swing: float = 0.0) -> Oscillation:
    """Of a signal about 0, such as a control error. What swings no further than ``least_swing`` is ripple."""
    parts = [_half_waves(stretch, least_swing) for stretch in _stretches(times_s, values)]
    stretches = [stretch for part in parts for stretch in _short(part)]
    waves = sum(map(len, stretches))
    if waves < FEWEST_HALF_WAVES:
        return Oscillation(math.nan, waves, math.nan)
    alike = sum(_is_like(one, two) for each in stretches for one, two in zip(each, each[2:], strict=False))
    crossings = waves + sum(1 for each in stretches if each)
    duration = sum(wave.duration_s for each in stretches for wave in each)
    return Oscillation(alike / crossings, waves, 2.0 * duration / waves)


def about_its_mean(times_s: Sequence[float], values: Sequence[float], over_s: float = MEAN_OVER_S) -> list[float]:
    """What a signal has beyond its own mean over a time around each moment; slow changes are gone from it."""
    known = [0.0 if math.isnan(value) else value for value in values]
    sums = [0.0, *accumulate(known)]
    counts = [0, *accumulate(not math.isnan(value) for value in values)]
    left = right = 0
    rest = []
    for time_s, value in zip(times_s, values, strict=True):
        while times_s[left] < time_s - over_s / 2.0:
            left += 1
        while right < len(times_s) and times_s[right] <= time_s + over_s / 2.0:
            right += 1
        count = counts[right] - counts[left]
        rest.append(value - (sums[right] - sums[left]) / count if count else math.nan)
    return rest


@dataclass(frozen=True, slots=True)
class _HalfWave:
    area: float
    duration_s: float


def _stretches(times_s: Sequence[float], values: Sequence[float]) -> Iterator[list[tuple[float, float]]]:
    for is_gap, pairs in groupby(zip(times_s, values, strict=True), key=lambda pair: math.isnan(pair[1])):
        if not is_gap:
            yield list(pairs)


def _half_waves(pairs: Sequence[tuple[float, float]], least_swing: float) -> list[_HalfWave]:
    """Those that begin and end with a crossing: not the first and the last one."""
    sides = [list(side) for _, side in groupby(_with_sides(pairs, least_swing), key=lambda row: row[2])]
    waves = []
    for side, following in pairwise(sides[1:]):
        duration_s = following[0][0] - side[0][0]
        waves.append(_HalfWave(abs(sum(value for _, value, _ in side)) / len(side) * duration_s, duration_s))
    return waves


def _short(waves: Sequence[_HalfWave]) -> Iterator[list[_HalfWave]]:
    """Those that may be hunting, one after another."""
    for is_short, stretch in groupby(waves, key=lambda wave: wave.duration_s <= LONGEST_S):
        if is_short:
            yield list(stretch)


def _with_sides(pairs: Sequence[tuple[float, float]], least_swing: float) -> Iterator[tuple[float, float, bool]]:
    """A signal changes sides when it is so far on the other one: what does not swing as far is ripple."""
    is_above = False
    for time_s, value in pairs:
        if abs(value) > least_swing:
            is_above = value > 0.0
        yield time_s, value, is_above


def _is_like(one: _HalfWave, two: _HalfWave) -> bool:
    return _ratio(one.area, two.area) > AREA_LIKENESS and _ratio(one.duration_s, two.duration_s) > DURATION_LIKENESS


def _ratio(one: float, two: float) -> float:
    return min(one, two) / max(one, two) if one > 0.0 and two > 0.0 else 0.0
