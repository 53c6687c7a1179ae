"""The thread of one program: its hooks run here, one at a time, on an event loop that lives in plant time.

A hook that blocks blocks nothing but this thread. It cannot be ended from outside, so it is abandoned: the thread is
a daemon, and by then the program's leave to write has been taken.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine
from typing import Any, TypeAlias

from supervisory.runtime.plant_loop import Doing, PlantLoop

Job: TypeAlias = Callable[[], Coroutine[Any, Any, None]]
Ended: TypeAlias = Callable[[BaseException | None], None]
"""Told in the worker's thread that a job has ended, with what it raised."""

_JOIN_S = 1.0
_ANSWERS_TAKE = 6
"""How many times as long a hook may take that waits for answers rather than computing."""


class Worker:
    """Runs jobs, one at a time. ``on_change`` is called, from some thread, when it begins to do something else."""

    def __init__(self, name: str, time_s: float, on_change: Callable[[], None]) -> None:
        self.loop = PlantLoop(time_s, on_change)
        self._on_change = on_change
        self._task: asyncio.Task[None] | None = None
        self._is_busy = False
        self._is_closing = False
        self._last: tuple[Job, Ended] | None = None
        self._leaves_at_s = 0.0
        self._thread = threading.Thread(target=self._run, name=f"program {name}", daemon=True)
        self._thread.start()

    @property
    def is_busy(self) -> bool:
        """Whether a job has not ended."""
        return self._is_busy

    @property
    def is_settled(self) -> bool:
        """Whether nothing happens before the plant gets older: no job, or one that sleeps."""
        return self.loop.activity.doing is Doing.SLEEPING

    @property
    def wakes_at_s(self) -> float | None:
        """The plant time at which something in here wants to go on."""
        activity = self.loop.activity
        return activity.until_s if activity.doing is Doing.SLEEPING else None

    @property
    def waits_for_ever(self) -> bool:
        """Whether the job waits for something that cannot come: no timer, no answer."""
        return self._is_busy and self.is_settled and self.wakes_at_s is None

    def is_stuck(self, limit_s: float, *, is_held_up: bool = False) -> bool:
        """Whether it computes for longer than that (wall seconds), or for far longer has not slept at all.

        One that ``is_held_up`` may wait for an answer for as long as that takes.
        """
        activity, now_s = self.loop.activity, time.monotonic()
        if activity.doing is Doing.SLEEPING:
            return False
        computes_s = now_s - activity.since_s if activity.doing is Doing.COMPUTING else 0.0
        waits_s = 0.0 if is_held_up else now_s - self.loop.woke_at_s
        return computes_s > limit_s or waits_s > _ANSWERS_TAKE * limit_s

    def submit(self, job: Job, ended: Ended) -> None:
        """Begin a job. The last one has to have ended."""
        self._is_busy = True
        self.loop.post(lambda: self._begin(job, ended))

    def reach(self, time_s: float) -> None:
        """Plant time goes on, and what sleeps until then wakes."""
        self.loop.reach(time_s)

    def close(self, wait_s: float = _JOIN_S) -> bool:
        """End the thread; says whether it did within the time."""
        if not self._is_closing:
            self._is_closing = True
            self.loop.post(self._stop)
        self._thread.join(wait_s)
        return not self._thread.is_alive()

    def leave(self, last: Job, ended: Ended, within_s: float) -> None:
        """End the job in progress early, where it can be reached at all, do a last one, and then end the thread.

        The last job may take ``within_s`` of wall time.
        """
        self._leaves_at_s = time.monotonic() + within_s
        self._is_busy = True
        self.loop.post(lambda: self._replace(last, ended))

    @property
    def is_leaving(self) -> bool:
        """Whether a worker that was to leave has not yet, and still has time."""
        return self._is_busy and time.monotonic() < self._leaves_at_s

    def _replace(self, job: Job, ended: Ended) -> None:
        if self._task is None or self._task.done():
            self._begin(job, ended)
            return
        self._last = (job, ended)
        self._task.cancel()

    def _begin(self, job: Job, ended: Ended) -> None:
        self._task = self.loop.create_task(job())
        self._task.add_done_callback(lambda task: self._end(task, ended))

    def _end(self, task: asyncio.Task[None], ended: Ended) -> None:
        error = None if task.cancelled() else task.exception()
        last, self._last = self._last, None
        self._is_busy = last is not None
        ended(error)
        if last is not None:
            self._begin(*last)
        self._on_change()

    def _stop(self) -> None:
        for task in asyncio.all_tasks(self.loop):
            task.cancel()
        self.loop.call_soon(self.loop.call_soon, self.loop.stop)  # after one more turn, for them to notice

    def _run(self) -> None:
        try:
            while not self._is_closing:
                try:
                    self.loop.run_forever()
                except (SystemExit, KeyboardInterrupt):
                    continue  # a hook called sys.exit: its job has ended with that
        finally:
            self.loop.close()
