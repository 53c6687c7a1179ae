"""The past of some points: from the recording where that tells more, else from the page's own memory."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from page.seeing.board import ShownPoint
from page.seeing.memory import Memory, PastColumns
from page.seeing.recorded import recorded
from utils.errors import BridgeError

MOST_ROWS = 1200
"""A plot has no more dots."""


@dataclass(frozen=True, slots=True)
class Past:
    """What is known of before. Reading may take a moment: not for a loop that serves others."""

    memory: Memory
    recording: Callable[[], Path | None]

    def of(self, points: Sequence[ShownPoint], since_s: float = -math.inf, until_s: float = math.inf) -> PastColumns:
        """The points between two local times, in at most :data:`MOST_ROWS` rows and their own units."""
        remembered = self.memory.columns([point.number for point in points], since_s, until_s)
        is_part = since_s > -math.inf or until_s < math.inf
        path = self.recording() if is_part else None
        if path is not None:
            try:
                found = recorded(path, points, since_s, until_s, MOST_ROWS)
            except BridgeError:
                found = None
            if found is not None and len(found.times) > min(len(remembered.times), MOST_ROWS):
                return found
        return _thinned(remembered)


def _thinned(remembered: PastColumns) -> PastColumns:
    count = len(remembered.times)
    every = max(1, math.ceil(count / MOST_ROWS))
    if every == 1:
        return remembered
    kept = sorted({*range(0, count, every), count - 1})
    return PastColumns(
        [remembered.times[at] for at in kept], tuple([column[at] for at in kept] for column in remembered.columns)
    )
