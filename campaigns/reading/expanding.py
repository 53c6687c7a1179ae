"""From the file to what each cell says, as plain mappings in a fixed order: listed cells, then axis by axis."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from itertools import product
from math import prod
from typing import Any

from campaigns.reading.file import CELL_KEYS, CampaignFile
from equipment.config_json import JsonDocument
from utils.errors import Problem, Problems
from utils.names import did_you_mean

MOST_CELLS = 100_000
_RANGE = ("from", "to", "step")
_MAPPINGS = ("plant", "hold", "parameters")

Written = tuple[str, dict[str, Any]]
"""Where a cell comes from, as messages name it, and what it says."""


def expanded(document: JsonDocument, file: CampaignFile) -> list[Written]:
    """Every cell. Raises :class:`ConfigError` with every axis that is none, and for too many cells."""
    problems = Problems()
    axes = {name: _values(document, name, told, problems) for name, told in (file.grid or {}).items()}
    problems.add(_key_problems(document, file))
    problems.add(_size_problems(document, file, axes))
    problems.refuse()
    return list(_cells(document, file, axes))


def _values(document: JsonDocument, name: str, told: Any, problems: Problems) -> Sequence[Any]:  # noqa: ANN401 - YAML
    """The values of an axis; a range is whole numbers with both ends."""
    where = document.where("grid", name)
    values: Sequence[Any] = told if isinstance(told, list) else []
    if isinstance(told, dict):
        values = _range(where, told, problems)
    elif not isinstance(told, list):
        problems.add([Problem(where, "must be a list of values, or a range: {from: 0, to: 360, step: 30}")])
    elif not told:
        problems.add([Problem(where, "is an empty list, so that there would be no cell; give it values, or remove it")])
    twice = [value for place, value in enumerate(values) if value in values[:place]] if isinstance(values, list) else []
    problems.add(Problem(where, f"has {value!r} twice; keep one") for value in twice[:1])
    return values


def _range(where: str, told: Mapping[str, Any], problems: Problems) -> Sequence[int]:
    for key in told:
        if key not in _RANGE:
            problems.add([Problem(f"{where}.{key}", f"is not a known key{did_you_mean(key, _RANGE) or '; remove it'}")])
    numbers = told.get("from", 0), told.get("to"), told.get("step", 1)
    if not all(isinstance(number, int) and not isinstance(number, bool) for number in numbers):
        problems.add([Problem(where, "a range has whole numbers: from, to and step")])
        return ()
    first, last, step = map(int, numbers)
    if step < 1 or last < first:
        problems.add([Problem(where, f"from {first} to {last} in steps of {step} has no number in it")])
        return ()
    return range(first, last + 1, step)


def _key_problems(document: JsonDocument, file: CampaignFile) -> Iterator[Problem]:
    """Keys that no cell has, told once each and where they stand."""
    for name in file.base:
        yield from _unknown(document.where("base", name), name)
    for name in file.grid or {}:
        first, _, deeper = name.partition(".")
        yield from _unknown(document.where("grid", name), first)
        if deeper and first in CELL_KEYS and first not in _MAPPINGS:
            yield Problem(document.where("grid", name), f"there is nothing below {first}")
    for number, cell in enumerate(file.cells or ()):
        for name in cell:
            yield from _unknown(document.where("cells", number, name), name)


def _unknown(where: str, name: str) -> Iterator[Problem]:
    cell: dict[str, Any] = {}
    _put(cell, name.split("."), "...")
    [(first, below)] = cell.items()
    if first in _MAPPINGS and first != name:
        yield Problem(where, f"is a path, as the grid has them; write {first}: {str(below).replace(chr(39), '')}")
    elif name not in CELL_KEYS:
        yield Problem(where, f"is not a known key{did_you_mean(name, CELL_KEYS) or '; remove it'}")


def _size_problems(document: JsonDocument, file: CampaignFile, axes: Mapping[str, Sequence[Any]]) -> Iterator[Problem]:
    if file.grid is None and file.cells is None:
        yield Problem(document.where(), "has neither grid nor cells; write one of them")
    if file.grid == {}:
        yield Problem(document.where("grid"), "has no axis; give it one, or remove it")
    if file.cells == []:
        yield Problem(document.where("cells"), "is empty; write a cell, or remove it")
    count = prod(map(len, axes.values())) * len(file.cells or [{}])
    if count > MOST_CELLS:
        sizes = " x ".join(str(len(values)) for values in axes.values())
        what = f"makes {count:,} cells ({sizes}); at most {MOST_CELLS:,} can be run, so take values away"
        yield Problem(document.where("grid"), what)


def _cells(document: JsonDocument, file: CampaignFile, axes: Mapping[str, Sequence[Any]]) -> Iterator[Written]:
    for number, own in enumerate(file.cells or [{}]):
        for point in product(*axes.values()):
            cell = _merged(file.base, own)
            for name, value in zip(axes, point, strict=True):
                _put(cell, name.split("."), deepcopy(value))
            yield _where(document, number if file.cells else None, dict(zip(axes, point, strict=True))), cell


def _merged(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """A cell's own keys over those of all; mappings are put together."""
    merged = deepcopy(dict(base))
    for name, value in own.items():
        both = isinstance(value, dict) and isinstance(merged.get(name), dict)
        merged[name] = _merged(merged[name], value) if both else deepcopy(value)
    return merged


def _put(cell: dict[str, Any], path: Sequence[str], value: object) -> None:
    """Names of plant parameters have dots in them; those of programs' parameters are one level deeper each."""
    first, *deeper = path
    if not deeper:
        cell[first] = value
    elif first in ("plant", "hold"):
        cell[first] = {**(cell.get(first) or {}), ".".join(deeper): value}
    else:
        below = cell.get(first)
        cell[first] = dict(below) if isinstance(below, dict) else {}
        _put(cell[first], deeper, value)


def _where(document: JsonDocument, number: int | None, point: Mapping[str, object]) -> str:
    listed = document.where(*(() if number is None else ("cells", number)))
    told = ", ".join(f"{name} {value}" for name, value in point.items())
    return f"{listed} ({told})" if told else listed
