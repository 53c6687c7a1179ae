"""What a value may be, and how it is refused when it may not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


class BadValue(ValueError):
    """Something that may not be passed on to a peer, and why.

    It is no number, or larger than a controller can hold, or an absolute temperature below 0 K, or beyond what the
    config calls valid.
    """


@dataclass(frozen=True, slots=True)
class Bounds:
    """From where to where, both included; None where there is no end."""

    low: float | None = None
    high: float | None = None

    def take(self, value: float) -> bool:
        """Whether it lies between them."""
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)

    def through(self, way: Callable[[float], float]) -> Bounds:
        """The same in another unit; a way that turns values round changes the ends."""
        low, high = (None if end is None else way(end) for end in (self.low, self.high))
        return Bounds(high, low) if way(1.0) < way(0.0) else Bounds(low, high)

    def words(self, unit: str = "") -> str:
        """As in ``0 to 100 percent``."""
        ends = [f"{word} {end:g}" for word, end in (("at least", self.low), ("at most", self.high)) if end is not None]
        span = f"{self.low:g} to {self.high:g}" if len(ends) > 1 else "".join(ends) or "anything"
        return f"{span} {unit}".rstrip()


ANYTHING = Bounds()


class BeyondBounds(BadValue):
    """A value that somebody has typed, and ``limits`` in the unit that it was typed in."""

    def __init__(self, words: str, limits: Bounds) -> None:
        super().__init__(words)
        self.limits = limits
