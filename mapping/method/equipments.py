"""Which equipment of a list is which of the simulation's: by kind, then by what both are called, then by order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from mapping.method.scopes import PLANT, WEATHER, Belonging, agreement, is_sure_agreement, scope_of_equipment
from mapping.method.understanding import Understood
from points.meanings import COMPASS

_DIRECTIONS = frozenset(COMPASS.values())


class Group(NamedTuple):
    """The points of one kind in an equipment of a list; of the simulation's, the equipment has no other name."""

    equipment: str
    scope: Belonging


@dataclass(frozen=True, slots=True)
class Partner:
    """The simulation's equipment, None where there is none of the kind; ``is_sure`` where nothing else can be meant.

    ``others`` are equipments of other kinds whose points it may have as well, ``are_others_sure`` where nobody else
    can have them: a fan coil's controller has the only zone's thermostat.
    """

    scope: Belonging | None
    is_sure: bool
    others: frozenset[Belonging] = frozenset()
    are_others_sure: bool = False

    def has(self, scope: Belonging) -> bool:
        """Whether a point of that equipment may be one of this."""
        return scope == self.scope or scope in self.others

    def has_surely(self, scope: Belonging) -> bool:
        """The same, where nothing else can be meant."""
        return (scope == self.scope and self.is_sure) or (scope in self.others and self.are_others_sure)


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
    return _with_all_of_a_small_building(found, groups, scopes)


def _with_all_of_a_small_building(
    found: Mapping[Group, Partner], groups: Iterable[Group], scopes: Iterable[Belonging]
) -> Mapping[Group, Partner]:
    """Where the simulation has one of each kind at most, kinds tell nothing apart: any controller may have all."""
    kinds = [scope.kind for scope in scopes]
    if len(set(kinds)) < len(kinds):
        return found
    all_ = frozenset(scopes)
    is_alone = len({group.equipment for group in groups}) == 1
    nobodys = Partner(None, is_sure=False)
    return {
        group: replace(one, others=all_ - {one.scope}, are_others_sure=is_alone)
        for group in groups
        for one in [found.get(group, nobodys)]
    }


def _of_a_kind(ours: Sequence[Group], theirs: Sequence[Belonging]) -> Mapping[Group, Partner]:
    """Those that are called alike; then, in their order, those that say their kind, and those that have a name."""
    telling = [group for group in ours if scope_of_equipment(group.equipment).kind == group.scope.kind]
    named = [group for group in ours if not group.equipment or group.scope.marks]
    found = dict(_by_name(ours, theirs))
    given = {partner.scope for partner in found.values()}
    left = [scope for scope in theirs if scope not in given]
    is_only = len(telling or named or ours) == len(theirs) == 1
    for group in dict.fromkeys((*telling, *named)) or ours:
        fitting = [scope for scope in left if group not in found and not _elsewhere(group.scope, scope)]
        if fitting:
            alike = [scope for scope in fitting if bool(scope.marks) == bool(group.scope.marks)]
            found[group] = Partner((alike or fitting)[0], is_only)
            left.remove((alike or fitting)[0])
    return {**_all_of_one(ours, theirs, telling or named or ours), **found}


def _all_of_one(ours: Sequence[Group], theirs: Sequence[Belonging], first: Sequence[Group]) -> dict[Group, Partner]:
    """A plant has several controllers, and what nobody's name claims is of the only one."""
    if len(theirs) != 1:
        return {}
    others = ours if theirs[0].kind == PLANT else [group for group in ours if group not in first]
    return {group: Partner(theirs[0], is_sure=False) for group in others}


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


def _natural(group: Group) -> list[tuple[bool, int, str]]:
    """``VAV-10`` comes after ``VAV-9``."""
    text = " ".join((group.equipment, *sorted(group.scope.marks)))
    return [(part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in re.split(r"(\d+)", text)]
