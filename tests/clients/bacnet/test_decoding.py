"""BACnet values as Python has them, without a network."""

from __future__ import annotations

import math

import pytest
from bacpypes3.apdu import ReadPropertyACK
from bacpypes3.basetypes import DateTime, Recipient, StatusFlags
from bacpypes3.constructeddata import Any as AnyValue
from bacpypes3.primitivedata import (
    CharacterString,
    Date,
    Double,
    Enumerated,
    Integer,
    Null,
    ObjectType,
    OctetString,
    PropertyIdentifier,
    Real,
    Time,
    Unsigned,
)

from clients.bacnet.decoding import decode, plain, point_value
from clients.bacnet.encoding import as_it_stood
from clients.bacnet.names import object_identifier
from clients.bacnet.results import BacnetValue
from tests.clients.bacnet.handmade import in_slots
from utils.values import OtherValue

ANALOG, BINARY, STATES = ObjectType("analog-value"), ObjectType("binary-value"), ObjectType("multi-state-value")
PRESENT, SLOTS = PropertyIdentifier("present-value"), PropertyIdentifier("priority-array")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Real(1.5), 1.5),
        (Double(1.5), 1.5),
        (Unsigned(3), 3),
        (Integer(-3), -3),
        (CharacterString("text"), "text"),
        (OctetString(b"\x01\xff"), "01ff"),
        (Null(()), None),
        (StatusFlags([0, 1, 0, 1]), "fault;out-of-service"),
        (Date((124, 7, 6, 6)), "2024-07-06"),
        (Date((255, 12, 255, 255)), "*-12-*"),
        (Time((5, 3, 2, 7)), "05:03:02.07"),
        (Time((5, 255, 255, 255)), "05:*:*.*"),
        (DateTime(date=Date((124, 7, 6, 6)), time=Time((5, 3, 2, 7))), "2024-07-06 05:03:02.07"),
        ([Unsigned(1), Unsigned(2)], (1, 2)),
        (object_identifier("analog-input,1"), "analog-input,1"),
    ],
    ids=lambda value: type(value).__name__,  # some are texts that pytest cannot take for one
)
def test_what_is_decoded_becomes_plain(value: object, expected: BacnetValue) -> None:
    assert plain(value) == expected


def test_what_is_built_of_parts_is_json() -> None:
    assert plain(Recipient(device=object_identifier("device,5"))) == '{"device": "device,5"}'


def test_a_property_of_the_vendors_own_is_read_by_the_types_it_comes_in() -> None:
    own = PropertyIdentifier(600)
    assert decode(AnyValue(Real(1.5)), ANALOG, own) == 1.5
    assert decode(AnyValue(CharacterString("own")), ObjectType(200), PRESENT) == "own"


def test_a_value_of_another_type_than_the_standard_says_is_unreadable() -> None:
    with pytest.raises(ValueError, match="unreadable"):
        decode(AnyValue(CharacterString("warm")), ANALOG, PRESENT)


def test_null_is_read_as_none() -> None:
    assert decode(AnyValue(Null(())), ANALOG, PRESENT) is None


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (ANALOG, 5, 5.0),
        (ANALOG, math.inf, None),
        (ANALOG, "text", None),
        (BINARY, 1, True),
        (BINARY, 2, None),
        (STATES, 3, 3),
        (STATES, 0, None),
        (ObjectType("device"), 1, None),
    ],
)
def test_a_point_value_is_of_its_kind_or_none(kind: ObjectType, value: BacnetValue, expected: object) -> None:
    assert point_value(value, kind) == expected


@pytest.mark.parametrize("count", [0, 15, 17])
def test_what_is_not_sixteen_slots_is_no_priority_array(count: int) -> None:
    with pytest.raises(ValueError, match=f"{count} slots"):
        decode(in_slots([None] * count), ANALOG, SLOTS)


@pytest.mark.parametrize(
    ("kind", "stored", "told"),
    [
        (ANALOG, Real(2.5), 2.5),
        (ANALOG, Unsigned(3), 3.0),
        (BINARY, Enumerated(1), True),
        (STATES, Unsigned(2), 2),
        (ObjectType("integer-value"), Integer(-3), -3),
    ],
)
def test_a_slot_holds_a_number_of_its_objects_kind(kind: ObjectType, stored: object, told: object) -> None:
    slots = decode(in_slots([None] * 7 + [stored] + [None] * 8), kind, SLOTS)
    assert slots == (*[None] * 7, told, *[None] * 8)
    assert decode(in_slots([stored]), kind, SLOTS, 8) == told


def test_what_is_no_number_is_taken_all_the_same_and_kept_as_it_stood() -> None:
    held = decode(in_slots([CharacterString("warm")]), ANALOG, SLOTS, 8)
    assert isinstance(held, OtherValue)
    assert (f"{held:g}", held.datatype, math.isnan(held)) == ("warm", "CharacterString", True)
    assert list(as_it_stood(held).tagList) == list(CharacterString("warm").encode())


def test_an_answer_about_a_vendors_own_property_is_read_out_of_its_wrapping() -> None:
    answer = ReadPropertyACK(propertyValue=Unsigned(7)).propertyValue
    assert decode(answer, ObjectType(128), PropertyIdentifier(512)) == 7
