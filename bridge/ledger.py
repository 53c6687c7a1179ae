"""What was taken from the controllers, with what was there before, and what has been sent since.

Two layers: *taken and given back* is rare and has to be durable before the controller is touched; *sent* happens at
every write and only has to survive this process. Where they are kept is the store's business.
"""

from __future__ import annotations

import struct
import threading
from collections import defaultdict, deque
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from utils.values import ObjectRef, PointValue

_KEPT_VALUES = 64
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
class TakenClock:
    """Zone, clock and NTP of a controller."""

    device: str
    time_zone: str
    ntp_enabled: bool


TakenObject: TypeAlias = TakenSlot | TakenInput
Entry: TypeAlias = TakenObject | TakenClock


class LedgerStore(Protocol):
    """Where entries are kept. ``take`` returns only when the entry is as durable as the store can make it."""

    def take(self, entry: Entry) -> None:
        """Keep an entry. Raises :class:`utils.errors.BridgeError` where it cannot, and then nothing may be written."""

    def give_back(self, entry: Entry) -> None:
        """The entry has been undone."""

    def sent(self, device: str, ref: ObjectRef, value: PointValue) -> None:
        """This value is about to be sent."""


class MemoryStore:
    """Keeps nothing beyond this process."""

    def take(self, entry: Entry) -> None:
        """Nothing to do: the ledger itself remembers."""

    def give_back(self, entry: Entry) -> None:
        """Nothing to do: the ledger itself forgets."""

    def sent(self, device: str, ref: ObjectRef, value: PointValue) -> None:
        """Nothing to do: the ledger itself remembers."""


class Ledger:
    """The open entries, and the values by which we recognise our own writes."""

    def __init__(self, store: LedgerStore | None = None) -> None:
        self._store = store or MemoryStore()
        self._open: dict[Entry, None] = {}
        self._sent: dict[tuple[str, ObjectRef], deque[PointValue]] = defaultdict(lambda: deque(maxlen=_KEPT_VALUES))
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

    def take(self, entry: Entry) -> None:
        """Enter something before it is taken."""
        self._store.take(entry)
        with self._lock:
            self._open[entry] = None

    def give_back(self, entry: Entry) -> None:
        """Close an entry that has been undone."""
        with self._lock:
            self._open.pop(entry, None)
        self._store.give_back(entry)

    def sent(self, device: str, ref: ObjectRef, value: PointValue) -> None:
        """Note a value before it is sent: it is ours if it is found later, whether or not an answer came."""
        self._store.sent(device, ref, value)
        with self._lock:
            values = self._sent[device, ref]
            if not values or values[-1] != value:
                values.append(value)

    def has_sent(self, device: str, ref: ObjectRef) -> bool:
        """Whether any value has been sent to this object."""
        with self._lock:
            return (device, ref) in self._sent

    def is_ours(self, device: str, ref: ObjectRef, value: PointValue | None) -> bool:
        """Whether a value found in a controller may be one that we sent, as the controller stores it (REAL32)."""
        if value is None:
            return False
        with self._lock:
            return any(same_as_stored(value, sent) for sent in self._sent.get((device, ref), ()))


def same_as_stored(found: PointValue, sent: PointValue) -> bool:
    """Whether two values are the same once a controller has stored them in single precision."""
    return as_real32(found) == as_real32(sent)


def as_real32(value: PointValue) -> float:
    """The value as a controller keeps it. Raises ``OverflowError`` for what single precision cannot hold."""
    real: float = struct.unpack("<f", struct.pack("<f", float(value)))[0]
    return real
