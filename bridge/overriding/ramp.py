"""Bumpless take-over: analog overrides leave the value in force step by step, and arrive at what is commanded."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from points import Point


@dataclass(frozen=True, slots=True)
class Ramp:
    """A straight way over ``steps`` steps, beginning with ``first_step``; the command may move meanwhile.

    ``starts`` are the values in force at the beginning, by the simulation's names; what is not in there jumps.
    """

    first_step: int = 0
    steps: int = 0
    starts: Mapping[str, float] = field(default_factory=dict)

    def value(self, name: str, commanded: float, step: int) -> float:
        """What to send in this step."""
        done = step - self.first_step + 1
        if done >= self.steps or name not in self.starts:
            return commanded
        start = self.starts[name]
        return start + (commanded - start) * done / self.steps


def ramp_from(points: Iterable[Point], in_force: Mapping[str, float], first_step: int, steps: int) -> Ramp:
    """A ramp for the analog ones among the points, from values in force as far as they are known."""
    starts = {
        point.bop_point: in_force.get(point.bop_point, math.nan) for point in points if point.object_type.is_analog
    }
    return Ramp(first_step, steps, {name: value for name, value in starts.items() if math.isfinite(value)})
