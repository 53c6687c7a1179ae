"""What is left on disk: whole files or none, and nothing stale under the name of a result."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hvac_templates.io import files
from utils.errors import ConfigError

MODEL: dict[str, Any] = {
    "Zone": {"Büro": {"x_origin": 1.5}},
    "HVACTemplate:Thermostat": {"T": {"constant_heating_setpoint": 20}},
}


def test_the_files_stand_beside_the_model_or_in_the_folder_named(tmp_path: Path) -> None:
    other = tmp_path / "out"
    other.mkdir()
    beside = files.outputs_of(tmp_path / "house.v2.epJSON", None)
    assert beside.expanded == tmp_path.resolve() / "house.v2_expanded.epJSON"
    named = files.outputs_of(tmp_path / "house.epJSON", other)
    assert [path.name for path in (named.base, named.templates, named.log, named.run_folder)] == [
        "house_base.epJSON",
        "house_hvac_templates.epJSON",
        "house_expanded.log",
        "house_run",
    ]
    assert named.base.parent == other


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no such folder; make it, or name another one with -o"):
        files.outputs_of(tmp_path / "m.epJSON", tmp_path / "none")


def test_a_model_is_written_an_object_per_line_and_reads_back_the_same() -> None:
    text = files.as_text(MODEL)
    assert json.loads(text) == MODEL
    assert '    "Büro": {"x_origin": 1.5}' in text.splitlines()
    assert json.loads(files.as_text({})) == {}
    assert json.loads(files.as_text({"Zone": {}})) == {"Zone": {}}


def test_the_halves_are_the_input_again() -> None:
    base, templates = files.halves(MODEL)
    assert {**base, **templates} == MODEL
    assert list(templates) == ["HVACTemplate:Thermostat"]
    assert templates["HVACTemplate:Thermostat"] is MODEL["HVACTemplate:Thermostat"]


def test_all_files_are_written_or_none(tmp_path: Path) -> None:
    good, bad = tmp_path / "a.epJSON", tmp_path / "none" / "b.epJSON"
    good.write_text("before", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"b\.epJSON: it cannot be written"):
        files.write_all({good: MODEL, bad: MODEL})
    assert good.read_text(encoding="utf-8") == "before"
    assert [path.name for path in tmp_path.iterdir()] == ["a.epJSON"]


def test_nothing_but_the_files_is_left_after_writing(tmp_path: Path) -> None:
    files.write_all({tmp_path / "a.epJSON": MODEL, tmp_path / "b.epJSON": {}})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.epJSON", "b.epJSON"]


def test_an_earlier_result_is_put_aside_under_another_name(tmp_path: Path) -> None:
    file = tmp_path / "m_expanded.epJSON"
    assert files.put_aside(file) is None
    file.write_text("earlier", encoding="utf-8")
    aside = files.put_aside(file)
    assert aside is not None
    assert (aside.name, aside.read_text(encoding="utf-8")) == ("m_expanded.epJSON.old", "earlier")
    assert not file.exists()
