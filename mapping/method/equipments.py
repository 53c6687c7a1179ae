"""Which equipment of a list is which of the simulation's: by kind, then by what both are called, then by order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from mapping.method.scopes import WEATHER, Belonging, agreement, is_sure_agreement, scope_of_equipment
from mapping.method.understanding import Understood
from points.meanings import COMPASS

_DIRECTIONS = frozenset(COMPASS.values())


class Group(NamedTuple):
    """The points of one kind in an equipment of a list; of the simulation's, the equipment has no other name."""

    equipment: str
    scope: Belonging


@dataclass(frozen=True, slots=True)
class Partner:
    """The simulation's equipment; ``is_sure`` where nothing else can be meant."""

    scope: Belonging
    is_sure: bool


def group_of(point: Understood) -> Group:
    """The group of a point of a controller."""
    return Group(point.listed.equipment, point.scope)


def partners(controllers: Iterable[Understood], simulation: Iterable[Understood]) -> Mapping[Group, Partner]:
    """For each group of a list its equipment in the simulation. The weather is everybody's and has no group."""
    groups = dict.fromkeys(group_of(point) for point in controllers if point.scope.kind != WEATHER)
    scopes = dict.fromkeys(point.scope for point in simulation if point.scope.kind != WEATHER)
    found: dict[Group, Partner] = {}
    for kind in dict.fromkeys(group.scope.kind for group in groups):
        ours = sorted((group for group in groups if group.scope.kind == kind), key=_natural)
        theirs = [scope for scope in scopes if scope.kind == kind]
        found |= _of_a_kind(ours, theirs)
    return found


def _of_a_kind(ours: Sequence[Group], theirs: Sequence[Belonging]) -> Mapping[Group, Partner]:
    told = [group for group in ours if _says_its_kind(group)] or list(ours)
    found = dict(_by_name(told, theirs))
    left = [scope for scope in theirs if scope not in {partner.scope for partner in found.values()}]
    is_only = len(told) == len(theirs) == 1
    for group in told:
        if group not in found:
            fitting = [scope for scope in left if not _elsewhere(group.scope, scope)]
            if fitting:
                found[group] = Partner(fitting[0], is_only)
                left.remove(fitting[0])
    if len(theirs) == 1:
        found |= {group: Partner(theirs[0], is_sure=False) for group in ours if group not in told}
    return found


def _by_name(ours: Sequence[Group], theirs: Sequence[Belonging]) -> Iterator[tuple[Group, Partner]]:
    """Those that are called alike, each once; sure where no other one is called so."""
    agreed = [(alike, group, scope) for group in ours for scope in theirs if (alike := _alike(group.scope, scope)) > 0]
    taken: set[Belonging | Group] = set()
    for alike, group, scope in sorted(agreed, key=lambda one: -one[0]):
        if group in taken or scope in taken:
            continue
        taken |= {group, scope}
        rivals = [one for one in agreed if one[0] >= alike and (one[1] == group) != (one[2] == scope)]
        yield group, Partner(scope, not rivals and is_sure_agreement(group.scope.marks, scope.marks))


def _alike(one: Belonging, other: Belonging) -> int:
    return 0 if _elsewhere(one, other) else agreement(one.marks, other.marks)


def _elsewhere(one: Belonging, other: Belonging) -> bool:
    """Whether both name a side of the building, and not the same."""
    sides, others = one.marks & _DIRECTIONS, {COMPASS.get(mark, mark) for mark in other.marks} & _DIRECTIONS
    return bool(sides and others) and not sides & others


def _says_its_kind(group: Group) -> bool:
    return not group.equipment or bool(group.scope.marks) or scope_of_equipment(group.equipment).kind is not None


def _natural(group: Group) -> list[tuple[bool, int, str]]:
    """``VAV-10`` comes after ``VAV-9``."""
    text = " ".join((group.equipment, *sorted(group.scope.marks)))
    return [(part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in re.split(r"(\d+)", text)]
