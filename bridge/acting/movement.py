"""How a set-point moves: towards what is wanted, within its bounds, and no faster than it may."""

from __future__ import annotations

from equipment.set_points import SetPoint

_HOUR_S = 3600.0


class Movement:
    """One set-point, in its own unit."""

    def __init__(self, set_point: SetPoint) -> None:
        self.value: float | None = None
        """Where it has been led; None where it is left to its controller."""
        self._set_point = set_point

    def lead(self, wanted: float, found: float | None, passed_s: float) -> float | None:
        """A step towards ``wanted``, from where it was led last, at first from where it was ``found``.

        None where it has a rate and nobody knows where it stands. A value that was found beyond the bounds is brought
        back at once: bounds count more than rates.
        """
        one, start = self._set_point, found if self.value is None else self.value
        if one.rate_per_h is not None:
            if start is None:
                return None
            most = one.rate_per_h * passed_s / _HOUR_S
            wanted = min(max(wanted, start - most), start + most)
        self.value = min(max(wanted, one.low), one.high)
        return self.value

    def leave(self) -> None:
        """It is its controller's again."""
        self.value = None
