"""The tests of one server: which run, which wait for a worker, and who may still find them."""

from __future__ import annotations

import logging
import time
import uuid
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from threading import Lock

from emulators.boptest.case.testcase import CaseEngine, CaseOptions
from emulators.boptest.overview import STOPPED, RunLook, waiting
from emulators.boptest.replies import StoppedError
from emulators.boptest.runs import Answered, CaseRun, MethodCall, UnknownTestError, Work
from emulators.plant import Plant
from emulators.states import StateFile

log = logging.getLogger(__name__)

PlantFactory = Callable[[], Plant]


@dataclass(frozen=True, slots=True)
class Limits:
    """The server's environment (boptest-api §3, "Environment that changes behaviour").

    ``workers`` tests run at once; ``idle_timeout_s`` is BOPTEST_TIMEOUT (None: never); ``message_timeout_s`` is
    BOPTEST_MESSAGE_TIMEOUT; ``api_keys`` are the accepted values of Authorization. ``monotonic`` is the clock by which
    a test is idle. ``stop_patience_s`` is ours: a stop waits for the calls that came before, but a simulation that goes
    on for longer is given up. A real worker is lost until its step is done.
    """

    workers: int = 2
    idle_timeout_s: float | None = 900.0
    message_timeout_s: float = 1200.0
    api_keys: frozenset[str] = frozenset({"canarykey", "crusaderkey"})
    monotonic: Callable[[], float] = time.monotonic
    stop_patience_s: float = 2.0


class Hub:
    """Starts tests as workers become free, in the order of selection. Safe to use from any thread."""

    def __init__(
        self,
        plants: Mapping[str, PlantFactory],
        limits: Limits,
        answer: Callable[[CaseEngine, MethodCall], Answered],
        none_after_end: bool = True,
        loading: Callable[[], object] = lambda: None,
        tell: Callable[[str], object] = log.info,
    ) -> None:
        """``loading`` is called on the thread of every test before its engine is made, and may take its time.

        ``tell`` takes lines for whoever runs the server, on any thread, and has to return at once.
        """
        self.cases = sorted(plants)
        self._plants = dict(plants)
        self._limits = limits
        self._answer = answer
        self._none_after_end = none_after_end
        self._loading = loading
        self._tell = tell
        self._lock = Lock()
        self._tests: dict[str, CaseRun] = {}
        self._queue: deque[CaseRun] = deque()
        self._active: set[CaseRun] = set()
        self._closed = False

    def select(self, case: str, state: StateFile | None = None) -> CaseRun:
        """Queue a new test of a case, which begins in ``state`` if there is one.

        Raises KeyError for an unknown case, StoppedError when the server stops.
        """
        plant = self._plants[case]
        limits = self._limits
        work = Work(
            case,
            lambda has_to_stop: self._engine(plant, has_to_stop, state),
            self._answer,
            limits.idle_timeout_s,
            limits.monotonic,
            self._tell,
        )
        run = CaseRun(str(uuid.uuid4()), work, self._loaded, self._ended)
        with self._lock:
            if self._closed:
                raise StoppedError("the server stops")
            self._tests[run.testid] = run
            self._queue.append(run)
            self._start_queued()
            holders = self._active if run in self._queue else ()
            looks = sorted((holder.look() for holder in holders), key=_by_age)
        if looks:
            self._tell(waiting(run.testid, looks))
        return run

    def looks(self) -> list[RunLook]:
        """Every test that can be found or has a worker, the oldest first."""
        with self._lock:
            found = set(self._tests.values())
            runs = found | self._active
        looks = [run.look() if run in found else replace(run.look(), status=STOPPED) for run in runs]
        return sorted(looks, key=_by_age)

    def find(self, testid: str) -> CaseRun:
        """The test with this id, queued or running. Raises UnknownTestError."""
        try:
            return self._tests[testid]
        except KeyError:
            raise UnknownTestError(testid) from None

    def stop(self, testid: str) -> None:
        """Forget a test; its worker becomes free after the calls that came before, or when it is asked for too much.

        Raises UnknownTestError.

        One that is being loaded is forgotten only until it has been loaded (boptest-api §3, "Races").
        """
        run = self.find(testid)
        with self._lock:
            self._tests.pop(testid, None)
            if run in self._active:
                if run.running:
                    run.end(self._limits.stop_patience_s)
                return
            if run in self._queue:
                self._queue.remove(run)
        run.join()

    def cancel(self) -> None:
        """Take no more tests and interrupt those that run."""
        with self._lock:
            self._closed = True
            for run in self._active:
                run.cancel()

    def join(self) -> None:
        """Wait for the threads of all tests, and give up calls that nobody answers."""
        with self._lock:
            runs = {*self._active, *self._queue, *self._tests.values()}
        for run in runs:
            run.join()

    def _engine(self, plant: PlantFactory, has_to_stop: Callable[[], bool], state: StateFile | None) -> CaseEngine:
        self._loading()
        case = CaseEngine(plant(), CaseOptions(has_to_stop, self._none_after_end))
        if state is not None:
            case.prepare(state)()
        return case

    def _start_queued(self) -> None:
        while self._queue and len(self._active) < self._limits.workers:
            run = self._queue.popleft()
            self._active.add(run)
            run.begin()

    def _loaded(self, run: CaseRun) -> None:
        """A worker looks whether its test is still wanted before it loads it, and not again: it writes Running."""
        with self._lock:
            self._tests[run.testid] = run
            run.started.set_result(None)

    def _ended(self, run: CaseRun) -> None:
        with self._lock:
            self._active.discard(run)
            if run.running:
                self._tests.pop(run.testid, None)
            if not self._closed:
                self._start_queued()


def _by_age(look: RunLook) -> float:
    """The oldest first."""
    return -look.age_s
