"""What the columns of a point schedule are: guessed from their headings, else from the cells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

from mapping.sources.table import ListTable, TableRow, filled
from points.meanings import unaccented
from utils.errors import ConfigError, Problem
from utils.names import did_you_mean

_LOOKED_THROUGH = 30
_TYPE = re.compile(r"(?:[ABDUM](?:[IO]|V)|MS[IOV]|MV)\s?\d*", re.IGNORECASE)


class Column(StrEnum):
    """What a column may be."""

    NAME = "name"
    DESCRIPTION = "description"
    TYPE = "type"
    INSTANCE = "instance"
    UNITS = "units"
    RANGE = "range"
    EQUIPMENT = "equipment"
    TERMINAL = "terminal"


_HEADINGS: Mapping[Column, str] = {
    Column.NAME: "tag|point ?name|object ?name|name|point|tag ?name|label|point ?id|bezeichner|punkt|datenpunkt|"
    "nom(?: du point)?|etiquette|repere|mnemonique",
    Column.DESCRIPTION: "descr?|description|comment|remarks?|long ?name|function|text|beschreibung|bezeichnung|service|"
    "designation|libelle|commentaires?",
    Column.TYPE: "type|point ?type|object ?type|io|i/?o|i/?o ?type|signal ?type|ai/?ao/?bi/?bo|kind|typ|hardware|"
    "type de point|e/?s|signal",
    Column.INSTANCE: "instance|object ?instance|inst|object ?id|instanz|bacnet ?id",
    Column.UNITS: "units?|eng\\.? ?units?|engineering ?units?|uom|einheit|unites?",
    Column.RANGE: "range|span|scale|sensor ?range|bereich|scaling",
    Column.EQUIPMENT: "equipment|system|equip|device|controller|unit ?no|asset|anlage|panel|location|area|"
    "equipement|systeme|installation",
    Column.TERMINAL: "terminal|term|channel|klemme|wiring|slot|address|hw ?address|i/?o ?point",
}


def guess_columns(table: ListTable, told: Mapping[Column, str]) -> tuple[TableRow, Mapping[Column, int]]:
    """The row of headings, and which column is what. ``told`` are headings that somebody has named.

    Raises :class:`ConfigError` where no column can be the points' names, or a heading that was named is none.
    """
    head = _heading_row(table, told)
    found: dict[Column, int] = {}
    folded = [_folded(cell) for cell in head.cells]
    for column, heading in told.items():
        if _folded(heading) not in folded:
            near = did_you_mean(heading, head.cells) or f"; it has {', '.join(filter(None, head.cells))}"
            raise ConfigError([table.problem(head, 0, f"has no heading {heading!r}{near}")])
        found[column] = folded.index(_folded(heading))
    for column, pattern in _HEADINGS.items():
        if column not in found:
            places = [place for place, cell in enumerate(folded) if place not in found.values()]
            exact = [place for place in places if re.fullmatch(pattern, folded[place].strip(" .:#*"))]
            if exact:
                found[column] = exact[0]
    if Column.TYPE not in found:
        found |= _by_cells(table, head, set(found.values()))
    if Column.NAME not in found:
        what = f"no column is the points' names; say which with --column name=HEADING: {', '.join(head.cells)}"
        raise ConfigError([table.problem(head, 0, what)])
    return head, found


def headed_twice(head: TableRow, columns: Mapping[Column, int]) -> Iterator[str]:
    """Which of several columns with the same heading was taken, from 1 on."""
    folded = [_folded(cell) for cell in head.cells]
    for column, taken in columns.items():
        alike = [place for place, cell in enumerate(folded) if cell == folded[taken]]
        if folded[taken] and len(alike) > 1:
            others = " and ".join(str(place + 1) for place in alike if place != taken)
            what = f"column {taken + 1} is taken for {column}, and {others} has the same heading {head.cells[taken]!r}"
            yield f"line {head.line}: {what}; give the one that is meant a heading of its own if it is another"


def _heading_row(table: ListTable, told: Mapping[Column, str]) -> TableRow:
    """The row that has the most headings: there may be a title and a logo above it."""
    wanted = {_folded(heading) for heading in told.values()}

    def known(row: TableRow) -> int:
        cells = [_folded(cell).strip(" .:#*") for cell in row.cells]
        named = sum(2 for cell in row.cells if _folded(cell) in wanted)
        return named + sum(any(re.fullmatch(pattern, cell) for pattern in _HEADINGS.values()) for cell in cells if cell)

    best = max(table.rows[:_LOOKED_THROUGH], key=known)
    if not known(best):
        what = "no row has headings such as name, description, type, units; write them above the columns"
        raise ConfigError([Problem(f"{table.file.name}: line {table.rows[0].line}", what)])
    return best


def _folded(cell: str) -> str:
    """Without accents, capitals and breaks of lines."""
    return " ".join(unaccented(cell).casefold().split())


def _by_cells(table: ListTable, head: TableRow, taken: set[int]) -> Mapping[Column, int]:
    rows = [row for row in table.rows if row.line > head.line]
    for place in range(len(head.cells)):
        cells = [cell for row in rows if (cell := filled(row.cells, place))]
        if place not in taken and cells and _share(cells) > 0.8:
            return {Column.TYPE: place}
    return {}


def _share(cells: Sequence[str]) -> float:
    return sum(_TYPE.fullmatch(cell) is not None for cell in cells) / len(cells)
