"""A CSV file however a spreadsheet has saved it: encoding and separator are found, faults told by line."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from utils.errors import ConfigError, Problem

_SEPARATORS = ";\t,|"
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_LARGEST = 50_000_000


@dataclass(frozen=True, slots=True)
class TableRow:
    """The cells of a row, without blanks at their ends, and the line that it begins in, from 1 on."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ListTable:
    """A file's rows that have anything in them."""

    file: Path
    rows: tuple[TableRow, ...]

    def problem(self, row: TableRow, column: int, what: str) -> Problem:
        """What is wrong in a cell; ``column`` from 0 on."""
        return Problem(f"{self.file.name}: line {row.line} column {column + 1}", what)


def read_table(file: Path) -> ListTable:
    """Read a CSV in UTF-8, UTF-16 or Latin-1, separated by semicolons, tabs, commas or bars.

    Raises :class:`ConfigError` where it cannot be read, has a quotation mark without its other, or nothing in it.
    """
    text = _text(file)
    _refuse_open_quote(file, text)
    reader = csv.reader(text.splitlines(keepends=True), delimiter=_separator(text))
    rows, began = [], 1
    try:
        for cells in reader:
            stripped = tuple(cell.strip() for cell in cells)
            if any(stripped):
                rows.append(TableRow(began, stripped))
            began = reader.line_num + 1
    except csv.Error as error:
        raise ConfigError([Problem(f"{file.name}: line {began}", f"is not CSV: {error}")]) from None
    if not rows:
        raise ConfigError([Problem(file.name, "has nothing in it")])
    return ListTable(file, tuple(rows))


def _text(file: Path) -> str:
    try:
        if file.stat().st_size > _LARGEST:
            raise ConfigError(
                [Problem(file.name, f"is larger than {_LARGEST // 1_000_000} MB; that is no list of points")]
            )
        content = file.read_bytes()
    except OSError as error:
        raise ConfigError([Problem(str(file), f"cannot be read: {error.strerror}")]) from None
    if content.startswith(b"PK\x03\x04"):
        raise ConfigError([Problem(file.name, "is a workbook; save the sheet as CSV")])
    try:
        return content.decode(_encoding(content))
    except UnicodeDecodeError as error:
        raise ConfigError([Problem(file.name, f"is no text at byte {error.start}; save it as CSV UTF-8")]) from None


def _encoding(content: bytes) -> str:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return encoding
    if content[1:2] == b"\0":
        return "utf-16-le"
    if content[:1] == b"\0":
        return "utf-16-be"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return "latin-1"
    return "utf-8"


def _separator(text: str) -> str:
    """The one that most lines have equally often; of several, the one with the most columns."""
    lines = [line for line in text.splitlines()[:200] if line.strip()]

    def regular(separator: str) -> tuple[int, int]:
        try:
            counts = [len(cells) - 1 for cells in csv.reader(lines, delimiter=separator)]
        except csv.Error:
            return 0, 0  # reading all of it says which line
        usual = max((count for count in counts if count), key=counts.count, default=0)
        return (counts.count(usual) if usual else 0), usual

    return max(_SEPARATORS, key=regular)


def _refuse_open_quote(file: Path, text: str) -> None:
    """A cell that begins with a mark and never ends would swallow the rest of the list."""
    if text.count('"') % 2 == 0:
        return
    lines = text.splitlines()
    line = next(number for number, told in enumerate(lines, 1) if told.count('"') % 2)
    column = lines[line - 1].index('"') + 1
    where = f"{file.name}: line {line} character {column}"
    raise ConfigError([Problem(where, "begins a quotation that does not end; remove the mark, or write it twice")])


def filled(cells: Sequence[str], column: int | None) -> str:
    """A cell's text; empty where the row is shorter, or the list has no such column."""
    return cells[column] if column is not None and column < len(cells) else ""
