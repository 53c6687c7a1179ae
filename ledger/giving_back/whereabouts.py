"""Where the objects that were taken are now: an application that was downloaded meanwhile numbers them as it likes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from clients.device_client import DeviceClient
from ledger.entries import TakenObject
from ledger.giving_back.verdicts import is_stranger
from utils.errors import DeviceUnreachable
from utils.values import AnyObjectType, ObjectRef, ObjectState, ObjectType

Name: TypeAlias = tuple[AnyObjectType, str]
_CONTRADICTORY = "the controller contradicts itself about where it is"


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """An instance where something of an entry is, or may be, and how it was found there.

    ``doubt`` is why nothing can be done, although it may be needed.
    """

    entry: TakenObject
    ref: ObjectRef
    state: ObjectState
    doubt: str = ""

    @property
    def note(self) -> str:
        """What a receipt has to add to the entry's own description."""
        return "" if self.ref == self.entry.ref else f"it is {self.ref} now"


def places_of(client: DeviceClient, entries: Sequence[TakenObject], mine: Collection[Name]) -> list[Place]:
    """Every entry's place or places, its own before that of a stranger who stands where it was taken.

    What is not found where it was taken is looked up by name, as a run does. ``mine`` are the names of all that is
    given back, which are no strangers. Raises :class:`DeviceUnreachable` for a controller that has no objects (yet).
    """
    states = client.survey([entry.ref for entry in entries]) if entries else {}
    lost = [entry for entry in entries if _is_lost(entry, states[entry.ref])]
    if not lost:
        return [Place(entry, entry.ref, states[entry.ref]) for entry in entries]
    named = _named(client, entries)
    if not named and all(state.is_missing for state in states.values()):
        raise DeviceUnreachable(client.device, "it shows no objects at all: it may be starting")
    moved = {entry: named.get(name_of(entry), []) for entry in lost}
    alone = [refs[0] for refs in moved.values() if len(refs) == 1]
    states = {**states, **client.survey(alone)} if alone else states
    listed = {ref for refs in named.values() for ref in refs}
    return [
        place
        for entry in entries
        for place in (
            _of_lost(entry, moved[entry], states, mine, is_listed=entry.ref in listed)
            if entry in moved
            else [Place(entry, entry.ref, states[entry.ref])]
        )
    ]


def name_of(entry: TakenObject) -> Name:
    """By what an object is known, whatever its number."""
    return entry.ref.bacnet_type, entry.name


def _of_lost(
    entry: TakenObject,
    moved: Sequence[ObjectRef],
    states: Mapping[ObjectRef, ObjectState],
    mine: Collection[Name],
    *,
    is_listed: bool,
) -> Iterator[Place]:
    before = Place(entry, entry.ref, states[entry.ref])
    if not moved:
        yield before if before.state.is_missing or is_listed else replace(before, doubt=_CONTRADICTORY)
        return
    if len(moved) > 1:
        yield Place(entry, entry.ref, before.state, _twins(entry, moved))
    else:
        state = states[moved[0]]
        yield Place(entry, moved[0], state, _CONTRADICTORY if _is_lost(entry, state) else "")
    if not before.state.is_missing and (entry.ref.bacnet_type, before.state.name) not in mine:
        yield before


def _is_lost(entry: TakenObject, state: ObjectState) -> bool:
    return not state.is_partial and (state.is_missing or is_stranger(entry, state))


def _named(client: DeviceClient, entries: Sequence[TakenObject]) -> Mapping[Name, list[ObjectRef]]:
    named: dict[Name, list[ObjectRef]] = defaultdict(list)
    types = dict.fromkeys([*ObjectType, *(entry.ref.bacnet_type for entry in entries)])
    for endpoint in client.get_existing_endpoints(types):
        named[endpoint.ref.bacnet_type, endpoint.name].append(endpoint.ref)
    return named


def _twins(entry: TakenObject, refs: Sequence[ObjectRef]) -> str:
    where = " and ".join(str(ref) for ref in sorted(refs))
    return f"{where} are both named {entry.name}: which of them was taken cannot be told"
