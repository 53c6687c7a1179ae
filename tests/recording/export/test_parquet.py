"""Recordings as Parquet, which needs pyarrow."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path

import pytest

from recording import Recorder, open_run
from recording.export import require_pyarrow, tidy, wide, write_parquet
from tests.recording.samples import SIGNALS, folder, step
from utils.errors import ConfigError


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    with closing(Recorder(folder(tmp_path), "bridge")) as recorder:
        recorder.stream("bridge", SIGNALS)
        for number in range(3):
            recorder.step("bridge", step(number, float(number), None))
    return recorder.file


def test_a_table_has_numbers_as_numbers_and_nothing_where_there_is_none(recorded: Path, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    with open_run(recorded) as run:
        write_parquet(tmp_path / "wide.parquet", wide(run.streams["bridge"]))
        write_parquet(tmp_path / "tidy.parquet", tidy(run))
    found = parquet.read_table(tmp_path / "wide.parquet").to_pydict()
    assert found[SIGNALS[0].title] == [0.0, 1.0, 2.0]
    assert found[SIGNALS[1].title] == [None, None, None]
    assert (found["step"], found["late"]) == ([0, 1, 2], [False, False, False])
    assert parquet.read_table(tmp_path / "tidy.parquet").num_rows == 6


def test_without_pyarrow_the_way_to_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ConfigError, match="--parquet: Parquet needs pyarrow, which is not installed: pip install -r"):
        require_pyarrow()
