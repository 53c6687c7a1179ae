"""What surrounds an object, near and far, as one number per distance: equal where two expansions are connected alike.

Only types, fields and anchors count; literals do not, so that a wrong number does not hide which object is which.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from tests.hvac_templates.oracle.cells import Name, Thing

DISTANCE = 10
Colours: TypeAlias = Mapping[int, Sequence[int]]
"""By ``id`` of a thing, its colour at each distance."""
_Key: TypeAlias = tuple[str, str]


def colours(things: Sequence[Thing]) -> Colours:
    """The colours of all things of one expansion. Only comparable within one process."""
    seen: dict[int, list[int]] = {id(thing): [] for thing in things}
    names: dict[_Key, int] = {key_of(name): _first(name) for thing in things for _, name in _places(thing)}
    for _ in range(DISTANCE):
        touching: dict[_Key, list[int]] = defaultdict(list)
        for thing in things:
            around = sorted(hash((path, names[key_of(name)])) for path, name in _places(thing))
            colour = hash((thing.type_name, tuple(around)))
            seen[id(thing)].append(colour)
            for path, name in _places(thing):
                touching[key_of(name)].append(hash((path, colour)))
        names = {key: hash((names[key], tuple(sorted(found)))) for key, found in touching.items()}
    return seen


def shared_distance(one: Sequence[int], other: Sequence[int]) -> int:
    """How far the surroundings of two things are alike: 0 (they differ themselves) to ``DISTANCE``."""
    return next((near for near, pair in enumerate(zip(one, other, strict=True)) if pair[0] != pair[1]), DISTANCE)


def key_of(name: Name) -> _Key:
    """What makes two mentions the same name."""
    return name.kind, name.text.casefold()


def _first(name: Name) -> int:
    return hash(name.text.casefold()) if name.anchored else 0


def _places(thing: Thing) -> Iterator[tuple[str, Name]]:
    yield "", thing.name
    yield from thing.names
    yield from (("a member", name) for name in thing.members)
