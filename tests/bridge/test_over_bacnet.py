"""The bridge on controllers that speak BACnet/IP: the same steps and ledger, and clocks that are told the time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from bridge.run import Run
from emulators.ecy.bacnet_profile import BacnetProfile
from emulators.ecy.controller import EmulatedController
from emulators.ecy.faults.datagrams import Mute
from emulators.ecy.faults.fault import Fault
from emulators.ecy.faults.storage import FailWrites, Stores
from emulators.ecy.objects.storage import StorageQuirk
from emulators.ecy.profile import Profile
from ledger import Outcome
from recording import open_run
from recording.columns import read_run
from recording.report import report
from tests import bench
from tests.bridge.looking import DAMPER, FAN, activations, held, written
from tests.bridge.rig import AHU_POINTS, Rig, in_background, rig
from tests.waiting import DEADLINE_S, eventually, in_no_time
from utils.errors import ConfigError, DeviceRefused
from utils.state_folder import StateFolder

ZONE = "US/Mountain"
MODEL_START = datetime(2023, 7, 6, 10)


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Rig]:
    with rig(tmp_path, over_bacnet=True) as running:
        yield running


def controllers(subject: Rig) -> list[EmulatedController]:
    return [subject.controllers.controller(name) for name in ("AHU", "VAV")]


def assert_given_back(subject: Rig) -> None:
    for controller in controllers(subject):
        for name in controller.objects.names():
            found = controller.objects.named(name)
            assert (found.out_of_service, set(found.slots) <= {None}) == (False, True), name


def assert_on_time(controller: EmulatedController) -> None:
    assert abs(controller.clock.aware_now().timestamp() - datetime.now().timestamp()) < 60


def reported(folder: Path) -> str:
    """The report of the only run of a host."""
    (file,) = (folder / ".state" / "runs").glob("*.run")
    with open_run(file) as run:
        return report(read_run(run))


def profile(**switches: object) -> Profile:
    return Profile(bacnet=BacnetProfile(**switches))  # type: ignore[arg-type]


def test_a_run_commands_the_building_and_leaves_the_controllers_as_they_were(both: Rig) -> None:
    run = both.run(steps=30)
    summary = run.execute()
    assert (run.last_values[FAN], run.last_values[DAMPER]) == (1.0, 1.0)
    assert run.last_values["hvac_oveAhu_yFan_u"] == pytest.approx(0.6)
    assert run.last_values["hvac_oveAhu_yPumCoo_u"] == 1.0
    assert not summary.not_released
    assert {receipt.outcome for receipt in summary.receipts} <= {Outcome.RELEASED, Outcome.RESTORED}
    assert summary.receipts
    assert_given_back(both)


def test_inputs_are_forced_while_it_runs_and_nothing_is_refused(both: Rig) -> None:
    def look(_run: Run) -> None:
        assert both.controllers.controller("AHU").objects.named("DischAirTemp").out_of_service

    held(both, look)
    assert not [record for one in controllers(both) for record in one.journal if record.refused]
    first = both.controllers.controller("VAV").journal[0]
    assert first.property_name == "out-of-service"


def test_both_ways_show_the_controllers_the_same_and_move_the_building_alike(tmp_path: Path) -> None:
    shown, ended = [], []
    for over_bacnet in (False, True):
        folder = tmp_path / str(over_bacnet)
        folder.mkdir()
        with rig(folder, over_bacnet=over_bacnet) as subject:
            run = subject.run(steps=20)
            run.execute()
            shown.append([float(value) for value in written(subject, "AHU", "DischAirTemp") if value is not None])
            ended.append(run.last_values)
    assert shown[0] == pytest.approx(shown[1], rel=1e-6)  # one of them is REAL32 on the wire
    assert len(shown[0]) == len(shown[1])
    assert ended[0] == ended[1]


def test_a_step_is_one_request_to_write_and_one_to_read_and_where_nothing_changes_one(both: Rig) -> None:
    counters = both.controllers.controller("VAV").counters.bacnet
    told = []
    for steps in (1, 5, 25):  # the first finds out what the controller can do
        both.run(steps=steps).execute()
        told.append(counters.copy())
    writes, reads = (
        (told[2][name] - told[1][name]) - (told[1][name] - told[0][name])
        for name in ("WritePropertyMultiple", "ReadPropertyMultiple")
    )
    assert reads == 20
    assert writes <= 20


def test_a_controller_without_the_services_for_many_is_written_and_read_one_by_one(tmp_path: Path) -> None:
    plain = profile(write_property_multiple=False, read_property_multiple=False, segmentation=False, max_apdu=206)
    with rig(tmp_path, profile=plain, over_bacnet=True) as subject:
        run = subject.run(steps=5)
        run.execute()
        assert written(subject, "VAV", "SpaceTemp")
        assert_given_back(subject)


def test_one_that_falls_silent_loses_its_overrides_and_gets_them_when_it_is_back(both: Rig) -> None:
    both.timeout_s = 0.5
    faults, silence = both.controllers.controller("VAV").faults, Mute()
    run = both.run()
    with in_background(run) as future:
        eventually(lambda: activations(run) == (1.0, 1.0))
        faults.add(silence)
        eventually(lambda: activations(run) == (1.0, 0.0))
        faults.remove(silence)
        eventually(lambda: activations(run) == (1.0, 1.0))
        run.request_stop()
        assert not future.result(DEADLINE_S).not_released
    assert_given_back(both)


def test_what_a_silent_one_keeps_is_said_stays_in_the_journal_and_goes_with_the_next_run(both: Rig) -> None:
    both.timeout_s = 0.5
    faults, silence = both.controllers.controller("VAV").faults, Mute()
    run = both.run()
    with in_background(run) as future:
        eventually(lambda: activations(run) == (1.0, 1.0))
        faults.add(silence)
        run.request_stop()
        left = future.result(DEADLINE_S).not_released
    assert {receipt.device for receipt in left} == {f"bacnet://{both.controllers.bacnet_addresses['VAV']}"}
    faults.remove(silence)
    both.timeout_s = 10.0  # a busy computer may answer late
    assert not both.execute(steps=1).not_released
    assert_given_back(both)


class TestNumbers:
    def test_a_device_of_another_number_is_not_taken_for_it(self, both: Rig) -> None:
        both.keys = {"device_instance": 4711}
        with pytest.raises(DeviceRefused, match="device 1 answers where device 4711 was expected"):
            both.execute(steps=1)
        assert [one.journal for one in controllers(both)] == [[], []]

    def test_one_of_the_right_number_is(self, both: Rig) -> None:
        both.keys = {"device_instance": 1}
        assert both.execute(steps=1).steps == 1


class TestClocks:
    @pytest.mark.parametrize("way", ["followed", "utc-only"])
    def test_they_are_told_model_time_and_put_back_to_what_they_were_ahead(self, tmp_path: Path, way: str) -> None:
        with rig(tmp_path, profile=profile(time_synchronization=way), over_bacnet=True) as subject:
            clock = subject.controllers.controller("AHU").clock
            seen: list[datetime] = []
            held(subject, lambda _run: seen.append(clock.now()), DESIRED_TIMEZONE=ZONE)
            assert abs((seen[0] - MODEL_START).total_seconds()) < 30
            assert clock.zone == "UTC"
            for controller in controllers(subject):
                assert_on_time(controller)

    def test_one_that_was_wrong_before_is_as_wrong_again(self, both: Rig) -> None:
        clock = both.controllers.controller("AHU").clock
        clock.set(datetime(2020, 2, 3, 4, 5), None)
        wrong_s = clock.aware_now().timestamp() - datetime.now().timestamp()
        both.execute(steps=1, DESIRED_TIMEZONE=ZONE)
        assert clock.aware_now().timestamp() - datetime.now().timestamp() == pytest.approx(wrong_s, abs=60)

    def test_without_a_zone_they_are_left_alone(self, both: Rig) -> None:
        held(both, lambda _run: assert_on_time(both.controllers.controller("AHU")))

    def test_one_that_takes_no_time_is_left_alone_and_that_is_said(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        with rig(tmp_path, profile=profile(time_synchronization="ignored"), over_bacnet=True) as subject:
            held(subject, lambda _run: assert_on_time(subject.controllers.controller("AHU")), DESIRED_TIMEZONE=ZONE)
            assert sum("has no TimeSynchronization" in line for line in caplog.messages) == 2
            assert_given_back(subject)

    def test_one_that_somebody_else_sets_is_not_begun_with(self, both: Rig) -> None:
        both.controllers.controller("AHU").clock.enable_ntp(True)
        with pytest.raises(DeviceRefused, match=r'"set_clock": false in its config leaves it alone'):
            both.execute(steps=1, DESIRED_TIMEZONE=ZONE)
        assert_given_back(both)
        for controller in controllers(both):
            assert_on_time(controller)

    def test_a_no_in_the_config_leaves_it_alone(self, both: Rig) -> None:
        both.controllers.controller("AHU").clock.enable_ntp(True)
        both.keys = {"set_clock": False}
        held(both, lambda _run: assert_on_time(both.controllers.controller("AHU")), DESIRED_TIMEZONE=ZONE)

    def test_one_that_passes_its_time_on_is_refused_before_anything_is_written(self, tmp_path: Path) -> None:
        with rig(tmp_path, profile=profile(time_recipients=(12, 13)), over_bacnet=True) as subject:
            with pytest.raises(ConfigError, match=r"passes its time on to others \(device 12, device 13\).*set_clock"):
                subject.execute(steps=1, DESIRED_TIMEZONE=ZONE)
            assert [one.journal for one in controllers(subject)] == [[], []]
            assert subject.execute(steps=1).steps == 1, "with clocks left alone nobody minds"

    def test_a_yes_in_the_config_sets_it_all_the_same(self, tmp_path: Path) -> None:
        with rig(tmp_path, profile=profile(time_recipients=(12,)), over_bacnet=True) as subject:
            subject.keys = {"set_clock": True}
            with pytest.raises(ConfigError) as caught:
                subject.execute(steps=1, DESIRED_TIMEZONE=ZONE)
            assert [problem.where for problem in caught.value.problems] == [
                f"bacnet://{subject.controllers.bacnet_addresses['VAV']}"
            ]

    def test_one_that_passes_it_on_to_nobody_is_set(self, tmp_path: Path) -> None:
        with rig(tmp_path, profile=profile(time_recipients=()), over_bacnet=True) as subject:
            seen: list[datetime] = []
            clock = subject.controllers.controller("AHU").clock
            held(subject, lambda _run: seen.append(clock.now()), DESIRED_TIMEZONE=ZONE)
            assert abs((seen[0] - MODEL_START).total_seconds()) < 30

    def test_to_whom_it_passes_its_time_on_is_in_the_journal_and_in_the_receipt(self, tmp_path: Path) -> None:
        with rig(tmp_path, profile=profile(time_recipients=(12,)), over_bacnet=True) as subject:
            [ahu, vav] = subject.configs()
            settings = subject.settings(DESIRED_TIMEZONE=ZONE)
            manager = bench.manager(subject.folder, settings, {**ahu, "set_clock": True}, {**vav, "set_clock": True})
            summary = Run(settings, manager, StateFolder(settings.state_dir), steps=1, clocks=in_no_time()).execute()
            told = [receipt.before for receipt in summary.receipts if receipt.what == "clock"]
            assert told == ["+0.00 h from UTC, followed by device 12"] * 2

    def test_one_without_a_time_to_tell_is_left_alone_and_driven_all_the_same(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        with rig(tmp_path, profile=profile(tells_time=lambda: False), over_bacnet=True) as subject:
            held(subject, lambda _run: assert_on_time(subject.controllers.controller("AHU")), DESIRED_TIMEZONE=ZONE)
            assert written(subject, "VAV", "SpaceTemp")
            assert sum("does not tell its time" in line for line in caplog.messages) == 2
            assert_given_back(subject)

    def test_one_that_no_longer_shows_its_time_is_given_back_unverified(self, tmp_path: Path) -> None:
        shows = [True]
        with rig(tmp_path, profile=profile(tells_time=lambda: shows[0]), over_bacnet=True) as subject:
            run = held(subject, lambda _run: shows.insert(0, False), DESIRED_TIMEZONE=ZONE)
            clocks = [receipt for receipt in run.summary().receipts if receipt.what == "clock"]
            assert [receipt.outcome for receipt in clocks] == [Outcome.UNVERIFIED] * 2
            assert "not verified" in str(clocks[0])
            assert "does not show its time" in str(clocks[0])
            for controller in controllers(subject):
                assert_on_time(controller)


class TestProof:
    """What is forced is read back once, when the controller has been coupled."""

    def told(self, caplog: pytest.LogCaptureFixture) -> list[str]:
        return [line for line in caplog.messages if "cannot be forced" in line]

    def proved(self, subject: Rig, caplog: pytest.LogCaptureFixture) -> list[str]:
        """Two looks must agree; the second is due when no read can be stale any longer, long before the refresh."""
        run = subject.run()
        with in_background(run) as future:
            eventually(lambda: bool(self.told(caplog)))
            run.request_stop()
            assert future.result(DEADLINE_S).is_clean
        return self.told(caplog)

    def test_one_that_takes_values_and_goes_on_showing_its_sensor_is_told(
        self, both: Rig, caplog: pytest.LogCaptureFixture
    ) -> None:
        both.controllers.controller("AHU").faults.add(Stores(StorageQuirk(ignores=True), {"DischAirTemp"}))
        [told] = self.proved(both, caplog)
        assert told.endswith(
            "DischAirTemp (AnalogInput 1) cannot be forced: it accepts what it is sent, and goes on showing -40.0"
        )
        assert_given_back(both)

    def test_one_that_cannot_be_taken_out_of_service_is_told_and_the_rest_goes_on(
        self, both: Rig, caplog: pytest.LogCaptureFixture
    ) -> None:
        both.controllers.controller("AHU").faults.add(FailWrites({"DischAirTemp"}))
        [told] = self.proved(both, caplog)
        assert "refused a write to AnalogInput 1 (DischAirTemp)" in told
        assert written(both, "AHU", "FanStatus")
        assert_given_back(both)

    @pytest.mark.parametrize(
        "fault", [FailWrites({"SpaceTemp"}), Stores(StorageQuirk(ignores=True), {"SpaceTemp"})], ids=["refused", "kept"]
    )
    def test_one_that_can_be_shown_nothing_is_told_to_command_blindly(
        self, both: Rig, caplog: pytest.LogCaptureFixture, fault: Fault
    ) -> None:
        def blind() -> list[str]:
            return [line for line in caplog.messages if "does not see the building" in line]

        both.controllers.controller("VAV").faults.add(fault)
        run = both.run()
        with in_background(run) as future:
            eventually(lambda: bool(blind()))
            run.request_stop()
            assert future.result(DEADLINE_S).is_clean
        [told] = blind()
        assert both.controllers.bacnet_addresses["VAV"] in told
        assert "does not see the building: none of its inputs (1) can be forced" in told
        assert_given_back(both)

    def test_it_costs_two_looks_in_all(self, both: Rig) -> None:
        counters = both.controllers.controller("VAV").counters.bacnet
        both.run(steps=1).execute()
        told = [counters["ReadPropertyMultiple"]]
        for steps in (1, 2):
            both.run(steps=steps).execute()
            told.append(counters["ReadPropertyMultiple"])
        assert (told[2] - told[1]) - (told[1] - told[0]) == 1


class TestApplicationsChanged:
    """A value that an application reads in the place of an input that cannot be forced."""

    POINT = bench.analog_input(
        "hvac_reaAhu_TSup_y", "OutdoorAirTemp", object_type="AnalogValue", in_place_of="DischAirTemp"
    )

    def test_it_is_commanded_and_the_report_of_the_run_says_so(self, both: Rig, tmp_path: Path) -> None:
        both.ahu_points = (self.POINT, *AHU_POINTS[2:])
        both.execute(steps=3)
        assert written(both, "AHU", "OutdoorAirTemp")
        assert "Application changed: AHU reads OutdoorAirTemp in the place of DischAirTemp." in reported(tmp_path)

    def test_where_nothing_was_changed_nothing_is_said(self, both: Rig, tmp_path: Path) -> None:
        both.execute(steps=1)
        assert "Application changed" not in reported(tmp_path)
