"""One reading of a point for people: name, number and unit; and which set-point belongs beside it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from points import Point
from utils.values import PointValue

_SYMBOLS = {
    "percent": "%",
    "degC": "°C",
    "degF": "°F",
    "pascal": "Pa",
    "dimensionless": "",
    "m**3/s": "m³/s",
    "ft**3/min": "cfm",
    "kWh/m**2": "kWh/m²",
    "W/m**2": "W/m²",
    "inH2O": "in wc",
    "gal/min": "gpm",
}
_FINE = frozenset({"m**3/s", "inH2O"})
"""A tenth is too much of these."""
_SETPOINT = re.compile(r"(?:[_ .-]?(?:set[_ -]?p(?:oin)?t|stpt|spt|sp)|(?<=[a-z])(?:Sp|SP))$", re.IGNORECASE)
"""How the name of a set-point ends; what is before it is the name of what it is for."""


def written(value: PointValue, point: Point) -> str:
    """A value with its unit."""
    if point.object_type.is_binary:
        return "on" if value else "off"
    unit = point.device_unit or ""
    digits = 2 if unit in _FINE else 1
    number = f"{value:.{digits}f}" if abs(value) >= 1 or value == 0 else f"{value:.3g}"
    return f"{number} {_SYMBOLS.get(unit, unit)}".rstrip()


def setpoints(points: Sequence[Point]) -> Mapping[str, Point]:
    """By the name of what it is for, the set-point of the same equipment that is named after it."""
    stems = {point.ecy_point.lower(): point.ecy_point for point in points}
    found: dict[str, Point] = {}
    for point in points:
        stem = _SETPOINT.sub("", point.ecy_point)
        measured = stems.get(stem.lower()) if stem != point.ecy_point else None
        if measured is not None:
            found.setdefault(measured, point)
    return found
