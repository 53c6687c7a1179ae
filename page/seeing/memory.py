"""What the page remembers of a run: from the first step of its episode to the newest, thinned out as it grows."""

from __future__ import annotations

import math
import threading
from array import array
from collections.abc import Sequence
from dataclasses import dataclass

MOST_ROWS = 4000
"""More are halved: every second one goes, and from then on only every second one is kept."""


@dataclass(frozen=True, slots=True)
class PastColumns:
    """Some columns of a memory: local model time (s), and values as floats, NaN where there is none."""

    times: Sequence[float]
    columns: tuple[Sequence[float], ...]


class Memory:
    """Rows of values over model time, of one episode. One thread begins and adds, any may read."""

    def __init__(self, most_rows: int = MOST_ROWS) -> None:
        self._most_rows = most_rows
        self._lock = threading.Lock()
        self._rows: list[array[float]] = []
        """Each with its time in front."""
        self._last: array[float] | None = None
        self._stride = 1
        self._seen = 0

    def begin_anew(self) -> None:
        """Forget everything: another episode begins, on whichever day."""
        with self._lock:
            self._rows, self._last, self._stride, self._seen = [], None, 1, 0

    def add(self, time_s: float, values: Sequence[float | None]) -> None:
        """Keep a row. One of the same moment as the last replaces it."""
        row = array("d", [time_s, *(math.nan if value is None else value for value in values)])
        with self._lock:
            if self._last is None or time_s > self._last[0]:
                self._keep_last()
            self._last = row

    def columns(self, numbers: Sequence[int], since_s: float = -math.inf, until_s: float = math.inf) -> PastColumns:
        """The columns of these numbers between two moments. A number that a row does not have yet is NaN there."""
        with self._lock:
            rows = [*self._rows, *([self._last] if self._last is not None else [])]
        wanted = [row for row in rows if since_s <= row[0] <= until_s]
        columns = tuple([_cell(row, number + 1) for row in wanted] for number in numbers)
        return PastColumns([row[0] for row in wanted], columns)

    def _keep_last(self) -> None:
        if self._last is None:
            return
        if self._seen % self._stride == 0:
            self._rows.append(self._last)
        self._seen += 1
        if len(self._rows) > self._most_rows:
            self._rows = self._rows[::2]
            self._stride *= 2


def _cell(row: array[float], place: int) -> float:
    return row[place] if place < len(row) else math.nan
