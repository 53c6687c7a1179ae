"""Gives back what programs own that have lost their leave, again and again until nothing is left."""

from __future__ import annotations

import logging
import threading
from collections.abc import Collection, Sequence
from types import TracebackType
from typing import Protocol, Self

from ledger import Receipt, ReceiptLog
from supervisory.guard.enabling import Enabling
from utils.alone import Alone

log = logging.getLogger(__name__)

BACKOFF_S = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
"""After each attempt that left something."""


class GivesBack(Protocol):
    """What the releaser needs of the gate."""

    def give_back(self, programs: Collection[str]) -> list[Receipt]:
        """Give back what these programs own; the enabling is told of those that own nothing any more."""


class Releaser:
    """A thread that waits for programs to lose their leave. Inside the ``with`` it works."""

    def __init__(self, enabling: Enabling, gate: GivesBack, backoff_s: Sequence[float] = BACKOFF_S) -> None:
        self._enabling = enabling
        self._gate = gate
        self._backoff_s = backoff_s
        self._due = threading.Event()
        self._has_ended = False
        self._receipts = ReceiptLog(log)
        self._thread = threading.Thread(target=self._run, name="releaser")

    @property
    def receipts(self) -> tuple[Receipt, ...]:
        """What has been given back, or not, oldest first; each failure once."""
        return tuple(self._receipts.said)

    def __enter__(self) -> Self:
        self._enabling.subscribe(self._wake)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._has_ended = True
        self._due.set()
        self._thread.join()

    def _wake(self, _program: str) -> None:
        self._due.set()

    def _run(self) -> None:
        attempts, alone = 0, Alone()
        while not self._has_ended:
            programs = self._enabling.releasing()
            if programs:
                with alone.step("giving back"):  # a thread that died of it would never try again
                    self._receipts.note(self._gate.give_back(programs))
            attempts = attempts + 1 if self._enabling.releasing() else 0
            self._due.wait(self._backoff_s[min(attempts, len(self._backoff_s)) - 1] if attempts else None)
            self._due.clear()
