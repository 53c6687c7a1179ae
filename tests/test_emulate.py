"""The building alone, as a process: how many tests it runs at once, and what it tells whoever started it."""

from __future__ import annotations

import signal
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import NoReturn

import pytest
import requests
from urllib3.exceptions import InsecureRequestWarning

from commands import building as building_options
from emulators.cases import CASES, STANDARD_CASE, EmulatedCase
from emulators.door import DemoPlan
from emulators.programs.application import HEAT_PUMPS
from tests.command_line import Call, start
from utils.errors import ConfigError, Problem

SELECT = "testcases/multizone_office_simple_air/select-async"


@contextmanager
def building(*options: str) -> Iterator[tuple[str, Iterator[str]]]:
    """Its address, and the lines that it prints after that."""
    with start("emulate", "--no-ecy", "--boptest-port", "0", *options) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().split()[-1], iter(process.stdout.readline, "")
        finally:
            process.send_signal(signal.SIGINT)


def test_one_who_waits_for_a_worker_is_told_on_the_console_and_on_the_root_page() -> None:
    with building("--workers", "1", "--idle-timeout", "600") as (address, lines), requests.Session() as session:
        session.trust_env = False
        first, second = (session.post(f"{address}/{SELECT}").json()["testid"] for _ in range(2))
        told = next(lines)
        assert told.startswith(f"BOPTEST test {second} waits for a free worker ({first} ")
        assert told.endswith("--workers N has more\n")
        page = session.get(address).json()
        assert (page["workers"], page["idle_timeout_s"]) == (1, 600)
        assert [test["testid"] for test in page["tests"]] == [first, second]


@pytest.mark.parametrize("without", ["--legacy", "--no-boptest"])
@pytest.mark.parametrize("option", ["--workers", "--idle-timeout"])
def test_what_has_no_workers_takes_none(call: Call, without: str, option: str) -> None:
    code, output = call("emulate", without, option, "5")
    assert code == 2
    assert f"--workers, --idle-timeout: belong to the service, which {without} does without" in output


def test_the_building_of_a_parameter_file_is_served_and_says_that_it_is_another_one(tmp_path: Path) -> None:
    told = tmp_path / "cold.json"
    told.write_text('{"start": "as_boptest"}', encoding="utf-8")
    with building("--parameters", str(told)) as (address, _), requests.Session() as session:
        session.trust_env = False
        test = session.post(f"{address}/testcases/multizone_office_simple_air/select").json()["testid"]
        body = {"start_time": 86400, "warmup_period": 0}
        state = session.put(f"{address}/initialize/{test}", json=body).json()["payload"]
        assert {state[f"hvac_reaZon{zone}_TZon_y"] for zone in ("Cor", "Nor")} == {293.15}


def test_what_is_wrong_with_the_users_files_is_told_at_once_and_nothing_is_started(call: Call, tmp_path: Path) -> None:
    told = tmp_path / "mine.json"
    told.write_text('{"envelop": {}}', encoding="utf-8")
    code, output = call("emulate", "--weather", str(tmp_path / "no.epw"), "--parameters", str(told))
    assert code == 2
    assert "no.epw: cannot be read" in output
    assert "has no 'envelop', did you mean 'envelope'?" in output
    assert "BOPTEST http" not in output


def test_a_building_that_is_not_served_takes_no_files(call: Call) -> None:
    code, output = call("emulate", "--no-boptest", "--as-boptest")
    assert code == 2
    assert "which --no-boptest leaves out" in output


def test_the_demo_takes_the_same_files_and_says_what_is_wrong_before_anything_starts(
    call: Call, tmp_path: Path
) -> None:
    code, output = call("demo", "--weather", str(tmp_path / "no.epw"), "--no-page")
    assert code == 2
    assert "no.epw: cannot be read" in output


def test_the_standard_case_alone_is_served_unless_cases_says_more(call: Call) -> None:
    with building() as (address, _), requests.Session() as session:
        session.trust_env = False
        assert session.get(f"{address}/testcases").json() == [{"testcaseid": "multizone_office_simple_air"}]


@pytest.mark.parametrize("verb", ["emulate", "demo"])
def test_an_unknown_case_is_refused_with_those_there_are(call: Call, verb: str) -> None:
    code, output = call(verb, "--cases", "multizone_office_simple_air,multizone_office_simple")
    assert code == 2
    assert "there is no test case 'multizone_office_simple', did you mean 'multizone_office_simple_air'?" in output
    assert f"there is {', '.join(CASES)}" in output


def test_the_heat_pumps_come_with_their_own_controllers() -> None:
    with start("emulate", "--cases", "heat_pump_office", "--boptest-port", "0", "--ecy-port", "0") as process:
        assert process.stdout is not None
        lines = [process.stdout.readline().split() for _ in range(10)]
        process.send_signal(signal.SIGINT)
    assert [words[:-1] for words in lines] == [["BOPTEST"], *(["ECY", name] for name in (*HEAT_PUMPS, "SITE"))]


@pytest.mark.parametrize("option", [("--as-boptest",), ("--parameters", "mine.json")])
def test_parameters_of_the_office_are_refused_with_another_building(call: Call, option: tuple[str, ...]) -> None:
    code, output = call("emulate", "--cases", "heat_pump_office", *option)
    assert code == 2
    assert "heat_pump_office is another building" in output


def test_the_bench_s_case_is_served_beside_the_standard_one_with_the_people_of_a_seed() -> None:
    told = []
    for seed in ("1", "2"):
        options = ("--cases", "multizone_office_bench,multizone_office_simple_air", "--people-seed", seed)
        with building(*options) as (address, _), requests.Session() as session:
            session.trust_env = False
            cases = {case["testcaseid"] for case in session.get(f"{address}/testcases").json()}
            assert cases == {"multizone_office_bench", "multizone_office_simple_air"}
            test = session.post(f"{address}/testcases/multizone_office_bench/select").json()["testid"]
            body = {"start_time": 10.5 * 86400, "warmup_period": 0}
            state = session.put(f"{address}/initialize/{test}", json=body).json()["payload"]
            told.append([state[f"hvac_reaZon{zone}_nPeo_y"] for zone in ("Cor", "Sou", "Eas", "Nor", "Wes")])
    assert told[0][0] == 35
    assert told[0] != told[1]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--people-seed", "3"), "--people-seed: nobody is counted in multizone_office_simple_air; name a case"),
        (("--legacy", "--cases", ",".join(CASES)), "--legacy: serves one test case, not multizone_office_simple_air, "),
    ],
)
def test_what_the_cases_cannot_have_is_refused(call: Call, options: tuple[str, ...], words: str) -> None:
    code, output = call("emulate", *options)
    assert code == 2
    assert words in output
    assert "BOPTEST http" not in output


def test_a_building_without_the_office_s_parameters_refuses_them(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    hut = EmulatedCase(CASES[STANDARD_CASE].plant, "demo", parametric=False)
    monkeypatch.setattr(building_options, "CASES", {**CASES, "hut": hut})
    code, output = call("emulate", "--cases", "hut", "--as-boptest")
    assert code == 2
    assert "--parameters, --as-boptest: are of the office, and hut is another building" in output


def test_a_demo_of_heat_pumps_begins_in_the_cold_unless_somebody_says_when(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    begins: list[datetime] = []

    def noted(_program: object, _shipped: object, _folder: object, plan: DemoPlan) -> NoReturn:
        begins.append(plan.start)
        raise ConfigError([Problem("demo", "enough seen")])

    monkeypatch.setattr("commands.verbs.demo.demo_peers", noted)
    for options in ((), ("--scenario", "winter-weekend"), ("--start", "2023-04-20 06:00")):
        assert "enough seen" in call("demo", "--no-page", "--cases", "heat_pump_office", *options)[1]
    assert "enough seen" in call("demo", "--no-page")[1]
    assert begins == [
        datetime(2018, 1, 15, 4, 30),
        datetime(2023, 1, 14, 5, 30),
        datetime(2023, 4, 20, 6),
        datetime(2023, 7, 6, 5, 30),
    ]


def test_a_broken_object_is_so_from_the_start() -> None:
    one = ("--broken", "VAV_South.SpaceTemp=dead", "--broken", "AHU.DischAirTemp=degF")
    with start("emulate", "--no-boptest", "--ecy-port", "0", *one) as process, requests.Session() as session:
        assert process.stdout is not None
        try:
            words = [process.stdout.readline().split() for _ in range(8)]
            addresses = {name: address for _, name, address in words}
            session.trust_env, session.verify, session.auth = False, False, ("bench", "bench")
            held = {name: _forced(session, addresses[name], number) for name, number in (("VAV_South", 1), ("AHU", 2))}
        finally:
            process.send_signal(signal.SIGINT)
    assert held == {"VAV_South": 0.0, "AHU": 68.0}


def _forced(session: requests.Session, address: str, number: int) -> float:
    """What an analog input shows that is told to show 20."""
    url = f"{address}/api/rest/v2/services/bacnet/local/objects/analog-inputs/{number}"
    with warnings.catch_warnings(action="ignore", category=InsecureRequestWarning):
        session.post(url, json={"out-of-service": True, "present-value": 20.0}).raise_for_status()
        return float(session.get(f"{url}/present-value").json()["$value"])


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("VAV_South.SpaceTemp", "is not NAME.OBJECT=HOW, as in VAV_South.SpaceTemp=stuck"),
        ("VAV_South.SpaceTemp=stick", "'stick' is no way to break it, did you mean 'stuck'?; there is dead, stuck,"),
        ("VAV_Suoth.SpaceTemp=stuck", "no controller is called 'VAV_Suoth', did you mean 'VAV_South'?; there is AHU"),
        ("VAV_South.SpaceTmp=stuck", "VAV_South has no analog object 'SpaceTmp', did you mean 'SpaceTemp'?"),
        ("AHU.DischFanStatus=stuck", "AHU has no analog object 'DischFanStatus'"),
    ],
)
def test_what_cannot_be_broken_is_said_and_nothing_is_started(call: Call, told: str, said: str) -> None:
    code, output = call("emulate", "--broken", told)
    assert code == 2
    assert said in output
    assert "BOPTEST http" not in output
