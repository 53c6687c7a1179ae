"""What ``check`` calls a problem is what a start is refused for, in the same words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from bridge.findings import Severity, Topic
from emulators.boptest.faults import AnswerWith, DroppedRequest
from emulators.ecy.faults.answers import ChangeBatch
from emulators.ecy.faults.calls import DropConnection
from emulators.ecy.faults.fault import Fault
from ledger.entries import TakenSlot
from ledger.record.journal import Journals
from tests import bench
from tests.bridge.check.looking import CHICAGO, check, problems
from tests.bridge.looking import force
from tests.bridge.rig import AHU_POINTS, VAV_POINTS, Rig
from utils.errors import BridgeError, ConfigError
from utils.state_folder import StateFolder
from utils.values import ObjectRef, ObjectType

NOT_AT_THE_START = '{"status": 200, "message": "", "payload": {"time": 5.0}}'
OUTDOOR = ObjectRef(ObjectType.ANALOG_VALUE, 1)


@dataclass(frozen=True)
class Setup:
    """Something that is not as it should be."""

    name: str
    make: Callable[[Rig], object] = lambda subject: None
    variables: dict[str, str] = field(default_factory=dict)


def in_use(subject: Rig) -> None:
    subject.controllers.controller("AHU").objects.command("OutdoorAirTemp", 21.5, 14)
    force(subject.controllers.controller("VAV"), "SpaceTemp", 17.5)


def taken_in_use(subject: Rig) -> None:
    force(subject.controllers.controller("AHU"), "DischAirTemp", 17.5)
    subject.keys = {"take_occupied": True}


def unknown_names(subject: Rig) -> None:
    subject.ahu_points = [
        *AHU_POINTS,
        bench.analog_input("hvac_reaAhu_TRte_y", "DischAirTmp"),
        bench.output("hvac_reaAhu_TSup_y", "FanSpeeed"),
    ]
    subject.vav_points = [{**VAV_POINTS[0], "unit": "Pa", "si_unit": "Pa", "us_unit": "inH2O"}, *VAV_POINTS[1:]]
    subject.keys = {"heartbeat": "Beat", "activate_when": "DischAirTmp"}


def left_by_a_dead_process(subject: Rig) -> None:
    subject.controllers.controller("AHU").objects.command("OutdoorAirTemp", 21.5, 14)
    journal = Journals.of(StateFolder(subject.settings().state_dir)).own({})
    journal.take([TakenSlot(subject.controllers.addresses["AHU"], OUTDOOR, "OutdoorAirTemp", 14, None)])
    journal.sent(subject.controllers.addresses["AHU"], {OUTDOOR: 21.5})
    journal.close()


def other_certificates(subject: Rig) -> None:
    for address in subject.controllers.addresses.values():
        StateFolder(subject.settings().state_dir).pins.set(address, "00" * 32)


def spoiled(fault: Callable[[], Fault], *names: str) -> Callable[[Rig], None]:
    def make(subject: Rig) -> None:
        for name in names or ("AHU", "VAV"):
            subject.controllers.controller(name).faults.add(fault())

    return make


def half_told() -> ChangeBatch:
    """Every other answer is left out."""
    return ChangeBatch(lambda items: items[1::2])


def absent() -> DropConnection:
    return DropConnection(None)


REFUSED = [
    Setup("in use", in_use),
    Setup("unknown names and wrong units", unknown_names),
    Setup("in the future", variables={"BOP_START_TIME": "2999-07-06 10:00:00"}),
    Setup("no such test case", variables={"TESTCASE_NAME": "bestest_air"}),
    Setup("a wrong password", variables={"ECY2_LOGIN_PWORD": "sesame-42"}),
    Setup("other certificates", other_certificates),
    Setup("no controller answers", spoiled(absent)),
    Setup("no controller tells its state", spoiled(half_told)),
    Setup("no simulation", lambda s: s.building.faults.add(DroppedRequest(), times=None), {"BOP_CONNECT_TIMEOUT": "0"}),
    Setup("a model that breaks", lambda s: s.building.faults.add(AnswerWith(500, "broke"), "initialize", times=None)),
    Setup(
        "another start", lambda s: s.building.faults.add(AnswerWith(200, NOT_AT_THE_START), "initialize", times=None)
    ),
]
TROUBLE = ({Topic.CONNECTION}, {Topic.ACCOUNT})
GOES_ON = [
    Setup("in use, and taken", taken_in_use),
    Setup("left by a dead process", left_by_a_dead_process),
    Setup("one controller is absent", spoiled(absent, "VAV")),
    Setup("one controller does not tell its state", spoiled(half_told, "VAV")),
]


def assert_refused_alike(subject: Rig, **variables: str) -> None:
    report = check(subject, **variables)
    with pytest.raises(BridgeError) as caught:
        subject.execute(1, **{**CHICAGO, **variables})
    refusal = caught.value
    assert refusal.exit_code == report.exit_code
    if isinstance(refusal, ConfigError):
        assert {str(problem) for problem in refusal.problems} == set(problems(report))
    else:  # of several peers that are not to be had, a start names the first
        assert str(refusal) in problems(report)[0]
        assert {one.topic for one in report.findings if one.severity is Severity.PROBLEM} in TROUBLE


@pytest.mark.parametrize("setup", REFUSED, ids=lambda setup: setup.name)
def test_a_problem_is_what_a_start_is_refused_for(both: Rig, setup: Setup) -> None:
    setup.make(both)
    assert_refused_alike(both, **setup.variables)


def test_what_another_process_drives_is_named_once_that_it_is_in_use_goes_without_saying(both: Rig) -> None:
    both.controllers.controller("AHU").objects.command("OutdoorAirTemp", 21.5, 14)
    entry = TakenSlot(both.controllers.addresses["AHU"], OUTDOOR, "OutdoorAirTemp", 14, None)
    journal = Journals.of(StateFolder(both.settings().state_dir)).own({})
    journal.take([entry])
    [problem] = problems(check(both))
    assert "on this computer drives OutdoorAirTemp" in problem
    assert_refused_alike(both)
    journal.give_back([entry])
    journal.close()


@pytest.mark.parametrize("setup", GOES_ON, ids=lambda setup: setup.name)
def test_what_a_start_goes_on_with_is_no_problem(both: Rig, setup: Setup) -> None:
    setup.make(both)
    report = check(both, **setup.variables)
    assert (problems(report), report.exit_code) == ([], 0)
    assert both.execute(1, **CHICAGO).steps == 1
