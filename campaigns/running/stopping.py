"""How a cell learns that it is not wanted any more: those that have taken something give it back first."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Stopped(Exception):
    """The cell has not come to its end: it does not count."""


class StopSign:
    """Set once, from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: list[Callable[[], None]] = []
        self._is_set = threading.Event()

    @property
    def is_set(self) -> bool:
        """Whether to stop."""
        return self._is_set.is_set()

    @property
    def is_listened_to(self) -> bool:
        """Whether somebody needs time to end."""
        return bool(self._listeners)

    def wait(self, seconds: float) -> bool:
        """Wait for so long, or until it is set; says whether it is."""
        return self._is_set.wait(seconds)

    def set(self) -> None:
        """Stop."""
        with self._lock:
            self._is_set.set()
            listeners = tuple(self._listeners)
        for listener in listeners:
            listener()

    @contextmanager
    def calling(self, listener: Callable[[], None]) -> Iterator[None]:
        """Inside, ``listener`` is called when it is set. Raises :class:`Stopped` at the end where it was."""
        with self._lock:
            self._listeners.append(listener)
            is_late = self._is_set.is_set()
        if is_late:
            listener()
        try:
            yield
        finally:
            with self._lock:
                self._listeners.remove(listener)
        self.refuse()

    def refuse(self) -> None:
        """Raises :class:`Stopped` where it is set."""
        if self.is_set:
            raise Stopped
