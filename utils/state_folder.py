"""The state folder: what has to outlive a run (certificate pins, test ids, controllers met before).

Several processes may share it. Every file is replaced whole, under a lock, so a crash leaves the old or the new one.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from filelock import FileLock

from utils.errors import BridgeError
from utils.names import is_token
from utils.process.process_lock import is_held

_LOCK_TIMEOUT_S = 5.0
_POLL_S = 0.005
LOADING_S = 900.0
"""Wall time in which a worker has loaded whatever it loads; after as long a time without a call it ends the test."""


class StateError(BridgeError):
    """The state folder cannot be read or written."""


class StateFolder:
    """A folder of small JSON files. Creates itself; raises :class:`StateError` where it cannot."""

    def __init__(self, path: Path, former: Path | None = None, *, is_made: bool = True) -> None:
        """``former`` is where an earlier version kept it: what was taken then is given back from there.

        One that is not ``is_made`` at once is made by what is written first.
        """
        self.path = path
        self.former = former
        if not is_made:
            return
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            what = f"cannot create the state folder {path}: {error.strerror} (BRIDGE_STATE_DIR names another)"
            raise StateError(what) from error

    @contextlib.contextmanager
    def without_a_trace(self) -> Iterator[None]:
        """Around what keeps nothing: folders that are made in here are gone at the end, where nothing is in them."""
        wanted = (self.tests.folder, self.path, *self.path.absolute().parents)
        new = [folder for folder in wanted if not os.access(folder, os.F_OK)]
        try:
            yield
        finally:
            with contextlib.suppress(OSError):
                for folder in new:
                    folder.rmdir()

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
        lock = FileLock(f"{self.file}.lock", timeout=_LOCK_TIMEOUT_S)
        with lock.acquire(poll_interval=_POLL_S):
            write_atomically(self.file, {**self._read(), key: value})

    def _read(self) -> dict[str, str]:
        """A line is deleted by hand where a certificate has changed, in whatever editor: a byte order mark is fine."""
        try:
            return _as_table(json.loads(self.file.read_text(encoding="utf-8-sig")))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, RecursionError) as error:
            raise StateError(f"cannot read {self.file}: {error}; delete it to begin anew") from error


class TestIdFile:
    """Selected tests, one file each, locked while their process lives: an unlocked one is an orphan.

    A name here comes from a server: it is a token (:func:`utils.names.is_token`), or nothing is done with it. Files
    that are no notes of ours are left alone.
    """

    __test__ = False

    def __init__(self, folder: Path, wall: Callable[[], float] = time.time) -> None:
        self.folder = folder
        self._wall = wall
        self._locks: dict[str, FileLock] = {}

    def remember(self, server: str, testid: str) -> None:
        """Note a selected test on disk, at once, and hold its lock. Raises :class:`StateError`."""
        _require_token(testid)
        lock = self._lock(testid)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock.acquire()
        except OSError as error:
            raise StateError(f"cannot note the test {testid} in {self.folder}: {error}") from error
        self._locks[testid] = lock
        self._write(server, testid)

    def abandon(self, server: str, testid: str) -> None:
        """The test was stopped before it ran: it may come up all the same, so whoever comes next has to look.

        Where that cannot be written, the note stays as it is.
        """
        _require_token(testid)
        with contextlib.suppress(StateError):
            self._write(server, testid, stopped_at=self._wall())
        self._let_go(testid)

    def forget(self, server: str, testid: str) -> None:
        """The test has ended: remove its note. A note that cannot be removed is found to be outdated by the next."""
        _require_token(testid)
        _unlink_quietly(self._file(testid))
        self._let_go(testid)
        _unlink_quietly(self.folder / f"{testid}.lock")

    def orphans(self, server: str) -> list[str]:
        """Tests on this server whose process has died, or has abandoned them."""
        return [testid for testid, note in self._notes() if note["server"] == server and not self._is_held(testid)]

    def servers(self) -> list[str]:
        """The servers that have orphans."""
        return sorted({str(note["server"]) for testid, note in self._notes() if not self._is_held(testid)})

    def may_still_load(self, testid: str) -> bool:
        """Whether an abandoned test that its server does not know may still come up: a worker may be loading it."""
        note = _note_in(self._file(testid)) if is_token(testid) else None
        stopped_at = note.get("stopped_at") if note is not None else None
        return isinstance(stopped_at, int | float) and abs(self._wall() - stopped_at) < LOADING_S

    def _write(self, server: str, testid: str, **more: float) -> None:
        write_atomically(self._file(testid), {"server": server, "testid": testid, **more})

    def _notes(self) -> Iterator[tuple[str, dict[str, object]]]:
        for file in sorted(self.folder.glob("*.json")):
            note = _note_in(file)
            if note is not None:
                yield file.stem, note

    def _file(self, testid: str) -> Path:
        return self.folder / f"{testid}.json"

    def _lock(self, testid: str) -> FileLock:
        return FileLock(self.folder / f"{testid}.lock", timeout=_LOCK_TIMEOUT_S, thread_local=False)

    def _let_go(self, testid: str) -> None:
        lock = self._locks.pop(testid, None)
        if lock is not None:
            lock.release()

    def _is_held(self, testid: str) -> bool:
        try:
            return is_held(self.folder / f"{testid}.lock")
        except OSError:  # where nobody may look, somebody may live
            return True


def _as_table(loaded: object) -> dict[str, str]:
    if not isinstance(loaded, dict) or not all(isinstance(value, str) for value in loaded.values()):
        raise ValueError("it is no table of text by text")
    return loaded


def _require_token(testid: str) -> None:
    if not is_token(testid):
        raise StateError(f"{testid[:80]!a} is no test id")


def _note_in(file: Path) -> dict[str, object] | None:
    """The note of a test, or None where this is none: foreign, damaged, or about another test than its name says."""
    leads_elsewhere = file.is_symlink() or file.with_suffix(".lock").is_symlink()
    if not is_token(file.stem) or leads_elsewhere or not file.is_file():
        return None
    try:
        note = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(note, dict) or note.get("testid") != file.stem:
        return None
    return note if str(note.get("server")).startswith(("http://", "https://")) else None


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
    except OSError:  # Windows: somebody is just looking whether the lock is held; or the folder can be read only
        return
