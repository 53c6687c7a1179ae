"""Units as people read them, in either system: which, how many digits, and the way there.

A unit that a person would not read (kelvin, a fraction, m3/s of water) becomes one that they would; all others stay.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal, TypeAlias

from points.meanings import Meaning, Measure, Medium
from utils.quantities import quantity_of
from utils.unit_conversion import Conversion, UnitConverter, UnitError

System: TypeAlias = Literal["SI", "US"]

_NO_CONVERSION = Conversion(1.0, 0.0)


@dataclass(frozen=True, slots=True)
class Readout:
    """How a value is read: its unit's sign, digits behind the point, and the way from the unit that it has."""

    sign: str
    digits: int
    conversion: Conversion

    def of(self, value: float) -> float:
        """The value as it is shown, rounded to two digits more than that."""
        return round(self.conversion(value), self.digits + 2)

    def back(self, shown: float) -> float:
        """The value in the unit that it has."""
        return (shown - self.conversion.offset) / self.conversion.slope

    def written(self, value: float) -> str:
        """The number as people see it, without the unit."""
        return f"{self.conversion(value):.{self.digits}f}"


_UNITS: Mapping[str, tuple[tuple[str, str, int], tuple[str, str, int]]] = {
    # what is measured: SI and US, each as unit, sign and digits
    "temperature": (("degC", "°C", 1), ("degF", "°F", 1)),
    "temperature difference": (("kelvin", "K", 1), ("delta_degF", "°F", 1)),
    "pressure": (("pascal", "Pa", 0), ("inH2O", "in wc", 2)),
    "volume flow": (("m**3/s", "m³/s", 2), ("ft**3/min", "cfm", 0)),
    "water flow": (("L/s", "L/s", 2), ("gal/min", "gpm", 1)),
    "power": (("kW", "kW", 2), ("kW", "kW", 2)),
    "irradiance": (("W/m**2", "W/m²", 0), ("Btu/hour/ft**2", "Btu/h ft²", 0)),
    "speed": (("m/s", "m/s", 1), ("mile/hour", "mph", 1)),
    "fraction": (("percent", "%", 0), ("percent", "%", 0)),
}
_KEPT: Mapping[str, tuple[str, int]] = {
    "ppm": ("ppm", 0),
    "dimensionless": ("", 2),
    "kWh/m**2": ("kWh/m²", 2),
    "W/m**2": ("W/m²", 1),
    "kW/m**2": ("kW/m²", 4),
}
"""Units that mean what they say, and how they are written."""
_RATIOS = (Measure.POSITION, Measure.SPEED, Measure.HUMIDITY)


def reading_of(unit: str | None, meaning: Meaning | None, system: System) -> Readout:
    """How to read a value of a unit; one that nobody can parse is written as it is."""
    return _reading(unit, _kind(unit, meaning), system)


def _kind(unit: str | None, meaning: Meaning | None) -> str | None:
    """What is measured; None where the unit stays. A kelvin is a temperature: a difference says so."""
    if unit is None:
        return None
    if unit in ("K", "kelvin"):
        return "temperature"
    try:
        kind = quantity_of(unit)
    except UnitError:
        return None
    if kind == "volume flow" and meaning is not None and meaning.medium in (Medium.HOT_WATER, Medium.CHILLED_WATER):
        return "water flow"
    if kind == "fraction" and unit != "percent" and (meaning is None or meaning.measure not in _RATIOS):
        return None
    return kind


@cache
def _reading(unit: str | None, kind: str | None, system: System) -> Readout:
    if unit is None:
        return Readout("", 2, _NO_CONVERSION)
    if kind is None or kind not in _UNITS or (unit in _KEPT and kind != "fraction"):
        sign, digits = _KEPT.get(unit, (unit, 2))
        return Readout("" if unit == "1" else sign, digits, _NO_CONVERSION)
    wanted, sign, digits = _UNITS[kind][system == "US"]
    conversion = UnitConverter().conversion("dimensionless" if unit == "1" else unit, wanted)
    return Readout(sign, digits, Conversion(conversion(1.0) - conversion(0.0), conversion(0.0)))
