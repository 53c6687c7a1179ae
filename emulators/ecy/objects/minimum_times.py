"""Minimum on and off times of binary objects: each holds itself in slot 6 (ASHRAE 135, clause 19.2.3)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

from emulators.ecy.objects import objects
from emulators.ecy.objects.database import Change, ObjectDatabase
from emulators.ecy.objects.objects import BacnetObject
from utils.values import ObjectRef, ObjectType

MINIMUM_TIMES_SLOT = 6
HAVE_MINIMUM_TIMES = frozenset({ObjectType.BINARY_OUTPUT, ObjectType.BINARY_VALUE})


class MinimumTimes:
    """Those of all such objects of one controller, in s of its own time; None or 0 for none.

    A present-value that changes is held in slot 6 until its time is over; what happens then waits in the other slots.
    """

    def __init__(
        self, database: ObjectDatabase, elapsed_s: Callable[[], float], on_s: int | None, off_s: int | None
    ) -> None:
        self._database = database
        self._elapsed_s = elapsed_s
        self._minimum_s = {1.0: on_s or 0, 0.0: off_s or 0}
        self._until_s: dict[ObjectRef, float] = {}
        self._lock = threading.Lock()
        if any(self._minimum_s.values()):
            database.subscribe(self._changed)

    def look(self) -> None:
        """Give slot 6 back where its time is over."""
        with self._lock:
            now_s = self._elapsed_s()
            over = [ref for ref, until_s in self._until_s.items() if until_s <= now_s]
            for ref in over:
                del self._until_s[ref]
        for ref in over:
            if self._database.has(ref):
                self._database.update(ref, partial(_held_as, state=None))

    def _changed(self, change: Change) -> None:
        old, new = change.old, change.new
        if old is None or new is None or new.ref.object_type not in HAVE_MINIMUM_TIMES:
            return
        state = new.present_value
        if old.present_value == state:
            return
        minimum_s = self._minimum_s[state]
        with self._lock:
            self._until_s.pop(new.ref, None)
            if minimum_s:
                self._until_s[new.ref] = self._elapsed_s() + minimum_s
        self._database.update(new.ref, partial(_held_as, state=state if minimum_s else None))


def _held_as(target: BacnetObject, state: float | None) -> BacnetObject:
    return objects.commanded(target, state, MINIMUM_TIMES_SLOT)
