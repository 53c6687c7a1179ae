"""Reads the numbers and names of a request as BOPTEST does (boptest-api §2, "Standing message of a failed number")."""

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


def non_negative(name: str, value: Json) -> float:
    """The value as a float >= 0 (NaN passes, as in BOPTEST). Raises RefusalError."""
    result = number(name, value)
    if result < 0:
        raise RefusalError(f"Invalid value {result} for parameter {name}. Value must not be negative.")
    return result


def positive(name: str, value: Json) -> float:
    """The value as a float > 0. Raises RefusalError."""
    result = number(name, value)
    if result <= 0:
        raise RefusalError(f"Invalid value {result} for parameter {name}. Value must be positive.")
    return result


def point_names(value: Json) -> list[str]:
    """A list of names; one name alone stands for a list of one. Raises TypeError for what cannot be iterated."""
    return [value] if isinstance(value, str) else list(value)
