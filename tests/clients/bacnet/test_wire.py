"""Values between BACnet and Python, without a network."""

from __future__ import annotations

import math

import pytest
from bacpypes3.basetypes import DateTime, PriorityValue, StatusFlags
from bacpypes3.constructeddata import Any as AnyValue
from bacpypes3.primitivedata import (
    CharacterString,
    Date,
    Double,
    Integer,
    Null,
    ObjectType,
    OctetString,
    PropertyIdentifier,
    Real,
    Time,
    Unsigned,
)

from clients.bacnet.names import device_key, is_bacnet, object_identifier, property_identifier, ref_of, station
from clients.bacnet.results import BacnetValue
from clients.bacnet.wire import decode, encode, plain, point_value, priority_array_of
from utils.errors import ConfigError
from utils.values import ObjectRef
from utils.values import ObjectType as OurType

ANALOG, BINARY, STATES = ObjectType("analog-value"), ObjectType("binary-value"), ObjectType("multi-state-value")
PRESENT = PropertyIdentifier("present-value")


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
        (PriorityValue(real=Real(2.5)), 2.5),
        (PriorityValue(null=()), None),
        ([Unsigned(1), Unsigned(2)], (1, 2)),
        (object_identifier("analog-input,1"), "analog-input,1"),
    ],
    ids=lambda value: type(value).__name__,  # some are texts that pytest cannot take for one
)
def test_what_is_decoded_becomes_plain(value: object, expected: BacnetValue) -> None:
    assert plain(value) == expected


def test_what_is_built_of_parts_is_json() -> None:
    stamp = DateTime(date=Date((124, 7, 6, 6)), time=Time((5, 3, 2, 7)))
    assert plain(stamp) == '{"date": "2024-07-06", "time": "05:03:02.07"}'


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


def test_a_slot_that_holds_nonsense_is_taken_all_the_same() -> None:
    slots = priority_array_of((*[None] * 15, "nonsense"), ANALOG)
    assert slots is not None
    assert slots[15] is not None


@pytest.mark.parametrize("value", [None, 5.0, (None,) * 15])
def test_what_is_not_sixteen_slots_is_no_priority_array(value: BacnetValue) -> None:
    assert priority_array_of(value, ANALOG) is None


@pytest.mark.parametrize("text", [None, "null", "NULL", " null "])
def test_null_is_written_as_null(text: str | None) -> None:
    assert isinstance(encode(text, ANALOG, PRESENT), Null)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("units", "pascals", "pascals"),
        ("description", "text", "text"),
        ("out-of-service", "true", "1"),
        ("cov-increment", "0.5", "0.5"),
        ("time-delay", 5, "5"),
    ],
)
def test_other_properties_are_encoded_in_their_type(name: str, value: BacnetValue, expected: str) -> None:
    encoded = encode(value, ANALOG, property_identifier(name))
    assert str(encoded) == expected or str(float(encoded)) == expected or str(int(encoded)) == expected


@pytest.mark.parametrize(
    ("name", "value"),
    [("units", "parsecs per fortnight"), ("description", 5.0), ("time-delay", -1), ("event-enable", (1, 2))],
)
def test_what_does_not_fit_a_property_is_refused(name: str, value: BacnetValue) -> None:
    with pytest.raises(ValueError, match=r"does not fit|not a whole number"):
        encode(value, ANALOG, property_identifier(name))


@pytest.mark.parametrize(("value", "kind"), [(1.5, Real), (7, Unsigned), ("x", CharacterString)])
def test_a_vendors_own_property_is_written_in_the_values_type(value: BacnetValue, kind: type) -> None:
    assert isinstance(encode(value, ANALOG, PropertyIdentifier(600)), kind)


@pytest.mark.parametrize("text", ["analog-input,1", "analog-input:1", "analogInput,1", "AnalogInput,1", "0,1"])
def test_an_object_may_be_spelled_in_several_ways(text: str) -> None:
    identifier = object_identifier(text)
    assert str(identifier) == "analog-input,1"
    assert ref_of(identifier) == ObjectRef(OurType.ANALOG_INPUT, 1)
    assert ref_of(object_identifier("device,1")) is None


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("192.168.0.122", "bacnet://192.168.0.122"),
        ("192.168.0.122:47808", "bacnet://192.168.0.122"),
        ("bacnet://192.168.0.122:47809", "bacnet://192.168.0.122:47809"),
        ("5:12", "bacnet://5:12"),
        ("5:192.168.0.5", "bacnet://5:192.168.0.5"),
    ],
)
def test_a_device_has_one_key_however_its_address_is_spelled(text: str, key: str) -> None:
    assert device_key(text) == key
    assert device_key(key) == key
    assert is_bacnet(key)
    assert not is_bacnet("192.168.0.122:443")


@pytest.mark.parametrize("text", ["*", "5:*", "*:*", "10", "host", "192.168.0.1:99999", "99999:1", "1:300", ""])
def test_what_is_not_one_device_is_no_address(text: str) -> None:
    with pytest.raises(ConfigError):
        station(text)
