"""All places that operators may use, kept up to date from the controllers' own journals of writes."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from emulators.ecy.access.writing import WriteRecord
from emulators.ecy.controller import EmulatedController
from emulators.ecy.objects.objects import NO_FAULT, BacnetObject, with_out_of_service
from tests.chaos.journal_damage import CLOCK
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
_IN_DOUBT = r"{address} \w+ \d+ {name} .*it held ([^ ,]+), which may be ours as the controller stored it"
"""What a receipt says of a value that it has taken away without being sure whose it was."""


@dataclass(frozen=True, slots=True)
class Left:
    """Something that is not as it has to be: the controller's address, the object's name, and in words."""

    address: str
    object_name: str
    what: str

    def __str__(self) -> str:
        return self.what


class Claims:
    """Who holds what in the controllers."""

    def __init__(self, peers: Peers) -> None:
        self._peers = peers
        self._claims = {
            name: {kind: Claim(place, peers.controller(name), Trait(number)) for kind, place in PLACES.items()}
            for number, name in enumerate(peers.names)
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

    def left_behind(self, printed: str = "") -> Iterator[Left]:
        """Everything that is not as it has to be when nobody of ours is left; from here on, it is.

        An operator's value may be gone only where it was in doubt, and then ``printed`` has it.
        """
        for name in self._peers.names:
            address, controller = self._peers.address(name), self._peers.controller(name)
            for claim in self._claims[name].values():
                if not claim.is_right and not _is_told(address, claim, printed):
                    yield Left(address, claim.place.object_name, str(claim))
                claim.closed()
            for object_name in controller.objects.names():
                for what in _left_in(name, controller.objects.named(object_name)):
                    yield Left(address, object_name, what)
            for what in _wrong_clock(controller):
                yield Left(address, CLOCK, what)

    def accept(self) -> None:
        """What stands in the places that operators use is theirs from here on."""
        for claims in self._claims.values():
            for claim in claims.values():
                claim.settled()

    def mend(self) -> None:
        """Somebody goes through all controllers and puts right by hand what the daemon has left behind."""
        for name in self._peers.names:
            controller = self._peers.controller(name)
            for claim in self._claims[name].values():
                claim.mended()
            for object_name in controller.objects.names():
                _mend(controller, controller.objects.named(object_name))
            controller.clock.enable_ntp(True)
            controller.clock.set(None, controller.spec.time_zone)
            controller.clock.enable_ntp(controller.spec.ntp_enabled)

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
                    claim.taken(record)

    def _restores(self, name: str, record: WriteRecord) -> bool:
        return any(claim.place.is_taken_by(record) and claim.allows(record) for claim in self._claims[name].values())


def _is_giving_back(record: WriteRecord) -> bool:
    """Whether a write empties a slot or puts an object back in service."""
    is_fault = record.property_name == "reliability" and record.value != str(NO_FAULT)
    is_in_service = record.property_name == "out-of-service" and str(record.value) in ("False", "0")
    return record.value is None or is_fault or is_in_service


def _is_told(address: str, claim: Claim, printed: str) -> bool:
    """Whether a receipt has printed the value that is missing, as one that was in doubt."""
    pattern = _IN_DOUBT.format(address=re.escape(address), name=claim.place.object_name)
    told = [float(value) for value in re.findall(pattern, printed)]
    return any(math.isclose(value, one, rel_tol=1e-5) for value in told for one in claim.wanted)


def _left_in(name: str, found: BacnetObject) -> Iterator[str]:
    for priority, value in _slots_left(found):
        yield f"{name} {found.name} slot {priority} still holds {value}"
    if found.said == NO_FAULT:
        yield f"{name} {found.name} still shows no fault"
    if found.out_of_service and found.name != RETURN:
        yield f"{name} {found.name} is still out of service"


def _slots_left(found: BacnetObject) -> Iterator[tuple[int, float]]:
    free = _FREE_SLOTS.get(found.name, frozenset())
    for priority, value in enumerate(found.slots, 1):
        if value is not None and priority not in free:
            yield priority, value


def _mend(controller: EmulatedController, found: BacnetObject) -> None:
    for priority, _ in _slots_left(found):
        controller.objects.command(found.name, None, priority)
    if found.out_of_service and found.name != RETURN:
        controller.objects.update(found.ref, lambda target: with_out_of_service(target, False))


def _wrong_clock(controller: EmulatedController) -> Iterator[str]:
    clock, host = controller.clock, controller.settings.now()
    if (clock.zone, clock.ntp_enabled) != (controller.spec.time_zone, controller.spec.ntp_enabled):
        yield f"{controller.spec.name} has zone {clock.zone} and NTP {clock.ntp_enabled}"
    if abs((clock.aware_now() - host).total_seconds()) > _CLOCK_TOLERANCE_S:
        yield f"{controller.spec.name} shows {clock.aware_now()}"
