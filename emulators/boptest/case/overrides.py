"""Checks and clips what a client wants to override (boptest-api §5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from emulators.boptest.replies import Json, RefusalError
from emulators.plant import PointMeta

_ACTIVATE = "_activate"
_ACTIVATION_WORDS: Mapping[Json, float] = {"True": 1.0, "true": 1.0, "False": 0.0, "false": 0.0}


@dataclass(frozen=True, slots=True)
class OverrideStore:
    """The inputs of one step. ``warning`` is empty unless something was clipped.

    ``only_nulls`` says that inputs were named but every value was null, which BOPTEST's model call cannot digest.
    """

    values: Mapping[str, float]
    warning: str = ""
    only_nulls: bool = False


def check_overrides(inputs: Mapping[str, PointMeta], body: Json) -> OverrideStore:
    """Check the keys in the order of the body; the first bad one raises RefusalError and nothing is simulated."""
    values: dict[str, float] = {}
    warning = ""
    names = body.keys()
    for name in names:
        if name not in inputs:
            raise RefusalError(f"Unexpected input variable: {name}.")
        if body[name] is None:
            continue
        wanted = _number(name, body[name])
        limit = _exceeded_limit(wanted, inputs[name])
        values[name] = wanted if limit is None else limit
        if limit is not None:
            warning = _warning(name, wanted, limit) + warning
    return OverrideStore(values, warning, only_nulls=bool(names) and not values)


def _number(name: str, value: Json) -> float:
    return _activation(name, value) if _ACTIVATE in name else _value(name, value)


def _activation(name: str, value: Json) -> float:
    """Whatever ``float()`` takes counts by its number; only what it does not take counts by its word."""
    try:
        wanted: float | None = float(value)
    except ValueError:
        wanted = _ACTIVATION_WORDS.get(value)
    if wanted is None or wanted not in (0.0, 1.0):
        raise RefusalError(
            f"Invalid value {value} and/or type {type(value)} for input {name}. Input must be a boolean, float, "
            "integer, string, or unicode able to be converted to a 1 or 0 (or 'T[t]rue' or 'F[f]alse')."
        )
    return wanted


def _value(name: str, value: Json) -> float:
    try:
        return float(value)
    except (OverflowError, TypeError, ValueError):
        raise RefusalError(
            f"Invalid value {value} for input {name}. Value must be a float, integer, or string able to be "
            f"converted to a float, but is {type(value)}."
        ) from None


def _exceeded_limit(value: float, meta: PointMeta) -> float | None:
    """The limit to use instead of the value; NaN exceeds none."""
    if meta.maximum is not None and value > meta.maximum:
        return float(meta.maximum)
    if meta.minimum is not None and value < meta.minimum:
        return float(meta.minimum)
    return None


def _warning(name: str, value: float, limit: float) -> str:
    side = "above maximum" if value > limit else "below minimum"
    return f"WARNING: value of {value} for {name} is {side} of {limit}.  Using {limit}. ;"
