"""One file of a recording, opened to be read. Whatever is wrong with it is a :class:`ConfigError` that names it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recording.tables import APPLICATION_ID, FORMAT, unpacked
from recording.words import Event, EventKind, RecordedStep, Signal
from utils.clocks import ModelSeconds, UnixSeconds
from utils.errors import ConfigError, Problem

_SIGNALS = """
SELECT streams.name, title, unit, point, object, equipment, device, role, direction, meaning
FROM signals JOIN streams ON streams.id = signals.stream ORDER BY streams.id, place
"""
_STEPS = """
SELECT steps.number, time_s, wall_s, "values", qualities, local_time, late, exchange_s, why, note, episode
FROM steps JOIN streams ON streams.id = steps.stream
WHERE streams.name = ? AND steps.rowid > ? AND steps.rowid < ? ORDER BY steps.rowid
"""
_NEXT = """
SELECT steps.rowid, episode, time_s FROM steps JOIN streams ON streams.id = steps.stream
WHERE streams.name = ? AND steps.rowid >= ? ORDER BY steps.rowid LIMIT 1
"""
_NEWEST = """
SELECT steps.rowid FROM steps JOIN streams ON streams.id = steps.stream
WHERE streams.name = ? ORDER BY steps.rowid DESC LIMIT 1
"""
_BEYOND_ALL = 2**62
_VALUES = """
SELECT "values" FROM steps JOIN streams ON streams.id = steps.stream WHERE streams.name = ? ORDER BY steps.rowid
"""
_LAST = "SELECT rowid, wall_s, episode FROM steps ORDER BY rowid DESC LIMIT 1"
_CUT = "; it was cut or is damaged: copy it again, with what lies beside it under the same name"
_WHAT_TO_DO = {
    sqlite3.SQLITE_CORRUPT: _CUT,
    sqlite3.SQLITE_NOTADB: f"; if it is a recording, {_CUT[2:]}",
    sqlite3.SQLITE_CANTOPEN: "; its process lives or was killed, and who reads it has to put it in order: copy it, "
    "with what lies beside it under the same name, into a folder that you may write to",
}
_NEEDS_REPAIR = frozenset({sqlite3.SQLITE_READONLY_ROLLBACK, sqlite3.SQLITE_READONLY_RECOVERY, sqlite3.SQLITE_READONLY})
"""What a reader is told that may not put right what a killed process has left."""


@dataclass(frozen=True, slots=True)
class Span:
    """Which part of which run it is, from when to when (Unix s), and how it ended; None where it was never said."""

    run: str
    number: int
    began_s: UnixSeconds
    ended_s: UnixSeconds | None
    ending: str | None


@dataclass(frozen=True, slots=True)
class Extent:
    """How many steps a part has, of all streams, and when its last one was taken (Unix s), in which episode."""

    rows: int
    last_s: UnixSeconds | None
    episode: int


class PartReader:
    """A file of a recording; :meth:`close` it. Every method raises :class:`ConfigError` where the file is damaged."""

    def __init__(self, file: Path) -> None:
        """Raises :class:`ConfigError` for a file that is not there, not ours, or of another version."""
        self.file = file
        if not file.is_file():
            raise ConfigError([Problem(str(file), "there is no such recording")])
        with self._judged():
            self._base = self._opened("ro")
        try:
            self._refuse_others()
        except BaseException:
            self._base.close()
            raise

    def close(self) -> None:
        """Close the file."""
        self._base.close()

    def span(self) -> Span:
        """When it began and how it ended."""
        with self._judged():
            return Span(*self._base.execute("SELECT run, number, began_s, ended_s, ending FROM part").fetchone())

    def facts(self) -> dict[str, Any]:
        """What ran."""
        with self._judged():
            return {name: json.loads(content) for name, content in self._base.execute("SELECT * FROM facts")}

    def streams(self) -> dict[str, tuple[Signal, ...]]:
        """The signals of each stream."""
        found: dict[str, list[Signal]] = {}
        with self._judged():
            for stream, *signal in self._base.execute(_SIGNALS):
                found.setdefault(stream, []).append(Signal(*signal))
        return {stream: tuple(signals) for stream, signals in found.items()}

    def steps(self, stream: str, after: int = 0, before: int = _BEYOND_ALL) -> Iterator[tuple[int, RecordedStep]]:
        """The steps of a stream with their row numbers, those ``after`` one and ``before`` another only."""
        wanted = _STEPS.replace("SELECT", "SELECT steps.rowid,", 1)
        with self._judged():
            for row, *step in self._base.execute(wanted, (stream, after, before)):
                yield row, _step(step)

    def newest(self, stream: str) -> RecordedStep | None:
        """The step of a stream that was taken last; costs the same for a long one."""
        with self._judged():
            found = self._base.execute(_NEWEST, (stream,)).fetchone()
        return next((step for _, step in self.steps(stream, found[0] - 1)), None) if found else None

    def steps_between(
        self, stream: str, episode: int, since_s: float, until_s: float
    ) -> Iterator[tuple[int, RecordedStep]]:
        """The steps of an episode between two model times (s), both included. No others are read."""
        first, beyond = self._row_from(stream, episode, since_s), self._row_from(stream, episode, until_s, is_past=True)
        return self.steps(stream, first - 1, beyond)

    def _row_from(self, stream: str, episode: int, time_s: float, *, is_past: bool = False) -> int:
        """The row from which on steps are at that time or later; with ``is_past``, later. Found by halving."""
        low, high, wanted = 1, self.extent().rows + 1, (episode, time_s)
        with self._judged():
            while low < high:
                middle = (low + high) // 2
                found = self._base.execute(_NEXT, (stream, middle)).fetchone()
                if found is None or found[1:] > wanted or (found[1:] == wanted and not is_past):
                    high = middle
                else:
                    low = found[0] + 1
        return low

    def values(self, stream: str) -> Iterator[bytes]:
        """The values of each step of a stream, packed; see :mod:`recording.tables`."""
        with self._judged():
            for (content,) in self._base.execute(_VALUES, (stream,)):
                yield content

    def extent(self) -> Extent:
        """How much of it there is; costs the same for a long one."""
        with self._judged():
            rows, wall_s, episode = self._base.execute(_LAST).fetchone() or (0, None, 0)
            return Extent(rows, wall_s, episode)

    def events(self) -> Iterator[Event]:
        """What has happened, in the order in which it was said."""
        with self._judged():
            for wall_s, time_s, kind, subject, words, who in self._base.execute("SELECT * FROM events ORDER BY rowid"):
                moment = None if time_s is None else ModelSeconds(time_s)
                yield Event(UnixSeconds(wall_s), EventKind(kind), subject, words, moment, who)

    def _opened(self, mode: str) -> sqlite3.Connection:
        """To be read; where a killed process has left half a batch in the file, that is rolled back first."""
        base = sqlite3.connect(f"{self.file.resolve().as_uri()}?mode={mode}", uri=True, check_same_thread=False)
        try:
            base.execute("SELECT count(*) FROM sqlite_schema")
        except sqlite3.Error as error:
            base.close()
            if mode == "ro" and getattr(error, "sqlite_errorcode", None) in _NEEDS_REPAIR:
                return self._opened("rw")
            raise
        return base

    def _refuse_others(self) -> None:
        with self._judged():
            (application,) = self._base.execute("PRAGMA application_id").fetchone()
            (version,) = self._base.execute("PRAGMA user_version").fetchone()
        if application != APPLICATION_ID:
            raise ConfigError([Problem(str(self.file), "this is no recording of the bench")])
        if version != FORMAT:
            what = f"recorded in format {version}, and this version of the bench reads format {FORMAT}"
            raise ConfigError([Problem(str(self.file), what)])

    @contextmanager
    def _judged(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, ValueError, TypeError) as error:
            what = f"{error}{_WHAT_TO_DO.get(getattr(error, 'sqlite_errorcode', 0), '')}"
            raise ConfigError([Problem(str(self.file), f"cannot be read as a recording: {what}")]) from None


def _step(row: list[Any]) -> RecordedStep:
    number, time_s, wall_s, values, qualities, local_time, late, exchange_s, why, note, episode = row
    return RecordedStep(
        number,
        time_s,
        wall_s,
        numbers := unpacked(values),
        qualities or bytes(len(numbers)),
        local_time,
        bool(late),
        exchange_s,
        why,
        note,
        episode,
    )
