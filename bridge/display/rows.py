"""Rows of cells with names in them, which people copy: on a screen, in a file, in a pipe."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from bridge.display.plain_text import INDENT, plain

_GAP = "  "


def print_rows(
    console: Console,
    title: str,
    headings: Sequence[str],
    rows: Iterable[Sequence[str]],
    spare: Sequence[str] = (),
) -> None:
    """Print columns. A row that a screen is too narrow for breaks between two cells, and no cell is cut or broken.

    A cell that no line has room for breaks between its words. Columns with ``spare`` headings are what a narrow screen
    does without, in this order.
    """
    table = [tuple(map(plain, row)) for row in (headings, *rows)]
    edge = console.width if console.is_terminal else None
    for heading in spare:
        if edge is not None and _taken(_widths(table)) > edge:
            place = [cell.plain for cell in table[0]].index(heading)
            table = [(*row[:place], *row[place + 1 :]) for row in table]
    widths = _widths(table)
    if edge is not None and _taken(widths[:-1]) > edge:
        widths = [0] * len(widths)  # a column that is too wide for all would leave the others no room
    if title:
        console.print(plain(title), style="bold", highlight=False)
    for number, row in enumerate(table):
        line = _line(row, widths, edge)
        console.print(line, style="" if number else "bold", highlight=False, soft_wrap=True)


def _widths(table: Sequence[Sequence[Text]]) -> list[int]:
    return [max(map(_width, column)) for column in zip(*table, strict=True)]


def _taken(widths: Sequence[int]) -> int:
    return sum(widths) + len(_GAP) * (len(widths) - 1)


def _width(cell: Text) -> int:
    return cell_len(cell.plain)


def _line(row: Sequence[Text], widths: Sequence[int], edge: int | None) -> Text:
    lines = [""]
    for cell, width in zip(row, widths, strict=True):
        is_too_wide = edge is not None and _width(cell) > edge - len(INDENT)
        for word in cell.plain.split(" ") if is_too_wide else [cell.plain]:
            if edge is not None and lines[-1].strip() and cell_len(lines[-1] + word) > edge:
                lines.append(INDENT)
            lines[-1] += f"{word} " if is_too_wide else word
        if width or cell.plain:
            lines[-1] += " " * (width - _width(cell)) + _GAP
    return Text("\n".join(line.rstrip() for line in lines if line.strip()))
