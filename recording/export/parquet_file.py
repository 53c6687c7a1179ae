"""Tables as Parquet, which needs pyarrow (``requirements-recording.txt``)."""

from __future__ import annotations

from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any

from recording.export.table import RecordedTable, Row
from utils.errors import ConfigError, Problem
from utils.home import install

_ROWS_AT_ONCE = 20_000
_WHOLE, _YES_OR_NO = ("step", "episode"), ("late", "terminated", "truncated")
_TEXT = frozenset(
    {
        *("local_time", "wall_time", "why", "note", "stream", "signal", "unit", "point", "object", "equipment"),
        *("device", "role", "direction", "quality"),
    }
)


def require_pyarrow() -> None:
    """Raises :class:`utils.errors.ConfigError` where it is not installed."""
    _pyarrow("pyarrow")


def write_parquet(file: Path, table: RecordedTable) -> None:
    """Write it in place of what may be there, whole or not at all. Raises OSError, and as :func:`require_pyarrow`."""
    arrow, parquet = _pyarrow("pyarrow"), _pyarrow("pyarrow.parquet")
    schema = arrow.schema([(name, _type(arrow, name)) for name in table.columns])
    draft = file.with_name(f"{file.name}.part")
    try:
        with parquet.ParquetWriter(draft, schema) as writer:
            while rows := list(islice(table.rows, _ROWS_AT_ONCE)):
                writer.write_table(_columns(arrow, schema, rows))
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)


def _columns(arrow: Any, schema: Any, rows: list[Row]) -> Any:  # noqa: ANN401 - pyarrow may be absent
    columns = zip(*rows, strict=True)
    arrays = [arrow.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
    return arrow.table(arrays, schema=schema)


def _type(arrow: Any, name: str) -> Any:  # noqa: ANN401
    if name in _TEXT:
        return arrow.string()
    if name in _WHOLE:
        return arrow.int64()
    return arrow.bool_() if name in _YES_OR_NO else arrow.float64()


def _pyarrow(module: str) -> Any:  # noqa: ANN401
    try:
        return import_module(module)
    except ModuleNotFoundError:
        what = f"Parquet needs pyarrow, which is not installed: {install('recording')}; or --csv"
        raise ConfigError([Problem("--parquet", what)]) from None
