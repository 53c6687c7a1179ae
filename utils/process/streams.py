"""Standard output and error of a process in which nothing may depend on who reads them.

Both are replaced by streams that cannot block, fail or refuse a character; the writing itself is an
:class:`utils.process.outlet.Outlet`'s.
"""

from __future__ import annotations

import contextlib
import io
import os
import signal
import sys
import traceback
from types import TracebackType
from typing import NoReturn, TextIO

from utils.process.outlet import Outlet, end_all

_END_S = 0.5
"""What the streams may take at the end of the process; the log has as much before (utils/logging_config)."""


class OutletStream(io.TextIOBase):
    """A text stream over another one, with a thread in between. What the other cannot encode becomes a ``?``."""

    def __init__(self, target: TextIO, name: str, *, patient: bool = False) -> None:
        super().__init__()
        self._target = target
        self._raw: io.RawIOBase | None = getattr(getattr(target, "buffer", None), "raw", None)
        self.outlet: Outlet[str] = Outlet(name, self._write, patient=patient)

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """The encoding of the stream underneath."""
        return self._target.encoding or "utf-8"

    def writable(self) -> bool:
        """Always."""
        return True

    def write(self, text: str) -> int:
        """Have the text written soon."""
        if text:
            self.outlet.put(text)
        return len(text)

    def isatty(self) -> bool:
        """Whether somebody sits in front of the stream underneath."""
        return not self._target.closed and self._target.isatty()

    def fileno(self) -> int:
        """The descriptor underneath."""
        return self._target.fileno()

    def _write(self, text: str) -> None:
        if self._raw is None:
            self._target.write(text.encode(self.encoding, "replace").decode(self.encoding))
            self._target.flush()
            return
        # Past the buffered layer: a thread that is stuck in it would hold a lock that Python wants at its end.
        left = memoryview(text.replace("\n", os.linesep).encode(self.encoding, "replace"))
        while left:
            written = self._raw.write(left)
            if written is None:
                raise BlockingIOError("it is full and does not wait")
            left = left[written:]


def stand_before_standard_streams() -> None:
    """From here on nothing that is written to standard output or error blocks or fails.

    Output is patient until :func:`leave_readers_behind`; errors never are. Both stay so until :func:`leave`.
    """
    if sys.stdout is not None:
        sys.stdout = OutletStream(sys.stdout, "standard output", patient=True)
    if sys.stderr is not None:
        sys.stderr = OutletStream(sys.stderr, "standard error")
    sys.excepthook = _tell_and_leave


def leave_readers_behind() -> None:
    """This process has more to do than to print: what the reader of its output does not take in time is lost."""
    if isinstance(sys.stdout, OutletStream):
        sys.stdout.outlet.patient = False


def leave(code: int) -> NoReturn:
    """End the process with this exit code, whoever may or may not read what it has printed."""
    if not _end():
        os._exit(code)  # a thread is stuck in a write: Python's own end would wait for its locks
    with contextlib.suppress(ValueError):  # not in the main thread
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Python's end would let a late Ctrl+C kill what has ended well
    sys.exit(code)


def _tell_and_leave(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """What Python does with an exception that nobody has handled."""
    traceback.print_exception(kind, error, trace)
    if not _end():
        os._exit(1)


def _end() -> bool:
    """Write what is left, and put the old streams back; says whether nothing is stuck."""
    has_ended = end_all(_END_S)
    sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
    return has_ended
