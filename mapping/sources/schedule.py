"""A point schedule: a tag, a description, AI, AO, BI or BO, units or a range, in rows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from mapping.listed import Listed
from mapping.sources.headings import Column, guess_columns
from mapping.sources.table import ListTable, TableRow, filled
from utils.errors import ConfigError, Problem
from utils.unit_conversion import UnitConverter, UnitError, from_bacnet
from utils.values import ObjectType

_KINDS: Mapping[str, ObjectType] = {
    spelling: kind
    for kind, spellings in {
        ObjectType.ANALOG_INPUT: "ai ui uai",
        ObjectType.ANALOG_OUTPUT: "ao uo",
        ObjectType.ANALOG_VALUE: "av",
        ObjectType.BINARY_INPUT: "bi di",
        ObjectType.BINARY_OUTPUT: "bo do",
        ObjectType.BINARY_VALUE: "bv dv",
        ObjectType.MULTI_STATE_INPUT: "mi msi mvi",
        ObjectType.MULTI_STATE_OUTPUT: "mo mso mvo",
        ObjectType.MULTI_STATE_VALUE: "mv msv mvv",
    }.items()
    for spelling in (*spellings.split(), str(kind).casefold())
}
_TYPE = re.compile(r"([a-z]+)[^a-z]*?(\d*)", re.IGNORECASE)
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

    Raises :class:`ConfigError` with every type that is none, every row with more cells than headings, and every name
    that an equipment has twice. A unit that is not known is a note: the point has none then.
    """
    head, columns = guess_columns(table, told)
    rows = [row for row in table.rows if row.line > head.line and filled(row.cells, columns[Column.NAME])]
    problems = [
        table.problem(row, len(head.cells), "is beyond the last heading") for row in rows if _is_long(row, head)
    ]
    points, notes = [], []
    for row in rows:
        try:
            point, note = _point(table, row, columns)
        except ConfigError as error:
            problems += error.problems
            continue
        points.append(point)
        notes += note
    problems += _twice(points)
    if problems:
        raise ConfigError(problems)
    if not points:
        raise ConfigError([table.problem(head, columns[Column.NAME], "has no points below it")])
    return ReadList(tuple(points), {column: head.cells[place] for column, place in columns.items()}, tuple(notes))


def unit_of(text: str) -> str | None:
    """A unit as a config may have it; None where none is told. Raises :class:`UnitError` for one that is unknown."""
    if text.casefold().strip() in _NONE:
        return None
    known = from_bacnet(text)
    if known is None:
        parsed = UnitConverter().parse(text)
        known = next((unit for unit in _PLAIN if UnitConverter().parse(unit) == parsed), text)
    return known


def _is_long(row: TableRow, head: TableRow) -> bool:
    return any(row.cells[len(head.cells) :])


def _point(table: ListTable, row: TableRow, columns: Mapping[Column, int]) -> tuple[Listed, list[str]]:
    told = {column: filled(row.cells, columns.get(column)) for column in Column}
    kind, number = _type(table, row, columns, told[Column.TYPE])
    notes: list[str] = []
    try:
        unit = unit_of(told[Column.UNITS]) if told[Column.UNITS] else _unit_of_range(told[Column.RANGE])
    except UnitError:
        unit = None
        notes.append(f"line {row.line}: unit {told[Column.UNITS]!r} is not known, so it is compared without")
    instance = told[Column.INSTANCE] or number
    point = Listed(
        name=told[Column.NAME],
        description=told[Column.DESCRIPTION],
        unit=unit if kind is None or kind.is_analog else None,
        equipment=told[Column.EQUIPMENT],
        object_type=kind,
        instance=int(instance) if instance.isdecimal() else None,
        where=f"{table.file.name}: line {row.line}",
    )
    return point, notes


def _type(table: ListTable, row: TableRow, columns: Mapping[Column, int], text: str) -> tuple[ObjectType | None, str]:
    if not text:
        return None, ""
    squeezed = re.sub(r"[\s_-]", "", text)
    found = _TYPE.match(squeezed)
    kind = _KINDS.get(found[1].casefold()) if found is not None else None
    if kind is None or found is None:
        raise ConfigError([table.problem(row, columns[Column.TYPE], f"{text!r} is none of AI, AO, AV, BI, BO, BV")])
    number = re.search(r"\d+", squeezed)
    return kind, number[0] if number is not None and re.search(r"[:,]\d", squeezed) else ""


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
