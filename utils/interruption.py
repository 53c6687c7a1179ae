"""Ctrl+C, SIGTERM and Ctrl+Break: the first stops gracefully, the second ends the process as it is.

What comes within a moment of the first is the first once more: programs that start others (GNU timeout, a shell script)
send on what the terminal has sent already.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from types import FrameType
from typing import TypeVar

EXIT_SECOND_INTERRUPT = 130
_TICK_S = 0.25
_SAME_PRESS_S = 0.5
_NAMES = ("SIGINT", "SIGTERM", "SIGBREAK")

Result = TypeVar("Result")


def until_done(
    work: Callable[[], Result],
    stop: Callable[[], None],
    *,
    thread_name: str,
    second: str,
    tick: Callable[[], None] = lambda: None,
) -> Result:
    """Do some work on a thread of its own, while this one, the main thread, takes the signals.

    ``stop`` asks the work to end; ``second`` is what a second Ctrl+C means; ``tick`` is called a few times a second.
    Returns what the work returns and raises what it raises.
    """
    with ThreadPoolExecutor(1, thread_name_prefix=thread_name) as pool, on_signals(stop, second):
        future = pool.submit(work)
        while not wait([future], _TICK_S).done:
            tick()
        return future.result()


@contextmanager
def on_signals(stop: Callable[[], None], second: str, now_s: Callable[[], float] = time.monotonic) -> Iterator[None]:
    """Call ``stop`` at the first signal; at the second say what that means, and end at once."""
    first_s: float | None = None

    def handle(_number: int, _frame: FrameType | None) -> None:
        nonlocal first_s
        if first_s is None:
            first_s = now_s()
            stop()
        elif now_s() - first_s >= _SAME_PRESS_S:
            sys.stderr.write(f"\nended at once: {second}\n")
            sys.stderr.flush()
            os._exit(EXIT_SECOND_INTERRUPT)

    numbers = [number for name in _NAMES if (number := getattr(signal, name, None)) is not None]
    before = {number: signal.signal(number, handle) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
