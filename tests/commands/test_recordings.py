"""``runs`` and ``export``: which recordings there are, and what becomes of one as a table."""

from __future__ import annotations

import csv
import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Protocol

import pytest

from commands.recordings import OF_RECORDINGS, recording_of_demo, recordings
from commands.report_file import ReportFailed, write_report
from commands.unused import unused_settings
from recording import PROGRAM, Recorder, RunsFolder
from recording.finding import BASELINE, find_run
from recording.part_file import Batch
from recording.parts import RollingParts
from tests.command_line import Call
from tests.recording.made_run import made_office
from tests.recording.samples import SIGNALS, folder, step
from tests.waiting import eventually
from utils.clocks import HOST
from utils.errors import ConfigError
from utils.settings import LocalSettings, SettingsSource


def recorded(where: RunsFolder, *values: float, kind: str = "bridge", streams: Sequence[str] = ("bridge",)) -> str:
    """A whole recording, and its name."""
    with closing(Recorder(where, kind)) as recorder:
        recorder.facts(
            {"kind": kind, "test_case": {"name": "office"}, "episode": {"start_time_s": 0.0, "first_year": 2023}}
        )
        for stream in streams:
            recorder.stream(stream, SIGNALS)
            for number, value in enumerate(values):
                recorder.step(stream, step(number, value, True))
    return recorder.name


class Told(Protocol):
    """A verb that looks into a folder."""

    def __call__(self, where: Path, *arguments: str) -> tuple[int, str]:
        """Exit code and output."""


@pytest.fixture
def told(call: Call) -> Told:
    return lambda where, *arguments: call(*arguments, "--env", str(where / "absent.env"), BRIDGE_RUNS_DIR=str(where))


def rows(file: Path) -> list[list[str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


def test_a_folder_that_is_read_only_can_be_looked_into_and_not_recorded_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BRIDGE_RUNS_DIR", str(tmp_path))
    monkeypatch.setattr("utils.writable.os.access", lambda path, mode: mode == os.F_OK)
    assert recordings(tmp_path / "absent.env").path == tmp_path
    with pytest.raises(ConfigError, match="is read-only"):
        SettingsSource.read(None, os.environ, tmp_path).part(LocalSettings)


def test_a_file_is_no_folder_of_recordings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("BRIDGE_RUNS_DIR", str(tmp_path / "file"))
    with pytest.raises(ConfigError, match="is not a folder"):
        recordings(tmp_path / "absent.env")


def test_a_report_that_cannot_be_written_leaves_the_former_one_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    write_report(file, "former")
    (tmp_path / "report.html.part").mkdir()
    with pytest.raises(ReportFailed, match="cannot be written"):
        write_report(file, "half of a new one")
    assert file.read_text(encoding="utf-8") == "former"


def test_a_slip_of_baseline_is_recognised(tmp_path: Path) -> None:
    recorded(folder(tmp_path), 1.0)
    with pytest.raises(ConfigError, match="did you mean 'baseline'"):
        find_run(folder(tmp_path), "basline", [BASELINE])


@pytest.mark.slow
class TestRuns:
    def test_where_nothing_was_recorded_yet_the_way_to_a_first_one_is_said(self, told: Told, tmp_path: Path) -> None:
        code, output = told(tmp_path / "absent", "runs")
        assert code == 0
        assert "Nothing was recorded yet in" in output
        assert "python main.py demo" in output

    def test_each_has_a_line_with_what_it_was_and_how_it_ended(self, told: Told, tmp_path: Path) -> None:
        first = recorded(folder(tmp_path), 1.0, 2.0, 3.0)
        killed = folder(tmp_path).part("20200101-000000-bridge-0000", 1)
        parts = RollingParts(folder(tmp_path), killed.stem, HOST)
        parts.close()
        (tmp_path / "20200102-000000-bridge-0000.run").write_text("spoilt")
        alive = Recorder(folder(tmp_path), "demo")
        alive.stream("bridge", SIGNALS)
        eventually(alive.file.exists)
        code, output = told(tmp_path, "runs")
        alive.close()
        lines = {line.split()[0]: line for line in output.splitlines()[1:-1]}
        assert code == 0
        assert "office from 01 Jan 00:00; ended" in lines[first]
        assert lines[first].split()[5] == "2"  # steps; frame 0 is none
        assert lines[alive.name].endswith("running")
        assert "killed" in lines[killed.stem]
        assert "cannot be read as a recording" in lines["20200102-000000-bridge-0000"]
        assert output.splitlines()[-1].startswith(f"4 in {tmp_path}, ")

    def test_what_lies_beside_a_recording_counts(self, told: Told, tmp_path: Path) -> None:
        name = recorded(folder(tmp_path), 1.0)
        (tmp_path / f"{name}.run-wal").write_bytes(bytes(3_000_000))
        assert "3 MB of at most" in told(tmp_path, "runs")[1]


@pytest.mark.slow
class TestExport:
    @pytest.mark.parametrize("which", ["last", "name", "beginning", "file", "file name"])
    def test_a_recording_is_found_by_a_name_the_beginning_of_one_a_file_or_last(
        self, told: Told, tmp_path: Path, which: str
    ) -> None:
        name = recorded(folder(tmp_path), 12.5, 13.0)
        file = folder(tmp_path).part(name, 1)
        words = {"last": "last", "name": name, "beginning": name[:10], "file": str(file), "file name": file.name}[which]
        code, output = told(tmp_path, "export", words, "--csv", str(tmp_path / "table.csv"))
        assert (code, output) == (0, f"2 rows of {name} are in {tmp_path / 'table.csv'}\n")
        head, first, _ = rows(tmp_path / "table.csv")
        assert head[-2:] == ["AHU.DischAirTemp [degC]", "AHU.FanCmd"]
        assert first[-2:] == ["12.5", "1"]

    def test_a_table_may_have_a_row_per_value(self, told: Told, tmp_path: Path) -> None:
        recorded(folder(tmp_path), 12.5)
        assert told(tmp_path, "export", "last", "--tidy", "--csv", str(tmp_path / "table.csv"))[0] == 0
        head, *found = rows(tmp_path / "table.csv")
        values = [dict(zip(head, row, strict=True)) for row in found]
        assert [(row["signal"], row["unit"], row["value"], row["quality"]) for row in values] == [
            ("AHU.DischAirTemp [degC]", "degC", "12.5", "good"),
            ("AHU.FanCmd", "", "1", "good"),
        ]

    def test_of_several_programs_one_is_chosen(self, told: Told, tmp_path: Path) -> None:
        recorded(folder(tmp_path), 1.0, kind="supervise", streams=(f"{PROGRAM}reset", f"{PROGRAM}shed"))
        table = str(tmp_path / "table.csv")
        assert "it has reset, shed: choose with --stream NAME" in told(tmp_path, "export", "last", "--csv", table)[1]
        assert told(tmp_path, "export", "last", "--stream", "shed", "--csv", table)[0] == 0
        assert "did you mean 'shed'" in told(tmp_path, "export", "last", "--stream", "sheds", "--csv", table)[1]

    def test_one_that_is_being_written_is_exported_as_far_as_it_is(self, told: Told, tmp_path: Path) -> None:
        parts = RollingParts(folder(tmp_path), "20260706-101500-bridge-0000", HOST)
        parts.append(Batch({"bridge": SIGNALS}, [("bridge", step(0, 1.0, True))], (), {}))
        code, output = told(tmp_path, "export", "last", "--csv", str(tmp_path / "table.csv"))
        parts.end("ended")
        assert (code, output.split()[0]) == (0, "1")

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (
                ("2026", "--csv"),
                "2026: fits 2 recordings: 20260706-101500-bridge-0000, 20260707-101500-bridge-0000; type",
            ),
            (("20250101", "--csv"), "20250101: there is no such recording in"),
            (("20260706-101501-bridge-0000", "--csv"), "did you mean '20260706-101500-bridge-0000'?"),
            (("absent/holiday.run", "--csv"), "absent/holiday.run: there is no such recording"),
            (("last", "--csv", "table.run"), "--csv: table.run is called as a recording; name another file"),
            (
                ("last", "--csv", "absent/table.csv"),
                "--csv: absent/table.csv cannot be written: there is no folder absent",
            ),
            (("last",), "one of the arguments --csv --parquet --npz is required"),
        ],
    )
    def test_what_cannot_be_done_is_told_in_one_line(
        self, told: Told, tmp_path: Path, arguments: Sequence[str], words: str
    ) -> None:
        for day in ("06", "07"):
            parts = RollingParts(folder(tmp_path), f"202607{day}-101500-bridge-0000", HOST)
            parts.end("ended")
        code, output = told(tmp_path, "export", *arguments)
        assert code == 2
        assert words in output

    def test_one_without_steps_is_told(self, told: Told, tmp_path: Path) -> None:
        recorded(folder(tmp_path), streams=())
        assert "has no steps" in told(tmp_path, "export", "last", "--csv")[1]

    def test_a_part_that_is_missing_in_the_middle_is_told_and_the_others_are_exported(
        self, told: Told, tmp_path: Path
    ) -> None:
        name = recorded(folder(tmp_path), 1.0)
        for number in (2, 3):
            other = folder(tmp_path).part(name, number)
            other.write_bytes(folder(tmp_path).part(name, 1).read_bytes())
            with closing(sqlite3.connect(other)) as base, base:
                base.execute("UPDATE part SET number = ?", (number,))
        folder(tmp_path).part(name, 2).unlink()
        code, output = told(tmp_path, "export", "last", "--csv", str(tmp_path / "table.csv"))
        assert (code, output.splitlines()[0].split()[0]) == (0, "2")
        assert "1 part(s) of the recording are missing" in output
        assert "1 part(s) are missing" in told(tmp_path, "runs")[1]


class TestDemo:
    def test_its_recording_is_kept_where_those_of_runs_are(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("BRIDGE_RUNS_DIR", str(tmp_path))
        monkeypatch.setenv("RECORD_MAX_GB", "0.5")
        assert recording_of_demo().variables == {
            "RECORD": "yes",
            "RECORD_MAX_GB": "0.5",
            "BRIDGE_RUNS_DIR": str(tmp_path),
        }

    def test_it_asks_for_indicators_where_a_run_would(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert "BOP_KPI_TIME" not in recording_of_demo().variables
        monkeypatch.setenv("BOP_KPI_TIME", "60")
        assert recording_of_demo().variables["BOP_KPI_TIME"] == "60"
        assert unused_settings("demo", but=OF_RECORDINGS) == []

    def test_where_nothing_can_be_written_it_goes_on_without_one_and_says_so(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("commands.recordings.objection_to_folder", lambda path: f"{path} is read-only")
        found = recording_of_demo()
        assert found.variables == {"RECORD": "no"}
        assert found.notes[0].endswith("runs is read-only.")


def test_the_list_tells_how_often_a_run_was_begun_anew(told: Told, tmp_path: Path) -> None:
    made_office(0.1, name="20260706-093000-bridge-00ab").write(tmp_path)
    made_office(0.1, name="20260706-103000-bridge-00ac", episode_of=lambda number: number // 10).write(tmp_path)
    once, anew = (line for line in told(tmp_path, "runs")[1].splitlines() if "-bridge-" in line)
    assert "episodes" not in once
    assert "; 3 episodes; ended" in anew
