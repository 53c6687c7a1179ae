"""``python main.py replay`` on a demo's recording, as a user runs it."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from recording import Recorder, open_run
from tests.command_line import run
from tests.recording.samples import SIGNALS, folder, step

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("spoken", ["rest", "bacnet"])
def test_a_demo_that_is_played_to_emulated_controllers_again_is_the_same_in_every_output(
    tmp_path: Path, spoken: str
) -> None:
    options = ("--steps", "120", "--scenario", "winter-morning", "--controllers", spoken)
    code, told = run("demo", *options, "-q", BRIDGE_RUNS_DIR=str(tmp_path))
    assert code == 0, told
    code, told = run("replay", "last", "--embedded", "-q", BRIDGE_RUNS_DIR=str(tmp_path))
    assert code == 0, told
    assert "Same: 17 same." in told
    assert "clocks at most 0.0 s off model time" in told
    [replay] = tmp_path.glob("*-replay-*.run")
    [demo] = tmp_path.glob("*-demo-*.run")
    with open_run(replay) as played, open_run(demo) as recorded:
        assert played.facts["replay"] == {"of": recorded.name, "episode": 0, "series": "", "is_emulated": True}


def test_a_controller_that_is_shown_other_units_is_not_called_the_same(tmp_path: Path) -> None:
    """The recorded configs say what is shown; one was edited between the recording and its replay."""
    code, told = run("demo", "--steps", "20", "-q", BRIDGE_RUNS_DIR=str(tmp_path))
    assert code == 0, told
    [demo] = tmp_path.glob("*-demo-*.run")
    edit_config(demo, "VAV_East.json")
    code, told = run("replay", "last", "--embedded", "-q", BRIDGE_RUNS_DIR=str(tmp_path))
    assert code == 1
    assert "VAV_East.DamperCmd [percent]: it was shown another SpaceTemp" in told


def test_a_recording_of_real_controllers_is_not_played_to_emulated_ones(tmp_path: Path) -> None:
    recorder = Recorder(folder(tmp_path), "bridge")
    recorder.stream("bridge", SIGNALS)
    for number in range(3):
        recorder.step("bridge", step(number, 20.0, 1.0))
    recorder.facts({"kind": "bridge", "configs": {}})
    recorder.close()
    code, told = run("replay", "last", "--embedded", BRIDGE_RUNS_DIR=str(tmp_path))
    assert code == 2
    assert "was not recorded on a demo's controllers; leave --embedded out" in told


def edit_config(file: Path, name: str) -> None:
    """Give a point of a recorded config an offset."""
    base = sqlite3.connect(file)
    [(content,)] = base.execute("SELECT content FROM facts WHERE name = 'configs'").fetchall()
    configs = json.loads(content)
    config = json.loads(configs[name])
    next(point for point in config["points"] if point["ecy_point"] == "SpaceTemp")["offset"] = 1.0
    configs[name] = json.dumps(config)
    base.execute("UPDATE facts SET content = ? WHERE name = 'configs'", (json.dumps(configs),))
    base.commit()
    base.close()


def test_two_runs_of_the_same_day_are_compared_by_what_happens_and_other_days_are_not(tmp_path: Path) -> None:
    for _ in range(2):
        assert run("demo", "--steps", "60", "-q", BRIDGE_RUNS_DIR=str(tmp_path))[0] == 0
    first = min(tmp_path.glob("*-demo-*.run"))
    code, told = run("replay", first.stem, "--against", "last", BRIDGE_RUNS_DIR=str(tmp_path))
    assert code == 0, told
    assert "17 same" in told
    assert run("demo", "--steps", "20", "-q", "--scenario", "winter-morning", BRIDGE_RUNS_DIR=str(tmp_path))[0] == 0
    code, told = run("replay", first.stem, "--against", "last", BRIDGE_RUNS_DIR=str(tmp_path))
    assert code == 2
    assert "is not of the same day as" in told
