"""Gives back what was taken, and says so line by line.

Compare before release: what we find has to be something that we sent, as the controller stores it. A slot or an
input that somebody else has taken over in the meantime is left alone and reported.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from functools import partial

from bridge.ledger import Entry, Ledger, TakenClock, TakenInput, TakenObject, TakenOutput, TakenSlot
from bridge.receipts import Outcome, Receipt, described, shown, state_before
from bridge.watched import Judgement
from clients.device_client import DeviceClient
from clients.ecy_device_client import ECYDeviceClient
from equipment.equipment_manager import synchronize
from utils.errors import BridgeError, DeviceError, DeviceRefused, DeviceUnreachable, ObjectError
from utils.values import ObjectRef, ObjectState, PointValue, Write, WriteKind, same_as_stored

__all__ = ["Outcome", "Receipt", "give_back", "give_back_all"]

_PAUSES_S = (0.0, 0.5, 2.0, 3.5)
"""Before each pass. One reaches 85 to 90 %, and reads may be stale for 5 s (ecy-rest-api §16, §17 row 29)."""
_REACTION_S = 1.0
"""For the controller's program to act on its real inputs, before its outputs reach their terminals again."""
_WAITS = "stays out of service until everything else in this controller has been given back"
_UNTOLD = "the controller does not tell how it stands"


def give_back_all(
    ledger: Ledger,
    client_of: Callable[[str], DeviceClient],
    pool: Executor,
    now: Callable[[], float] = time.time,
    only: Collection[str] | None = None,
) -> list[Receipt]:
    """Undo every open entry (of some controllers, with ``only``), all controllers in parallel.

    One that cannot be reached does not hold up the others.
    """
    by_device: dict[str, list[Entry]] = {}
    for entry in ledger.open_entries:
        if only is None or entry.device in only:
            by_device.setdefault(entry.device, []).append(entry)
    futures = [
        pool.submit(_give_back_with, client_of, device, ledger, entries, now) for device, entries in by_device.items()
    ]
    return [receipt for future in futures for receipt in future.result()]


def give_back(
    device: str,
    client: DeviceClient,
    ledger: Ledger,
    entries: Sequence[Entry],
    now: Callable[[], float] = time.time,
) -> list[Receipt]:
    """Undo some entries of one controller in the calling thread, in the middle of a run."""
    return _Giver(device, client, ledger, now).give_back(entries) if entries else []


def _give_back_with(
    client_of: Callable[[str], DeviceClient],
    device: str,
    ledger: Ledger,
    entries: Sequence[Entry],
    now: Callable[[], float],
) -> list[Receipt]:
    """One controller for which there may be no client: a password that is not set does not hold up the others."""
    try:
        client = client_of(device)
    except BridgeError as error:
        note = error.what if isinstance(error, DeviceError) else str(error)
        return [Receipt(device, described(entry), Outcome.FAILED, note, state_before(entry)) for entry in entries]
    return give_back(device, client, ledger, entries, now)


class _Giver:
    """Gives back one controller: the clock first, then slots and inputs, the outputs last; looks whether it took."""

    def __init__(self, device: str, client: DeviceClient, ledger: Ledger, now: Callable[[], float]) -> None:
        self._device = device
        self._client = client
        self._ledger = ledger
        self._now = now

    def give_back(self, entries: Sequence[Entry]) -> list[Receipt]:
        """Undo the entries of this controller; closes in the ledger what has been undone."""
        receipts: dict[Entry, Receipt] = {}
        try:
            self._client.connect()
            self._give_back([entry for entry in entries if not isinstance(entry, TakenOutput)], receipts)
            self._isolate_no_more([entry for entry in entries if isinstance(entry, TakenOutput)], receipts)
        except DeviceError as error:
            for entry in entries:
                if _is_open(receipts.get(entry)):
                    receipts[entry] = self._receipt(entry, Outcome.FAILED, error.what)
        self._ledger.give_back(*(entry for entry, receipt in receipts.items() if not _is_open(receipt)))
        return list(receipts.values())

    def _isolate_no_more(self, outputs: Sequence[TakenOutput], receipts: dict[Entry, Receipt]) -> None:
        """Terminals follow the program again, once nothing that the program sees is simulated any more."""
        if any(_is_open(receipt) for receipt in receipts.values()):
            receipts.update((output, self._receipt(output, Outcome.FAILED, _WAITS)) for output in outputs)
        elif outputs:
            threading.Event().wait(_REACTION_S)
            self._give_back(outputs, receipts)

    def _give_back(self, entries: Sequence[Entry], receipts: dict[Entry, Receipt]) -> None:
        for attempt, pause_s in enumerate(_PAUSES_S):
            threading.Event().wait(pause_s)
            receipts.update(self._pass([entry for entry in entries if _is_open(receipts.get(entry))], attempt))
            if not any(_is_open(receipts.get(entry)) for entry in entries):
                return

    def _pass(self, entries: Sequence[Entry], attempt: int) -> Iterator[tuple[Entry, Receipt]]:
        for entry in entries:
            if isinstance(entry, TakenClock):
                yield entry, self._restore_clock(entry)
        yield from self._release_objects([entry for entry in entries if not isinstance(entry, TakenClock)], attempt)

    def _restore_clock(self, entry: TakenClock) -> Receipt:
        client = self._client
        if not isinstance(client, ECYDeviceClient):
            return self._receipt(entry, Outcome.FAILED, "clocks are put back over the controller's REST API only")
        refused = []
        # Somebody may have turned NTP on again during the run, and then no time can be set.
        for undo in (
            partial(synchronize, client, self._now(), entry.time_zone),
            partial(client.set_ntp, enabled=entry.ntp_enabled),
        ):
            try:
                undo()
            except (ObjectError, DeviceRefused) as error:
                refused.append(error.what)
        if refused:
            return self._receipt(entry, Outcome.FAILED, "; ".join(refused))
        return self._receipt(entry, Outcome.RESTORED)

    def _release_objects(self, entries: Sequence[TakenObject], attempt: int) -> Iterator[tuple[Entry, Receipt]]:
        found = self._survey(entries)
        writes: dict[TakenObject, Write] = {}
        for entry in entries:
            verdict = self._judge(entry, found[entry.ref])
            if isinstance(verdict, Outcome):
                note = _UNTOLD if verdict is Outcome.FAILED else ""
                yield entry, self._receipt(entry, verdict, note, found=shown(entry, found[entry.ref]))
            else:
                writes[entry] = verdict
        yield from self._undo(writes, found, attempt)

    def _survey(self, entries: Sequence[TakenObject]) -> Mapping[ObjectRef, ObjectState]:
        """How the objects are found. Raises :class:`DeviceUnreachable` for a controller that has none at all (yet)."""
        found = self._client.survey([entry.ref for entry in entries]) if entries else {}
        is_bare = bool(found) and all(state.is_missing for state in found.values())
        if is_bare and not self._client.get_existing_endpoints():
            raise DeviceUnreachable(self._device, "it shows no objects at all: it may be starting")
        return found

    def _judge(self, entry: TakenObject, state: ObjectState) -> Write | Outcome:
        """What to write, or why to write nothing.

        Reads right after writes may be stale (ecy-rest-api §16), so what looks free is given back all the same once
        we have sent anything: it costs a write that changes nothing.
        """
        if state.is_partial:
            return Outcome.FAILED
        if state.is_missing:
            return Outcome.GONE
        if _is_stranger(entry, state):
            return self._judge_stranger(entry, state)
        if isinstance(entry, TakenOutput):
            return _judge_output(entry, state)
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
        return Outcome.LEFT_ALONE if is_in_service else Write(entry.ref, WriteKind.PRESENT_VALUE, self._to_send(entry))

    def _judge_stranger(self, entry: TakenObject, state: ObjectState) -> Write | Outcome:
        """Another name stands at this instance: only a value of ours is taken away, and nothing is put in its place."""
        if isinstance(entry, TakenSlot):
            held = _held(entry, state)
            return (
                Write(entry.ref, WriteKind.COMMAND, None, entry.priority) if self._sent(entry, held) else Outcome.GONE
            )
        value = state.present_value.value
        is_ours = state.out_of_service and (isinstance(entry, TakenOutput) or self._sent(entry, value))
        return Write(entry.ref, WriteKind.OUT_OF_SERVICE, False) if is_ours else Outcome.GONE

    def _sent(self, entry: TakenObject, found: PointValue | None) -> bool:
        return found is not None and self._ledger.judge(self._device, entry.ref, found) is Judgement.OURS

    def _judge_slot(self, entry: TakenSlot, state: ObjectState) -> Write | Outcome:
        held = _held(entry, state)
        if held is not None and not self._is_ours(entry, held):
            return Outcome.LEFT_ALONE
        return Write(entry.ref, WriteKind.COMMAND, self._to_send(entry), entry.priority)

    def _is_ours(self, entry: TakenSlot | TakenInput, found: PointValue | None) -> bool:
        """Whether it may be ours: what is in doubt is given back too, as it would stay for ever otherwise."""
        if found is None:
            return False
        judgement = self._ledger.judge(self._device, entry.ref, found)
        return judgement is not Judgement.THEIRS or _same(found, entry.before)

    def _to_send(self, entry: TakenSlot | TakenInput) -> PointValue | None:
        return None if entry.before is None else self._ledger.to_send(self._device, entry.ref, entry.before)

    def _doubt(self, entry: TakenObject, state: ObjectState) -> str:
        """The value that was given back although it may have been somebody else's; empty where it was ours."""
        if isinstance(entry, TakenOutput):
            return ""
        found = _held(entry, state) if isinstance(entry, TakenSlot) else state.present_value.value
        is_taken = isinstance(entry, TakenSlot) or state.out_of_service
        if found is None or not is_taken or _same(found, entry.before):
            return ""
        in_doubt = self._ledger.judge(self._device, entry.ref, found) is Judgement.IN_DOUBT
        return f"it held {found}, which may be ours as the controller stored it, or somebody else's" if in_doubt else ""

    def _undo(
        self, writes: Mapping[TakenObject, Write], found: Mapping[ObjectRef, ObjectState], attempt: int
    ) -> Iterator[tuple[Entry, Receipt]]:
        if not writes:
            return
        errors = self._at_once(writes.values()) if attempt == 0 else self._one_by_one(writes.values())
        after = self._client.survey([entry.ref for entry in writes])
        for entry in writes:
            outcome = _verified(_as_found(entry, found[entry.ref]), after[entry.ref])
            is_failed = outcome is Outcome.FAILED
            note = errors.get(entry.ref, "") if is_failed else self._doubt(entry, found[entry.ref])
            seen = shown(entry, found[entry.ref]), shown(entry, after[entry.ref])
            yield entry, self._receipt(entry, outcome, note, *seen)

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
        return Receipt(self._device, described(entry), outcome, note, state_before(entry), found, after or found)


def _is_open(receipt: Receipt | None) -> bool:
    return receipt is None or receipt.outcome is Outcome.FAILED


def _is_stranger(entry: TakenObject, state: ObjectState) -> bool:
    return state.name is not None and state.name != entry.name


def _as_found(entry: TakenObject, state: ObjectState) -> TakenObject:
    """The entry; without what there was before us, where another object stands now."""
    if not _is_stranger(entry, state):
        return entry
    return replace(entry, before=None) if isinstance(entry, TakenSlot) else replace(entry, was_out_of_service=False)


def _held(entry: TakenSlot, state: ObjectState) -> PointValue | None:
    return state.priority_array[entry.priority - 1] if state.priority_array is not None else None


def _is_forced_by_us(entry: TakenObject, state: ObjectState) -> bool:
    """Whether an input is out of service although its first value has never been sent."""
    return isinstance(entry, TakenInput) and not entry.was_out_of_service and bool(state.out_of_service)


def _judge_output(entry: TakenOutput, state: ObjectState) -> Write | Outcome:
    if not entry.was_out_of_service:
        return Write(entry.ref, WriteKind.OUT_OF_SERVICE, False)
    return Outcome.LEFT_ALONE if state.out_of_service is False else Outcome.RESTORED


def _same(found: PointValue | None, before: PointValue | None) -> bool:
    return found is not None and before is not None and same_as_stored(found, before)


def _verified(entry: TakenObject, state: ObjectState) -> Outcome:
    if state.is_partial:
        return Outcome.FAILED
    if isinstance(entry, TakenInput) and entry.was_out_of_service:
        return Outcome.RESTORED if _same(state.present_value.value, entry.before) else Outcome.FAILED
    if not isinstance(entry, TakenSlot):
        return Outcome.FAILED if state.out_of_service else Outcome.RELEASED
    if state.priority_array is None:
        return Outcome.UNVERIFIED
    held = state.priority_array[entry.priority - 1]
    if entry.before is None:
        return Outcome.RELEASED if held is None else Outcome.FAILED
    return Outcome.RESTORED if _same(held, entry.before) else Outcome.FAILED
