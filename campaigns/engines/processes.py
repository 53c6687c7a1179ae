"""Processes of this computer, each with one cell at a time: who dies takes its own cell with it, and no other.

A process ends with whoever started it, however that ended: it holds the other end of a line that is closed then.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

from campaigns.cell import CellResult, Task
from campaigns.engines.engine import Failed, Lost, Outcome
from campaigns.engines.work import work
from campaigns.running import StopSign

if TYPE_CHECKING:
    from collections.abc import Iterator

_STOP = StopSign()
"""Of the one cell that a process runs."""
_GIVING_BACK_S = 60.0
"""For so long a cell may give back what it has taken; every cell that takes something has shorter limits of its own."""
_LOOK_S = 0.05
_IGNORED = ("SIGINT", "SIGHUP", "SIGQUIT")
"""They go to all processes of a terminal, and mean the campaign: that tells its processes in its own way."""


class Processes:
    """An engine of so many processes."""

    name = "processes"

    def __init__(self, workers: int) -> None:
        self._lanes = [_Lane() for _ in range(workers)]
        self._free = [*self._lanes]
        self._running: dict[Future[CellResult | Failed], tuple[_Lane, Task]] = {}

    @property
    def workers(self) -> int:
        """How many there are."""
        return len(self._lanes)

    def room(self) -> int:
        """One cell for each that is idle."""
        return len(self._free)

    def begin(self, task: Task) -> None:
        """Hand a cell to one that is idle."""
        lane = self._free.pop()
        self._running[lane.submit(task)] = lane, task

    def wait(self, seconds: float) -> Sequence[Outcome]:
        """What has come of cells."""
        done = wait(self._running, seconds, FIRST_COMPLETED).done
        return [self._outcome(future) for future in done]

    def close(self) -> None:
        """End all of them: first everybody is told, then everybody is waited for."""
        for lane in self._lanes:
            lane.hang_up()
        for lane in self._lanes:
            lane.close()

    def _outcome(self, future: Future[CellResult | Failed]) -> Outcome:
        lane, task = self._running.pop(future)
        self._free.append(lane)
        error = future.exception()
        if error is None:
            return future.result()
        if isinstance(error, BrokenProcessPool):
            lane.renew()
            return Lost(task.number, "its process has died")
        return Failed(task.number, f"{type(error).__name__}: {error}")


class _Lane:
    """A pool of one process, so that it is known whose cell is lost, and the line on which it hears of our end."""

    def __init__(self) -> None:
        self._context = multiprocessing.get_context("spawn")
        self._open()

    def submit(self, task: Task) -> Future[CellResult | Failed]:
        """Run a cell. A process that died while it was idle is replaced."""
        with _signals_held():
            try:
                return self._pool.submit(_work, task)
            except BrokenProcessPool:
                self.renew()
                return self._pool.submit(_work, task)

    def renew(self) -> None:
        """The process has died: the next cell gets another."""
        self.hang_up()
        self.close()
        self._open()

    def hang_up(self) -> None:
        """Tell it to end."""
        self._line.close()

    def close(self) -> None:
        """Wait until it has."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._heard.close()

    def _open(self) -> None:
        self._heard, self._line = self._context.Pipe(duplex=False)
        self._pool = ProcessPoolExecutor(1, self._context, _prepare, (self._heard,))


def _prepare(line: Connection) -> None:
    """What a process does before its first cell."""
    for number in _terminal_signals():
        signal.signal(number, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _terminal_signals())
    logging.getLogger().addHandler(logging.NullHandler())  # the terminal is the campaign's
    threading.Thread(target=_end_with, args=(line,), name="line", daemon=True).start()


def _work(task: Task) -> CellResult | Failed:
    return work(task, _STOP)


def _end_with(line: Connection) -> None:
    """End when the other end is gone: whoever has asked for this cell is not there to take what comes of it."""
    line.poll(None)
    _STOP.set()
    waited = threading.Event()
    for _ in range(int(_GIVING_BACK_S / _LOOK_S)):
        if not _STOP.is_listened_to:
            break
        waited.wait(_LOOK_S)
    os._exit(0)


@contextmanager
def _signals_held() -> Iterator[None]:
    """A process that begins inside does not die of a Ctrl+C before it has said that it ignores it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _terminal_signals())
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _terminal_signals() -> set[signal.Signals]:
    return {getattr(signal, name) for name in _IGNORED if hasattr(signal, name)}
