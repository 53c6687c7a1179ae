"""A selected test: its engine lives on a thread of its own and answers calls one after another, as they came."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from math import inf
from queue import Empty, SimpleQueue
from threading import Event, Lock, Thread

from emulators.boptest.case.testcase import CaseEngine
from emulators.boptest.faults import BoptestFault
from emulators.boptest.overview import QUEUED, RUNNING, RunLook
from emulators.boptest.replies import UNEXPECTED, Json, StoppedError
from utils.errors import BridgeError

log = logging.getLogger(__name__)

_LOOK_EVERY_S = 0.1
"""Between two looks at the clock, which need not be the host's."""


@dataclass(frozen=True, slots=True)
class MethodCall:
    """One request to a test, by the worker's name of the method."""

    method: str
    params: Json
    fault: BoptestFault


@dataclass(frozen=True, slots=True)
class Answered:
    """An encoded answer. ``counts`` says whether it keeps the test alive."""

    status: int
    body: bytes
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Work:
    """What a run has to do: how its engine comes to be, how a call is answered, how long it waits for one.

    ``start`` takes what a simulation asks whether it has to give up; ``tell`` takes lines for whoever runs the server.
    """

    case: str
    start: Callable[[Callable[[], bool]], CaseEngine]
    answer: Callable[[CaseEngine, MethodCall], Answered]
    idle_timeout_s: float | None
    monotonic: Callable[[], float]
    tell: Callable[[str], object]


class UnknownTestError(BridgeError):
    """No test has this id, or no longer."""

    def __init__(self, testid: str) -> None:
        self.testid = testid
        super().__init__(f"Invalid testid: {testid}")


class CaseRun:
    """One test from selection to end.

    ``on_load`` is called on the run's thread when its engine has been loaded, and has to set ``started``; ``on_end``
    once, when the thread is done.
    """

    def __init__(
        self, testid: str, work: Work, on_load: Callable[[CaseRun], None], on_end: Callable[[CaseRun], None]
    ) -> None:
        self.testid = testid
        self.started: Future[None] = Future()
        self.started.set_running_or_notify_cancel()  # who stops waiting does not keep the test from starting
        self._work = work
        self._on_load = on_load
        self._on_end = on_end
        self._calls: SimpleQueue[tuple[MethodCall, Future[Answered]] | None] = SimpleQueue()
        self._lock = Lock()
        self._open: set[Future[Answered]] = set()
        self._over = False
        self._stopping = Event()
        self._patient_until = inf
        self._selected_at = self._last_active = work.monotonic()
        self._doing: str | None = None
        self._thread = Thread(target=self._live, name=f"boptest-{testid}")

    @property
    def case(self) -> str:
        """The test case that it is of."""
        return self._work.case

    @property
    def running(self) -> bool:
        """Whether the engine answers; otherwise the test is queued."""
        return self.started.done() and self.started.exception() is None

    def begin(self) -> None:
        """Take a worker: start the engine on the run's thread."""
        self._doing = "load"
        self._thread.start()

    def submit(self, call: MethodCall) -> Future[Answered]:
        """Hand a call to the engine. To a test that is still queued it is lost: nobody ever answers (boptest-api §3).

        The future fails with UnknownTestError when the test ends before the call's turn, and with StoppedError when
        the server stops. Raises UnknownTestError when the test has ended.
        """
        future: Future[Answered] = Future()
        future.set_running_or_notify_cancel()  # who stops waiting does not undo the call
        with self._lock:
            if self._over:
                raise UnknownTestError(self.testid)
            self._open.add(future)
        future.add_done_callback(self._open.discard)
        if self.running:
            self._calls.put((call, future))
        return future

    def look(self) -> RunLook:
        """What it is doing now."""
        now, doing = self._work.monotonic(), self._doing
        idle_s = 0.0 if doing else now - self._last_active
        status = RUNNING if self.running else QUEUED
        return RunLook(self.testid, self._work.case, status, now - self._selected_at, idle_s, doing)

    def end(self, patience_s: float) -> None:
        """Let the calls that came before be answered, then end; what is still simulated after so long is given up."""
        self._patient_until = self._work.monotonic() + patience_s
        self._calls.put(None)

    def cancel(self) -> None:
        """End as soon as possible, in the middle of a step if need be, because the server stops."""
        self._stopping.set()
        self._calls.put(None)

    def join(self) -> None:
        """Wait for the thread if there is one, then give up what nobody will answer."""
        if self._thread.ident is not None:
            self._thread.join()
        if not self.started.done():
            self.started.set_exception(StoppedError("the test was stopped before it started"))
        self._give_up(StoppedError("the server stops"))

    def _live(self) -> None:
        try:
            case = self._start()
            if case is not None:
                self._serve(case)
                self._give_up(UnknownTestError(self.testid))
        except StoppedError:
            log.debug("Test %s was stopped in the middle of a step", self.testid)
            if not self._stopping.is_set():
                self._give_up(UnknownTestError(self.testid))
        finally:
            self._on_end(self)

    def _has_to_stop(self) -> bool:
        return self._stopping.is_set() or self._work.monotonic() >= self._patient_until

    def _start(self) -> CaseEngine | None:
        try:
            case = self._work.start(self._has_to_stop)
        except UNEXPECTED:
            log.exception("Test %s cannot start and stays queued", self.testid)
            return None
        finally:
            self._doing = None
        self._last_active = self._work.monotonic()
        self._on_load(self)
        return case

    def _give_up(self, reason: BridgeError) -> None:
        with self._lock:
            self._over = True
        for future in tuple(self._open):
            future.set_exception(reason)

    def _serve(self, case: CaseEngine) -> None:
        while (item := self._next()) is not None:
            call, future = item
            self._doing = call.method
            answered = self._work.answer(case, call)
            if answered.counts:
                self._last_active = self._work.monotonic()
            self._doing = None
            future.set_result(answered)

    def _next(self) -> tuple[MethodCall, Future[Answered]] | None:
        idle_s = self._work.idle_timeout_s
        if idle_s is None:
            return self._calls.get()
        left_s = idle_s
        while left_s > 0:
            left_s = max(self._last_active + idle_s - self._work.monotonic(), 0.0)
            with contextlib.suppress(Empty):
                return self._calls.get(timeout=min(left_s, _LOOK_EVERY_S))
        self._work.tell(f"test {self.testid} ends: no call for {idle_s:g} s")
        return None
