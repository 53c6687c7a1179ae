"""How alike two points are, from 0 to 1, and why; None where they cannot be the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from mapping.listed import Way
from mapping.method.understanding import Understood
from points.meanings import Measure, PartialMeaning, Spot, Use, is_actuated

_MEASURE, _PLACE, _MEDIUM, _USE, _WORDS = 0.30, 0.25, 0.20, 0.15, 0.10
"""What each part counts; together they are 1."""
_OTHER_QUALIFIER, _OTHER_THING = 0.2, 0.45
_SLIGHT = frozenset(
    ("occupied", "economizer", "average", "building", "loop", "lighting", "gas", "condenser", "preheat", "emission")
)
"""Qualifiers that may be left out: the occupied set-point may be meant. A filter's pressure is another one."""
_MISSING, _NEAR, _UNLIKE, _OPPOSITE = 0.35, 0.8, -1.2, -2.0
"""An unlike part leaves a pair below what is proposed; it may still be the next best."""
_MOVED = frozenset((Measure.RUN, Measure.SPEED, Measure.POSITION))
_SETPOINTS = frozenset((Use.SETPOINT, Use.HEATING_SETPOINT, Use.COOLING_SETPOINT))
_TOLD = frozenset((Use.MEASURED, Use.STATUS))
_NEARLY_THERE = (frozenset((Spot.DUCT, Spot.TERMINAL)), frozenset((Spot.PLANT, Spot.PLANT_SUPPLY)))


@dataclass(frozen=True, slots=True)
class ComparedPoint:
    """What of a point is compared: many points of a list have the same."""

    parts: PartialMeaning
    quantity: str | None
    way: Way
    is_binary: bool

    @classmethod
    def of(cls, point: Understood) -> ComparedPoint:
        """Of a point of either list."""
        kind = point.listed.object_type
        return cls(point.parts, point.quantity, point.listed.way, kind is not None and kind.is_binary)


@cache
def likeness(controller: ComparedPoint, simulation: ComparedPoint) -> float | None:
    """How alike their parts are, their words left out. Which way a value goes, and units, forbid or do not count."""
    if not _same_way(controller, simulation) or not _can_convert(controller, simulation):
        return None
    ours, theirs = controller.parts, simulation.parts
    measure, use = _measures(controller, simulation), _uses(ours.use, theirs.use)
    if measure is None or use is None:
        return None
    place = _NEAR if {ours.place, theirs.place} in _NEARLY_THERE else _part(ours.place, theirs.place)
    differing = sum(_OTHER_QUALIFIER if one in _SLIGHT else _OTHER_THING for one in ours.qualifiers ^ theirs.qualifiers)
    told = _MEASURE * measure + _PLACE * place + _MEDIUM * _part(ours.medium, theirs.medium) + _USE * use
    return told - differing


def with_words(alike: float, controller: Understood, simulation: Understood) -> float:
    """The same with what their words have in common, unknown ones too."""
    ours = controller.said.words | controller.said.unknown
    theirs = simulation.said.words | simulation.said.unknown
    common = 2 * len(ours & theirs) / max(len(ours) + len(theirs), 1)
    return max(0.0, min(1.0, alike + _WORDS * common))


def is_the_same(ours: PartialMeaning, theirs: PartialMeaning) -> bool:
    """Whether both are told in all their parts, and alike."""
    if ours.meaning is None or theirs.meaning is None or ours.qualifiers != theirs.qualifiers:
        return False
    is_run = ours.measure is Measure.RUN and theirs.measure in (Measure.POWER, *_MOVED) and is_actuated(ours.place)
    is_moved = ours.place is Spot.FAN and {ours.measure, theirs.measure} <= {Measure.SPEED, Measure.POSITION}
    uses = {ours.use, theirs.use}
    return (
        (ours.medium, ours.place) == (theirs.medium, theirs.place)
        and (ours.measure == theirs.measure or is_run or is_moved)
        and (ours.use == theirs.use or uses <= _TOLD)
    )


def reasons(controller: Understood, simulation: Understood) -> Iterator[str]:
    """Why, in a few words: what both are, and where they differ."""
    ours, theirs = controller.parts, simulation.parts
    yield ours.words if ours == theirs else f"{ours.words} / {theirs.words}"
    units = controller.listed.unit, simulation.listed.unit
    if all(units) and controller.quantity is not None:
        yield f"{units[1]} to {units[0]}" if controller.listed.way is not Way.COMMANDED else f"{units[0]} to {units[1]}"
    if ComparedPoint.of(controller).is_binary and theirs.measure is Measure.POWER:
        yield "runs while it draws power"


def _same_way(controller: ComparedPoint, simulation: ComparedPoint) -> bool:
    if controller.way is Way.EITHER:
        is_commanding = controller.parts.use in _SETPOINTS or controller.parts.use is Use.COMMAND
        return is_commanding == (simulation.way is Way.COMMANDED)
    return controller.way is simulation.way


def _can_convert(controller: ComparedPoint, simulation: ComparedPoint) -> bool:
    ours, theirs = controller.quantity, simulation.quantity
    if controller.is_binary:
        is_power = simulation.way is Way.SHOWN and simulation.parts.measure is Measure.POWER
        return theirs in (None, "fraction") or is_power
    return ours is None or theirs is None or ours == theirs


def _measures(controller: ComparedPoint, simulation: ComparedPoint) -> float | None:
    ours, theirs = controller.parts.measure, simulation.parts.measure
    if ours is None or theirs is None:
        return _MISSING
    if ours == theirs:
        return 1.0
    is_proof = ours is Measure.RUN and theirs is Measure.POWER and controller.is_binary
    return 0.9 if is_proof else _NEAR if {ours, theirs} <= _MOVED else None


def _uses(ours: Use | None, theirs: Use | None) -> float | None:
    if ours == theirs or {ours, theirs} <= _TOLD:
        return 1.0
    if ours is None or theirs is None:
        return _MISSING
    if ours in _SETPOINTS and theirs in _SETPOINTS:
        return _NEAR if Use.SETPOINT in (ours, theirs) else _OPPOSITE
    return _NEAR if not {ours, theirs} & _TOLD else None


def _part(ours: object, theirs: object) -> float:
    if ours is None or theirs is None:
        return _MISSING
    return 1.0 if ours == theirs else _UNLIKE
