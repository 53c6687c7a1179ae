"""The ledger on disk: what was taken outlives the process that took it.

One folder, one journal per process. ``<name>.jsonl`` holds a line per entry taken or given back, synced to disk before
the controller is touched. ``<name>.sent`` holds the last values sent to each object, written without syncing: they
survive the process but not a power cut, and a journal from before the last start of the computer says so. A lock on
``<name>.lock`` lives as long as the process; a journal whose lock is free belongs to a dead one.
"""

from __future__ import annotations

import json
import logging
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from filelock import FileLock, Timeout

from bridge.ledger import Entry, Ledger, TakenClock, TakenInput, TakenOutput, TakenSlot
from bridge.sent_values import SentValues, values_in
from equipment.equipment_manager import Credentials
from utils.errors import ConfigError, Problem
from utils.host import boot_marker, is_same_boot
from utils.state_folder import StateError, StateFolder
from utils.values import ObjectRef, ObjectType, PointValue

log = logging.getLogger(__name__)

_KINDS: Mapping[str, type[Entry]] = {kind.__name__: kind for kind in (TakenSlot, TakenInput, TakenOutput, TakenClock)}
_LOCK_TIMEOUT_S = 10.0
_ADOPT_TIMEOUT_S = 0.2
_ADOPT_POLL_S = 0.01


@dataclass(slots=True)
class _Content:
    """What a journal says, read from the start to its last whole line."""

    pid: int = 0
    boot: str = ""
    open: dict[Entry, int] = field(default_factory=dict)
    """Open entries and their rows in the file of sent values."""
    credentials: dict[str, Credentials] = field(default_factory=dict)


class Journals:
    """The folder of all journals on this computer."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = FileLock(folder / "all.lock", timeout=_LOCK_TIMEOUT_S)

    @classmethod
    def of(cls, state: StateFolder) -> Journals:
        """The journals in a state folder."""
        return cls(state.path / "ledgers")

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

    def orphans(self) -> list[Orphan]:
        """The journals of dead processes, each locked for the caller until it is closed."""
        files = sorted(self.folder.glob("*.jsonl"))
        return [orphan for file in files if (orphan := self.orphan(file)) is not None]

    def orphan(self, file: Path, timeout_s: float = _ADOPT_TIMEOUT_S) -> Orphan | None:
        """One journal, locked for the caller; None when there is none (any more), or its process lives that long."""
        return _adopted(file, timeout_s) if file.exists() else None

    def living(self, but: Path | None = None) -> Iterator[tuple[int, Entry]]:
        """What processes that run now have taken, with their process ids."""
        for file in sorted(self.folder.glob("*.jsonl")):
            if file != but and _is_held(file):
                content = _read(file)
                yield from ((content.pid, entry) for entry in content.open)


class Journal:
    """This process's store of a :class:`bridge.ledger.Ledger`."""

    def __init__(self, journals: Journals, credentials: Mapping[str, Credentials]) -> None:
        self._journals = journals
        self._credentials = credentials
        self.file = journals.folder / f"{datetime.now():%Y%m%d-%H%M%S}-{os.getpid()}-{id(self):x}.jsonl"
        self._own_lock = FileLock(self.file.with_suffix(".lock"), timeout=0, thread_local=False)
        self._guard = threading.Lock()
        self._records: BinaryIO | None = None
        self._sent: SentValues | None = None
        self._open: set[Entry] = set()

    def take(self, entries: Sequence[Entry]) -> None:
        """Write the entries down, on disk before returning.

        Raises :class:`ConfigError` naming the process that has one of them already, and :class:`StateError` where the
        disk does not take them; then nothing is entered.
        """
        try:
            with self._journals.lock(), self._guard:
                self.refuse_claimed(entries)
                if self._records is None:
                    self._begin()
                self._append([_taken(entry, self._row(entry)) for entry in entries])
                self._open.update(entries)
        except OSError as error:
            raise StateError(f"cannot write the ledger in {self.file.parent}: {error.strerror or error}") from error
        except Timeout:
            raise StateError(f"the ledger folder {self.file.parent} is locked by somebody for too long") from None

    def refuse_claimed(self, entries: Sequence[Entry]) -> None:
        """Raises :class:`ConfigError` when another process on this computer has taken one of these."""
        wanted = {_claim(entry): entry for entry in entries}
        problems = [
            Problem(entry.device, f"process {pid} on this computer drives {_described(entry)}; stop that first")
            for pid, theirs in self._journals.living(self.file)
            if (entry := wanted.get(_claim(theirs))) is not None
        ]
        if problems:
            raise ConfigError(problems)

    def give_back(self, entries: Sequence[Entry]) -> None:
        """Write down that the entries have been undone."""
        known = [entry for entry in entries if entry in self._open]
        try:
            with self._guard:
                self._append([_given_back(entry) for entry in known])
        except OSError as error:
            log.warning("the ledger cannot note what was given back (%s): the next start looks again", error.strerror)
            return
        self._open.difference_update(known)

    def sent(self, device: str, ref: ObjectRef, value: PointValue) -> None:
        """Remember a value in the row of its object."""
        if self._sent is not None:
            self._sent.note((device, ref), value)

    def close(self) -> None:
        """Let go of the journal. It is removed when nothing in it is open."""
        if self._records is None or self._sent is None:
            return
        self._records.close()
        self._sent.close()
        _dismiss(self.file, self._own_lock, is_done=not self._open)
        self._records = self._sent = None

    def _begin(self) -> None:
        self._own_lock.acquire()
        self._records = self.file.open("ab", buffering=0)
        self._sent = SentValues(self.file.with_suffix(".sent"))
        header = {"pid": os.getpid(), "boot": boot_marker()}
        devices = [{"device": device, **asdict(known)} for device, known in self._credentials.items()]
        self._append([header, *devices])

    def _row(self, entry: Entry) -> int | None:
        """A row for the object's values, allocated on disk now so that a disk that fills up later does no harm."""
        if isinstance(entry, TakenClock) or self._sent is None:
            return None
        return self._sent.row((entry.device, entry.ref))

    def _append(self, records: Sequence[Mapping[str, Any]]) -> None:
        if self._records is None or not records:
            return
        text = "".join(json.dumps(record) + "\n" for record in records)
        self._records.write(text.encode())
        os.fsync(self._records.fileno())


class Orphan:
    """A dead process's journal, locked for us."""

    def __init__(self, file: Path, lock: FileLock) -> None:
        content = _read(file)
        self.pid = content.pid
        self.credentials: Mapping[str, Credentials] = content.credentials
        self._file = file
        self._lock = lock
        self._open = content.open
        self.ledger = Ledger(self, knows_values=is_same_boot(content.boot))
        self.ledger.restore({entry: self._values(row) for entry, row in content.open.items()})

    def refuse_claimed(self, entries: Sequence[Entry]) -> None:
        """Nothing is taken, so nobody is in the way."""

    def take(self, entries: Sequence[Entry]) -> None:
        """Nothing is taken on behalf of the dead."""
        raise StateError("nothing can be taken in the name of a process that has ended")

    def give_back(self, entries: Sequence[Entry]) -> None:
        """Write down that the entries have been undone; where that cannot be, whoever comes next looks again."""
        try:
            with self._file.open("ab", buffering=0) as records:
                text = "".join(json.dumps(_given_back(entry)) + "\n" for entry in entries)
                records.write(text.encode())
                os.fsync(records.fileno())
        except OSError as error:
            log.warning("the ledger %s cannot note what was given back: %s", self._file, error.strerror)
        for entry in entries:
            self._open.pop(entry, None)

    def sent(self, device: str, ref: ObjectRef, value: PointValue) -> None:
        """Undoing sends nothing that would have to be recognised later."""

    def close(self) -> None:
        """Let go of the journal. It is removed when nothing in it is open."""
        _dismiss(self._file, self._lock, is_done=not self._open)

    def _values(self, row: int) -> list[float]:
        """The values last sent, as far as they reached the disk."""
        return values_in(self._file.with_suffix(".sent"), row)


def _adopted(file: Path, timeout_s: float) -> Orphan | None:
    lock = FileLock(file.with_suffix(".lock"), timeout=timeout_s, thread_local=False)
    try:
        lock.acquire(poll_interval=_ADOPT_POLL_S)
    except Timeout:
        return None
    if not file.exists():  # somebody else has just finished with it
        lock.release()
        return None
    return Orphan(file, lock)


def _is_held(file: Path) -> bool:
    try:
        with FileLock(file.with_suffix(".lock"), timeout=0):
            return False
    except Timeout:
        return True


def _dismiss(file: Path, lock: FileLock, *, is_done: bool) -> None:
    if is_done:
        file.unlink(missing_ok=True)
        file.with_suffix(".sent").unlink(missing_ok=True)
    lock.release()
    if is_done:
        try:
            file.with_suffix(".lock").unlink(missing_ok=True)
        except OSError:  # Windows: somebody is just looking whether it is held
            return


def _read(file: Path) -> _Content:
    content = _Content()
    for line in file.read_bytes().splitlines():
        try:
            record = json.loads(line)
        except ValueError:
            break  # cut off by a power cut, so the controller was never touched for it
        _apply(record, content)
    return content


def _apply(record: Mapping[str, Any], content: _Content) -> None:
    if "take" in record:
        content.open[_entry(record["take"])] = -1 if record["row"] is None else record["row"]
    elif "back" in record:
        content.open.pop(_entry(record["back"]), None)
    elif "pid" in record:
        content.pid, content.boot = record["pid"], record["boot"]
    else:
        known = {name: value for name, value in record.items() if name != "device"}
        content.credentials[record["device"]] = Credentials(**known)


def _taken(entry: Entry, row: int | None) -> dict[str, Any]:
    return {"take": {"kind": type(entry).__name__, **asdict(entry)}, "row": row}


def _given_back(entry: Entry) -> dict[str, Any]:
    return {"back": {"kind": type(entry).__name__, **asdict(entry)}}


def _entry(record: Mapping[str, Any]) -> Entry:
    fields = {name: value for name, value in record.items() if name != "kind"}
    if "ref" in fields:
        fields["ref"] = ObjectRef(ObjectType(fields["ref"]["object_type"]), fields["ref"]["instance"])
    return _KINDS[record["kind"]](**fields)


def _claim(entry: Entry) -> tuple[object, ...]:
    """What nobody else may take: a slot, an input, a clock."""
    match entry:
        case TakenSlot():
            return (entry.device, entry.ref, entry.priority)
        case TakenClock():
            return (entry.device, "clock")
        case _:
            return (entry.device, entry.ref, "service")


def _described(entry: Entry) -> str:
    match entry:
        case TakenSlot():
            return f"{entry.name} ({entry.ref}, slot {entry.priority})"
        case TakenClock():
            return "its clock"
        case _:
            return f"{entry.name} ({entry.ref})"
