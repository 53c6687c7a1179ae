"""What an actuator was made to do: travel, reversals, saturation. Strokes are fractions of its whole range."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from recording.numbers.oscillation import Oscillation, about_its_mean, oscillation
from recording.numbers.series import HOUR_S, covered_s, greatest, least, mean, time_where

DEADBAND = 0.01
"""A turn counts when the signal comes back by so much of the range: less is noise of the last digits."""
END = 0.005
"""So near to an end of its range an actuator is saturated."""
RIPPLE = 0.01
"""Waves that are lower than this are not hunting."""


@dataclass(frozen=True, slots=True)
class ActuatorUse:
    """Travel in full strokes, turns of direction, shares of time at both ends (0 to 1), and how long it is known."""

    travel: float
    reversals: int
    at_low: float
    at_high: float
    mean: float
    lowest: float
    highest: float
    known_h: float
    hunting: Oscillation

    @property
    def reversals_per_hour(self) -> float:
        """NaN where no time has passed."""
        return self.reversals / self.known_h if self.known_h > 0.0 else math.nan

    @property
    def has_moved(self) -> bool:
        """Whether it was ever elsewhere by more than :data:`END`."""
        return self.highest - self.lowest > END


def actuator_use(times_s: Sequence[float], weights: Sequence[float], strokes: Sequence[float]) -> ActuatorUse:
    """Of a signal that is 0 at the low end of its range and 1 at the high one."""
    known_s = covered_s(weights, strokes)
    at_low, at_high = (
        time_where(weights, ends) / known_s if known_s > 0.0 else math.nan
        for ends in ((value <= END for value in strokes), (value >= 1.0 - END for value in strokes))
    )
    return ActuatorUse(
        travel(strokes),
        reversals(strokes),
        at_low,
        at_high,
        mean(weights, strokes),
        least(strokes),
        greatest(strokes),
        known_s / HOUR_S,
        oscillation(times_s, about_its_mean(times_s, strokes), RIPPLE),
    )


def travel(strokes: Sequence[float]) -> float:
    """The sum of all movements; those across a gap are not known."""
    movements = (abs(two - one) for one, two in pairwise(strokes))
    return sum(movement for movement in movements if not math.isnan(movement))


def reversals(strokes: Sequence[float], deadband: float = DEADBAND) -> int:
    """How often it turned, by more than the dead band. A gap ends a movement."""
    turns, direction = 0, 0
    furthest = math.nan
    for value in strokes:
        if math.isnan(value) or math.isnan(furthest):
            furthest, direction = value, 0
        elif direction * (value - furthest) >= 0.0 and direction:
            furthest = value
        elif abs(value - furthest) > deadband:
            turns += direction != 0
            direction = 1 if value > furthest else -1
            furthest = value
    return turns
