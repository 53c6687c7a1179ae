"""The terminal of standard input: given keys one by one while it is ours, and put back as it was.

One for the process, as there is one standard input: whatever ends the process on purpose can put it back.
"""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress
from typing import Any


class Terminal:
    """What was changed of it, so that it can be put back. Safe to use from any thread, and from signal handlers."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._before: list[Any] | None = None

    @property
    def is_ours(self) -> bool:
        """Whether standard input is a terminal, and this process belongs to the group that it listens to."""
        if sys.stdin is None or sys.stdin.closed or not sys.stdin.isatty():
            return False
        if sys.platform == "win32":
            return True
        try:
            return os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
        except OSError:
            return False  # no terminal of this session, or it has gone

    def take(self) -> bool:
        """Have keys told one by one and not shown, if the terminal is ours; says whether that is so now.

        A shell that has had the terminal meanwhile may have put it back: then this does it again. What was typed before
        is forgotten: nobody had been told yet what keys do.
        """
        with self._lock:
            if not self.is_ours:
                return False
            return sys.platform == "win32" or self._changed()

    def give_back(self) -> None:
        """Put it back as it was. Where it is somebody else's by now, it has been."""
        with self._lock:
            before, self._before = self._before, None
            if before is not None and sys.platform != "win32" and self.is_ours:
                import termios

                with suppress(termios.error, OSError):
                    termios.tcsetattr(sys.stdin.fileno(), termios.TCSANOW, before)

    def _changed(self) -> bool:
        if sys.platform == "win32":
            return True
        import termios

        try:
            found = termios.tcgetattr(sys.stdin.fileno())
            is_line_by_line = bool(found[3] & (termios.ICANON | termios.ECHO))
            if is_line_by_line:
                self._before = [*found[:6], list(found[6])]
                found[3] &= ~(termios.ICANON | termios.ECHO)
                found[6][termios.VMIN], found[6][termios.VTIME] = 1, 0
                termios.tcsetattr(sys.stdin.fileno(), termios.TCSAFLUSH, found)
        except (termios.error, OSError):
            return False
        return True


TERMINAL = Terminal()
