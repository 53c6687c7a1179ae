"""Files that are no model get one clear line each."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from hvac_templates.io.reading import parse_model, read_model
from tests.hvac_templates.judges import needs_engine
from utils.errors import ConfigError


def refused(file: Path) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        read_model(file)
    return [problem.what for problem in caught.value.problems]


def refused_text(content: bytes) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse_model("m.epJSON", content)
    assert all(problem.where == "m.epJSON" for problem in caught.value.problems)
    return [problem.what for problem in caught.value.problems]


ENDLESS = "NaN, or a number that is too large: give a number"


@pytest.mark.parametrize("name", ["m.epJSON", "m.EPJSON", "m.json"])
def test_a_model_is_read_whatever_the_letter_case_of_its_ending(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_text('{"Zone": {"Büro": {}}}', encoding="utf-8-sig")
    assert read_model(file) == {"Zone": {"Büro": {}}}


def test_a_file_that_is_not_there_or_not_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "folder.epJSON").mkdir()
    assert refused(tmp_path / "none.epJSON") == ["there is no such file"]
    assert refused(tmp_path / "folder.epJSON") == ["this is a folder; name the model's file"]
    assert refused(tmp_path / "model.txt") == ["a model is a file ending in .epJSON, .json or .idf, not in .txt"]
    assert refused(tmp_path / "model") == ["a model is a file ending in .epJSON, .json or .idf, not in nothing"]


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="permissions mean nothing to this user")
def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "m.epJSON"
    file.write_text("{}", encoding="utf-8")
    file.chmod(0)
    assert refused(file)[0].startswith("it cannot be read")


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b'{"Zone": [1,\n\n]}', "it is not JSON: there is nothing between this comma and ], line 1 column 12"),
        (b'{"Zone": }', "it is not JSON: Expecting value, line 1 column 10"),
        (b"", "the file is empty"),
        (b" \n", "the file is empty"),
        ('{"Zone": {}}'.encode("utf-16"), "it is UTF-16 text; save it as UTF-8"),
        ('{"Zone": {}}'.encode("utf-16-be"), "it is UTF-16 text; save it as UTF-8"),
        (b'{"Zone": {"B\xfcro": {}}}', "it is not UTF-8 text: byte 12 cannot be read; save it as UTF-8"),
        (b"[]", "a model is an object in braces: object type, object name, fields"),
        (b'{"Zone": 5}', "Zone: objects with their names are needed here, in braces"),
        (b'{"Zone": {"A": []}}', 'Zone "A": fields with their values are needed here, in braces'),
        (
            b'{"HVACTemplate:X": {"A": {"f": [1]}}}',
            'HVACTemplate:X "A" f: a text or a number is needed here, not a list or an object',
        ),
        (b'{"HVACTemplate:X": {"A": {"f": 1e999}}}', f'HVACTemplate:X "A" f: {ENDLESS}'),
        (b'{"Zone": {"A": {"x_origin": NaN}}}', f'Zone "A" x_origin: {ENDLESS}'),
        (b'{"Zone": {"A": {"x": [{"y": -Infinity}]}}}', f'Zone "A" x: {ENDLESS}'),
        (b'{"HVACTemplate:X": {"A": {"f": ' + b"9" * 400 + b"}}}", f'HVACTemplate:X "A" f: {ENDLESS}'),
        (b'{"Zone": {"\\ud800": {}}}', "it holds half of a two-part character (a lone \\ud8.. or \\udc.. escape)"),
        (b"[" * 200_000, "its braces are nested too deeply for a model"),
    ],
)
def test_text_that_is_no_model_gets_one_line(content: bytes, what: str) -> None:
    assert refused_text(content) == [what]


def test_a_number_of_ten_thousand_digits_is_refused_in_one_line() -> None:
    assert len(refused_text(b'{"Zone": {"A": {"x_origin": ' + b"9" * 10_000 + b"}}}")) == 1


def test_keys_that_stand_twice_are_all_named() -> None:
    text = b'{"Zone": {"A": {}, "A": {}}, "Lights": {"L": {"x": 1, "x": 2}}, "Lights": {}}'
    assert sorted(refused_text(text)) == [
        '"A" stands more than once in the same braces',
        '"Lights" stands more than once in the same braces',
        '"x" stands more than once in the same braces',
    ]


def test_a_long_list_of_problems_ends_in_a_count() -> None:
    model = {f"Type {number}": 0 for number in range(30)}
    found = refused_text(json.dumps(model).encode())
    assert len(found) == 21
    assert found[-1] == "and 10 more of this kind"


def test_an_idf_without_the_engine_says_how_to_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    file = tmp_path / "m.idf"
    file.write_text("Version,25.2;", encoding="utf-8")
    (what,) = refused(file)
    assert "pip install -r requirements-engine.txt" in what
    assert "or convert it to epJSON" in what


@needs_engine
@pytest.mark.slow
def test_an_idf_is_converted_by_the_engine_templates_and_all(tmp_path: Path) -> None:
    file = tmp_path / "m.idf"
    text = "Version,25.2;\nZone,North;\nHVACTemplate:Thermostat,Office,,20,,26;\nHVACTemplate:Zone:PTAC,North,Office;\n"
    file.write_text(text, encoding="utf-8")
    model = read_model(file)
    assert model["HVACTemplate:Thermostat"]["Office"]["constant_heating_setpoint"] == 20
    assert [unit["zone_name"] for unit in model["HVACTemplate:Zone:PTAC"].values()] == ["North"]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"Zone,Nord; ! B\xfcro\r\nZone,B\xfcro; ! hier", 'line 2, "Zone,Büro;", is not UTF-8 text'),
        (b"", "the file is empty"),
    ],
)
def test_an_idf_is_held_to_be_text_too(tmp_path: Path, content: bytes, what: str) -> None:
    file = tmp_path / "m.idf"
    file.write_bytes(content)
    assert [text[: len(what)] for text in refused(file)] == [what]


@needs_engine
def test_comments_of_an_idf_may_be_in_an_older_code_page(tmp_path: Path) -> None:
    file = tmp_path / "m.idf"
    file.write_bytes("Version,25.2;\nZone,Büro;\n".encode() + b"! Geb\xe4ude, 20 \xb0C\n Zone,Nord; !- f\xfcr alle\n")
    assert list(read_model(file)["Zone"]) == ["Büro", "Nord"]


@needs_engine
def test_an_idf_without_objects_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "m.idf"
    file.write_text("! nothing yet\n", encoding="utf-8")
    assert refused(file) == ["the engine finds no object in it"]


@needs_engine
def test_an_idf_that_the_engine_cannot_read_is_refused_in_its_words(tmp_path: Path) -> None:
    file = tmp_path / "m.idf"
    file.write_text("Version,25.2;\nNoSuchThing,1;\n", encoding="utf-8")
    (what,) = refused(file)
    assert "NoSuchThing" in what
