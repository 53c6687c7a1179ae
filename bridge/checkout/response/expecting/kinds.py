"""Which kind of quantity a measurement or a point is, and which others it can be mixed up with.

The controllers' names and the simulation's are understood by one table, :mod:`points.meanings`. What is not understood
is of the kind of those that are called alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from points import Point
from points.meanings import Meaning, Measure, Medium, Spot, Use, code_of, meaning_of
from utils.quantities import quantity_of
from utils.unit_conversion import UnitError
from utils.values import PointMetadata

_WATERS = (Medium.HOT_WATER, Medium.CHILLED_WATER)
_BY_QUANTITY = {
    "temperature": Measure.TEMPERATURE,
    "pressure": Measure.PRESSURE,
    "volume flow": Measure.FLOW,
    "mass flow": Measure.FLOW,
    "power": Measure.POWER,
}
_NEAR: Mapping[Spot | None, Spot] = {Spot.TERMINAL: Spot.DUCT}
"""A controller of a terminal unit calls its air that of a duct."""


@dataclass(frozen=True, slots=True)
class QuantityKind:
    """What is measured and where; ``code`` instead where a name is not understood. ``is_status`` of a feedback."""

    medium: Medium | None = None
    place: Spot | None = None
    measure: Measure | None = None
    code: str = ""
    is_status: bool = False

    @property
    def words(self) -> str:
        """For people."""
        if self.medium is None or self.place is None or self.measure is None:
            return self.code
        return Meaning(self.medium, self.place, self.measure, Use.STATUS if self.is_status else Use.MEASURED).words

    @property
    def family(self) -> tuple[object, ...]:
        """What it can be mixed up with has the same: the place and the quantity, and of air which air it is."""
        return (None if self.medium in _WATERS else self.medium, self.place, self.measure, self.code)

    def can_be(self, other: QuantityKind) -> bool:
        """Whether a point of this kind may be what is of the other one: a status is told from a power as well."""
        if self.code or other.code:
            return self.code == other.code
        same_place = _NEAR.get(self.place, self.place) == _NEAR.get(other.place, other.place)
        same_measure = self.measure is other.measure or (self.is_status and other.measure is Measure.POWER)
        return self.medium is other.medium and same_place and same_measure


def kind_of_measurement(name: str, metadata: PointMetadata) -> QuantityKind:
    """By the simulation's own name."""
    found = meaning_of(name)
    if found is not None:
        return _of(found)
    return QuantityKind(measure=measure_in(metadata.unit), code=f"{code_of(name)} in {metadata.unit or 'no unit'}")


def kind_meant(point: Point) -> QuantityKind | None:
    """What the controller calls it; None where that is not understood."""
    found = meaning_of(point.ecy_point)
    return None if found is None else _of(found)


def measure_in(unit: str | None) -> Measure | None:
    """Which quantity a unit measures; None where several are in it, or nobody knows it."""
    if unit == "ppm":
        return Measure.CO2
    try:
        return _BY_QUANTITY.get(quantity_of(unit)) if unit is not None else None
    except UnitError:
        return None


def _of(meaning: Meaning) -> QuantityKind:
    return QuantityKind(meaning.medium, meaning.place, meaning.measure, is_status=meaning.use is Use.STATUS)
