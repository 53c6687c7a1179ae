"""The event loop that lives in plant time, and the thread around it."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from supervisory.runtime.worker import Worker
from tests.waiting import DEADLINE_S


class Watched:
    """A worker, and what its jobs have raised."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.errors: list[BaseException | None] = []
        self.worker = Worker("test", 100.0, self._notify)

    def run(self, job: Callable[[], object]) -> None:
        async def awaited() -> None:
            result = job()
            if asyncio.iscoroutine(result):
                await result

        self.worker.submit(awaited, self.errors.append)

    def wait_for(self, condition: Callable[[], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(condition, DEADLINE_S)

    def _notify(self) -> None:
        with self._changed:
            self._changed.notify_all()


@pytest.fixture
def watched() -> Iterator[Watched]:
    found = Watched()
    yield found
    assert found.worker.close(DEADLINE_S)


def test_a_sleep_ends_when_the_plant_is_old_enough_and_not_before(watched: Watched) -> None:
    seen: list[float] = []

    async def job() -> None:
        await asyncio.sleep(60)
        seen.append(asyncio.get_running_loop().time())

    watched.run(job)
    watched.wait_for(lambda: watched.worker.wakes_at_s == 160.0)
    watched.worker.reach(159.0)
    assert watched.worker.is_settled
    assert watched.worker.is_busy
    watched.worker.reach(175.0)
    watched.wait_for(lambda: not watched.worker.is_busy)
    assert seen == [175.0]


def test_plant_time_never_runs_backwards(watched: Watched) -> None:
    watched.worker.reach(200.0)
    watched.worker.reach(150.0)
    assert watched.worker.loop.time() == 200.0


def test_what_was_posted_counts_as_going_on_until_it_has_run(watched: Watched) -> None:
    for _ in range(200):
        watched.run(lambda: None)
        watched.wait_for(lambda: watched.worker.is_settled)
        assert not watched.worker.is_busy


def test_waiting_for_a_thread_is_neither_sleeping_nor_stuck(watched: Watched) -> None:
    answer = threading.Event()

    async def job() -> None:
        await asyncio.to_thread(answer.wait, DEADLINE_S)

    watched.run(job)
    watched.wait_for(lambda: watched.worker.loop.activity.doing.name == "OUTSIDE")
    assert not watched.worker.is_settled
    assert not watched.worker.is_stuck(60.0)
    answer.set()
    watched.wait_for(lambda: not watched.worker.is_busy)


def test_a_timeout_counts_in_plant_time(watched: Watched) -> None:
    async def job() -> None:
        await asyncio.wait_for(asyncio.Event().wait(), 30)

    watched.run(job)
    watched.wait_for(lambda: watched.worker.wakes_at_s == 130.0)
    watched.worker.reach(130.0)
    watched.wait_for(lambda: not watched.worker.is_busy)
    assert isinstance(watched.errors[0], TimeoutError)


def test_what_can_never_come_is_noticed(watched: Watched) -> None:
    watched.run(lambda: asyncio.Event().wait())
    watched.wait_for(lambda: watched.worker.waits_for_ever)


def test_a_job_that_blocks_its_thread_is_stuck_after_its_limit(watched: Watched) -> None:
    free = threading.Event()
    watched.run(lambda: free.wait(DEADLINE_S))
    deadline = time.monotonic() + DEADLINE_S
    while not watched.worker.is_stuck(0.05) and time.monotonic() < deadline:
        free.wait(0.01)
    assert watched.worker.is_stuck(0.05)
    free.set()


def test_a_loop_that_only_yields_is_stuck_too(watched: Watched) -> None:
    free = threading.Event()

    async def job() -> None:
        while not free.is_set():
            await asyncio.sleep(0)

    watched.run(job)
    deadline = time.monotonic() + DEADLINE_S
    while not watched.worker.is_stuck(0.05) and time.monotonic() < deadline:
        free.wait(0.01)
    assert watched.worker.is_stuck(0.05)
    free.set()


def test_a_job_that_leaves_the_process_is_an_error_and_the_thread_lives_on(watched: Watched) -> None:
    def job() -> None:
        raise SystemExit(3)

    watched.run(job)
    watched.wait_for(lambda: bool(watched.errors))
    assert isinstance(watched.errors[0], SystemExit)
    watched.run(lambda: None)
    watched.wait_for(lambda: len(watched.errors) == 2)


def test_leaving_cancels_the_job_and_does_the_last_one(watched: Watched) -> None:
    done: list[str] = []

    async def job() -> None:
        try:
            await asyncio.sleep(1000)
        finally:
            done.append("cancelled")

    async def last() -> None:
        done.append("last")

    watched.run(job)
    watched.wait_for(lambda: watched.worker.is_settled)
    watched.worker.leave(last, watched.errors.append, DEADLINE_S)
    watched.wait_for(lambda: done == ["cancelled", "last"])
    watched.wait_for(lambda: not watched.worker.is_leaving)
