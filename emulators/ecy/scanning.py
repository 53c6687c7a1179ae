"""When a control program is scanned: by a thread as time goes by, or by the exchange with a client."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from emulators.states import Fields, SavedStateError
from utils.values import ObjectRef, ObjectType

_CATCH_UP_LIMIT_S = 5.0
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WallScan:
    """A scan every ``period_s`` of controller time, which runs ``scale`` times as fast as the wall clock."""

    period_s: float = 1.0
    scale: float = 1.0


FrontEnd: TypeAlias = Literal["rest", "bacnet"]


@dataclass(frozen=True, slots=True)
class ExchangeScan:
    """Controller time stands still but for an exchange, which passes ``step_s`` in scans of ``period_s``.

    An exchange is a batch, or several in a row, that writes objects and then reads present-values: the scans run
    between its last write and the first read after it. Reading a present-value again begins a new exchange. Over
    BACnet, a batch is a ReadPropertyMultiple. What clients do at the other front end passes no time; with ``either``
    it does, for controllers of which each has clients at one of them only.
    """

    step_s: float
    period_s: float = 1.0
    over: FrontEnd | Literal["either"] = "rest"


ScanMode: TypeAlias = WallScan | ExchangeScan


class WallScanner:
    """Calls ``scan`` with the period, on absolute deadlines of ``monotonic``, from one named thread.

    Late scans are made up for one after the other; what is more than 5 s of wall time late is skipped.
    """

    def __init__(
        self, scan: Callable[[float], None], mode: WallScan, monotonic: Callable[[], float], thread_name: str
    ) -> None:
        self._scan = scan
        self._period_s = mode.period_s
        self._interval_s = mode.period_s / mode.scale
        self._monotonic = monotonic
        self._changed = threading.Condition()
        self._stopping = False
        self._due = 0.0
        self._thread = threading.Thread(target=self._run, name=thread_name)

    def start(self) -> None:
        """Scan for the first time one period from now."""
        self._due = self._monotonic() + self._interval_s
        self._thread.start()

    def stop(self) -> None:
        """End after the scan in progress and join the thread."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        if self._thread.is_alive():
            self._thread.join()

    def wake(self) -> None:
        """Look at the clock again, for whoever drives ``monotonic``."""
        with self._changed:
            self._changed.notify_all()

    def _run(self) -> None:
        while self._wait_until_due():
            self._scan(self._period_s)
            self._due += self._interval_s
            self._skip_what_is_lost()

    def _wait_until_due(self) -> bool:
        with self._changed:
            while not self._stopping and (wait_s := self._due - self._monotonic()) > 0:
                self._changed.wait(wait_s)
            return not self._stopping

    def _skip_what_is_lost(self) -> None:
        late_s = self._monotonic() - self._due
        if late_s > _CATCH_UP_LIMIT_S:
            log.warning("%s skips scans of %.1f s", self._thread.name, late_s)
            self._due = self._monotonic()


class ScanTrigger:
    """Told what a client does, in the server's thread. By itself it triggers nothing."""

    def written(self) -> None:
        """An object was written."""

    def arm(self) -> None:
        """A batch has only reads left."""

    def disarm(self) -> None:
        """A batch has ended."""

    def before_value(self, ref: ObjectRef) -> None:
        """A present-value is about to be read."""

    def remember(self) -> dict[str, object]:
        """For a state: how far an exchange has come."""
        return {}

    def prepare(self, state: Fields) -> Callable[[], None]:
        """The way back to a state. Raises SavedStateError; nothing has changed yet."""
        return lambda: None


class ExchangeTrigger(ScanTrigger):
    """Runs the scans of a step where :class:`ExchangeScan` says."""

    def __init__(self, mode: ExchangeScan, pass_time: Callable[[float], None]) -> None:
        self._scans = max(1, round(mode.step_s / mode.period_s))
        self._scan_s = mode.step_s / self._scans
        self._pass_time = pass_time
        self._new_writes = True
        self._seen: set[ObjectRef] = set()
        self._in_batch = False
        self._undecided = False

    def written(self) -> None:
        """The next reads of a batch answer to this."""
        self._new_writes = True

    def arm(self) -> None:
        """The batch's first present-value from now on decides whether an exchange begins."""
        self._in_batch = self._undecided = True

    def disarm(self) -> None:
        """Single reads never begin an exchange."""
        self._in_batch = self._undecided = False

    def before_value(self, ref: ObjectRef) -> None:
        """Let the step pass if this read needs it."""
        if self._undecided and (self._new_writes or ref in self._seen):
            self._step()
        if self._in_batch:
            self._undecided = False
            self._seen.add(ref)

    def remember(self) -> dict[str, object]:
        """Whether the next read begins an exchange, and which would because they were made already."""
        seen = sorted((ref.object_type.value, ref.instance) for ref in self._seen)
        return {"new_writes": self._new_writes, "seen": [f"{kind} {instance}" for kind, instance in seen]}

    def prepare(self, state: Fields) -> Callable[[], None]:
        """The way back to a state; one of a controller that was scanned by the clock has nothing to say."""
        if not state.has("seen"):
            return lambda: None
        new_writes, seen = state.truth("new_writes"), {_ref(told) for told in state.texts("seen")}

        def go_back() -> None:
            self._new_writes, self._seen = new_writes, seen

        return go_back

    def _step(self) -> None:
        self._new_writes = False
        self._seen.clear()
        for _ in range(self._scans):
            self._pass_time(self._scan_s)


def _ref(told: str) -> ObjectRef:
    kind, _, instance = told.partition(" ")
    if kind not in set(ObjectType) or not instance.isdecimal():
        raise SavedStateError(f"{told[:80]!a} is no object")
    return ObjectRef(ObjectType(kind), int(instance))
