"""What was taken from the controllers, with what was there before, and what has been sent since.

Two layers: *taken and given back* is rare and has to be durable before the controller is touched; *sent* happens at
every write and only has to survive this process. Where they are kept is the store's business.
"""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from utils.values import ObjectRef, PointValue, same_as_stored

KEPT_VALUES = 64
"""Values remembered per object. A stale read may show one that is some writes old."""


@dataclass(frozen=True, slots=True)
class TakenSlot:
    """A slot of a priority array. ``before`` is None where it was empty."""

    device: str
    ref: ObjectRef
    name: str
    priority: int
    before: PointValue | None


@dataclass(frozen=True, slots=True)
class TakenInput:
    """An input that we force. ``before`` is the value that it showed."""

    device: str
    ref: ObjectRef
    name: str
    was_out_of_service: bool
    before: PointValue | None


@dataclass(frozen=True, slots=True)
class TakenOutput:
    """An output that we take out of service, so that its terminal does not follow the simulation."""

    device: str
    ref: ObjectRef
    name: str
    was_out_of_service: bool


@dataclass(frozen=True, slots=True)
class TakenClock:
    """Zone, clock and NTP of a controller."""

    device: str
    time_zone: str
    ntp_enabled: bool


TakenObject: TypeAlias = TakenSlot | TakenInput | TakenOutput
Entry: TypeAlias = TakenObject | TakenClock


class LedgerStore(Protocol):
    """Where entries are kept. Used by several threads."""

    def take(self, entries: Sequence[Entry]) -> None:
        """Keep entries, as durably as the store can before returning.

        Raises :class:`utils.errors.BridgeError` where it cannot, and then nothing may be written to a controller.
        """

    def refuse_claimed(self, entries: Sequence[Entry]) -> None:
        """Raises :class:`utils.errors.ConfigError` when another process on this computer has one of them."""

    def give_back(self, entries: Sequence[Entry]) -> None:
        """The entries have been undone."""

    def sent(self, device: str, ref: ObjectRef, value: PointValue) -> None:
        """This value is about to be sent."""

    def close(self) -> None:
        """Nothing more will be entered."""


class MemoryStore:
    """Keeps nothing beyond this process: the ledger itself remembers."""

    def take(self, entries: Sequence[Entry]) -> None:
        """Nothing to do."""

    def refuse_claimed(self, entries: Sequence[Entry]) -> None:
        """Nobody else can be seen from here."""

    def give_back(self, entries: Sequence[Entry]) -> None:
        """Nothing to do."""

    def sent(self, device: str, ref: ObjectRef, value: PointValue) -> None:
        """Nothing to do."""

    def close(self) -> None:
        """Nothing to do."""


class Ledger:
    """The open entries, and the values by which we recognise our own writes.

    ``knows_values`` is False where the values that were sent last have been lost (a power cut): then everything that
    is found in something of ours counts as ours.
    """

    def __init__(self, store: LedgerStore | None = None, *, knows_values: bool = True) -> None:
        self.knows_values = knows_values
        self._store = store or MemoryStore()
        self._open: dict[Entry, None] = {}
        self._sent: dict[tuple[str, ObjectRef], deque[PointValue]] = defaultdict(lambda: deque(maxlen=KEPT_VALUES))
        self._lock = threading.Lock()

    @property
    def open_entries(self) -> tuple[Entry, ...]:
        """What has not been given back, oldest first."""
        with self._lock:
            return tuple(self._open)

    def holds(self, device: str, ref: ObjectRef) -> bool:
        """Whether this object has been entered."""
        return any(
            not isinstance(entry, TakenClock) and (entry.device, entry.ref) == (device, ref)
            for entry in self.open_entries
        )

    def holds_clock(self, device: str) -> bool:
        """Whether this controller's clock has been entered."""
        return any(isinstance(entry, TakenClock) and entry.device == device for entry in self.open_entries)

    def refuse_claimed(self, *entries: Entry) -> None:
        """Raises :class:`utils.errors.ConfigError` when another process on this computer has one of them."""
        self._store.refuse_claimed(entries)

    def take(self, *entries: Entry) -> None:
        """Enter things before they are taken."""
        if entries:
            self._store.take(entries)
        with self._lock:
            self._open.update(dict.fromkeys(entries))

    def restore(self, entries: Mapping[Entry, Iterable[PointValue]]) -> None:
        """Enter what an earlier process took, with the values that it sent last."""
        for entry, values in entries.items():
            self._open[entry] = None
            if not isinstance(entry, TakenClock):
                self._sent[entry.device, entry.ref].extend(values)

    def copy(self) -> Ledger:
        """The same entries and values, kept nowhere but in memory."""
        copied = Ledger(knows_values=self.knows_values)
        with self._lock:
            copied._open, copied._sent = dict(self._open), deepcopy(self._sent)
        return copied

    def give_back(self, *entries: Entry) -> None:
        """Close entries that have been undone."""
        with self._lock:
            for entry in entries:
                self._open.pop(entry, None)
        if entries:
            self._store.give_back(entries)

    def sent(self, device: str, ref: ObjectRef, value: PointValue) -> None:
        """Note a value before it is sent: it is ours if it is found later, whether or not an answer came."""
        with self._lock:
            values = self._sent[device, ref]
            if values and values[-1] == value:
                return
            values.append(value)
        self._store.sent(device, ref, value)

    def close(self) -> None:
        """Nothing more will be entered by this process; what is open stays on record."""
        self._store.close()

    def has_sent(self, device: str, ref: ObjectRef) -> bool:
        """Whether a value may have been sent to this object."""
        with self._lock:
            return not self.knows_values or bool(self._sent.get((device, ref)))

    def is_ours(self, device: str, ref: ObjectRef, value: PointValue | None) -> bool:
        """Whether a value found in a controller may be one that we sent, as the controller stores it (REAL32)."""
        if value is None or not self.knows_values:
            return value is not None
        with self._lock:
            return any(same_as_stored(value, sent) for sent in self._sent.get((device, ref), ()))
