"""``report``: which recording, where to, against what, and what it answers when that cannot be."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Protocol

import pytest

from emulators.cases import BENCH_CASE
from emulators.door import OfficeFiles, building_identity, read_variant
from recording import Direction, open_run
from recording.columns import read_run
from recording.report import MADE_BY
from tests.command_line import Call
from tests.recording.made_run import MadeRun, made_office

NAME, LATER = "20260706-093000-bridge-00ab", "20260707-093000-bridge-00cd"
_RUNS = "runs"


class Report(Protocol):
    """The verb, which looks into a folder and writes into another."""

    def __call__(self, where: Path, *arguments: str) -> tuple[int, str]:
        """Exit code and output."""


@pytest.fixture
def report(call: Call) -> Report:
    def called(where: Path, *arguments: str) -> tuple[int, str]:
        given = [str(where / "page.html") if word == "PAGE" else word for word in arguments]
        told = {"BRIDGE_RUNS_DIR": str(where / _RUNS), "BRIDGE_STATE_DIR": str(where / "state")}
        return call("report", *given, "--env", str(where / "absent.env"), **told)

    return called


@pytest.fixture
def where(tmp_path: Path) -> Path:
    """A folder with a recording."""
    made_office(0.25).write(tmp_path / _RUNS)
    return tmp_path


def _demo_of_the_bench(where: Path, name: str, seed: int, **told: str) -> str:
    """A recording of a morning, of people of a seed."""
    files = OfficeFiles(people_seed=seed)
    building = {**files.as_fact(), "identity": building_identity(BENCH_CASE, read_variant(files)), **told}
    demo = made_office(0.4, name=name)
    case = {"test_case": {"name": BENCH_CASE, "url": "", "version": ""}}
    demo.facts = {**demo.facts, **case, "kind": "demo", "building": building}
    demo.write(where / _RUNS)
    return name


def _people(file: Path) -> tuple[float, ...]:
    with open_run(file) as recorded:
        return tuple(read_run(recorded).episodes[0].named(Direction.FROM_SIMULATION)["hvac_reaZonWes_nPeo_y"])


@pytest.mark.slow
class TestReport:
    @pytest.mark.parametrize("which", ["last", NAME, "20260706", f"{_RUNS}/{NAME}.run"])
    def test_it_is_written_of_a_recording_by_any_of_its_names(self, report: Report, where: Path, which: str) -> None:
        given = str(where / which) if "/" in which else which
        code, output = report(where, given, "-o", "PAGE")
        assert code == 0
        assert f"the report of {NAME} is in {where / 'page.html'}" in output
        page = (where / "page.html").read_text(encoding="utf-8")
        assert page.startswith("<!DOCTYPE html>")
        assert MADE_BY in page

    def test_an_earlier_report_is_written_over_and_nothing_else(self, report: Report, where: Path) -> None:
        page = where / "page.html"
        assert report(where, "last", "-o", "PAGE")[0] == 0
        assert report(where, "last", "-o", "PAGE")[0] == 0
        page.write_text("<html>my own</html>", encoding="utf-8")
        code, output = report(where, "last", "-o", "PAGE")
        assert (code, page.read_text(encoding="utf-8")) == (2, "<html>my own</html>")
        assert "is there, and no report of ours; name another file" in output

    def test_a_recording_is_never_written_over(self, report: Report, where: Path) -> None:
        file = where / _RUNS / f"{NAME}.run"
        code, output = report(where, "last", "-o", str(file))
        assert code == 2
        assert "is called as a recording; name another file" in output
        open_run(file).__exit__()

    def test_a_folder_that_is_not_there_is_named(self, report: Report, where: Path) -> None:
        code, output = report(where, "last", "-o", str(where / "absent" / "page.html"))
        assert code == 2
        assert f"there is no folder {where / 'absent'}" in output

    def test_a_run_that_there_is_not_is_named(self, report: Report, where: Path) -> None:
        code, output = report(where, "20260705")
        assert code == 2
        assert "20260705: there is no such recording" in output

    def test_a_file_that_is_not_ours_is_named(self, report: Report, where: Path) -> None:
        (where / "foreign.run").write_text("no database")
        code, output = report(where, str(where / "foreign.run"))
        assert code == 2
        assert "foreign.run: cannot be read as a recording" in output

    def test_a_recording_that_was_cut_is_named(self, report: Report, where: Path) -> None:
        file = where / _RUNS / f"{NAME}.run"
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
        code, output = report(where, "last", "-o", "PAGE")
        assert code == 2
        assert "cannot be read as a recording" in output
        assert not (where / "page.html").exists()

    def test_a_recording_of_another_version_is_named(self, report: Report, where: Path) -> None:
        with closing(sqlite3.connect(where / _RUNS / f"{NAME}.run")) as base:
            base.execute("PRAGMA user_version = 99")
        code, output = report(where, "last")
        assert code == 2
        assert "recorded in format 99" in output

    def test_an_empty_recording_has_a_report_that_says_so(self, report: Report, tmp_path: Path) -> None:
        MadeRun().write(tmp_path / _RUNS)
        code, output = report(tmp_path, "last", "-o", "PAGE")
        assert code == 0
        assert "the recording has no step" in output
        assert "No step was recorded." in (tmp_path / "page.html").read_text(encoding="utf-8")

    def test_two_runs_are_held_against_each_other(self, report: Report, where: Path) -> None:
        made_office(0.25, name=LATER).write(where / _RUNS)
        code, output = report(where, "20260706", "--against", "20260707", "-o", "PAGE")
        assert code == 0
        assert f"the report of {NAME} against {LATER} is in" in output

    @pytest.mark.parametrize("verb", ["report", "replay"])
    def test_a_run_is_not_held_against_itself(self, call: Call, where: Path, verb: str) -> None:
        code, output = call(
            verb, "last", "--against", NAME, "--env", str(where / ".env"), BRIDGE_RUNS_DIR=str(where / _RUNS)
        )
        assert code == 2
        assert f"{NAME}: is {NAME} itself; name another recording" in output

    @pytest.mark.parametrize("option", ["--self 3", "--time-scale 60", "--embedded"])
    def test_what_is_of_playing_is_refused_where_nothing_is_played(self, call: Call, where: Path, option: str) -> None:
        code, output = call("replay", NAME, "--against", "last", *option.split(), BRIDGE_RUNS_DIR=str(where / _RUNS))
        assert code == 2
        assert f"{option.split()[0]}: is of playing, and --against plays nothing" in output

    def test_a_demos_building_is_started_again_once_and_its_baseline_is_not_the_last_run(
        self, report: Report, where: Path
    ) -> None:
        demo = made_office(0.01, name=LATER)
        demo.facts = {**demo.facts, "kind": "demo"}
        demo.write(where / _RUNS)
        code, output = report(where, "last", "--against", "baseline", "-o", "PAGE")
        assert code == 0
        assert "computing the building's own control" in output
        code, output = report(where, LATER, "--against", "baseline", "-o", "PAGE")
        assert code == 0
        assert "is kept in" in output
        assert f"the report of {LATER} is in" in report(where, "last", "-o", "PAGE")[1]

    def test_a_demos_baseline_is_that_of_its_own_case_and_people(self, report: Report, where: Path) -> None:
        of_seed = {seed: _demo_of_the_bench(where, f"20260707-09300{seed}-demo-00cd", seed) for seed in (1, 2)}
        for seed, name in of_seed.items():
            code, output = report(where, name, "--against", "baseline", "-o", "PAGE")
            assert (code, "computing the building's own control" in output) == (0, True), seed
        people = {_people(file) for file in (where / _RUNS).glob("*-baseline-*.run")}
        assert len(people) == 2

    def test_a_demo_records_what_its_building_was_made_of(self, call: Call, where: Path) -> None:
        options = ("--cases", BENCH_CASE, "--people-seed", "7", "--steps", "2", "-q", "--no-page")
        assert call("demo", *options, BRIDGE_RUNS_DIR=str(where / _RUNS))[0] == 0
        [file] = (where / _RUNS).glob("*-demo-*.run")
        files = OfficeFiles(people_seed=7)
        with open_run(file) as recorded:
            told = recorded.facts["building"]
        assert told == {**files.as_fact(), "identity": building_identity(BENCH_CASE, read_variant(files))}

    def test_a_demos_building_that_cannot_be_made_again_is_refused(self, report: Report, where: Path) -> None:
        other = _demo_of_the_bench(where, LATER, 2, identity="multizone_office grey box 0")
        code, output = report(where, other, "--against", "baseline")
        assert code == 2
        assert "is of another building than its files, or this version, make now" in output
        gone = _demo_of_the_bench(where, "20260708-093000-demo-00ef", 2, weather=str(where / "gone.epw"))
        code, output = report(where, gone, "--against", "baseline")
        assert code == 2
        assert f"{where / 'gone.epw'}" in output

    def test_a_server_that_is_gone_is_one_clear_line(self, report: Report, where: Path) -> None:
        office = made_office(0.01, name=LATER)
        office.facts = {**office.facts, "test_case": {"name": "office", "url": "http://127.0.0.1:9"}}
        office.write(where / _RUNS)
        code, output = report(where, LATER, "--against", "baseline", "-o", "PAGE")
        assert code == 1
        assert "http://127.0.0.1:9" in output
        assert not (where / "page.html").exists()

    def test_an_address_that_is_none_is_one_clear_line(self, report: Report, where: Path) -> None:
        office = made_office(0.01, name=LATER)
        office.facts = {**office.facts, "test_case": {"name": "office", "url": "file:///etc/passwd"}}
        office.write(where / _RUNS)
        code, output = report(where, LATER, "--against", "baseline")
        assert code == 2
        assert "is not an address" in output
