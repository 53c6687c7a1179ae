"""A whole recording, its parts joined: what the page, reports, replays and researchers read.

As ``with open_run(path) as run: run.streams["bridge"].column("AHU.DischAirTemp [degC]")``. It may be read while it is
being written, and after its process was killed.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from struct import unpack_from
from typing import Any, Self

from recording.part_reader import PartReader, Span
from recording.runs_folder import parts_beside
from recording.tables import GOES_ON, unpacked
from recording.words import BRIDGE, Event, EventKind, RecordedStep, Signal
from utils.clocks import UnixSeconds
from utils.errors import ConfigError, Problem
from utils.home import install


def open_run(path: Path) -> RecordedRun:
    """A recording by any of its parts; a context manager.

    Raises :class:`utils.errors.ConfigError` for a file that is not there, not ours, of another version or damaged.
    """
    with ExitStack() as undo:
        parts = []
        for file in parts_beside(path) or (path,):
            part = PartReader(file)
            undo.callback(part.close)
            parts.append(part)
        run = RecordedRun(parts)
        undo.pop_all()
    return run


@dataclass(frozen=True, slots=True)
class RecordedStream:
    """The steps of one source: of the bridge, or of one program."""

    name: str
    signals: tuple[Signal, ...]
    parts: tuple[PartReader, ...]

    @property
    def last_episode(self) -> int:
        """The number of the last one; 0 of a run that was never begun anew."""
        return max(part.extent().episode for part in self.parts)

    def steps(self) -> Iterator[RecordedStep]:
        """All of them, in the order in which they were taken. Values as floats, NaN where there is none."""
        for part in self.parts:
            for _row, step in part.steps(self.name):
                if not len(step.values) == len(step.qualities) == len(self.signals):
                    raise _cut_short(part)
                yield step

    def newest(self) -> RecordedStep | None:
        """The one that was taken last."""
        return next((step for part in reversed(self.parts) if (step := part.newest(self.name)) is not None), None)

    def between(self, episode: int, since_s: float, until_s: float) -> Iterator[RecordedStep]:
        """Those of an episode between two model times (s), both included; no others are read."""
        for part in self.parts:
            for _row, step in part.steps_between(self.name, episode, since_s, until_s):
                yield step

    def column(self, title: str) -> array[float]:
        """The values of one signal, one per step; NaN where there is none. Raises KeyError."""
        offset, size = 8 * self._place(title), 8 * len(self.signals)
        return array("d", (unpack_from("<d", self._whole(row, size), offset)[0] for row in self._packed()))

    def columns(self) -> dict[str, array[float]]:
        """The same of all signals at once, by their titles."""
        width = len(self.signals)
        together = unpacked(b"".join(self._whole(row, 8 * width) for row in self._packed()))
        return {signal.title: together[place::width] for place, signal in enumerate(self.signals)}

    def to_pandas(self) -> Any:  # noqa: ANN401 - pandas may be absent
        """A DataFrame with a row per step: its times, and a column per signal.

        Raises :class:`utils.errors.ConfigError` where pandas is not installed.
        """
        pandas = _pandas()
        steps = list(self.steps())
        moments = {
            "step": [step.number for step in steps],
            "episode": [step.episode for step in steps],
            "model_time_s": [step.time_s for step in steps],
            "local_time": pandas.to_datetime([step.local_time for step in steps]),
            "wall_time": pandas.to_datetime([step.wall_s for step in steps], unit="s", utc=True),
            "late": [step.is_late for step in steps],
        }
        return pandas.DataFrame({**moments, **{title: list(told) for title, told in self.columns().items()}})

    def _packed(self) -> Iterator[tuple[PartReader, bytes]]:
        return ((part, row) for part in self.parts for row in part.values(self.name))

    def _whole(self, row: tuple[PartReader, bytes], size: int) -> bytes:
        part, content = row
        if len(content) != size:
            raise _cut_short(part)
        return content

    def _place(self, title: str) -> int:
        for place, signal in enumerate(self.signals):
            if signal.title == title:
                return place
        raise KeyError(title)


class RecordedRun:
    """A recording that is open. ``parts`` are of one run, the oldest first."""

    def __init__(self, parts: list[PartReader]) -> None:
        self._parts = parts
        self._spans = spans = [part.span() for part in parts]
        self._first, self._last = spans[0], spans[-1]
        _refuse_strangers(parts, spans)

    @property
    def name(self) -> str:
        """What it is called."""
        return self._first.run

    @property
    def began_s(self) -> UnixSeconds:
        """When it began; when the oldest part did that is left of it."""
        return self._first.began_s

    @property
    def ended_s(self) -> UnixSeconds | None:
        """When it ended; None while it runs, and where its process was killed."""
        return None if self._last.ending == GOES_ON else self._last.ended_s

    @property
    def ending(self) -> str | None:
        """How it ended, in words; None likewise."""
        return None if self._last.ending == GOES_ON else self._last.ending

    @property
    def facts(self) -> dict[str, Any]:
        """What ran, as far as it was known at last."""
        return self._parts[-1].facts()

    @property
    def streams(self) -> dict[str, RecordedStream]:
        """Its streams by name."""
        signals: dict[str, tuple[Signal, ...]] = {}
        for part in self._parts:
            signals.update(part.streams())
        return {name: RecordedStream(name, told, tuple(self._parts)) for name, told in signals.items()}

    @property
    def missing(self) -> tuple[int, ...]:
        """The numbers of parts that are not there, between others that are."""
        there = [span.number for span in self._spans]
        return tuple(sorted({*range(there[0], there[-1])} - {*there}))

    @property
    def steps(self) -> int:
        """How many there are of all streams; the frame in which an episode of the bridge begins is none."""
        extents = [part.extent() for part in self._parts]
        rows = sum(extent.rows for extent in extents)
        begun = max(extent.episode for extent in extents) + 1 if BRIDGE in self.streams else 0
        return max(rows - begun, 0)

    @property
    def last_s(self) -> UnixSeconds:
        """When it ended, or when the last step was taken of one that has no end."""
        told = [part.extent().last_s for part in self._parts]
        return self.ended_s or max((one for one in told if one is not None), default=self.began_s)

    def events(self) -> Iterator[Event]:
        """What has happened; that parts are missing, too."""
        number = self._spans[0].number
        for part, span in zip(self._parts, self._spans, strict=True):
            if span.number > number:
                yield Event(span.began_s, EventKind.GAP, "", f"{span.number - number} part(s) are missing before this")
            number = span.number + 1
            yield from part.events()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for part in self._parts:
            part.close()


def _cut_short(part: PartReader) -> ConfigError:
    return ConfigError([Problem(str(part.file), "cannot be read as a recording: a step has not a value per signal")])


def _pandas() -> Any:  # noqa: ANN401
    try:
        return import_module("pandas")
    except ModuleNotFoundError:
        what = f"is not installed: {install('recording')}; or take columns() instead"
        raise ConfigError([Problem("pandas", what)]) from None


def _refuse_strangers(parts: list[PartReader], spans: list[Span]) -> None:
    for part, span in zip(parts, spans, strict=True):
        if span.run != spans[0].run:
            raise ConfigError([Problem(str(part.file), f"is of another recording: {span.run}")])
