"""The one file of a campaign: a row for each cell, and everything that is known of it. SQLite, whole after any kill."""

from __future__ import annotations

import json
import sqlite3
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from filelock import Timeout

from campaigns.cell import Cell, CellParameters, CellResult, Hashes
from utils.errors import BridgeError, ConfigError, Problem
from utils.process.process_lock import ProcessLock

SUFFIX = ".campaign"
DUE, DONE, FAILED = "due", "done", "failed"
_APPLICATION_ID = 0x42454E44
_FORMAT = 1
_TABLES = f"""
PRAGMA application_id = {_APPLICATION_ID};
PRAGMA user_version = {_FORMAT};
CREATE TABLE campaign (name TEXT PRIMARY KEY, content TEXT NOT NULL);
CREATE TABLE cells (
    number INTEGER PRIMARY KEY, parameters TEXT NOT NULL, seed INTEGER NOT NULL, digest TEXT NOT NULL UNIQUE,
    config_hash TEXT NOT NULL, program_hash TEXT NOT NULL, state TEXT NOT NULL DEFAULT '{DUE}',
    attempts INTEGER NOT NULL DEFAULT 0, engine TEXT, worker TEXT, building TEXT, versions TEXT, began_s REAL,
    wall_s REAL, kpis TEXT, alarms TEXT, recording TEXT, error TEXT
);
"""
_INSERT = "INSERT INTO cells (number, parameters, seed, digest, config_hash, program_hash) VALUES (?, ?, ?, ?, ?, ?)"
_DONE = """
UPDATE cells SET state = ?, worker = ?, building = ?, versions = ?, began_s = ?, wall_s = ?, kpis = ?, alarms = ?,
recording = ?, error = NULL WHERE number = ? AND state <> ?
"""


class StoreFailed(BridgeError):
    """The file cannot be written."""


@dataclass(frozen=True, slots=True)
class CellRow:
    """A cell as it stands in the file."""

    cell: Cell
    state: str
    attempts: int
    engine: str
    worker: str
    building: str
    versions: Mapping[str, str]
    began_s: float | None
    wall_s: float | None
    kpis: Mapping[str, float | None]
    alarms: Sequence[str]
    recording: str
    error: str


class CampaignStore:
    """Used by one thread at a time. Raises :class:`StoreFailed` where it cannot be written; nothing is half then."""

    def __init__(self, file: Path) -> None:
        """Open one that is there. Raises :class:`ConfigError` for what is no campaign."""
        if not file.is_file():
            raise ConfigError([Problem(file.name, f"there is no such campaign in {file.absolute().parent}")])
        self.file = file
        try:
            self._database = sqlite3.connect(file, timeout=10.0, check_same_thread=False)
            self._let_go = weakref.finalize(self, self._database.close)
            application = self._one("PRAGMA application_id")
            version = self._one("PRAGMA user_version")
        except sqlite3.DatabaseError:
            application, version = None, None
        if application != _APPLICATION_ID:
            raise ConfigError(
                [Problem(file.name, "is no campaign; name its .campaign file, or the file that it is of")]
            )
        if version != _FORMAT:
            raise ConfigError([Problem(file.name, f"is of version {version}; this reads version {_FORMAT}")])
        self._database.row_factory = sqlite3.Row

    @classmethod
    def create(cls, file: Path, facts: Mapping[str, object], cells: Sequence[Cell]) -> Self:
        """Make the file, whole or not at all. Raises :class:`StoreFailed`."""
        draft = file.with_name(f"{file.name}.draft")
        try:
            draft.unlink(missing_ok=True)
            database = sqlite3.connect(draft)
            with database:
                database.executescript(_TABLES)
                database.executemany(
                    "INSERT INTO campaign VALUES (?, ?)",
                    [(name, json.dumps(content)) for name, content in facts.items()],
                )
                database.executemany(_INSERT, map(_inserted, cells))
            database.close()
            draft.replace(file)
        except (OSError, sqlite3.Error) as error:
            raise StoreFailed(f"{file} cannot be written: {error}") from error
        return cls(file)

    def close(self) -> None:
        """Let go of the file; one that nobody holds any more does so by itself."""
        self._let_go()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nobody else goes on with this campaign inside. Raises :class:`ConfigError` where somebody does."""
        lock = ProcessLock(self.file.with_name(f"{self.file.name}.lock"))
        try:
            lock.acquire()
        except Timeout:
            what = "another process is going on with this campaign; wait until it has ended, or stop it"
            raise ConfigError([Problem(self.file.name, what)]) from None
        try:
            yield
        finally:
            lock.release()

    @property
    def facts(self) -> dict[str, object]:
        """What was said when it began."""
        return {row["name"]: json.loads(row["content"]) for row in self._database.execute("SELECT * FROM campaign")}

    def rows(self) -> list[CellRow]:
        """All cells, in order."""
        return [_row(row) for row in self._database.execute("SELECT * FROM cells ORDER BY number")]

    def counts(self) -> Mapping[str, int]:
        """How many cells are due, done and failed."""
        found = dict(self._database.execute("SELECT state, COUNT(*) FROM cells GROUP BY state").fetchall())
        return {state: found.get(state, 0) for state in (DUE, DONE, FAILED)}

    def begin(self, number: int, engine: str) -> None:
        """The cell is handed to somebody."""
        self._write("UPDATE cells SET attempts = attempts + 1, engine = ? WHERE number = ?", (engine, number))

    def done(self, result: CellResult) -> None:
        """The cell has its results; a second time nothing happens."""
        told = (result.worker, result.building, json.dumps(dict(result.versions)), result.began_s, result.wall_s)
        came = (json.dumps(dict(result.kpis)), json.dumps(result.alarms), result.recording)
        self._write(_DONE, (DONE, *told, *came, result.number, DONE))

    def fail(self, number: int, why: str) -> None:
        """The cell has none, and why."""
        self._write(
            "UPDATE cells SET state = ?, error = ? WHERE number = ? AND state <> ?", (FAILED, why, number, DONE)
        )

    @contextmanager
    def together(self) -> Iterator[None]:
        """What is written inside is in the file when it ends, all of it or nothing."""
        if self._database.in_transaction:
            yield
            return
        try:
            with self._database:
                self._database.execute("BEGIN")
                yield
        except sqlite3.Error as error:
            raise StoreFailed(f"{self.file} cannot be written: {error}") from error

    def _write(self, statement: str, values: Sequence[object]) -> None:
        with self.together():
            self._database.execute(statement, tuple(values))

    def _one(self, statement: str) -> object:
        return self._database.execute(statement).fetchone()[0]


def _inserted(cell: Cell) -> tuple[object, ...]:
    parameters = json.dumps(cell.parameters.model_dump(mode="json", exclude_defaults=True), sort_keys=True)
    return (cell.number, parameters, cell.parameters.seed, cell.digest, cell.hashes.config, cell.hashes.program)


def _row(row: sqlite3.Row) -> CellRow:
    parameters = CellParameters.model_validate_json(row["parameters"])
    hashes = Hashes(row["config_hash"], row["program_hash"])
    return CellRow(
        Cell(row["number"], parameters, hashes, row["digest"]),
        row["state"],
        row["attempts"],
        row["engine"] or "",
        row["worker"] or "",
        row["building"] or "",
        json.loads(row["versions"] or "{}"),
        row["began_s"],
        row["wall_s"],
        json.loads(row["kpis"] or "{}"),
        json.loads(row["alarms"] or "[]"),
        row["recording"] or "",
        row["error"] or "",
    )
