"""What units measure, in words, and the units that buildings have, by what they measure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from utils.unit_conversion import UnitConverter, UnitError, from_bacnet, table_of_spellings

_QUANTITIES = {
    "temperature": "degC",
    "temperature difference": "delta_degC",
    "fraction": "dimensionless",
    "pressure": "pascal",
    "volume flow": "meter**3/second",
    "mass flow": "kilogram/second",
    "power": "watt",
    "energy": "joule",
    "irradiance": "watt/meter**2",
    "energy per area": "joule/meter**2",
    "enthalpy": "joule/kilogram",
    "concentration": "kilogram/meter**3",
    "speed": "meter/second",
    "rotation": "radian/second",
    "frequency": "1/second",
    "length": "meter",
    "area": "meter**2",
    "volume": "meter**3",
    "mass": "kilogram",
    "time": "second",
    "angle": "radian",
    "illuminance": "lux",
    "current": "ampere",
    "voltage": "volt",
    "resistance": "ohm",
}
"""A name for what everything measures that can be converted to the unit."""
_OTHER = "other"


@dataclass(frozen=True, slots=True)
class NamedUnit:
    """A unit that buildings have: how configs may write it, and what BACnet calls it."""

    quantity: str
    spellings: tuple[str, ...]
    bacnet: tuple[str, ...]

    def mentions(self, text: str) -> bool:
        """Whether the text occurs in one of its names."""
        return any(text.casefold() in name.casefold() for name in (*self.spellings, *self.bacnet))


@cache
def quantity_of(unit: str) -> str:
    """The quantity that a known unit measures; pint's dimensions where it has no name here. Raises UnitError."""
    return _named_quantity(unit) or str(UnitConverter().parse(unit).dimensionality)


def _named_quantity(unit: str) -> str | None:
    return next((name for name, like in _QUANTITIES.items() if UnitConverter().compatible(unit, like)), None)


@cache
def named_units() -> tuple[NamedUnit, ...]:
    """Every unit of the table of spellings, those of a quantity together."""
    aliases, bacnet = table_of_spellings()
    canonical = {UnitConverter().parse(unit): unit for unit in reversed([*bacnet.values(), *aliases.values()])}
    ranks = {name: rank for rank, name in enumerate((*_QUANTITIES, _OTHER))}
    return tuple(sorted(map(_named, canonical.values()), key=lambda one: (ranks[one.quantity], one.spellings[0])))


def _named(unit: str) -> NamedUnit:
    aliases, bacnet = table_of_spellings()
    also = [alias for alias, text in aliases.items() if _means(text, unit)]
    spellings = dict.fromkeys([*_symbol(unit), unit, *also])
    called = tuple(name for name, text in bacnet.items() if _means(text, unit))
    return NamedUnit(_named_quantity(unit) or _OTHER, tuple(spellings), called)


def find_units(text: str) -> tuple[NamedUnit, ...]:
    """The units that a text names: one unit, those of a quantity, or those in whose names it occurs.

    A unit that only pint knows is found, too. Raises :class:`utils.unit_conversion.UnitError` where there is none.
    """
    written = from_bacnet(text) or text
    try:
        parsed = UnitConverter().parse(written)
    except UnitError:
        units = named_units()
        found = [one for one in units if text.casefold() in one.quantity] or [
            one for one in units if one.mentions(text)
        ]
        if not found:
            raise
        return tuple(found)
    known = [one for one in named_units() if UnitConverter().parse(one.spellings[0]) == parsed]
    return tuple(known) or (_named(written),)


def _means(text: str, unit: str) -> bool:
    return UnitConverter().parse(text) == UnitConverter().parse(unit)


def _symbol(unit: str) -> list[str]:
    """The short form, where it can be read back and typed."""
    converter = UnitConverter()
    short = f"{converter.parse(unit):~C}"
    try:
        return [short] if short.isascii() and converter.parse(short) == converter.parse(unit) else []
    except UnitError:
        return []
