"""The steps of programs as CSV: one file per program, in the units of its roles, with what it said about itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Self

from bridge.step_log import StepLog
from supervisory.runtime.context import StepRecord
from utils.alone import Alone
from utils.errors import ConfigError, Problem
from utils.values import PointValue

_MOMENT = ("time_s", "local_time")
_REST = ("why", "note")


class StepLogs:
    """A folder of logs; without one nothing is kept. A file begins with its program's first step."""

    def __init__(self, folder: str | None) -> None:
        self._folder = Path(folder) if folder is not None else None
        self._logs: dict[str, tuple[StepLog, tuple[str, ...], tuple[str, ...]]] = {}

    def record(self, record: StepRecord) -> None:
        """Have a step written soon."""
        if self._folder is None:
            return
        if record.program not in self._logs:
            self._logs[record.program] = self._begun(self._folder, record)
        step_log, readings, commands = self._logs[record.program]
        read = [record.readings[label].value if label in record.readings else None for label in readings]
        row: list[PointValue | str | None] = [
            record.moment.time_s,
            record.moment.now.isoformat(timespec="seconds"),
            *read,
            *(record.commanded.get(label) for label in commands),
            json.dumps(dict(record.facts), default=str) if record.facts else "",
            record.note,
        ]
        step_log.record(row)

    def __enter__(self) -> Self:
        if self._folder is not None:
            try:
                self._folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                problem = Problem("step_log", f"{self._folder} cannot be created: {error.strerror}")
                raise ConfigError([problem]) from None
        return self

    def __exit__(self, *_: object) -> None:
        alone = Alone()
        for program, (step_log, _readings, _commands) in self._logs.items():
            with alone.step(f"closing the step log of {program}"):
                step_log.close()

    @staticmethod
    def _begun(folder: Path, record: StepRecord) -> tuple[StepLog, tuple[str, ...], tuple[str, ...]]:
        readings, commands = tuple(record.readings), tuple(record.commanded)
        columns = [
            *_MOMENT,
            *(_title(label, record.readings[label].unit) for label in readings),
            *(f"{label} commanded" for label in commands),
            *_REST,
        ]
        return StepLog(folder / f"{record.program}.csv", columns), readings, commands


def _title(label: str, unit: str | None) -> str:
    return f"{label} [{unit}]" if unit else label
