"""Values in octets, held against what BACpypes3 makes of the same."""

from __future__ import annotations

import math
from itertools import product

import pytest
from bacpypes3.basetypes import BinaryPV, EngineeringUnits, PriorityArray, PriorityValue, StatusFlags
from bacpypes3.primitivedata import (
    Boolean,
    CharacterString,
    Double,
    Enumerated,
    Integer,
    Null,
    PropertyIdentifier,
    Real,
    TagList,
    Unsigned,
)
from bacpypes3.primitivedata import ObjectType as BacnetType

from clients.bacnet.decoding import decode
from clients.bacnet.encoding import encode
from clients.bacnet.names import OBJECT_TYPES
from clients.bacnet.octets.values import any_of, octets_of, octets_to_send, value_in
from clients.bacnet.results import BacnetValue, Untyped
from tests.clients.bacnet.octets import theirs
from utils.bacnet import SLOTS
from utils.values import OtherValue

TYPES = tuple(OBJECT_TYPES)
NAMES = tuple(
    map(
        PropertyIdentifier,
        (
            "present-value",
            "status-flags",
            "out-of-service",
            "units",
            "object-name",
            "reliability",
            "relinquish-default",
        ),
    )
)
VALUES: tuple[Untyped, ...] = (
    *(Real(21.5), Real(math.nan), Real(math.inf), Double(1.5), Unsigned(0), Unsigned(3), Unsigned(70_000), Integer(-2)),
    *(BinaryPV(0), BinaryPV(1), Enumerated(2), Boolean(True), Boolean(False), Null(()), CharacterString("Zone")),
    *(StatusFlags([0, 1, 0, 1]), EngineeringUnits("pascals")),
)
SENT: tuple[BacnetValue, ...] = (
    21.5,
    -0.0,
    1,
    0,
    3,
    True,
    None,
    "on",
    "null",
    math.nan,
    math.inf,
    -1,
    2.5,
    "Zone",
)


def outcome(work: Untyped, *arguments: Untyped) -> object:
    """What comes of it, with NaN equal to itself."""
    try:
        return repr(work(*arguments))
    except ValueError as error:
        return str(error)


@pytest.mark.parametrize("kind", TYPES, ids=str)
def test_what_a_device_tells_is_read_as_bacpypes3_has_it(kind: BacnetType) -> None:
    for name, value in product(NAMES, VALUES):
        octets = octets_of(value)
        assert outcome(value_in, octets, kind, name, None) == outcome(decode, any_of(octets), kind, name), (name, value)


@pytest.mark.parametrize("kind", TYPES, ids=str)
def test_what_is_sent_is_what_bacpypes3_would_send(kind: BacnetType) -> None:
    def as_theirs(value: BacnetValue, name: PropertyIdentifier) -> bytes:
        return bytes(TagList(list(encode(value, kind, name).encode())).encode().pduData)

    for name, value in product(NAMES, SENT):
        ours = outcome(octets_to_send, value, kind, name, None)
        assert ours == outcome(as_theirs, value, name), (name, value)


@pytest.mark.parametrize(("name", "said"), [("analog-value", "single precision"), ("multi-state-value", "any device")])
def test_what_no_device_holds_is_not_sent(name: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        octets_to_send(1e39, BacnetType(name), PropertyIdentifier("present-value"), None)


def test_what_stood_in_a_slot_is_put_back_octet_by_octet() -> None:
    other = OtherValue("Zone", "CharacterString", octets_of(CharacterString("Zone")).hex())
    octets = octets_to_send(other, BacnetType("analog-value"), PropertyIdentifier("present-value"), None)
    assert octets == octets_of(CharacterString("Zone"))


@pytest.mark.parametrize("seed", range(30))
@pytest.mark.parametrize("name", ["analog-output", "binary-value", "multi-state-output", "integer-value"])
def test_priority_arrays_are_read_as_bacpypes3_has_them(seed: int, name: str) -> None:
    chance, kind = theirs.seeded(seed), BacnetType(name)
    usual = {"analog-output": Real(2.5), "binary-value": BinaryPV(1), "multi-state-output": Unsigned(2)}
    slots = [chance.choice((Null(()), Null(()), usual.get(name, Integer(1)), Real(7.25))) for _ in range(SLOTS)]
    slots[3] = chance.choice((slots[3], slots[3], Real(math.nan), CharacterString("x"), Double(1.0)))
    octets = b"".join(map(octets_of, slots))
    array = PropertyIdentifier("priority-array")
    assert outcome(value_in, octets, kind, array, None) == outcome(decode, any_of(octets), kind, array)


def test_arrays_with_another_number_of_slots_are_none() -> None:
    array = PropertyIdentifier("priority-array")
    for count in (0, 1, SLOTS - 1, SLOTS + 1):
        with pytest.raises(ValueError, match=f"{count} slots, where there are 16"):
            value_in(octets_of(Real(1.0)) * count, BacnetType("analog-value"), array, None)


def test_one_slot_alone_is_read_by_its_place() -> None:
    array = PropertyIdentifier("priority-array")
    assert value_in(octets_of(Real(1.5)), BacnetType("analog-value"), array, 8) == 1.5
    assert value_in(octets_of(Unsigned(16)), BacnetType("analog-value"), array, 0) == SLOTS


def test_slots_as_bacpypes3_itself_tells_them() -> None:
    slots = PriorityArray([PriorityValue(null=())] * 15 + [PriorityValue(real=4.0)])
    told = value_in(octets_of(slots), BacnetType("analog-value"), PropertyIdentifier("priority-array"), None)
    assert told == (*[None] * 15, 4.0)


@pytest.mark.parametrize("octets", [b"", b"\x44\x00", b"\x25", b"\xff", b"\x4f", b"\x2e\x00"])
def test_what_is_no_value_says_so(octets: bytes) -> None:
    with pytest.raises(ValueError, match="unreadable"):
        value_in(octets, BacnetType("analog-input"), PropertyIdentifier("present-value"), None)


@pytest.mark.parametrize("seed", range(20))
def test_any_value_survives_the_way_into_octets(seed: int) -> None:
    value = theirs.some_value(theirs.seeded(seed))
    assert octets_of(any_of(octets_of(value))) == octets_of(value)
