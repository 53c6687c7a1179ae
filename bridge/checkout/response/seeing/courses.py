"""What was seen while an actuator stood low, and while it stood high: courses of all measurements, frame by frame.

SI units, simulated time. A measurement that lacks in a frame, or is no number there, is left out of that frame alone.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import TypeAlias

Frames: TypeAlias = Sequence[Mapping[str, float]]
"""A run: one mapping per step, by the simulation's names."""

_OF_SECOND_DIFFERENCES = 1 / (0.6745 * math.sqrt(6))
"""From their median size to the standard deviation of what is noise."""


@dataclass(frozen=True, slots=True)
class MovedActuator:
    """An input of the simulation at its low and at its high end, each from the same state. ``step_s`` is a frame's."""

    name: str
    low: float
    high: float
    at_low: Frames
    at_high: Frames
    step_s: float
    _told: dict[str, list[tuple[float, float]]] = field(default_factory=dict, compare=False, repr=False)

    def response(self, measurement: str, within_s: float) -> float:
        """High less low as it stands at the end of a time: the median of its later half; NaN where nobody knows."""
        told = self._differences(measurement, within_s)
        later = [difference for time_s, difference in told if time_s > within_s / 2]
        return median(later or [difference for _, difference in told] or [math.nan])

    def delay_s(self, measurement: str, within_s: float, least: float) -> float | None:
        """When both runs first differ by that much; None where they never do."""
        told = self._differences(measurement, within_s)
        return next((time_s for time_s, difference in told if abs(difference) >= least), None)

    def at_end(self, measurement: str, within_s: float) -> tuple[float, float] | None:
        """The last values at low and high that both runs tell within a time."""
        pairs = [
            (low[measurement], high[measurement])
            for time_s, low, high in self._frames()
            if time_s <= within_s and is_told(low, measurement) and is_told(high, measurement)
        ]
        return pairs[-1] if pairs else None

    def _differences(self, measurement: str, within_s: float) -> list[tuple[float, float]]:
        if measurement not in self._told:
            self._told[measurement] = [
                (time_s, high[measurement] - low[measurement])
                for time_s, low, high in self._frames()
                if is_told(low, measurement) and is_told(high, measurement)
            ]
        return [(time_s, difference) for time_s, difference in self._told[measurement] if time_s <= within_s]

    def _frames(self) -> list[tuple[float, Mapping[str, float], Mapping[str, float]]]:
        pairs = zip(self.at_low, self.at_high, strict=False)
        return [(self.step_s * number, low, high) for number, (low, high) in enumerate(pairs, start=1)]


def is_told(frame: Mapping[str, float], name: str) -> bool:
    """Whether the frame has a number for it."""
    return math.isfinite(frame.get(name, math.nan))


def values_in(frames: Frames, name: str) -> list[float]:
    """All numbers that a run has for a measurement."""
    return [frame[name] for frame in frames if is_told(frame, name)]


def noise_in(frames: Frames, name: str) -> float:
    """The standard deviation of what comes and goes from frame to frame; what drifts or bends is no noise."""
    told = values_in(frames, name)
    bends = [abs(before - 2 * here + after) for before, here, after in zip(told, told[1:], told[2:], strict=False)]
    return median(bends) * _OF_SECOND_DIFFERENCES if bends else 0.0
