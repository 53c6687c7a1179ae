"""A program as somebody sees it who asks what it did: when it was allowed to write, and what it wrote."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from recording.charts import Axis, calendar_axis
from recording.columns import RecordedColumn, RecordedEpisode, RunData
from recording.moments import moment_in_words
from recording.report.html import Cell, unbroken
from recording.words import Direction, Event, EventKind

_RUNS = "run"
"""How a standing is told in which a program may write (:mod:`supervisory.guard.enabling`)."""
_STANDINGS = (EventKind.SWITCH, EventKind.FAULT)


@dataclass(frozen=True, slots=True)
class ProgramWrite:
    """A slot has another value from a step on. NaN is none: before it is taken, and when it is given back."""

    time_s: float
    label: str
    before: float
    after: float
    why: str


@dataclass(frozen=True, slots=True)
class SeenProgram:
    """One program of a run. Times are the plant's, in seconds."""

    name: str
    run: RunData
    episode: RecordedEpisode

    @property
    def events(self) -> list[Event]:
        """What was told of it."""
        return [event for event in self.run.events if event.subject == self.name]

    @property
    def standings(self) -> list[Event]:
        """When it was allowed to write, and when it was not any more, with the reason."""
        return [event for event in self.events if event.kind in _STANDINGS]

    @property
    def commands(self) -> dict[str, RecordedColumn]:
        """What it had in its slots, by what its config calls them."""
        tied = self.episode.tied(Direction.TO_CONTROLLER)
        return {label: column for (_, label), column in tied.items()}

    @property
    def readings(self) -> dict[str, RecordedColumn]:
        """What it read."""
        tied = self.episode.tied(Direction.FROM_CONTROLLER)
        return {label: column for (_, label), column in tied.items()}

    @property
    def axis(self) -> Axis:
        """That of its charts."""
        return calendar_axis(self.episode.first_s, self.episode.last_s, self.local)

    def local(self, time_s: float) -> datetime:
        """The plant's calendar, which was the controllers'."""
        told = self.episode.local_time
        first = datetime.fromisoformat(told) if told is not None else datetime(self.run.first_year, 1, 1)
        return first + timedelta(seconds=time_s - (self.episode.first_s if told is not None else 0.0))

    def moment(self, time_s: float | None) -> Cell:
        """A time as people say it, which is not broken; None where it is not known."""
        return None if time_s is None else unbroken(moment_in_words(self.local(time_s).replace(microsecond=0)))

    def idle_spans(self) -> list[tuple[float, float]]:
        """From when to when it was not allowed to write. Nothing is known of a recording without its switch."""
        idle: list[tuple[float, float]] = []
        standings = self.standings
        since = self.episode.first_s if standings and standings[0].words != _RUNS else None
        for event in standings:
            at = self.episode.first_s if event.time_s is None else event.time_s
            if event.words == _RUNS and since is not None:
                idle.append((since, at))
                since = None
            elif event.words != _RUNS and since is None:
                since = at
        if since is not None:
            idle.append((since, self.episode.last_s))
        return [(first, last) for first, last in idle if last > first]

    def writes(self) -> list[ProgramWrite]:
        """Each change of what it had in a slot, in order; those of labels that have no column are events."""
        ends = [(event.time_s, event.words) for event in self.standings if event.words.startswith("releasing")]
        whys = {said.time_s: said.why for said in self.episode.said}
        found = [write for label, (_, values) in self.commands.items() for write in self._of(label, values, ends, whys)]
        return sorted(found, key=lambda write: write.time_s)

    def _of(
        self, label: str, values: Sequence[float], ends: Sequence[tuple[float | None, str]], whys: dict[float, str]
    ) -> Iterator[ProgramWrite]:
        before, waiting = math.nan, [(at, words) for at, words in ends if at is not None]
        for time_s, wall_s, value in zip(self.episode.times_s, self.episode.wall_s, values, strict=True):
            while waiting and waiting[0][0] < time_s:
                at, words = waiting.pop(0)
                if not math.isnan(before):
                    yield ProgramWrite(at, label, before, math.nan, words)
                before = math.nan
            if not math.isnan(wall_s) and not _is_same(before, value):
                yield ProgramWrite(time_s, label, before, value, whys.get(time_s, ""))
                before = value
        if waiting and not math.isnan(before):
            yield ProgramWrite(waiting[0][0], label, before, math.nan, waiting[0][1])


def seen_programs(run: RunData) -> list[SeenProgram]:
    """Those that made a step."""
    return [SeenProgram(name, run, episode) for name, episode in run.programs.items()]


def _is_same(one: float, other: float) -> bool:
    return one == other or (math.isnan(one) and math.isnan(other))
