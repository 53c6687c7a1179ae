"""Misbehaviour between what a controller is sent, what it stores and what it tells; for its faults.

Refusals aside, they are about numbers: binary and multi-state objects are stored and told as they are sent. Only
clients, over REST and BACnet alike, meet them; the control program and whoever works on the database find what is
stored.
"""

from __future__ import annotations

import math
import threading
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace

from emulators.ecy.faults.fault import Fault
from emulators.ecy.objects.database import ObjectDatabase
from emulators.ecy.objects.objects import BacnetObject
from emulators.ecy.objects.storage import StorageQuirk
from emulators.ecy.refusals import WRITE_ACCESS_DENIED, Reason, Refusal
from utils.values import ObjectRef


class FailWrites(Fault):
    """Writes to objects with these names are refused."""

    def __init__(self, names: Collection[str], reason: Reason = WRITE_ACCESS_DENIED) -> None:
        self._names = frozenset(names)
        self._reason = reason

    def on_write(self, target: BacnetObject) -> None:
        """Refuse the write."""
        if target.name in self._names:
            raise Refusal(self._reason, target.name)


class _OfObjects(Fault):
    """Concerns the analog objects with these names; None is all of them."""

    def __init__(self, names: Collection[str] | None) -> None:
        self._names = None if names is None else frozenset(names)

    def _concerns(self, target: BacnetObject) -> bool:
        return target.ref.object_type.is_analog and (self._names is None or target.name in self._names)


class Stores(_OfObjects):
    """What clients send to slots, and to inputs that are out of service, is stored in another form."""

    def __init__(self, storage: StorageQuirk, names: Collection[str] | None = None) -> None:
        super().__init__(names)
        self._storage = storage

    def storage_of(self, target: BacnetObject) -> StorageQuirk | None:
        """The form, for the objects that it is for."""
        return self._storage if self._concerns(target) else None


class Sticks(_OfObjects):
    """What clients send is stored until it has changed ``after`` times; then it is acknowledged and forgotten."""

    def __init__(self, after: int, names: Collection[str] | None = None) -> None:
        super().__init__(names)
        self._after = after
        self._lock = threading.Lock()
        self._values: dict[ObjectRef, list[float]] = {}

    def storage_of(self, target: BacnetObject) -> StorageQuirk | None:
        """Nothing is stored any more once it has changed often enough."""
        if not self._concerns(target):
            return None
        with self._lock:
            values = self._values.setdefault(target.ref, [target.present_value])
            if target.present_value != values[-1]:
                values.append(target.present_value)
            return StorageQuirk(ignores=True) if len(values) > self._after else None


class Crosses(Fault):
    """Two inputs of the same kind, out of service or not, show each other's present-value."""

    def __init__(self, objects: ObjectDatabase, one: str, other: str) -> None:
        self._objects = objects
        self._others = {one: other, other: one}

    def on_read(self, target: BacnetObject, *, of_value: bool) -> BacnetObject:
        """The object with what the other one holds."""
        other = self._others.get(target.name)
        return target if other is None else replace(target, shown=self._objects.named(other).present_value)


class TellsNoNumber(Fault):
    """The present-values of objects with these names are told as NaN."""

    def __init__(self, names: Collection[str]) -> None:
        self._names = frozenset(names)

    def on_read(self, target: BacnetObject, *, of_value: bool) -> BacnetObject:
        """The object as a sensor would make it that reports no number."""
        return replace(target, shown=math.nan) if target.name in self._names else target


class Wanders(_OfObjects):
    """What is read back of slots, and of inputs that are out of service, moves by up to ``by``: no two reads agree."""

    def __init__(self, by: float = 0.5, names: Collection[str] | None = None) -> None:
        super().__init__(names)
        self._by = by
        self._lock = threading.Lock()
        self._reads: Counter[ObjectRef] = Counter()

    def on_read(self, target: BacnetObject, *, of_value: bool) -> BacnetObject:
        """The object with everything moved that was written."""
        if not self._concerns(target):
            return target
        with self._lock:
            self._reads[target.ref] += 1
            moved = self._by * math.sin(self._reads[target.ref])
        slots = tuple(None if slot is None else slot + moved for slot in target.slots)
        return replace(target, slots=slots, held=target.held + moved)


@dataclass(slots=True)
class _Way:
    """From what an object shows to what it is to show, in so many reads."""

    shown: float
    goal: float
    left: int = 0

    def lead_to(self, goal: float, reads: int) -> None:
        if goal != self.goal:
            self.goal, self.left = goal, reads

    def go_on(self) -> None:
        if self.left:
            self.shown += (self.goal - self.shown) / self.left
            self.left -= 1


class Ramps(_OfObjects):
    """The present-value that is told follows a change slowly, and is there with the ``reads``-th read of it.

    The priority array tells the slot at once.
    """

    def __init__(self, reads: int = 5, names: Collection[str] | None = None) -> None:
        super().__init__(names)
        self._steps = reads
        self._lock = threading.Lock()
        self._ways: dict[ObjectRef, _Way] = {}

    def on_write(self, target: BacnetObject) -> None:
        """Remember where the present-value was."""
        if self._concerns(target):
            with self._lock:
                self._way_of(target)

    def on_read(self, target: BacnetObject, *, of_value: bool) -> BacnetObject:
        """The object with its present-value on the way; only a read of that moves it on."""
        if not self._concerns(target):
            return target
        with self._lock:
            way = self._way_of(target)
            way.lead_to(target.present_value, self._steps)
            if of_value:
                way.go_on()
            return replace(target, shown=way.shown) if way.left else target

    def _way_of(self, target: BacnetObject) -> _Way:
        value = target.present_value
        return self._ways.setdefault(target.ref, _Way(value, value))
