"""Gives back what was taken, and says so line by line.

Compare before release: what we find has to be something that we sent, as the controller stores it. A slot or an
input that somebody else has taken over in the meantime is left alone and reported.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from enum import Enum

from bridge.ledger import Entry, Ledger, TakenClock, TakenInput, TakenObject, TakenSlot, same_as_stored
from clients.ecy_device_client import ECYDeviceClient
from utils.errors import DeviceError, DeviceRefused, ObjectError
from utils.values import ObjectRef, ObjectState, PointValue, Write, WriteKind

_PAUSES_S = (0.0, 0.5, 2.0, 3.5)
"""Before each pass. One reaches 85 to 90 %, and reads may be stale for 5 s (ecy-rest-api §16, §17 row 29)."""


class Outcome(Enum):
    """What became of an entry. Only FAILED stays open."""

    RELEASED = "released"
    RESTORED = "restored"
    FREE_ALREADY = "was free already"
    LEFT_ALONE = "left alone: somebody else has taken it over"
    UNVERIFIED = "released, not verified: the controller does not show its slots"
    FAILED = "NOT released"


@dataclass(frozen=True, slots=True)
class Receipt:
    """One line of what was given back: what was there before us, what we found at the end, and what we left."""

    device: str
    what: str
    outcome: Outcome
    note: str = ""
    before: str = ""
    found: str = ""
    after: str = ""

    def __str__(self) -> str:
        note = self.note or (f"it holds {self.found}" if self.outcome is Outcome.LEFT_ALONE else "")
        return f"{self.device} {self.what}: {self.outcome.value}{f' ({note})' if note else ''}"


def give_back_all(
    ledger: Ledger,
    client_of: Callable[[str], ECYDeviceClient],
    pool: Executor,
    now: Callable[[], float] = time.time,
    only: str | None = None,
) -> list[Receipt]:
    """Undo every open entry (of one controller, with ``only``), all controllers in parallel.

    One that cannot be reached does not hold up the others.
    """
    by_device: dict[str, list[Entry]] = {}
    for entry in ledger.open_entries:
        if only is None or entry.device == only:
            by_device.setdefault(entry.device, []).append(entry)
    futures = [
        pool.submit(_Giver(device, client_of(device), ledger, now).give_back, entries)
        for device, entries in by_device.items()
    ]
    return [receipt for future in futures for receipt in future.result()]


class _Giver:
    """Gives back one controller: the clock first, then slots and inputs, then looks whether it took."""

    def __init__(self, device: str, client: ECYDeviceClient, ledger: Ledger, now: Callable[[], float]) -> None:
        self._device = device
        self._client = client
        self._ledger = ledger
        self._now = now

    def give_back(self, entries: Sequence[Entry]) -> list[Receipt]:
        """Undo the entries of this controller; closes in the ledger what has been undone."""
        receipts: dict[Entry, Receipt] = {}
        try:
            self._client.connect()
            for attempt, pause_s in enumerate(_PAUSES_S):
                threading.Event().wait(pause_s)
                receipts.update(self._pass([e for e in entries if _is_open(receipts.get(e))], attempt))
                if not any(_is_open(receipts.get(entry)) for entry in entries):
                    break
        except DeviceError as error:
            for entry in entries:
                if _is_open(receipts.get(entry)):
                    receipts[entry] = self._receipt(entry, Outcome.FAILED, error.what)
        self._ledger.give_back(*(entry for entry, receipt in receipts.items() if not _is_open(receipt)))
        return list(receipts.values())

    def _pass(self, entries: Sequence[Entry], attempt: int) -> Iterator[tuple[Entry, Receipt]]:
        for entry in entries:
            if isinstance(entry, TakenClock):
                yield entry, self._restore_clock(entry)
        yield from self._release_objects([entry for entry in entries if not isinstance(entry, TakenClock)], attempt)

    def _restore_clock(self, entry: TakenClock) -> Receipt:
        try:
            self._client.set_time_and_timezone(entry.time_zone, self._now())
            if entry.ntp_enabled:
                self._client.set_ntp(enabled=True)
        except (ObjectError, DeviceRefused) as error:
            return self._receipt(entry, Outcome.FAILED, error.what)
        return self._receipt(entry, Outcome.RESTORED)

    def _release_objects(self, entries: Sequence[TakenObject], attempt: int) -> Iterator[tuple[Entry, Receipt]]:
        found = self._client.survey([entry.ref for entry in entries]) if entries else {}
        writes: dict[TakenObject, Write] = {}
        for entry in entries:
            verdict = self._judge(entry, found[entry.ref])
            if isinstance(verdict, Outcome):
                yield entry, self._receipt(entry, verdict, found=_shown(entry, found[entry.ref]))
            else:
                writes[entry] = verdict
        yield from self._undo(writes, found, attempt)

    def _judge(self, entry: TakenObject, state: ObjectState) -> Write | Outcome:
        """What to write, or why to write nothing.

        Reads right after writes may be stale (ecy-rest-api §16), so what looks free is given back all the same once
        we have sent anything: it costs a write that changes nothing.
        """
        if not self._ledger.has_sent(self._device, entry.ref) and not _is_forced_by_us(entry, state):
            return Outcome.FREE_ALREADY
        if isinstance(entry, TakenSlot):
            return self._judge_slot(entry, state)
        found = state.present_value.value
        is_in_service = state.out_of_service is False
        if not (is_in_service or self._is_ours(entry, found)):
            return Outcome.LEFT_ALONE
        if not entry.was_out_of_service:
            return Write(entry.ref, WriteKind.OUT_OF_SERVICE, False)
        return Outcome.LEFT_ALONE if is_in_service else Write(entry.ref, WriteKind.PRESENT_VALUE, entry.before)

    def _judge_slot(self, entry: TakenSlot, state: ObjectState) -> Write | Outcome:
        held = state.priority_array[entry.priority - 1] if state.priority_array is not None else None
        if held is not None and not self._is_ours(entry, held):
            return Outcome.LEFT_ALONE
        return Write(entry.ref, WriteKind.COMMAND, entry.before, entry.priority)

    def _is_ours(self, entry: TakenObject, found: PointValue | None) -> bool:
        return self._ledger.is_ours(self._device, entry.ref, found) or _same(found, entry.before)

    def _undo(
        self, writes: Mapping[TakenObject, Write], found: Mapping[ObjectRef, ObjectState], attempt: int
    ) -> Iterator[tuple[Entry, Receipt]]:
        if not writes:
            return
        errors = self._at_once(writes.values()) if attempt == 0 else self._one_by_one(writes.values())
        after = self._client.survey([entry.ref for entry in writes])
        for entry in writes:
            outcome = _verified(entry, after[entry.ref])
            note = errors.get(entry.ref, "") if outcome is Outcome.FAILED else ""
            shown = _shown(entry, found[entry.ref]), _shown(entry, after[entry.ref])
            yield entry, self._receipt(entry, outcome, note, *shown)

    def _at_once(self, writes: Iterable[Write]) -> dict[ObjectRef, str]:
        results = self._client.write_values_from_endpoints(tuple(writes))
        return {result.write.ref: result.error.what for result in results if result.error is not None}

    def _one_by_one(self, writes: Iterable[Write]) -> dict[ObjectRef, str]:
        """The thorough way: a relinquish with every form that a firmware may want."""
        errors: dict[ObjectRef, str] = {}
        for write in writes:
            if write.value is not None or write.priority is None:
                errors |= self._at_once([write])
                continue
            try:
                self._client.relinquish(write.ref, write.priority)
            except ObjectError as error:
                errors[write.ref] = error.what
        return errors

    def _receipt(self, entry: Entry, outcome: Outcome, note: str = "", found: str = "", after: str = "") -> Receipt:
        return Receipt(self._device, _describe(entry), outcome, note, _before(entry), found, after or found)


def _is_open(receipt: Receipt | None) -> bool:
    return receipt is None or receipt.outcome is Outcome.FAILED


def _is_forced_by_us(entry: TakenObject, state: ObjectState) -> bool:
    """Whether an input is out of service although its first value has never been sent."""
    return isinstance(entry, TakenInput) and not entry.was_out_of_service and bool(state.out_of_service)


def _same(found: PointValue | None, before: PointValue | None) -> bool:
    return found is not None and before is not None and same_as_stored(found, before)


def _verified(entry: TakenObject, state: ObjectState) -> Outcome:
    if isinstance(entry, TakenInput):
        if entry.was_out_of_service:
            return Outcome.RESTORED if _same(state.present_value.value, entry.before) else Outcome.FAILED
        return Outcome.FAILED if state.out_of_service else Outcome.RELEASED
    if state.priority_array is None:
        return Outcome.UNVERIFIED
    held = state.priority_array[entry.priority - 1]
    if entry.before is None:
        return Outcome.RELEASED if held is None else Outcome.FAILED
    return Outcome.RESTORED if _same(held, entry.before) else Outcome.FAILED


def _shown(entry: TakenObject, state: ObjectState) -> str:
    """What of an object's state is ours to give back, in words."""
    value = state.present_value.value
    if isinstance(entry, TakenInput):
        return f"{'out of service' if state.out_of_service else 'in service'}, {value}"
    if state.priority_array is None:
        return f"present-value {value}"
    held = state.priority_array[entry.priority - 1]
    return "empty" if held is None else f"{held}"


def _before(entry: Entry) -> str:
    match entry:
        case TakenSlot():
            return "empty" if entry.before is None else f"{entry.before}"
        case TakenInput():
            return f"{'out of service' if entry.was_out_of_service else 'in service'}, {entry.before}"
        case TakenClock():
            return f"{entry.time_zone}, NTP {'on' if entry.ntp_enabled else 'off'}"


def _describe(entry: Entry) -> str:
    match entry:
        case TakenSlot():
            return f"{entry.ref} {entry.name} slot {entry.priority}"
        case TakenInput():
            return f"{entry.ref} {entry.name} out-of-service"
        case TakenClock():
            return "clock, zone and NTP"
