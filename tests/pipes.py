"""Pipes that nobody reads."""

from __future__ import annotations

import contextlib
import os


def fill(descriptor: int) -> None:
    """Write into a pipe until there is no room for a single byte."""
    os.set_blocking(descriptor, False)
    for size in (4096, 1):
        with contextlib.suppress(BlockingIOError):
            while True:
                os.write(descriptor, b"." * size)
    os.set_blocking(descriptor, True)
