"""Every point of every equipment, a row each, in pages of as many rows as there is room for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.text import Text

from bridge.display.readings import setpoints, written
from bridge.display.status import STATE_STYLE, Status
from bridge.link import LinkState
from equipment.equipment_manager import Equipment
from points import Point
from utils.text import printable
from utils.values import Role

_GAP = "  "
_HEADINGS = ("point", "value", "set-point", "")
_NOTHING = "-"
_INDENT = " "


@dataclass(frozen=True, slots=True)
class _Row:
    cells: tuple[str, str, str, str]
    style: str = ""


def points_lines(equipments: Sequence[Equipment], status: Status, width: int) -> tuple[Text, list[Text]]:
    """The heading, and the lines; none is wider than ``width``, and no name is cut."""
    rows = [row for equipment in equipments for row in _rows(equipment, status)]
    widths = [max(cell_len(row.cells[n]) for row in (_Row(_HEADINGS), *rows)) for n in range(4)]
    widths[0] = min(widths[0], max(width - sum(widths[1:]) - 3 * len(_GAP), 1))
    return Text(_line(_HEADINGS, widths), style="bold"), [line for row in rows for line in _lines(row, widths, width)]


def _rows(equipment: Equipment, status: Status) -> Iterator[_Row]:
    state = status.controllers.get(equipment.controller.address, LinkState.CONNECTING)
    head = f"{equipment.name} ({equipment.controller.address}) {state.value}"
    yield _Row((printable(head), "", "", ""), f"bold {STATE_STYLE[state]}")
    beside = setpoints(equipment.points)
    shown_beside = {point.ecy_point for point in beside.values()}
    for point in equipment.points:
        if point.ecy_point not in shown_beside:
            yield _row(equipment, point, beside.get(point.ecy_point), status)


def _row(equipment: Equipment, point: Point, setpoint: Point | None, status: Status) -> _Row:
    does, style = _doing(equipment, point, status)
    wanted = "" if setpoint is None else _value(equipment, setpoint, status)
    return _Row((printable(_INDENT + point.ecy_point), _value(equipment, point, status), wanted, does), style)


def _value(equipment: Equipment, point: Point, status: Status) -> str:
    values = status.commanded if point.role is Role.READ else status.seen
    value = values.get(equipment.target(point))
    return _NOTHING if value is None else printable(written(value, point))


def _doing(equipment: Equipment, point: Point, status: Status) -> tuple[str, str]:
    """What the bridge does with it, in a word; dim is what has no effect now."""
    if point.role is not Role.READ:
        return point.role.value, ""
    return ("in force", "green") if equipment.group in status.active_groups else ("not in force", "dim")


def _lines(row: _Row, widths: Sequence[int], width: int) -> Iterator[Text]:
    """A name that has no room beside its value stands above it."""
    name, *rest = row.cells
    if cell_len(name) <= widths[0]:
        yield Text(_line(row.cells, widths), style=row.style)
        return
    while name:
        yield Text(name[:width], style=row.style)
        name = name[width:]
    if any(rest):
        yield Text(_line(("", *rest), widths), style=row.style)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell + " " * (width - cell_len(cell)) for cell, width in zip(cells, widths, strict=True))
    return _GAP.join(padded).rstrip()
