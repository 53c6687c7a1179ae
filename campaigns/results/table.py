"""The table of a campaign: a row for each cell that is done, the same whoever ran it, wherever and how often."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime

from campaigns.cell import CellParameters
from campaigns.store import DONE, CellRow

Value = str | float | int | bool | None
_SAME_FOR_ALL: Mapping[str, Callable[[CellRow], Value]] = {
    "seed": lambda row: row.cell.parameters.seed,
    "config_hash": lambda row: row.cell.hashes.config,
    "program_hash": lambda row: row.cell.hashes.program,
    "building_computed": lambda row: row.building,
}
_OF_THIS_RUN: Mapping[str, Callable[[CellRow], Value]] = {
    "state": lambda row: row.state,
    "error": lambda row: row.error,
    "attempts": lambda row: row.attempts,
    "engine": lambda row: row.engine,
    "worker": lambda row: row.worker,
    "began": lambda row: None if row.began_s is None else datetime.fromtimestamp(row.began_s, UTC).isoformat("T"),
    "wall_s": lambda row: row.wall_s,
    "recording": lambda row: row.recording,
    "versions": lambda row: json.dumps(row.versions, sort_keys=True) if row.versions else "",
}
_NOT_TWICE = ("seed",)


def results_table(rows: Sequence[CellRow], *, everything: bool = False) -> bytes:
    """As CSV, ordered by cell. With ``everything`` also cells without results, and what differs from run to run.

    Numbers are written so that reading them gives the same number.
    """
    shown = [row for row in rows if everything or row.state == DONE]
    said = [said_by(row.cell.parameters) for row in shown]
    parameters = [name for name in _union(said) if name not in _NOT_TWICE]
    kpis = _union(row.kpis for row in shown)
    own = {**_SAME_FOR_ALL, **(_OF_THIS_RUN if everything else {})}
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["cell", *parameters, *own, *kpis])
    for row, says in zip(shown, said, strict=True):
        cells = [says.get(name) for name in parameters] + [tell(row) for tell in own.values()]
        writer.writerow([row.cell.number, *map(_written, cells), *(_written(row.kpis.get(name)) for name in kpis)])
    return text.getvalue().encode()


def said_by(parameters: CellParameters) -> dict[str, Value]:
    """What a cell says, by paths such as ``plant.envelope.window_w_m2k``."""
    return _flat(parameters.model_dump(mode="json", exclude_defaults=True), "")


def _flat(content: Mapping[str, object], before: str) -> dict[str, Value]:
    flat: dict[str, Value] = {}
    for name, value in content.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{before}{name}.")
        elif isinstance(value, str | float | int | bool) or value is None:
            flat[f"{before}{name}"] = value
        else:
            flat[f"{before}{name}"] = json.dumps(value, sort_keys=True)
    return flat


def _union(mappings: Iterable[Mapping[str, object]]) -> list[str]:
    """All names, each where it came up first: the same for the same cells."""
    return list(dict.fromkeys(name for mapping in mappings for name in mapping))


def _written(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return repr(value) if isinstance(value, float) else str(value)
