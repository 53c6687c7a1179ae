"""What was taken from the controllers, with what was there before, and what has been sent since.

Two layers: *taken and given back* is rare and has to be durable before the controller is touched; *sent* happens at
every write and only has to survive this process. Where they are kept is the store's business.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from typing import Protocol, TypeAlias

from ledger.entries import Entry, TakenClock
from ledger.storage import Storage
from ledger.watched import Judgement, Remembered, Watched
from utils.values import ObjectRef, PointValue

_Thing: TypeAlias = tuple[str, ObjectRef | None]
"""A controller's object; its clock without one."""


class LedgerStore(Protocol):
    """Where entries are kept. Used by several threads."""

    def take(self, entries: Sequence[Entry]) -> None:
        """Keep entries, as durably as the store can before returning.

        Raises :class:`utils.errors.BridgeError` where it cannot, and then nothing may be written to a controller.
        """

    def refuse_claimed(self, entries: Sequence[Entry]) -> None:
        """Raises :class:`utils.errors.ConfigError` when another process on this computer has one of them."""

    def others(self) -> Iterable[tuple[int, Entry]]:
        """What other processes on this computer have taken, with their process ids.

        Raises :class:`utils.errors.BridgeError` where that cannot be known.
        """

    def give_back(self, entries: Sequence[Entry]) -> None:
        """The entries have been undone."""

    def sent(self, device: str, values: Mapping[ObjectRef, PointValue]) -> None:
        """These values are about to be sent. Raises :class:`utils.errors.BridgeError` where they must not be."""

    def stored(self, device: str, ref: ObjectRef, storage: Storage) -> None:
        """This is how an object stores what it is sent, as far as it is known now. Raises like :meth:`sent`."""

    def close(self) -> None:
        """Nothing more will be entered."""


class MemoryStore:
    """Keeps nothing beyond this process: the ledger itself remembers."""

    def take(self, entries: Sequence[Entry]) -> None:
        """Nothing to do."""

    def refuse_claimed(self, entries: Sequence[Entry]) -> None:
        """Nobody else can be seen from here."""

    def others(self) -> Iterable[tuple[int, Entry]]:
        """As in :meth:`refuse_claimed`."""
        return ()

    def give_back(self, entries: Sequence[Entry]) -> None:
        """Nothing to do."""

    def sent(self, device: str, values: Mapping[ObjectRef, PointValue]) -> None:
        """Nothing to do."""

    def stored(self, device: str, ref: ObjectRef, storage: Storage) -> None:
        """Nothing to do."""

    def close(self) -> None:
        """Nothing to do."""


class Ledger:
    """The open entries, and what tells our own values from other people's.

    ``knows_values`` is False where the values that were sent last have been lost (a power cut): then everything that
    is found in something of ours may be ours. ``now`` is monotonic time in s.
    """

    def __init__(
        self,
        store: LedgerStore | None = None,
        *,
        knows_values: bool = True,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.knows_values = knows_values
        self._store = store or MemoryStore()
        self._now = now
        self._open: dict[Entry, None] = {}
        self._of_thing: dict[_Thing, list[Entry]] = defaultdict(list)
        self._watched: dict[tuple[str, ObjectRef], Watched] = {}
        self._lock = threading.Lock()

    @property
    def open_entries(self) -> tuple[Entry, ...]:
        """What has not been given back, oldest first."""
        with self._lock:
            return tuple(self._open)

    def entries_of(self, device: str, ref: ObjectRef | None) -> tuple[Entry, ...]:
        """What has been taken of one object and not been given back; of the controller's clock without ``ref``."""
        with self._lock:
            return tuple(self._of_thing.get((device, ref), ()))

    def holds(self, device: str, ref: ObjectRef) -> bool:
        """Whether this object has been entered."""
        return bool(self.entries_of(device, ref))

    def holds_clock(self, device: str) -> bool:
        """Whether this controller's clock has been entered."""
        return bool(self.entries_of(device, None))

    def refuse_claimed(self, *entries: Entry) -> None:
        """Raises :class:`utils.errors.ConfigError` when another process on this computer has one of them."""
        self._store.refuse_claimed(entries)

    def others(self) -> tuple[tuple[int, Entry], ...]:
        """What other processes on this computer have taken, with their process ids.

        Raises :class:`utils.errors.BridgeError` where that cannot be known.
        """
        return tuple(self._store.others())

    def take(self, *entries: Entry) -> None:
        """Enter things before they are taken."""
        if entries:
            self._store.take(entries)
        with self._lock:
            self._enter(entries)

    def restore(self, entries: Mapping[Entry, Remembered | None]) -> None:
        """Enter what an earlier process took, with what is remembered of each object; None where that is lost."""
        self._enter(entries)
        for entry, remembered in entries.items():
            if not isinstance(entry, TakenClock):
                self._watched[entry.device, entry.ref] = _watched(entry.device, entry.ref, remembered)

    def copy(self) -> Ledger:
        """The same entries and values, kept nowhere but in memory."""
        copied = Ledger(knows_values=self.knows_values)
        with self._lock:
            copied._enter(self._open)
            copied._watched = deepcopy(self._watched)
        return copied

    def give_back(self, *entries: Entry) -> None:
        """Close entries that have been undone."""
        with self._lock:
            for entry in entries:
                if entry in self._open:
                    del self._open[entry]
                    self._of_thing[_thing(entry)].remove(entry)
        if entries:
            self._store.give_back(entries)

    def sent(self, device: str, ref: ObjectRef, value: PointValue) -> None:
        """As :meth:`sent_all`, of one value."""
        self.sent_all(device, {ref: value})

    def sent_all(self, device: str, values: Mapping[ObjectRef, PointValue]) -> None:
        """Note values before they are sent: they are ours if found later, whether or not an answer came.

        Raises :class:`utils.errors.BridgeError` where they cannot be noted; then none may be sent.
        """
        with self._lock:
            news = {ref: value for ref, value in values.items() if self._of(device, ref).send(value)}
        if news:
            self._store.sent(device, news)

    def saw(self, device: str, ref: ObjectRef, found: PointValue | None) -> None:
        """Tell what stands in our slot, or in an input that we force, whenever it has been read: storage is learned.

        Raises like :meth:`sent`.
        """
        with self._lock:
            watched = self._watched.get((device, ref))
            if found is None or watched is None or not watched.saw(found, self._now()):
                return
            storage = watched.storage
        self._store.stored(device, ref, storage)

    def close(self) -> None:
        """Nothing more will be entered by this process; what is open stays on record."""
        self._store.close()

    def has_sent(self, device: str, ref: ObjectRef) -> bool:
        """Whether a value may have been sent to this object."""
        with self._lock:
            watched = self._watched.get((device, ref))
            return not self.knows_values or (watched is not None and watched.may_have_been_sent)

    def judge(self, device: str, ref: ObjectRef, found: PointValue) -> Judgement:
        """Whose value it is that was found in our slot, or in an input that we force."""
        if not self.knows_values:
            return Judgement.IN_DOUBT
        with self._lock:
            watched = self._watched.get((device, ref))
            return Judgement.THEIRS if watched is None else watched.judge(found)

    def _enter(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            if entry not in self._open:
                self._open[entry] = None
                self._of_thing[_thing(entry)].append(entry)

    def _of(self, device: str, ref: ObjectRef) -> Watched:
        watched = self._watched.get((device, ref))
        if watched is None:
            watched = self._watched[device, ref] = _watched(device, ref, Remembered())
        return watched

    def to_send(self, device: str, ref: ObjectRef, stored: PointValue) -> PointValue:
        """What has to be sent for a value to stand there as it was found before."""
        with self._lock:
            watched = self._watched.get((device, ref))
            return stored if watched is None else watched.storage.to_send(stored)


def _thing(entry: Entry) -> _Thing:
    return entry.device, None if isinstance(entry, TakenClock) else entry.ref


def _watched(device: str, ref: ObjectRef, remembered: Remembered | None) -> Watched:
    return Watched(f"{device} {ref}", remembered, is_exact=not ref.bacnet_type.is_analog)
