"""Which part of a recording can be played."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from bridge.replay import RecordedStates
from recording import Direction, RecordedRun, RecordedStep, Recorder, Signal, open_run
from tests.recording.samples import folder, step
from utils.errors import ConfigError
from utils.values import PointMetadata

OUTDOOR = Signal("T [K]", "K", "T", direction=Direction.FROM_SIMULATION)


@contextmanager
def run_of(path: Path, steps: Sequence[RecordedStep], stream: str = "bridge", **facts: object) -> Iterator[RecordedRun]:
    recorder = Recorder(folder(path), "bridge")
    recorder.stream(stream, [OUTDOOR])
    recorder.facts(facts)
    for each in steps:
        recorder.step(stream, each)
    recorder.close()
    with open_run(recorder.file) as run:
        yield run


def test_the_states_are_those_that_were_told(tmp_path: Path) -> None:
    with run_of(tmp_path, [step(number, 290.0 + number) for number in range(3)]) as run:
        states = RecordedStates(run)
        assert (states.steps, states.step_s) == (2, 5.0)
        assert [(state.time_s, dict(state.values)) for state in states.states()] == [
            (0.0, {"T": 290.0}),
            (5.0, {"T": 291.0}),
            (10.0, {"T": 292.0}),
        ]


def test_what_follows_a_gap_is_not_played(tmp_path: Path) -> None:
    with run_of(tmp_path, [step(number, 290.0) for number in (0, 1, 2, 4, 5)]) as run:
        assert RecordedStates(run).steps == 2


def test_a_recording_whose_beginning_is_gone_is_refused(tmp_path: Path) -> None:
    with run_of(tmp_path, [step(number, 290.0) for number in (7, 8)]) as run, pytest.raises(ConfigError) as refused:
        RecordedStates(run)
    assert "has no two steps in a row from its beginning on" in str(refused.value)


def test_an_episode_that_was_not_recorded_is_refused(tmp_path: Path) -> None:
    with run_of(tmp_path, [step(number, 290.0) for number in (0, 1)]) as run, pytest.raises(ConfigError) as refused:
        RecordedStates(run, 3)
    assert "episode 3" in str(refused.value)


def test_a_recording_of_programs_alone_is_refused(tmp_path: Path) -> None:
    steps = [step(number, 290.0) for number in (0, 1)]
    with run_of(tmp_path, steps, "program shed") as run, pytest.raises(ConfigError) as refused:
        RecordedStates(run)
    assert "there is nothing to play" in str(refused.value)


def test_the_simulations_points_are_as_recorded_and_have_to_be_there(tmp_path: Path) -> None:
    steps = [step(number, 290.0) for number in (0, 1)]
    told = {"unit": "K", "description": "outdoor", "minimum": 200, "maximum": None, "is_input": False}
    with run_of(tmp_path / "with", steps, metadata={"T": told}) as run:
        assert RecordedStates(run).metadata() == {"T": PointMetadata("K", "outdoor", 200, None)}
    with run_of(tmp_path / "without", steps) as run, pytest.raises(ConfigError) as refused:
        RecordedStates(run).metadata()
    assert "does not say which points the simulation had" in str(refused.value)
