"""How a controller stores a number that it is sent: not always as it came, and some store nothing at all.

Real ones limit, round, keep 8 bits, another scale or an Unsigned behind an analog object, and acknowledge all of it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StorageQuirk:
    """What becomes of a number in an analog object, in this order: scaled, moved, limited, rounded (half of it up)."""

    factor: float = 1.0
    """Stores so many times the number."""
    offset: float = 0.0
    """Stores so much more than that."""
    minimum: float | None = None
    """Stores this instead of anything below."""
    maximum: float | None = None
    """Stores this instead of anything above."""
    span: float | None = None
    """Stores one of the levels that ``bits`` have between 0 and this."""
    bits: int = 8
    step: float | None = None
    """Stores the nearest multiple of this: 1, 0.1, ..."""
    unsigned: bool = False
    """Stores whole numbers from 0 up."""
    null_is_zero: bool = False
    """Stores 0 when a slot is given back."""
    ignores_beyond: bool = False
    """Acknowledges what is below ``minimum`` or above ``maximum``, and leaves everything as it is."""
    ignores: bool = False
    """Acknowledges a write, or that a slot is given back, and leaves everything as it is."""

    def keeps(self, value: float | None) -> bool:
        """Whether everything stays as it is when ``value`` is sent."""
        if self.ignores_beyond and value is not None and value != self._limited(value):
            return True
        return self.ignores

    def stored(self, value: float | None) -> float | None:
        """What is in the slot after ``value``, a finite number, was sent; None is a slot that is given back."""
        if value is None:
            return 0.0 if self.null_is_zero else None
        return self._rounded(self._limited(value * self.factor + self.offset))

    def _limited(self, value: float) -> float:
        lowest = -math.inf if self.minimum is None else self.minimum
        highest = math.inf if self.maximum is None else self.maximum
        return min(max(value, lowest), highest)

    def _rounded(self, value: float) -> float:
        if self.span is not None:
            value = _nearest(min(max(value, 0.0), self.span), self.span / (2**self.bits - 1))
        if self.step is not None:
            value = _nearest(value, self.step)
        return max(_nearest(value, 1.0), 0.0) if self.unsigned else value


def _nearest(value: float, step: float) -> float:
    return math.floor(value / step + 0.5) * step


EXACT = StorageQuirk()
"""What is sent is what is stored."""
