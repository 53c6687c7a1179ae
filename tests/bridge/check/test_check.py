"""The preflight over real sockets: what it sees, what it judges, and that it writes nothing."""

from __future__ import annotations

import json
import ssl
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from bridge.check import CheckReport
from bridge.check.asking import DEADLINES
from bridge.findings import Finding, Severity, Topic
from bridge.first_contact import FirstContact
from clients.boptest.select import Timeouts
from clients.boptest_client import BOPTestClient
from clients.http.tls import fingerprint_of
from emulators.boptest.faults import AnswerWith, DroppedRequest, HoldCall
from emulators.boptest.faults import BoptestFault as BoptestFault
from emulators.ecy.bacnet_profile import BacnetProfile
from emulators.ecy.faults.calls import AnswerInstead, DropConnection
from emulators.ecy.faults.fault import Fault
from emulators.ecy.profile import Profile
from emulators.http.messages import Request, Response
from emulators.program import ObjectSpec
from ledger.entries import TakenInput, TakenSlot
from ledger.record.journal import Journals
from tests import bench
from tests.bridge.check.looking import check, preflight, problems
from tests.bridge.looking import assert_untouched, force
from tests.bridge.rig import AHU_POINTS, PASSWORD, Rig, rig
from tests.waiting import DEADLINE_S
from utils.errors import ConfigError, SimulationAborted
from utils.state_folder import StateFolder
from utils.values import ObjectRef, ObjectType

OUTDOOR = ObjectRef(ObjectType.ANALOG_VALUE, 1)


class User:
    """Somebody who is asked whether the account may be shown."""

    def __init__(self, answer: bool) -> None:
        self.asked: list[FirstContact] = []
        self._answer = answer

    def __call__(self, contacts: Sequence[FirstContact]) -> bool:
        self.asked += contacts
        return self._answer


def fingerprint(subject: Rig, name: str) -> str:
    text = subject.controllers.certificate(name).read_text(encoding="ascii")
    return fingerprint_of(ssl.PEM_cert_to_DER_cert(text))


def found(report: CheckReport, topic: Topic) -> list[Finding]:
    return [finding for finding in report.findings if finding.topic is topic]


def state_of(subject: Rig) -> StateFolder:
    return StateFolder(subject.settings().state_dir)


def open_tests(subject: Rig) -> list[Path]:
    """The notes of tests that were selected and not stopped."""
    return list((subject.folder / ".state" / "tests").glob("*.json"))


class Recorder(Fault):
    """Keeps every request to a controller, and lets all of them pass."""

    def __init__(self) -> None:
        self.requests: list[Request] = []

    async def on_request(self, request: Request) -> Response | None:
        """Keep it."""
        self.requests.append(request)
        return None


class Forbidden(Fault):
    """Answers 403 on one path."""

    def __init__(self, path: str) -> None:
        self._path = f"/api/rest/v2{path}"

    async def on_request(self, request: Request) -> Response | None:
        """Refuse it."""
        return Response(403, b"{}") if request.path == self._path else None


class Calls(BoptestFault):
    """Counts the calls to the simulation that meet it."""

    def __init__(self) -> None:
        self.count = 0

    def before(self) -> None:
        """Count."""
        self.count += 1


class TestWritesNothing:
    def test_every_request_to_a_controller_is_a_get_alone_or_in_a_batch(self, both: Rig) -> None:
        recorder = Recorder()
        for name in ("AHU", "VAV"):
            both.controllers.controller(name).faults.add(recorder)
        check(both)
        posts = [request for request in recorder.requests if request.method != "GET"]
        assert {(request.method, request.path) for request in posts} == {("POST", "/api/rest/v2/batch")}
        assert {item["method"] for post in posts for item in json.loads(post.body)["requests"]} == {"GET"}
        assert_untouched(both)

    def test_its_own_test_is_stopped(self, both: Rig) -> None:
        calls = both.building.faults.add(Calls(), "stop", times=None)
        check(both)
        assert calls.count == 1
        assert not open_tests(both)

    def test_on_a_legacy_server_it_only_reads(self, tmp_path: Path) -> None:
        writes = ("initialize", "advance", "set_step", "set_scenario", "get_results", "get_forecast")
        with rig(tmp_path, legacy=True) as subject:
            calls = subject.building.faults.add(Calls(), *writes, times=None)
            report = check(subject)
            assert calls.count == 0
        assert {row.simulation_value for row in report.points} == {None}
        assert "no values of the simulation" in found(report, Topic.VALUE)[0].what
        assert report.exit_code == 0

    def test_a_run_of_ours_that_goes_on_is_not_disturbed(self, both: Rig) -> None:
        both.execute(steps=1)
        for name in ("AHU", "VAV"):
            both.controllers.controller(name).journal.clear()
        check(both)
        assert_untouched(both)


@pytest.fixture(scope="module")
def report(shared: Rig) -> CheckReport:
    return check(shared)


class TestWhatItShows:
    def test_a_point_on_both_sides_in_the_controllers_unit(self, report: CheckReport) -> None:
        rows = {row.object_name: row for row in report.points}
        supply, fan = rows["DischAirTemp"], rows["FanSpeed"]
        assert (supply.simulation_unit, supply.device_unit, supply.quantity) == ("K", "degC", "temperature")
        assert supply.simulation_value is not None
        assert supply.in_controller_unit == supply.would_send == pytest.approx(supply.simulation_value - 273.15)
        assert (supply.controller_value, supply.instance, supply.object_units) == (-40.0, 1, "degrees-celsius")
        assert fan.simulation_value is not None
        assert fan.in_controller_unit == pytest.approx(100 * fan.simulation_value)
        assert fan.controller_value == 60.0
        assert fan.would_send == pytest.approx(0.6)

    def test_both_peers_and_their_days(self, report: CheckReport) -> None:
        simulation, controller = report.simulation, report.controllers[0]
        assert (simulation.weekday, simulation.day_of_year) == ("Thursday", 186)
        assert simulation.occupied == "06:00 to 19:00 every day"
        assert (controller.name, controller.session, controller.equipments) == ("AHU", "signed in", ("AHU",))
        assert controller.exchange_s is not None
        assert controller.clock is not None
        assert (controller.clock.zone, controller.clock.ntp_enabled) == ("UTC", True)
        assert controller.clock.offset_s == pytest.approx(0.0, abs=2.0)

    def test_a_certificate_is_new_until_a_run_has_put_it_on_record(self, both: Rig) -> None:
        looked = [check(both), check(both)]
        both.execute(1)
        looked.append(check(both))
        certificates = [[row.certificate for row in report.controllers] for report in looked]
        assert [[one.is_new for one in told if one is not None] for told in certificates] == [
            [True, True],
            [True, True],
            [False, False],
        ]
        assert len({told[0].fingerprint for told in certificates if told[0] is not None}) == 1
        assert [len(found(report, Topic.CERTIFICATE)) for report in looked] == [2, 2, 0]

    def test_without_a_yes_a_new_controller_is_met_and_shown_no_account(self, both: Rig) -> None:
        both.execute(1)
        state_of(both).pins.file.write_text("{}")
        vav, ahu = (both.controllers.controller(name).counters for name in ("VAV", "AHU"))
        state_of(both).pins.set(both.controllers.addresses["AHU"], fingerprint(both, "AHU"))
        signed_in, user = (vav.basic_sign_ins, ahu.basic_sign_ins), User(answer=False)
        report = preflight(both, DEADLINES, user).look()
        address = both.controllers.addresses["VAV"]
        assert user.asked == [FirstContact(address, fingerprint(both, "VAV"))]
        assert (vav.basic_sign_ins, ahu.basic_sign_ins) == (signed_in[0], signed_in[1] + 1)
        [problem] = problems(report)
        assert problem.startswith(f"{address}: there is no record of its certificate (SHA-256 ")
        assert [row.session for row in report.controllers] == ["signed in", "not signed in"]
        assert report.exit_code == 1
        assert state_of(both).pins.get(address) is None

    def test_where_no_pin_decides_a_run_that_has_met_it_is_the_record(self, both: Rig) -> None:
        counters = both.controllers.controller("VAV").counters
        signed_in, user = counters.basic_sign_ins, User(answer=False)
        report = preflight(both, DEADLINES, user, ECY_TLS="off").look()
        assert {contact.fingerprint for contact in user.asked} == {None}
        assert counters.basic_sign_ins == signed_in
        assert all("no run from here has met it" in problem for problem in problems(report))
        both.execute(1, ECY_TLS="off")
        assert preflight(both, DEADLINES, User(answer=False), ECY_TLS="off").look().exit_code == 0

    def test_a_server_that_is_not_there_is_named_once(self, both: Rig) -> None:
        [problem] = problems(check(both, BOP_SERVER_URL="http://127.0.0.1:9", BOP_CONNECT_TIMEOUT="0"))
        assert problem.count("http://127.0.0.1:9") == 1

    def test_what_is_no_ecy_is_told_without_asking_anybody(self, both: Rig) -> None:
        page = Response(401, b"<html>Sign in</html>", "text/html", {"www-authenticate": 'Basic realm="RT-66"'})
        both.controllers.controller("VAV").faults.add(AnswerInstead(page, times=None))
        user = User(answer=True)
        report = preflight(both, DEADLINES, user).look()
        assert [certificate.device for certificate in user.asked] == [both.controllers.addresses["AHU"]]
        [problem] = problems(report)
        assert "does not look like an ECY controller" in problem
        assert not state_of(both).pins.file.exists()

    def test_a_run_that_would_start_has_no_problems(self, report: CheckReport) -> None:
        assert problems(report) == []
        assert report.exit_code == 0


class TestProblems:
    def test_a_slot_that_is_occupied_is_a_problem_as_it_is_for_a_run(self, both: Rig) -> None:
        both.controllers.controller("AHU").objects.command("OutdoorAirTemp", 21.5, 14)
        report = check(both)
        [problem] = problems(report)
        assert "slot 14 of AnalogValue 1 holds 21.5 already" in problem
        assert report.exit_code == 2
        with pytest.raises(ConfigError, match=r"holds 21\.5 already"):
            both.execute(steps=1)

    def test_with_take_occupied_it_is_only_noted(self, both: Rig) -> None:
        both.controllers.controller("AHU").objects.command("OutdoorAirTemp", 21.5, 14)
        both.ahu_points = [*AHU_POINTS[:1], {**AHU_POINTS[1], "take_occupied": True}]
        [finding] = found(check(both), Topic.SLOT)
        assert (finding.severity, finding.what) == (
            Severity.NOTE,
            "slot 14 of AnalogValue 1 holds 21.5 already; taken, and put back at the end (take_occupied)",
        )

    def test_an_input_that_is_out_of_service_is_a_problem_as_it_is_for_a_run(self, both: Rig) -> None:
        force(both.controllers.controller("AHU"), "DischAirTemp", 17.5)
        report = check(both)
        [finding] = found(report, Topic.SERVICE)
        assert finding.severity is Severity.PROBLEM
        assert "AnalogInput 1 is out of service already and holds 17.5; somebody else uses it" in finding.what
        assert report.exit_code == 2
        with pytest.raises(ConfigError, match=r"is out of service already and holds 17\.5"):
            both.execute(steps=1)

    def test_where_its_file_takes_it_it_is_only_noted(self, both: Rig) -> None:
        force(both.controllers.controller("AHU"), "DischAirTemp", 17.5)
        both.keys = {"take_occupied": True}
        report = check(both)
        [finding] = found(report, Topic.SERVICE)
        assert (finding.severity, finding.what) == (
            Severity.NOTE,
            "AnalogInput 1 is out of service already and holds 17.5; taken, and put back at the end (take_occupied)",
        )
        assert report.exit_code == 0

    def test_all_kinds_of_problems_are_told_at_once_beside_what_is_known(self, both: Rig) -> None:
        both.controllers.controller("VAV").faults.add(DropConnection(None))
        both.controllers.controller("AHU").objects.command("OutdoorAirTemp", 21.5, 14)
        both.ahu_points = [
            *AHU_POINTS,
            bench.analog_input("hvac_reaAhu_TRte_y", "DischAirTmp"),
        ]
        report = check(both)
        told = "\n".join(problems(report))
        assert "did you mean hvac_reaAhu_TRet_y?" in told
        assert "did you mean DischAirTemp?" in told
        assert "holds 21.5 already" in told
        rows = {row.object_name: row for row in report.points}
        assert rows["DischAirTemp"].controller_value == -40.0
        assert (rows["DischAirTmp"].controller_value, rows["DischAirTmp"].simulation_value) == (None, None)
        assert rows["SpaceTemp"].controller_value is None
        assert rows["SpaceTemp"].in_controller_unit is not None
        [absent] = found(report, Topic.CONNECTION)
        assert (absent.severity, absent.where) == (Severity.WARNING, both.controllers.addresses["VAV"])
        assert report.exit_code == 2

    def test_an_object_of_another_type_is_shown_the_way_out(self, tmp_path: Path) -> None:
        with rig(tmp_path, ahu_objects=[ObjectSpec("AnalogValue", "DischAirTemp", "degrees-celsius")]) as subject:
            subject.ahu_points = AHU_POINTS[:1]
            report = check(subject)
        assert [finding.severity for finding in found(report, Topic.CONFIG)] == [Severity.PROBLEM, Severity.NOTE]
        assert "use the network value" in found(report, Topic.CONFIG)[1].what

    def test_when_no_controller_answers_the_simulation_is_shown_all_the_same(self, both: Rig) -> None:
        for name in ("AHU", "VAV"):
            both.controllers.controller(name).faults.add(DropConnection(None))
        report = check(both)
        assert report.exit_code == 1
        assert all(row.simulation_value is not None for row in report.points)
        assert {row.session for row in report.controllers} == {"no answer"}

    def test_when_the_simulation_does_not_answer_the_controllers_are_shown_all_the_same(self, both: Rig) -> None:
        both.building.faults.add(DroppedRequest(), times=None)
        report = check(both, BOP_CONNECT_TIMEOUT="0")
        assert report.exit_code == 1
        assert all(row.controller_value is not None for row in report.points)
        assert found(report, Topic.CONNECTION)[0].where == both.building.url

    def test_a_wrong_password_is_a_refusal_and_not_shown(self, both: Rig) -> None:
        report = check(both, ECY2_LOGIN_PWORD="sesame-42")
        assert report.exit_code == 2
        assert {row.session for row in report.controllers} == {"refused"}
        assert not any(secret in repr(report) for secret in ("sesame-42", PASSWORD))

    def test_a_changed_certificate_is_a_refusal(self, both: Rig) -> None:
        state_of(both).pins.set(both.controllers.addresses["AHU"], "00" * 32)
        report = check(both)
        [problem] = problems(report)
        assert "its certificate has changed" in problem
        assert report.exit_code == 1

    @pytest.mark.parametrize(
        ("path", "topic", "severity", "code"),
        [
            ("/services/bacnet/local/objects", Topic.ACCOUNT, Severity.PROBLEM, 2),
            ("/services/events/bindings", Topic.CONNECTION, Severity.WARNING, 0),
        ],
    )
    def test_a_missing_right_is_a_problem_only_where_a_run_needs_it(
        self, both: Rig, path: str, topic: Topic, severity: Severity, code: int
    ) -> None:
        both.controllers.controller("AHU").faults.add(Forbidden(path))
        report = check(both)
        [finding] = found(report, topic)
        assert finding.severity is severity
        assert f"lacks the rights for /api/rest/v2{path}" in finding.what
        assert report.exit_code == code

    def test_a_test_case_that_is_not_there_is_told_with_those_that_are(self, both: Rig) -> None:
        report = check(both, TESTCASE_NAME="bestest_air")
        assert "multizone_office_simple_air" in problems(report)[0]
        assert report.exit_code == 2

    def test_a_start_in_the_future_is_a_problem(self, both: Rig) -> None:
        report = check(both, BOP_START_TIME="2999-07-06 10:00:00")
        assert "is in the future" in problems(report)[0]
        assert report.exit_code == 2

    def test_an_initialize_that_fails_is_told_and_the_test_stopped(self, both: Rig) -> None:
        both.building.faults.add(AnswerWith(500, '{"message": "the model broke"}'), "initialize")
        report = check(both)
        assert "the model broke" in problems(report)[0]
        assert report.exit_code == 1
        assert not open_tests(both)


class TestLedger:
    def entries(self, subject: Rig) -> tuple[TakenSlot, TakenInput]:
        device = subject.controllers.addresses["AHU"]
        supply = ObjectRef(ObjectType.ANALOG_INPUT, 1)
        return (
            TakenSlot(device, OUTDOOR, "OutdoorAirTemp", 14, None),
            TakenInput(device, supply, "DischAirTemp", was_out_of_service=False, before=-40.0),
        )

    def test_what_another_process_drives_is_a_problem(self, both: Rig) -> None:
        journal = Journals.of(state_of(both)).own({})
        journal.take(self.entries(both))
        report = check(both)
        journal.give_back(self.entries(both))
        journal.close()
        assert [finding.severity for finding in found(report, Topic.LEDGER)] == [Severity.PROBLEM] * 2
        assert report.exit_code == 2

    def test_what_a_dead_run_left_is_noted_and_its_slot_is_nobody_elses(self, both: Rig) -> None:
        journal = Journals.of(state_of(both)).own({})
        journal.take(self.entries(both))
        journal.close()
        both.controllers.controller("AHU").objects.command("OutdoorAirTemp", 21.5, 14)
        force(both.controllers.controller("AHU"), "DischAirTemp", 17.5)
        report = check(both)
        assert not found(report, Topic.SERVICE)
        assert {finding.severity for finding in found(report, Topic.LEDGER)} == {Severity.NOTE}
        assert "main.py release" in found(report, Topic.LEDGER)[0].what
        assert report.exit_code == 0
        assert len(Journals.of(state_of(both)).orphans()) == 1


class TestWarnings:
    def test_real_outputs_are_warned_about_until_somebody_says_that_nothing_is_wired(self, both: Rig) -> None:
        assert [finding.where for finding in found(check(both), Topic.OUTPUTS)] == ["AHU, VAV"]
        assert not found(check(both, ECY_BENCH="isolated"), Topic.OUTPUTS)

    def test_neighbours_are_told(self, both: Rig) -> None:
        documents = both.controllers.controller("AHU").documents
        objects = "/services/bacnet/local/objects/analog-values"
        documents.event_bindings["night"] = {
            "element-a": f"{objects}/7",
            "element-b": f"{objects}/1",
            "sync-a-to-b": {"options": {"write-priority": 14.0}},
        }
        documents.cov_subscriptions["1"] = {
            "recipient-process": {"recipient": {"device": 4711}},
            "monitored-property-reference": {
                "object-identifier": {"object-type": "AnalogInput", "object-instance": 1},
            },
        }
        report = check(both)
        assert [finding.where for finding in found(report, Topic.BINDING)] == ["AHU.json: OutdoorAirTemp"]
        assert "4711" in found(report, Topic.SUBSCRIBER)[0].what
        assert (report.controllers[0].bindings, report.controllers[0].subscribers) == (1, 1)

    def test_a_start_at_the_weekend_is_told_once_for_all_controllers(self, both: Rig) -> None:
        assert len(found(check(both, BOP_START_TIME="2023-07-08 10:00:00"), Topic.CALENDAR)) == 1

    def test_a_single_end_of_a_loop_is_told(self, both: Rig) -> None:
        assert [finding.where for finding in found(check(both), Topic.LOOP)] == ["hvac_oveZonActSou_yDam_u"]
        both.ahu_points = [*AHU_POINTS[:3], bench.output("hvac_oveZonActSou_yReaHea", "FanSpeed")]
        both.keys = {"group": "VAV"}
        assert not found(check(both), Topic.LOOP)


class TestStopping:
    def test_on_request_it_ends_and_its_test_is_stopped(self, both: Rig) -> None:
        checker = preflight(both)
        hold = both.building.faults.add(HoldCall(), "initialize")
        with ThreadPoolExecutor(1) as pool:
            future = pool.submit(checker.look)
            assert hold.reached.wait(DEADLINE_S)
            checker.request_stop()
            checker.request_stop()
            hold.release.set()
            with pytest.raises(SimulationAborted, match="nothing was written"):
                future.result(DEADLINE_S)
        assert not open_tests(both)
        assert_untouched(both)

    def test_when_every_worker_is_busy_it_does_not_wait_for_ever(self, both: Rig) -> None:
        with ExitStack() as stack:
            for _ in range(2):
                other = stack.enter_context(BOPTestClient(both.building.url))
                stack.callback(other.stop)
                other.connect("multizone_office_simple_air")
            report = preflight(both, Timeouts(select_s=0.3)).look()
        assert "no worker took up" in problems(report)[0]
        assert report.exit_code == 1
        assert len(open_tests(both)) == 1  # it is stopped, but a worker might have been loading it

    def test_a_case_that_it_did_not_wait_for_is_stopped_by_the_next_look(self, both: Rig) -> None:
        load = both.building.faults.add(HoldCall(), "load")
        assert "no worker took up" in problems(preflight(both, Timeouts(select_s=0.1)).look())[0]
        [note] = open_tests(both)
        load.release.set()
        while note.exists():
            assert preflight(both).look().simulation.testcase


class TestOverBacnet:
    def test_what_was_seen_is_told_without_account_and_certificate(self, tmp_path: Path) -> None:
        with rig(tmp_path, over_bacnet=True) as subject:
            report = check(subject)
            assert_untouched(subject)
        assert not problems(report)
        controller = report.controllers[0]
        assert (controller.name, controller.session, controller.certificate) == ("AHU", "answers", None)
        assert controller.exchange_s is not None
        assert controller.clock is not None
        assert all(point.instance is not None for point in report.points)

    def test_nobody_is_asked_where_no_account_is_shown(self, tmp_path: Path) -> None:
        user = User(answer=False)
        with rig(tmp_path, over_bacnet=True) as subject:
            assert not problems(preflight(subject, may_show=user).look())
        assert user.asked == []

    @pytest.mark.parametrize(("switches", "told"), [({"time_recipients": (12,)}, 2), ({"time_recipients": ()}, 0)])
    def test_a_clock_that_others_follow_is_a_problem_before_the_run(
        self, tmp_path: Path, switches: Mapping[str, Any], told: int
    ) -> None:
        with rig(tmp_path, profile=Profile(bacnet=BacnetProfile(**switches)), over_bacnet=True) as subject:
            report = check(subject, DESIRED_TIMEZONE="US/Mountain")
        assert len([one for one in problems(report) if "passes its time on" in str(one)]) == told

    def test_one_that_takes_no_time_is_told_without_zones_and_ntp(self, tmp_path: Path) -> None:
        deaf = Profile(bacnet=BacnetProfile(time_synchronization="ignored"))
        with rig(tmp_path, profile=deaf, over_bacnet=True) as subject:
            told = found(check(subject, DESIRED_TIMEZONE="US/Mountain"), Topic.CLOCK)
        assert all("has no TimeSynchronization), so its clock will be left alone" in one.what for one in told)
        assert len(told) == 2
