"""Few runs told honestly: the interquartile mean, with an interval by the bootstrap."""

from __future__ import annotations

import numpy as np

from learning.world import FloatArray

_RESAMPLED = 2000


def interquartile_mean(values: FloatArray) -> float:
    """The mean of the middle half: a quarter of the values on either side has no say."""
    ordered = np.sort(values.ravel())
    cut = len(ordered) // 4
    return float(ordered[cut : len(ordered) - cut].mean())


def interval(values: FloatArray, seed: int = 0) -> tuple[float, float]:
    """95 % of the interquartile mean for values ``(seeds, weeks)``: seeds and weeks are drawn anew, each as a whole."""
    random, (seeds, weeks) = np.random.default_rng(seed), values.shape
    means = [
        interquartile_mean(values[random.integers(seeds, size=seeds)][:, random.integers(weeks, size=weeks)])
        for _ in range(_RESAMPLED)
    ]
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)
