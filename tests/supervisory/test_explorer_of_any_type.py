"""The explorer on objects and properties that configs know nothing of: other types, vendors' own, and odd ones."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from bacpypes3.basetypes import EngineeringUnits
from bacpypes3.primitivedata import CharacterString, Integer, Real, Unsigned

from supervisory.explorer import verifying
from supervisory.undo_file import UndoFile
from tests.clients.bacnet.handmade import HandMade, an_object_of_each_commandable_type, in_slots
from tests.clients.bacnet.server import Server, device
from tests.supervisory.exploring import explore, told
from utils.errors import ConfigError


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifying, "PATIENCE_S", 0.0)


def objects() -> list[HandMade]:
    units = EngineeringUnits("percent")
    return [
        *an_object_of_each_commandable_type(),
        HandMade("pulse-converter,1", "Meter", Real, has_slots=False, present_value=Real(1.5), units=units),
        HandMade("integer-value,2", "Percentage", Integer, present_value=Integer(-5), units=units),
        HandMade("128,1", "Own", Unsigned, present_value=Unsigned(3), p_512=Unsigned(7)),
        HandMade("analog-value,1", "Odd", Real, present_value=CharacterString("warm")),
    ]


@pytest.fixture
def site() -> Iterator[Server]:
    with device(objects) as server:
        yield server


def test_all_objects_of_a_device_are_points(site: Server) -> None:
    code, document = told("points", site.address)
    shown = {point["object"]: (point["value"], point["unit"]) for point in document["points"]}
    assert (code, len(shown), document["left_out"]) == (0, 2 + 15 + 4, {})
    assert shown["device,500"] == (None, None)
    assert shown["pulse-converter,1"] == (1.5, "percent")
    assert shown["integer-value,2"] == (-5, "percent")
    assert shown["characterstring-value,1"] == ("closed for cleaning", None)
    assert shown["128,1"] == (3, None)


def test_points_say_what_a_filter_leaves_out(site: Server) -> None:
    printed = explore("points", site.address, "--type", "128", "--type", "integer-value")[1]
    assert "3 object(s)" in printed
    assert "left out by --type: 18 object(s): 1 device, 1 network-port, " in printed


def test_a_value_of_another_datatype_is_shown_and_said_to_be_one(site: Server) -> None:
    printed = explore("points", site.address)[1]
    (line,) = [line.split() for line in printed.splitlines() if line.startswith("analog-value,1 ")]
    assert line == ["analog-value,1", "Odd", "warm"]
    assert "analog-value,1: what is shown is not of the datatype that the standard has" in printed
    code, reading = told("read", site.address, "analog-value,1")
    assert (code, reading["value"], reading["quality"]) == (1, "warm", "bad")
    assert "CharacterString, where the standard has Real" in reading["error"]


def test_a_vendors_own_property_is_shown_as_what_it_is_and_written_as_it_is_said(site: Server) -> None:
    assert told("read", site.address, "128,1/512")[1]["value"] == 7
    assert told("rpm", site.address, "128,1/512", "128,1")[1][0]["value"] == 7
    code, document = told("write", site.address, "128,1/512", "unsigned:9")
    assert (code, document["writes"][0]["was"], document["writes"][0]["is"]) == (0, 7, 9)
    with pytest.raises(ConfigError, match="whole number"):
        explore("write", site.address, "128,1/512", "unsigned:much")


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("lighting-output,1", "12.5", 12.5),
        ("integer-value,1", "-7", -7),
        ("access-door,1", "lock", "lock"),
        ("date-value,1", "2025-01-02", "2025-01-02"),
        ("octetstring-value,1", "beef", "beef"),
        ("128,1", "unsigned:4", "4"),
    ],
)
def test_any_commandable_type_is_written_and_released(site: Server, name: str, value: str, shown: object) -> None:
    code, document = told("write", site.address, name, value, "--priority", "9")
    assert (code, document["writes"][0]["is"], document["writes"][0]["error"]) == (0, shown, "")
    assert told("priority-array", site.address, name)[1][8] == shown
    code, document = told("release", site.address, name, "--priority", "9")
    assert (code, document["writes"][0]["was"], document["writes"][0]["is"]) == (0, shown, None)
    with pytest.raises(ConfigError, match="a priority is needed"):
        explore("write", site.address, name, value)


EVIL = "Damper\n\x1b[2J\x07:key: [red]1\u202e"
SHOWN = "Damper \\x1b[2J\\x07:key: [red]1\\u202e"


@pytest.fixture
def evil() -> Iterator[Server]:
    text = CharacterString(EVIL)
    damper = HandMade("characterstring-value,1", EVIL, CharacterString, present_value=text, description=text)
    damper.slots[7] = text
    odd = HandMade("analog-value,1", f"{EVIL} 2", Real, present_value=text, priority_array=in_slots([text] * 3))
    with device(lambda: [damper, odd], is_bbmd=True) as server:
        yield server


@pytest.mark.parametrize(
    "arguments",
    [
        ("points", "DEVICE"),
        ("whohas", "--object", "characterstring-value,1", "--foreign", "DEVICE", "--timeout", "0.2"),
        ("read", "DEVICE", "characterstring-value,1"),
        ("read", "DEVICE", "analog-value,1"),
        ("rpm", "DEVICE", "characterstring-value,1", "analog-value,1/object-name"),
        ("priority-array", "DEVICE", "characterstring-value,1"),
        ("write", "DEVICE", "characterstring-value,1", EVIL, "--priority", "9"),
        ("release", "DEVICE", "characterstring-value,1", "--priority", "8"),
        ("audit", "DEVICE"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_what_a_terminal_would_act_on_is_shown_in_one_line(evil: Server, arguments: tuple[str, ...]) -> None:
    printed = explore(*(evil.address if text == "DEVICE" else text for text in arguments))[1]
    assert all(line.isprintable() for line in printed.splitlines())
    assert SHOWN in printed


def test_an_undo_file_keeps_a_name_as_it_is_and_shows_it_escaped(evil: Server, tmp_path: Path) -> None:
    rules, undo = tmp_path / "rules.json", tmp_path / "undo.jsonl"
    rules.write_text('{"release": [{"priorities": [8]}]}', encoding="utf-8")
    release = ("audit", evil.address, "--release", "8", "--rule", str(rules), "--undo-file", str(undo), "--yes")
    for arguments in (release, ("audit", "--undo", str(undo), "--yes")):
        printed = explore(*arguments)[1]
        assert SHOWN in printed
        assert all(line.isprintable() for line in printed.splitlines())
    assert undo.read_text(encoding="utf-8").isascii()
    assert UndoFile(undo).slots()[0].name == EVIL
    assert evil.object("characterstring-value,1").slots[7] == EVIL
