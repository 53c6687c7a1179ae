"""One file of a recording while it is written: made, appended to in batches, ended. Used by one thread.

Raises :class:`sqlite3.Error` and :class:`OSError`, which :mod:`recording.recorder` takes as the end of the recording.
"""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import astuple, dataclass
from errno import ENOENT
from os.path import samestat
from pathlib import Path

from recording.runs_folder import DRAFT, forget_file
from recording.tables import APPLICATION_ID, FORMAT, GOOD, TABLES, packed
from recording.words import Event, Facts, RecordedStep, Signal
from utils.clocks import UnixSeconds

log = logging.getLogger(__name__)

_JOURNALS = ("WAL", "TRUNCATE")
"""Write-ahead lets readers in while we write; a network folder may refuse it."""
_ALL_GOOD = bytes([GOOD])
_PAGE_BYTES, _LOG_BYTES = 16_384, 4_194_304
"""Several steps a page: a quarter less to do than with pages of the usual size. The log is taken in when it is full."""
_STEP = "INSERT INTO steps VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_EVENT = "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)"
_SIGNAL = "INSERT INTO signals VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_FACT = "INSERT INTO facts VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET content = excluded.content"


@dataclass(frozen=True, slots=True)
class Batch:
    """What one batch appends, in the order in which it came. ``streams`` and ``facts`` are those that are new."""

    streams: Mapping[str, Sequence[Signal]]
    steps: Sequence[tuple[str, RecordedStep]]
    events: Sequence[Event]
    facts: Facts

    def __bool__(self) -> bool:
        return bool(self.streams or self.steps or self.events or self.facts)


class PartFile:
    """A new file of a recording, ``number`` counted from 1. It is there under its name when ``first`` is in it."""

    def __init__(self, file: Path, run: str, number: int, began_s: UnixSeconds, first: Batch) -> None:
        self.file = file
        self._ids: dict[str, int] = {}
        draft = file.with_suffix(DRAFT)
        try:
            self._base = _connected(draft)
            with closing(self._base):
                self._begin(run, number, began_s)
                self.append(first)
            draft.replace(file)
        except BaseException:
            forget_file(draft)
            raise
        self._made = file.stat()
        self._base = _connected(file)
        self._base.execute("PRAGMA synchronous = NORMAL")
        self._base.execute(f"PRAGMA wal_autocheckpoint = {_LOG_BYTES // _PAGE_BYTES}")

    @property
    def streams(self) -> frozenset[str]:
        """The streams that this file knows."""
        return frozenset(self._ids)

    @property
    def size(self) -> int:
        """Bytes that the file has, or will have once the write-ahead log is taken in."""
        (pages,), (each,) = (self._base.execute(f"PRAGMA {name}").fetchone() for name in ("page_count", "page_size"))
        return int(pages) * int(each)

    def require_there(self) -> None:
        """Raises FileNotFoundError where somebody has removed it: whatever is written would go nowhere."""
        try:
            is_there = samestat(self.file.stat(), self._made)
        except FileNotFoundError:
            is_there = False
        if not is_there:
            raise FileNotFoundError(ENOENT, "the file was removed", str(self.file))

    def append(self, lines: Batch) -> None:
        """Write a batch whole or not at all."""
        base = self._base
        base.execute("BEGIN IMMEDIATE")
        try:
            self._append_streams(lines.streams)
            base.executemany(_FACT, ((name, _json(content)) for name, content in lines.facts.items()))
            base.executemany(_STEP, (self._row(stream, step) for stream, step in lines.steps))
            base.executemany(_EVENT, (_event_row(event) for event in lines.events))
            base.execute("COMMIT")
        except BaseException:
            if base.in_transaction:
                base.execute("ROLLBACK")
            raise

    def end(self, ended_s: UnixSeconds, ending: str) -> None:
        """Say when and how it ended, and close it: one file, which can be copied, unless somebody reads it now."""
        try:
            self._base.execute("UPDATE part SET ended_s = ?, ending = ?", (ended_s, ending))
            with suppress(sqlite3.OperationalError):
                self._base.execute("PRAGMA journal_mode = DELETE")
        finally:
            self._base.close()

    def close(self) -> None:
        """Close it as it is: a reader sees that it has no end."""
        self._base.close()

    def _begin(self, run: str, number: int, began_s: UnixSeconds) -> None:
        base = self._base
        base.execute(f"PRAGMA page_size = {_PAGE_BYTES}")
        base.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        self._choose_journal()
        base.executescript(TABLES)
        base.execute("INSERT INTO part VALUES (?, ?, ?, NULL, NULL)", (run, number, began_s))
        base.execute(f"PRAGMA user_version = {FORMAT}")

    def _choose_journal(self) -> None:
        for wanted in _JOURNALS:
            (taken,) = self._base.execute(f"PRAGMA journal_mode = {wanted}").fetchone()
            if str(taken).upper() == wanted:
                break
        if wanted != _JOURNALS[0]:
            log.info("recording: %s takes no write-ahead log; a %s journal is kept", self.file.parent, taken)

    def _append_streams(self, streams: Mapping[str, Sequence[Signal]]) -> None:
        for name, signals in streams.items():
            self._ids[name] = number = len(self._ids) + 1
            self._base.execute("INSERT INTO streams VALUES (?, ?)", (number, name))
            self._base.executemany(_SIGNAL, _signal_rows(number, signals))

    def _row(self, stream: str, step: RecordedStep) -> tuple[object, ...]:
        return (
            self._ids[stream],
            step.episode,
            step.number,
            step.time_s,
            step.local_time,
            step.wall_s,
            step.is_late,
            step.exchange_s,
            packed(step.values),
            step.qualities if step.qualities.strip(_ALL_GOOD) else b"",
            step.why,
            step.note,
        )


def _connected(file: Path) -> sqlite3.Connection:
    # The thread that writes is not always the one that closes after it.
    return sqlite3.connect(file, isolation_level=None, check_same_thread=False)


def _json(content: object) -> str:
    """As any reader of JSON takes it, which knows no NaN."""
    try:
        return json.dumps(content, default=str, allow_nan=False)
    except ValueError:
        return json.dumps(json.loads(json.dumps(content, default=str), parse_constant=lambda _: None))


def _signal_rows(stream: int, signals: Sequence[Signal]) -> Iterable[tuple[object, ...]]:
    for place, signal in enumerate(signals):
        yield stream, place, *astuple(signal)


def _event_row(event: Event) -> tuple[object, ...]:
    return event.wall_s, event.time_s, event.kind.value, event.subject, event.words, event.who
