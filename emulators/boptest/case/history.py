"""The results store: every sample of a test since its warm-up began."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Self

from emulators.states import SavedStateError

TIME = "time"


class History:
    """One row of numbers per sample, stored end to end (8 bytes each: a fortnight of 125 values takes 40 MB)."""

    def __init__(self, names: Sequence[str]) -> None:
        self._columns = {name: column for column, name in enumerate((TIME, *names))}
        self._values_of = itemgetter(*names)
        self._cells = array("d")

    @classmethod
    def of_samples(cls, names: Sequence[str], cells: array[float]) -> Self:
        """A history that begins with the :attr:`cells` of another. Raises SavedStateError for broken rows."""
        history = cls(names)
        if len(cells) % len(history._columns):
            raise SavedStateError("the state's samples are not those of this building")
        history._cells = cells
        return history

    @property
    def cells(self) -> array[float]:
        """All samples, end to end; to be read at once, as they grow."""
        return self._cells

    def __len__(self) -> int:
        return len(self._cells) // len(self._columns)

    def clear(self) -> None:
        """Forget every sample."""
        del self._cells[:]

    def append(self, time_s: float, state: Mapping[str, float]) -> None:
        """Store one sample. Raises KeyError when the state lacks a name."""
        self._cells.extend(array("d", (time_s, *self._values_of(state))))

    def last(self) -> dict[str, float]:
        """The latest sample, ``time`` first. Raises IndexError when there is none."""
        if not self._cells:
            raise IndexError("there is no sample")
        return dict(zip(self._columns, self._cells[-len(self._columns) :], strict=True))

    def series(self, name: str, first: int = 0) -> array[float]:
        """All values of ``time`` or a point, from sample ``first`` on. Raises KeyError for an unknown name."""
        width = len(self._columns)
        return self._cells[first * width + self._columns[name] :: width]

    def query(self, names: Sequence[str], start_s: float, final_s: float) -> dict[str, array[float]]:
        """The named series and ``time`` between two times (boptest-api §7).

        A window outside the history raises IndexError. A name given twice is cut twice, ``time`` included, as
        BOPTEST does.
        """
        if not names:
            return {}
        result = {name: self.series(name) for name in (*names, TIME)}
        window = _window(result[TIME], start_s, final_s)
        for name in (*names, TIME):
            result[name] = result[name][window]
        return result


def _window(times: array[float], start_s: float, final_s: float) -> slice:
    first, end = bisect_left(times, start_s), bisect_right(times, final_s)
    if first == len(times) or end == 0:
        raise IndexError("the window lies outside the stored samples")
    return slice(first, end)
