"""A zone's own set-point, remembered while a program leads it away from there."""

from __future__ import annotations

_SETTLED_S = 120.0
"""After a release a set-point may still be read as what was commanded; only then it counts as the zone's own."""


class OwnSetpoint:
    """``degc`` is what was last read while the set-point was free; None until then."""

    def __init__(self) -> None:
        self._free_since_s = float("-inf")
        self.degc: float | None = None

    def look(self, time_s: float, degc: float | None) -> None:
        """Take what is read while the set-point is free."""
        if degc is not None and time_s - self._free_since_s >= _SETTLED_S:
            self.degc = degc

    def freed(self, time_s: float) -> None:
        """It has just been given back."""
        self._free_since_s = time_s
