"""What BOPTEST has published of the case under its own control: KPIs of two-week windows, and courses of signals."""

from __future__ import annotations

import csv
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

DAY_S = 86400.0
VARIABLE = "BASELINE_DATA"
"""Variable with the folder of the published files."""

_WINDOWS = "multizone_office_simple_air_kpis.csv"
_INITIALIZED_S, _INITIALIZED_WARMUP_S = 43_200.0, 43_200.0
_WARMUP_S = 7 * DAY_S
_FITTED_MONTHS = ((0, 31), (90, 120), (181, 212), (273, 304))
"""January, April, July and October: first day of the year (from 0), and the day after the last."""


@dataclass(frozen=True, slots=True)
class Window:
    """One two-week window: seconds of the year, and its KPIs in BOPTEST's units."""

    middle_day: int
    start_s: float
    length_s: float
    warmup_s: float
    kpis: Mapping[str, float]

    @property
    def days(self) -> range:
        """Its days of the year, counted from 0, without the warm-up."""
        return range(int(self.start_s // DAY_S), int((self.start_s + self.length_s) // DAY_S))


@dataclass(frozen=True, slots=True)
class Trajectory:
    """Signals over time. The test began ``warmup_s`` before ``start_s``; times are seconds of the year, values SI."""

    name: str
    start_s: float
    warmup_s: float
    times_s: Sequence[float]
    signals: Mapping[str, Sequence[float]]

    @property
    def days(self) -> range:
        """The days that it touches."""
        return range(int(self.times_s[0] // DAY_S), int(self.times_s[-1] // DAY_S) + 1)


def folder_of_data(given: Path | None = None) -> Path:
    """The folder of the published files. Raises SystemExit with what to do when there is none."""
    named = given or (Path(os.environ[VARIABLE]) if os.environ.get(VARIABLE) else None)
    if named is None or not (named / _WINDOWS).is_file():
        raise SystemExit(f"{named or 'no folder'}: {_WINDOWS} is not there; name its folder with --data or {VARIABLE}")
    return named


def windows(folder: Path) -> list[Window]:
    """Every window, by day."""
    with (folder / _WINDOWS).open(encoding="utf-8", newline="") as file:
        rows = [{key: float(value) for key, value in row.items()} for row in csv.DictReader(file)]
    return [
        Window(
            middle_day=int(row["middle_day"]),
            start_s=row["start_time_s"],
            length_s=row["length_s"],
            warmup_s=row["warmup_s"],
            kpis={key: value for key, value in row.items() if key.endswith("_tot")},
        )
        for row in rows
    ]


def courses(folder: Path) -> list[Trajectory]:
    """The courses that are there, the one of all points first."""
    found: list[Trajectory] = []
    for path in sorted(folder.glob("results_*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            names, *records = csv.reader(file)
        columns = [[float(value) for value in column] for column in zip(*records, strict=True)]
        times_s, name = columns[0], path.stem.removeprefix("results_")
        start_s, warmup_s = times_s[0] + _WARMUP_S, _WARMUP_S
        if name == "initialize_advance":
            start_s, warmup_s = _INITIALIZED_S, _INITIALIZED_WARMUP_S
        found.append(Trajectory(name, start_s, warmup_s, times_s, dict(zip(names[1:], columns[1:], strict=True))))
    return found


def split(every: Sequence[Window], shown: Sequence[Trajectory]) -> tuple[list[Window], list[Window]]:
    """Windows to fit on, all of whose days lie in the fitted months, and windows to judge on.

    A window to judge on shares no day with the fitted months, nor with any course.
    """
    fitted = {day for first, end in _FITTED_MONTHS for day in range(first, end)}
    seen = fitted.union(*(course.days for course in shown))
    return (
        [window for window in every if fitted.issuperset(window.days)],
        [window for window in every if seen.isdisjoint(window.days)],
    )
