"""Tables as CSV: plain numbers, empty cells for what is not known."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from recording.export.table import Cell, RecordedTable, Row

_LARGEST_FILE_BYTES = 100_000_000
_KEPT_FILES = 9
_ROWS_AT_ONCE = 1000


def write_csv(file: Path, table: RecordedTable) -> None:
    """Write it in place of what may be there, whole or not at all. Raises OSError."""
    draft = file.with_name(f"{file.name}.part")
    try:
        with draft.open("wb") as stream:
            stream.write(_csv([table.columns]))
            while rows := list(islice(table.rows, _ROWS_AT_ONCE)):
                stream.write(_csv(rows))
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)


def write_numbered(file: Path, table: RecordedTable, largest_file_bytes: int = _LARGEST_FILE_BYTES) -> None:
    """Write it in files of some size, the newest rows under the name itself. Raises OSError.

    What was there before becomes number 1, that number 2, up to nine; the oldest falls off.
    """
    is_done = False
    while not is_done:
        _put_aside(file)
        is_done = _filled(file, table, largest_file_bytes)


def _filled(file: Path, table: RecordedTable, largest_file_bytes: int) -> bool:
    """Whether all that was left of the table had room."""
    with file.open("wb") as stream:
        stream.write(_csv([table.columns]))
        while rows := list(islice(table.rows, _ROWS_AT_ONCE)):
            stream.write(_csv(rows))
            if stream.tell() > largest_file_bytes:
                return False
    return True


def _put_aside(file: Path) -> None:
    if not file.is_file():
        return
    for number in range(_KEPT_FILES, 1, -1):
        younger = _numbered(file, number - 1)
        if younger.is_file():
            younger.replace(_numbered(file, number))
    file.replace(_numbered(file, 1))


def _numbered(file: Path, number: int) -> Path:
    return file.with_name(f"{file.stem}.{number}{file.suffix}")


def _csv(rows: Iterable[Row]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue().encode()


def _cell(value: Cell) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(int(value))
        case float():
            return f"{value:.10g}"
        case _:
            return str(value)
