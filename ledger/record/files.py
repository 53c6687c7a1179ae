"""The files of one journal: how they are called, appended to, and taken away."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Sequence
from pathlib import Path

from ledger.record.records import Record, encoded

JOURNAL, DAMAGED = ".jsonl", ".damaged"


class Lines:
    """A journal's file, to be appended to. Opening and appending raise OSError."""

    def __init__(self, file: Path) -> None:
        self._stream = file.open("ab", buffering=0)
        self._is_torn = False
        raw = file.read_bytes()
        if raw and not raw.endswith(b"\n"):
            self._cut_to(raw.rfind(b"\n") + 1)  # a power cut has torn it: what comes now is a line of its own

    def append(self, new: Sequence[Record]) -> int:
        """Write lines, on disk before returning; all of them, or as good as none. Returns how long the file is."""
        whole = self._stream.seek(0, os.SEEK_END)
        text = (b"\n" if self._is_torn else b"") + encoded(new)
        try:
            if self._stream.write(text) != len(text):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(self._stream.fileno())
        except OSError:
            self._cut_to(whole)
            raise
        self._is_torn = False
        return whole + len(text)

    def close(self) -> None:
        """Nothing more comes."""
        self._stream.close()

    def _cut_to(self, whole: int) -> None:
        try:
            self._stream.truncate(whole)
        except OSError:
            self._is_torn = True  # the next line begins a new one


def lock_file(file: Path) -> Path:
    """What a living process holds."""
    return file.with_suffix(".lock")


def giving_file(file: Path) -> Path:
    """What is held besides by whoever gives back what a dead process took."""
    return file.with_suffix(".giving")


def values_file(file: Path) -> Path:
    """The values last sent."""
    return file.with_suffix(".sent")


def remove(file: Path) -> None:
    """Take a journal and its values away. Raises OSError."""
    file.unlink(missing_ok=True)
    values_file(file).unlink(missing_ok=True)


def forget_lock(lock: Path) -> None:
    """Take a lock's file away, once it is needed no more."""
    with contextlib.suppress(OSError):  # Windows: somebody is just looking whether it is held
        lock.unlink(missing_ok=True)
