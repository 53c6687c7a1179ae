"""The journal of a process that has died: what it left, and what becomes of the file."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from filelock import Timeout

from clients.making import Credentials
from ledger.entries import Entry
from ledger.ledger import Ledger
from ledger.record import records
from ledger.record.files import DAMAGED, Lines, forget_lock, giving_file, lock_file, remove, values_file
from ledger.record.records import NO_ROW, VERSION, Content
from ledger.record.sent_values import journal_bytes_in, row_in
from ledger.storage import Storage
from ledger.watched import Remembered
from utils.home import CALLED
from utils.process.host import is_same_boot
from utils.process.process_lock import ProcessLock
from utils.state_folder import StateError
from utils.values import ObjectRef, PointValue

log = logging.getLogger(__name__)

_LOOKED_AT_S = 1.0
"""Others may be looking whether it is given back, for a moment each."""
_DISCARD = f"look at the controllers, then: {CALLED} release --discard FILE"
_ANOTHER_VERSION = (
    "another version of this program; what they took has not been given back. Run release of that version, or "
    + _DISCARD
)
_OF_THE_FUTURE = f"its format is newer than ours ({VERSION}): all its lines are of {_ANOTHER_VERSION}"
IN_PART = (
    "parts of it cannot be read, so something may still be taken of which only they told. What could be read is given "
    f"back; {_DISCARD}"
)


@dataclass(frozen=True, slots=True)
class KeptJournal:
    """A journal of a dead process that stays on disk, and why; somebody has to look."""

    file: Path
    why: str

    def __str__(self) -> str:
        return f"{self.file}: {self.why}"


class Orphan:
    """A dead process's journal, locked for us."""

    def __init__(
        self, file: Path, lock: ProcessLock, giving: ProcessLock, on_kept: Callable[[KeptJournal], None]
    ) -> None:
        """Both locks are held. ``on_kept`` is told at the end of what stays and needs somebody to look."""
        self._on_kept = on_kept
        self._file = file
        self._lock = lock
        self._giving = giving
        self._content, self._unreadable = _content_of(file)
        self.pid = self._content.pid
        self.credentials: Mapping[str, Credentials] = self._content.credentials
        self._open = {} if self._content.is_of_the_future else dict(self._content.open)
        self.ledger = Ledger(self, knows_values=is_same_boot(self._content.boot))
        self.ledger.restore({entry: self._remembered(row) for entry, row in self._open.items()})

    def refuse_claimed(self, entries: Sequence[Entry]) -> None:
        """Nothing is taken, so nobody is in the way."""

    def others(self) -> Iterable[tuple[int, Entry]]:
        """Nobody asks while giving back: who has taken something meanwhile is told by what stands there."""
        return ()

    def take(self, entries: Sequence[Entry]) -> None:
        """Nothing is taken on behalf of the dead."""
        raise StateError("nothing can be taken in the name of a process that has ended")

    def give_back(self, entries: Sequence[Entry]) -> None:
        """Write down that the entries have been undone; where that cannot be, whoever comes next looks again."""
        for entry in entries:
            self._open.pop(entry, None)
        if not self._open and self._is_understood:
            return  # the file goes, so there is nothing to note
        try:
            with contextlib.closing(Lines(self._file)) as lines:
                lines.append([records.given_back(entry) for entry in entries])
        except OSError as error:
            log.warning("the ledger %s cannot note what was given back: %s", self._file, error.strerror)

    def sent(self, device: str, values: Mapping[ObjectRef, PointValue]) -> None:
        """Undoing sends nothing that would have to be recognised later."""

    def stored(self, device: str, ref: ObjectRef, storage: Storage) -> None:
        """Nor does it learn anything."""

    def close(self) -> None:
        """Let go of the journal. It is removed when nothing in it is open, unless there is more to it than we read."""
        kept = self._kept()
        self._giving.release()
        forget_lock(giving_file(self._file))
        self._lock.release()
        if not self._file.exists():
            forget_lock(lock_file(self._file))
        if kept is not None:
            self._on_kept(kept)

    @property
    def _is_understood(self) -> bool:
        content = self._content
        return not (self._unreadable or content.is_of_the_future or content.foreign_lines or content.damaged_lines)

    def _kept(self) -> KeptJournal | None:
        """What of the journal stays because it was not understood, or because it cannot be taken away."""
        content = self._content
        if self._unreadable:
            return KeptJournal(self._file, f"it cannot be read ({self._unreadable})")
        if content.is_of_the_future:
            return KeptJournal(self._file, _OF_THE_FUTURE)
        if content.foreign_lines:
            return KeptJournal(self._file, f"{content.foreign_lines} lines of it are of {_ANOTHER_VERSION}")
        if not self._open:
            return self._taken_away()
        return KeptJournal(self._file, IN_PART) if content.damaged_lines else None

    def _taken_away(self) -> KeptJournal | None:
        try:
            if not self._content.damaged_lines:
                remove(self._file)
                return None
            aside = self._file.replace(self._file.with_suffix(DAMAGED))
            remove(self._file)
        except OSError as error:
            what = "given back, but it cannot be noted, as nothing can be written here"
            return KeptJournal(self._file, f"{what} ({error.strerror})")
        return KeptJournal(aside, IN_PART)

    def _remembered(self, row: int) -> Remembered | None:
        """What is known of an object, as far as it reached the disk."""
        return Remembered() if row == NO_ROW else row_in(values_file(self._file), row, self._content.version)


def adopted(file: Path, timeout_s: float, on_kept: Callable[[KeptJournal], None]) -> Orphan | None:
    """A journal, locked for the caller; None where it has gone, or its process lives that long."""
    lock, giving = ProcessLock(lock_file(file)), ProcessLock(giving_file(file))
    try:
        lock.acquire(timeout_s)
        giving.acquire(_LOOKED_AT_S)
    except Timeout:
        lock.release()
        return None
    if not file.exists():  # somebody else has just finished with it
        giving.release()
        forget_lock(giving_file(file))
        lock.release()
        return None
    return Orphan(file, lock, giving, on_kept)


def _content_of(file: Path) -> tuple[Content, str]:
    """What a journal says, and why it says nothing (empty where it does)."""
    try:
        content = records.read(file, journal_bytes_in(values_file(file)))
    except OSError as error:
        return Content(), error.strerror or str(error)
    content.damaged_lines += content.is_cut and _has_lost_its_length(file, content)
    return content, ""


def _has_lost_its_length(file: Path, content: Content) -> bool:
    """Whether nothing tells how long it was, although no power cut can have taken that: its end may be missing."""
    has_rows = any(row != NO_ROW for row in content.open.values())
    return has_rows and is_same_boot(content.boot) and not values_file(file).exists()
