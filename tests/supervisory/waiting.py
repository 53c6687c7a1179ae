"""Waiting for something to become true, with a deadline."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

DEADLINE_S = 20.0
_TICK_S = 0.005


def until(condition: Callable[[], bool], deadline_s: float = DEADLINE_S) -> float:
    """Wait for the condition; how long it took, in s. Fails the test at the deadline."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < deadline_s, f"not true after {deadline_s:g} s"
        threading.Event().wait(_TICK_S)
    return time.monotonic() - began
