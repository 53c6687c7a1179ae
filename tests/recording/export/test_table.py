"""Recordings as tables."""

from __future__ import annotations

from pathlib import Path

from recording import BRIDGE, open_run
from recording.export import RecordedTable, wide
from tests.recording.made_run import MadeRun, made_office


def head_and_first(made: MadeRun, folder: Path) -> tuple[list[str], list[list[object]]]:
    with open_run(made.write(folder)) as run:
        table: RecordedTable = wide(run.streams[BRIDGE])
        return list(table.columns), [list(row[:2]) for row in table.rows]


def test_rows_of_a_run_that_was_begun_anew_say_their_episode(tmp_path: Path) -> None:
    columns, rows = head_and_first(made_office(0.01, episode_of=lambda number: int(number > 1)), tmp_path)
    assert columns[:2] == ["episode", "step"]
    assert [row[0] for row in rows] == [0, 0, 1, 1]


def test_rows_of_any_other_run_are_as_ever(tmp_path: Path) -> None:
    columns, rows = head_and_first(made_office(0.01), tmp_path)
    assert columns[:2] == ["step", "model_time_s"]
    assert [row[0] for row in rows] == [0, 1, 2, 3]
