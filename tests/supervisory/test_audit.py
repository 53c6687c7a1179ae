"""The override audit over all that a BACnet site may have: it finds every slot, or says what it could not look into."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from bacpypes3.local.analog import AnalogOutputObject
from bacpypes3.primitivedata import CharacterString, Real, Unsigned

from ledger import Journals, TakenSlot
from supervisory.explorer import verifying
from tests.clients.bacnet.handmade import HandMade, an_object_of_each_commandable_type, in_slots
from tests.clients.bacnet.server import Server, device
from tests.supervisory.exploring import explore, told
from utils.values import ObjectRef, ObjectType

ALL_BY_HAND = {"release": [{"priorities": [8]}]}


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifying, "PATIENCE_S", 0.0)


@pytest.fixture
def site() -> Iterator[Server]:
    with device(an_object_of_each_commandable_type) as server:
        yield server


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Journals:
    """The records of a bench on this computer."""
    monkeypatch.setenv("BRIDGE_STATE_DIR", str(tmp_path))
    return Journals(tmp_path / "ledgers")


@pytest.fixture
def rules(tmp_path: Path) -> str:
    file = tmp_path / "rules.json"
    file.write_text(json.dumps(ALL_BY_HAND), encoding="utf-8")
    return str(file)


def test_a_slot_of_any_commandable_type_is_found(site: Server) -> None:
    code, document = told("audit", site.address)
    assert code == 0
    assert {slot["object"].partition(",")[0]: slot["value"] for slot in document["slots"]} == {
        "access-door": "unlock",
        "binary-lighting-output": "warn",
        "bitstring-value": "0;2",
        "characterstring-value": "closed for cleaning",
        "date-pattern-value": "*-12-*",
        "date-value": "2024-07-06",
        "datetime-pattern-value": "2024-07-06 05:03:02.07",
        "datetime-value": "2024-07-06 05:03:02.07",
        "integer-value": -5,
        "large-analog-value": 1.0e40,
        "lighting-output": 75.0,
        "octetstring-value": "01ff",
        "positive-integer-value": 4294967295,
        "time-pattern-value": "05:*:*.*",
        "time-value": "05:03:02.07",
    }


def test_whatever_stood_in_a_slot_is_released_and_put_back_just_so(site: Server, rules: str, tmp_path: Path) -> None:
    undo = str(tmp_path / "undo.jsonl")
    before = {item.objectName: encoded(item.slots[7]) for item in an_object_of_each_commandable_type()}
    code, document = told("audit", site.address, "--release", "8", "--rule", rules, "--undo-file", undo, "--yes")
    assert (code, {slot["outcome"] for slot in document["slots"]}) == (0, {"released"})
    assert {name: site.application.objectName[name].slots[7] for name in before} == dict.fromkeys(before)
    code, document = told("audit", "--undo", undo, "--yes")
    assert (code, {slot["outcome"] for slot in document["slots"]}) == (0, {"put back"})
    assert {name: encoded(site.application.objectName[name].slots[7]) for name in before} == before
    assert {slot["outcome"] for slot in told("audit", "--undo", undo)[1]["slots"]} == {"holds it already"}


def encoded(value: object) -> list[bytes]:
    return [tag.encode().pduData for tag in value.encode()]  # type: ignore[attr-defined]


def test_what_cannot_be_put_back_is_said_and_not_sent(tmp_path: Path) -> None:
    undo = tmp_path / "undo.jsonl"
    with device(lambda: [HandMade("analog-value,1", "Odd", Real)]) as server:
        slot = {"device": f"bacnet://{server.address}", "type": "AnalogValue", "instance": 1, "name": "Odd"}
        lines = [
            {**slot, "priority": 8 + number, "value": {"text": "nan", "datatype": "Real", "encoded": octets}}
            for number, octets in enumerate(("447fc00000", "rubbish", "00", ""))
        ]
        undo.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        code, document = told("audit", "--undo", str(undo), "--yes")
        assert (code, len(document["slots"])) == (1, 4)
        assert all(slot["outcome"].startswith("NOT put back: ") for slot in document["slots"])
        assert server.object("analog-value,1").slots == [None] * 16


@pytest.mark.parametrize("count", [15, 17])
def test_a_priority_array_that_is_not_sixteen_long_is_named_and_no_all_clear(count: int) -> None:
    odd = HandMade("analog-output,3", "Odd", Real, priority_array=in_slots([None] * count))
    with device(lambda: [odd]) as server:
        code, printed = explore("audit", server.address)
    assert code == 1
    assert f"analog-output,3 priority-array: unreadable answer ({count} slots, where there are 16)" in printed
    assert "no slot is occupied in what could be looked into" in printed


def test_what_does_not_show_its_slots_is_named_where_it_must_have_some(state: Journals) -> None:
    outputs = [
        HandMade(f"{kind},1", kind, Real, has_slots=False) for kind in ("lighting-output", "analog-value", "128")
    ]
    with device(lambda: outputs) as server:
        code, document = told("audit", server.address)
    (reasons,) = document["unread"].values()
    assert (code, reasons) == (1, ["lighting-output,1 priority-array: unknown-property"])


def test_a_vendors_own_object_is_looked_into_and_released(rules: str, tmp_path: Path) -> None:
    own = HandMade("128,5", "Own", Unsigned)
    own.slots[7] = Unsigned(3)
    undo = str(tmp_path / "undo.jsonl")
    with device(lambda: [own]) as server:
        (slot,) = told("audit", server.address)[1]["slots"]
        assert (slot["object"], slot["name"], slot["value"]) == ("128,5", "Own", "3")
        told("audit", server.address, "--release", "8", "--rule", rules, "--undo-file", undo, "--yes")
        assert own.slots[7] is None
        told("audit", "--undo", undo, "--yes")
        assert own.slots[7] == 3


def test_a_slot_that_holds_what_is_no_number_is_taken_all_the_same() -> None:
    odd = HandMade("analog-value,1", "Odd", Real)
    odd.slots[7], odd.slots[8] = CharacterString("warm"), Real(float("nan"))
    with device(lambda: [odd]) as server:
        assert [slot["value"] for slot in told("audit", server.address)[1]["slots"]] == ["warm", "nan"]


def outputs() -> list[AnalogOutputObject]:
    return [
        AnalogOutputObject(objectIdentifier=f"analog-output,{number}", objectName=f"Damper {number}", presentValue=0.0)
        for number in range(1, 6)
    ]


def test_what_a_person_forgot_is_on_top_and_what_is_expected_is_folded(state: Journals) -> None:
    with device(outputs) as server:
        key = f"bacnet://{server.address}"
        living, dead = state.own({}), state.own({})
        living.take([TakenSlot(key, ObjectRef(ObjectType.ANALOG_OUTPUT, 1), "Damper 1", 14, None)])
        dead.take([TakenSlot("127.0.0.1:8443", ObjectRef(ObjectType.ANALOG_OUTPUT, 2), "Damper 2", 14, None)])
        dead.close()
        for order, priority in (("1=1", 14), ("2=2", 14), ("3=3", 16), ("4=4", 12), ("5=5", 8)):
            explore("write", server.address, *f"analog-output,{order}".split("="), "--priority", str(priority))
        code, printed = explore("audit", server.address)
        everything = told("audit", server.address)[1]["slots"]
        shown = explore("audit", "--all", server.address)[1]
        only = told("audit", server.address, "--priority", "16")[1]["slots"]
        living.give_back(list(living._open))
        living.close()
    lines = [line.strip().split(maxsplit=6)[1:] for line in printed.splitlines()[2:5]]
    assert code == 0
    assert lines == [
        ["analog-output,5", "Damper", "5", "8", "5", "operator"],
        ["analog-output,2", "Damper", "2", "14", "2", "a run of this bench that died"],
        ["analog-output,4", "Damper", "4", "12", "4", "other"],
    ]
    assert "as expected: 1 at 14 (this bench), 1 at 16 (application); --all shows them" in printed
    assert [slot["owner"] for slot in everything][3:] == ["this bench", "application"]
    assert len(shown.splitlines()) == 2 + 5
    assert [slot["object"] for slot in only] == ["analog-output,3"]


def test_where_all_is_as_it_should_be_that_is_said(state: Journals) -> None:
    with device(outputs) as server:
        explore("write", server.address, "analog-output,1", "5", "--priority", "16")
        printed = explore("audit", server.address)[1]
    assert printed.splitlines() == [
        "no other slot is occupied",
        "as expected: 1 at 16 (application); --all shows them",
    ]
