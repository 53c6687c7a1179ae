"""The parts of one recording, one after another: rolled over in time, and silent while the disk is nearly full."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

from recording.part_file import Batch, PartFile
from recording.runs_folder import FREE_BYTES, RunsFolder
from recording.tables import GOES_ON
from recording.words import Event, EventKind, Signal
from utils.clocks import Clocks

log = logging.getLogger(__name__)

_PART_SHARE = 8
"""A run that would fill the folder alone is in so many parts, of which the oldest go."""


class RollingParts:
    """Used by one thread. Every method raises :class:`sqlite3.Error` or :class:`OSError` where the disk does."""

    def __init__(self, folder: RunsFolder, name: str, clocks: Clocks) -> None:
        self._folder = folder
        self._name = name
        self._clocks = clocks
        self._streams: dict[str, Sequence[Signal]] = {}
        self._facts: dict[str, object] = {}
        self._number = 1
        self._is_silent = False
        self._part = self._begun()

    def append(self, lines: Batch) -> None:
        """Write a batch, in a new part where this one is long enough; nothing while too little is free."""
        self._streams |= lines.streams
        self._facts |= lines.facts
        if self._folder.is_low():
            self._fall_silent()
            return
        if self._is_silent:
            lines = self._spoken_again(lines)
        if lines:
            self._part.require_there()
            self._part.append(lines)
        if self._part.size > self._folder.most_bytes // _PART_SHARE:
            self._part.end(self._clocks.wall(), GOES_ON)
            self._number += 1
            self._part = self._begun()

    def end(self, ending: str) -> None:
        """Say how it ended, and close it."""
        self._part.require_there()
        if self._is_silent:  # how it ended and what is missing are a few kilobytes, of a run that has given back
            self._part.append(self._spoken_again(Batch({}, (), (), {})))
        self._part.end(self._clocks.wall(), ending)

    def close(self) -> None:
        """Close it as it is."""
        self._part.close()

    def _begun(self) -> PartFile:
        self._folder.make_room(self._name, self._folder.most_bytes // _PART_SHARE)
        file = self._folder.part(self._name, self._number)
        first = Batch(self._streams, (), (), self._facts)
        return PartFile(file, self._name, self._number, self._clocks.wall(), first)

    def _fall_silent(self) -> None:
        if not self._is_silent:
            self._is_silent = True
            log.warning(
                "recording stops while less than %d MB are free in %s; the run goes on",
                FREE_BYTES // 1_000_000,
                self._folder.path,
            )

    def _spoken_again(self, lines: Batch) -> Batch:
        """What has been kept back of streams and facts, and that something is missing."""
        self._is_silent = False
        gap = Event(self._clocks.wall(), EventKind.GAP, "", "too little was free on the disk before this")
        new: Mapping[str, Sequence[Signal]] = {
            name: signals for name, signals in self._streams.items() if name not in self._part.streams
        }
        return Batch(new, lines.steps, (gap, *lines.events), self._facts)
