"""Finds what the sources leave open, on the courses and on windows of the fitted months: least squares.

``python -m benchmarks.baseline.fit --data DIR`` prints a table of parameter, before and after. It changes no file: the
values go into ``parameters.py``, rounded to three digits, with the table in the commit.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from math import sqrt
from multiprocessing import get_context
from multiprocessing.pool import Pool
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.baseline.__main__ import changed, days
from benchmarks.baseline.judging import residuals_of_course, residuals_of_window
from benchmarks.baseline.published import Trajectory, Window, courses, folder_of_data, split, windows
from benchmarks.baseline.simulated import Job, simulate_one
from emulators.plants.multizone_office import OfficeParameters
from emulators.plants.multizone_office.parameters import as_boptest

OPEN = (
    "envelope.window_solar_gain",
    "envelope.window_w_m2k",
    "envelope.slab_w_m2k",
    "envelope.furniture_w_m2k",
    "envelope.solar_to_air",
    "envelope.radiant_to_air",
)
"""What is fitted: one effective number each for what the case works out surface by surface."""
_NUDGE = 0.05
_DAMPING = 1e-2
_WINDOW_DAYS = (18, 24, 100, 108, 194, 204, 282, 290)
"""Two windows of each fitted month."""


def residuals(job: Job) -> list[float]:
    """How far one course or window is off, in units of its bars."""
    what, ours = job[1], simulate_one(job)
    return residuals_of_window(what, ours) if isinstance(what, Window) else residuals_of_course(what, ours)


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.baseline.fit", description=__doc__)
    parser.add_argument("--data", type=Path, metavar="DIR", help="folder of the published files")
    parser.add_argument("--rounds", type=int, default=2, metavar="N")
    parser.add_argument("--processes", type=int, default=2, metavar="N")
    parser.add_argument("--days", type=days, metavar="DAY,...", default=_WINDOW_DAYS, help="windows beside the courses")
    parser.add_argument("--open", type=_names, metavar="NAME,...", default=OPEN, help="what is fitted")
    options = parser.parse_args(arguments)
    folder = folder_of_data(options.data)
    shown = courses(folder)
    to_fit, _ = split(windows(folder), shown)
    chosen = [window for window in to_fit if window.middle_day in options.days]
    with get_context("spawn").Pool(options.processes) as pool:
        fit = LeastSquares(pool, [*shown, *chosen], options.open)
        for _ in range(options.rounds):
            fit.improve()
            Console(width=120).print(fit.table())


class LeastSquares:
    """Gauss-Newton with finite differences, all runs of a round side by side."""

    def __init__(self, pool: Pool, what: Sequence[Window | Trajectory], names: Sequence[str]) -> None:
        self._pool = pool
        self._what = what
        self._names = names
        start = as_boptest()
        self._before = {name: _value(start, name) for name in self._names}
        self.values = dict(self._before)
        self.errors: list[float] = []

    def improve(self) -> None:
        """One round: as many runs as there are parameters, and one."""
        nudged = [self.values, *({**self.values, name: self.values[name] * (1.0 + _NUDGE)} for name in self._names)]
        base, *moved = self._residuals(nudged)
        self.errors.append(sqrt(sum(value * value for value in base)))
        slopes = [[(after - before) / _NUDGE for after, before in zip(column, base, strict=True)] for column in moved]
        matrix = [[_dot(left, right) for right in slopes] for left in slopes]
        for index in range(len(self._names)):
            matrix[index][index] *= 1.0 + _DAMPING
        steps = solved(matrix, [-_dot(slope, base) for slope in slopes])
        for name, step in zip(self._names, steps, strict=True):
            self.values[name] *= 1.0 + min(max(step, -0.3), 0.3)

    def table(self) -> Table:
        """Before and after."""
        table = Table("parameter", "before", "after", title=f"root of the squares: {self.errors}")
        for name in self._names:
            table.add_row(name, f"{self._before[name]:.4g}", f"{self.values[name]:.4g}")
        return table

    def _residuals(self, every: Sequence[Mapping[str, float]]) -> list[list[float]]:
        jobs: list[Job] = []
        for values in every:
            parameters = changed(as_boptest(), [f"{name}={value}" for name, value in values.items()])
            jobs.extend((parameters, what) for what in self._what)
        found = self._pool.map(residuals, jobs, chunksize=1)
        parts = len(self._what)
        return [
            [value for part in found[first : first + parts] for value in part] for first in range(0, len(found), parts)
        ]


def solved(matrix: Sequence[Sequence[float]], right: Sequence[float]) -> list[float]:
    """The solution of a small symmetric positive system, by elimination."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    size = len(rows)
    for pivot in range(size):
        for below in range(pivot + 1, size):
            factor = rows[below][pivot] / rows[pivot][pivot]
            rows[below] = [value - factor * above for value, above in zip(rows[below], rows[pivot], strict=True)]
    solution = [0.0] * size
    for index in reversed(range(size)):
        known = sum(rows[index][column] * solution[column] for column in range(index + 1, size))
        solution[index] = (rows[index][size] - known) / rows[index][index]
    return solution


def _dot(left: Sequence[float], right: Sequence[float]) -> float:
    return sum(one * other for one, other in zip(left, right, strict=True))


def _names(text: str) -> list[str]:
    return text.split(",")


def _value(parameters: OfficeParameters, name: str) -> float:
    part, field = name.split(".")
    return float(getattr(getattr(parameters, part), field))


if __name__ == "__main__":
    main()
