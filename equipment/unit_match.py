"""Whether what a config exchanges with an object is in the object's own units."""

from __future__ import annotations

from collections.abc import Sequence

from points import Point
from utils.bacnet import NO_UNITS
from utils.unit_conversion import from_bacnet, same_unit, to_bacnet

_TELLING = 2
"""So many objects in the units of the other system are no slip of one point."""


def wrong_unit(point: Point, object_units: str | None) -> str | None:
    """Why an object's units, as the controller tells them, are not the point's."""
    theirs = _known(object_units)
    if theirs is None or point.device_unit is None or same_unit(theirs, point.device_unit):
        return None
    return (
        f"we exchange {point.device_unit} but the object is in {object_units}; "
        f"change si_unit or us_unit, or the object's units"
    )


def of_other_system(objects: Sequence[tuple[Point, str | None]]) -> list[Point]:
    """The points whose objects are in the units of the other unit system; none where any speaks for the present one."""
    told = [(point, theirs) for point, units in objects if (theirs := _known(units)) is not None]
    telling = [(point, theirs) for point, theirs in told if not _is_same(point.device_unit, point.other_device_unit)]
    others = [point for point, theirs in telling if _is_same(theirs, point.other_device_unit)]
    is_clear = len(others) >= _TELLING and not any(_is_same(theirs, point.device_unit) for point, theirs in telling)
    return others if is_clear else []


def _known(object_units: str | None) -> str | None:
    """In our words. An object in no-units was left as it was made: it tells nothing."""
    theirs = from_bacnet(object_units) if object_units is not None else None
    return theirs if theirs is not None and to_bacnet(theirs) != NO_UNITS else None


def _is_same(unit: str | None, other: str | None) -> bool:
    return unit == other or (unit is not None and other is not None and same_unit(unit, other))
