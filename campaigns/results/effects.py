"""What each parameter does to each indicator: the cells of each of its values put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import TypeAlias

from campaigns.results.table import Value, said_by
from campaigns.running.times import start_of
from campaigns.store import CellRow
from utils.clocks import model_datetime

DAY = "day"
Says: TypeAlias = Mapping[str, Value]
Group: TypeAlias = "dict[frozenset[tuple[str, Value]], CellRow]"
"""The cells with one value of a parameter, by everything else that they say."""
_ABSENT = "as usual"
"""The value of a parameter in cells that do not say it."""


@dataclass(frozen=True, slots=True)
class Spread:
    """An indicator over some cells."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Level:
    """One value of a parameter. ``place`` is where it lies on an axis; None for what is no number, and no day.

    ``changes`` are relative, by indicator: against the first value, in cells that are the same but for this parameter.
    """

    words: str
    place: float | None
    cells: int
    spreads: Mapping[str, Spread]
    changes: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Effect:
    """A parameter that differs between cells, with its values in order."""

    parameter: str
    levels: tuple[Level, ...]

    @property
    def is_drawn(self) -> bool:
        """Whether its values lie on an axis, and are enough for a curve."""
        return len(self.levels) > 1 and all(level.place is not None for level in self.levels)


def indicators_of(rows: Sequence[CellRow]) -> list[str]:
    """Those that differ between cells."""
    names = dict.fromkeys(name for row in rows for name in row.kpis)
    return [name for name in names if len({row.kpis.get(name) for row in rows} - {None}) > 1]


def effects_of(rows: Sequence[CellRow], indicators: Sequence[str]) -> list[Effect]:
    """Every parameter that has several values among the cells."""
    said = [said_by(row.cell.parameters) for row in rows]
    names = dict.fromkeys(name for says in said for name in says)
    effects = (_effect(name, [*zip(said, rows, strict=True)], indicators) for name in names)
    return [effect for effect in effects if len(effect.levels) > 1]


def _effect(name: str, cells: Sequence[tuple[Says, CellRow]], indicators: Sequence[str]) -> Effect:
    groups: dict[Value, Group] = {}
    for says, row in cells:
        rest = frozenset(item for item in says.items() if item[0] != name)
        groups.setdefault(says.get(name, _ABSENT), {})[rest] = row
    ordered = sorted(groups, key=lambda value: _order(name, value))
    first = groups[ordered[0]]
    return Effect(name, tuple(_level(name, value, groups[value], first, indicators) for value in ordered))


def _level(name: str, value: Value, group: Group, first: Group, indicators: Sequence[str]) -> Level:
    rows = [*group.values()]
    spreads = {indicator: spread for indicator in indicators if (spread := _spread(rows, indicator)) is not None}
    both = [(first[rest], row) for rest, row in group.items() if rest in first]
    changes = {indicator: change for indicator in indicators if (change := _change(both, indicator)) is not None}
    return Level(_words(name, value), _place(name, value), len(rows), spreads, changes)


def _words(name: str, value: Value) -> str:
    if name == DAY and isinstance(value, int):
        date = model_datetime(start_of(value).time_s, start_of(value).year)
        return f"{date.day} {date:%b} ({value})"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _change(both: Sequence[tuple[CellRow, CellRow]], indicator: str) -> float | None:
    """Of the sums of cells in pairs; None where there is no pair, or nothing to begin with."""
    pairs = [(one.kpis.get(indicator), other.kpis.get(indicator)) for one, other in both]
    known = [(one, other) for one, other in pairs if one is not None and other is not None]
    before = sum(one for one, _ in known)
    return sum(other for _, other in known) / before - 1.0 if before else None


def _place(name: str, value: Value) -> float | None:
    if name == DAY and isinstance(value, int | str) and value != _ABSENT:
        return start_of(value).time_s
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _order(name: str, value: Value) -> tuple[bool, float, str]:
    place = _place(name, value)
    return place is None and value != _ABSENT, place or 0.0, str(value)


def _spread(rows: Sequence[CellRow], indicator: str) -> Spread | None:
    values = [value for row in rows if (value := row.kpis.get(indicator)) is not None]
    return Spread(fmean(values), min(values), max(values)) if values else None
