"""The controllers' side through real sockets: what is good passes, what is wrong is named, and nothing is left."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bridge.checkout import CheckoutParts, MappingFault, PointVerdict, Proof
from emulators.ecy.controller import EmulatedController
from emulators.ecy.faults.fault import Fault
from emulators.ecy.faults.storage import Crosses, FailWrites, Ramps, Sticks, Stores
from emulators.ecy.objects.database import ObjectDatabase
from emulators.ecy.objects.storage import StorageQuirk
from emulators.ecy.profile import Profile
from emulators.program import ObjectSpec
from tests import bench
from tests.bridge.checkout.trying.checked_out import checked_out, found
from tests.bridge.looking import assert_as_it_was, assert_untouched, force, written
from tests.bridge.rig import AHU_OBJECTS, AHU_POINTS, Rig, rig
from utils.clocks import Clocks
from utils.errors import ConfigError

POINTS = 7


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Rig]:
    with rig(tmp_path) as running:
        yield running


def ahu(subject: Rig) -> EmulatedController:
    return subject.controllers.controller("AHU")


@pytest.mark.parametrize("over_bacnet", [False, True])
def test_where_nothing_is_wrong_everything_passes_and_is_given_back(tmp_path: Path, over_bacnet: bool) -> None:
    with rig(tmp_path, over_bacnet=over_bacnet) as subject:
        result = checked_out(subject)
        told = [(point.point, point.verdict) for point in result.points]
        assert told == [(point.point, PointVerdict.PASS) for point in result.points]
        assert len(told) == POINTS
        assert result.is_passed
        assert result.given_back == f"Nothing is left in any controller: {POINTS} released."
        for name in ("AHU", "VAV"):
            for object_name in subject.controllers.controller(name).objects.names():
                target = subject.controllers.controller(name).objects.named(object_name)
                assert (target.out_of_service, set(target.slots) <= {None}) == (False, True)


def test_what_it_says_of_a_point_has_its_object_units_and_both_values(both: Rig) -> None:
    result = checked_out(both)
    [point] = [one for one in result.points if one.point == "DischAirTemp"]
    assert (point.controller, point.simulation) == ("AnalogInput 1 DischAirTemp", "hvac_reaAhu_TSup_y")
    assert (point.controller_unit, point.simulation_unit, point.is_input) == ("degC", "K", True)
    [finding] = point.findings
    assert [one.found for one in finding.samples] == pytest.approx([one.shown - 273.15 for one in finding.samples])
    assert result.controllers[0].startswith("AHU: ECY-S1000 at 127.0.0.1:")


def test_clocks_are_left_alone(both: Rig) -> None:
    checked_out(both, DESIRED_TIMEZONE="US/Mountain")
    assert_as_it_was(both)


STORING: list[tuple[str, StorageQuirk, MappingFault]] = [
    ("DischAirTemp", StorageQuirk(factor=1.8, offset=32.0), MappingFault.WRONG_UNIT),
    ("DischAirTemp", StorageQuirk(factor=10.0), MappingFault.FACTOR),
    ("DischAirTemp", StorageQuirk(factor=-1.0), MappingFault.WRONG_SIGN),
    ("DischAirTemp", StorageQuirk(factor=1.1), MappingFault.WRONG_SCALE),
    ("DischAirTemp", StorageQuirk(maximum=20.0), MappingFault.WRONG_SCALE),
    ("DischAirTemp", StorageQuirk(ignores=True), MappingFault.DEAD),
    ("OutdoorAirTemp", StorageQuirk(factor=1.8, offset=32.0), MappingFault.WRONG_UNIT),
    ("OutdoorAirTemp", StorageQuirk(ignores=True), MappingFault.DEAD),
    ("FanSpeed", StorageQuirk(factor=-1.0, offset=100.0), MappingFault.REVERSED),
    ("FanSpeed", StorageQuirk(factor=1.25, offset=-25.0), MappingFault.WRONG_SCALE),
    ("FanSpeed", StorageQuirk(factor=0.1), MappingFault.FACTOR),
    ("FanSpeed", StorageQuirk(ignores=True), MappingFault.DEAD),
]


@pytest.mark.parametrize(("name", "storage", "fault"), STORING, ids=lambda one: str(one)[:60])
def test_what_a_controller_makes_of_numbers_is_named_and_taken_away_again(
    both: Rig, name: str, storage: StorageQuirk, fault: MappingFault
) -> None:
    ahu(both).faults.add(Stores(storage, {name}))
    result = checked_out(both)
    proof = Proof.COMMAND if name == "FanSpeed" else Proof.READ_BACK
    assert (found(result, f"AHU/{name}", proof).verdict, found(result, f"AHU/{name}", proof).fault) == (
        PointVerdict.FAIL,
        fault,
    )
    assert sum(point.verdict is PointVerdict.FAIL for point in result.points) == 1
    assert result.given_back.startswith("Nothing is left"), result.given_back
    assert_as_it_was(both)


BROKEN: list[tuple[str, Callable[[ObjectDatabase], Fault], MappingFault]] = [
    ("DischAirTemp", lambda _: Sticks(1, {"DischAirTemp"}), MappingFault.STUCK),
    ("DischAirTemp", lambda _: FailWrites({"DischAirTemp"}), MappingFault.NOT_WRITTEN),
    ("OutdoorAirTemp", lambda _: FailWrites({"OutdoorAirTemp"}), MappingFault.NOT_WRITTEN),
]


@pytest.mark.parametrize(("name", "made", "fault"), BROKEN)
def test_stuck_and_refused(both: Rig, name: str, made: Callable[[ObjectDatabase], Fault], fault: MappingFault) -> None:
    ahu(both).faults.add(made(ahu(both).objects))
    assert found(checked_out(both), f"AHU/{name}", Proof.READ_BACK).fault is fault


def test_an_output_that_refuses_a_command_was_not_taken(both: Rig) -> None:
    ahu(both).faults.add(FailWrites({"FanSpeed"}))
    assert found(checked_out(both), "AHU/FanSpeed", Proof.COMMAND).fault is MappingFault.NOT_WRITTEN


def test_a_pair_that_a_controller_has_crossed_names_both(tmp_path: Path) -> None:
    objects = (*AHU_OBJECTS, ObjectSpec("AnalogInput", "RetAirTemp", "degrees-celsius", initial=-40.0))
    with rig(tmp_path, ahu_objects=objects) as subject:
        subject.ahu_points = (*AHU_POINTS, bench.analog_input("hvac_reaAhu_TRet_y", "RetAirTemp"))
        ahu(subject).faults.add(Crosses(ahu(subject).objects, "DischAirTemp", "RetAirTemp"))
        result = checked_out(subject)
        named = {name: found(result, f"AHU/{name}", Proof.READ_BACK).other for name in ("DischAirTemp", "RetAirTemp")}
    assert named == {"DischAirTemp": "AHU/RetAirTemp", "RetAirTemp": "AHU/DischAirTemp"}


def test_one_that_is_slow_to_show_it_is_waited_for(both: Rig) -> None:
    ahu(both).faults.add(Ramps(reads=4))
    assert checked_out(both).is_passed


def test_stale_reads_are_waited_for(tmp_path: Path) -> None:
    with rig(tmp_path, profile=Profile(stale_reads_s=0.15)) as subject:
        subject.clocks = Clocks(wait=lambda stop, seconds: stop.wait(min(seconds, 0.1)))
        assert checked_out(subject).is_passed


def test_other_units_than_the_configs_fail_and_nothing_is_written_there(tmp_path: Path) -> None:
    objects = [replace(one, units="degrees-fahrenheit") if one.name == "DischAirTemp" else one for one in AHU_OBJECTS]
    with rig(tmp_path, ahu_objects=objects) as subject:
        result = checked_out(subject)
        finding = found(result, "AHU/DischAirTemp", Proof.READ_BACK)
        assert (finding.verdict, finding.fault) == (PointVerdict.FAIL, MappingFault.WRONG_UNIT)
        assert "we exchange degC but the object is in degrees-fahrenheit" in finding.says
        assert written(subject, "AHU", "DischAirTemp") == []
        assert written(subject, "AHU", "OutdoorAirTemp")
        assert_as_it_was(subject)


def test_a_deadband_holds_no_value_back(both: Rig) -> None:
    both.ahu_points = [{**point, "deadband": 100.0} for point in AHU_POINTS[:2]]
    result = checked_out(both)
    assert {point.verdict for point in result.points if point.equipment == "AHU"} == {PointVerdict.PASS}


def test_the_limits_that_an_object_tells_are_kept(both: Rig) -> None:
    ahu(both).objects.limit("DischAirTemp", 14.0, 18.0)
    assert found(checked_out(both), "AHU/DischAirTemp", Proof.READ_BACK).verdict is PointVerdict.PASS
    assert all(14.0 <= float(value) <= 18.0 for value in written(both, "AHU", "DischAirTemp"))


class TestSlots:
    """Somebody's slot is looked at, named, and left as it is."""

    def test_an_output_that_slot_5_holds_is_not_commanded(self, both: Rig) -> None:
        ahu(both).objects.command("FanSpeed", 33.0, 5)
        finding = found(checked_out(both), "AHU/FanSpeed", Proof.COMMAND)
        assert finding.verdict is PointVerdict.NOT_TESTED
        assert finding.says == "slot 5 holds it at 33, and 1 to 6 are not the bench's"
        assert written(both, "AHU", "FanSpeed") == []
        assert ahu(both).objects.named("FanSpeed").slots[4] == 33.0

    def test_beside_somebody_in_slot_8_it_is_commanded_in_7(self, both: Rig) -> None:
        ahu(both).objects.command("FanSpeed", 33.0, 8)
        finding = found(checked_out(both), "AHU/FanSpeed", Proof.COMMAND)
        assert (finding.verdict, "in slot 7" in finding.says) == (PointVerdict.PASS, True)
        slots = ahu(both).objects.named("FanSpeed").slots
        assert (slots[6], slots[7]) == (None, 33.0)

    def test_a_stronger_slot_of_somebodys_at_a_value_is_the_wrong_priority(self, both: Rig) -> None:
        ahu(both).objects.command("OutdoorAirTemp", 12.0, 9)
        finding = found(checked_out(both), "AHU/OutdoorAirTemp", Proof.READ_BACK)
        assert finding.fault is MappingFault.WRONG_SLOT
        assert finding.says.endswith("slot 9 holds 12, and the config's priority is 14")
        slots = ahu(both).objects.named("OutdoorAirTemp").slots
        assert (slots[8], slots[13]) == (12.0, None)

    def test_what_is_in_use_already_is_named_left_alone_and_given_back_to_nobody(self, both: Rig) -> None:
        ahu(both).objects.command("OutdoorAirTemp", 12.0, 14)
        force(ahu(both), "DischAirTemp", 15.0)
        result = checked_out(both)
        slot = found(result, "AHU/OutdoorAirTemp", Proof.READ_BACK)
        assert (slot.verdict, slot.fault) == (PointVerdict.FAIL, MappingFault.WRONG_SLOT)
        assert slot.says == "not written: slot 14, which is the config's priority, holds somebody else's 12"
        forced = found(result, "AHU/DischAirTemp", Proof.READ_BACK)
        assert (forced.verdict, "holds it at 15" in forced.says) == (PointVerdict.NOT_TESTED, True)
        assert found(result, "AHU/FanStatus", Proof.READ_BACK).verdict is PointVerdict.PASS
        assert not any(record.name in ("OutdoorAirTemp", "DischAirTemp") for record in ahu(both).journal)
        assert ahu(both).objects.named("OutdoorAirTemp").slots[13] == 12.0
        held = ahu(both).objects.named("DischAirTemp")
        assert (held.out_of_service, held.present_value) == (True, 15.0)
        assert result.given_back.startswith("Nothing is left")

    def test_what_the_config_wants_taken_although_it_is_in_use_is_taken_and_put_back(self, both: Rig) -> None:
        both.keys = {"take_occupied": True}
        ahu(both).objects.command("OutdoorAirTemp", 12.0, 14)
        result = checked_out(both)
        assert found(result, "AHU/OutdoorAirTemp", Proof.READ_BACK).verdict is PointVerdict.PASS
        assert ahu(both).objects.named("OutdoorAirTemp").slots[13] == 12.0

    def test_a_heartbeat_in_use_is_refused_before_anything_is_written(self, both: Rig) -> None:
        both.keys = {"heartbeat": "OutdoorAirTemp"}
        both.ahu_points = [point for point in AHU_POINTS if point["ecy_point"] != "OutdoorAirTemp"]
        ahu(both).objects.command("OutdoorAirTemp", 12.0, 14)
        with pytest.raises(ConfigError, match="somebody else uses it"):
            checked_out(both)
        assert_untouched(both)


class TestOutputs:
    def test_they_move_on_an_isolated_bench_only(self, both: Rig) -> None:
        result = checked_out(both, ECY_BENCH="")
        finding = found(result, "VAV/Damper", Proof.COMMAND)
        assert (finding.verdict, "isolate_outputs" in finding.says) == (PointVerdict.NOT_TESTED, True)
        assert found(result, "VAV/Damper", Proof.ARRIVAL).verdict is PointVerdict.PASS
        assert written(both, "VAV", "Damper") == []
        assert any("Outputs of AHU, VAV are not commanded" in line for line in result.not_tested)

    def test_those_that_a_config_isolates_move_all_the_same(self, both: Rig) -> None:
        both.keys = {"isolate_outputs": True}
        result = checked_out(both, ECY_BENCH="")
        assert found(result, "AHU/FanSpeed", Proof.COMMAND).verdict is PointVerdict.PASS
        assert found(result, "VAV/Damper", Proof.COMMAND).verdict is PointVerdict.NOT_TESTED
        assert_as_it_was(both)

    def test_a_valve_goes_through_its_range_and_is_let_go(self, both: Rig) -> None:
        checked_out(both)
        told = written(both, "VAV", "Damper")
        assert told[:6] == [0.0, 50.0, 100.0, 50.0, 0.0, None]
        assert set(told[6:]) <= {None}

    def test_minimum_times_are_kept_or_it_is_put_off(self, both: Rig) -> None:
        both.clocks, waits = counting_waits()
        set_minimum_times(both, 40, 20)
        assert found(checked_out(both), "AHU/CoolingPump", Proof.COMMAND).verdict is PointVerdict.PASS
        assert [round(seconds) for seconds in waits if seconds > 1] == [20, 40]
        set_minimum_times(both, 600, 20)
        ahu(both).journal.clear()
        finding = found(checked_out(both), "AHU/CoolingPump", Proof.COMMAND)
        assert (finding.verdict, "600 s" in finding.says) == (PointVerdict.DEFERRED, True)
        assert written(both, "AHU", "CoolingPump") == []


def set_minimum_times(subject: Rig, on_s: int, off_s: int) -> None:
    ref = ahu(subject).objects.find("CoolingPump")
    ahu(subject).objects.update(ref, lambda one: replace(one, minimum_on_s=on_s, minimum_off_s=off_s))


def counting_waits() -> tuple[Clocks, list[float]]:
    """The clocks of a host on which waiting takes no time, and how long was waited each time."""
    waits: list[float] = []

    def wait(stop: threading.Event, seconds: float) -> bool:
        waits.append(seconds)
        return stop.is_set()

    return Clocks(monotonic=lambda: time.monotonic() + sum(waits), wait=wait, sleep=lambda seconds: None), waits


class TestParts:
    def test_inputs_alone(self, both: Rig) -> None:
        result = checked_out(both, CheckoutParts(outputs=False, response=False))
        verdicts = {point.point: point.verdict for point in result.points}
        assert (verdicts["SpaceTemp"], verdicts["Damper"]) == (PointVerdict.PASS, PointVerdict.NOT_TESTED)
        assert written(both, "VAV", "Damper") == []
        assert "Outputs were left out." in result.not_tested

    def test_outputs_alone_show_the_controllers_nothing(self, both: Rig) -> None:
        result = checked_out(both, CheckoutParts(inputs=False, response=False))
        verdicts = {point.point: point.verdict for point in result.points}
        assert (verdicts["SpaceTemp"], verdicts["Damper"]) == (PointVerdict.NOT_TESTED, PointVerdict.PASS)
        assert written(both, "VAV", "SpaceTemp") == []
        assert_as_it_was(both)


def test_a_controller_that_is_absent_is_told_and_the_other_one_is_tried(both: Rig) -> None:
    both.timeout_s = 0.5
    configs = both.configs()
    configs[1]["device_ip"] = "127.0.0.1:9"
    both.configs = lambda: configs  # type: ignore[method-assign]
    result = checked_out(both)
    verdicts = {point.point: point.verdict for point in result.points}
    assert (verdicts["SpaceTemp"], verdicts["DischAirTemp"]) == (PointVerdict.NOT_TESTED, PointVerdict.PASS)
    assert "127.0.0.1:9 is" in found(result, "VAV/SpaceTemp", Proof.READ_BACK).says
