"""The resource tree under ``/services`` and what a GET picks from it (ecy-rest-api §6, §7)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from emulators.ecy.access.reads import ObjectReader
from emulators.ecy.objects.database import ObjectDatabase
from emulators.ecy.profile import Profile
from emulators.ecy.refusals import INVALID_REQUEST, Refusal
from emulators.ecy.rest.select import Item, Selection
from emulators.ecy.wire.paths import reference
from emulators.ecy.wire.properties import PRESENT_VALUE, readable
from emulators.ecy.wire.values import COLLECTIONS, TYPES_BY_COLLECTION, Json
from utils.values import ObjectRef, ObjectType

Tree: TypeAlias = "Mapping[str, Tree] | Json"


class Branch(Mapping[str, Tree]):
    """A node whose members are computed when they are looked at."""

    def __init__(self, members: Mapping[str, Callable[[], Tree]]) -> None:
        self._members = members

    def __getitem__(self, name: str) -> Tree:
        return self._members[name]()

    def __iter__(self) -> Iterator[str]:
        return iter(self._members)

    def __len__(self) -> int:
        return len(self._members)


class ObjectNode(Mapping[str, Json]):
    """One object: its key and its properties."""

    def __init__(self, reader: ObjectReader, ref: ObjectRef, profile: Profile) -> None:
        self._reader = reader
        self._ref = ref
        self._profile = profile
        self._properties = readable(ref.object_type, profile)

    def __getitem__(self, name: str) -> Json:
        if name == "key":
            return str(self._ref.instance)
        read = self._properties[name].read
        look_up = self._reader.for_value if name == PRESENT_VALUE else self._reader.get
        return read(look_up(self._ref), self._profile)

    def __iter__(self) -> Iterator[str]:
        yield "key"
        yield from self._properties

    def __len__(self) -> int:
        return len(self._properties) + 1


class CollectionNode(Mapping[str, ObjectNode]):
    """All objects of one type, by instance number as text."""

    def __init__(self, database: ObjectDatabase, reader: ObjectReader, kind: ObjectType, profile: Profile) -> None:
        self._database = database
        self._reader = reader
        self._kind = kind
        self._profile = profile

    def __getitem__(self, name: str) -> ObjectNode:
        ref = reference(self._kind, name)
        if ref is None or not self._database.has(ref):
            raise KeyError(name)
        return ObjectNode(self._reader, ref, self._profile)

    def __iter__(self) -> Iterator[str]:
        return map(str, self._database.instances(self._kind))

    def __len__(self) -> int:
        return len(self._database.instances(self._kind))


class ObjectsNode(Mapping[str, Tree]):
    """The collections, one for each object type, and the device object."""

    def __init__(
        self, database: ObjectDatabase, reader: ObjectReader, profile: Profile, devices: Callable[[], Tree]
    ) -> None:
        self._database = database
        self._reader = reader
        self._profile = profile
        self._devices = devices

    def __getitem__(self, name: str) -> Tree:
        if name == "devices":
            return self._devices()
        collection = CollectionNode(self._database, self._reader, TYPES_BY_COLLECTION[name], self._profile)
        if self._profile.empty_collections == "omitted" and not collection:
            raise KeyError(name)
        return collection

    def __iter__(self) -> Iterator[str]:
        yield "devices"
        for kind, name in COLLECTIONS.items():
            if self._profile.empty_collections == "present" or self._database.instances(kind):
                yield name

    def __len__(self) -> int:
        return sum(1 for _ in self)


def render(tree: Tree, selection: Selection | None, *, strict: bool = False) -> Json:
    """The selected members as JSON; None selects all. With ``strict`` an unknown name is refused, else left out."""
    if not isinstance(tree, Mapping):
        return tree
    if selection is None:
        return {name: render(child, None) for name, child in tree.items()}
    picked: dict[str, Json] = {}
    for item in selection:
        for name, child in _picked(tree, item, strict):
            picked[name] = _merged(picked.get(name), render(child, item.inner, strict=strict))
    return picked


def _picked(tree: Mapping[str, Tree], item: Item, strict: bool) -> Iterator[tuple[str, Tree]]:
    if not item.is_exact:
        yield from ((name, tree[name]) for name in tree if item.matches(name))
        return
    try:
        yield item.pattern, tree[item.pattern]
    except KeyError:
        if strict:
            raise Refusal(INVALID_REQUEST, f"there is no {item.pattern}") from None


def _merged(before: Json, after: Json) -> Json:
    if not isinstance(before, dict) or not isinstance(after, dict):
        return after
    return {**before, **{name: _merged(before.get(name), value) for name, value in after.items()}}
