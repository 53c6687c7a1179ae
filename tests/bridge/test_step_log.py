"""The step log of a run: what is in it, when it is written, and that it never stands in the way."""

from __future__ import annotations

import csv
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from emulators.ecy.faults.calls import DropConnection
from tests.bridge.looking import DAMPER, assert_as_it_was, assert_untouched
from tests.bridge.rig import in_background, rig
from tests.waiting import DEADLINE_S, eventually
from utils.errors import ConfigError

MOMENT = ["step", "model_time_s", "local_time", "wall_time", "late", "exchange_s"]
DISCHARGE = "AHU.DischAirTemp [degC]"
GOLDEN = """\
step,model_time_s,local_time,wall_time,late,exchange_s,AHU.DischAirTemp [degC],AHU.OutdoorAirTemp [degC],AHU.FanStatus,\
AHU.FanSpeed [percent],AHU.CoolingPump,VAV.SpaceTemp [degC],VAV.Damper [percent],AHU active,VAV active
0,16106400,2023-07-06T10:00:00,,0,,12.01283067,29.4,1,60,1,24.02749201,30,1,1
1,16106405,2023-07-06T10:00:05,,0,,12.0186084,29.40236111,1,60,1,24.02759992,30,1,1
2,16106410,2023-07-06T10:00:10,,0,,12.03083947,29.40472222,1,60,1,24.0278917,30,1,1
3,16106415,2023-07-06T10:00:15,,0,,12.04759869,29.40708333,1,60,1,24.02854154,30,1,1
"""
"""As it was written when the step log was a mechanism of its own, without what is never the same
twice; the numbers are those of today's building."""


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def without_host_times(file: Path) -> str:
    """The file with empty cells for this computer's times."""
    head, *lines = [line.split(",") for line in file.read_text(encoding="utf-8").splitlines()]
    hidden = {head.index("wall_time"), head.index("exchange_s")}
    cells = [["" if place in hidden else cell for place, cell in enumerate(line)] for line in lines]
    return "".join(",".join(line) + "\n" for line in (head, *cells))


class TestRuns:
    def test_columns_and_rows_are_those_that_there_have_always_been(self, tmp_path: Path) -> None:
        with rig(tmp_path) as both:
            both.execute(steps=3, STEP_LOG="steps.csv")
        assert without_host_times(tmp_path / "steps.csv") == GOLDEN

    def test_the_file_of_the_run_before_is_numbered(self, tmp_path: Path) -> None:
        with rig(tmp_path) as both:
            for steps in (1, 2):
                both.execute(steps=steps, STEP_LOG="steps.csv")
        assert [len(rows(tmp_path / name)) for name in ("steps.csv", "steps.1.csv")] == [3, 2]

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
        assert list(last)[: len(MOMENT)] == MOMENT

    def test_the_times_of_a_row_are_the_models_and_the_hosts(self, tmp_path: Path) -> None:
        with rig(tmp_path) as both:
            both.execute(steps=2, STEP_LOG="steps.csv", BOP_TIME_SCALE="1000000")
        last = rows(tmp_path / "steps.csv")[-1]
        assert (last["local_time"], float(last["model_time_s"])) == (
            "2023-07-06T10:00:10",
            186 * 86400 + 10 * 3600 + 10,
        )
        assert abs(datetime.fromisoformat(last["wall_time"]) - datetime.now().astimezone()) < timedelta(minutes=5)
        assert (last["late"], 0 < float(last["exchange_s"]) < DEADLINE_S) == ("1", True)

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

    def test_a_step_log_without_a_recording_is_refused_as_one_contradiction(self, tmp_path: Path) -> None:
        with rig(tmp_path) as both, pytest.raises(ConfigError) as told:
            both.execute(STEP_LOG="steps.csv", RECORD="no")
        (problem,) = told.value.problems
        assert problem.where == "environment: STEP_LOG"
        assert problem.what.startswith("it is written from the recording of a run, which RECORD=no switches off")

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
    def test_a_disk_that_refuses_it_at_the_end_is_said_with_the_way_out(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        with rig(tmp_path) as both:
            summary = both.execute(steps=1, STEP_LOG="/dev/full")
            assert_as_it_was(both)
        assert summary.is_clean
        [line] = [line for line in caplog.messages if "step log" in line]
        assert line.startswith("the step log /dev/full could not be written: [Errno 28]")
        assert "python main.py export " in line

    def test_without_the_setting_there_is_none(self, tmp_path: Path) -> None:
        with rig(tmp_path) as both:
            both.execute(steps=1)
            assert_as_it_was(both)
        assert not list(tmp_path.glob("*.csv"))
