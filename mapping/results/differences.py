"""A list held against a controller: what each has that the other has not, and what both have, but not alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from mapping.listed import Listed
from utils.unit_conversion import same_unit


@dataclass(frozen=True, slots=True)
class Differences:
    """``only_listed`` the controllers do not have, ``only_found`` the list does not; ``unlike`` in words."""

    only_listed: tuple[Listed, ...]
    only_found: tuple[Listed, ...]
    unlike: tuple[str, ...]


def differences(listed: Sequence[Listed], found: Sequence[Listed]) -> Differences:
    """Compare by name, in upper or lower case, wherever the list says that a point is."""
    theirs, ours = {_key(one): one for one in found}, {_key(one): one for one in listed}
    return Differences(
        tuple(one for one in listed if _key(one) not in theirs),
        tuple(one for one in found if _key(one) not in ours),
        tuple(words for one in listed if (other := theirs.get(_key(one))) for words in _unlike(one, other)),
    )


def enriched(found: Sequence[Listed], listed: Sequence[Listed]) -> list[Listed]:
    """A controller's objects with what a list tells of them beside it: description, states, and a unit not told."""
    ours = {_key(one): one for one in listed}
    return [_with(one, ours[_key(one)]) if _key(one) in ours else one for one in found]


def _key(point: Listed) -> str:
    return point.name.casefold()


def _with(point: Listed, told: Listed) -> Listed:
    return replace(
        point,
        description=point.description or told.description,
        unit=point.unit or told.unit,
        states=point.states or told.states,
    )


def _unlike(listed: Listed, found: Listed) -> Iterator[str]:
    if listed.object_type is not None and listed.object_type != found.object_type:
        yield f"{found.name}: {listed.object_type} in the list, {found.object_type} in the controller"
    if listed.unit and found.unit and not same_unit(listed.unit, found.unit):
        yield f"{found.name}: {listed.unit} in the list, {found.unit} in the controller"
