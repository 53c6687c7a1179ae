"""A process that is stopped with Ctrl+Z and goes on with fg: stopped between two calls, and everybody knows of it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

_PATIENCE_S = 2.0
"""Wall time for calls that are under way to end before the process stops all the same."""


class Standstill:
    """Counts how often the process has stood still. Used by all threads of a run."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._is_held = False
        self._under_way = 0
        self._count = 0

    @property
    def count(self) -> int:
        """How often the process has stood still so far. While it is about to, this waits until it goes on."""
        with self._changed:
            self._changed.wait_for(lambda: not self._is_held)
            return self._count

    @contextmanager
    def under_way(self) -> Iterator[int]:
        """What is done in here does not begin while the process is about to stop; yields the count."""
        with self._changed:
            self._changed.wait_for(lambda: not self._is_held)
            self._under_way += 1
            count = self._count
        try:
            yield count
        finally:
            with self._changed:
                self._under_way -= 1
                self._changed.notify_all()

    @contextmanager
    def hold(self, patience_s: float = _PATIENCE_S) -> Iterator[None]:
        """Keep everybody from beginning anything, and wait a moment for what is under way. Stop the process in here."""
        with self._changed:
            self._is_held = True
            self._changed.wait_for(lambda: self._under_way == 0, patience_s)
        try:
            yield
        finally:
            with self._changed:
                self._is_held = False
                self._count += 1
                self._changed.notify_all()
