"""Programs on a simulation in this process: rounds, gate and giving back as with a server, and failures told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from clients.simulation import SimulationDevice
from supervisory.rehearsal import Rehearsal
from supervisory.setup.plan import plan_run
from tests.supervisory.files import config, program
from utils.clocks import ModelSeconds
from utils.errors import ConfigError
from utils.values import PointMetadata, SimulationState

POINTS = {"temperature": {"point": "t_y"}, "setpoint": {"point": "p"}}
STEP_S = 30.0


class Room:
    """A simulation of two points, which remembers what it was advanced on."""

    def __init__(self) -> None:
        self.state = SimulationState(ModelSeconds(0.0), {"t_y": 290.0, "p_u": 100.0})
        self.inputs: list[dict[str, float]] = []

    def get_metadata(self) -> Mapping[str, PointMetadata]:
        return {
            "t_y": PointMetadata("K"),
            "p_u": PointMetadata("Pa", "", 0.0, 500.0, is_input=True),
            "p_activate": PointMetadata(None, is_input=True),
        }

    def advance_simulation(self, control_inputs: Mapping[str, float]) -> SimulationState:
        self.inputs.append(dict(control_inputs))
        self.state = SimulationState(ModelSeconds(self.state.time_s + STEP_S), self.state.values)
        return self.state


def rehearsal(folder: Path, room: Room, text: str | None = None, steps: int = 4, **points: object) -> Rehearsal:
    if text is None:
        program(folder, "mine")
    else:
        program(folder, "mine", text)
    file = config(folder, programs={"mine": {"program": "mine.py", "points": points or POINTS}})

    def local_time(time_s: float) -> datetime:
        return datetime(2023, 1, 1) + timedelta(seconds=time_s)

    device = SimulationDevice(room, room.state, local_time)
    return Rehearsal(plan_run(["mine"], file, folder), device, local_time, steps)


def test_what_a_program_commands_is_in_the_next_step_and_given_back_at_the_end(tmp_path: Path) -> None:
    room = Room()
    summary = rehearsal(tmp_path, room).execute()
    assert room.inputs == [{"p_u": 101.0, "p_activate": 1.0}] * 4
    assert (summary.failures, summary.exit_code) == ({}, 0)
    assert [receipt.outcome.name for receipt in summary.receipts] == ["RELEASED"]


def test_the_simulation_is_advanced_so_often_and_no_more(tmp_path: Path) -> None:
    room = Room()
    rehearsal(tmp_path, room, steps=7).execute()
    assert len(room.inputs) == 7


ALARMING = """
    from supervisory import Command, Program

    class Mine(Program):
        points = {"setpoint": Command("Pa")}
        period_s = 30

        def on_step(self, ctx):
            ctx.alarm("look here")
            if ctx.time_s > 60:
                raise RuntimeError("no idea")
            ctx.command("setpoint", 200.0)
"""


def test_a_program_that_fails_gives_back_and_is_told(tmp_path: Path) -> None:
    room = Room()
    under_way = rehearsal(tmp_path, room, ALARMING, setpoint={"point": "p"})
    summary = under_way.execute()
    assert "no idea" in summary.failures["mine"][0]
    assert room.inputs[0] == {"p_u": 200.0, "p_activate": 1.0}
    assert room.inputs[-1] == {"p_u": 200.0, "p_activate": 0.0}
    assert under_way.alarms == ("mine: look here",)


def test_a_point_that_the_simulation_has_not_is_told_before_it_is_advanced(tmp_path: Path) -> None:
    room = Room()
    with pytest.raises(ConfigError, match="did you mean 't_y'"):
        rehearsal(tmp_path, room, temperature={"point": "tt_y"}, setpoint={"point": "p"}).execute()
    assert room.inputs == []


def test_a_stop_before_the_start_ends_it_at_once(tmp_path: Path) -> None:
    room = Room()
    under_way = rehearsal(tmp_path, room)
    under_way.request_stop()
    under_way.execute()
    assert room.inputs == []
