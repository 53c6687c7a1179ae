"""How well a measurement follows its set-point."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from recording.numbers.oscillation import Oscillation, oscillation
from recording.numbers.series import HOUR_S, covered_s, mean, percentile, time_where


@dataclass(frozen=True, slots=True)
class Tracking:
    """Errors are measurement minus set-point, in their unit; ``within`` is the share of time (0 to 1) in tolerance."""

    mean_error: float
    mean_size: float
    size_95: float
    within: float
    known_h: float
    hunting: Oscillation


def tracking(times_s: Sequence[float], weights: Sequence[float], errors: Sequence[float], tolerance: float) -> Tracking:
    """Of the errors at each moment, NaN where the loop was off or something is not known."""
    sizes = [abs(error) for error in errors]
    known_s = covered_s(weights, errors)
    within_s = time_where(weights, (size <= tolerance for size in sizes))
    return Tracking(
        mean(weights, errors),
        mean(weights, sizes),
        percentile(sizes, 95.0),
        within_s / known_s if known_s > 0.0 else float("nan"),
        known_s / HOUR_S,
        oscillation(times_s, errors, tolerance / 2.0),
    )
