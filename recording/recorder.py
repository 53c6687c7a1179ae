"""Writes a recording beside the loops: what they hand over waits in memory for a fifth of a second, at most.

Nothing here waits for a disk but its own thread, and nothing that goes wrong here reaches a loop: it ends the
recording, and is said once (docs/decisions/21).
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from filelock import Timeout

from recording.part_file import Batch
from recording.parts import RollingParts
from recording.runs_folder import RunsFolder, parts_beside
from recording.words import Event, Facts, RecordedStep, Signal
from utils.clocks import HOST, Clocks

log = logging.getLogger(__name__)

_WRITE_PERIOD_S = 0.2
_MOST_WAITING = 5000
"""Batch that wait for the disk. More means that it hangs."""
_LAST_WRITE_S = 5.0
"""Wall time for the last lines at the end. A disk that hangs for longer is left behind."""


@dataclass(slots=True)
class _Waiting:
    """What has been handed over and is not written yet."""

    streams: dict[str, Sequence[Signal]] = field(default_factory=dict)
    steps: list[tuple[str, RecordedStep]] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    facts: dict[str, object] = field(default_factory=dict)

    @property
    def lines(self) -> Batch:
        """The same, to be written."""
        return Batch(self.streams, self.steps, self.events, self.facts)


class Recorder:
    """One recording. Its methods may be called from any thread; none of them waits for a disk, or raises."""

    def __init__(self, folder: RunsFolder, kind: str, clocks: Clocks = HOST) -> None:
        """``kind`` is a word for the file's name. Raises :class:`ConfigError` where the folder cannot be made."""
        folder.prepare()
        self.name = folder.new_name(kind, clocks.wall())
        self._folder = folder
        self._clocks = clocks
        self._changed = threading.Condition()
        self._waiting = _Waiting()
        self._ending: str | None = None
        self._has_failed = False
        # A daemon: a disk that hangs for ever must not keep the process.
        self._thread = threading.Thread(target=self._run, name="recording", daemon=True)
        self._thread.start()

    @property
    def file(self) -> Path:
        """Its oldest part that is left."""
        first = self._folder.part(self.name, 1)
        return next(iter(parts_beside(first)), first)

    def stream(self, name: str, signals: Sequence[Signal]) -> None:
        """Say what the values of a stream's steps are, once and before its first step."""
        with self._changed:
            self._waiting.streams[name] = tuple(signals)

    def facts(self, facts: Facts) -> None:
        """Say what runs; a fact that is said again replaces the former one."""
        with self._changed:
            self._waiting.facts.update(facts)

    def step(self, stream: str, step: RecordedStep) -> None:
        """Keep a step."""
        with self._changed:
            is_hanging = self._is_hanging
            if not (is_hanging or self._has_failed):
                self._waiting.steps.append((stream, step))
        if is_hanging:
            self._fail("the disk does not keep up")

    def event(self, event: Event) -> None:
        """Keep something that has happened."""
        with self._changed:
            if not (self._is_hanging or self._has_failed):
                self._waiting.events.append(event)

    def close(self, ending: str = "ended") -> None:
        """Write what is left, unless the disk hangs. ``ending`` is how the run ended, in words."""
        with self._changed:
            self._ending = ending
            self._changed.notify_all()
        self._thread.join(_LAST_WRITE_S)
        if self._thread.is_alive():
            self._fail("the disk does not answer")

    @property
    def _is_hanging(self) -> bool:
        return len(self._waiting.steps) + len(self._waiting.events) >= _MOST_WAITING

    def _run(self) -> None:
        lock = self._folder.lock(self.name)
        try:
            lock.acquire()
            try:
                self._write_all()
            finally:
                lock.release()
                self._folder.forget_lock(self.name)
        except (sqlite3.Error, OSError, Timeout) as error:
            self._fail(str(error))

    def _write_all(self) -> None:
        parts = RollingParts(self._folder, self.name, self._clocks)
        try:
            ending = None
            while ending is None and not self._has_failed:
                lines, ending = self._taken()
                parts.append(lines)
            if ending is None:  # a disk that hung and came back: what it has missed is no whole recording
                parts.close()
            else:
                parts.end(ending)
        except BaseException:
            parts.close()
            raise

    def _taken(self) -> tuple[Batch, str | None]:
        """What has come in the last period, and how it all ended once it has."""
        with self._changed:
            self._changed.wait_for(lambda: self._ending is not None, _WRITE_PERIOD_S)
            waiting, self._waiting = self._waiting, _Waiting()
            return waiting.lines, self._ending

    def _fail(self, reason: str) -> None:
        with self._changed:
            is_news, self._has_failed = not self._has_failed, True
            self._waiting = _Waiting()
        if is_news:
            log.warning("the recording ends here, the run goes on: %s", reason)
