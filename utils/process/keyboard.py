r"""Single keys of a terminal, read beside whatever else this process does, and the terminal as it was at every end.

Keys are read only while this process is the terminal's foreground group: in the background the terminal is the shell's,
and whoever reads or changes it is stopped by the kernel. Ctrl+C, Ctrl+Z and Ctrl+\ stay signals.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Self

from utils.process.key_names import KeyParser, windows_key
from utils.process.terminal import TERMINAL

_ESCAPE_S = 0.05
"""Within so long a terminal sends what belongs to an escape."""
_POLL_S = 0.05


class Keyboard:
    """A context manager: at its end nothing is read any more. :meth:`look` begins, and begins again.

    ``press`` takes the name of each key (:mod:`utils.process.key_names`), in a thread of its own.
    """

    def __init__(self, press: Callable[[str], None]) -> None:
        self._press = press
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        self._woken: tuple[int, int] | None = None

    @property
    def is_read(self) -> bool:
        """Whether keys reach us."""
        return self._thread is not None and self._thread.is_alive()

    def look(self) -> None:
        """Begin to read if that is possible now and not done yet. To be called a few times a second."""
        if not TERMINAL.take():
            self.rest()
        elif self._thread is None:
            self._begin()
        elif not self._thread.is_alive():
            TERMINAL.give_back()  # nothing comes from there any more

    def rest(self) -> None:
        """Stop reading, and have the terminal as it was: for a question, a stop with Ctrl+Z, and the end."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._ended.set()
            if self._woken is not None:
                os.write(self._woken[1], b".")
            thread.join()
            self._close()
        TERMINAL.give_back()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.rest()

    def _begin(self) -> None:
        self._ended.clear()
        read = self._read_windows if sys.platform == "win32" else self._read_posix
        self._woken = None if sys.platform == "win32" else os.pipe()
        self._thread = threading.Thread(target=read, name="keyboard", daemon=True)
        self._thread.start()

    def _close(self) -> None:
        for descriptor in self._woken or ():
            os.close(descriptor)
        self._woken = None

    def _read_posix(self) -> None:
        # A read from the background fails instead of stopping the process.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTTIN})
        parser, typed, woken = KeyParser(), sys.stdin.fileno(), self._woken
        with suppress(OSError):  # the terminal has gone
            while woken is not None and not self._ended.is_set():
                timeout_s = _ESCAPE_S if parser.is_waiting else None
                ready, _, _ = select.select([typed, woken[0]], [], [], timeout_s)
                if not ready:
                    self._tell(parser.pause())
                elif typed in ready and not self._ended.is_set():
                    if not TERMINAL.is_ours:
                        return
                    if not (content := os.read(typed, 1024)):
                        return
                    self._tell(parser.feed(content))

    def _read_windows(self) -> None:
        if sys.platform == "win32":
            import msvcrt

            while not self._ended.wait(_POLL_S):
                while msvcrt.kbhit():
                    first = msvcrt.getwch()
                    second = msvcrt.getwch() if first in ("\x00", "\xe0") else ""
                    key = windows_key(first, second)
                    self._tell([key] if key is not None else [])

    def _tell(self, keys: Iterable[str]) -> None:
        for key in keys:
            self._press(key)
