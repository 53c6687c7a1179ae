"""EDE, the exchange format of the BACnet Interest Group Europe: a list of objects with numbers for types and units.

Texts of states and units may stand in files beside it (``…_StateTexts.csv``, ``…_Units.csv``); units without one are
BACnet's own (ASHRAE 135, BACnetEngineeringUnits).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from mapping.listed import Listed
from mapping.sources.schedule import ReadList, unit_of
from mapping.sources.table import ListTable, TableRow, filled, read_table
from utils.errors import ConfigError
from utils.unit_conversion import UnitError
from utils.values import ObjectType

_TYPES: Mapping[str, ObjectType] = {
    "0": ObjectType.ANALOG_INPUT,
    "1": ObjectType.ANALOG_OUTPUT,
    "2": ObjectType.ANALOG_VALUE,
    "3": ObjectType.BINARY_INPUT,
    "4": ObjectType.BINARY_OUTPUT,
    "5": ObjectType.BINARY_VALUE,
    "13": ObjectType.MULTI_STATE_INPUT,
    "14": ObjectType.MULTI_STATE_OUTPUT,
    "19": ObjectType.MULTI_STATE_VALUE,
}
"""BACnetObjectType, of what the bridge exchanges."""
_NAME, _TYPE, _INSTANCE, _DEVICE = "object-name", "object-type", "object-instance", "device obj.-instance"
_DESCRIPTION, _UNIT, _STATES = "description", "unit-code", "state-text-reference"
_NEEDED = (_DEVICE, _NAME, _TYPE, _INSTANCE)


def is_ede(table: ListTable) -> bool:
    """Whether a row has EDE's own headings."""
    return _head(table) is not None


def read_ede(table: ListTable) -> ReadList:
    """The objects of an EDE list that the bridge can exchange; the device's number is their equipment.

    Raises :class:`ConfigError` with every type, instance or device that is no number.
    """
    head = _head(table)
    if head is None:
        raise ConfigError([table.problem(table.rows[0], 0, f"is not EDE: no row has {', '.join(_NEEDED)}")])
    columns = {name: place for place, name in enumerate(_cells(head))}
    rows = [row for row in table.rows if row.line > head.line and not row.cells[0].startswith("#")]
    problems = [
        table.problem(row, columns[name], f"{filled(row.cells, columns[name])!r} is not a number, and {name} is one")
        for row in rows
        for name in (_DEVICE, _TYPE, _INSTANCE)
        if not filled(row.cells, columns[name]).isdecimal()
    ]
    if problems:
        raise ConfigError(problems)
    beside = _Beside(table.file)
    read = [_object(row, columns, beside, table.file) for row in rows]
    points = [point for point in read if point is not None]
    if not points:
        raise ConfigError([table.problem(head, 0, "has no analog, binary or multi-state objects below it")])
    others = len(read) - len(points)
    notes = [f"{others} objects are neither analog, binary nor multi-state, and were left out"] if others else []
    return ReadList(tuple(points), {}, (*notes, *beside.notes))


class _Beside:
    """What the files beside an EDE list say."""

    def __init__(self, file: Path) -> None:
        self._units = _pairs(file, "Units")
        self._states = _pairs(file, "StateTexts")
        self.notes: list[str] = []

    def unit(self, code: str, name: str) -> str | None:
        """A unit by its number."""
        if not code.isdecimal():
            return None
        text = self._units[code][0] if code in self._units else _engineering_unit(int(code))
        try:
            return unit_of(text)
        except UnitError:
            self.notes.append(f"{name}: unit {text!r} ({code}) is not known, so it is compared without")
            return None

    def states(self, reference: str) -> tuple[str, ...]:
        """The texts of an object's states, the first is that of state 1, or of inactive."""
        return self._states.get(reference, ())


def _head(table: ListTable) -> TableRow | None:
    return next((row for row in table.rows if set(_NEEDED) <= set(_cells(row))), None)


def _cells(row: TableRow) -> list[str]:
    return [cell.casefold().lstrip("# ").strip() for cell in row.cells]


def _object(row: TableRow, columns: Mapping[str, int], beside: _Beside, file: Path) -> Listed | None:
    told = {name: filled(row.cells, columns.get(name)) for name in (*_NEEDED, _DESCRIPTION, _UNIT, _STATES)}
    kind = _TYPES.get(told[_TYPE])
    if kind is None:
        return None
    states = beside.states(told[_STATES])
    return Listed(
        name=told[_NAME],
        description=told[_DESCRIPTION],
        unit=beside.unit(told[_UNIT], told[_NAME]) if kind.is_analog else None,
        equipment=told[_DEVICE],
        object_type=kind,
        instance=int(told[_INSTANCE]),
        states=states,
        where=f"{file.name}: line {row.line}",
    )


def _pairs(file: Path, of: str) -> Mapping[str, tuple[str, ...]]:
    """The rows of a file beside the list, by the number that each begins with; nothing where there is none."""
    stem = file.stem.removesuffix("_EDE").removesuffix("-EDE")
    beside = [file.with_name(f"{name}_{of}.csv") for name in (stem, file.stem)]
    found = next((one for one in beside if one.is_file()), None)
    if found is None:
        return {}
    rows = read_table(found).rows
    return {
        row.cells[0]: tuple(filter(None, row.cells[1:])) for row in rows if row.cells[0].isdecimal() and row.cells[1:]
    }


def _engineering_unit(code: int) -> str:
    """BACnet's own word for a unit's number."""
    from bacpypes3.basetypes import EngineeringUnits  # it takes half a second, and only EDE needs it

    return str(EngineeringUnits(code))
