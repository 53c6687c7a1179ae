"""What a person and a script see of a preflight."""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from rich.console import Console

from bridge.check.console import AccountQuestion, print_check, print_check_json
from bridge.check.report import CertificateRow, CheckReport, ClockRow, ControllerRow, PointRow, SimulationRow
from bridge.findings import Finding, Severity, Topic
from bridge.first_contact import FirstContact

SIMULATION = SimulationRow(
    "http://10.0.0.9:5000", "service", "0.8.0", "office", datetime(2023, 7, 6, 10), "Thursday", 186, "06:00 to 19:00"
)
CLOCK = ClockRow("UTC", datetime(2026, 11, 21, 3, 35, 27), "Saturday", 324, -0.4, None)
CONTROLLER = ControllerRow(
    "10.0.0.1", "AHU-1", ("AHU",), "signed in", CertificateRow("pin", "ab" * 32, is_new=True), CLOCK, 0.012, 5.0, 1, 2
)
ABSENT = ControllerRow(
    "10.0.0.2", None, ("VAV",), "no answer", CertificateRow("off", None, False), None, None, None, 0, 0
)
POINT = PointRow(
    *("AHU", "forced", "TSup_y", "K", 285.37, 12.22, "10.0.0.1", "AnalogInput", 1, "DischAirTemp"),
    *("degrees-celsius", "degC", -40.0, 12.22, "temperature"),
)
OUTPUT = PointRow(
    *("AHU", "read", "yPum_u", "1", None, None, "10.0.0.1", "BinaryOutput", None, "Pump"),
    *(None, None, True, 1.0, "on or off"),
)
WARNING = Finding(Severity.WARNING, Topic.SLOT, "AHU.json: Pump", "slot 8 holds [bold]55")
PROBLEM = Finding(Severity.PROBLEM, Topic.CONFIG, "AHU.json: Dmper", "did you mean Damper?")
REFUSED = Finding(Severity.PROBLEM, Topic.CONNECTION, "10.0.0.2", "wrong user name or password")


def report(*findings: Finding) -> CheckReport:
    return CheckReport(SIMULATION, (CONTROLLER, ABSENT), (POINT, OUTPUT), findings)


def printed(subject: CheckReport, width: int = 200) -> list[str]:
    console = Console(file=io.StringIO(), width=width, soft_wrap=True)
    print_check(console, subject)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


def test_on_a_screen_of_eighty_columns_no_word_is_broken() -> None:
    long = replace(PROBLEM, what=" ".join(["the application has no object of this name"] * 9))
    console = Console(file=io.StringIO(), width=80, force_terminal=True, color_system=None, soft_wrap=True)
    print_check(console, report(WARNING, long))
    assert isinstance(console.file, io.StringIO)
    lines = console.file.getvalue().splitlines()
    assert max(map(len, lines)) <= 80
    assert " ".join(printed(report(WARNING, long))[-2].split()) in " ".join(" ".join(lines).split())


@pytest.mark.parametrize(
    ("findings", "code"),
    [
        ([], 0),
        ([WARNING], 0),
        ([WARNING, PROBLEM], 2),
        ([REFUSED], 1),
        ([PROBLEM, REFUSED], 1),
        ([Finding(Severity.WARNING, Topic.CONNECTION, "10.0.0.2", "absent")], 0),
    ],
)
def test_the_exit_code_is_that_of_the_worst(findings: Sequence[Finding], code: int) -> None:
    assert report(*findings).exit_code == code


def test_a_row_has_both_names_values_and_units() -> None:
    [row] = [line for line in printed(report()) if "DischAirTemp" in line]
    cells = re.split(r" {2,}", row)
    assert cells == ["TSup_y", "285.37 K", "12.22 degC", "->", "AnalogInput 1 DischAirTemp", "-40 degC", "temperature"]


def test_what_is_not_known_is_a_question_mark() -> None:
    [row] = [line for line in printed(report()) if "Pump" in line]
    cells = re.split(r" {2,}", row)
    assert cells == ["yPum_u", "?", "?", "<-", "BinaryOutput ? Pump", "on", "on or off"]


def test_a_controller_is_told_with_certificate_clock_and_delay() -> None:
    lines = printed(report())
    begin = lines.index("10.0.0.1 AHU-1 (AHU): signed in")
    assert lines[begin + 1 : begin + 4] == [
        f"  certificate not on record, SHA-256 {'ab' * 32}",
        "  clock Saturday 2026-11-21 03:35:27 UTC, day 324 of its year, +0 s against this computer, NTP unknown",
        "  exchange 12 ms, 5.0 simulated s; COV subscriptions 1, bindings 2",
    ]


def test_a_controller_that_does_not_answer_is_told_without_what_nobody_knows() -> None:
    lines = printed(report())
    begin = lines.index("10.0.0.2 (VAV): no answer")
    assert lines[begin + 1 :] == [
        "  certificate judged by ECY_TLS=off",
        "0 problems, 0 warnings, 0 notes: a run would start; nothing was written",
    ]


FOREIGN = "[/x] Zone\x1b[2J\r\n\u202egnp"
CLEAN = "[/x] Zone[2J gnp"


def test_names_and_words_of_peers_are_shown_as_they_are_in_one_line() -> None:
    row = replace(POINT, object_name=FOREIGN, simulation_unit=FOREIGN)
    subject = replace(
        report(Finding(Severity.PROBLEM, Topic.CONNECTION, FOREIGN, FOREIGN)),
        points=(row,),
        controllers=(replace(CONTROLLER, name=FOREIGN, session=FOREIGN, clock=replace(CLOCK, zone=FOREIGN)),),
        simulation=replace(SIMULATION, testcase=FOREIGN, version=FOREIGN),
    )
    lines = printed(subject, width=400)
    assert all(line.isprintable() for line in lines)
    assert sum(line.count(CLEAN) for line in lines) == 9


@pytest.mark.parametrize(
    ("typed", "answer"), [("y\n", True), ("yes\n", True), ("n\n", False), ("\n", False), ("", False)]
)
def test_the_account_is_shown_only_for_a_yes(typed: str, answer: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
    console = Console(file=io.StringIO(), width=200)
    question = AccountQuestion(console)
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(question.ask, [FirstContact("10.0.0.1", "ab" * 32)])
        while not asked.done():
            question.put()
    assert asked.result() is answer
    assert isinstance(console.file, io.StringIO)
    told = console.file.getvalue()
    assert f"10.0.0.1: there is no record of its certificate, SHA-256 {'ab' * 32}\n" in told
    assert told.rstrip("\n").endswith("go on looking? [y/N] (with --yes nobody is asked) ")


def test_problems_come_last_and_are_counted() -> None:
    lines = printed(report(PROBLEM, WARNING))
    assert lines[-3:] == [
        "warning AHU.json: Pump: slot 8 holds [bold]55",
        "problem AHU.json: Dmper: did you mean Damper?",
        "1 problem, 1 warning, 0 notes: a run would not start; nothing was written",
    ]


def test_on_a_narrow_terminal_no_name_is_cut_or_broken() -> None:
    console = Console(file=io.StringIO(), width=50, soft_wrap=True, force_terminal=True, color_system=None)
    print_check(console, report())
    assert isinstance(console.file, io.StringIO)
    lines = console.file.getvalue().splitlines()
    row = lines.index("TSup_y  285.37 K  12.22 degC  ->")
    assert lines[row + 1 : row + 3] == ["    AnalogInput 1 DischAirTemp  -40 degC", "    temperature"]


class TestJson:
    def document(self, subject: CheckReport) -> dict[str, object]:
        console = Console(file=io.StringIO(), width=60)
        print_check_json(console, subject)
        assert isinstance(console.file, io.StringIO)
        parsed: dict[str, object] = json.loads(console.file.getvalue())
        return parsed

    def test_it_is_one_document_with_everything(self) -> None:
        document = self.document(report(WARNING, PROBLEM))
        assert list(document) == ["simulation", "controllers", "points", "findings", "exit_code"]
        assert document["exit_code"] == 2
        assert document["findings"] == [
            {"severity": "warning", "topic": "slot", "where": "AHU.json: Pump", "what": "slot 8 holds [bold]55"},
            {"severity": "problem", "topic": "config", "where": "AHU.json: Dmper", "what": "did you mean Damper?"},
        ]

    def test_every_key_is_explained(self) -> None:
        page = (Path(__file__).parents[3] / "docs" / "check.md").read_text(encoding="utf-8")
        keys = set(_keys(self.document(report(WARNING))))
        assert {key for key in keys if f"`{key}`" not in page} == set()

    def test_every_topic_is_explained(self) -> None:
        page = (Path(__file__).parents[3] / "docs" / "check.md").read_text(encoding="utf-8")
        assert [topic for topic in Topic if f"`{topic}`" not in page] == []


def _keys(value: object) -> list[str]:
    if isinstance(value, dict):
        return [*value, *(key for item in value.values() for key in _keys(item))]
    return [key for item in value for key in _keys(item)] if isinstance(value, list) else []
