"""How what was found lies to what was expected: the same, another unit's, reversed, cut, stuck, or nothing of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from bridge.checkout.results import MappingFault
from utils.unit_conversion import UnitConverter, UnitError, same_unit
from utils.values import PointValue

_NEAR = 0.005
"""Part of the width of what was expected: less is no difference. Controllers round."""
_SINGLE = 2e-6
"""What single precision may make of a number, relative to it, there and back."""
_ROUNDINGS = (0.1, 0.5, 1.0, 10.0)
_OTHER_UNITS = (
    *("degC", "degF", "kelvin", "Pa", "kPa", "hPa", "inH2O", "psi", "bar", "m**3/s", "l/s", "m**3/h", "ft**3/min"),
    *("W", "kW", "BTU/h", "J", "kWh", "dimensionless", "percent", "m/s", "ft/min", "kg/s", "kg/h", "lb/h"),
)
"""What the trade measures in: a unit that a value may be in by mistake."""

Numbers = Sequence[float]


@dataclass(frozen=True, slots=True)
class Misfit:
    """What is wrong with a sequence of values, and the rest of the sentence: ``these are degF``."""

    fault: MappingFault
    says: str


@dataclass(frozen=True, slots=True)
class _Line:
    slope: float
    offset: float

    @property
    def words(self) -> str:
        sign = "+" if self.offset >= 0 else "-"
        return f"{self.slope:.4g} times that {sign} {abs(self.offset):.4g}"


def follows(expected: Numbers, found: Numbers) -> bool:
    """Whether each value is there, give or take what a controller rounds."""
    allowed = _allowed(expected)
    return all(_is_near(one, other, allowed) for one, other in zip(expected, found, strict=True))


def rounding(expected: Numbers, found: Numbers) -> float | None:
    """To which multiples the controller rounds, where that alone makes the difference."""
    pairs = list(zip(expected, found, strict=True))
    for step in _ROUNDINGS:
        is_multiple = all(math.isclose(other / step, round(other / step), abs_tol=1e-4) for other in found)
        if is_multiple and all(abs(one - other) <= 0.501 * step for one, other in pairs):
            return step if len(set(found)) > 1 else None
    return None


def misfit(expected: Numbers, found: Numbers, unit: str | None, before: PointValue | None = None) -> Misfit:
    """What is wrong with values that do not follow. ``unit`` is what they should be in, ``before`` what was there."""
    allowed, width = _allowed(expected), max(found) - min(found)
    line = _line_through(expected, found)
    if line is not None:
        return _bent(line, expected, found, unit)
    if width <= allowed:
        return _constant(expected, found, before)
    if cut := _cut(expected, found, allowed):
        return cut
    if _goes_with(expected, found, allowed):
        return Misfit(MappingFault.WRONG_SCALE, "these go with it, but not in proportion: a range of another kind")
    followed = next(n for n, pair in enumerate(zip(expected, found, strict=True)) if not _is_near(*pair, allowed))
    rest = found[followed - 1 :] if followed else ()
    if rest and max(rest) - min(rest) <= allowed:
        return Misfit(MappingFault.STUCK, f"it followed {followed} times and stays at {_short(rest[0])}")
    return Misfit(MappingFault.DEAD, "that does not follow what was sent: something else writes it")


def same_sequence(expected: Sequence[PointValue], found: Sequence[PointValue]) -> bool:
    """Whether values are those that another point should have; a sequence that does not move is nobody's."""
    return len(set(expected)) > 1 and follows([float(one) for one in expected], [float(one) for one in found])


def switched(expected: Sequence[PointValue], found: Sequence[PointValue]) -> Misfit:
    """The same of states, which follow or do not."""
    wrong = [one != other for one, other in zip(expected, found, strict=True)]
    if len(set(found)) == 1:
        is_stuck = not wrong[0] and sum(not one for one in wrong) == wrong.index(True)
        if is_stuck and wrong.index(True) > 1:
            return Misfit(MappingFault.STUCK, f"it followed and stays at {_short(found[0])}")
        return Misfit(MappingFault.DEAD, f"it stays at {_short(found[0])} whatever is shown")
    if all(wrong) and {*expected, *found} <= {0, 1}:
        return Misfit(MappingFault.REVERSED, "each is the other state")
    first = wrong.index(True)
    if first and len(set(found[first - 1 :])) == 1:
        return Misfit(MappingFault.STUCK, f"it followed {first} times and stays at {_short(found[first])}")
    return Misfit(MappingFault.DEAD, "that does not follow what was sent: something else writes it")


def listed(values: Sequence[PointValue | None]) -> str:
    """As people read them: ``21.00, 22.50, 24.00``; states as they are."""
    if any(isinstance(one, bool) for one in values):
        return ", ".join("nothing" if one is None else "on" if one else "off" for one in values)
    numbers = [one for one in values if one is not None]
    digits = _digits(numbers) if any(isinstance(one, float) for one in numbers) else 0
    return ", ".join("nothing" if one is None else f"{one:.{digits}f}" for one in values)


def _digits(numbers: Sequence[float]) -> int:
    widest = max((abs(one) for one in numbers), default=0.0)
    return 2 if widest >= 10 or not widest else 3 if widest >= 1 else 4


def _constant(expected: Numbers, found: Numbers, before: PointValue | None) -> Misfit:
    held = found[0]
    if before is not None and _is_near(float(before), held, _allowed(expected)):
        return Misfit(MappingFault.DEAD, f"it stays at {_short(held)}, as it was before")
    if _is_near(expected[0], held, _allowed(expected)):
        return Misfit(MappingFault.STUCK, f"it followed once and stays at {_short(held)}")
    return Misfit(MappingFault.DEAD, f"it stays at {_short(held)} whatever is shown")


def _bent(line: _Line, expected: Numbers, found: Numbers, unit: str | None) -> Misfit:
    """A line: of another unit, a power of ten, a sign, a reverse, or somebody's scale and offset."""
    is_plain = abs(line.offset) <= 2 * _allowed(found)
    if is_plain and _is_ten_to_some(line.slope):
        return Misfit(MappingFault.FACTOR, f"these are {_factor(line.slope)} times what they should be")
    if other := _other_unit(expected, found, unit):
        return Misfit(MappingFault.WRONG_UNIT, f"these are {other}")
    if is_plain and math.isclose(line.slope, -1.0, rel_tol=0.02):
        return Misfit(MappingFault.WRONG_SIGN, "these have the other sign")
    if line.slope < 0:
        return Misfit(MappingFault.REVERSED, f"these are reversed: {line.words}")
    return Misfit(MappingFault.WRONG_SCALE, f"these are {line.words}{_volts(line, unit)}")


def _volts(line: _Line, unit: str | None) -> str:
    """The usual two of actuators, where values are shares of a range."""
    if unit is None or not (same_unit(unit, "percent") or same_unit(unit, "dimensionless")):
        return ""
    whole = 100.0 if same_unit(unit, "percent") else 1.0
    for slope, offset, words in ((1.25, -0.25, "0-10 V"), (0.8, 0.2, "2-10 V")):
        if math.isclose(line.slope, slope, rel_tol=0.01) and math.isclose(line.offset, offset * whole, rel_tol=0.05):
            other = "2-10 V" if words == "0-10 V" else "0-10 V"
            return f", as of {other} where it is {words}"
    return ""


def _other_unit(expected: Numbers, found: Numbers, unit: str | None) -> str | None:
    if unit is None:
        return None
    for other in _OTHER_UNITS:
        try:
            if same_unit(other, unit):
                continue
            way = UnitConverter().conversion(unit, other)
        except UnitError:
            continue
        if follows([way(one) for one in expected], found):
            return other
    return None


def is_bent(expected: Sequence[PointValue], found: Sequence[PointValue | None]) -> bool:
    """Whether numbers go with what was expected, however they are scaled and moved: then they come from it."""
    told = [float(value) for value in found if value is not None]
    return len(told) == len(expected) and _line_through([float(value) for value in expected], told) is not None


def _line_through(expected: Numbers, found: Numbers) -> _Line | None:
    count = len(expected)
    if len(set(expected)) < 3 or max(found) - min(found) <= _SINGLE * max(map(abs, found)):
        return None  # two points lie on any line, and what does not move is on none
    middle, centre = sum(expected) / count, sum(found) / count
    spread = sum((one - middle) ** 2 for one in expected)
    slope = sum((one - middle) * (other - centre) for one, other in zip(expected, found, strict=True)) / spread
    line = _Line(slope, centre - slope * middle)
    on_it = [line.slope * one + line.offset for one in expected]
    return line if slope and follows(on_it, found) else None


def _cut(expected: Numbers, found: Numbers, allowed: float) -> Misfit | None:
    low, high = min(found), max(found)
    below = [min(one, high) for one in expected]
    above = [max(one, low) for one in expected]
    for ends, words in ((below, f"cut at {_short(high)}"), (above, f"cut at {_short(low)}")):
        if all(_is_near(one, other, allowed) for one, other in zip(ends, found, strict=True)):
            return Misfit(MappingFault.WRONG_SCALE, f"these are {words}")
    return None


def _goes_with(expected: Numbers, found: Numbers, allowed: float) -> bool:
    """Whether each value leads to one and the same, and a higher one to none that is lower, as when a range is cut."""
    pairs = sorted(zip(expected, found, strict=True))
    return len(pairs) > len(set(expected)) and all(
        (two[1] >= one[1] - allowed) if two[0] > one[0] else _is_near(one[1], two[1], allowed)
        for one, two in pairwise(pairs)
    )


def _is_ten_to_some(slope: float) -> bool:
    if slope <= 0:
        return False
    power = math.log10(slope)
    return round(power) != 0 and abs(power - round(power)) < 0.002


def _factor(slope: float) -> str:
    return f"{10 ** round(math.log10(slope)):g}"


def _allowed(expected: Numbers) -> float:
    return max(_NEAR * (max(expected) - min(expected)), _SINGLE * max(map(abs, expected)))


def _is_near(one: float, other: float, allowed: float) -> bool:
    return abs(one - other) <= allowed


def _short(value: PointValue) -> str:
    return ("on" if value else "off") if isinstance(value, bool) else f"{value:.4g}"
