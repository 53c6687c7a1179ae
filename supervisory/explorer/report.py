"""What a verb of the explorer has to say, and the three ways of saying it: a table, JSON, a YAML file."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from re import sub
from typing import Any

import yaml
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table

from clients.bacnet import BacnetReading, BacnetValue
from utils.errors import BridgeError, DeviceError

DONE, FAILED = 0, 1
_MAY_BREAK = {"value": 8, "was": 8, "is": 8, "unit": 15, "description": 8, "error": 8, "outcome": 8}
"""Columns of a table whose texts may be broken into lines, and their least widths."""
_NO_END = 10_000
_WRITE_WORDS = r"^write (to|of) [^:]+: "


@dataclass(frozen=True, slots=True)
class Report:
    """``rows`` are for people, ``document`` is the same for scripts; ``code`` is what the command ends with.

    ``spare`` are headings of columns that a narrow terminal does without.
    """

    title: str
    headings: tuple[str, ...]
    rows: Sequence[Sequence[object]]
    document: Any
    notes: tuple[str, ...] = field(default=())
    code: int = DONE
    spare: tuple[str, ...] = ()


def show(console: Console, report: Report, *, as_json: bool) -> None:
    """On the console, as a table or as one JSON document."""
    if as_json:
        console.out(json.dumps(sane(report.document), indent=2, allow_nan=False), highlight=False)
        return
    if report.rows:
        _show_table(console, report)
    for note in report.notes:
        console.print(note, highlight=False, markup=False)


def _show_table(console: Console, report: Report) -> None:
    """Names are never broken: people copy them. In a file or a pipe lines are as long as they are."""
    table = _table(report, ())
    if not console.is_terminal:
        console.width = _NO_END
    elif Measurement.get(console, console.options.update(max_width=_NO_END), table).maximum > console.width:
        table = _table(report, report.spare)
    console.print(report.title, highlight=False, markup=False)
    console.print(table, soft_wrap=False, markup=False)


def _table(report: Report, left_out: Sequence[str]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    kept = [place for place, heading in enumerate(report.headings) if heading not in left_out]
    for place in kept:
        heading = report.headings[place]
        least = _MAY_BREAK.get(heading)
        width = None if least is None else min(least, max(len(shown(row[place])) for row in report.rows))
        table.add_column(heading, overflow="fold", no_wrap=least is None, min_width=width)
    for row in report.rows:
        table.add_row(*(shown(row[place]) for place in kept))
    return table


def save_yaml(path: Path, report: Report) -> None:
    """The document in a file, which is replaced. Raises BridgeError where it cannot be written."""
    try:
        with path.open("w", encoding="utf-8", newline="\n") as file:
            yaml.safe_dump(sane(report.document), file, sort_keys=False, allow_unicode=True)
    except OSError as error:
        raise BridgeError(f"cannot write {path}: {error.strerror}") from error


def shown(value: object) -> str:
    """A value as people read it in a table."""
    match value:
        case None:
            return ""
        case bool():
            return "active" if value else "inactive"
        case float():
            return f"{value:.7g}"
        case tuple():
            return ", ".join("-" if item is None else shown(item) for item in value)
    return str(value)


def sane(value: Any) -> Any:  # noqa: ANN401 - anything that goes into a document
    """A document with what JSON lacks as text."""
    match value:
        case float() if not math.isfinite(value):
            return str(value)
        case dict():
            return {key: sane(item) for key, item in value.items()}
        case list() | tuple():
            return [sane(item) for item in value]
    return value


def reading_row(reading: BacnetReading) -> tuple[object, ...]:
    """A line about one property."""
    name = indexed(reading.property, reading.index)
    return reading.object, name, held(reading), reading.unit, in_short(reading.error, f"{reading.object} {name}")


def held(reading: BacnetReading) -> object:
    """What was read, with ``null`` for a free slot; nothing where nothing was read."""
    value = slot_value(reading)
    return "null" if value is None and reading.error is None else value


def slot_value(reading: BacnetReading) -> BacnetValue:
    """The value; what the slots of a binary hold is a bool, as its present-value is."""
    value = reading.value
    if reading.property != "priority-array" or not reading.object.startswith("binary-"):
        return value
    if isinstance(value, tuple):
        return tuple(None if item is None else bool(item) for item in value)
    return None if value is None else bool(value)


def in_short(error: DeviceError | None, about: str) -> str:
    """What went wrong, without the words that stand in the same line already."""
    return "" if error is None else sub(_WRITE_WORDS, "", error.what).removeprefix(f"{about}: ")


READING_HEADINGS = ("object", "property", "value", "unit", "error")


def reading_document(reading: BacnetReading) -> dict[str, BacnetValue]:
    """The same for scripts."""
    return {
        "object": reading.object,
        "property": reading.property,
        "index": reading.index,
        "value": slot_value(reading),
        "unit": reading.unit,
        "quality": reading.quality.value,
        "error": None if reading.error is None else reading.error.what,
    }


def indexed(name: str, index: int | None) -> str:
    """``priority-array[8]``."""
    return name if index is None else f"{name}[{index}]"
