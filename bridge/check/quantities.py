"""What units measure, in words."""

from __future__ import annotations

from functools import cache

from points import Point
from utils.unit_conversion import UnitConverter, from_bacnet

_QUANTITIES = {
    "temperature": "kelvin",
    "fraction": "dimensionless",
    "pressure": "pascal",
    "volume flow": "meter**3/second",
    "mass flow": "kilogram/second",
    "power": "watt",
    "energy": "joule",
    "irradiance": "watt/meter**2",
    "speed": "meter/second",
    "length": "meter",
    "time": "second",
    "angle": "radian",
    "illuminance": "lux",
}
"""A name for what everything measures that can be converted to the unit."""


@cache
def quantity_of(unit: str) -> str:
    """The quantity that a known unit measures; pint's dimensions where it has no name here. Raises UnitError."""
    converter = UnitConverter()
    named = (name for name, example in _QUANTITIES.items() if converter.compatible(unit, example))
    return next(named, None) or str(converter.parse(unit).dimensionality)


def quantity(point: Point) -> str | None:
    """What a point measures; None for a number without units."""
    if point.object_type.is_binary:
        return "on or off"
    if point.object_type.is_multi_state:
        return "state"
    unit = point.device_unit or point.unit
    return quantity_of(unit) if unit else None


def unit_in_our_words(units: str | None) -> str | None:
    """A controller's units as a config would write them; None where it tells none, or one that we do not know."""
    return from_bacnet(units) if units is not None else None
