"""What a read-back cannot prove, since the same config wrote and read: the unit that the application reckons in.

The value that an object had before it was taken is its own sensor's, or its default: in the wrong unit it is at a level
that its kind of point does not have.
"""

from __future__ import annotations

from collections.abc import Iterator

from bridge.checkout.results import PointFinding, PointVerdict, Proof
from points import Point
from points.meanings import Medium, Spot, meaning_of
from utils.bacnet import NO_UNITS
from utils.unit_conversion import UnitConverter, UnitError, from_bacnet, to_bacnet
from utils.values import ObjectState, Quality

_AIR_DEGC, _OUTDOORS_DEGC, _WATER_DEGC = (5.0, 45.0), (-40.0, 50.0), (2.0, 95.0)
_FLOW_M3_S = (0.0, 60.0)
_STATIC_PA = (0.0, 2500.0)
_LEVELS = (("degC", ("degF", "kelvin")), ("Pa", ("inH2O", "kPa")), ("m**3/s", ("ft**3/min", "l/s", "m**3/h")))
"""A unit of a quantity that has levels, and what else the trade measures it in."""


def judge_level(equipment: str, point: Point, before: ObjectState | None) -> Iterator[PointFinding]:
    """What is doubtful of the unit of a number; nothing where nothing is."""
    unit = point.device_unit
    if not point.object_type.is_analog or unit is None or before is None:
        return
    doubt = _doubt(point, unit, before)
    if doubt:
        yield PointFinding(equipment, point.ecy_point, Proof.LEVEL, PointVerdict.NOT_PROVABLE, doubt)
    elif not _tells_units(before) and to_bacnet(unit) not in (None, NO_UNITS):
        says = f"the controller tells no units of {point.ecy_point}: that its application takes it for {unit} is open"
        yield PointFinding(equipment, point.ecy_point, Proof.LEVEL, PointVerdict.NOT_PROVABLE, says)


def _doubt(point: Point, unit: str, before: ObjectState) -> str:
    value = before.present_value.value
    if before.present_value.quality is not Quality.GOOD or value is None or value == 0:
        return ""
    if _is_likely(point, unit, float(value)):
        return ""
    for other in _others(unit):
        if _is_likely(point, other, float(value)):
            return (
                f"it held {value:.4g} before it was taken: no level of such a point in {unit}, but one in {other}; "
                "see in the application which of them it reckons in"
            )
    return ""


def _is_likely(point: Point, unit: str, value: float) -> bool:
    for reference, _ in _LEVELS:
        try:
            there = UnitConverter().convert(value, unit, reference)
        except UnitError:
            continue
        low, high = _range(point, reference)
        return low <= there <= high
    return True


def _range(point: Point, reference: str) -> tuple[float, float]:
    if reference != "degC":
        return _STATIC_PA if reference == "Pa" else _FLOW_M3_S
    meaning = meaning_of(point.bop_point, point.ecy_point)
    if meaning is None:
        return _OUTDOORS_DEGC[0], _WATER_DEGC[1]
    if meaning.place is Spot.WEATHER or meaning.medium is Medium.OUTDOOR_AIR:
        return _OUTDOORS_DEGC
    return _WATER_DEGC if meaning.medium in (Medium.CHILLED_WATER, Medium.HOT_WATER) else _AIR_DEGC


def _others(unit: str) -> tuple[str, ...]:
    for reference, others in _LEVELS:
        try:
            UnitConverter().convert(1.0, unit, reference)
        except UnitError:
            continue
        return tuple(one for one in (reference, *others) if one != unit)
    return ()


def _tells_units(before: ObjectState) -> bool:
    known = from_bacnet(before.units) if before.units is not None else None
    return known is not None and to_bacnet(known) != NO_UNITS
