"""Reads of objects by a front end: as they are, or as they were a moment ago (ecy-rest-api §16, §17 row 29)."""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from collections.abc import Callable

from emulators.ecy.faults.fault import Faults
from emulators.ecy.objects.database import Change, ObjectDatabase
from emulators.ecy.objects.objects import BacnetObject
from utils.values import ObjectRef


class ObjectReader:
    """Looks objects up, ``lag_s`` late, as ``faults`` let a client see them.

    ``before_value`` is told before a present-value is looked up.
    """

    def __init__(
        self,
        database: ObjectDatabase,
        lag_s: float,
        monotonic: Callable[[], float],
        before_value: Callable[[ObjectRef], None],
        faults: Faults,
    ) -> None:
        self._database = database
        self._lag_s = lag_s
        self._monotonic = monotonic
        self._before_value = before_value
        self._faults = faults
        self._lock = threading.Lock()
        self._past: defaultdict[ObjectRef, deque[tuple[float, BacnetObject]]] = defaultdict(deque)
        if lag_s > 0:
            database.subscribe(self._remember)

    def get(self, ref: ObjectRef) -> BacnetObject:
        """The object as a client sees it now. Raises Refusal when it does not exist."""
        return self._faults.on_read(self._seen(ref), of_value=False)

    def for_value(self, ref: ObjectRef) -> BacnetObject:
        """The object, for its present-value. Raises Refusal when it does not exist."""
        self._before_value(ref)
        return self._faults.on_read(self._seen(ref), of_value=True)

    def _seen(self, ref: ObjectRef) -> BacnetObject:
        target = self._database.get(ref)
        return self._as_it_was(target) if self._lag_s > 0 else target

    def _remember(self, change: Change) -> None:
        if change.old is not None:
            with self._lock:
                self._still_seen(change.old.ref).append((self._monotonic(), change.old))

    def _as_it_was(self, target: BacnetObject) -> BacnetObject:
        with self._lock:
            past = self._still_seen(target.ref)
            return past[0][1] if past else target

    def _still_seen(self, ref: ObjectRef) -> deque[tuple[float, BacnetObject]]:
        """States that were replaced less than the lag ago, oldest first."""
        past = self._past[ref]
        while past and past[0][0] <= self._monotonic() - self._lag_s:
            past.popleft()
        return past
