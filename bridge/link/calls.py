"""Ends what is under way with the controllers when a run ends, so that giving back begins soon.

Attempts to bring a controller back are cut at once, everything else when it has had a moment to end by itself. A
controller may still carry out a write whose call was cut: there nothing is given back before that call would have
timed out, as such a write could come after it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Protocol

GRACE_S = 2.0
"""Wall time for an exchange in flight to end by itself."""


class Interruptible(Protocol):
    """A client whose calls can be cut from another thread."""

    @property
    def timeout_s(self) -> float:
        """How long one call may take, in s."""

    def abort(self) -> None:
        """Abandon the call in flight and every later one, until :meth:`resume`."""

    def resume(self) -> None:
        """Let calls through again."""


class LinkCalls:
    """What is under way with one controller: looking, or writing."""

    def __init__(self, client: Interruptible) -> None:
        self.is_cut = False
        """Whether calls fail because the run is ending."""
        self._client = client
        self._lock = threading.Lock()
        self._writers = 0
        self._settled_at_s = 0.0

    @contextmanager
    def writing(self) -> Iterator[None]:
        """What is done here may change the controller."""
        with self._lock:
            self._writers += 1
        try:
            yield
        finally:
            with self._lock:
                self._writers -= 1

    def cut(self, *, writing_too: bool) -> None:
        """End what is under way, from any thread; what writes only if told so."""
        with self._lock:
            if self._writers and not writing_too:
                return
            if self._writers:
                self._settled_at_s = time.monotonic() + self._client.timeout_s
            self.is_cut = True
            self._client.abort()

    def resume(self) -> None:
        """Let calls through again, to give back."""
        with self._lock:
            self.is_cut = False
            self._client.resume()

    @property
    def is_unsettled(self) -> bool:
        """Whether the controller may still carry out a write that was cut."""
        return time.monotonic() < self._settled_at_s

    def wait_until_settled(self) -> None:
        """Wait until the controller no longer has a write that was cut in hand: a call's time-out at the most."""
        time.sleep(max(self._settled_at_s - time.monotonic(), 0.0))


class LastCalls:
    """Sees to it that nothing that is under way with any controller keeps the end of a run waiting."""

    def __init__(self, calls: Iterable[LinkCalls], grace_s: float) -> None:
        self._calls = tuple(calls)
        self._lock = threading.Lock()
        self._timer = threading.Timer(grace_s, self._cut_all)
        self._timer.name = "last-calls"
        self._has_begun = False

    def begin(self, absent: Iterable[LinkCalls]) -> None:
        """From any thread, and as often as one likes: cut what is asked of absent controllers, the rest in a moment."""
        with self._lock:
            if self._has_begun:
                return
            self._has_begun = True
            self._timer.start()
            for calls in absent:
                calls.cut(writing_too=False)

    def over(self) -> None:
        """Nothing is under way any more: calls go through again, for good."""
        with self._lock:
            has_begun, self._has_begun = self._has_begun, True
            if has_begun:
                self._timer.cancel()
                self._timer.join()
            for calls in self._calls:
                calls.resume()

    def _cut_all(self) -> None:
        for calls in self._calls:
            calls.cut(writing_too=True)
