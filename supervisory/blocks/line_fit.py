"""A straight line by least squares, one point at a time, and how far it can be trusted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import sqrt
from typing import Self

ONE_SIDED_95 = 1.645
"""Standard errors that one in twenty lies above (normal; for the few points of the first days a little bold)."""


@dataclass(slots=True)
class LineFit:
    """Means and sums of squares about them (Welford), so that nothing of the history has to be kept."""

    count: int = 0
    mean_x: float = 0.0
    mean_y: float = 0.0
    xx: float = 0.0
    xy: float = 0.0
    yy: float = 0.0

    @classmethod
    def recalled(cls, kept: Mapping[str, float]) -> Self:
        """From what :meth:`kept` told."""
        fit = cls(**{name: float(value) for name, value in kept.items()})  # type: ignore[arg-type]
        fit.count = int(fit.count)
        return fit

    def kept(self) -> dict[str, float]:
        """All of it, as numbers."""
        return asdict(self)

    def add(self, x: float, y: float) -> None:
        """Take one more point."""
        self.count += 1
        off_x, off_y = x - self.mean_x, y - self.mean_y
        self.mean_x += off_x / self.count
        self.mean_y += off_y / self.count
        self.xx += off_x * (x - self.mean_x)
        self.xy += off_x * (y - self.mean_y)
        self.yy += off_y * (y - self.mean_y)

    def is_trusted(self, least_count: int, least_spread: float) -> bool:
        """Whether there are enough points, spread far enough (standard deviation of x)."""
        return self.count >= max(3, least_count) and sqrt(self.xx / self.count) >= least_spread

    def at(self, x: float) -> float:
        """The line's value."""
        return self.mean_y + self.xy / self.xx * (x - self.mean_x)

    def upper(self, x: float) -> float:
        """What a new point at ``x`` exceeds once in twenty times."""
        rest = max(0.0, self.yy - self.xy * self.xy / self.xx) / (self.count - 2)
        away = x - self.mean_x
        return self.at(x) + ONE_SIDED_95 * sqrt(rest * (1.0 + 1.0 / self.count + away * away / self.xx))
