"""What objects say that they take: the properties that tell it, in both protocols alike."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeGuard

from utils.values import AnyObjectType, ObjectLimits, is_real32

LIMITS: Mapping[str, str] = MappingProxyType(
    {
        "min-pres-value": "minimum",
        "max-pres-value": "maximum",
        "minimum-on-time": "minimum_on_s",
        "minimum-off-time": "minimum_off_s",
    }
)
"""The properties that tell what an object takes, with our words for them."""


def limit_properties(kind: AnyObjectType) -> tuple[str, ...]:
    """Those that objects of a type may have (ASHRAE 135-2016, clause 12)."""
    if kind.is_analog:
        return ("min-pres-value", "max-pres-value")
    return ("minimum-on-time", "minimum-off-time") if kind.is_binary and not kind.is_input else ()


def limits_of(told: Mapping[str, object]) -> ObjectLimits:
    """Limits by property; what is no finite number is not told. 0 s is no minimum time."""
    known = {LIMITS[name]: float(value) for name, value in told.items() if _is_number(value)}
    return ObjectLimits(**{name: value for name, value in known.items() if value or not name.endswith("_s")})


def _is_number(value: object) -> TypeGuard[float]:
    return not isinstance(value, bool) and isinstance(value, int | float) and is_real32(value)
