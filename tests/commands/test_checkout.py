"""``python main.py checkout``: what it prints, which files it writes, and how it ends."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.console import Console

from bridge.checkout import CheckoutResult, MappingFault, PointFinding, PointVerdict, Proof, TriedPoint
from bridge.checkout.response import Progress
from bridge.checkout.telling import tell_coverage, tell_news, tell_summary
from commands.checkout_bench import case_of
from emulators.cases import STANDARD_CASE
from emulators.ecy.faults.storage import Stores
from emulators.ecy.objects.storage import StorageQuirk
from tests.bridge.rig import Rig, rig
from tests.command_line import Call, running, variables
from utils.home import SHIPPED

BEGAN = datetime(2026, 7, 6, 9, 30, tzinfo=UTC)


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Rig]:
    with rig(tmp_path) as made:
        yield made


def checkout(call: Call, subject: Rig, *options: str) -> tuple[int, str]:
    return call("checkout", *options, *running(subject), "--no-response", **variables(subject, ECY_BENCH="isolated"))


def test_a_good_bench_is_told_point_by_point_and_ends_well(both: Rig, call: Call) -> None:
    code, output = checkout(call, both)
    assert code == 0, output
    lines = output.splitlines()
    assert lines[0].startswith("Not tested here, and for a hand: wiring")
    assert "pass          AHU.DischAirTemp  read back" in lines
    assert "pass          VAV.Damper  arrival" in lines
    assert any(line.endswith("7 pass. Nothing is left in any controller: 7 released.") for line in lines)


@pytest.mark.slow
def test_a_failed_point_is_told_with_its_evidence_and_by_the_exit_code(both: Rig, call: Call) -> None:
    both.controllers.controller("AHU").faults.add(Stores(StorageQuirk(factor=10.0), {"DischAirTemp"}))
    code, output = checkout(call, both)
    assert code == 1
    assert "fail          AHU.DischAirTemp  read back: wrong by a power of ten" in output
    assert "these are 10 times what they should be" in output


def test_one_equipment_is_tried_alone_and_an_unknown_one_is_nobodys(both: Rig, call: Call) -> None:
    code, output = checkout(call, both, "VAV")
    assert (code, "AHU." in output, "2 points" in output) == (0, False, True)
    assert both.controllers.controller("AHU").journal == []
    code, output = checkout(call, both, "VAW")
    assert code == 2
    assert "VAW: there is no such equipment, did you mean 'VAV'?" in output


def test_reports_are_written_over_earlier_ones_and_over_nothing_else(both: Rig, call: Call) -> None:
    files = {"--report": "a.html", "--csv": "a.csv", "--junit": "a.xml"}
    options = [word for option, name in files.items() for word in (option, str(both.folder / name))]
    for _ in range(2):
        code, output = checkout(call, both, *options)
        assert code == 0, output
    contents = [(both.folder / name).read_text(encoding="utf-8") for name in files.values()]
    assert all("DischAirTemp" in content for content in contents)
    for option, name in files.items():
        (both.folder / name).write_text("a letter", encoding="utf-8")
        code, output = checkout(call, both, option, str(both.folder / name))
        assert (code, f"{option}: " in output, "no report of ours" in output) == (2, True, True)
        assert (both.folder / name).read_text(encoding="utf-8") == "a letter"


def test_one_file_is_not_for_two_reports(both: Rig, call: Call, tmp_path: Path) -> None:
    code, output = checkout(call, both, "--report", str(tmp_path / "one"), "--csv", str(tmp_path / "." / "one"))
    assert code == 2
    assert "is --report's already; name another file" in output
    assert not (tmp_path / "one").exists()
    assert both.controllers.controller("AHU").journal == []


def test_quiet_prints_the_summary_alone(both: Rig, call: Call) -> None:
    code, output = checkout(call, both, "-q")
    assert (code, "read back" in output, "7 pass" in output) == (0, False, True)


@pytest.mark.slow
@pytest.mark.parametrize("spoken", ["rest", "bacnet"])
def test_the_embedded_bench_passes(call: Call, spoken: str) -> None:
    code, output = call("checkout", "--embedded", "--controllers", spoken)
    assert code == 0, output
    assert "70 points" in output
    assert "Nothing is left" in output


def failing(says: str) -> TriedPoint:
    finding = PointFinding("VAV", "SpaceTemp", Proof.READ_BACK, PointVerdict.FAIL, says, MappingFault.DEAD)
    return TriedPoint("VAV", "SpaceTemp", "AnalogInput 1 SpaceTemp", "T_y", "degC", "K", 1.0, 0.0, True, (finding,))


def test_on_a_narrow_screen_a_line_is_for_a_point_and_failures_come_first() -> None:
    told = io.StringIO()
    console = Console(file=told, width=80, force_terminal=False)
    open_point = TriedPoint("VAV", "Damper", "AnalogOutput 1 Damper", "D_u", "%", "1", 1.0, 0.0, False, ())
    result = CheckoutResult(BEGAN, BEGAN, "case", ("VAV: ECY",), ("Not tested.",), (open_point, failing("no")), "All.")
    tell_coverage(console, result)
    tell_news(console, result.points[1].findings[0])
    tell_news(console, Progress(1, 3, "a valve is moved", 12.0))
    tell_summary(console, result)
    assert told.getvalue().splitlines() == [
        "Not tested.",
        "fail          VAV.SpaceTemp  read back: dead",
        "a valve is moved (1 of 3, some 12 s left)",
        "",
        "fail: VAV.SpaceTemp: no",
        "2 points in 0 s: 1 fail, 1 not tested. All.",
    ]


def test_why_a_point_is_not_provable_is_cut_on_the_screen_and_a_failure_is_not() -> None:
    told = io.StringIO()
    console = Console(file=told, width=2000, force_terminal=False)
    long = " ".join(f"measurement{number}" for number in range(40))
    failed = failing(long)
    vague = replace(failed, findings=(replace(failed.findings[0], verdict=PointVerdict.NOT_PROVABLE, fault=None),))
    tell_summary(console, CheckoutResult(BEGAN, BEGAN, "case", (), (), (vague, failed), "All."))
    _, whole, cut, counts = told.getvalue().splitlines()
    assert whole == f"fail: VAV.SpaceTemp: {long}"
    assert cut.startswith("not provable: VAV.SpaceTemp: measurement0 measurement1 ")
    assert cut.endswith(" measurement11 …")
    assert "1 fail, 1 not provable" in counts


@pytest.mark.parametrize(
    ("folder", "case"),
    [("demo", STANDARD_CASE), ("bench", "multizone_office_bench"), ("heat_pump_office", "heat_pump_office")],
)
def test_the_embedded_building_is_the_one_that_has_the_configs_points(folder: str, case: str) -> None:
    assert case_of(SHIPPED / folder) == case


@pytest.mark.slow
def test_the_controllers_of_another_embedded_building_are_tried(call: Call) -> None:
    configs = str(SHIPPED / "heat_pump_office")
    code, output = call("checkout", "--embedded", "--no-response", "--configs", configs)
    assert code == 0, output
    assert "Nothing is left" in output
