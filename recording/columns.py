"""A recording as reports and comparisons look at it: episodes of columns, and facts as far as they can be used."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from statistics import median
from typing import NamedTuple, TypeAlias, cast

from recording.recorded_run import RecordedRun, RecordedStream
from recording.words import ACTED, BRIDGE, INDICATOR, PROGRAM, Direction, Event, RecordedStep, Signal

TiedTo: TypeAlias = tuple[str, str]
"""Whose point it is: the equipment, and the controller's name of the object."""
RecordedColumn: TypeAlias = "tuple[Signal, array[float]]"
_GAP_STEPS = 1.5
"""So many steps between two rows, and something is missing."""


class StepWords(NamedTuple):
    """Why a program did what it did in a step (JSON), and what there was to note; of steps that said something."""

    time_s: float
    why: str
    note: str


@dataclass(frozen=True, slots=True)
class RecordedEpisode:
    """One episode: model times (s) and a column per signal, of the same length.

    Where steps are missing there are two rows of NaN, so that nothing is counted or drawn across; ``wall_s`` (Unix s)
    is NaN in these rows alone. ``step_s`` is the usual distance, NaN of less than two. ``first_number`` is that of the
    first step: 0 where the beginning is there; ``late_s`` are the model times of late steps.
    """

    number: int
    first_number: int
    step_s: float
    times_s: array[float]
    wall_s: array[float]
    exchange_s: array[float]
    late_s: array[float]
    signals: tuple[Signal, ...]
    columns: Sequence[array[float]]
    local_time: str | None = None
    """ISO 8601, of the first row."""
    said: Sequence[StepWords] = ()
    """What a program has said of its steps."""

    @property
    def steps(self) -> int:
        """How many there are."""
        return sum(map(math.isfinite, self.wall_s))

    @property
    def late(self) -> int:
        """How many of them were late."""
        return len(self.late_s)

    @property
    def gaps(self) -> int:
        """How often steps are missing."""
        return sum(math.isfinite(one) and math.isnan(two) for one, two in pairwise(self.wall_s))

    @property
    def first_s(self) -> float:
        """Model time of its first row."""
        return self.times_s[0] if self.times_s else math.nan

    @property
    def last_s(self) -> float:
        """Model time of its last row."""
        return self.times_s[-1] if self.times_s else math.nan

    @property
    def hours(self) -> float:
        """How long it is in model time; 0 of a single step."""
        return (self.last_s - self.first_s) / 3600.0 if self.times_s else 0.0

    def named(self, direction: Direction) -> Mapping[str, array[float]]:
        """The columns of one direction by the simulation's names."""
        pairs = zip(self.signals, self.columns, strict=True)
        return {signal.point: column for signal, column in pairs if signal.direction == direction and signal.point}

    def tied(self, direction: Direction) -> Mapping[TiedTo, RecordedColumn]:
        """The controllers' points of one direction, in their order."""
        pairs = zip(self.signals, self.columns, strict=True)
        return {
            (signal.equipment, signal.object): (signal, column)
            for signal, column in pairs
            if signal.direction == direction
        }

    @property
    def acted(self) -> Mapping[str, Mapping[str, RecordedColumn]]:
        """Set-points that somebody acted on, as ``EQUIPMENT.Object``: a column for each of their roles."""
        found: dict[str, dict[str, RecordedColumn]] = {}
        for signal, column in zip(self.signals, self.columns, strict=True):
            if signal.role in ACTED:
                found.setdefault(f"{signal.equipment}.{signal.object}", {})[signal.role] = signal, column
        return found

    @property
    def indicators(self) -> Mapping[str, array[float]]:
        """The building's, of the frames in which it was asked for them, and NaN in all others."""
        pairs = zip(self.signals, self.columns, strict=True)
        return {signal.point: column for signal, column in pairs if signal.role == INDICATOR}

    def at(self, times_s: Sequence[float], column: Sequence[float]) -> array[float]:
        """A column's values at some model times; NaN where it has no row."""
        rows = dict(zip(self.times_s, column, strict=True))
        return array("d", (rows.get(time_s, math.nan) for time_s in times_s))

    def within(self, first_s: float, last_s: float) -> RecordedEpisode:
        """The same of some model time only, both ends included."""
        places = [number for number, time_s in enumerate(self.times_s) if first_s <= time_s <= last_s]
        first, last = (places[0], places[-1] + 1) if places else (0, 0)
        return replace(
            self,
            first_number=self.first_number + sum(map(math.isfinite, self.wall_s[:first])),
            times_s=self.times_s[first:last],
            wall_s=self.wall_s[first:last],
            exchange_s=self.exchange_s[first:last],
            late_s=array("d", (time_s for time_s in self.late_s if first_s <= time_s <= last_s)),
            columns=[column[first:last] for column in self.columns],
            local_time=None if first else self.local_time,
        )


@dataclass(frozen=True, slots=True)
class RunData:
    """A whole recording. ``ending`` is None where it was never said."""

    name: str
    began_s: float
    ended_s: float | None
    ending: str | None
    facts: Mapping[str, object]
    events: tuple[Event, ...]
    episodes: tuple[RecordedEpisode, ...]
    programs: Mapping[str, RecordedEpisode]
    """The steps of each supervisory program, in one row: it has no episodes."""

    def episode(self, number: int) -> RecordedEpisode | None:
        """By its number; None where nothing of it was recorded."""
        return next((episode for episode in self.episodes if episode.number == number), None)

    def fact(self, *path: str) -> object:
        """What a fact says, by names from outside to inside; None where there is no such thing."""
        found: object = self.facts
        for name in path:
            found = found.get(name) if isinstance(found, Mapping) else None
        return found

    def facts_of(self, *path: str) -> Mapping[str, object]:
        """The same of a fact that has names itself; nothing where it has none."""
        found = self.fact(*path)
        return {str(name): value for name, value in found.items()} if isinstance(found, Mapping) else {}

    def number(self, *path: str) -> float:
        """The same of a number; NaN where it is none."""
        found = self.fact(*path)
        return float(found) if isinstance(found, int | float) and not isinstance(found, bool) else math.nan

    def indicators(self, episode: int | None = None) -> Mapping[str, float]:
        """The server's, of an episode or the newest ones; nothing where they were not recorded."""
        is_over = episode is not None and bool(self.episodes) and episode != self.episodes[-1].number
        path = ("kpis_before", str(episode)) if is_over else ("kpis",)
        return {name: self.number(*path, name) for name in self.facts_of(*path)}

    @property
    def first_year(self) -> int:
        """The year of the first day; any common one where it was not recorded."""
        year = self.number("episode", "first_year")
        return int(year) if 1 <= year <= 9998 else 2023


def read_run(run: RecordedRun) -> RunData:
    """Read everything at once. Raises :class:`utils.errors.ConfigError` where the file is damaged."""
    streams = run.streams
    return RunData(
        run.name,
        run.began_s,
        run.ended_s,
        run.ending,
        run.facts,
        tuple(run.events()),
        tuple(_episodes(streams[BRIDGE])) if BRIDGE in streams else (),
        {
            name.removeprefix(PROGRAM): episode
            for name, stream in streams.items()
            if name.startswith(PROGRAM)
            for episode in _episodes(stream)
        },
    )


@dataclass(slots=True)
class _Rows:
    """The rows of one episode while they are read."""

    steps: list[RecordedStep] = field(default_factory=list)
    values: array[float] = field(default_factory=lambda: array("d"))


def _episodes(stream: RecordedStream) -> Iterator[RecordedEpisode]:
    rows: dict[int, _Rows] = {}
    width = len(stream.signals)
    for step in stream.steps():
        episode = rows.setdefault(step.episode, _Rows())
        episode.values.extend(cast("Sequence[float]", step.values) if len(step.values) == width else [math.nan] * width)
        episode.steps.append(step)
    for number, episode in rows.items():
        yield _episode(number, episode, stream.signals)


def _episode(number: int, rows: _Rows, signals: tuple[Signal, ...]) -> RecordedEpisode:
    steps, width = rows.steps, len(signals)
    times = array("d", (step.time_s for step in steps))
    distances = [two - one for one, two in pairwise(times)]
    step_s = median(distances) if distances else math.nan
    holes = [place for place, each in enumerate(distances, 1) if each > _GAP_STEPS * step_s]
    columns = [rows.values[place::width] for place in range(width)]
    walls = array("d", (step.wall_s for step in steps))
    exchanges = array("d", (math.nan if step.exchange_s is None else step.exchange_s for step in steps))
    for hole in reversed(holes):
        for moment in (times[hole] - step_s, times[hole - 1] + step_s):
            times.insert(hole, moment)
            for column in (*columns, walls, exchanges):
                column.insert(hole, math.nan)
    return RecordedEpisode(
        number,
        steps[0].number,
        step_s,
        times,
        walls,
        exchanges,
        array("d", (step.time_s for step in steps if step.is_late)),
        signals,
        columns,
        steps[0].local_time,
        [StepWords(step.time_s, step.why, step.note) for step in steps if step.why or step.note],
    )
