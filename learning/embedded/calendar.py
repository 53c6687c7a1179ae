"""What is known in advance of the embedded building, as a table of quarters of an hour that fills as it is needed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from emulators.door import Offices
from learning.world import FloatArray
from utils.clocks import DAY_S, YEAR_S

QUARTER_S = 900.0
_QUARTERS = int(DAY_S // QUARTER_S)
_HELD = ("Price", "Emissions", "LowerSetp", "UpperSetp", "UpperCO2", "Occupancy", "InternalGains")
"""Boundary data that holds for the quarter of an hour that it is told for; weather is linear between hours."""


class Calendar:
    """A row per quarter of an hour from 1 January on, the year over and over, with a column per name.

    Days are worked out when somebody first asks for them (some ms each), and kept.
    """

    def __init__(self, offices: Offices, names: Sequence[str], days: float) -> None:
        """For times of up to ``days`` behind the end of a year."""
        self._plant = offices.plant
        self._names = tuple(names)
        self._is_held = np.array([name.startswith(_HELD) for name in names], np.bool_)
        self._day_count = YEAR_S // DAY_S + int(days) + 2
        self.rows: FloatArray = np.zeros((self._day_count * _QUARTERS, len(names)))
        self._known = np.zeros(self._day_count, np.bool_)

    def need(self, first_s: float, last_s: float) -> None:
        """Work out what is not known yet between two times."""
        for day in range(int(first_s // DAY_S), min(int(last_s // DAY_S) + 2, self._day_count)):
            if not self._known[day]:
                first = day * _QUARTERS
                times = [(first + number) * QUARTER_S % YEAR_S for number in range(_QUARTERS)]
                told = self._plant.forecast(self._names, times)
                self.rows[first : first + _QUARTERS] = np.transpose([told[name] for name in self._names])
                self._known[day] = True

    def at(self, times_s: FloatArray, columns: slice) -> FloatArray:
        """Values at any times that are known, ``(*times, columns)``."""
        quarters, rest = np.divmod(times_s, QUARTER_S)
        rows = quarters.astype(np.intp)
        table = self.rows[:, columns]
        values = table[rows]
        if rest.any():
            between = (rest / QUARTER_S)[..., None] * ~self._is_held[columns]
            values = values + between * (table[rows + 1] - values)
        return values
