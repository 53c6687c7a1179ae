"""Hand-off between threads: one latest value, a condition, and nobody who cannot be woken."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Closed(Exception):
    """The hand-off was closed while somebody waited, or before."""


class LatestValue(Generic[T]):
    """A hand-off that keeps only the newest value. Values are frozen and replaced whole, so readers need no lock."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._value: T | None = None
        self._closed = False

    def publish(self, value: T) -> None:
        """Replace the value and wake everybody who waits. After :meth:`close` it is dropped."""
        with self._changed:
            if not self._closed:
                self._value = value
                self._changed.notify_all()

    def wait_until(self, predicate: Callable[[T], bool], timeout_s: float | None = None) -> T:
        """Wait for a value that satisfies the predicate and return it.

        Raises :class:`Closed` when the hand-off is closed and ``TimeoutError`` when the time is up.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._satisfies(predicate), timeout_s)
            if self._closed:
                raise Closed
            value = self._value
            if value is None or not predicate(value):
                raise TimeoutError
            return value

    def close(self) -> None:
        """Wake everybody who waits, now and later."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _satisfies(self, predicate: Callable[[T], bool]) -> bool:
        return self._value is not None and predicate(self._value)
