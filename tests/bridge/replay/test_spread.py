"""How far controllers agree with themselves, from the replays that were made to measure it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.replay import RecordedStates, facts_of_replay, known_spread
from recording import Direction, Recorder, Signal, open_run
from tests.recording.samples import folder, step

VALVE = Signal("AHU.Valve", "percent", "T", "Valve", "AHU", direction=Direction.FROM_CONTROLLER)
OUTDOOR = Signal("T [K]", "K", "T", direction=Direction.FROM_SIMULATION)


def recorded(path: Path, values: list[float], kind: str = "bridge", **facts: object) -> Path:
    recorder = Recorder(folder(path), kind)
    recorder.stream("bridge", [VALVE, OUTDOOR])
    recorder.facts(facts)
    for number, value in enumerate(values):
        recorder.step("bridge", step(number, value, 290.0))
    recorder.close()
    return recorder.file


def original(path: Path) -> RecordedStates:
    with open_run(recorded(path, [10.0, 20.0, 30.0])) as run:
        return RecordedStates(run)


def round_of(
    path: Path, states: RecordedStates, series: str, values: list[float], *, is_emulated: bool = False
) -> Path:
    return recorded(path, values, "replay", **facts_of_replay(states, series, is_emulated=is_emulated))


def spread(path: Path, states: RecordedStates) -> dict[str, float]:
    return known_spread(folder(path), states, is_emulated=False)


def test_what_lies_between_two_series_is_no_spread(tmp_path: Path) -> None:
    """Measured before a download and again after it: the difference is what was looked for."""
    states = original(tmp_path)
    for series, values in (("before", [10.0, 20.0, 30.0]), ("after", [10.0, 20.0, 60.0])):
        for noise in (0.0, 0.5):
            round_of(tmp_path, states, series, [*values[:2], values[2] + noise])
    assert spread(tmp_path, states) == {"AHU.Valve": 0.5}


def test_replays_that_were_broken_off_or_made_for_a_verdict_do_not_count(tmp_path: Path) -> None:
    states = original(tmp_path)
    round_of(tmp_path, states, "one", [10.0, 20.0, 30.0])
    round_of(tmp_path, states, "one", [10.0, 25.0])
    round_of(tmp_path, states, "", [10.0, 99.0, 30.0])
    round_of(tmp_path, states, "one", [10.0, 99.0, 30.0], is_emulated=True)
    assert spread(tmp_path, states) == {}


def test_a_damaged_replay_is_passed_over_and_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It is found when hours have been played."""
    states = original(tmp_path)
    files = [round_of(tmp_path, states, "one", [10.0, 20.0, 30.0 + number]) for number in range(3)]
    files[0].write_bytes(files[0].read_bytes()[:5000])
    assert list(spread(tmp_path, states)) == ["AHU.Valve"]
    assert "the spread is told without" in caplog.text
