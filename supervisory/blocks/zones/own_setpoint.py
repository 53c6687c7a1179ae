"""A zone's own set-point, as it was last seen while nobody commanded it."""

from __future__ import annotations

_SETTLED_S = 120.0
"""After a release a set-point may still be read as what was commanded; only then it counts as the zone's own."""


class OwnSetpoint:
    """``degc`` is None until it has been read."""

    def __init__(self) -> None:
        self._free_since_s = float("-inf")
        self.degc: float | None = None

    def see(self, time_s: float, in_force_degc: float | None) -> None:
        """Take what is in force while nothing is commanded."""
        if in_force_degc is not None and time_s - self._free_since_s >= _SETTLED_S:
            self.degc = in_force_degc

    def freed(self, time_s: float) -> None:
        """What was commanded has been given back."""
        self._free_since_s = time_s
