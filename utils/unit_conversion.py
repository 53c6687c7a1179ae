"""Units: what people, BOPTEST and controllers write, and the way from one unit to another. Pint decides; we translate.

``pint_registry.yaml`` holds the spellings that pint cannot read or misreads, and the names of BACnet's engineering
units. Pint is imported and its registry built once per process, at the first unit, and every unit is parsed once.
"""

from __future__ import annotations

import contextlib
import math
import tokenize
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import yaml

from utils.errors import BridgeError
from utils.home import CALLED
from utils.names import did_you_mean

if TYPE_CHECKING:
    from pint import Unit, UnitRegistry

_KELVIN = "kelvin"
_TABLE_FILE = Path(__file__).with_name("pint_registry.yaml")
_UNREADABLE = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    SyntaxError,
    TypeError,
    ValueError,
    tokenize.TokenError,
)
"""What pint's parser raises for a text that is no unit; its own error is an AttributeError."""


class UnitError(BridgeError):
    """A text that is no unit, or two units that measure different things."""

    exit_code: ClassVar[int] = 2


@dataclass(frozen=True, slots=True)
class Conversion:
    """A precompiled way from one unit to another: ``value * slope + offset``, both rounded once."""

    slope: float
    offset: float

    def __call__(self, value: float) -> float:
        """Convert one value."""
        return value * self.slope + self.offset


@dataclass(frozen=True, slots=True)
class _Table:
    """The content of ``pint_registry.yaml``, each part also by keys that forgive case (and, for BACnet, hyphens)."""

    aliases: Mapping[str, str]
    folded_aliases: Mapping[str, str]
    bacnet: Mapping[str, str]
    from_bacnet: Mapping[str, str]


class UnitConverter:
    """Converts numbers between units. Stateless: every instance shares what has been parsed."""

    def convert(self, value: float, from_unit: str, to_unit: str) -> float:
        """Convert one value. Raises :class:`UnitError` as :meth:`conversion` does."""
        return _conversion(from_unit, to_unit)(value)

    def conversion(self, from_unit: str, to_unit: str) -> Callable[[float], float]:
        """Return the conversion for use in every step: a multiplication and an addition.

        degC, degF and kelvin are temperatures; differences and deadbands are kelvin, delta_degC and delta_degF.
        Raises :class:`UnitError` for an unknown unit, different quantities, and scales that are not linear.
        """
        return _conversion(from_unit, to_unit)

    def parse(self, text: str) -> Unit:
        """Read a unit. Raises :class:`UnitError` with the nearest known spelling."""
        return _parse(text)

    def compatible(self, one: str, other: str) -> bool:
        """Whether values can be converted between two known units. Angles are not fractions here.

        Raises :class:`UnitError` for an unknown unit.
        """
        return _differ_by(one, other) is not None

    def absolute_zero(self, *units: str | None) -> float | None:
        """Return what 0 K is in the first unit, where one of the units says that absolute temperatures are meant.

        Such a unit has an offset (degC, degF): a kelvin alone may be a difference. None for everything else. Raises
        :class:`UnitError` for an unknown unit.
        """
        known = [unit for unit in units if unit is not None]
        conversions = [_differ_by(_KELVIN, unit) for unit in known]
        is_absolute = any(conversion is not None and conversion.offset for conversion in conversions)
        return _conversion(_KELVIN, known[0])(0.0) if is_absolute else None

    def list_units(self) -> list[str]:
        """Return every name that a unit may be written with, prefixes (kilo, m) not multiplied out."""
        names = {*_registry(), *_table().aliases}
        return sorted(name for name in names if _read(name) is not None)


def table_of_spellings() -> tuple[Mapping[str, str], Mapping[str, str]]:
    """What people write, and BACnet's engineering units: to each text the same unit in pint's words."""
    return _table().aliases, _table().bacnet


def from_bacnet(text: str) -> str | None:
    """Return the pint text of a BACnet engineering unit (``degrees-celsius``), or None for one that we do not know.

    Case, hyphens and spaces do not count: controllers differ in them (ecy-rest-api §17 row 35).
    """
    return _table().from_bacnet.get(_squeezed(text))


def to_bacnet(unit: str) -> str | None:
    """Return the BACnet engineering unit that a unit is, or None when BACnet has none.

    Raises :class:`UnitError` for an unknown unit.
    """
    parsed = _parse(unit)
    exact = (name for name, pint_text in _table().bacnet.items() if _parse(pint_text) == parsed)
    equal = (name for name, pint_text in _table().bacnet.items() if same_unit(pint_text, unit))
    return next(exact, None) or next(equal, None)


def same_unit(one: str, other: str) -> bool:
    """Whether two texts are one unit, not merely one dimension: a value needs no conversion between them.

    Raises :class:`UnitError` for an unknown unit.
    """
    conversion = _differ_by(one, other)
    if conversion is None:
        return False
    return math.isclose(conversion.slope, 1.0, rel_tol=1e-9) and math.isclose(conversion.offset, 0.0, abs_tol=1e-9)


@cache
def _table() -> _Table:
    content = yaml.safe_load(_TABLE_FILE.read_text(encoding="utf-8"))
    aliases: dict[str, str] = content["aliases"]
    bacnet: dict[str, str] = content["bacnet"]
    return _Table(
        aliases=aliases,
        folded_aliases={text.casefold(): unit for text, unit in aliases.items()},
        bacnet=bacnet,
        from_bacnet={_squeezed(text): unit for text, unit in bacnet.items()},
    )


def _squeezed(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


@cache
def _registry() -> UnitRegistry[Decimal]:
    # Decimals keep 28 digits, so that a slope or an offset is rounded once, when it becomes a float.
    from pint import UnitRegistry

    return UnitRegistry(non_int_type=Decimal)


def _parse(text: str) -> Unit:
    unit = _read(text)
    if unit is None:
        known = UnitConverter().list_units()
        raise UnitError(f"{text!r} is not a known unit{did_you_mean(text, known)} ({CALLED} units lists them)")
    return unit


@cache
def _read(text: str) -> Unit | None:
    written = " ".join(text.split())
    table = _table()
    for spelling in (table.aliases.get(written, written), table.folded_aliases.get(written.casefold(), "")):
        with contextlib.suppress(*_UNREADABLE):
            if spelling:
                return _registry().parse_units(spelling)
    return None


def _conversion(from_unit: str, to_unit: str) -> Conversion:
    conversion = _differ_by(from_unit, to_unit)
    if conversion is None:
        raise UnitError(f"{from_unit!r} cannot be converted to {to_unit!r}: they do not measure the same thing")
    return conversion


@cache
def _differ_by(from_unit: str, to_unit: str) -> Conversion | None:
    """Derive slope and offset from pint; None when the units measure different things or a scale is not linear."""
    registry = _registry()
    source, target = _parse(from_unit), _parse(to_unit)
    # Base units rather than dimensions: to pint a radian and a percent are both dimensionless.
    if registry.get_base_units(source)[1] != registry.get_base_units(target)[1]:
        return None
    try:
        at_0, at_1, at_2 = (registry.convert(Decimal(value), source, target) for value in (0, 1, 2))
    except (TypeError, ValueError):  # a temperature against a difference, decibels
        return None
    if not math.isclose(at_2 - at_1, at_1 - at_0, rel_tol=1e-15):
        return None
    return Conversion(float(at_1 - at_0), float(at_0))
