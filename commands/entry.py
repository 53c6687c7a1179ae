"""Where ``main.py``, ``building-bench`` and ``python -m commands`` begin."""

from __future__ import annotations

import os
import signal
from typing import NoReturn

from utils.process.quiet_start import EXIT_INTERRUPTED, end_quietly


def run() -> NoReturn:
    """This process is the command. Ctrl+C is quiet from here on: the imports take their time."""
    try:
        signal.signal(signal.SIGINT, end_quietly)
        from commands.line import process

        process()
    except KeyboardInterrupt:
        os._exit(EXIT_INTERRUPTED)
