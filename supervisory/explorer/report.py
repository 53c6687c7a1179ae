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

from bridge.display.receipts import say
from bridge.display.rows import print_rows
from clients.bacnet import BacnetReading, BacnetValue
from utils.errors import BridgeError, DeviceError
from utils.text import printable
from utils.values import OtherValue

DONE, FAILED = 0, 1
_WRITE_WORDS = r"^write (to|of) [^:]+: "


@dataclass(frozen=True, slots=True)
class Report:
    """``rows`` are for people, ``document`` is the same for scripts; ``code`` is what the command ends with.

    ``spare`` are headings of columns that a narrow terminal does without, in this order.
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
        cells = [tuple(map(shown, row)) for row in report.rows]
        print_rows(console, report.title, report.headings, cells, report.spare)
    for note in report.notes:
        say(console, note)


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
        case OtherValue():
            return printable(value)
        case float():
            return f"{value:.7g}"
        case tuple():
            return ", ".join("-" if item is None else shown(item) for item in value)
    return printable(value)


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
    """What was read, with ``null`` for a free slot; what came instead where it is not of its kind."""
    if reading.error is not None:
        return reading.told
    return "null" if reading.value is None else reading.value


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
        "value": reading.value if reading.error is None else reading.told,
        "unit": reading.unit,
        "quality": reading.quality.value,
        "error": None if reading.error is None else reading.error.what,
    }


def indexed(name: str, index: int | None) -> str:
    """``priority-array[8]``."""
    return name if index is None else f"{name}[{index}]"
