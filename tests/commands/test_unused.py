"""What somebody has set and a verb does not look at is said."""

from __future__ import annotations

from pathlib import Path

from commands.recordings import OF_RECORDINGS
from commands.unused import settings_of_no_use, unused_settings
from tests import bench


def test_settings_of_the_environment_are_named_and_those_of_a_file_together(tmp_path: Path) -> None:
    env = tmp_path / ".env"
    env.write_text("BOP_STEP_TIME = '5'\nUNIT_SYSTEM = 'US'\n", encoding="utf-8")
    [told] = unused_settings("demo", {"BOP_START_TIME": "2023-01-10 05:30:00", "HOME": "/root"}, env)
    assert told == "Not used: BOP_START_TIME, what .env says; demo has options of its own (--help)."


def test_where_recordings_go_is_said_by_a_setting_that_is_used(tmp_path: Path) -> None:
    state = {"BRIDGE_STATE_DIR": str(tmp_path)}
    assert unused_settings("demo", state, tmp_path / "absent", but=OF_RECORDINGS) == []


def test_nothing_is_said_of_what_nobody_has_set(tmp_path: Path) -> None:
    assert unused_settings("demo", {"HOME": "/root", "UNIT_SYSTEM": " "}, tmp_path / "absent") == []


def test_a_period_leaves_little_of_the_start_time(tmp_path: Path) -> None:
    assert settings_of_no_use(bench.settings(tmp_path)) == []
    [told] = settings_of_no_use(bench.settings(tmp_path, BOP_TIME_PERIOD="peak_heat_day"))
    assert "BOP_WARMUP_PERIOD, nor of BOP_START_TIME more than the year; when peak_heat_day starts" in told
    [told] = settings_of_no_use(bench.settings(tmp_path, BOP_TIME_PERIOD="mix_day", BOP_START_TIME=""))
    assert "BOP_START_TIME" not in told
