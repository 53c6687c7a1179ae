"""Reads the numbers of a request as BOPTEST does (boptest-api §2, "Standing message of a failed number").

Where a call has several, BOPTEST reads all of them before it looks at any sign, and at names after that.
"""

from __future__ import annotations

from emulators.boptest.replies import Json, RefusalError


def number(name: str, value: Json) -> float:
    """The value as a float; numeric text and booleans count. Raises RefusalError."""
    try:
        return float(value)
    except (OverflowError, TypeError, ValueError):
        raise RefusalError(
            f"Invalid value {value} for parameter {name}. Value must be a float, integer, or string able to be "
            f"converted to a float, but is {type(value)}."
        ) from None


def refuse_negative(name: str, value: float) -> None:
    """Raises RefusalError below 0; NaN passes, as in BOPTEST."""
    if value < 0:
        raise RefusalError(f"Invalid value {value} for parameter {name}. Value must not be negative.")


def refuse_not_positive(name: str, value: float) -> None:
    """Raises RefusalError from 0 down; NaN passes, as in BOPTEST."""
    if value <= 0:
        raise RefusalError(f"Invalid value {value} for parameter {name}. Value must be positive.")


def as_list(point_names: Json) -> Json:
    """One name alone stands for a list of one; whatever else was sent is left to the call."""
    return [point_names] if isinstance(point_names, str) else point_names
