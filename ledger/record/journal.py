"""The ledger on disk: what was taken outlives the process that took it.

One folder, one journal per process. ``<name>.jsonl`` holds a line per entry taken or given back, synced to disk before
the controller is touched (:mod:`ledger.record.records`). ``<name>.sent`` holds the last values sent to each object,
written without syncing: they survive the process but not a power cut, and a journal from before the last start of the
computer says so. A lock on ``<name>.lock`` lives as long as the process; a journal whose lock is free belongs to a dead
one. What cannot be read or understood of a journal is never thrown away by itself: it stays, and is named.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from secrets import token_hex

from filelock import FileLock, Timeout

from clients.making import Credentials
from ledger.entries import Entry, TakenClock, TakenSlot
from ledger.record import records
from ledger.record.files import DAMAGED, JOURNAL, Lines, forget_lock, giving_file, lock_file, remove, values_file
from ledger.record.orphan import IN_PART, KeptJournal, Orphan, adopted
from ledger.record.records import NO_ROW, Content
from ledger.record.sent_values import SentValues
from ledger.storage import Storage
from utils.errors import ConfigError, Problem
from utils.process.host import boot_marker
from utils.process.process_lock import ProcessLock, is_held
from utils.state_folder import StateError, StateFolder
from utils.values import ObjectRef, PointValue

log = logging.getLogger(__name__)

_LEDGERS = "ledgers"
_LOCK_TIMEOUT_S = 10.0
_ADOPT_TIMEOUT_S = 0.2
_POLL_S = 0.005
"""Many links take at once."""


class Journals:
    """The folder of all journals on this computer."""

    def __init__(self, folder: Path, former: Path | None = None) -> None:
        """Journals in a ``former`` folder are given back like all others; no new ones are put there."""
        self.folder = folder
        self._folders = (folder,) if former is None else (folder, former)
        self._lock = FileLock(folder / "all.lock", timeout=_LOCK_TIMEOUT_S)
        self._kept: dict[Path, KeptJournal] = {}

    @classmethod
    def of(cls, state: StateFolder) -> Journals:
        """The journals in a state folder."""
        return cls(state.path / _LEDGERS, state.former / _LEDGERS if state.former is not None else None)

    def own(self, credentials: Mapping[str, Credentials]) -> Journal:
        """A journal for this process; its files appear with the first entry."""
        return Journal(self, credentials)

    def lock(self) -> FileLock:
        """Held while somebody compares and takes, so that two processes cannot take the same thing."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StateError(f"cannot create {self.folder}: {error.strerror}") from error
        return self._lock

    def orphans(self, others_s: float = 0.0) -> list[Orphan]:
        """The journals of dead processes, each locked for the caller until it is closed.

        One that another process is giving back is waited for, for so long.
        """
        found = []
        for file in self._files():
            timeout_s = others_s if others_s and _is_given_back(file) else _ADOPT_TIMEOUT_S
            orphan = self.orphan(file, timeout_s)
            if orphan is not None:
                found.append(orphan)
        return found

    def orphan(self, file: Path, timeout_s: float = _ADOPT_TIMEOUT_S) -> Orphan | None:
        """One journal, locked for the caller; None when there is none (any more), or its process lives that long."""
        return adopted(file, timeout_s, self._keep) if file.exists() else None

    def living(self, but: Path | None = None) -> Iterator[tuple[int, Entry]]:
        """What processes that run now have taken, with their process ids.

        Raises :class:`StateError` for a journal that cannot be read: what it holds is not known.
        """
        for file in self._files():
            if file != but and is_held(lock_file(file)) and not _is_given_back(file):
                content = _content_of_living(file)
                yield from ((content.pid, entry) for entry in content.open)

    def left(self) -> Iterator[Entry]:
        """What processes that have died have not given back. Raises like :meth:`living`."""
        for file in self._files():
            if not is_held(lock_file(file)) or _is_given_back(file):
                yield from _content_of_living(file).open

    def being_given_back(self, but: Path | None = None) -> Iterator[Entry]:
        """What somebody gives back at this moment, for processes that have died. Raises like :meth:`living`."""
        for file in self._files():
            if file != but and _is_given_back(file):
                yield from _content_of_living(file).open

    @property
    def kept(self) -> tuple[KeptJournal, ...]:
        """What stays on disk until somebody has looked: set aside, or not understood when it was last closed here."""
        aside = {file: KeptJournal(file, IN_PART) for file in self._all(DAMAGED)}
        return tuple((self._kept | aside).values())

    def discard(self, name: str) -> Path:
        """Delete a journal for good, after somebody has looked; returns its path.

        Raises :class:`ConfigError` for one that is not in this folder, and one whose process lives.
        """
        found = [file for file in (*self._all(JOURNAL), *self._all(DAMAGED)) if file.name == Path(name).name]
        if not found:
            raise ConfigError([Problem("--discard", f"there is no journal {Path(name).name} in {self.folder}")])
        [file] = found
        if is_held(lock_file(file)):
            raise ConfigError([Problem("--discard", f"the process of {file.name} is running; stop that first")])
        try:
            remove(file)
        except OSError as error:
            raise StateError(f"cannot delete {file}: {error.strerror}") from error
        forget_lock(lock_file(file))
        self._kept.pop(file, None)
        return file

    def _keep(self, kept: KeptJournal) -> None:
        self._kept[kept.file] = kept

    def _files(self) -> list[Path]:
        return self._all(JOURNAL)

    def _all(self, suffix: str) -> list[Path]:
        return [file for folder in self._folders for file in sorted(folder.glob(f"*{suffix}"))]


class Journal:
    """This process's store of a :class:`ledger.ledger.Ledger`."""

    def __init__(self, journals: Journals, credentials: Mapping[str, Credentials]) -> None:
        self._journals = journals
        self._credentials = dict(credentials)
        self.file = journals.folder / f"{datetime.now():%Y%m%d-%H%M%S}-{os.getpid()}-{token_hex(4)}{JOURNAL}"
        self._own_lock = ProcessLock(lock_file(self.file))
        self._guard = threading.Lock()
        self._lines: Lines | None = None
        self._sent: SentValues | None = None
        self._open: set[Entry] = set()

    def reach(self, device: str, known: Credentials) -> None:
        """Note how one more controller is reached, before anything of it is taken.

        Raises :class:`StateError` where the disk does not take it.
        """
        with self._guard:
            self._credentials[device] = known
            if self._lines is None:
                return
            try:
                self._lines.append([records.access(device, known)])
            except OSError as error:
                what = f"cannot write the ledger in {self.file.parent}: {error.strerror or error}"
                raise StateError(what) from error

    def take(self, entries: Sequence[Entry]) -> None:
        """Write the entries down, on disk before returning.

        Raises :class:`ConfigError` naming the process that has one of them already, and :class:`StateError` where the
        disk does not take them; then nothing is entered.
        """
        try:
            with self._journals.lock().acquire(poll_interval=_POLL_S), self._guard:
                self.refuse_claimed(entries)
                lines, sent = self._begun()
                sent.journal_bytes = lines.append([records.taken(entry, _row(sent, entry)) for entry in entries])
                self._open.update(entries)
        except Timeout:
            raise StateError(f"the ledger folder {self.file.parent} is locked by somebody for too long") from None
        except OSError as error:
            raise StateError(f"cannot write the ledger in {self.file.parent}: {error.strerror or error}") from error

    def refuse_claimed(self, entries: Sequence[Entry]) -> None:
        """Raises :class:`ConfigError` when another process on this computer has taken one of these.

        And :class:`StateError` where one is just being given back: a moment later it is free, or known to be stuck.
        """
        wanted = {_claim(entry): entry for entry in entries}
        for theirs in self._journals.being_given_back(self.file):
            if (entry := wanted.get(_claim(theirs))) is not None:
                raise StateError(f"{_described(entry)} of an earlier run is being given back by another process")
        problems = [
            Problem(entry.device, f"process {pid} on this computer drives {_described(entry)}; {_stopped_how(pid)}")
            for pid, theirs in self._journals.living(self.file)
            if (entry := wanted.get(_claim(theirs))) is not None
        ]
        if problems:
            raise ConfigError(problems)

    def others(self) -> Iterator[tuple[int, Entry]]:
        """What processes that run now have taken. Raises :class:`StateError` for a journal that cannot be read."""
        return self._journals.living(self.file)

    def give_back(self, entries: Sequence[Entry]) -> None:
        """Write down that the entries have been undone."""
        known = [entry for entry in entries if entry in self._open]
        if self._lines is None or not known:
            return
        try:
            with self._guard:
                self._lines.append([records.given_back(entry) for entry in known])
        except OSError as error:
            log.warning("the ledger cannot note what was given back (%s): the next start looks again", error.strerror)
        self._open.difference_update(known)

    def sent(self, device: str, values: Mapping[ObjectRef, PointValue]) -> None:
        """Remember values in the rows of their objects. Raises :class:`StateError` where that cannot be."""
        if self._sent is not None:
            self._sent.note({(device, ref): value for ref, value in values.items()})

    def stored(self, device: str, ref: ObjectRef, storage: Storage) -> None:
        """Remember how an object stores. Raises :class:`StateError` where that cannot be."""
        if self._sent is not None:
            self._sent.note_storage((device, ref), storage)

    def close(self) -> None:
        """Let go of the journal. It is removed when nothing in it is open."""
        if self._lines is None or self._sent is None:
            return
        self._lines.close()
        self._sent.close()
        _dismiss(self.file, self._own_lock, is_done=not self._open)
        self._lines = self._sent = None

    def _begun(self) -> tuple[Lines, SentValues]:
        """The files, made with the first entry; one that cannot be begun leaves nothing. Raises OSError."""
        if self._lines is None or self._sent is None:
            self._own_lock.acquire()
            lines = sent = None
            try:
                lines, sent = Lines(self.file), SentValues(values_file(self.file))
                access = [records.access(device, known) for device, known in self._credentials.items()]
                lines.append([records.header(os.getpid(), boot_marker()), *access])
            except OSError:
                for opened in (lines, sent):
                    if opened is not None:
                        opened.close()
                _dismiss(self.file, self._own_lock, is_done=True)
                raise
            self._lines, self._sent = lines, sent
        return self._lines, self._sent


def _content_of_living(file: Path) -> Content:
    try:
        return records.read(file)
    except FileNotFoundError:  # its process has just ended, with everything given back
        return Content()
    except OSError as error:
        raise StateError(
            f"cannot read {file}, which tells what a running process has taken: {error.strerror}"
        ) from error


def _is_given_back(file: Path) -> bool:
    return giving_file(file).exists() and is_held(giving_file(file))


def _dismiss(file: Path, lock: ProcessLock, *, is_done: bool) -> None:
    """Let go of a journal of our own; one with nothing open goes where it can."""
    if is_done:
        try:
            remove(file)
        except OSError as error:
            log.warning("the ledger %s cannot be removed (%s): the next start looks again", file, error.strerror)
    lock.release()
    if is_done:
        forget_lock(lock_file(file))


def _row(sent: SentValues, entry: Entry) -> int:
    """A row for the object's values, allocated on disk now so that a disk that fills up later does no harm."""
    return NO_ROW if isinstance(entry, TakenClock) else sent.row((entry.device, entry.ref))


def _claim(entry: Entry) -> tuple[object, ...]:
    """What nobody else may take: a slot, an input, a clock."""
    match entry:
        case TakenSlot():
            return (entry.device, entry.ref, entry.priority)
        case TakenClock():
            return (entry.device, "clock")
        case _:
            return (entry.device, entry.ref, "service")


def _stopped_how(pid: int) -> str:
    return "that is this very process: close first what drives it" if pid == os.getpid() else "stop that first"


def _described(entry: Entry) -> str:
    match entry:
        case TakenSlot():
            return f"{entry.name} ({entry.ref}, slot {entry.priority})"
        case TakenClock():
            return "its clock"
        case _:
            return f"{entry.name} ({entry.ref})"
