"""The step log: what is in it, that it is on disk in time, and that it never stands in the way of a run."""

from __future__ import annotations

import csv
import logging
import subprocess
import sys
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bridge.step_log import MOMENT_COLUMNS, StepLog
from emulators.ecy.faults.calls import DropConnection
from tests.bridge.looking import DAMPER, assert_as_it_was, assert_untouched
from tests.bridge.rig import in_background, rig
from tests.waiting import eventually
from utils.errors import ConfigError

COLUMNS = ("step", "AHU.DischAirTemp [degC]")
DISCHARGE = "AHU.DischAirTemp [degC]"


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def logged(file: Path, *values: float) -> None:
    """A whole log of one run."""
    with closing(StepLog(file, COLUMNS)) as log:
        for step, value in enumerate(values):
            log.record([step, value])


class TestFile:
    @pytest.fixture(autouse=True)
    def _write_often(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("bridge.step_log._WRITE_PERIOD_S", 0.05)

    def test_rows_are_on_disk_before_anybody_closes_it(self, tmp_path: Path) -> None:
        with closing(StepLog(tmp_path / "steps.csv", COLUMNS)) as log:
            log.record([0, 12.5])
            eventually(lambda: rows(tmp_path / "steps.csv") == [{"step": "0", DISCHARGE: "12.5"}])

    @pytest.mark.slow
    def test_a_process_that_is_killed_leaves_whole_rows(self, tmp_path: Path) -> None:
        file = tmp_path / "steps.csv"
        script = (
            "import sys; from pathlib import Path; from bridge.step_log import StepLog\n"
            "log = StepLog(Path(sys.argv[1]), ('step', 'value'))\n"
            "for step in range(2000): log.record([step, step / 7])\n"
            "sys.stdin.read()"
        )
        root = Path(__file__).parents[2]
        with subprocess.Popen([sys.executable, "-c", script, str(file)], stdin=subprocess.PIPE, cwd=root) as child:  # noqa: S603
            eventually(lambda: file.exists() and len(rows(file)) == 2000)
            child.kill()
        assert [int(row["step"]) for row in rows(file)] == list(range(2000))

    @pytest.mark.parametrize(
        ("value", "text"), [(None, ""), (True, "1"), (False, "0"), (21.123456789012, "21.12345679"), (3, "3")]
    )
    def test_values_are_plain_numbers_and_unknown_ones_empty(
        self, tmp_path: Path, value: float | None, text: str
    ) -> None:
        with closing(StepLog(tmp_path / "steps.csv", COLUMNS)) as log:
            log.record([0, value])
        assert rows(tmp_path / "steps.csv")[0][DISCHARGE] == text

    def test_a_new_run_begins_a_new_file_and_older_ones_are_numbered(self, tmp_path: Path) -> None:
        for run in range(12):
            logged(tmp_path / "steps.csv", float(run))
        found = {file.name: rows(file)[0][DISCHARGE] for file in tmp_path.iterdir()}
        assert found == {"steps.csv": "11", **{f"steps.{n}.csv": f"{11 - n}" for n in range(1, 10)}}

    def test_a_file_that_grows_too_large_goes_on_in_another_one_with_a_header_of_its_own(self, tmp_path: Path) -> None:
        file = tmp_path / "steps.csv"
        with closing(StepLog(file, COLUMNS, largest_file_bytes=len(",".join(COLUMNS)) + 4)) as log:
            log.record([0, 1.0])
            eventually((tmp_path / "steps.1.csv").exists)
            log.record([1, 2.0])
        assert [row["step"] for name in ("steps.2.csv", "steps.1.csv") for row in rows(tmp_path / name)] == ["0", "1"]
        assert file.read_text(encoding="utf-8").splitlines() == [",".join(COLUMNS)]

    def test_a_file_that_cannot_be_written_is_refused_by_name(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigError, match=r"STEP_LOG: the step log .*absent.* cannot be written"):
            StepLog(tmp_path / "absent" / "steps.csv", COLUMNS)

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
    def test_a_disk_that_is_full_at_the_start_is_refused(self) -> None:
        with pytest.raises(ConfigError, match="cannot be written: No space left"):
            StepLog(Path("/dev/full"), COLUMNS)

    def test_a_disk_that_refuses_later_is_told_once_and_ends_the_log_only(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        (tmp_path / "steps.1.csv" / "in the way").mkdir(parents=True)
        with closing(StepLog(tmp_path / "steps.csv", COLUMNS, largest_file_bytes=1)) as log:
            log.record([0, 1.0])
            eventually(lambda: "the step log ends here" in caplog.text)
            log.record([1, 1.0])
        assert [record.levelno for record in caplog.records] == [logging.WARNING]
        assert len(rows(tmp_path / "steps.csv")) == 1


class TestRuns:
    def test_every_frame_has_a_row_with_what_was_written_read_and_overridden(self, tmp_path: Path) -> None:
        with rig(tmp_path) as both:
            run = both.run(steps=4, STEP_LOG="steps.csv")
            run.execute()
            seen = run.status().seen
            found = rows(tmp_path / "steps.csv")
        assert [row["step"] for row in found] == ["0", "1", "2", "3", "4"]
        last = found[-1]
        [discharge] = [value for target, value in seen.items() if target.name == "DischAirTemp"]
        assert float(last[DISCHARGE]) == pytest.approx(float(discharge))
        assert (last["AHU.FanSpeed [percent]"], last["AHU.CoolingPump"], last["VAV.Damper [percent]"]) == (
            "60",
            "1",
            "30",
        )
        assert (last["AHU active"], last["VAV active"]) == ("1", "1")
        assert list(last)[: len(MOMENT_COLUMNS)] == list(MOMENT_COLUMNS)

    def test_the_times_of_a_row_are_the_models_and_the_hosts(self, tmp_path: Path) -> None:
        with rig(tmp_path) as both:
            both.execute(steps=2, STEP_LOG="steps.csv", BOP_TIME_SCALE="1000000")
        last = rows(tmp_path / "steps.csv")[-1]
        assert (last["local_time"], float(last["model_time_s"])) == (
            "2023-07-06T10:00:10",
            186 * 86400 + 10 * 3600 + 10,
        )
        assert abs(datetime.fromisoformat(last["wall_time"]) - datetime.now().astimezone()) < timedelta(minutes=5)
        assert (last["late"], 0 < float(last["exchange_s"]) < 5) == ("1", True)

    def test_a_controller_that_is_away_has_empty_cells_and_inactive_overrides(self, tmp_path: Path) -> None:
        with rig(tmp_path) as both:
            run = both.run(STEP_LOG="steps.csv")
            with in_background(run) as future:
                eventually(lambda: run.last_values.get(DAMPER) == 1.0)
                both.controllers.controller("VAV").faults.add(DropConnection(None))
                eventually(lambda: run.last_values.get(DAMPER) == 0.0)
                run.request_stop()
                future.result()
            last = rows(tmp_path / "steps.csv")[-1]
        assert (last["VAV.SpaceTemp [degC]"], last["VAV.Damper [percent]"], last["VAV active"]) == ("", "", "0")
        assert (last["AHU active"], last[DISCHARGE] != "") == ("1", True)

    def test_a_step_log_that_cannot_be_written_keeps_the_run_from_starting(self, tmp_path: Path) -> None:
        (tmp_path / "steps.csv").mkdir()
        with rig(tmp_path) as both:
            with pytest.raises(ConfigError, match="STEP_LOG"):
                both.execute(STEP_LOG="steps.csv")
            assert_untouched(both)

    def test_without_the_setting_there_is_none(self, tmp_path: Path) -> None:
        with rig(tmp_path) as both:
            both.execute(steps=1)
            assert_as_it_was(both)
        assert not list(tmp_path.glob("*.csv"))
