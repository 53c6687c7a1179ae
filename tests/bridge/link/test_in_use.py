"""What somebody uses already when we come: named and refused after two looks, or taken and put back as it was found."""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from bridge.link.claims import Claim
from bridge.link.in_use import STALE_S, InUse
from bridge.link.link import ControllerLink, LinkState
from emulators.boptest.faults import HoldCall
from emulators.ecy.controller import EmulatedController
from emulators.ecy.faults.calls import AnswerInstead, DropConnection, Hold
from emulators.ecy.faults.fault import Fault
from emulators.ecy.faults.storage import FailWrites
from emulators.http.messages import Response
from emulators.program import ObjectSpec
from ledger.entries import TakenInput, TakenSlot
from ledger.ledger import Ledger
from ledger.leftovers import Leftovers
from ledger.receipts import Outcome, Receipt
from ledger.record.journal import Journals
from tests import bench
from tests.bridge.looking import activations, assert_as_it_was, assert_untouched, force, state_of
from tests.bridge.rig import AHU_POINTS, VAV_POINTS, Rig, in_background, rig
from tests.command_line import configured, run, start, variables
from tests.faults.scene import HURRY, HostClock
from tests.waiting import DEADLINE_S, eventually
from utils.clocks import Clocks, ModelSeconds
from utils.errors import ConfigError, DeviceUnreachable
from utils.state_folder import StateFolder
from utils.values import Frame, ObjectRef, ObjectState, ObjectType, Role, Sample

LEFT = 17.5
SPACE = ObjectRef(ObjectType.ANALOG_INPUT, 1)
INPUTS = tuple(ObjectSpec("AnalogInput", f"Sensor{number:02d}", "degrees-celsius") for number in range(1, 16))
SENSORS = [bench.analog_input("weaSta_reaWeaTDryBul_y", spec.name) for spec in INPUTS]


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Rig]:
    with rig(tmp_path) as running:
        yield running


def vav(subject: Rig) -> EmulatedController:
    return subject.controllers.controller("VAV")


def ahu(subject: Rig) -> EmulatedController:
    return subject.controllers.controller("AHU")


def put_in_service(controller: EmulatedController, name: str) -> None:
    """What an operator does at the controller's own page."""
    controller.objects.update(controller.objects.find(name), lambda one: replace(one, out_of_service=False))


def forced(controller: EmulatedController, name: str) -> tuple[bool, float | None]:
    """Whether an input is out of service, and at which value."""
    found = controller.objects.named(name)
    return found.out_of_service, found.held


def waiting(then: Callable[[threading.Event], None]) -> tuple[Clocks, list[float]]:
    """The clocks of a host on which something happens between two looks, and how long it waited for the second."""
    waits: list[float] = []

    def wait(stop: threading.Event, seconds: float) -> bool:
        waits.append(seconds)
        then(stop)
        return stop.is_set()

    return Clocks(wait=wait), waits


def meet(others: threading.Barrier) -> None:
    """Wait until everybody is there."""
    others.wait(DEADLINE_S)


def left_behind(subject: Rig, *names: str) -> None:
    """One run forced the first input of these controllers, and died: its journal is left, and so are the inputs."""
    ledger = Ledger(Journals.of(StateFolder(subject.settings().state_dir)).own({}))
    for name in names:
        controller, device = subject.controllers.controller(name), subject.controllers.addresses[name]
        first = controller.objects.get(SPACE).name
        ledger.take(TakenInput(device, SPACE, first, was_out_of_service=False, before=-40.0))
        ledger.sent(device, SPACE, LEFT)
        force(controller, first, LEFT)
    ledger.close()


@pytest.mark.slow
def test_after_a_crash_a_new_state_folder_is_no_way_around_what_was_left_but_taking_it_is(tmp_path: Path) -> None:
    with rig(tmp_path, ahu_objects=INPUTS) as subject:
        subject.ahu_points = SENSORS
        device = subject.controllers.addresses["AHU"]
        _killed(subject)
        left = {spec.name: forced(ahu(subject), spec.name) for spec in INPUTS}
        assert {is_forced for is_forced, _ in left.values()} == {True}
        before = len(ahu(subject).journal), len(vav(subject).journal)

        with pytest.raises(ConfigError) as caught:
            subject.execute(BRIDGE_STATE_DIR="elsewhere")
        assert caught.value.exit_code == 2
        assert len(caught.value.problems) == 16
        for name, (_, value) in left.items():
            assert f"{device}: {name}: " in str(caught.value)
            assert f"is out of service already and holds {value}; somebody else uses it" in str(caught.value)
        assert (len(ahu(subject).journal), len(vav(subject).journal)) == before

        code, output = run(*_arguments(subject), "--take-occupied", "--steps", "2", **_elsewhere(subject))
        assert code == 0
        assert output.count("taken all the same, and put back as it is at the end") == 16
        assert {name: forced(ahu(subject), name) for name in left} == left
        for name, (_, value) in left.items():
            assert re.search(
                rf"{name} out-of-service: restored \(as it was found: out of service, {value}\)", output
            ), output
        written = [record for record in ahu(subject).journal[before[0] :] if record.property_name == "present-value"]
        assert {record.name for record in written} == set(left)


def _arguments(subject: Rig) -> list[str]:
    configured(subject)
    addresses = subject.controllers.addresses
    folder = bench.write_configs(
        subject.folder,
        bench.equipment("AHU", addresses["AHU"], subject.ahu_points),
        bench.equipment("VAV", addresses["VAV"], VAV_POINTS),
    )
    return ["--configs", str(folder), "--env", str(subject.folder / "absent.env"), "--yes"]


def _elsewhere(subject: Rig) -> dict[str, str]:
    return dict(variables(subject, BRIDGE_STATE_DIR=str(subject.folder / "a third")))


def _killed(subject: Rig) -> None:
    hold = subject.building.faults.add(HoldCall(), "advance")
    with start(*_arguments(subject), **variables(subject)) as process:
        assert hold.reached.wait(DEADLINE_S)
        process.kill()
        process.communicate()
    hold.release.set()


class TestTwoLooks:
    def test_an_input_is_refused_when_it_is_still_out_of_service_seconds_later(self, both: Rig) -> None:
        force(ahu(both), "DischAirTemp", LEFT)
        both.clocks, waits = waiting(lambda stop: None)
        with pytest.raises(ConfigError, match=r"DischAirTemp: AnalogInput 1 is out of service already and holds 17.5"):
            both.execute()
        assert waits == [STALE_S]
        assert_untouched(both)

    def test_an_input_that_is_just_being_put_back_in_service_is_no_reason_to_refuse(self, both: Rig) -> None:
        force(ahu(both), "DischAirTemp", LEFT)
        both.clocks, waits = waiting(lambda stop: put_in_service(ahu(both), "DischAirTemp"))
        assert both.execute().steps == 3
        assert waits == [STALE_S]
        assert_as_it_was(both)

    def test_a_slot_that_is_just_being_released_is_no_reason_to_refuse(self, both: Rig) -> None:
        ahu(both).objects.command("OutdoorAirTemp", 55.0, 14)
        both.clocks, waits = waiting(lambda stop: ahu(both).objects.command("OutdoorAirTemp", None, 14))
        assert both.execute().steps == 3
        assert waits == [STALE_S]
        assert_as_it_was(both)

    def test_where_nothing_is_in_use_nobody_waits(self, both: Rig) -> None:
        both.clocks, waits = waiting(lambda stop: None)
        both.execute()
        assert waits == []

    def test_what_may_be_taken_is_not_waited_for(self, both: Rig) -> None:
        force(ahu(both), "DischAirTemp", LEFT)
        both.clocks, waits = waiting(lambda stop: None)
        both.take_occupied = True
        both.execute()
        assert waits == []

    def test_all_controllers_look_at_once_and_everything_is_named_together(self, both: Rig) -> None:
        force(ahu(both), "DischAirTemp", LEFT)
        force(vav(both), "SpaceTemp", LEFT)
        together = threading.Barrier(2)
        both.clocks, waits = waiting(lambda stop: meet(together))
        with pytest.raises(ConfigError) as caught:
            both.execute()
        assert len(waits) == 2
        assert [problem.where.rpartition(" ")[2] for problem in caught.value.problems] == ["DischAirTemp", "SpaceTemp"]
        assert_untouched(both)

    def test_a_stop_between_two_looks_ends_the_start_and_refuses_nothing(self, both: Rig) -> None:
        force(ahu(both), "DischAirTemp", LEFT)
        both.clocks, waits = waiting(lambda stop: both.runs[-1].request_stop())
        assert both.execute().steps == 0
        assert waits == [STALE_S]
        assert_untouched(both)

    def test_an_output_that_somebody_has_isolated_is_no_reason_to_refuse(self, both: Rig) -> None:
        force(ahu(both), "FanSpeed", 40.0)
        assert both.execute().steps == 3
        assert ahu(both).objects.named("FanSpeed").out_of_service


class TestTaking:
    def test_what_the_whole_file_may_take_is_put_back_with_value_and_flag(
        self, both: Rig, caplog: pytest.LogCaptureFixture
    ) -> None:
        force(ahu(both), "DischAirTemp", LEFT)
        force(ahu(both), "FanStatus", 1.0)
        ahu(both).objects.command("OutdoorAirTemp", 55.0, 14)
        both.keys = {"take_occupied": True}
        restored = [one for one in both.execute().receipts if one.outcome is Outcome.RESTORED]
        assert [str(one).partition("restored ")[2] for one in restored] == [
            f"(as it was found: {what})" for what in ("out of service, 17.5", "55.0", "out of service, True")
        ]
        assert forced(ahu(both), "DischAirTemp") == (True, LEFT)
        assert forced(ahu(both), "FanStatus") == (True, 1.0)
        assert ahu(both).objects.named("OutdoorAirTemp").slots[13] == 55.0
        assert caplog.text.count("taken all the same") == 3

    def test_a_point_that_says_no_is_not_taken_whatever_its_file_says(self, both: Rig) -> None:
        force(ahu(both), "DischAirTemp", LEFT)
        both.keys = {"take_occupied": True}
        both.ahu_points = [{**AHU_POINTS[0], "take_occupied": False}, *AHU_POINTS[1:]]
        with pytest.raises(ConfigError, match="DischAirTemp"):
            both.execute()
        assert_untouched(both)

    def test_an_input_without_a_value_to_put_back_is_never_taken(self, both: Rig) -> None:
        force(ahu(both), "DischAirTemp", math.nan)
        both.take_occupied = True
        with pytest.raises(ConfigError, match="no value that could be put back at the end"):
            both.execute()
        assert_untouched(both)


class TestOwnLeftovers:
    @pytest.mark.slow
    def test_one_that_cannot_be_given_back_yet_leaves_its_controller_offline_until_it_can(
        self, both: Rig, caplog: pytest.LogCaptureFixture
    ) -> None:
        left_behind(both, "VAV")
        stuck = FailWrites({"SpaceTemp"})
        vav(both).faults.add(stuck)
        both.clocks = Clocks(monotonic=HostClock(HURRY))
        subject = both.run()
        with in_background(subject) as future:
            eventually(lambda: activations(subject) == (1.0, 0.0))
            assert state_of(both, subject, "VAV") is LinkState.OFFLINE
            tries = vav(both).counters.requests["POST"]
            eventually(lambda: vav(both).counters.requests["POST"] > tries + 10)
            assert forced(vav(both), "SpaceTemp") == (True, LEFT)
            vav(both).faults.remove(stuck)
            eventually(lambda: activations(subject) == (1.0, 1.0))
            subject.request_stop()
            assert not future.result(DEADLINE_S).not_released
        assert_as_it_was(both)
        assert "an earlier run left 1 thing(s) in it that cannot be given back yet" in caplog.text
        assert caplog.text.count("left by an earlier run") == 2
        assert "somebody else" not in caplog.text

    @pytest.mark.slow
    def test_it_is_not_taken_for_somebody_elses_where_that_may_be_taken(self, both: Rig) -> None:
        left_behind(both, "VAV")
        stuck = FailWrites({"SpaceTemp"})
        vav(both).faults.add(stuck)
        both.clocks = Clocks(monotonic=HostClock(HURRY))
        both.take_occupied = True
        subject = both.run()
        with in_background(subject) as future:
            eventually(lambda: activations(subject) == (1.0, 0.0))
            vav(both).faults.remove(stuck)
            eventually(lambda: activations(subject) == (1.0, 1.0))
            subject.request_stop()
            future.result(DEADLINE_S)
        assert_as_it_was(both)

    @pytest.mark.parametrize(
        "fault", [AnswerInstead(Response(503, b"{}"), 3), DropConnection(3)], ids=["503", "dropped"]
    )
    def test_a_controller_that_is_busy_in_the_first_moments_is_given_back_and_taken_later(
        self, both: Rig, fault: Fault
    ) -> None:
        left_behind(both, "VAV")
        vav(both).faults.add(fault)
        both.clocks = Clocks(monotonic=HostClock(HURRY))
        subject = both.run()
        with in_background(subject) as future:
            eventually(lambda: activations(subject) == (1.0, 1.0))
            subject.request_stop()
            assert not future.result(DEADLINE_S).not_released
        assert_as_it_was(both)

    def test_where_all_controllers_hold_own_leftovers_the_configs_are_not_to_blame(self, both: Rig) -> None:
        left_behind(both, "AHU", "VAV")
        for controller, name in ((ahu(both), "DischAirTemp"), (vav(both), "SpaceTemp")):
            controller.faults.add(FailWrites({name}))
        with pytest.raises(DeviceUnreachable, match="cannot be given back yet") as caught:
            both.execute()
        assert caught.value.exit_code == 1

    def test_it_is_given_back_once_more_before_anything_is_refused(self, both: Rig) -> None:
        """The first time its controller refuses; at the second it does not."""

        class RefuseOnce(FailWrites):
            def on_write(self, target: object) -> None:
                vav(both).faults.remove(self)
                super().on_write(target)  # type: ignore[arg-type]

        left_behind(both, "VAV")
        vav(both).faults.add(RefuseOnce({"SpaceTemp"}))
        both.clocks, waits = waiting(lambda stop: None)
        assert both.execute().steps == 3
        assert waits == []
        assert_as_it_was(both)

    def test_several_that_come_back_together_are_all_given_back_though_one_journal_holds_them(self, both: Rig) -> None:
        left_behind(both, "AHU", "VAV")
        settings, addresses, slow = both.settings(), both.controllers.addresses, Hold()
        subject = Leftovers(settings, StateFolder(settings.state_dir), Clocks(), lambda: False)
        ahu(both).faults.add(slow)
        with ThreadPoolExecutor(2) as pool:
            first = pool.submit(subject.give_back, [addresses["AHU"]])
            assert slow.holding.wait(DEADLINE_S)
            second = pool.submit(subject.give_back, [addresses["VAV"]])
            with pytest.raises(TimeoutError):
                second.result(0.5)
            slow.release()
            outcomes = [one.outcome for future in (first, second) for one in future.result(DEADLINE_S)]
        assert outcomes == [Outcome.RELEASED, Outcome.RELEASED]
        assert_as_it_was(both)


class TestInMidRun:
    @pytest.mark.parametrize("stays", [True, False])
    def test_nobody_is_named_before_a_second_look_some_seconds_later(
        self, both: Rig, caplog: pytest.LogCaptureFixture, stays: bool
    ) -> None:
        now_s = 0.0
        force(vav(both), "SpaceTemp", LEFT)
        config = bench.equipment("VAV", both.controllers.addresses["VAV"], VAV_POINTS)
        controller = bench.manager(both.folder, both.settings(), config).controllers[0]
        link = ControllerLink(controller, Ledger(), 0.0, None, Clocks(monotonic=lambda: now_s))
        link.return_to_service()
        assert (link.state, "left alone" in caplog.text) == (LinkState.OFFLINE, False)
        now_s = STALE_S - 0.1
        assert not link.is_due
        if not stays:
            put_in_service(vav(both), "SpaceTemp")
        now_s = STALE_S
        assert link.is_due
        link.return_to_service()
        assert link.state is (LinkState.OFFLINE if stays else LinkState.COUPLING)
        assert ("left alone" in caplog.text) is stays
        controller.client.close()

    def test_what_a_controller_has_lost_while_it_was_away_is_not_told_as_without_effect(
        self, both: Rig, caplog: pytest.LogCaptureFixture
    ) -> None:
        config = bench.equipment("VAV", both.controllers.addresses["VAV"], VAV_POINTS)
        controller = bench.manager(both.folder, both.settings(), config).controllers[0]
        now_s = 0.0
        link = ControllerLink(controller, Ledger(), 0.0, None, Clocks(monotonic=lambda: now_s))
        link.return_to_service()
        shown = Frame(1, ModelSeconds(0.0), {}, {bound.target: 21.0 for bound in controller.plan.bound})
        for at_s in (0.0, 2.0, 20.0):
            now_s = at_s
            link.exchange(shown)
        assert link.state is LinkState.ONLINE
        put_in_service(vav(both), "SpaceTemp")
        for at_s in (30.0, 60.0):
            now_s = at_s
            link.lost(DeviceUnreachable(link.device, "away"))
            link.return_to_service()
        asked = vav(both).counters.requests["POST"]
        now_s = 200.0  # a look at everything would be due long since, if it were on line
        link.exchange(shown)
        assert vav(both).counters.requests["POST"] == asked + 1
        assert vav(both).objects.named("SpaceTemp").present_value == 21.0
        assert "not effective" not in caplog.text
        controller.client.close()

    def test_a_controller_that_appears_with_something_in_use_is_named_and_left_alone_until_it_is_free(
        self, both: Rig, caplog: pytest.LogCaptureFixture
    ) -> None:
        absent = DropConnection(None)
        vav(both).faults.add(absent)
        force(vav(both), "SpaceTemp", LEFT)
        both.clocks = Clocks(monotonic=HostClock(HURRY))
        words = "is left alone: .*SpaceTemp: AnalogInput 1 is out of service already and holds 17.5"
        subject = both.run()
        with in_background(subject) as future:
            eventually(lambda: activations(subject) == (1.0, 0.0))
            vav(both).faults.remove(absent)
            eventually(lambda: re.search(words, caplog.text) is not None)
            asked = vav(both).counters.requests["POST"]
            eventually(lambda: vav(both).counters.requests["POST"] > asked + 3)
            assert (state_of(both, subject, "VAV"), vav(both).journal) == (LinkState.OFFLINE, [])
            assert activations(subject) == (1.0, 0.0)
            put_in_service(vav(both), "SpaceTemp")
            eventually(lambda: activations(subject) == (1.0, 1.0))
            subject.request_stop()
            future.result(DEADLINE_S)
        assert len(re.findall(words, caplog.text)) == 1
        assert_as_it_was(both)

    def test_one_that_may_be_taken_is_listed_then_taken_and_put_back(
        self, both: Rig, caplog: pytest.LogCaptureFixture
    ) -> None:
        absent = DropConnection(None)
        vav(both).faults.add(absent)
        force(vav(both), "SpaceTemp", LEFT)
        both.clocks = Clocks(monotonic=HostClock(HURRY))
        both.take_occupied = True
        subject = both.run()
        with in_background(subject) as future:
            eventually(lambda: activations(subject) == (1.0, 0.0))
            vav(both).faults.remove(absent)
            eventually(lambda: activations(subject) == (1.0, 1.0))
            subject.request_stop()
            future.result(DEADLINE_S)
        assert forced(vav(both), "SpaceTemp") == (True, LEFT)
        assert caplog.text.count("taken all the same") == 1


class TestWhoseItIs:
    CLAIM = Claim(SPACE, "SpaceTemp", Role.FORCED)
    DEVICE = "10.0.0.1"

    def subject(self) -> InUse:
        return InUse.among(self.DEVICE, [self.CLAIM], {SPACE: ObjectState(Sample(LEFT), out_of_service=True)}, Ledger())

    def failed(self, what: str, device: str = DEVICE) -> Receipt:
        return Receipt(device, what, Outcome.FAILED)

    def test_what_an_own_journal_still_holds_is_nobody_elses(self) -> None:
        with pytest.raises(DeviceUnreachable, match="SpaceTemp"):
            self.subject().refuse_leftovers([self.failed("AnalogInput 1 SpaceTemp out-of-service")])

    @pytest.mark.parametrize("what", ["clock, zone and NTP", "AnalogInput 2 Other out-of-service"])
    def test_other_leftovers_of_ours_do_not_hide_what_somebody_else_has(self, what: str) -> None:
        self.subject().refuse_leftovers([self.failed(what), self.failed("AnalogInput 1 SpaceTemp out-of-service", "x")])

    def test_a_slot_whose_array_cannot_be_read_counts_as_free(self) -> None:
        claim = Claim(ObjectRef(ObjectType.ANALOG_VALUE, 1), "Setpoint", Role.COMMANDED)
        state = ObjectState(Sample(20.0))
        assert not InUse.among(self.DEVICE, [claim], {claim.ref: state}, Ledger())
        assert isinstance(claim.entry(self.DEVICE, state), TakenSlot)


def test_nothing_of_earlier_runs_is_given_back_any_more_when_the_run_ends(both: Rig) -> None:
    left_behind(both, "VAV")
    settings = both.settings()
    assert Leftovers(settings, StateFolder(settings.state_dir), Clocks(), lambda: True).give_back() == []
    assert forced(vav(both), "SpaceTemp") == (True, LEFT)
