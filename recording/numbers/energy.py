"""Energy of powers, in all and hour by hour."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from recording.numbers.series import HOUR_S, integral

J_PER_KWH = 3.6e6


def kwh(weights: Sequence[float], power_w: Sequence[float]) -> float:
    """The energy of a power in W."""
    return integral(weights, power_w) / J_PER_KWH


def kwh_by_hour(times_s: Sequence[float], power_w: Sequence[float]) -> dict[int, float]:
    """The energy of each hour of model time (counted from 1 January 00:00) of which something is known.

    A step counts to the hour that its middle is in.
    """
    hours: dict[int, float] = {}
    for (time_s, power), (next_s, following) in pairwise(zip(times_s, power_w, strict=True)):
        energy = (next_s - time_s) * (power + following) / 2.0 / J_PER_KWH
        if math.isfinite(energy):
            hour = int((time_s + next_s) / 2.0 // HOUR_S)
            hours[hour] = hours.get(hour, 0.0) + energy
    return hours


def total(columns: Sequence[Sequence[float]]) -> list[float]:
    """The sum at each moment, NaN where one is not known."""
    return [sum(values) for values in zip(*columns, strict=True)]
