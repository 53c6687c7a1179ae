from __future__ import annotations

import math

import pytest

from clients.ecy.wire import (
    COLLECTIONS,
    has_error_text,
    items_of,
    member,
    priority_array_of,
    sample_of,
    units_of,
    unwrap,
    value_to_write,
    words_of,
)
from clients.http.funnel import Json
from utils.values import ObjectType, PointValue, Quality

AV, BV, MSV = ObjectType.ANALOG_VALUE, ObjectType.BINARY_VALUE, ObjectType.MULTI_STATE_VALUE


@pytest.mark.parametrize("wrapped", [21.5, {"$value": 21.5}, {"value": 21.5}, {"$value": 21.5, "type": "Real"}])
def test_a_leaf_is_unwrapped(wrapped: Json) -> None:
    assert unwrap(wrapped) == 21.5


def test_an_object_that_only_has_a_value_among_others_is_left_alone() -> None:
    assert unwrap({"value": 1, "priority": 14}) == {"value": 1, "priority": 14}


@pytest.mark.parametrize(
    ("told", "object_type", "value"),
    [
        (21.5, AV, 21.5),
        (21, AV, 21.0),
        ("21.500000", AV, 21.5),
        ({"$value": "1e3"}, AV, 1000.0),
        (True, BV, True),
        (0, BV, False),
        (1.0, BV, True),
        ("Active", BV, True),
        ("inactive", BV, False),
        (" ON ", BV, True),
        ("false", BV, False),
        ("1", BV, True),
        (3, MSV, 3),
        (3.0, MSV, 3),
        ("2", MSV, 2),
    ],
)
def test_a_value_is_read_in_every_form(told: Json, object_type: ObjectType, value: PointValue) -> None:
    sample = sample_of(told, object_type)
    assert sample.quality is Quality.GOOD
    assert sample.value == value
    assert type(sample.value) is type(value)


@pytest.mark.parametrize(
    ("told", "object_type"),
    [
        (None, AV),
        ("NaN", AV),
        (math.nan, AV),
        ("Infinity", AV),
        ("Null", AV),
        (True, AV),
        ([1], AV),
        (10**400, AV),
        ("perhaps", BV),
        (2, BV),
        (None, BV),
        (0, MSV),
        (1.5, MSV),
        ({}, MSV),
    ],
    ids=lambda item: str(item)[:12],
)
def test_what_is_no_value_is_bad_and_says_why(told: Json, object_type: ObjectType) -> None:
    sample = sample_of(told, object_type)
    assert (sample.value, sample.quality) == (None, Quality.BAD)
    assert sample.note.startswith("not a value")


EMPTY: list[Json] = [None] * 16
ARRAYS: dict[str, Json] = {
    "list": [*EMPTY[:13], 68.5, None, 70.0],
    "by number": {**{str(slot): None for slot in range(1, 17)}, "14": 68.5, "16": 70.0},
    "by number, taken ones only": {"14": 68.5, "16": 70.0},
    "wrapped": {"$value": [*EMPTY[:13], {"$value": 68.5}, {"$value": None}, {"$value": "70.0"}]},
    "words": [*["Null"] * 13, "68.5", "NaN", "70"],
}


@pytest.mark.parametrize("told", ARRAYS.values(), ids=ARRAYS)
def test_a_priority_array_is_read_in_every_form(told: Json) -> None:
    slots = priority_array_of(told, AV)
    assert slots is not None
    assert {number: value for number, value in enumerate(slots, 1) if value is not None} == {14: 68.5, 16: 70.0}


@pytest.mark.parametrize("held", ["open", 1e308, {"reliability": "no-sensor"}, True], ids=str)
def test_a_slot_that_holds_what_we_cannot_use_is_taken_all_the_same(held: Json) -> None:
    slots = priority_array_of([*EMPTY[:13], held, None, None], AV)
    assert slots is not None
    assert [number for number, value in enumerate(slots, 1) if value is not None] == [14]
    assert math.isnan(slots[13] or 0)


@pytest.mark.parametrize("told", [None, [], [None] * 15, "text", {}, {"a": 1}], ids=str)
def test_what_is_no_priority_array_is_unknown(told: Json) -> None:
    assert priority_array_of(told, AV) is None


@pytest.mark.parametrize(
    ("told", "units"),
    [
        ("degrees-celsius", "degrees-celsius"),
        ("Degrees Celsius", "degrees-celsius"),
        ("degreesCelsius", "degrees-celsius"),
        ({"$value": "NO_UNITS"}, "no-units"),
        (62, "62"),
        (None, None),
        ("", None),
        ([], None),
    ],
)
def test_units_are_spelled_alike(told: Json, units: str | None) -> None:
    assert units_of(told) == units


@pytest.mark.parametrize(
    ("value", "object_type", "wire"),
    [(20, AV, 20.0), (True, AV, 1.0), (1.0, BV, True), (0, BV, False), (2.0, MSV, 2)],
)
def test_a_value_is_written_in_the_controllers_kind(value: PointValue, object_type: ObjectType, wire: object) -> None:
    written = value_to_write(value, object_type)
    assert written == wire
    assert type(written) is type(wire)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"error": "no such thing"}, "no such thing"),
        ({"error": {"code": "unknown-object", "message": "Unknown Object"}}, "unknown-object; Unknown Object"),
        ({"error": [{"message": "first"}, {"reason": "second"}]}, "first; second"),
        ({"error": {"message": "same", "details": ["same"]}}, "same"),
        ("<html><b>HTTP ERROR</b>\n 401</html>", "HTTP ERROR 401"),
        (b"<h1>Jetty</h1>", "Jetty"),
        ([], "no words"),
        (None, "no words"),
    ],
    ids=str,
)
def test_the_words_of_an_error_are_found_in_every_layout(body: Json | bytes, words: str) -> None:
    assert words_of(body) == words


@pytest.mark.parametrize(
    ("body", "is_error"),
    [
        ({"results": [{"value": "Unknown Object"}]}, True),
        ({"results": [{"value": "errorClass=property"}]}, True),
        ({"error": {"code": "x"}}, True),
        ({"results": [{"value": "21.5", "type": "analogValue"}]}, False),
        ({}, False),
    ],
)
def test_an_error_hidden_in_a_good_answer_is_noticed(body: Json, is_error: bool) -> None:
    assert has_error_text(body) is is_error


def test_collections_are_read_as_objects_and_as_lists() -> None:
    assert items_of({"1": {"a": 1}}) == [("1", {"a": 1})]
    assert items_of([{"key": "1", "a": 1}]) == [("1", {"key": "1", "a": 1})]
    assert items_of("nothing") == []
    assert member([1], "a") is None


def test_every_type_has_its_collection() -> None:
    assert COLLECTIONS[ObjectType.MULTI_STATE_VALUE] == "multi-state-values"
    assert COLLECTIONS[ObjectType.ANALOG_INPUT] == "analog-inputs"
