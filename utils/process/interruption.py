r"""Signals: the first one stops gracefully, and only a second Ctrl+C ends the process as it is.

A closed window or a lost ssh (SIGHUP), SIGTERM and Ctrl+\\ (SIGQUIT) are handled as Ctrl+C is. Those that come again
change nothing, as nobody may have meant them: only a second press, of Ctrl+C, Ctrl+\\ or Ctrl+Break, ends at once.
What comes within a moment of the first press is the first once more: programs that start others (GNU timeout, a shell
script) send on what the terminal has sent already.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, contextmanager, suppress
from types import FrameType
from typing import TypeVar

from utils.alone import Alone
from utils.process.quiet_start import EXIT_INTERRUPTED
from utils.process.terminal import TERMINAL

EXIT_SECOND_INTERRUPT = EXIT_INTERRUPTED
_TICK_S = 0.25
_SAME_PRESS_S = 0.5
_LAST_WORDS_S = 0.2
_PRESSED = ("SIGINT", "SIGQUIT", "SIGBREAK")
_SENT = ("SIGTERM", "SIGHUP")
_STAY_IGNORED = ("SIGHUP", "SIGQUIT")
"""Where they were ignored when we came, somebody wants that: ``nohup``, or a shell that runs us in the background."""

Result = TypeVar("Result")
Halt = Callable[[], AbstractContextManager[None]]
"""What surrounds a stop with Ctrl+Z: entered before the process stops, left when it goes on."""


def until_done(
    work: Callable[[], Result],
    stop: Callable[[], None],
    *,
    thread_name: str,
    second: str,
    tick: Callable[[], None] = lambda: None,
    halt: Halt | None = None,
) -> Result:
    """Do some work on a thread of its own, while this one, the main thread, takes the signals until it has ended.

    ``stop`` asks the work to end; ``second`` is what a second Ctrl+C means; ``tick`` is called a few times a second
    and may fail, which is said once. With ``halt`` the work learns of Ctrl+Z. Returns what the work returns and raises
    what it raises.
    """
    ticks = Alone()
    with (
        on_signals(stop, second),
        _on_stop_key(halt) as stand_still_if_asked,
        ThreadPoolExecutor(1, thread_name_prefix=thread_name) as pool,
    ):
        future = pool.submit(work)
        try:
            while not wait([future], _TICK_S).done:
                with ticks.step("showing how it goes"):
                    tick()
                stand_still_if_asked()
        except BaseException:
            stop()  # before the pool waits for the work
            raise
        return future.result()


@contextmanager
def on_signals(stop: Callable[[], None], second: str, now_s: Callable[[], float] = time.monotonic) -> Iterator[None]:
    """Call ``stop`` at the first signal; at a second press say what that means, and end at once."""
    has_stopped = False
    first_press_s: float | None = None

    def handle(number: int, _frame: FrameType | None) -> None:
        nonlocal has_stopped, first_press_s
        if signal.Signals(number).name in _PRESSED:
            if first_press_s is not None and now_s() - first_press_s >= _SAME_PRESS_S:
                _end_at_once(second)
            first_press_s = now_s() if first_press_s is None else first_press_s
        if not has_stopped:
            has_stopped = True
            stop()

    with _handled(dict.fromkeys(_handled_numbers(), handle)):
        yield


@contextmanager
def signals_interrupt() -> Iterator[None]:
    """Whatever ends us raises ``KeyboardInterrupt`` in here, and Ctrl+Z just stops: a question waits for an answer."""
    handlers: dict[int, _Handler] = dict.fromkeys(_handled_numbers(), signal.default_int_handler)
    stop_key = _stop_key()
    with _handled(handlers if stop_key is None else {**handlers, stop_key: signal.SIG_DFL}):
        yield


_Handler = Callable[[int, FrameType | None], object] | signal.Handlers


@contextmanager
def _handled(handlers: dict[int, _Handler]) -> Iterator[None]:
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _handled_numbers() -> list[int]:
    known = {name: number for name in (*_PRESSED, *_SENT) if (number := getattr(signal, name, None)) is not None}
    return [
        number
        for name, number in known.items()
        if not (name in _STAY_IGNORED and signal.getsignal(number) is signal.SIG_IGN)
    ]


def _end_at_once(second: str) -> None:
    """Say what that means, if it can be said in a moment: who reads may have stopped, and must not keep us."""
    try:
        for number in _handled_numbers():
            signal.signal(number, signal.SIG_IGN)  # whoever goes on pressing must not interrupt this
        TERMINAL.give_back()
        words = f"\nended at once: {second}\n".encode(errors="replace")
        last = threading.Thread(target=_write, args=(words,), name="last-words", daemon=True)
        last.start()
        last.join(_LAST_WORDS_S)
    finally:
        os._exit(EXIT_SECOND_INTERRUPT)


def _write(words: bytes) -> None:
    if sys.__stderr__ is not None:  # where there was none at the start, its number may be a controller's socket by now
        with suppress(OSError):
            os.write(sys.__stderr__.fileno(), words)


def _stop_key() -> int | None:
    """The signal of Ctrl+Z, where there is one and nobody wants it ignored."""
    number: int | None = getattr(signal, "SIGTSTP", None)
    return None if number is None or signal.getsignal(number) is signal.SIG_IGN else number


@contextmanager
def _on_stop_key(halt: Halt | None) -> Iterator[Callable[[], None]]:
    """Notes Ctrl+Z; yields what stops the process if it was pressed, for the main thread to call between two things.

    A handler that stopped it at once could find anything half done, and would print from the middle of a print.
    """
    number = _stop_key()
    if halt is None or number is None:
        yield lambda: None
        return
    is_asked = threading.Event()

    def stand_still_if_asked() -> None:
        if not is_asked.is_set():
            return
        with halt(), _handled({number: signal.SIG_DFL}):
            is_asked.clear()
            signal.raise_signal(number)

    with _handled({number: lambda _number, _frame: is_asked.set()}):
        yield stand_still_if_asked
