"""Numbers that may be sent: bad ones are found before, as a refused call can destroy the server's state."""

from __future__ import annotations

from utils.errors import BridgeError
from utils.values import is_finite_number


class NumberError(BridgeError, ValueError):
    """A number that must not be sent, found before anything was sent."""


def require_finite(**numbers: float) -> None:
    """Raises NumberError with the names of those that are NaN or infinite."""
    bad = [name for name, value in numbers.items() if not is_finite_number(value)]
    if bad:
        raise NumberError(f"not a finite number: {', '.join(sorted(bad))}")


def require_not_negative(**numbers: float) -> None:
    """Raises NumberError where one is not a finite number of 0 or more."""
    require_finite(**numbers)
    for name, value in numbers.items():
        if value < 0:
            raise NumberError(f"{name} cannot be negative ({value:g})")
