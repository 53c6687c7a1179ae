"""Tables on disk: plain numbers, whole files, and older ones that are numbered."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from recording.export import RecordedTable, write_csv, write_numbered
from recording.export.table import Row

COLUMNS = ("step", "AHU.DischAirTemp [degC]")


def table(*rows: Row) -> RecordedTable:
    return RecordedTable(COLUMNS, iter(rows))


def written(file: Path) -> list[list[str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


@pytest.mark.parametrize(
    ("value", "text"), [(None, ""), (True, "1"), (False, "0"), (21.123456789012, "21.12345679"), (3, "3"), (3.0, "3")]
)
def test_values_are_plain_numbers_and_unknown_ones_empty(tmp_path: Path, value: float | None, text: str) -> None:
    write_csv(tmp_path / "steps.csv", table((0, value)))
    assert written(tmp_path / "steps.csv") == [list(COLUMNS), ["0", text]]


def test_older_files_are_numbered_and_the_tenth_falls_off(tmp_path: Path) -> None:
    for run in range(12):
        write_numbered(tmp_path / "steps.csv", table((run, 0.0)))
    found = {file.name: written(file)[1][0] for file in tmp_path.iterdir()}
    assert found == {"steps.csv": "11", **{f"steps.{n}.csv": f"{11 - n}" for n in range(1, 10)}}


def test_a_file_that_grows_too_large_goes_on_in_another_one_with_a_header_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recording.export.csv_file._ROWS_AT_ONCE", 1)
    write_numbered(tmp_path / "steps.csv", table((0, 1.0), (1, 2.0), (2, 3.0)), largest_file_bytes=36)
    assert [written(tmp_path / name) for name in ("steps.1.csv", "steps.csv")] == [
        [list(COLUMNS), ["0", "1"], ["1", "2"]],
        [list(COLUMNS), ["2", "3"]],
    ]


def test_what_cannot_be_made_to_its_end_leaves_what_was_there(tmp_path: Path) -> None:
    def rows() -> list[Row]:
        raise OSError("the recording's disk has gone")

    write_csv(tmp_path / "steps.csv", table((0, 1.0)))
    with pytest.raises(OSError, match="has gone"):
        write_csv(tmp_path / "steps.csv", RecordedTable(COLUMNS, (row for _ in range(1) for row in rows())))
    assert written(tmp_path / "steps.csv")[1] == ["0", "1"]
    assert [file.name for file in tmp_path.iterdir()] == ["steps.csv"]
