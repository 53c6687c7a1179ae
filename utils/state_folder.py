"""The state folder: what has to outlive a run (certificate pins, test ids, controllers met before).

Several processes may share it. Every file is replaced whole, under a lock, so a crash leaves the old or the new one.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from filelock import FileLock, Timeout

from utils.errors import BridgeError

_LOCK_TIMEOUT_S = 5.0


class StateError(BridgeError):
    """The state folder cannot be read or written."""


class StateFolder:
    """A folder of small JSON files. Creates itself; raises :class:`StateError` where it cannot."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StateError(f"cannot create the state folder {path}: {error.strerror}") from error

    def table(self, name: str) -> StateTable:
        """A table of text by text, kept in ``<name>.json``."""
        return StateTable(self.path / f"{name}.json")

    @property
    def pins(self) -> StateTable:
        """Certificate fingerprints by controller address."""
        return self.table("certificate-pins")

    @property
    def met(self) -> StateTable:
        """Controllers that the user has agreed to drive, by address."""
        return self.table("controllers-met")

    @property
    def tests(self) -> TestIdFile:
        """Test ids that this process has selected, and those that dead ones left."""
        return TestIdFile(self.path / "tests")


class StateTable:
    """Text by text in one JSON file."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def get(self, key: str) -> str | None:
        """The value, or None where the key is absent."""
        return self._read().get(key)

    def set(self, key: str, value: str) -> None:
        """Store a value durably before returning."""
        with self._lock():
            write_atomically(self.file, {**self._read(), key: value})

    def _lock(self) -> FileLock:
        return FileLock(f"{self.file}.lock", timeout=_LOCK_TIMEOUT_S)

    def _read(self) -> dict[str, str]:
        try:
            loaded: dict[str, str] = json.loads(self.file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise StateError(f"cannot read {self.file}: {error}; delete it to begin anew") from error
        return loaded


class TestIdFile:
    """Selected tests, one file each, locked while their process lives: an unlocked one is an orphan."""

    __test__ = False

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._locks: dict[str, FileLock] = {}

    def remember(self, server: str, testid: str) -> None:
        """Note a selected test on disk, at once, and hold its lock."""
        self._folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self._folder / f"{testid}.lock", timeout=_LOCK_TIMEOUT_S, thread_local=False)
        lock.acquire()
        self._locks[testid] = lock
        write_atomically(self._folder / f"{testid}.json", {"server": server, "testid": testid})

    def forget(self, server: str, testid: str) -> None:
        """The test was stopped: remove its note."""
        lock = self._locks.pop(testid, None)
        (self._folder / f"{testid}.json").unlink(missing_ok=True)
        if lock is not None:
            lock.release()
        _unlink_quietly(self._folder / f"{testid}.lock")

    def orphans(self, server: str) -> list[str]:
        """Tests on this server whose process has died."""
        notes = [json.loads(file.read_text(encoding="utf-8")) for file in sorted(self._folder.glob("*.json"))]
        return [note["testid"] for note in notes if note["server"] == server and not self._is_held(note["testid"])]

    def _is_held(self, testid: str) -> bool:
        if testid in self._locks:
            return True
        try:
            with FileLock(self._folder / f"{testid}.lock", timeout=0):
                return False
        except Timeout:
            return True


def write_atomically(file: Path, content: object) -> None:
    """Replace a JSON file whole, on disk before returning. Raises :class:`StateError`."""
    draft = file.with_suffix(f".{os.getpid()}.tmp")
    try:
        with draft.open("w", encoding="utf-8") as stream:
            json.dump(content, stream, indent=1)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(file)
    except OSError as error:
        raise StateError(f"cannot write {file}: {error.strerror}") from error


def _unlink_quietly(file: Path) -> None:
    try:
        file.unlink(missing_ok=True)
    except OSError:  # Windows: somebody is just looking whether the lock is held
        return
