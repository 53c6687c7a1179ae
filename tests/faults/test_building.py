"""Faults of the simulation: most end the run, in order and with everything given back (docs/faults.md)."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from bridge import device_loop
from bridge.check.asking import OwnTest
from bridge.display.status import Summary
from bridge.link.link import LinkState
from bridge.startup import start_simulation
from bridge.timing import next_step
from clients.boptest_client import BOPTestClient
from emulators.boptest.faults import (
    AnswerWith,
    BoptestFault,
    DroppedAnswer,
    DroppedRequest,
    FailedSimulation,
    HoldCall,
    NullValues,
    TellValues,
)
from emulators.boptest.hub import Limits
from emulators.boptest.server import BoptestServer
from emulators.ecy.faults.calls import Hold
from emulators.plants.multizone_office import MultizoneOffice
from tests import bench
from tests.bridge.looking import force
from tests.bridge.rig import in_background
from tests.faults.scene import CASE, HOLD_STEPS, VAV, HostClock, Scene, assert_given_back, building
from tests.waiting import DEADLINE_S, eventually
from utils.errors import BridgeError, SimulationRefused, SimulationShared, SimulationUnreachable
from utils.state_folder import StateFolder, TestIdFile

ENDED = '{"status":200,"message":"End of test case scenario time period reached.","payload":{}}'
SHORTER = AnswerWith(200, '{"status":200,"message":"","payload":{"time":16106402}}')
BAD_ADVANCES: dict[str, tuple[Callable[[], BoptestFault], type[BridgeError], str]] = {
    "400": (
        lambda: AnswerWith(400, '{"message":"Invalid value for yFan"}'),
        SimulationRefused,
        "Invalid value for yFan",
    ),
    "500": (FailedSimulation, SimulationRefused, "the solver did not converge"),
    "503": (lambda: AnswerWith(503, "busy", "text/plain"), SimulationUnreachable, "busy"),
    "no answer": (HoldCall, SimulationUnreachable, "no complete answer within 2 s"),
    "a lost request": (DroppedRequest, SimulationUnreachable, "POST /advance"),
    "a lost answer": (DroppedAnswer, SimulationUnreachable, "POST /advance"),
    "garbage": (lambda: AnswerWith(200, "\x00garbage"), SimulationUnreachable, "not JSON"),
    "a web page": (lambda: AnswerWith(200, "<html>Hello</html>", "text/html"), SimulationUnreachable, "not JSON"),
    "an answer without a state": (lambda: AnswerWith(200, '{"payload":{"x":1}}'), SimulationUnreachable, "no time"),
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
    scene: Scene, make: Callable[[], BoptestFault], kind: type[BridgeError], words: str
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
        scene.building.faults.add(AnswerWith(200, ENDED), "advance")
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
    server_clock = HostClock(0.0)
    with building(limits=Limits(monotonic=server_clock)) as server:
        own = replace(scene, building=server)
        run = own.run()
        with in_background(run) as future:
            eventually(lambda: len(own.advances) > 3)
            testid, slow = selected_test(own), Hold()
            own.vav.faults.add(slow)
            assert slow.holding.wait(DEADLINE_S)
            server_clock.skipped_s += 901.0
            eventually(lambda: has_died(own, testid))
            own.vav.faults.remove(slow)
            error = failure_of(own, future)
    assert isinstance(error, SimulationRefused)
    assert "testid" in str(error)


def test_a_test_is_kept_alive_through_a_step_that_is_longer_than_the_server_waits(scene: Scene) -> None:
    scene.patch.setattr(next_step, "KEEP_ALIVE_S", 0.01)
    run = replace(scene, clock=HostClock(1.0)).run(BOP_TIME_SCALE="0.01", ECY_SETTLE_TIME="0")
    with in_background(run) as future:
        eventually(lambda: signs_of_life(scene) > 2)
        run.request_stop()
        assert future.result(DEADLINE_S).steps == 0
    assert_all_given_back(scene)


def test_a_test_is_kept_alive_while_controllers_keep_everybody_waiting(scene: Scene) -> None:
    scene.patch.setattr(device_loop, "KEEP_ALIVE_S", 0.01)
    slow = Hold()
    with scene.running():
        scene.vav.faults.add(slow)
        assert slow.holding.wait(DEADLINE_S)
        before = signs_of_life(scene)
        eventually(lambda: signs_of_life(scene) > before + 2)
        scene.vav.faults.remove(slow)
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


@pytest.mark.parametrize("what", ["initialize", "advance", "a longer step"])
def test_somebody_else_who_drives_the_simulation_ends_the_run_before_a_controller_sees_it(
    scene: Scene, what: str
) -> None:
    with BoptestServer({CASE: MultizoneOffice}, legacy=True) as shared, BOPTestClient(shared.url) as other:
        other.connect()
        own = replace(scene, building=shared)
        run = own.run()
        with in_background(run) as future:
            eventually(lambda: len(own.advances) > 3)
            drive(other, what)
            error = failure_of(own, future)
        summary = run.summary()
    assert isinstance(error, SimulationShared)
    assert "somebody else drives this simulation: its time went from" in str(error)
    assert summary.simulated_s == pytest.approx(5.0 * summary.steps)


def drive(other: BOPTestClient, what: str) -> None:
    """What another client does to the simulation that a run thinks is its own."""
    match what:
        case "initialize":
            other.initialize_system(0.0, 0.0)
        case "advance":
            other.advance_simulation({})
        case _:
            other.set_step_time(8.0)


def test_another_step_than_was_asked_ends_the_start(scene: Scene) -> None:
    scene.building.faults.add(AnswerWith(200, '{"status":200,"message":"","payload":{"step":30}}'), "set_step")
    with pytest.raises(SimulationRefused, match="the server took a step of 30 s, where 5 s was asked"):
        scene.run(steps=3).execute()
    assert scene.vav.journal == scene.ahu.journal == []


@pytest.mark.parametrize("payload", ["5", '{"step":5.0}', "null", '{"step":"5"}', "{}"])
def test_a_server_may_tell_its_step_in_any_shape_or_not_at_all(scene: Scene, payload: str) -> None:
    scene.building.faults.add(AnswerWith(200, f'{{"status":200,"message":"","payload":{payload}}}'), "set_step")
    with BOPTestClient(scene.building.url) as client:
        client.connect()
        assert start_simulation(client, bench.settings(scene.folder), 0.0).step_s == 5.0


def test_a_simulation_that_starts_elsewhere_than_was_asked_ends_the_start(scene: Scene) -> None:
    scene.building.faults.add(AnswerWith(200, '{"status":200,"message":"","payload":{"time":0}}'), "initialize")
    with pytest.raises(SimulationRefused, match="the simulation is at 0 s, where 16106400 s was asked"):
        scene.run(steps=3).execute()
    assert scene.vav.journal == scene.ahu.journal == []


def test_a_shorter_step_is_the_end_of_the_scenario_when_nothing_comes_behind_it(scene: Scene) -> None:
    asked = scene.building.faults.calls["advance"]
    scene.building.faults.add(SHORTER, "advance")
    scene.building.faults.add(AnswerWith(200, ENDED), "advance")
    summary = scene.run(steps=3).execute()
    assert (summary.steps, summary.simulated_s) == (1, 2.0)
    assert scene.building.faults.calls["advance"] - asked == 2
    assert "the scenario's period has ended" in scene.log.text
    assert_all_given_back(scene)


def test_a_shorter_step_with_another_behind_it_is_somebody_elses_doing(scene: Scene) -> None:
    scene.building.faults.add(SHORTER, "advance")
    with pytest.raises(
        SimulationShared, match=r"from 16106402 s to 16106405 s in one step of 5 s, behind a shorter one"
    ):
        scene.run(steps=3).execute()
    assert_all_given_back(scene)


def test_a_simulation_that_does_not_answer_is_said_and_counted_late_once(scene: Scene) -> None:
    own = replace(scene, clock=HostClock(1.0))
    run = own.run()
    with in_background(run) as future:
        eventually(lambda: len(own.advances) > 3)
        hold = own.building.faults.add(HoldCall(), "advance")
        eventually(hold.reached.is_set)
        own.clock.skipped_s += 40.0
        eventually(lambda: "waiting for another 2" in own.log.text)
        own.clock.skipped_s += 100.0
        eventually(lambda: "waiting for another 1" in own.log.text)
        assert run.status().late_steps == 1
        hold.release.set()
        done = len(own.advances)
        eventually(lambda: len(own.advances) > done + 3)
        run.request_stop()
        assert future.result(DEADLINE_S).late_steps == 1
    assert "the simulation answers again" in own.log.text
    assert_all_given_back(scene)


class TestLeftovers:
    """A single worker, and a test that an earlier run left on it."""

    @pytest.fixture
    def narrow(self, scene: Scene) -> Iterator[Scene]:
        with building(limits=Limits(workers=1)) as office:
            yield replace(scene, building=office)

    def test_a_start_stops_it(self, narrow: Scene) -> None:
        testid = left_test(narrow)
        assert narrow.run(steps=1).execute().steps == 1
        assert has_died(narrow, testid)

    def test_check_and_points_stop_it(self, narrow: Scene) -> None:
        testid = left_test(narrow)
        settings = bench.settings(narrow.folder, BOP_SERVER_URL=narrow.building.url)
        with OwnTest(settings, StateFolder(settings.state_dir)) as own:
            assert own.look(()).failure is None
        assert has_died(narrow, testid)

    def test_a_server_that_is_not_there_yet_is_waited_for_all_the_same(self, scene: Scene) -> None:
        with building() as office:
            left_test(replace(scene, building=office))
            port = office.port
        with in_background(elsewhere(scene, port).run(steps=1, BOP_CONNECT_TIMEOUT="20")) as future:
            eventually(lambda: "trying for 20 s" in scene.log.text)
            with building(port):
                assert future.result(DEADLINE_S).steps == 1
        assert not notes(scene)

    def test_ctrl_c_while_it_is_loaded_waits_for_nothing_and_the_next_start_gets_the_worker(
        self, narrow: Scene
    ) -> None:
        load = narrow.building.faults.add(HoldCall(), "load")
        with in_background(run := narrow.run()) as future:
            eventually(load.reached.is_set)
            eventually(lambda: bool(narrow.building.faults.calls["status"]))
            testid = selected_test(narrow)
            run.request_stop()
            assert future.result(DEADLINE_S).steps == 0
        assert f"test {testid} is stopped before it ran" in narrow.log.text
        asked = narrow.building.faults.calls["status"]
        with in_background(narrow.run(steps=1)) as future:
            eventually(lambda: narrow.building.faults.calls["status"] > asked + 4)
            load.release.set()
            assert future.result(DEADLINE_S).steps == 1
        assert not notes(narrow)


def left_test(scene: Scene) -> str:
    """The id of a test that a process which has died has left on the building."""
    tests = TestIdFile(scene.folder / ".state" / "tests")
    client = BOPTestClient(scene.building.url, test_ids=tests)
    client.connect()
    client.close()
    testid = selected_test(scene)
    tests.abandon(scene.building.url, testid)
    note = scene.folder / ".state" / "tests" / f"{testid}.json"
    note.write_text(json.dumps({"server": scene.building.url, "testid": testid}), encoding="utf-8")
    return testid


def notes(scene: Scene) -> list[Path]:
    """The tests on record."""
    return list((scene.folder / ".state" / "tests").glob("*.json"))


BAD_NUMBERS: dict[str, object] = {
    "null": None,
    "true": True,
    "text": "295.15",
    "more digits than a float has": 10**400,
    "beyond single precision": 1e308,
    "below absolute zero": -5.0,
}


@pytest.mark.parametrize("bad", BAD_NUMBERS.values(), ids=BAD_NUMBERS)
def test_a_sensor_that_lost_its_value_ends_its_groups_overrides_until_it_has_one(scene: Scene, bad: object) -> None:
    with scene.running(ECY_RAMP_STEPS="4"):
        begun_at = len(scene.advances)
        scene.building.faults.add(TellValues({"hvac_reaZonSou_TZon_y": bad}), "advance", times=None)
        scene.wait_for_vav(LinkState.ONLINE, 0.0)
        eventually(lambda: not scene.vav.objects.named("SpaceTemp").out_of_service)
        scene.building.faults.clear()
        scene.wait_for_vav(LinkState.ONLINE, 1.0)
        written = [record.value for record in scene.vav.journal if record.property_name == "present-value"]
        assert all(isinstance(value, float) and 0.0 < value < 50.0 for value in written)
    assert {advance.fan for advance in scene.advances[begun_at:]} == {1.0}
    assert len(scene.told("SpaceTemp: let go, as it has no good value any more")) == 1
    assert len(scene.told("SpaceTemp: it has good values again")) == 1
    assert_given_back(scene.vav)


def test_a_value_object_that_lost_its_value_ends_nothing(scene: Scene) -> None:
    with scene.running():
        begun_at = len(scene.advances)
        scene.building.faults.add(NullValues(["weaSta_reaWeaTDryBul_y"]), "advance", times=None)
        eventually(lambda: scene.vav.objects.named("OutdoorTemp").slots[13] is None)
        asked_at = len(scene.advances)
        eventually(lambda: len(scene.advances) > asked_at + 2 * HOLD_STEPS)
        assert {advance.damper for advance in scene.advances[begun_at:]} == {1.0}
    assert len(scene.told("OutdoorTemp: let go, as it has no good value any more")) == 1
    assert_given_back(scene.vav)


def test_a_sensor_that_never_had_a_value_ends_nothing(scene: Scene) -> None:
    point = "hvac_reaZonSou_TZon_y"
    for call in ("initialize", "advance"):
        scene.building.faults.add(NullValues([point]), call, times=None)
    with scene.running() as run:
        begun_at = len(scene.advances)
        eventually(lambda: len(scene.advances) > begun_at + 2 * HOLD_STEPS)
        assert math.isnan(run.last_values[point])
        assert {advance.damper for advance in scene.advances[begun_at:]} == {1.0}
    assert not scene.vav.objects.named("SpaceTemp").out_of_service
    assert_given_back(scene.vav)


def test_an_input_that_was_forced_before_us_is_let_go_of_as_it_was_found(scene: Scene) -> None:
    point = "hvac_reaZonSou_TZon_y"
    force(scene.vav, "SpaceTemp", 17.5)
    scene.vav_points = [{**VAV[0], "take_occupied": True}, *VAV[1:]]
    with scene.running():
        scene.building.faults.add(NullValues([point]), "advance", times=None)
        eventually(lambda: scene.vav.objects.named("SpaceTemp").held == 17.5)
        assert scene.vav.objects.named("SpaceTemp").out_of_service
    assert (scene.vav.objects.named("SpaceTemp").held, scene.vav.objects.named("SpaceTemp").out_of_service) == (
        17.5,
        True,
    )


def elsewhere(scene: Scene, port: int) -> Scene:
    """The scene with a building that is, or is not yet, at this port."""
    return replace(scene, building_url=f"http://127.0.0.1:{port}")


def selected_test(scene: Scene) -> str:
    """The test that the run has selected."""
    [note] = notes(scene)
    return note.stem


def signs_of_life(scene: Scene) -> int:
    return scene.building.faults.calls["get_name"]


def has_died(scene: Scene, testid: str) -> bool:
    try:
        urlopen(f"{scene.building.url}/status/{testid}").close()  # noqa: S310
    except HTTPError as refusal:
        refusal.close()
        return True
    return False
