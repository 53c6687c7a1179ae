"""Who reads what the daemon prints: all of it, or not for a while, or never again."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

_SMALL_PIPE_BYTES = 4096
_CHUNK_BYTES = 65536


class Reader:
    """Copies one stream of the daemon to a file, in a thread of its own. ``into`` is what the daemon writes to."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._out, self.into = os.pipe()
        _make_small(self.into)
        self._may_read = threading.Event()
        self._may_read.set()
        self._has_left = False
        self._thread = threading.Thread(target=self._run, name=f"reader-{file.stem}")

    def begin(self) -> None:
        """The daemon has what it writes to: what it prints is read from here on."""
        os.close(self.into)
        self._thread.start()

    def stop(self) -> None:
        """Read no more for now: the daemon finds a full pipe."""
        self._may_read.clear()

    def leave(self) -> None:
        """Close the pipe after what comes next: the daemon finds it broken."""
        self._has_left = True
        self._may_read.set()

    def finish(self) -> str:
        """Read what is left of a daemon that has ended; returns everything that was read."""
        self._may_read.set()
        self._thread.join()
        return self._file.read_text(encoding="utf-8", errors="replace")

    def _run(self) -> None:
        with self._file.open("wb") as file, os.fdopen(self._out, "rb", buffering=0) as pipe:
            while not self._has_left and (chunk := pipe.read(_CHUNK_BYTES)):
                file.write(chunk)
                self._may_read.wait()


def _make_small(pipe: int) -> None:
    """Where that can be had: a reader that stops is soon noticed."""
    if sys.platform == "linux":
        import fcntl

        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _SMALL_PIPE_BYTES)
