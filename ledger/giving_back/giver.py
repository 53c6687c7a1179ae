"""Gives back what was taken, and says so line by line."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from functools import partial
from typing import TypeVar

from clients.device_client import DeviceClient
from ledger.entries import Entry, TakenClock, TakenInput, TakenObject, TakenOutput, TakenSlot
from ledger.giving_back.clock_return import put_clock_back
from ledger.giving_back.patience import Patience, may_pass
from ledger.giving_back.plain_values import PlainValues
from ledger.giving_back.reach import Reach
from ledger.giving_back.verdicts import Judge, as_found, is_stranger, lost_fault, verified
from ledger.giving_back.whereabouts import Place, name_of, places_of
from ledger.ledger import Ledger
from ledger.receipts import Outcome, Receipt, described, shown, state_before
from utils.alone import Alone
from utils.errors import AccountRefused, BridgeError, DeviceError, DeviceUnreachable, ObjectError, Unconfirmed
from utils.values import ObjectRef, ObjectState, Write

__all__ = ["Outcome", "Receipt", "give_back", "give_back_all"]

log = logging.getLogger(__name__)

_PAUSES_S = (0.0, 0.5, 2.0, 3.5)
"""Before each pass. One reaches 85 to 90 %, and reads may be stale for 5 s (ecy-rest-api §16, §17 row 29)."""
_REACTION_S = 1.0
"""For the controller's program to act on its real inputs, before its outputs reach their terminals again."""
_WAITS = "stays out of service until everything else in this controller has been given back"
_UNTOLD = "the controller does not tell how it stands"
_UNFINISHED = "giving back ended before it was its turn; the log says why"

_E = TypeVar("_E", bound=Entry)


def give_back_all(
    ledger: Ledger,
    client_of: Callable[[str], DeviceClient],
    pool: Executor,
    patience_with: Callable[[str], Patience],
    only: Collection[str] | None = None,
) -> list[Receipt]:
    """Undo every open entry (of some controllers, with ``only``), all controllers in parallel.

    One that cannot be reached does not hold up the others. There is a receipt for each entry, and one for each
    controller with which something of ours went wrong.
    """
    by_device: dict[str, list[Entry]] = {}
    for entry in ledger.open_entries:
        if only is None or entry.device in only:
            by_device.setdefault(entry.device, []).append(entry)
    givers = [
        _Giver(device, partial(client_of, device), ledger, patience_with(device), entries)
        for device, entries in by_device.items()
    ]
    futures = [(giver, pool.submit(giver.give_back)) for giver in givers]
    alone, receipts = Alone(), list[Receipt]()
    for giver, future in futures:
        with alone.step(f"giving back what was taken of {giver.device}"):
            future.result()
        receipts += giver.receipts
    return [*receipts, *(Receipt(told, "", Outcome.FAILED, why) for told, why in alone.failed.items())]


def give_back(
    device: str,
    client: DeviceClient,
    ledger: Ledger,
    entries: Sequence[Entry],
    patience: Patience,
) -> list[Receipt]:
    """Undo some entries of one controller in the calling thread, in the middle of a run."""
    giver = _Giver(device, lambda: client, ledger, patience, entries)
    if entries:
        giver.give_back()
    return giver.receipts


class _Giver:
    """Gives back one controller: slots and inputs first, then isolated outputs, the clock last; looks whether it took.

    What may pass by itself is tried again for as long as the patience lasts; what has been undone is left alone then.
    """

    def __init__(
        self,
        device: str,
        client_of: Callable[[], DeviceClient],
        ledger: Ledger,
        patience: Patience,
        entries: Sequence[Entry],
    ) -> None:
        self.device = device
        self._ledger = ledger
        self._verdicts = Judge(device, ledger)
        self._plain = PlainValues(self._verdicts, lambda write: self._at_once([write])[0])
        self._patience = patience
        self._clocks = patience.clocks
        self._entries = entries
        self._names = {name_of(entry) for entry in entries if not isinstance(entry, TakenClock)}
        self._receipts: dict[Entry, Receipt] = {}
        self._first_found: dict[tuple[Entry, ObjectRef], str] = {}
        self._doubts: dict[Entry, str] = {}
        """Values that were given back although they may have been somebody else's; told however often it takes."""
        self._reach = Reach(device, client_of, patience)
        self._has_said = False

    @property
    def receipts(self) -> list[Receipt]:
        """One for each entry; of those that nobody came to, that they are not released."""
        unseen = (entry for entry in self._entries if entry not in self._receipts)
        return [*self._receipts.values(), *(self._receipt(entry, Outcome.FAILED, _UNFINISHED) for entry in unseen)]

    def give_back(self) -> None:
        """Undo the entries of this controller; closes in the ledger what has been undone."""
        self._patience.begin()
        error = self._attempt()
        while error is not None and (pause_s := self._patience.pause_s(error)) is not None:
            self._say_once(error)
            self._clocks.sleep(pause_s)
            if isinstance(error, AccountRefused):
                self._reach.sign_in_afresh()
            error = self._attempt()

    def _attempt(self) -> BridgeError | None:
        """Undo what is open, kind by kind, whatever becomes of the others; what kept us from it."""
        self._reach.begin()
        before = [entry for entry in self._entries if self._is_open(entry)]
        points = [entry for entry in before if isinstance(entry, TakenSlot | TakenInput)]
        outputs = [entry for entry in before if isinstance(entry, TakenOutput)]
        clocks = [entry for entry in before if isinstance(entry, TakenClock)]
        errors = [
            self._tried(points, lambda: self._repeat(points, self._release_objects)),
            self._tried(outputs, lambda: self._isolate_no_more(outputs)),
            self._tried(clocks, lambda: self._repeat(clocks, self._restore_clocks)),
        ]
        self._ledger.give_back(*(entry for entry in before if not self._is_open(entry)))
        told = [error for error in errors if error is not None]
        return next((error for error in told if isinstance(error, AccountRefused)), next(iter(told), None))

    def _tried(self, entries: Sequence[Entry], undo: Callable[[], None]) -> BridgeError | None:
        try:
            undo()
        except BridgeError as error:
            self._reach.failed(error)
            for entry in entries:
                if self._is_open(entry):
                    self._receipts[entry] = self._receipt(entry, Outcome.FAILED, _words(error))
            return error
        return None

    def _isolate_no_more(self, outputs: Sequence[TakenOutput]) -> None:
        """Terminals follow the program again, once nothing that the program sees is simulated any more."""
        if not outputs:
            return
        if any(self._is_open(entry) for entry in self._entries if isinstance(entry, TakenSlot | TakenInput)):
            self._receipts.update((output, self._receipt(output, Outcome.FAILED, _WAITS)) for output in outputs)
            return
        self._clocks.sleep(_REACTION_S)
        self._repeat(outputs, self._release_objects)

    def _repeat(self, entries: Sequence[_E], undo: Callable[[Sequence[_E], int], Mapping[Entry, Receipt]]) -> None:
        for attempt, pause_s in enumerate(_PAUSES_S):
            still_open = [entry for entry in entries if self._is_open(entry)]
            if not still_open:
                return
            self._clocks.sleep(pause_s)
            self._receipts.update(undo(still_open, attempt))

    def _restore_clocks(self, entries: Sequence[TakenClock], _attempt: int) -> Mapping[Entry, Receipt]:
        return {entry: self._restore_clock(entry) for entry in entries}

    def _restore_clock(self, entry: TakenClock) -> Receipt:
        clock = self._reach.client().clock
        if clock is None:
            return self._receipt(entry, Outcome.FAILED, "clocks are put back over the controller's REST API only")
        try:
            put_clock_back(clock, entry, self._clocks.wall())
        except Unconfirmed as error:
            return self._receipt(entry, Outcome.UNVERIFIED, error.what)
        except DeviceError as error:
            if may_pass(error):
                raise
            return self._receipt(entry, Outcome.FAILED, error.what)
        return self._receipt(entry, Outcome.RESTORED)

    def _release_objects(self, entries: Sequence[TakenObject], attempt: int) -> Mapping[Entry, Receipt]:
        """A receipt for each, for all of its places: the one that failed, or that of its own place."""
        found = places_of(self._reach.client(), entries, self._names)
        places = [self._looked_through(place, found) for place in found]
        told = dict(self._at_places(places, attempt))
        receipts: dict[Entry, Receipt] = {}
        for place in places:
            if place.entry not in receipts or told[place].outcome is Outcome.FAILED:
                receipts[place.entry] = told[place]
        return receipts

    def _at_places(self, places: Sequence[Place], attempt: int) -> Iterator[tuple[Place, Receipt]]:
        writes: dict[Place, Write] = {}
        for place in places:
            # Told however often the connection is lost after the write: it is all that will be known of it.
            self._first_found.setdefault((place.entry, place.ref), shown(place.entry, place.state))
            self._note_doubt(place)
            verdict = Outcome.FAILED if place.doubt else self._verdicts.judge(place.entry, place.state, place.ref)
            if isinstance(verdict, Outcome):
                note = place.doubt or _UNTOLD if verdict is Outcome.FAILED else place.note
                if verdict is Outcome.LEFT_ALONE:
                    note = self._put_fault_back(place) or note
                yield place, self._receipt_at(place, verdict, note, place.state)
            else:
                writes[place] = replace(verdict, ref=place.ref)
        yield from self._undo(writes, attempt)

    def _undo(self, writes: Mapping[Place, Write], attempt: int) -> Iterator[tuple[Place, Receipt]]:
        if not writes:
            return
        orders = tuple(writes.values())
        first = [put for one in writes if (put := self._verdicts.reliability(one.entry, one.state, one.ref))]
        if attempt == 0:
            errors = self._at_once([*first, *orders])[len(first) :]
        else:
            for put in first:
                self._at_once([put])
            errors = self._one_by_one(writes)
        after = self._reach.client().survey([place.ref for place in writes])
        for place, error in zip(writes, errors, strict=True):
            state = after[place.ref]
            outcome = self._plain.outcome(place.entry, state) or verified(as_found(place.entry, place.state), state)
            if error and outcome is Outcome.UNVERIFIED:
                outcome = Outcome.FAILED
            self._verdicts.note(place.entry, after[place.ref])
            note = place.note or self._doubts.get(place.entry, "") or self._plain.doubts.get(place.entry, "")
            note = note or lost_fault(place.entry, state)
            if outcome is Outcome.FAILED:
                note = error or f"asked for {state_before(place.entry)}, it is {shown(place.entry, after[place.ref])}"
            yield place, self._receipt_at(place, outcome, note, after[place.ref])

    def _put_fault_back(self, place: Place) -> str:
        """The value alone is somebody else's: what stands over an input's fault is ours. Why it stays, in words."""
        put = self._verdicts.reliability(place.entry, place.state, place.ref)
        error = self._at_once([put])[0] if put is not None else ""
        return error and f"somebody else has forced it, and its fault is not put back: {error}"

    def _at_once(self, writes: Sequence[Write]) -> list[str]:
        results = self._reach.client().write_values_from_endpoints(writes)
        return [result.error.what if result.error is not None else "" for result in results]

    def _one_by_one(self, writes: Mapping[Place, Write]) -> list[str]:
        """The thorough way: a relinquish with every form that a firmware may want."""
        errors: list[str] = []
        for place, write in writes.items():
            if write.value is not None or write.priority is None:
                errors += self._at_once([write])
                continue
            try:
                self._reach.client().relinquish(write.ref, write.priority)
                errors.append("")
            except ObjectError as error:
                errors.append(self._plain.put_back(place, error.what))
        return errors

    def _receipt_at(self, place: Place, outcome: Outcome, note: str, after: ObjectState) -> Receipt:
        found = self._first_found[place.entry, place.ref]
        return self._receipt(place.entry, outcome, note, found, shown(place.entry, after))

    def _receipt(self, entry: Entry, outcome: Outcome, note: str = "", found: str = "", after: str = "") -> Receipt:
        return Receipt(self.device, described(entry), outcome, note, state_before(entry), found, after or found)

    def _is_open(self, entry: Entry) -> bool:
        receipt = self._receipts.get(entry)
        return receipt is None or receipt.outcome is Outcome.FAILED

    def _looked_through(self, place: Place, found: Sequence[Place]) -> Place:
        """Where nobody bears the name any more, another name may be our object's: a value in doubt is not passed over.

        Nor is it taken away, as it may be another object: somebody has to look.
        """
        is_strange = is_stranger(place.entry, place.state)
        doubt = self._verdicts.doubt(place.entry, place.state, place.ref) if is_strange else ""
        if not doubt or any(other.entry == place.entry and other is not place for other in found):
            return place
        if isinstance(self._verdicts.judge(place.entry, place.state, place.ref), Write):
            return place
        return replace(place, doubt=f"it is named {place.state.name} now and is not touched: {doubt}")

    def _note_doubt(self, place: Place) -> None:
        """A value that may be somebody else's is in the log before it is gone: we may be killed before any receipt."""
        doubt = self._verdicts.doubt(place.entry, place.state, place.ref)
        if doubt and not (place.doubt or place.entry in self._doubts):
            self._doubts[place.entry] = doubt
            log.info("%s %s: %s", self.device, described(place.entry), doubt)

    def _say_once(self, error: BridgeError) -> None:
        if not self._has_said:
            log.warning("%s: %s; giving back is tried again", self.device, _words(error))
            self._has_said = True


def _words(error: BridgeError) -> str:
    what = error.what if isinstance(error, DeviceError) else str(error)
    asked_s = error.retry_after_s if isinstance(error, DeviceUnreachable) else 0.0
    return f"{what}; it asks to be left alone for {asked_s:g} s" if asked_s else what
