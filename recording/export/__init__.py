"""Recordings as tables for others: wide, a column per signal; or tidy, a row per value. In CSV or Parquet."""

from recording.export.csv_file import write_csv, write_numbered
from recording.export.parquet_file import require_pyarrow, write_parquet
from recording.export.step_log import write_step_log
from recording.export.table import RecordedTable, Row, tidy, wide

__all__ = [
    "RecordedTable",
    "Row",
    "require_pyarrow",
    "tidy",
    "wide",
    "write_csv",
    "write_numbered",
    "write_parquet",
    "write_step_log",
]
