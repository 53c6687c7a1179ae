"""A point schedule: a tag, a description, AI, AO, BI or BO, units or a range, in rows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import takewhile

from mapping.listed import Listed
from mapping.sources.headings import Column, guess_columns, headed_twice
from mapping.sources.kinds import kind_of, marked, marked_kinds, number_in
from mapping.sources.table import ListTable, TableRow, filled
from utils.errors import ConfigError, Problem
from utils.unit_conversion import UnitConverter, UnitError, from_bacnet
from utils.values import ObjectType

_RANGE_UNIT = re.compile(r"[-+−]?\d+(?:[.,]\d+)?\s*(?:to|bis|\.\.\.?|…|/|-|–)\s*[-+−]?\d+(?:[.,]\d+)?\s*(.*)")
_PLAIN = ("degC", "degF", "percent")
"""How configs mostly write what lists write with signs."""
_NONE = frozenset(("", "-", "–", "n/a", "na", "none", "no-units", "no units", "on/off", "off/on"))
_SIGNALS = frozenset(("v", "vdc", "ma", "ohm"))
"""What is at a terminal, which is not what the point is in."""


@dataclass(frozen=True, slots=True)
class ReadList:
    """The points of a list, what its columns were taken for, and what could not be used in it, line by line."""

    points: tuple[Listed, ...]
    columns: Mapping[Column, str]
    notes: tuple[str, ...] = ()


def read_schedule(table: ListTable, told: Mapping[Column, str]) -> ReadList:
    """The points of a schedule. ``told`` are the headings that somebody has named for columns.

    A row with nothing but a name is the title of those below it. Raises :class:`ConfigError` with every type that is
    none, every row with more cells than headings, and every name that an equipment has twice. A unit that is not
    known is a note: the point has none then.
    """
    head, columns = guess_columns(table, told)
    reader = _ScheduleReader(table, head, columns)
    for row in table.rows:
        if row.line > head.line:
            reader.read(row)
    problems = [*reader.problems, *_twice(reader.points)]
    if problems:
        raise ConfigError(problems)
    if not reader.points:
        raise ConfigError([table.problem(head, columns[Column.NAME], "has no points below it")])
    shown = {column: head.cells[place] for column, place in columns.items()}
    if reader.marks:
        shown[Column.TYPE] = ", ".join(head.cells[place] for place in reader.marks)
    return ReadList(tuple(reader.points), shown, tuple(reader.notes))


def unit_of(text: str) -> str | None:
    """A unit as a config may have it; None where none is told. Raises :class:`UnitError` for one that is unknown."""
    if text.casefold().strip() in _NONE:
        return None
    known = from_bacnet(text)
    if known is None:
        parsed = UnitConverter().parse(text)
        known = next((unit for unit in _PLAIN if UnitConverter().parse(unit) == parsed), text)
    return known


class _ScheduleReader:
    """Reads row by row, as a title is of what stands below it."""

    def __init__(self, table: ListTable, head: TableRow, columns: Mapping[Column, int]) -> None:
        self._table, self._head, self._columns = table, head, columns
        self.marks = marked_kinds(head) if Column.TYPE not in columns else {}
        self._tag = _tag_columns(head, columns[Column.NAME])
        self._title = ""
        self.points: list[Listed] = []
        self.notes = list(headed_twice(head, columns))
        self.problems: list[Problem] = []

    def read(self, row: TableRow) -> None:
        """A point, a title, or nothing."""
        name = self._name(row)
        if any(row.cells[len(self._head.cells) :]):
            self.problems.append(self._table.problem(row, len(self._head.cells), "is beyond the last heading"))
        elif self._is_title(row):
            self._title = name if name in row.cells else self._title
            done = "taken for a title" if name in row.cells else "left out"
            self.notes.append(f"line {row.line}: {name!r} has nothing beside it, and is {done}")
        elif name:
            self._point(row, name)

    def _is_title(self, row: TableRow) -> bool:
        tells_types = Column.TYPE in self._columns or bool(self.marks)
        filled_in = [place for place, cell in enumerate(row.cells) if cell]
        return tells_types and bool(filled_in) and set(filled_in) <= set(self._tag)

    def _name(self, row: TableRow) -> str:
        return ".".join(cell for column in self._tag if (cell := filled(row.cells, column)))

    def _point(self, row: TableRow, name: str) -> None:
        cell = {column: filled(row.cells, self._columns.get(column)) for column in Column}
        kind = self._kind(row, cell[Column.TYPE])
        instance = cell[Column.INSTANCE] or number_in(cell[Column.TYPE])
        if instance and not instance.isdecimal():
            self.notes.append(f"line {row.line}: instance {instance!r} is no number, and is left out")
        unit = self._unit(row, cell[Column.UNITS], cell[Column.RANGE])
        self.points.append(
            Listed(
                name=name,
                description=" ".join(cell[Column.DESCRIPTION].split()),
                unit=unit if kind is None or kind.is_analog else None,
                equipment=cell[Column.EQUIPMENT] or self._title,
                object_type=kind,
                instance=int(instance) if instance.isdecimal() else None,
                where=f"{self._table.file.name}: line {row.line}",
            )
        )

    def _kind(self, row: TableRow, text: str) -> ObjectType | None:
        kinds = marked(row, self.marks)
        if len(kinds) > 1:
            what = f"has marks for {' and '.join(kinds)}, and a point has one type; write a row for each"
            self.problems.append(Problem(f"{self._table.file.name}: line {row.line}", what))
        kind = kind_of(text) if text else next(iter(kinds), None)
        if text and kind is None:
            what = f"{text!r} is none of AI, AO, AV, BI, BO, BV"
            self.problems.append(self._table.problem(row, self._columns[Column.TYPE], what))
        return kind

    def _unit(self, row: TableRow, text: str, span: str) -> str | None:
        try:
            return unit_of(text) if text else _unit_of_range(span)
        except UnitError:
            self.notes.append(f"line {row.line}: unit {text!r} is not known, so it is compared without")
            return None


def _tag_columns(head: TableRow, name: int) -> tuple[int, ...]:
    """A tag may be split: its parts stand in columns without headings of their own."""
    after = range(name + 1, len(head.cells))
    return name, *takewhile(lambda column: not head.cells[column], after)


def _unit_of_range(text: str) -> str | None:
    """The unit behind a range such as ``-40,0 … 60,0 °C``; a signal's (0-10 V) is not the point's."""
    found = _RANGE_UNIT.fullmatch(text.strip())
    if found is None or found[1].casefold() in _SIGNALS:
        return None
    try:
        return unit_of(found[1])
    except UnitError:
        return None


def _twice(points: list[Listed]) -> list[Problem]:
    first: dict[tuple[str, str, ObjectType | None], Listed] = {}
    problems = []
    for point in points:
        before = first.setdefault((point.equipment, point.name, point.object_type), point)
        if before is not point:
            what = f"{point.name!r} is there twice ({before.where} has it too); names tell a controller's objects apart"
            problems.append(Problem(point.where, what))
    return problems
