"""What is only told (log, console) leaves through here: a thread per way out, which nobody else ever waits for.

Whoever has something to tell puts it into a queue and goes on. Where the way out is stuck or broken (a reader that is
stopped, a full disk, a terminal that is gone) things are lost and counted, and that is said in the log. The threads
are daemons: one that is stuck in a write for ever does not keep the process (docs/decisions/21).
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, Generic, TypeVar

log = logging.getLogger(__name__)

Item = TypeVar("Item")

_LARGEST_BACKLOG = 10_000


class Outlet(Generic[Item]):
    """Writes things in their order, in a thread of its own, and survives whatever ``write`` raises.

    A ``patient`` one makes who tells wait instead of losing anything: for output that is all that a command is for.
    """

    def __init__(
        self,
        name: str,
        write: Callable[[Item], None],
        *,
        largest_backlog: int = _LARGEST_BACKLOG,
        patient: bool = False,
    ) -> None:
        self.patient = patient
        self._name = name
        self._write = write
        self._largest_backlog = largest_backlog
        # Put into from signal handlers too, so with a queue and a lock that their own thread may enter twice.
        self._queue: SimpleQueue[Item | threading.Event | None] = SimpleQueue()
        self._counting = threading.RLock()
        self._lost = 0
        self._why = ""
        self._has_failed = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()
        _open.append(self)

    def put(self, item: Item) -> None:
        """Have something written soon. Never raises; waits only where this is patient."""
        while self._queue.qsize() >= self._largest_backlog:
            if not self.patient:
                self._lose("it does not keep up")
                return
            self.drain(None)
        self._queue.put(item)

    def drain(self, timeout_s: float | None) -> bool:
        """Wait until what was put before has been written or lost; says whether it has been in this time."""
        reached = threading.Event()
        self._queue.put(reached)
        return not self._thread.is_alive() or reached.wait(timeout_s)

    def close(self) -> None:
        """Take nothing more: the thread ends when it has written what is left."""
        self._queue.put(None)

    def end(self, timeout_s: float | None) -> bool:
        """Close, and wait for the end of the thread; says whether it has ended in this time."""
        self.close()
        self._thread.join(timeout_s)
        has_ended = not self._thread.is_alive()
        if has_ended:
            self.tell_losses()
            if self in _open:
                _open.remove(self)
        return has_ended

    def tell_losses(self) -> None:
        """Say in the log how much has been lost, if there is something to say."""
        with self._counting:
            lost, self._lost = self._lost, 0
        if lost:
            log.log(self._level, "%s: %d lost: %s", self._name, lost, self._why)

    def _run(self) -> None:
        while (item := self._queue.get()) is not None:
            if isinstance(item, threading.Event):
                item.set()
                continue
            try:
                self._write(item)
            except Exception as error:  # noqa: BLE001 - a way out fails alone, whatever it is made of
                self._fail(error)
                continue
            if self._lost and self._queue.empty():
                self.tell_losses()

    def _fail(self, error: Exception) -> None:
        why = str(error) or type(error).__name__
        self._lose(why)
        if not self._has_failed:
            self._has_failed = True
            log.log(self._level, "%s cannot be written, everything else goes on: %s", self._name, why)

    @property
    def _level(self) -> int:
        """Whoever pipes a list into ``head`` knows; whoever does so with a run should hear that it goes on."""
        return logging.INFO if self.patient else logging.WARNING

    def _lose(self, why: str) -> None:
        with self._counting:
            self._lost += 1
            self._why = why


_open: list[Outlet[Any]] = []
"""Those that have not been ended: the end of the process and a stop wait for them together."""


def drain_all(timeout_s: float) -> bool:
    """Wait until everything that has been told is written, for so long in all."""
    deadline_s = time.monotonic() + timeout_s
    drained = [outlet.drain(max(deadline_s - time.monotonic(), 0.0)) for outlet in reversed(_open)]
    return all(drained)


def end_all(timeout_s: float) -> bool:
    """End all; says whether they have ended in this time. Patient ones are waited for as long as it takes."""
    deadline_s = time.monotonic() + timeout_s
    outlets = tuple(_open)
    for outlet in outlets:
        outlet.tell_losses()
        outlet.close()
    ended = [outlet.end(None if outlet.patient else max(deadline_s - time.monotonic(), 0.0)) for outlet in outlets]
    return all(ended)
