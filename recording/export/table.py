"""A recording as a table: columns and rows, whatever they are written to."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from recording.recorded_run import RecordedRun, RecordedStream
from recording.words import PROGRAM, Direction, RecordedStep, Signal
from utils.values import PointValue

Cell: TypeAlias = "PointValue | str | None"
Row: TypeAlias = Sequence[Cell]

_BRIDGE_MOMENT = ("step", "model_time_s", "local_time", "wall_time", "late", "exchange_s")
_PROGRAM_MOMENT, _PROGRAM_REST = ("time_s", "local_time"), ("why", "note")
_TIDY = (
    *("stream", "episode", "step", "model_time_s", "local_time", "wall_time"),
    *("signal", "unit", "point", "object", "equipment", "device", "role", "direction", "value", "quality"),
)
_OF_BUILDING = (Direction.FROM_SIMULATION, Direction.TO_SIMULATION)
QUALITIES = ("good", "bad", "missing", "not asked")
"""What the bytes of :mod:`recording.tables` stand for."""


@dataclass(frozen=True, slots=True)
class RecordedTable:
    """Rows are made as they are asked for, once. None stands for what is not known."""

    columns: tuple[str, ...]
    rows: Iterator[Row]


def wide(stream: RecordedStream, *, everything: bool = False) -> RecordedTable:
    """A row per step and a column per signal: what controllers hold and say, and which overrides are in force.

    With ``everything`` also what the building told, and what it was sent. Of a run with resets each row says its
    episode, as steps are counted anew in each.
    """
    places = [
        place for place, signal in enumerate(stream.signals) if everything or signal.direction not in _OF_BUILDING
    ]
    titles = [stream.signals[place].title for place in places]
    if stream.name.startswith(PROGRAM):
        rows = ((*_program_moment(step), *_values(step, places), step.why, step.note) for step in stream.steps())
        return RecordedTable((*_PROGRAM_MOMENT, *titles, *_PROGRAM_REST), rows)
    if stream.last_episode == 0:
        rows = ((*_bridge_moment(step), *_values(step, places)) for step in stream.steps())
        return RecordedTable((*_BRIDGE_MOMENT, *titles), rows)
    rows = ((step.episode, *_bridge_moment(step), *_values(step, places)) for step in stream.steps())
    return RecordedTable(("episode", *_BRIDGE_MOMENT, *titles), rows)


def tidy(run: RecordedRun) -> RecordedTable:
    """A row per value, of every signal of every stream."""
    return RecordedTable(_TIDY, (row for stream in run.streams.values() for row in _tidy_rows(stream)))


def _tidy_rows(stream: RecordedStream) -> Iterator[Row]:
    told = [_of_signal(signal) for signal in stream.signals]
    for step in stream.steps():
        moment = (stream.name, step.episode, step.number, step.time_s, step.local_time, _wall_time(step))
        for signal, value, quality in zip(told, step.values, step.qualities, strict=True):
            yield *moment, *signal, _number(value), QUALITIES[quality] if quality < len(QUALITIES) else str(quality)


def _of_signal(signal: Signal) -> tuple[str, ...]:
    return (
        signal.title,
        signal.unit,
        signal.point,
        signal.object,
        signal.equipment,
        signal.device,
        signal.role,
        str(signal.direction),
    )


def _bridge_moment(step: RecordedStep) -> Row:
    exchange_s = None if step.exchange_s is None else round(step.exchange_s, 4)
    return step.number, step.time_s, step.local_time, _wall_time(step), step.is_late, exchange_s


def _program_moment(step: RecordedStep) -> Row:
    return step.time_s, step.local_time


def _wall_time(step: RecordedStep) -> str:
    return datetime.fromtimestamp(step.wall_s).astimezone().isoformat(timespec="milliseconds")


def _values(step: RecordedStep, places: Sequence[int]) -> Iterator[Cell]:
    return (_number(step.values[place]) for place in places)


def _number(value: PointValue | None) -> PointValue | None:
    return None if isinstance(value, float) and math.isnan(value) else value
