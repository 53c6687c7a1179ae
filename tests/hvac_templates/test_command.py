"""The command: its options, exit codes, files and words. The expansion itself is mostly a stand-in here."""

from __future__ import annotations

import argparse
import gc
import io
import json
import logging
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from commands.verbs import expand as command
from hvac_templates.expand import expand
from hvac_templates.messages import Message, Model, Result, error, information, warning
from tests.hvac_templates.boxes import boxes, ideal_loads, variable_air_volume, zone_names
from tests.hvac_templates.judges import needs_engine
from utils.errors import ConfigError, Problem

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = {"HVACTemplate:Thermostat": {"T": {"constant_heating_setpoint": 20}}}
INPUT: dict[str, Any] = {"Zone": {"A": {}}, **TEMPLATE}
EXPANDED: dict[str, Any] = {"Zone": {"A": {}}, "ThermostatSetpoint:DualSetpoint": {"T": {}}}


def expansion(*messages: Message, model: dict[str, Any] | None = EXPANDED) -> command.Expand:
    def expand(given: Model, *, validate: bool = True) -> Result:
        return Result(model, messages if validate else ())

    return expand


REFUSING = expansion(error("HVACTemplate:Thermostat", "T", "constant_heating_setpoint", "too warm"), model=None)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "house.epJSON"
    path.write_text(json.dumps(INPUT), encoding="utf-8")
    return path


def call(*arguments: object, expand: command.Expand | None = None) -> int:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return command.run(parser.parse_args([str(argument) for argument in arguments]), expand=expand or expansion())


def read(file: Path, what: str) -> Any:  # noqa: ANN401 - any JSON
    return json.loads(file.with_name(f"{file.stem}_{what}.epJSON").read_text(encoding="utf-8"))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_three_files_are_written(file: Path) -> None:
    assert call(file) == 0
    assert read(file, "expanded") == EXPANDED
    assert read(file, "base") == {"Zone": {"A": {}}}
    assert read(file, "hvac_templates") == TEMPLATE


@pytest.mark.parametrize("option", ["-nb", "--no_backup", "--no-backup"])
def test_backups_can_be_left_out(file: Path, option: str) -> None:
    assert call(file, option) == 0
    assert names(file.parent) == ["house.epJSON", "house_expanded.epJSON"]


@pytest.mark.parametrize("option", ["--backup_files", "--backup-files"])
def test_backups_can_be_asked_for(file: Path, option: str) -> None:
    assert call(file, option) == 0
    assert len(names(file.parent)) == 4


@pytest.mark.parametrize("option", ["-o", "--output_directory", "--output-directory"])
def test_the_files_go_where_they_are_wanted(file: Path, tmp_path: Path, option: str) -> None:
    out = tmp_path / "out"
    out.mkdir()
    assert call("-f", file, option, out) == 0
    assert names(out) == ["house_base.epJSON", "house_expanded.epJSON", "house_hvac_templates.epJSON"]


@pytest.mark.parametrize("option", ["-ns", "--no_schema", "--no-schema"])
def test_checks_against_the_schema_can_be_left_out_which_is_said(
    file: Path, option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[bool] = []

    def expand(given: Model, *, validate: bool = True) -> Result:
        asked.append(validate)
        return Result(EXPANDED)

    assert call(file, option, expand=expand) == 0
    assert asked == [False]
    assert "not checked against the schema" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("field", "value", "hints"), [("efficiency", 1.05, 1), ("efficiency", 0.9, 0), ("effort", 1, 0)]
)
def test_what_expandobjects_only_warns_of_can_be_had_unchecked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], field: str, value: float, hints: int
) -> None:
    model = boxes(["A"], variable_air_volume(["A"]))
    model["HVACTemplate:Plant:Boiler"]["Boiler"][field] = value
    file = tmp_path / "house.epJSON"
    file.write_text(json.dumps(model), encoding="utf-8")
    refused = call(file, "--check", expand=expand)
    assert capsys.readouterr().err.count("--no_schema") == hints
    assert refused == int(value != 0.9)
    assert call(file, "--check", "--no_schema", expand=expand) == 0


def test_a_refused_model_leaves_no_expanded_file(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(file, expand=REFUSING) == 1
    assert names(file.parent) == ["house.epJSON"]
    said = capsys.readouterr().err.splitlines()
    assert said[0] == 'error: HVACTemplate:Thermostat "T" constant_heating_setpoint: too warm'
    assert said[1].endswith("house.epJSON: not expanded, 1 error(s)")


def test_the_result_of_an_earlier_run_is_not_left_to_be_mistaken(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call(file)
    assert call(file, expand=REFUSING) == 1
    assert "house_expanded.epJSON.old" in names(file.parent)
    assert "house_expanded.epJSON" not in names(file.parent)
    assert "house_expanded.epJSON of an earlier run is now house_expanded.epJSON.old" in capsys.readouterr().err


def test_nor_when_the_model_can_no_longer_be_read(file: Path) -> None:
    call(file)
    file.write_text("{", encoding="utf-8")
    assert call(file) == 2
    assert "house_expanded.epJSON" not in names(file.parent)


def test_nor_when_the_tree_is_faulty(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def expand(given: Model, *, validate: bool = True) -> Result:
        raise ConfigError([Problem("some.yaml", "is wrong")])

    call(file)
    assert call(file, expand=expand) == 2
    assert "house_expanded.epJSON" not in names(file.parent)
    assert "some.yaml: is wrong" in capsys.readouterr().err


def test_check_writes_nothing_and_moves_nothing(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(file, "--check") == 0
    assert names(file.parent) == ["house.epJSON"]
    assert capsys.readouterr().out.endswith("can be expanded\n")
    call(file)
    before = names(file.parent)
    assert call(file, "--check", "--write-logs", expand=REFUSING) == 1
    assert names(file.parent) == before


def test_messages_go_into_the_model_for_energyplus_to_repeat(file: Path) -> None:
    call(file, expand=expansion(warning("HVACTemplate:Thermostat", "T", "", "warm")))
    (message,) = read(file, "expanded")["Output:PreprocessorMessage"].values()
    assert (message["error_severity"], message["message_line_1"]) == ("Warning", 'HVACTemplate:Thermostat "T": warm')


@pytest.mark.parametrize("option", ["-l", "--logger_level", "--logger-level"])
def test_the_level_says_what_is_shown(file: Path, option: str, capsys: pytest.CaptureFixture[str]) -> None:
    expand = expansion(warning("", "", "", "careful"), information("", "", "", "by the way"))
    shown = []
    for level in ("error", "WARNING", "info"):
        call(file, option, level, expand=expand)
        shown.append(capsys.readouterr().err)
    assert shown == ["", "warning: careful\n", "warning: careful\ninformation: by the way\n"]


@pytest.mark.parametrize("option", ["-wl", "--write_logs", "--write-logs"])
def test_messages_can_be_written_to_a_log(file: Path, option: str) -> None:
    call(file, option, expand=REFUSING)
    assert "ERROR error: HVACTemplate:Thermostat" in file.with_name("house_expanded.log").read_text(encoding="utf-8")


def test_the_logger_is_left_as_it_was(file: Path) -> None:
    logger = logging.getLogger("hvac_templates")
    before = (logger.level, logger.propagate, list(logger.handlers))
    call(file, "-wl", "-l", "DEBUG")
    assert (logger.level, logger.propagate, list(logger.handlers)) == before


def test_one_json_document_says_everything(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(file, "--json", expand=expansion(warning("", "", "", "careful"))) == 0
    printed = capsys.readouterr()
    document = json.loads(printed.out)
    assert printed.err == ""
    assert document["expanded"] is True
    assert [message["text"] for message in document["messages"]] == ["careful"]
    assert [Path(written).name for written in document["written"]] == [
        "house_expanded.epJSON",
        "house_base.epJSON",
        "house_hvac_templates.epJSON",
    ]


def test_problems_are_in_the_json_document_too(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text("[]", encoding="utf-8")
    assert call(file, "--json") == 2
    document = json.loads(capsys.readouterr().out)
    assert document["expanded"] is False
    assert document["problems"] == [f"{file}: a model is an object in braces: object type, object name, fields"]


def test_a_model_without_templates_is_passed_on_with_a_warning(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text('{"Zone": {"A": {}}}', encoding="utf-8")
    assert call(file) == 0
    assert "holds no HVACTemplate objects" in capsys.readouterr().err


def test_no_file_or_two_files_are_asked_about(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call() == 2
    assert "name the model to expand" in capsys.readouterr().err
    assert call(file, "-f", file) == 2
    assert "name one model, once" in capsys.readouterr().err


def test_a_missing_folder_is_refused_before_anything_is_written(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(file, "-o", file.parent / "none") == 2
    assert names(file.parent) == ["house.epJSON"]
    assert "there is no such folder" in capsys.readouterr().err


@needs_engine
def test_a_missing_weather_file_is_refused_before_anything_is_written(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(file, "--run", file.parent / "none.epw") == 2
    assert names(file.parent) == ["house.epJSON"]
    assert "there is no such weather file" in capsys.readouterr().err


def test_a_file_in_the_place_of_the_folder_is_refused(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(file, "-o", file) == 2
    assert "this is a file; name a folder with -o" in capsys.readouterr().err


def test_ctrl_c_ends_the_command_without_a_traceback(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def expand(given: Model, *, validate: bool = True) -> Result:
        raise KeyboardInterrupt

    assert call(file, expand=expand) == 130
    assert capsys.readouterr().err == "stopped with Ctrl+C\n"


def test_a_name_that_the_terminal_cannot_show_is_escaped(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    house = file.rename(file.with_name("häuser.epJSON"))
    terminal = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr("sys.stdout", terminal)
    assert call(house, "-nb") == 0
    terminal.seek(0)
    assert terminal.read().endswith("h\\xe4user_expanded.epJSON\n")


def test_the_collector_is_off_while_a_command_runs_and_on_again_after(file: Path) -> None:
    seen: list[bool] = []

    def expand(given: Model, *, validate: bool = True) -> Result:
        seen.append(gc.isenabled())
        return Result(EXPANDED)

    assert gc.isenabled()
    call(file, expand=expand)
    assert seen == [False]
    assert gc.isenabled()


def test_a_simulation_without_the_engine_says_how_to_install_it(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    weather = file.with_suffix(".epw")
    weather.touch()
    assert call(file, "--run", weather) == 2
    assert "pip install -r requirements-engine.txt" in capsys.readouterr().err
    assert "house_expanded.epJSON" not in names(file.parent)


@pytest.mark.parametrize("option", ["-v", "--version"])
def test_the_version_is_said(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        call(option)
    assert "EnergyPlus 25.2" in capsys.readouterr().out


def process(*arguments: object) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "main.py", "expand", *map(str, arguments)]
    return subprocess.run(line, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603


@pytest.mark.slow
def test_the_command_works_as_a_process(tmp_path: Path) -> None:
    zones = zone_names(2)
    file = tmp_path / "office.epJSON"
    file.write_text(json.dumps(boxes(zones, ideal_loads(zones))), encoding="utf-8")
    done = process(file)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(read(file, "expanded")["ZoneHVAC:IdealLoadsAirSystem"]) == 2
    file.write_text("{}}", encoding="utf-8")
    broken = process(file)
    assert (broken.returncode, broken.stdout) == (2, "")
    assert "Traceback" not in broken.stderr
    assert process("--nonsense").returncode == 2


@needs_engine
@pytest.mark.slow
def test_an_expanded_model_can_be_simulated(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from hvac_templates.expand import expand
    from tests.hvac_templates.oracle.places import weather

    zones = zone_names(1)
    file = tmp_path / "office.epJSON"
    file.write_text(json.dumps(boxes(zones, ideal_loads(zones))), encoding="utf-8")
    assert call(file, "--run", weather(), expand=expand) == 0
    assert "simulation completed, 0 severe error(s)" in capsys.readouterr().out
    assert (tmp_path / "office_run" / "eplusout.end").is_file()


@needs_engine
def test_a_simulation_that_fails_is_a_failure(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    weather = file.with_suffix(".epw")
    weather.touch()
    assert call(file, "--run", weather) == 1
    said = capsys.readouterr().err
    assert "EnergyPlus: Severe" in said
    assert "simulation failed" in said


def test_the_modules_that_a_command_needs_are_few(tmp_path: Path) -> None:
    code = "import sys, main, commands.line, commands.verbs.expand, hvac_templates.expand; print(*sys.modules)"
    line = [sys.executable, "-c", code]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)  # noqa: S603
    heavy = {"pydantic", "pint", "requests", "rich", "cbor2", "pyenergyplus", "numpy", "uvicorn"}
    assert heavy & set(done.stdout.split()) == set()
