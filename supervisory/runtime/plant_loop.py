"""An event loop that lives in plant time: ``asyncio.sleep(60)`` ends when the plant is 60 s older.

Its clock stands still until it is told the time. What its thread is doing can be seen from outside: computing,
waiting for an answer from somewhere, or waiting for plant time. Only what computes for too long is stuck.
"""

from __future__ import annotations

import asyncio
import selectors
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar, TypeVarTuple, Unpack

Result = TypeVar("Result")
Arguments = TypeVarTuple("Arguments")


class Doing(Enum):
    """What a loop's thread does at a moment."""

    COMPUTING = "computing"
    OUTSIDE = "waiting for an answer"
    SLEEPING = "waiting for plant time"


@dataclass(frozen=True, slots=True)
class Activity:
    """What a loop has been doing since ``since_s`` (monotonic); a SLEEPING one may name the time of its next timer."""

    doing: Doing
    since_s: float
    until_s: float | None = None


class PlantLoop(asyncio.SelectorEventLoop):
    """The loop. ``on_change`` is called, in some thread, whenever it begins to do something else."""

    def __init__(self, time_s: float, on_change: Callable[[], None]) -> None:
        self._plant_s = self._seen_s = time_s
        self._on_change = on_change
        self._outside = 0
        self._posted = 0
        """What was posted and has not begun: until then the thread may seem to sleep, but does not."""
        self._guard = threading.Lock()
        self._activity = Activity(Doing.SLEEPING, time.monotonic())
        self._woke_at_s = time.monotonic()
        super().__init__(_Selector(self._waits, self._wakes))

    @property
    def activity(self) -> Activity:
        """What the thread does now."""
        return self._activity

    @property
    def woke_at_s(self) -> float:
        """When it last stopped sleeping (monotonic)."""
        return self._woke_at_s

    def begins_anew(self) -> None:
        """What came until now does not count as time of the hook's."""
        self._woke_at_s = time.monotonic()

    def time(self) -> float:
        """Plant time, s."""
        self._seen_s = self._plant_s
        return self._seen_s

    def reach(self, time_s: float) -> None:
        """It is this late in the plant: what was due by then runs. From any thread."""
        with self._guard:
            self._plant_s = max(self._plant_s, time_s)
            until_s = self._activity.until_s
            is_due = until_s is not None and until_s <= self._plant_s
        if is_due:
            self.post(lambda: None)

    def post(self, callback: Callable[[], object]) -> None:
        """Have something done in the loop's thread, which counts as computing from now on. From any thread."""
        with self._guard:
            self._posted += 1
        self._enter(Doing.COMPUTING)
        self.call_soon_threadsafe(self._begin, callback)

    @contextmanager
    def asking(self) -> Iterator[None]:
        """While this thread waits for an answer from somewhere."""
        self._outside += 1
        self._enter(Doing.OUTSIDE)
        try:
            yield
        finally:
            self._outside -= 1
            self._enter(Doing.COMPUTING)

    async def answer_of(self, future: Future[Result]) -> Result:
        """Await what another thread will say."""
        self._outside += 1
        try:
            return await asyncio.wrap_future(future, loop=self)
        finally:
            self._outside -= 1

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[Unpack[Arguments]], Result], *args: *Arguments
    ) -> asyncio.Future[Result]:
        """As any loop; what runs elsewhere is an answer that is awaited."""
        self._outside += 1
        future = super().run_in_executor(executor or _THREADS, func, *args)
        future.add_done_callback(self._answered)
        return future

    def _begin(self, callback: Callable[[], object]) -> None:
        with self._guard:
            self._posted -= 1
        callback()

    def _answered(self, _: object) -> None:
        self._outside -= 1

    def _waits(self, timeout_s: float | None, *, has_sockets: bool) -> bool:
        """About to wait; False where plant time has gone on meanwhile, beyond the next timer."""
        until_s = None if timeout_s is None else self._seen_s + timeout_s
        with self._guard:
            if until_s is not None and until_s <= self._plant_s:
                return False
        self._enter(Doing.OUTSIDE if self._outside or has_sockets else Doing.SLEEPING, until_s)
        return True

    def _wakes(self) -> None:
        self._enter(Doing.COMPUTING)

    def _enter(self, doing: Doing, until_s: float | None = None) -> None:
        with self._guard:
            actually = Doing.COMPUTING if self._posted and doing is Doing.SLEEPING else doing
            if self._activity.doing is actually is Doing.COMPUTING:
                return
            now_s = time.monotonic()
            if self._activity.doing is Doing.SLEEPING:
                self._woke_at_s = now_s
            self._activity = Activity(actually, now_s, until_s)
        self._on_change()


class _Selector(selectors.DefaultSelector):  # type: ignore[misc, valid-type, unused-ignore]
    """Waits until woken rather than by the clock, and says when it begins and ends to."""

    def __init__(self, waits: Callable[..., bool], wakes: Callable[[], None]) -> None:
        super().__init__()
        self._waits = waits
        self._wakes = wakes

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, Any]]:
        """As any selector, for as long as it takes."""
        ready = super().select(0)
        if ready or (timeout is not None and timeout <= 0):
            return ready
        if not self._waits(timeout, has_sockets=len(self.get_map()) > 1):
            return []
        ready = super().select(None)
        self._wakes()
        return ready


class _DaemonThreads(Executor):
    """A thread per call. They are daemons: a call that never ends must not keep the process from ending."""

    def submit(self, fn: Callable[..., Result], /, *args: object, **kwargs: object) -> Future[Result]:
        """Begin the call."""
        future: Future[Result] = Future()
        thread = threading.Thread(target=self._run, args=(future, lambda: fn(*args, **kwargs)), daemon=True)
        thread.start()
        return future

    @staticmethod
    def _run(future: Future[Result], call: Callable[[], Result]) -> None:
        if future.set_running_or_notify_cancel():
            with _Telling(future):
                future.set_result(call())


class _Telling:
    """Hands what is raised inside on to whoever waits for the future."""

    def __init__(self, future: Future[Any]) -> None:
        self._future = future

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, _: object, error: BaseException | None, __: object) -> bool:
        if error is not None:
            self._future.set_exception(error)
        return True


_THREADS = _DaemonThreads()
