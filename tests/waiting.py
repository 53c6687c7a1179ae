"""Waiting for something to become true: on a condition, with a deadline that a busy computer does not miss."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from utils.clocks import Clocks

DEADLINE_S = 60.0
"""Nothing takes so long, however busy the computer is."""
_TICK_S = 0.005


def eventually(condition: Callable[[], bool], deadline_s: float = DEADLINE_S) -> float:
    """Wait for the condition; how long it took, in s. Fails the test at the deadline."""
    began, pause = time.monotonic(), threading.Event()
    while not condition():
        assert time.monotonic() - began < deadline_s, f"not true after {deadline_s:g} s"
        pause.wait(_TICK_S)
    return time.monotonic() - began


def in_no_time() -> Clocks:
    """The clocks of a host on which sleep passes at once, and nobody waits for a second look."""
    slept_s = 0.0

    def sleep(seconds: float) -> None:
        nonlocal slept_s
        slept_s += seconds

    return Clocks(monotonic=lambda: time.monotonic() + slept_s, wait=lambda stop, seconds: stop.is_set(), sleep=sleep)
