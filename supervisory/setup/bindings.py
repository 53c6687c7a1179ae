"""Finds the objects that roles are bound to, and the way from their units to the program's and back.

Everything that can be wrong with a binding is told at the start, all at once: no such object, units that cannot be
converted, an object that cannot be commanded, a slot that somebody else uses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from clients.device_client import DeviceClient
from supervisory.program import Command, Read
from supervisory.setup.roles import Role, Wanted
from utils.bacnet import NO_UNITS, slot_of
from utils.errors import Problem
from utils.names import did_you_mean
from utils.unit_conversion import UnitConverter, UnitError, from_bacnet, to_bacnet
from utils.values import Endpoint, ObjectRef, ObjectState, ObjectType, OtherType

Key: TypeAlias = tuple[str, str | None]
"""A role and, for one of many, the point's name."""

Convert: TypeAlias = Callable[[float], float]


@dataclass(frozen=True, slots=True)
class ProgramPoint:
    """A point of a role, found: its object, and the conversions between the object's unit and the role's."""

    role: str
    name: str | None
    kind: Role
    device: str
    ref: ObjectRef
    object_name: str
    unit: str | None
    """The role's unit."""
    to_role: Convert | None = None
    to_object: Convert | None = None
    take_occupied: bool = False
    coldest: float | None = None
    """What 0 K is in the role's unit, where absolute temperatures are meant."""

    @property
    def key(self) -> Key:
        """The role and the name among many."""
        return self.role, self.name

    @property
    def label(self) -> str:
        """What people call it."""
        return self.role if self.name is None else f"{self.role}.{self.name}"


class Occupied(Problem):
    """A slot that is in use: by somebody, or by what an earlier run of ours has left."""


@dataclass(frozen=True, slots=True)
class Bindings:
    """All points of one program."""

    points: tuple[ProgramPoint, ...] = ()

    @property
    def reads(self) -> tuple[ProgramPoint, ...]:
        """What is read before each step."""
        return tuple(point for point in self.points if isinstance(point.kind, Read))

    @property
    def commands(self) -> tuple[ProgramPoint, ...]:
        """What may be commanded."""
        return tuple(point for point in self.points if isinstance(point.kind, Command))

    @property
    def refs(self) -> Mapping[str, tuple[ObjectRef, ...]]:
        """The objects to read, by device."""
        refs: dict[str, dict[ObjectRef, None]] = {}
        for point in self.reads:
            refs.setdefault(point.device, {})[point.ref] = None
        return {device: tuple(found) for device, found in refs.items()}


def bind(
    wanted: Iterable[Wanted], alias: str, client: DeviceClient, priority: int
) -> tuple[list[ProgramPoint], list[Problem]]:
    """Find the points of the device that the config calls ``alias``; commands go to the slot ``priority``.

    Raises :class:`utils.errors.DeviceError` when the device does not answer.
    """
    items = [item for item in wanted if item.device == alias]
    client.connect()
    types = [item.target.object_type for item in items if item.target.object_type is not None]
    endpoints = client.get_existing_endpoints(dict.fromkeys([*ObjectType, *types]))
    problems: list[Problem] = []
    found: list[tuple[Wanted, ObjectRef]] = []
    for item in items:
        ref = _find(item, endpoints)
        if isinstance(ref, ObjectRef):
            found.append((item, ref))
        else:
            problems.append(Problem(item.where, f"{alias} {ref}"))
    states = client.survey([ref for _, ref in found])
    points: list[ProgramPoint] = []
    for item, ref in found:
        if (in_use := _in_use(item, states[ref], priority)) is not None:
            problems.append(Occupied(item.where, f"{alias} {ref}: {in_use}"))
            continue
        made = _bound(item, client.device, ref, states[ref])
        if isinstance(made, ProgramPoint):
            points.append(made)
        else:
            problems.append(Problem(item.where, f"{alias} {made}"))
    return points, problems


def clashes(programs: Mapping[str, tuple[int, Sequence[ProgramPoint]]]) -> list[Problem]:
    """Slots that two programs, or two roles of one, would command; ``programs`` are priorities and points."""
    owners: dict[tuple[str, ObjectRef, int], str] = {}
    problems = []
    for program, (priority, points) in programs.items():
        for point in points:
            if not isinstance(point.kind, Command):
                continue
            slot = (point.device, point.ref, priority)
            if slot in owners:
                what = f"{point.device} {point.object_name}, slot {priority}, is commanded by {owners[slot]}, too"
                problems.append(Problem(f"{program}.{point.label}", f"{what}; one of both needs another priority"))
            owners.setdefault(slot, f"{program}.{point.label}")
    return problems


def _find(item: Wanted, endpoints: Sequence[Endpoint]) -> ObjectRef | str:
    """The object; or why there is none."""
    target = item.target
    if target.ref is not None:
        return target.ref if any(endpoint.ref == target.ref for endpoint in endpoints) else f"has no {target}"
    fitting = [e for e in endpoints if target.object_type in (None, e.ref.bacnet_type)]
    names = {target.name, str(target.name).removesuffix("_u")}
    found = [e.ref for e in fitting if e.name in names]
    if len(found) == 1:
        return found[0]
    if found:
        return f"has several objects named {target.name!r}; write the type before it: {found[0].bacnet_type}"
    return f"has no {target}{did_you_mean(str(target.name), [endpoint.name for endpoint in fitting])}"


def _bound(item: Wanted, device: str, ref: ObjectRef, state: ObjectState) -> ProgramPoint | str:
    if state.is_missing:
        return f"has no {item.target}"
    objection = _objection(ref, state) if isinstance(item.kind, Command) else None
    if objection is not None:
        return f"{ref}: {objection}"
    name = state.name or item.target.name or str(ref)
    found = ProgramPoint(
        item.role, item.name, item.kind, device, ref, name, item.kind.unit, take_occupied=item.take_occupied
    )
    try:
        return _converting(found, item, state)
    except UnitError as error:
        return f"{ref}: {error}"


def _objection(ref: ObjectRef, state: ObjectState) -> str | None:
    """Why the object cannot be commanded."""
    if isinstance(ref.bacnet_type, OtherType) and ref.bacnet_type.is_input:
        return f"cannot be commanded: a {ref.bacnet_type} has no priority array"
    if ref.bacnet_type.is_input:
        return "cannot be commanded: an input has no priority array"
    if state.priority_array is None:
        return None if state.is_partial else "cannot be commanded: it has no priority array"
    return None


def _in_use(item: Wanted, state: ObjectState, priority: int) -> str | None:
    """Whose slot the program would take."""
    held = slot_of(state.priority_array, priority)
    if held is None or item.take_occupied or not isinstance(item.kind, Command):
        return None
    return (
        f"slot {priority} is in use and holds {held:g}; choose another priority, have it released "
        '(bacnet audit shows all), or say "take_occupied": true'
    )


def _converting(point: ProgramPoint, item: Wanted, state: ObjectState) -> ProgramPoint:
    """The point with conversions between the object's unit and the role's, where there is something to convert."""
    if point.unit is None or not point.ref.bacnet_type.is_analog:
        return point
    unit = item.unit or _unit_of(state.units)
    if unit is None:
        told = f"is in {state.units}, which is no unit that we know" if state.units else "tells no unit"
        raise UnitError(f'it {told}; add "unit" to the binding (the program wants {item.kind.unit})')
    converter = UnitConverter()
    return replace(
        point,
        to_role=converter.conversion(unit, point.unit),
        to_object=converter.conversion(point.unit, unit),
        coldest=converter.absolute_zero(point.unit, unit),
    )


def _unit_of(text: str | None) -> str | None:
    """What an object says of its unit, for pint. A controller's object in no-units was left as it was made."""
    if text is None:
        return None
    known = from_bacnet(text)
    if known is not None:
        return None if text.casefold() == NO_UNITS else known
    try:
        to_bacnet(text)
    except UnitError:
        return None
    return text
