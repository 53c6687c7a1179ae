"""What a run does with its settings at the start, the threads that it has, and what it tells of controllers."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from bridge.startup import connect_simulation
from emulators.boptest.faults import BoptestFault, HoldCall
from emulators.ecy.faults.calls import DropConnection
from emulators.http.messages import Response
from tests.bridge.looking import activations
from tests.bridge.rig import AHU_OBJECTS, Rig, in_background, rig
from tests.waiting import DEADLINE_S, eventually
from utils.errors import SimulationAborted


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Rig]:
    with rig(tmp_path) as running:
        yield running


def test_a_stop_in_the_middle_of_a_try_to_reach_the_server_is_no_failure(both: Rig) -> None:
    stop = threading.Event()
    stop.set()
    run = both.run()
    both.building.stop()
    with pytest.raises(SimulationAborted, match="stopped on request"):
        connect_simulation(run.client, both.settings(), (), stop)
    run.client.close()


class Heard(BoptestFault):
    """No fault at all: remembers what the server answered."""

    def __init__(self) -> None:
        self.bodies: list[str] = []

    def after(self, response: Response) -> Response:
        self.bodies.append(response.body.decode())
        return response


def test_start_time_warm_up_and_step_of_the_settings_reach_the_simulation(both: Rig) -> None:
    heard = both.building.faults.add(Heard(), "initialize", "set_step", times=2)
    run = both.run(steps=2, BOP_START_TIME="2023-07-06 14:00:00", BOP_WARMUP_PERIOD="3600", BOP_STEP_TIME="30")
    summary = run.execute()
    start_s = 186 * 86400 + 14 * 3600
    assert f"initialized successfully to {start_s}.0s with warmup period of 3600.0s" in heard.bodies[0]
    assert '"step":30' in heard.bodies[1]
    assert summary.simulated_s == 60.0
    assert run.status().local_time == datetime(2023, 7, 6, 14, 1)


def test_each_loop_has_a_thread_of_its_own_and_none_is_left(both: Rig) -> None:
    hold = both.building.faults.add(HoldCall(), "advance")
    run = both.run(steps=1)
    with in_background(run) as future:
        assert hold.reached.wait(DEADLINE_S)
        names = {thread.name for thread in threading.enumerate()}
        hold.release.set()
        future.result(DEADLINE_S)
    assert {"simulation_0", "devices_0", "ecy_0"} <= names
    assert not [
        thread for thread in threading.enumerate() if thread.name.startswith(("simulation_", "devices_", "ecy_"))
    ]


@pytest.mark.slow
def test_a_controller_that_goes_and_comes_back_is_told_once_each(both: Rig, caplog: pytest.LogCaptureFixture) -> None:
    silence = DropConnection(None)
    faults = both.controllers.controller("VAV").faults
    address = both.controllers.addresses["VAV"]
    caplog.set_level("INFO")
    run = both.run()
    with in_background(run):
        eventually(lambda: activations(run) == (1.0, 1.0))
        faults.add(silence)
        eventually(lambda: activations(run) == (1.0, 0.0))
        faults.remove(silence)
        eventually(lambda: activations(run) == (1.0, 1.0))
    told = [record.getMessage() for record in caplog.records]
    assert [message.startswith(f"{address} is offline") for message in told].count(True) == 1
    assert told.count(f"{address}: reached; coupling") == 1
    assert told.count("groups AHU, VAV: overrides active") == 1
    assert told.count("group VAV: overrides active") == 1


def test_an_object_without_units_has_no_wrong_ones(tmp_path: Path) -> None:
    as_made = [replace(spec, units=None) for spec in AHU_OBJECTS]
    with rig(tmp_path, ahu_objects=as_made) as subject:
        summary = subject.execute(steps=2)
        assert "DischAirTemp" in {record.name for record in subject.controllers.controller("AHU").journal}
        assert not summary.not_released
