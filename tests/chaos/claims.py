"""All places that operators may use, kept up to date from the controllers' own journals of writes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from emulators.ecy.controller import Controller
from emulators.ecy.objects import BacnetObject
from emulators.ecy.writing import WriteRecord
from tests.chaos.operators import PLACES, STRONGER, Claim
from tests.chaos.peers import ECHO, OUTDOOR, PRIORITY, RETURN, SETPOINT, Peers, Trait

_PROGRAM_PRIORITY = 16
_CLOCK_TOLERANCE_S = 3600.0
_FREE_SLOTS = {
    SETPOINT: frozenset({PRIORITY}),
    OUTDOOR: frozenset({STRONGER}),
    ECHO: frozenset({_PROGRAM_PRIORITY}),
}
"""Slots that are not ours to judge by the object alone: operators' and the program's."""


class Claims:
    """Who holds what in the controllers."""

    def __init__(self, peers: Peers) -> None:
        self._peers = peers
        self._claims = {
            name: {kind: Claim(place, peers.controller(name)) for kind, place in PLACES.items()} for name in peers.names
        }
        self._read = dict.fromkeys(peers.names, 0)

    def operate(self, name: str, kind: str, value: float | None) -> None:
        """Somebody puts a value to a place, or lets go."""
        self._claims[name][kind].operated(value)

    def clear(self, name: str) -> None:
        """A controller has forgotten what stood in it."""
        for claim in self._claims[name].values():
            claim.cleared()

    def leave_what_would_be_refused(self) -> None:
        """Operators let go of slots and inputs that the daemon wants and that its configs do not let it take."""
        for number, name in enumerate(self._peers.names):
            for kind in ("our slot", "a forced input"):
                claim = self._claims[name][kind]
                if claim.is_somebody_elses and not Trait(number).is_occupied:
                    claim.operated(None)

    def follow(self) -> None:
        """Note what the daemon has written since the last time."""
        for name in self._peers.names:
            self._follow(name, self._new(name))

    def follow_to_the_end(self, heard: Collection[str]) -> Iterator[str]:
        """Note the last writes of a run. Yields what was written after the giving back had begun.

        Only controllers that were ``heard`` last are judged: another may just have been taken anew.
        """
        for name in self._peers.names:
            records = self._new(name)
            first = next((number for number, record in enumerate(records) if _is_giving_back(record)), len(records))
            self._follow(name, records[:first])
            for record in records[first:]:
                is_allowed = record.refused or _is_giving_back(record) or self._restores(name, record)
                if name in heard and not is_allowed:
                    yield f"{name} was written after it was given back: {record}"
            self._follow(name, [record for record in records[first:] if _is_giving_back(record)])

    def left_behind(self) -> Iterator[str]:
        """Everything that is not as it has to be when nobody of ours is left; from here on, it is."""
        for number, name in enumerate(self._peers.names):
            for claim in self._claims[name].values():
                if not claim.is_right:
                    yield str(claim)
                claim.closed()
            controller = self._peers.controller(name)
            for object_name in controller.objects.names():
                yield from _left_in(name, controller.objects.named(object_name))
            yield from _wrong_clock(controller, Trait(number))

    def _new(self, name: str) -> list[WriteRecord]:
        journal = self._peers.controller(name).journal
        records = journal[self._read[name] :]
        self._read[name] += len(records)
        return records

    def _follow(self, name: str, records: Sequence[WriteRecord]) -> None:
        for record in records:
            for claim in self._claims[name].values():
                if _is_giving_back(record):
                    claim.closed()
                elif claim.place.is_taken_by(record):
                    claim.taken()

    def _restores(self, name: str, record: WriteRecord) -> bool:
        return any(claim.place.is_taken_by(record) and claim.allows(record) for claim in self._claims[name].values())


def _is_giving_back(record: WriteRecord) -> bool:
    """Whether a write empties a slot or puts an object back in service."""
    return record.value is None or (record.property_name == "out-of-service" and record.value is False)


def _left_in(name: str, found: BacnetObject) -> Iterator[str]:
    free = _FREE_SLOTS.get(found.name, frozenset())
    for priority, value in enumerate(found.slots, 1):
        if value is not None and priority not in free:
            yield f"{name} {found.name} slot {priority} still holds {value}"
    if found.out_of_service and found.name != RETURN:
        yield f"{name} {found.name} is still out of service"


def _wrong_clock(controller: Controller, trait: Trait) -> Iterator[str]:
    clock, host = controller.clock, controller.settings.now()
    if (clock.zone, clock.ntp_enabled) != (controller.spec.time_zone, trait.has_ntp):
        yield f"{controller.spec.name} has zone {clock.zone} and NTP {clock.ntp_enabled}"
    if abs((clock.aware_now() - host).total_seconds()) > _CLOCK_TOLERANCE_S:
        yield f"{controller.spec.name} shows {clock.aware_now()}"
