"""Set-points in controllers that somebody acts on in a run, and the switch with which an operator forbids it.

They are no points of the configs: nothing of the simulation is behind them. Their own loops follow them.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from equipment.config import LoadedEquipment
from equipment.supervision import Known, PermitObject
from utils.bacnet import MANUAL_OPERATOR, NO_UNITS, SLOTS
from utils.errors import Problem
from utils.names import did_you_mean
from utils.unit_conversion import UnitConverter, UnitError, from_bacnet
from utils.values import ObjectRef, ObjectType, Role, Target

DEFAULT_PRIORITY = 15
"""Weaker than what the bridge (14) and programs (12 to 14) command, stronger than a controller's own program (16)."""


@dataclass(frozen=True, slots=True)
class SetPoint:
    """An analog value of a controller that somebody acts on within bounds, and how fast it may move.

    ``equipment`` is the name of a config. ``low``, ``high`` and ``rate_per_h`` (in an hour of model time) are in
    ``unit``; it is None where the object has none.
    """

    equipment: str
    name: str
    low: float
    high: float
    unit: str | None = None
    rate_per_h: float | None = None
    priority: int = DEFAULT_PRIORITY

    def __str__(self) -> str:
        return f"{self.equipment}.{self.name}"


@dataclass(frozen=True, slots=True)
class OperatorSwitch:
    """An object that has to be on for anybody to act: a binary one, or a number that is not 0."""

    equipment: str
    name: str

    def __str__(self) -> str:
        return f"{self.equipment}.{self.name}"


@dataclass(frozen=True, slots=True)
class SetPointObject:
    """A set-point, found in its controller, with the conversions to and from the object's unit."""

    set_point: SetPoint
    target: Target
    ref: ObjectRef
    to_object: Callable[[float], float]
    from_object: Callable[[float], float]

    @property
    def role(self) -> Role:
        """It is commanded."""
        return Role.COMMANDED

    @property
    def priority(self) -> int:
        """In which slot."""
        return self.set_point.priority


def set_point_problems(set_points: Sequence[SetPoint]) -> Iterator[Problem]:
    """What is wrong with them whatever the controllers are."""
    for name, count in Counter(map(str, set_points)).items():
        if count > 1:
            yield Problem(f"set-point {name}", f"is named {count} times; name it once")
    for one in set_points:
        yield from (Problem(f"set-point {one}", what) for what in _wrong(one))


def _wrong(one: SetPoint) -> Iterator[str]:
    if not (math.isfinite(one.low) and math.isfinite(one.high) and one.low < one.high):
        yield f"may be {one.low:g} to {one.high:g}; write two numbers, the lower one first"
    if one.rate_per_h is not None and not 0.0 < one.rate_per_h < math.inf:
        yield f"may move {one.rate_per_h:g} in an hour; write a number above 0, or None for freely"
    if not MANUAL_OPERATOR < one.priority <= SLOTS:
        yield f"has priority {one.priority}; write {MANUAL_OPERATOR + 1} to {SLOTS}, so that people win"
    try:
        if one.unit is not None:
            UnitConverter().parse(one.unit)
    except UnitError as error:
        yield str(error)


def found_set_points(
    set_points: Iterable[SetPoint], loaded: Iterable[LoadedEquipment], device: str, known: Known
) -> tuple[list[SetPointObject], list[Problem]]:
    """What a controller has of them, and what is wrong with the rest."""
    exchanged = {point.ecy_point: item.file.name for item in loaded for point in item.points}
    found, problems = list[SetPointObject](), list[Problem]()
    for one in set_points:
        what = _unfit(one, known, exchanged)
        if what:
            problems.append(Problem(f"set-point {one}", what))
        else:
            found.append(_bound(one, device, known))
    return found, problems


def found_switches(
    switches: Iterable[OperatorSwitch], device: str, known: Known
) -> tuple[list[PermitObject], list[Problem]]:
    """The same of switches."""
    found, problems = list[PermitObject](), list[Problem]()
    for one in switches:
        if one.name not in known:
            problems.append(Problem(f"switch {one}", _unknown(one.name, known)))
        elif known[one.name].ref.object_type.is_multi_state:
            problems.append(Problem(f"switch {one}", "is multi-state, which is never 0; name a binary object"))
        else:
            ref = known[one.name].ref
            found.append(PermitObject(Target(device, ref.object_type, one.name), ref))
    return found, problems


def _unfit(one: SetPoint, known: Known, exchanged: Mapping[str, str]) -> str:
    """Why an object cannot serve; empty where it can."""
    if one.name not in known:
        return _unknown(one.name, known)
    if one.name in exchanged:
        return f"is a point of {exchanged[one.name]}: the bridge exchanges it with the simulation already"
    kind, units = known[one.name].ref.bacnet_type, known[one.name].units
    if kind is not ObjectType.ANALOG_VALUE:
        return f"is {kind}; a set-point is an AnalogValue"
    theirs = _unit_of(units)
    if one.unit is None:
        return "" if theirs is None else f"is in {units}; say in which unit its bounds are, such as {theirs}"
    if theirs is None:
        return f"has bounds in {one.unit}, but the object tells no unit; give it units, or bounds without one"
    if not UnitConverter().compatible(one.unit, theirs):
        return f"has bounds in {one.unit}, but the object is in {units}; write bounds in a unit of that kind"
    return ""


def _bound(one: SetPoint, device: str, known: Known) -> SetPointObject:
    endpoint = known[one.name]
    theirs, converter = _unit_of(endpoint.units), UnitConverter()
    both = (_as_it_is, _as_it_is)
    if one.unit is not None and theirs is not None:
        both = converter.conversion(one.unit, theirs), converter.conversion(theirs, one.unit)  # type: ignore[assignment]
    return SetPointObject(one, Target(device, ObjectType.ANALOG_VALUE, one.name), endpoint.ref, *both)


def _unit_of(units: str | None) -> str | None:
    """In our words; None for an object that was left without."""
    return None if units is None or units == NO_UNITS else from_bacnet(units)


def _as_it_is(value: float) -> float:
    return value


def _unknown(name: str, known: Known) -> str:
    return f"the controller has no object named {name}{did_you_mean(name, known)}"
