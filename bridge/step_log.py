"""The step log: a CSV file with one row per answered frame, for whoever wants to see afterwards what happened.

Values are in the controllers' units: what a controller has confirmed of what it was written, and what it was read. A
thread of its own writes once a second, so neither a slow nor a full disk is in the way of the loops, and a process
that is killed loses the last second at most. Every run begins a new file; older ones are numbered.
"""

from __future__ import annotations

import csv
import io
import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from bridge.device_loop import Heard
from bridge.link import ControllerLink, LinkState
from bridge.overriding import Overrides
from equipment.equipment_manager import Equipment
from points import Point
from utils.clocks import ModelSeconds
from utils.errors import ConfigError, Problem
from utils.pacing import Pacer
from utils.values import Frame, PointValue, Sample, Target

log = logging.getLogger(__name__)

MOMENT_COLUMNS = ("step", "model_time_s", "local_time", "wall_time", "late", "exchange_s")
_WRITE_PERIOD_S = 1.0
_LARGEST_FILE_BYTES = 100_000_000
_KEPT_FILES = 9
_LARGEST_BACKLOG = 5000
"""Rows that wait for the disk. More means that it hangs."""
_LAST_WRITE_S = 5.0
"""Wall time for the last rows at the end. A disk that hangs for longer is left behind."""

Row = Sequence[PointValue | str | None]


@dataclass(frozen=True, slots=True)
class StepClock:
    """The times of a row: local model time of a simulation time, if it has one, and the host's time as Unix seconds."""

    local_time: Callable[[ModelSeconds], datetime | None]
    wall: Callable[[], float] = time.time


class StepLog:
    """A CSV file and the thread that writes it."""

    def __init__(self, file: Path, columns: Sequence[str], largest_file_bytes: int = _LARGEST_FILE_BYTES) -> None:
        self._file = file
        self._columns = columns
        self._largest_file_bytes = largest_file_bytes
        self._changed = threading.Condition()
        self._rows: list[Row] = []
        self._is_closing = False
        self._has_failed = False
        self._stream = self._begin()
        # A daemon: a disk that hangs for ever must not keep the process (docs/decisions/21).
        self._thread = threading.Thread(target=self._run, name="step-log", daemon=True)
        self._thread.start()

    def record(self, row: Row) -> None:
        """Have a row written within a second. Does not wait, does not fail."""
        with self._changed:
            is_hanging = len(self._rows) >= _LARGEST_BACKLOG
            if not (is_hanging or self._has_failed):
                self._rows.append(row)
        if is_hanging:
            self._fail("the disk does not keep up")

    def close(self) -> None:
        """Write what is left, unless the disk hangs."""
        with self._changed:
            self._is_closing = True
            self._changed.notify_all()
        self._thread.join(_LAST_WRITE_S)
        if self._thread.is_alive():
            self._fail("the disk does not answer")
        else:
            self._stream.close()

    def _begin(self) -> BinaryIO:
        """Put older files aside and start a new one. Raises :class:`ConfigError`."""
        try:
            _put_aside(self._file)
            return _started(self._file, _csv([self._columns]))
        except OSError as error:
            what = f"the step log {self._file} cannot be written: {error.strerror or error}"
            raise ConfigError([Problem("STEP_LOG", what)]) from error

    def _run(self) -> None:
        is_last = False
        while not is_last:
            with self._changed:
                self._changed.wait_for(lambda: self._is_closing, _WRITE_PERIOD_S)
                rows, self._rows, is_last = self._rows, [], self._is_closing
            try:
                self._append(rows)
            except (OSError, ConfigError) as error:
                self._fail(str(error))
                return

    def _append(self, rows: Sequence[Row]) -> None:
        _write(self._stream, _csv(rows))
        if rows and self._stream.tell() > self._largest_file_bytes:
            self._stream.close()
            self._stream = self._begin()

    def _fail(self, reason: str) -> None:
        with self._changed:
            is_news, self._has_failed = not self._has_failed, True
            self._rows.clear()
        if is_news:
            log.warning("the step log ends here, the run goes on: %s", reason)


class StepRecorder:
    """Turns answered frames into rows of the step log; without a file it keeps nothing."""

    def __init__(
        self,
        file: Path | None,
        equipments: Iterable[Equipment],
        links: Sequence[ControllerLink],
        overrides: Overrides,
        pacer: Pacer,
        clock: StepClock,
    ) -> None:
        points = [(equipment, point) for equipment in equipments for point in equipment.points]
        self._file = file
        self._targets = [equipment.target(point) for equipment, point in points]
        self._columns = [
            *MOMENT_COLUMNS,
            *(_title(equipment, point) for equipment, point in points),
            *(f"{group} active" for group in overrides.groups),
        ]
        self._links = links
        self._overrides = overrides
        self._pacer = pacer
        self._clock = clock
        self._late_steps = 0
        self._log: StepLog | None = None

    def open(self) -> None:
        """Begin the file. Raises :class:`ConfigError` where it cannot be written."""
        if self._file is not None:
            self._log = StepLog(self._file, self._columns)

    def record(self, frame: Frame, heard: Heard) -> None:
        """Note a frame that has been answered."""
        if self._log is None:
            return
        is_late = self._pacer.late_steps > self._late_steps
        self._late_steps = self._pacer.late_steps
        values, active = self._values(heard.samples), self._overrides.active_groups
        local_time = self._clock.local_time(frame.time_s)
        self._log.record(
            [
                frame.number,
                frame.time_s,
                None if local_time is None else local_time.isoformat(timespec="seconds"),
                datetime.fromtimestamp(self._clock.wall()).astimezone().isoformat(timespec="milliseconds"),
                is_late,
                round(heard.took_s, 4),
                *(values.get(target) for target in self._targets),
                *(group in active for group in self._overrides.groups),
            ]
        )

    def close(self) -> None:
        """Write what is left."""
        if self._log is not None:
            self._log.close()

    def _values(self, samples: Mapping[Target, Sample]) -> dict[Target, PointValue | None]:
        """What the controllers that are there hold of ours, and what they said."""
        values: dict[Target, PointValue | None] = {}
        for link in self._links:
            if link.state is not LinkState.OFFLINE:
                held = link.controller.plan.held
                values.update({target: value for target, value in held.items() if link.is_ours(target)})
        values.update({target: sample.value for target, sample in samples.items()})
        return values


def _title(equipment: Equipment, point: Point) -> str:
    unit = f" [{point.device_unit}]" if point.device_unit else ""
    return f"{equipment.name}.{point.ecy_point}{unit}"


def _put_aside(file: Path) -> None:
    """Make room for a new file: the last one becomes number 1, and the oldest falls off."""
    if not file.is_file():
        return
    for number in range(_KEPT_FILES, 1, -1):
        younger = _numbered(file, number - 1)
        if younger.is_file():
            younger.replace(_numbered(file, number))
    file.replace(_numbered(file, 1))


def _numbered(file: Path, number: int) -> Path:
    return file.with_name(f"{file.stem}.{number}{file.suffix}")


def _started(file: Path, header: bytes) -> BinaryIO:
    stream = file.open("wb", buffering=0)
    try:
        _write(stream, header)
    except OSError:
        stream.close()
        raise
    return stream


def _csv(rows: Iterable[Row]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue().encode()


def _cell(value: PointValue | str | None) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(int(value))
        case float():
            return f"{value:.10g}"
        case _:
            return str(value)


def _write(stream: BinaryIO, content: bytes) -> None:
    """In one piece where the disk takes it so: a process that is killed leaves whole rows."""
    while content:
        content = content[stream.write(content) :]
