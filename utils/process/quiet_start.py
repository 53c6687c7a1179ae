"""Ctrl+C while a command is still being imported ends it without a word: nothing has begun that would need an end."""

from __future__ import annotations

import os
import signal
from types import FrameType

EXIT_INTERRUPTED = 130


def end_quietly(_number: int, _frame: FrameType | None) -> None:
    """A signal handler."""
    os._exit(EXIT_INTERRUPTED)


def begin() -> None:
    """From here on Ctrl+C is an exception, where :func:`end_quietly` has handled it so far: something has begun."""
    if signal.getsignal(signal.SIGINT) is end_quietly:
        signal.signal(signal.SIGINT, signal.default_int_handler)
