"""Whole runs over real sockets: what is written, what is read, how it ends, and that all of it is given back."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import pytest

from bridge.run import Declined, FirstContact, Run
from emulators.boptest.faults import AnswerWith, DroppedAnswer, FailedSimulation, HoldCall
from emulators.ecy.faults.answers import WEB_PAGE
from emulators.ecy.faults.calls import AnswerInstead, DropConnection
from emulators.ecy.faults.fault import Fault
from emulators.ecy.profile import Profile
from emulators.http.messages import Response
from emulators.program import ObjectSpec, ProgramIO
from ledger.receipts import Outcome
from tests import bench
from tests.bridge.looking import assert_as_it_was, assert_untouched, force, held, written
from tests.bridge.rig import AHU_OBJECTS, AHU_POINTS, PASSWORD, Rig, in_background, rig
from tests.waiting import DEADLINE_S
from utils.errors import ConfigError, DeviceRefused, SimulationError, SimulationUnreachable
from utils.state_folder import StateFolder
from utils.values import as_real32


class CountingProgram:
    """Says how often it was scanned."""

    objects = AHU_OBJECTS

    def __init__(self) -> None:
        self.scans = 0

    def scan(self, io: ProgramIO, now: datetime, dt_s: float) -> None:
        self.scans += 1


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Rig]:
    with rig(tmp_path) as running:
        yield running


class TestOneStep:
    def test_measurements_arrive_in_the_controllers_unit_and_precision(self, both: Rig) -> None:
        run = both.run(steps=3)
        run.execute()
        for target, value in run.status().seen.items():
            name = "AHU" if target.device == both.controllers.addresses["AHU"] else "VAV"
            assert as_real32(value) in [as_real32(float(v)) for v in written(both, name, target.name) if v is not None]

    def test_us_units_arrive_where_they_are_asked_for(self, tmp_path: Path) -> None:
        objects = (ObjectSpec("AnalogInput", "DischAirTemp", "degrees-fahrenheit"), *AHU_OBJECTS[1:])
        with rig(tmp_path, ahu_objects=objects) as subject:
            subject.ahu_points = [AHU_POINTS[0], *AHU_POINTS[2:]]
            subject.keys = {"unit_system": "US"}
            subject.execute(steps=1)
            assert 32 < written(subject, "AHU", "DischAirTemp")[0] < 120

    def test_outputs_drive_the_simulation(self, both: Rig) -> None:
        run = both.run(steps=30)
        run.execute()
        assert run.last_values["hvac_oveAhu_yFan_activate"] == 1.0
        assert run.last_values["hvac_oveAhu_yFan_u"] == pytest.approx(0.6)
        assert run.last_values["hvac_oveAhu_yPumCoo_u"] == 1.0
        assert run.last_values["hvac_oveZonActSou_yDam_u"] == pytest.approx(0.3)

    def test_nothing_is_overridden_while_the_controllers_couple(self, both: Rig) -> None:
        def look(run: Run) -> None:
            assert run.last_values["hvac_oveAhu_yFan_activate"] == 0.0
            assert both.controllers.controller("AHU").objects.named("DischAirTemp").out_of_service

        held(both, look)

    def test_inputs_are_out_of_service_before_they_are_written(self, both: Rig) -> None:
        both.execute(steps=1)
        journal = both.controllers.controller("VAV").journal
        assert [(r.property_name, r.value) for r in journal[:1]] == [("out-of-service", True)]
        assert not [record for record in journal if record.refused]

    @pytest.mark.parametrize(
        ("variables", "batches"), [({}, 1), ({"ECY_SETTLE_TIME": "0"}, 2), ({"BOP_TIME_SCALE": "1000"}, 2)]
    )
    def test_a_step_costs_one_batch_as_fast_as_possible_and_two_when_paced(
        self, both: Rig, variables: dict[str, str], batches: int
    ) -> None:
        short, long = both.run(steps=5, **variables), both.run(steps=25, **variables)
        counters = both.controllers.controller("AHU").counters.requests
        short.execute()
        before = counters["POST"]
        long.execute()
        fixed = before - 5 * batches
        assert counters["POST"] - before - fixed == 25 * batches

    @pytest.mark.parametrize("variables", [{}, {"ECY_SETTLE_TIME": "0"}, {"BOP_TIME_SCALE": "1000"}])
    def test_controllers_that_are_scanned_with_the_simulation_run_at_any_pace(
        self, tmp_path: Path, variables: dict[str, str]
    ) -> None:
        program = CountingProgram()
        with rig(tmp_path, ahu_program=program) as subject:
            subject.execute(steps=3, **variables)
        assert program.scans >= 3 * 5

    def test_what_does_not_change_is_not_written_again(self, both: Rig) -> None:
        summary = both.execute(steps=20)
        assert summary.suppressed > 0
        assert len(written(both, "AHU", "FanStatus")) == 1

    def test_indicators_are_written_as_values(self, both: Rig) -> None:
        both.ahu_points = [
            *AHU_POINTS,
            {"bop_point": "ener_tot", "ecy_point": "Energy", "object_type": "AnalogValue"},
        ]
        both.controllers.controller("AHU").objects.add(ObjectSpec("AnalogValue", "Energy"))
        both.execute(steps=2)
        assert written(both, "AHU", "Energy")[0] is not None

    def test_a_paced_run_takes_the_time_that_it_should(self, both: Rig) -> None:
        summary = both.execute(steps=4, BOP_TIME_SCALE="50")
        assert summary.wall_s >= 4 * 5 / 50
        assert summary.steps == 4


class TestClocks:
    def test_clocks_show_model_time_during_the_run_and_are_put_back(self, both: Rig) -> None:
        seen: list[datetime] = []

        def look(run: Run) -> None:
            clock = both.controllers.controller("AHU").clock
            assert (clock.zone, clock.ntp_enabled) == ("US/Mountain", False)
            seen.append(clock.now())

        held(both, look, DESIRED_TIMEZONE="US/Mountain")
        assert abs((seen[0] - datetime(2023, 7, 6, 10)).total_seconds()) < 30
        assert_as_it_was(both)

    def test_without_a_zone_the_clocks_are_left_alone(self, both: Rig) -> None:
        held(both, lambda run: assert_clock_untouched(both))

    def test_a_clock_without_ntp_gets_the_hosts_time_back_and_no_ntp(self, both: Rig) -> None:
        clock = both.controllers.controller("AHU").clock
        clock.enable_ntp(False)
        both.execute(steps=1, DESIRED_TIMEZONE="US/Mountain")
        assert (clock.zone, clock.ntp_enabled) == ("UTC", False)
        assert abs(clock.aware_now().timestamp() - datetime.now().timestamp()) < 60


CUSTOM = "Distech/Custom"


class TestZonesOfItsOwn:
    """The air handler's controller has a zone that nobody else knows."""

    @pytest.mark.parametrize("ntp", [True, False])
    def test_one_that_it_takes_back_is_put_back_with_its_own_time(self, tmp_path: Path, ntp: bool) -> None:
        with rig(tmp_path, profile=Profile(own_zones={CUSTOM: -4.5})) as subject:
            clock = subject.controllers.controller("AHU").clock
            clock.set(None, CUSTOM)
            clock.enable_ntp(ntp)

            def look(_run: Run) -> None:
                assert (clock.zone, clock.ntp_enabled) == ("US/Mountain", False)

            summary = held(subject, look, DESIRED_TIMEZONE="US/Mountain").summary()
            assert not summary.not_released
            assert (clock.zone, clock.ntp_enabled) == (CUSTOM, ntp)
            assert abs(clock.aware_now().timestamp() - datetime.now().timestamp()) < 60

    @pytest.mark.parametrize(
        ("zone", "profile", "words"),
        [
            (
                CUSTOM,
                Profile(own_zones={CUSTOM: -4.5}, accepted_zones=frozenset({"US/Mountain", "UTC"})),
                "does not take",
            ),
            (CUSTOM, Profile(own_zones={CUSTOM: -4.5}, date_time_form="utc"), "tells the time of UTC"),
            ("", Profile(own_zones={"": 0.0}), "does not tell its time zone"),
        ],
    )
    @pytest.mark.parametrize("ntp", [True, False])
    def test_a_clock_that_could_not_be_put_back_is_left_alone_and_that_is_said(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture, zone: str, profile: Profile, words: str, ntp: bool
    ) -> None:
        with rig(tmp_path, profile=profile) as subject:
            clock = subject.controllers.controller("AHU").clock
            clock.set(None, zone)
            clock.enable_ntp(ntp)
            summary = held(
                subject, lambda run: assert_zone(subject, zone, ntp=ntp), DESIRED_TIMEZONE="US/Mountain"
            ).summary()
            assert not summary.not_released
            assert_zone(subject, zone, ntp=ntp)
            told = [line for line in caplog.messages if words in line]
            assert len(told) == 1
            assert subject.controllers.addresses["AHU"] in told[0]


def assert_zone(subject: Rig, zone: str, *, ntp: bool) -> None:
    clock = subject.controllers.controller("AHU").clock
    assert (clock.zone, clock.ntp_enabled) == (zone, ntp)
    assert abs(clock.aware_now().timestamp() - datetime.now().timestamp()) < 60


def assert_clock_untouched(subject: Rig) -> None:
    clock = subject.controllers.controller("AHU").clock
    assert (clock.zone, clock.ntp_enabled) == ("UTC", True)


class TestEnding:
    @pytest.mark.parametrize(
        "fault", [DropConnection(2), AnswerInstead(Response(503, b"{}"), 2), AnswerInstead(WEB_PAGE, 2)]
    )
    def test_a_bad_moment_while_giving_back_is_waited_out(self, both: Rig, fault: Fault) -> None:
        def stop(run: Run) -> None:
            run.request_stop()
            both.controllers.controller("VAV").faults.add(fault)

        run = held(both, stop)
        assert not run.summary().not_released
        assert len(run.summary().receipts) == 4
        assert_as_it_was(both)

    def test_after_the_last_step_everything_is_given_back_and_the_test_is_stopped(self, both: Rig) -> None:
        run = both.run(steps=3)
        summary = run.execute()
        assert {receipt.outcome for receipt in summary.receipts} == {Outcome.RELEASED}
        assert len(summary.receipts) == 4
        assert_as_it_was(both)
        assert StateFolder(both.folder / ".state").tests.orphans(both.building.url) == []

    def test_a_stop_in_the_middle_of_an_advance_abandons_it_and_gives_everything_back(self, both: Rig) -> None:
        run = both.run()
        hold = both.building.faults.add(HoldCall(), "advance")
        with in_background(run) as future:
            assert hold.reached.wait(DEADLINE_S)
            run.request_stop()
            summary = future.result(DEADLINE_S)
        assert_as_it_was(both)
        assert not summary.not_released

    def test_a_stop_before_anything_was_written_leaves_nothing(self, both: Rig) -> None:
        run = both.run()
        hold = both.building.faults.add(HoldCall(), "initialize")
        with in_background(run) as future:
            assert hold.reached.wait(DEADLINE_S)
            run.request_stop()
            assert future.result(DEADLINE_S).receipts == ()
        assert_untouched(both)

    def test_a_failed_advance_ends_the_run_with_the_servers_words(self, both: Rig) -> None:
        run = both.run()
        both.building.faults.add(FailedSimulation("the solver did not converge"), "advance")
        with pytest.raises(SimulationError, match="the solver did not converge"):
            run.execute()
        assert_as_it_was(both)

    def test_an_advance_whose_answer_is_lost_is_not_sent_again(self, both: Rig) -> None:
        run = both.run()
        both.building.faults.add(DroppedAnswer(), "advance")
        with pytest.raises(SimulationUnreachable):
            run.execute()
        assert run.status().step == 0
        assert_as_it_was(both)

    def test_the_end_of_a_scenario_is_a_normal_end(self, both: Rig) -> None:
        run = both.run()
        both.building.faults.add(
            AnswerWith(200, '{"status":200,"message":"End of test case scenario time period reached.","payload":{}}'),
            "advance",
        )
        assert run.execute().steps == 0
        assert_as_it_was(both)

    def test_a_run_can_be_repeated(self, both: Rig) -> None:
        first, second = both.execute(steps=2), both.execute(steps=2)
        assert len(first.receipts) == len(second.receipts) == 4


class TestOtherPeoplesThings:
    def test_a_slot_that_somebody_holds_is_refused_before_anything_is_written(self, both: Rig) -> None:
        objects = both.controllers.controller("AHU").objects
        objects.command("OutdoorAirTemp", 55.0, 14)
        with pytest.raises(ConfigError, match=r"OutdoorAirTemp: slot 14 of AnalogValue 1 holds 55.0 already"):
            both.execute()
        assert_untouched(both)
        assert objects.named("OutdoorAirTemp").slots[13] == 55.0

    def test_an_occupied_slot_is_restored_where_the_config_takes_it(self, both: Rig) -> None:
        objects = both.controllers.controller("AHU").objects
        objects.command("OutdoorAirTemp", 55.0, 14)
        both.ahu_points = [AHU_POINTS[0], {**AHU_POINTS[1], "take_occupied": True}, *AHU_POINTS[2:]]
        summary = both.execute()
        assert objects.named("OutdoorAirTemp").slots[13] == 55.0
        assert Outcome.RESTORED in {receipt.outcome for receipt in summary.receipts}

    def test_a_slot_that_an_operator_takes_over_is_left_alone_and_told(self, both: Rig) -> None:
        objects = both.controllers.controller("AHU").objects
        both.ahu_points = [AHU_POINTS[0], {**AHU_POINTS[1], "deadband": 100.0}, *AHU_POINTS[2:]]
        run = held(both, lambda run: objects.command("OutdoorAirTemp", 99.0, 14), steps=2)
        assert objects.named("OutdoorAirTemp").slots[13] == 99.0
        [left] = [receipt for receipt in run.summary().receipts if receipt.outcome is Outcome.LEFT_ALONE]
        assert "slot 14" in str(left)
        assert "it holds 99.0" in str(left)

    def test_before_the_second_exchange_it_is_in_doubt_and_given_back_with_its_value(self, both: Rig) -> None:
        objects = both.controllers.controller("AHU").objects
        both.ahu_points = [AHU_POINTS[0], {**AHU_POINTS[1], "deadband": 100.0}, *AHU_POINTS[2:]]
        run = held(both, lambda run: objects.command("OutdoorAirTemp", 99.0, 14))
        assert objects.named("OutdoorAirTemp").slots[13] is None
        assert any("it held 99.0, which may be ours" in str(receipt) for receipt in run.summary().receipts)

    def test_an_input_that_was_out_of_service_gets_its_value_and_flag_back_where_the_config_takes_it(
        self, both: Rig
    ) -> None:
        controller = both.controllers.controller("AHU")
        force(controller, "DischAirTemp", 17.5)
        both.ahu_points = [{**AHU_POINTS[0], "take_occupied": True}, *AHU_POINTS[1:]]
        both.execute()
        found = controller.objects.named("DischAirTemp")
        assert (found.out_of_service, found.present_value) == (True, 17.5)


class TestProblemsAtTheStart:
    def test_unknown_names_of_the_simulation_are_reported_together(self, both: Rig) -> None:
        both.ahu_points = [
            bench.analog_input("hvac_reaAhu_TSupp_y", "DischAirTemp"),
            bench.output("hvac_oveAhu_yFann", "FanSpeed"),
        ]
        with pytest.raises(ConfigError) as caught:
            both.execute()
        text = str(caught.value)
        assert "no point hvac_reaAhu_TSupp_y; did you mean hvac_reaAhu_TSup_y?" in text
        assert "no point hvac_oveAhu_yFann_u; did you mean hvac_oveAhu_yFan_u?" in text
        assert_untouched(both)

    def test_unknown_names_and_wrong_units_of_the_controllers_are_reported_together(self, both: Rig) -> None:
        both.ahu_points = [
            bench.analog_input("hvac_reaAhu_TSup_y", "DischAirTmp"),
            bench.analog_input("hvac_reaAhu_TRet_y", "FanStatus", object_type="AnalogValue"),
            bench.analog_input("weaSta_reaWeaTDryBul_y", "OutdoorAirTemp", object_type="AnalogValue", si_unit="K"),
        ]
        with pytest.raises(ConfigError) as caught:
            both.execute()
        text = str(caught.value)
        assert "did you mean DischAirTemp?" in text
        assert "it has it as BinaryInput" in text
        assert "we exchange K but the object is in degrees-celsius" in text
        assert_untouched(both)

    def test_a_wrong_password_is_one_clear_line(self, both: Rig) -> None:
        with pytest.raises(DeviceRefused, match="user name or password"):
            both.execute(ECY2_LOGIN_PWORD="wrong")
        assert_untouched(both)

    def test_a_server_that_is_not_there_is_waited_for_and_named(self, both: Rig) -> None:
        url = both.building.url
        both.building.stop()
        run = both.run(BOP_CONNECT_TIMEOUT="0")
        with pytest.raises(SimulationUnreachable, match=url.removeprefix("http://")):
            run.execute()
        assert_untouched(both)

    def test_firmware_1_is_recognised(self, tmp_path: Path) -> None:
        with rig(tmp_path, profile=Profile(firmware="1.x")) as subject, pytest.raises(DeviceRefused, match=r"1\.x"):
            subject.execute()

    def test_declining_the_first_contact_writes_nothing(self, both: Rig) -> None:
        run = both.run()
        run.confirm = lambda contacts: False
        with pytest.raises(Declined):
            run.execute()
        assert_untouched(both)

    def test_before_somebody_has_agreed_a_controller_is_not_shown_the_account(self, both: Rig) -> None:
        controller, run = both.controllers.controller("AHU"), both.run(steps=1)
        seen: list[tuple[str | None, int]] = []

        def agree(contacts: Sequence[FirstContact]) -> bool:
            seen.extend((contact.fingerprint, controller.counters.basic_sign_ins) for contact in contacts)
            return True

        run.confirm = agree
        run.execute()
        assert [(len(fingerprint or ""), sign_ins) for fingerprint, sign_ins in seen] == [(64, 0), (64, 0)]
        assert controller.counters.basic_sign_ins == 1

    def test_one_that_does_not_answer_yet_is_asked_about_as_well(self, both: Rig) -> None:
        both.controllers.controller("VAV").faults.add(DropConnection(None))
        asked: list[FirstContact] = []

        def decline(contacts: Sequence[FirstContact]) -> bool:
            asked.extend(contacts)
            return False

        run = both.run()
        run.confirm = decline
        with pytest.raises(Declined):
            run.execute()
        assert [(one.device, one.is_absent) for one in asked] == [
            (both.controllers.addresses[name], name == "VAV") for name in ("AHU", "VAV")
        ]
        assert asked[1].objects == ("AnalogInput SpaceTemp",)

    def test_what_is_no_controller_is_not_asked_about(self, both: Rig) -> None:
        page = Response(401, b"<html>Sign in</html>", "text/html", {"www-authenticate": 'Basic realm="RT-66"'})
        both.controllers.controller("VAV").faults.add(AnswerInstead(page, times=None))
        run = both.run()
        run.confirm = lambda contacts: pytest.fail("asked")
        with pytest.raises(DeviceRefused, match="does not look like an ECY"):
            run.execute()

    def test_the_first_contact_lists_what_will_be_forced_and_happens_once(self, both: Rig) -> None:
        asked: list[str] = []

        def agree(contacts: Sequence[FirstContact]) -> bool:
            asked.extend(name for contact in contacts for name in contact.objects)
            return True

        for _ in range(2):
            run = both.run(steps=1)
            run.confirm = agree
            run.execute()
        assert len(asked) == len(set(asked)) == 4
        assert any("AnalogInput SpaceTemp" in name for name in asked)


class TestLegacyServer:
    def test_the_same_run_on_a_legacy_server(self, tmp_path: Path) -> None:
        with rig(tmp_path, legacy=True) as subject:
            run = subject.run(steps=3)
            summary = run.execute()
            assert (summary.steps, run.client.api) == (3, "legacy")
            assert run.last_values["hvac_oveAhu_yFan_activate"] == 1.0
            assert_as_it_was(subject)


class TestSecrets:
    def test_no_password_is_in_any_log_record_repr_or_error(self, both: Rig, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)
        run = both.run(steps=2)
        run.execute()
        with pytest.raises(DeviceRefused) as caught:
            both.execute(ECY2_LOGIN_PWORD="sesame-42")
        texts = [caplog.text, repr(run), repr(both.settings()), str(caught.value), repr(caught.value)]
        for secret in (PASSWORD, "sesame-42", Profile().cookie_name, "Basic ", "Authorization"):
            assert not any(secret in text for text in texts), secret
