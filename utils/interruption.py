"""Ctrl+C, SIGTERM and Ctrl+Break: the first stops gracefully, the second ends the process as it is."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from types import FrameType
from typing import TypeVar

EXIT_SECOND_INTERRUPT = 130
_TICK_S = 0.25
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
def on_signals(stop: Callable[[], None], second: str) -> Iterator[None]:
    """Call ``stop`` at the first signal; at the second say what that means, and end at once."""
    seen = threading.Event()

    def handle(_number: int, _frame: FrameType | None) -> None:
        if seen.is_set():
            sys.stderr.write(f"\nended at once: {second}\n")
            sys.stderr.flush()
            os._exit(EXIT_SECOND_INTERRUPT)
        seen.set()
        stop()

    numbers = [number for name in _NAMES if (number := getattr(signal, name, None)) is not None]
    before = {number: signal.signal(number, handle) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
