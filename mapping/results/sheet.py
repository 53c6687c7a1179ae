"""The CSV beside the drafts: every point with score and reasons, for a spreadsheet, and the way back from there.

Above stand the controllers' points, one a row; below, without an ``ecy_point``, all of the simulation's, to choose
from.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from equipment.config_model import Protocol
from mapping.listed import Listed
from mapping.method import Proposal, Proposed
from mapping.results.ties import Reached, Tie
from mapping.sources.schedule import unit_of
from mapping.sources.table import ListTable, TableRow, filled, read_table
from utils.errors import ConfigError, Problem
from utils.names import did_you_mean
from utils.text import no_formula
from utils.unit_conversion import UnitError
from utils.values import ObjectType

HEADINGS = (
    *("equipment", "address", "protocol", "ecy_point", "object_type", "instance", "device_unit", "description"),
    *("bop_point", "unit", "score", "sure", "why", "second", "third"),
)
_NEEDED = ("equipment", "ecy_point", "object_type", "bop_point")


@dataclass(frozen=True, slots=True)
class ReadSheet:
    """What a sheet says: where each equipment is, and its ties."""

    reached: Mapping[str, Reached]
    ties: tuple[Tie, ...]


def write_sheet(
    proposal: Proposal, simulation: Sequence[Listed], reached: Mapping[str, Reached], remarks: Mapping[int, str]
) -> str:
    """The text of a sheet. ``remarks`` are said first of the point at that place, as why a config has it not."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(HEADINGS)
    for place, one in enumerate(proposal.points):
        where = reached.get(one.controller.equipment, Reached())
        writer.writerow([no_formula(cell) for cell in _row(one, where, remarks.get(place, ""))])
    left = {point.name for point in proposal.left}
    for point in simulation:
        told = "not mapped" if point.name in left else "mapped above"
        cells = {"bop_point": point.name, "unit": point.unit or "", "description": point.description, "why": told}
        writer.writerow([no_formula(cells.get(heading, "")) for heading in HEADINGS])
    return stream.getvalue()


def read_sheet(file: Path) -> ReadSheet:
    """Read a sheet that somebody has edited. Rows without a ``bop_point`` are not mapped.

    Raises :class:`ConfigError` with every fault, by line and column.
    """
    table = read_table(file)
    head, *rows = table.rows
    columns = {name.casefold(): place for place, name in enumerate(head.cells)}
    missing = [name for name in _NEEDED if name not in columns]
    if missing:
        what = f"is no sheet of this bench: there is no heading {', '.join(missing)}"
        raise ConfigError([table.problem(head, 0, what)])
    units = {cell("bop_point"): cell("unit") for cell in (_cell(row, columns) for row in rows) if not cell("ecy_point")}
    reader = _SheetReader(table, columns, units)
    ties = [tie for row in rows if (tie := reader.tie(row)) is not None]
    reader.problems += _given_twice(ties)
    if reader.problems:
        raise ConfigError(reader.problems)
    return ReadSheet(reader.reached, tuple(ties))


def _given_twice(ties: Sequence[Tie]) -> Iterator[Problem]:
    """An object has one row, and an input of the simulation one master."""
    first: dict[tuple[str, ...], Tie] = {}
    for tie in ties:
        own = tie.controller
        keys: list[tuple[tuple[str, ...], str]] = [
            ((own.equipment, own.name, str(own.object_type)), f"{own.name!r} of {own.equipment}")
        ]
        keys += [((tie.bop_point,), tie.bop_point)] if tie.is_input else []
        for key, what in keys:
            before = first.setdefault(key, tie)
            if before is not tie:
                yield Problem(own.where, f"{what} is mapped already ({before.controller.where}); keep one of the rows")


class _SheetReader:
    def __init__(self, table: ListTable, columns: Mapping[str, int], units: Mapping[str, str]) -> None:
        self._table, self._columns, self._units = table, columns, units
        self.reached: dict[str, Reached] = {}
        self.problems: list[Problem] = []

    def tie(self, row: TableRow) -> Tie | None:
        """Of a row that has both points."""
        cell = _cell(row, self._columns)
        if not cell("ecy_point") or not cell("bop_point"):
            return None
        self.reached.setdefault(cell("equipment"), self._reached(row))
        bop_point = cell("bop_point")
        if self._units and bop_point not in self._units:
            near = did_you_mean(bop_point, self._units) or "; choose one of those below"
            self._complain(row, "bop_point", f"the simulation has no {bop_point!r}{near}")
            return None
        kind = self._kind(row)
        instance = cell("instance")
        point = Listed(
            name=cell("ecy_point"),
            description=cell("description"),
            unit=self._unit(row, "device_unit", cell("device_unit")),
            equipment=cell("equipment"),
            object_type=kind,
            instance=int(instance) if instance.isdecimal() else None,
            where=f"{self._table.file.name}: line {row.line}",
        )
        tie = Tie(point, bop_point, self._unit(row, "unit", self._units.get(bop_point) or cell("unit")))
        if kind is not None and tie.objection:
            self._complain(row, "object_type", tie.objection)
        return tie

    def _complain(self, row: TableRow, column: str, what: str) -> None:
        self.problems.append(self._table.problem(row, self._columns[column], what))

    def _kind(self, row: TableRow) -> ObjectType | None:
        text = _cell(row, self._columns)("object_type")
        try:
            return ObjectType(text)
        except ValueError:
            near = did_you_mean(text, [str(kind) for kind in ObjectType]) or f", but {', '.join(ObjectType)} are"
            self._complain(row, "object_type", f"{text!r} is no object type{near}")
            return None

    def _unit(self, row: TableRow, column: str, text: str) -> str | None:
        try:
            return text if unit_of(text) is not None else None
        except UnitError as error:
            self._complain(row, column if column in self._columns else "bop_point", str(error))
            return None

    def _reached(self, row: TableRow) -> Reached:
        cell = _cell(row, self._columns)
        address, protocol = cell("address"), Protocol.ECY
        if cell("protocol"):
            try:
                protocol = Protocol(cell("protocol"))
            except ValueError:
                self._complain(row, "protocol", f"{cell('protocol')!r} is neither ecy nor bacnet")
        if address.startswith(_DEVICE) and address.removeprefix(_DEVICE).isdecimal():
            return Reached(None, protocol, int(address.removeprefix(_DEVICE)))
        return Reached(address or None, protocol)


_DEVICE = "device "
"""Before a device's number, in the place of its address."""


class _cell:  # noqa: N801 - it is called
    """The cells of a row by their headings."""

    def __init__(self, row: TableRow, columns: Mapping[str, int]) -> None:
        self._row, self._columns = row, columns

    def __call__(self, heading: str) -> str:
        return filled(self._row.cells, self._columns.get(heading)).removeprefix("'")


def _row(one: Proposed, where: Reached, remark: str) -> Iterator[str]:
    point, simulation = one.controller, one.simulation
    first = one.candidates[0] if one.candidates else None
    others = [candidate.simulation.name for candidate in one.candidates[1 if one.is_mapped else 0 :]]
    missing = f"{one.meaning}: {one.lost or 'the simulation has none that is alike'}"
    why = first.why if first is not None and one.is_mapped else missing
    address = where.device_ip or (f"{_DEVICE}{where.device_instance}" if where.device_instance is not None else "")
    yield from (point.equipment, address, str(where.protocol), point.name, str(point.object_type or ""))
    yield "" if point.instance is None else str(point.instance)
    yield from (point.unit or "", " / ".join((point.description, *point.states)).strip(" /"))
    yield from ((simulation.name, simulation.unit or "") if simulation is not None else ("", ""))
    yield f"{first.score:.2f}" if first is not None and one.is_mapped else ""
    yield ("sure" if one.is_sure else "look") if one.is_mapped else ""
    yield "; ".join(filter(None, (remark, why)))
    yield from (*others, "", "")[:2]
