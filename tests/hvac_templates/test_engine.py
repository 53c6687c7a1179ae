"""The engine where it is installed, and plain words where it is not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hvac_templates import engine
from hvac_templates.engine import EngineFailed, EngineMissing, severe_errors
from tests.hvac_templates.boxes import boxes, zone_names
from tests.hvac_templates.judges import needs_engine
from tests.hvac_templates.oracle.places import weather
from utils.errors import ConfigError

MODEL = boxes(zone_names(1))


def test_without_the_engine_the_message_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    for call in (engine.engine_folder, engine.engine_library, engine.embedded_schema):
        with pytest.raises(EngineMissing, match=r"pip install -r requirements-engine\.txt"):
            call()


def test_a_library_without_a_schema_is_no_engine(tmp_path: Path) -> None:
    pytest.importorskip("cbor2")
    library = tmp_path / "library.so"
    library.write_bytes(b"nothing of the kind")
    with pytest.raises(EngineMissing, match="no schema was found"):
        engine.embedded_schema(library)


def test_severe_and_fatal_errors_are_read_from_the_error_file(tmp_path: Path) -> None:
    file = tmp_path / "eplusout.err"
    assert severe_errors(file) == ()
    file.write_text(
        "   ** Warning ** so\n   **   ~~~   ** far\n   ** Severe  ** Node: no\n   **   ~~~   **   more \n"
        "   ************* Testing\n   **  Fatal  ** end\n",
        encoding="utf-8",
    )
    assert severe_errors(file) == ("Severe: Node: no more", "Fatal: end")


def test_the_requirements_name_the_engine_that_the_table_is_of() -> None:
    lines = (
        Path(engine.__file__).parents[1].joinpath("requirements-engine.txt").read_text(encoding="utf-8").splitlines()
    )
    wanted = [line for line in lines if not line.startswith("#")]
    assert [line.split("=")[0].rstrip(">") for line in wanted] == ["cbor2", "pyenergyplus-lbnl"]
    assert "==" in wanted[1]


def test_weather_that_comes_with_the_engine_is_found_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "engine_folder", lambda: tmp_path)
    shipped = tmp_path / "pyenergyplus" / "data" / "weather"
    shipped.mkdir(parents=True)
    own = tmp_path / "own.epw"
    for file in (own, shipped / "Town.epw"):
        file.touch()
    assert engine.weather_file(own) == own
    assert engine.weather_file(Path("Town.epw")) == shipped / "Town.epw"
    for wrong in ("City.epw", "elsewhere/Town.epw"):
        with pytest.raises(ConfigError, match=r"no such weather file; the engine brings these, .*: Town.epw"):
            engine.weather_file(Path(wrong))


@needs_engine
def test_results_of_an_earlier_run_are_gone_when_a_run_fails(tmp_path: Path) -> None:
    (tmp_path / "eplusout.eso").write_text("earlier", encoding="utf-8")
    ended = engine.simulate({"Zone": {"A": {"x_origin": "far"}}}, weather(), tmp_path)
    assert not ended.completed
    assert any("x_origin" in text for text in ended.severes)
    assert not (tmp_path / "eplusout.eso").exists()


@needs_engine
def test_a_run_leaves_its_results_in_the_folder_and_nothing_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    ended = engine.simulate(MODEL, weather(), tmp_path / "results")
    assert ended.completed
    assert json.loads((tmp_path / "results" / "in.epJSON").read_text(encoding="utf-8")) == MODEL
    assert (tmp_path / "results" / "eplusout.end").is_file()
    assert list(elsewhere.iterdir()) == []


@needs_engine
def test_a_run_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    with pytest.raises(EngineFailed, match=r"stopped after 0\.01 s"):
        engine.simulate(MODEL, weather(), tmp_path, timeout_s=0.01)


@needs_engine
def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    occupied = tmp_path / "file"
    occupied.touch()
    with pytest.raises(EngineFailed, match="it cannot be written"):
        engine.simulate(MODEL, weather(), occupied)
