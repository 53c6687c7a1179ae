"""Faults of the simulation: most end the run, in order and with everything given back (docs/faults.md)."""

from __future__ import annotations

import math
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from bridge import simulation_loop
from bridge.status import Summary
from emulators.boptest.faults import (
    Answer,
    DroppedAnswer,
    DroppedRequest,
    FailedSimulation,
    Fault,
    Hold,
    NullValues,
)
from emulators.boptest.hub import Limits
from emulators.ecy import faults as ecy_faults
from tests.bridge.rig import DEADLINE_S, in_background
from tests.faults.scene import HostClock, Scene, assert_given_back, building, eventually
from utils.errors import BridgeError, SimulationRefused, SimulationUnreachable

ENDED = '{"status":200,"message":"End of test case scenario time period reached.","payload":{}}'
BAD_ADVANCES: dict[str, tuple[Callable[[], Fault], type[BridgeError], str]] = {
    "400": (lambda: Answer(400, '{"message":"Invalid value for yFan"}'), SimulationRefused, "Invalid value for yFan"),
    "500": (FailedSimulation, SimulationRefused, "the solver did not converge"),
    "503": (lambda: Answer(503, "busy", "text/plain"), SimulationUnreachable, "busy"),
    "no answer": (Hold, SimulationUnreachable, "no complete answer within 2 s"),
    "a lost request": (DroppedRequest, SimulationUnreachable, "POST /advance"),
    "a lost answer": (DroppedAnswer, SimulationUnreachable, "POST /advance"),
    "garbage": (lambda: Answer(200, "\x00garbage"), SimulationUnreachable, "not JSON"),
    "a web page": (lambda: Answer(200, "<html>Hello</html>", "text/html"), SimulationUnreachable, "not JSON"),
    "an answer without a state": (lambda: Answer(200, '{"payload":{"x":1}}'), SimulationUnreachable, "no time"),
}


def assert_all_given_back(scene: Scene) -> None:
    for controller in (scene.ahu, scene.vav):
        assert_given_back(controller)


def failure_of(scene: Scene, future: Future[Summary]) -> BaseException:
    """How the run ended; everything has been given back by then."""
    error = future.exception(DEADLINE_S)
    assert error is not None
    assert_all_given_back(scene)
    return error


@pytest.mark.slow
@pytest.mark.parametrize(("make", "kind", "words"), BAD_ADVANCES.values(), ids=BAD_ADVANCES)
def test_an_advance_that_fails_ends_the_run_and_is_never_sent_again(
    scene: Scene, make: Callable[[], Fault], kind: type[BridgeError], words: str
) -> None:
    run = scene.run(BOP_ADVANCE_TIMEOUT="2")
    before = scene.building.faults.calls["advance"]
    with in_background(run) as future:
        eventually(lambda: len(scene.advances) > 3)
        scene.building.faults.add(make(), "advance")
        error = failure_of(scene, future)
    assert isinstance(error, kind)
    assert words in str(error)
    assert scene.building.faults.calls["advance"] - before == len(scene.advances)


def test_the_end_of_the_scenario_is_a_normal_end(scene: Scene) -> None:
    run = scene.run()
    with in_background(run) as future:
        eventually(lambda: len(scene.advances) > 3)
        scene.building.faults.add(Answer(200, ENDED), "advance")
        assert future.result(DEADLINE_S).not_released == ()
    assert_all_given_back(scene)


@pytest.mark.slow
def test_a_server_that_is_not_there_yet_is_waited_for(scene: Scene) -> None:
    with building() as closed:
        port = closed.port
    with in_background(elsewhere(scene, port).run(steps=2, BOP_CONNECT_TIMEOUT="20")) as future:
        eventually(lambda: "trying for 20 s" in scene.log.text)
        with building(port):
            assert future.result(DEADLINE_S).steps == 2
    assert scene.log.text.count("trying for") == 1
    assert_all_given_back(scene)


def test_a_server_that_never_comes_is_waited_for_until_the_deadline(scene: Scene) -> None:
    with building() as closed:
        port = closed.port
    with pytest.raises(SimulationUnreachable, match=f"127.0.0.1:{port}"):
        elsewhere(scene, port).run(BOP_CONNECT_TIMEOUT="0").execute()
    assert scene.vav.journal == scene.ahu.journal == []


def test_a_test_that_somebody_stopped_ends_the_run(scene: Scene) -> None:
    run = scene.run()
    with in_background(run) as future:
        eventually(lambda: len(scene.advances) > 3)
        stop = Request(f"{scene.building.url}/stop/{selected_test(scene)}", method="PUT")  # noqa: S310
        urlopen(stop).close()  # noqa: S310
        error = failure_of(scene, future)
    assert isinstance(error, SimulationRefused)
    assert "testid" in str(error)


def test_a_server_that_is_restarted_in_mid_run_ends_it(scene: Scene) -> None:
    with building() as first:
        own = replace(scene, building=first)
        run = own.run()
        with in_background(run) as future:
            eventually(lambda: len(own.advances) > 3)
            first.stop()
            with building(first.port) as second:
                error = failure_of(own, future)
                assert second.faults.calls["select"] == 0
    assert isinstance(error, SimulationUnreachable | SimulationRefused)


def test_a_test_that_died_of_idleness_ends_the_run(scene: Scene) -> None:
    with building(limits=Limits(idle_timeout_s=0.4)) as impatient:
        own = replace(scene, building=impatient)
        run = own.run()
        with in_background(run) as future:
            eventually(lambda: len(own.advances) > 3)
            testid, slow = selected_test(own), ecy_faults.Hold()
            own.vav.faults.add(slow)
            eventually(lambda: has_died(own, testid))
            own.vav.faults.remove(slow)
            error = failure_of(own, future)
    assert isinstance(error, SimulationRefused)
    assert "testid" in str(error)


@pytest.mark.slow
def test_a_test_is_kept_alive_through_steps_that_are_longer_than_the_server_waits(scene: Scene) -> None:
    scene.patch.setattr(simulation_loop, "KEEP_ALIVE_S", 0.05)
    with building(limits=Limits(idle_timeout_s=0.3)) as impatient:
        for settle in ({}, {"ECY_SETTLE_TIME": "0"}):
            own = replace(scene, building=impatient, clock=HostClock(1.0))
            assert own.run(steps=2, BOP_TIME_SCALE="12", **settle).execute().steps == 2
    assert_all_given_back(scene)


def test_a_measurement_that_is_null_is_held_then_let_go_of_and_taken_again(scene: Scene) -> None:
    point = "hvac_reaZonSou_TZon_y"
    with scene.running() as run:
        scene.building.faults.add(NullValues([point]), "advance", times=None)
        eventually(lambda: math.isnan(run.last_values[point]))
        eventually(lambda: not scene.vav.objects.named("SpaceTemp").out_of_service)
        values = [record.value for record in scene.vav.journal if record.property_name == "present-value"]
        assert all(isinstance(value, float) and math.isfinite(value) for value in values)
        assert scene.vav.objects.named("OutdoorTemp").slots[13] is not None
        scene.building.faults.clear()
        eventually(lambda: scene.vav.objects.named("SpaceTemp").out_of_service)
    assert_given_back(scene.vav)


def elsewhere(scene: Scene, port: int) -> Scene:
    """The scene with a building that is, or is not yet, at this port."""
    return replace(scene, building_url=f"http://127.0.0.1:{port}")


def selected_test(scene: Scene) -> str:
    """The test that the run has selected."""
    [note] = (scene.folder / ".state" / "tests").glob("*.json")
    return note.stem


def has_died(scene: Scene, testid: str) -> bool:
    try:
        urlopen(f"{scene.building.url}/status/{testid}").close()  # noqa: S310
    except HTTPError as refusal:
        refusal.close()
        return True
    return False
