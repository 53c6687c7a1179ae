"""What was typed before a question was put does not answer it."""

from __future__ import annotations

import sys
from contextlib import suppress


def forget_typed_ahead() -> None:
    """Drop whatever waits to be read from the terminal; where there is none, nothing waits."""
    if sys.stdin is None or not sys.stdin.isatty():
        return
    if sys.platform == "win32":
        import msvcrt

        while msvcrt.kbhit():
            msvcrt.getwch()
    else:
        import termios

        with suppress(termios.error):  # the terminal has gone: whoever asks it will be told
            termios.tcflush(sys.stdin.fileno(), termios.TCIFLUSH)
