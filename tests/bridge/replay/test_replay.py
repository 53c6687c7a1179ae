"""Controllers are shown a recording again, over real sockets, and do what they did."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from bridge.display.status import Summary
from bridge.purpose import Purpose
from bridge.replay import RecordedBuilding, RecordedStates, recorded_pace, replay_settings
from bridge.run import Run
from emulators.ecy.controller import ControllerSpec
from emulators.ecy.scanning import ExchangeScan
from emulators.ecy.server import EcyServer
from emulators.program import ObjectSpec, ProgramIO
from recording import open_run
from recording.columns import read_run
from recording.comparing import EXACT, Comparison, Likeness, compare
from tests import bench
from tests.bridge.rig import AHU_POINTS, PASSWORD, VAV_OBJECTS, VAV_POINTS, rig
from utils.errors import BeginningRefused, SimulationAborted
from utils.state_folder import StateFolder

STEPS = 30


class Cooling:
    """An integrating loop and a switch: what it does next depends on everything that it was shown before."""

    objects: Sequence[ObjectSpec] = (
        ObjectSpec("AnalogInput", "DischAirTemp", "degrees-celsius", initial=-40.0),
        ObjectSpec("AnalogValue", "OutdoorAirTemp", "degrees-celsius", initial=10.0),
        ObjectSpec("BinaryInput", "FanStatus"),
        ObjectSpec("AnalogOutput", "FanSpeed", "percent"),
        ObjectSpec("BinaryOutput", "CoolingPump"),
    )

    def __init__(self, gain: float = 0.05) -> None:
        self.gain = gain
        self._integral = 40.0

    def scan(self, io: ProgramIO, now: datetime, dt_s: float) -> None:
        self._integral += self.gain * dt_s * (io.read("DischAirTemp") - 14.0)
        io.write("FanSpeed", min(max(self._integral, 0.0), 100.0))
        io.write("CoolingPump", float(self._integral > 45.0))


@contextmanager
def controllers(gain: float = 0.05) -> Iterator[EcyServer]:
    specs = [
        ControllerSpec("AHU", program=Cooling(gain)),
        ControllerSpec("VAV", objects=VAV_OBJECTS, instance=2),
    ]
    with EcyServer(specs, username="bench", password=PASSWORD, scan=ExchangeScan(5.0)) as server:
        yield server


def recorded(folder: Path) -> Path:
    with rig(folder) as plain, controllers() as server:
        run = replace(plain, controllers=server).run(STEPS)
        run.execute()
        assert run.recording is not None
        return run.recording


def replayed(folder: Path, recording: Path, *, gain: float = 0.05, steps: int | None = None) -> tuple[Path, Summary]:
    """Play it to fresh controllers, with no building anywhere: its address leads to nobody."""
    folder.mkdir()
    with open_run(recording) as played, controllers(gain) as server:
        states = RecordedStates(played)
        settings = replay_settings(bench.settings(folder, BOP_SERVER_URL="http://127.0.0.1:9"), states)
        addresses = server.addresses
        manager = bench.manager(
            folder,
            settings,
            bench.equipment("AHU", addresses["AHU"], AHU_POINTS),
            bench.equipment("VAV", addresses["VAV"], VAV_POINTS),
        )
        run = Run(
            settings,
            manager,
            StateFolder(settings.state_dir),
            steps=steps,
            purpose=Purpose("replay", {"replay": {"of": played.name}}, RecordedBuilding(states)),
        )
        summary = run.execute()
        assert run.recording is not None
        return run.recording, summary


def compared(recording: Path, replay: Path) -> Comparison:
    with open_run(recording) as old, open_run(replay) as new:
        return compare(read_run(old).episodes[0], read_run(new).episodes[0], lambda signal, values: EXACT, {})


class TestTheSameControllers:
    def test_every_command_is_what_it_was_to_the_last_bit(self, tmp_path: Path) -> None:
        recording = recorded(tmp_path)
        replay, summary = replayed(tmp_path / "again", recording)
        found = compared(recording, replay)
        assert {one.signal.object: (one.likeness, one.compared) for one in found.outputs} == {
            "FanSpeed": (Likeness.SAME, STEPS + 1),
            "CoolingPump": (Likeness.SAME, STEPS + 1),
            "Damper": (Likeness.SAME, STEPS + 1),
        }
        assert found.likeness is Likeness.SAME
        assert (summary.steps, summary.is_clean) == (STEPS, True)

    def test_the_replay_is_a_recording_of_its_own_that_says_what_it_played(self, tmp_path: Path) -> None:
        recording = recorded(tmp_path)
        replay, _ = replayed(tmp_path / "again", recording, steps=2)
        with open_run(replay) as new, open_run(recording) as old:
            assert (new.facts["kind"], new.facts["replay"]) == ("replay", {"of": old.name})
            assert RecordedStates(new).steps == 2


class TestAControllerThatWasChanged:
    def test_it_differs_and_the_first_moment_and_the_largest_difference_are_told(self, tmp_path: Path) -> None:
        recording = recorded(tmp_path)
        replay, _ = replayed(tmp_path / "changed", recording, gain=0.06)
        found = compared(recording, replay)
        assert found.likeness is Likeness.DIFFERENT
        fan = next(one for one in found.outputs if one.signal.object == "FanSpeed")
        assert fan.likeness is Likeness.DIFFERENT
        assert fan.first_s is not None
        assert fan.largest > 0.1
        damper = next(one for one in found.outputs if one.signal.object == "Damper")
        assert damper.likeness is Likeness.SAME


class TestTime:
    def test_another_day_is_no_days_of_a_replay(self, tmp_path: Path) -> None:
        recording = recorded(tmp_path)
        with open_run(recording) as played:
            building = RecordedBuilding(RecordedStates(played))
            with pytest.raises(BeginningRefused, match="a replay has its recording's day"):
                building.initialize_system(0.0, 0.0)
            with pytest.raises(BeginningRefused, match="a replay has its recording's day"):
                building.set_scenario(time_period="peak_heat_day")

    def test_a_stop_is_heard_at_the_next_step(self, tmp_path: Path) -> None:
        recording = recorded(tmp_path)
        with open_run(recording) as played:
            building = RecordedBuilding(RecordedStates(played))
            building.abort()
            with pytest.raises(SimulationAborted, match="stopped on request"):
                building.advance_simulation({})
            building.resume()
            assert not building.advance_simulation({}).ended

    def test_the_pace_is_the_recordings_unless_another_is_wanted(self, tmp_path: Path) -> None:
        recording = recorded(tmp_path)
        with open_run(recording) as played:
            states = RecordedStates(played)
            settings = bench.settings(tmp_path, BOP_TIME_SCALE="7")
            assert recorded_pace(states) == replay_settings(settings, states).time_scale == 0.0
            assert replay_settings(settings, states, 3.0).time_scale == 3.0
