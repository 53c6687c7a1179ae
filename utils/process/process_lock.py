"""Is a file's process alive? A lock that ends with the process that holds it, and can be looked at in any folder.

:class:`filelock.FileLock` has to write to the lock's file. Where nothing can be written (a disk that has become
read-only), the lock is taken on the file as it is.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from filelock import FileLock, Timeout

_POLL_S = 0.01
_LOOK_S = 0.1


class ProcessLock:
    """The lock of one file. ``acquire`` raises :class:`filelock.Timeout` where another process holds it."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = FileLock(file, timeout=0, thread_local=False)
        self._descriptor: int | None = None

    def acquire(self, timeout_s: float = 0.0) -> None:
        """Hold the lock, waiting for so long. Raises ``Timeout``."""
        try:
            self._lock.acquire(timeout=timeout_s, poll_interval=_POLL_S)
        except Timeout:
            raise
        except OSError:
            self._descriptor = _locked_as_it_is(self._file)

    def release(self) -> None:
        """Let go of it; nothing happens where it is not held."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
        self._lock.release()


def is_held(file: Path) -> bool:
    """Whether a living process holds the lock. Those who only look at the same time are not taken for one."""
    if sys.platform == "win32":
        return _is_held_for(file, _LOOK_S)
    try:
        descriptor = os.open(file, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        _lock_descriptor(descriptor, shared=True)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _is_held_for(file: Path, seconds: float) -> bool:
    """The same where a look is a lock: others look for a moment only."""
    lock = ProcessLock(file)
    try:
        lock.acquire(seconds)
    except Timeout:
        return True
    lock.release()
    return False


def _locked_as_it_is(file: Path) -> int | None:
    """Lock a file without writing to it; None where there is none, so that nobody holds it. Raises ``Timeout``."""
    try:
        descriptor = os.open(file, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        _lock_descriptor(descriptor)
    except OSError:
        os.close(descriptor)
        raise Timeout(str(file)) from None
    return descriptor


def _lock_descriptor(descriptor: int, *, shared: bool = False) -> None:
    """Raises OSError where somebody else holds the lock."""
    if sys.platform == "win32":
        os.read(descriptor, 1)  # what is locked there cannot be read
        return
    import fcntl

    fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
