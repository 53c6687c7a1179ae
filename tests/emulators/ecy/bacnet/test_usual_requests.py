"""Requests for many properties, read and answered without BACpypes3's objects: just as with them, or not at all."""

from __future__ import annotations

import random
from collections.abc import Sequence
from unittest import mock

import pytest
from bacpypes3.apdu import (
    APCISequence,
    ConfirmedRequestPDU,
    ReadPropertyMultipleACK,
    ReadPropertyMultipleRequest,
    ReadPropertyRequest,
    WritePropertyMultipleRequest,
)
from bacpypes3.basetypes import (
    EngineeringUnits,
    ErrorType,
    PropertyReference,
    PropertyValue,
    ReadAccessResult,
    ReadAccessResultElement,
    ReadAccessResultElementChoice,
    ReadAccessSpecification,
    StatusFlags,
    WriteAccessSpecification,
)
from bacpypes3.errors import RejectException
from bacpypes3.pdu import Address
from bacpypes3.primitivedata import (
    Boolean,
    CharacterString,
    Date,
    Double,
    Enumerated,
    Integer,
    Null,
    ObjectIdentifier,
    PropertyIdentifier,
    Real,
    TagList,
    Unsigned,
)

from emulators.ecy.bacnet.wire import requests
from emulators.ecy.bacnet.wire.multiple import ToldProperty, UsualRead, UsualWrite, read_answer, usual_request
from emulators.ecy.bacnet.wire.requests import request_from
from emulators.ecy.bacnet.wire.values import Encoded, contents, value_octets
from tests.emulators.ecy.bacnet.client import Value

SEEDS = range(40)
OBJECTS = ("analog-input,1", "binary-output,300", "multi-state-value,4194302", "device,4194303", "128,7")
NAMES = ("present-value", "status-flags", "all", "priority-array", 512, 4194303)
SHORT = (Real(1.5), Null(()), Boolean(True), Boolean(False), Enumerated(1), Unsigned(70_000), Integer(-3))
LONG = (Double(1.5), CharacterString("a name that is long"), StatusFlags([0, 1, 0, 1]), Date("2023-07-06"))


def seeded(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - a test's dice


def as_sent(message: APCISequence) -> ConfirmedRequestPDU:
    """The octets as they come from the network."""
    sent = message.encode()
    received = ConfirmedRequestPDU(message.service_choice, 7)
    received.pduSource, received.apduMaxResp = Address("10.0.0.9"), 5
    received.put_data(bytes(sent.pduData))
    return received


def some_read(chance: random.Random) -> ReadPropertyMultipleRequest:
    return ReadPropertyMultipleRequest(
        listOfReadAccessSpecs=[
            ReadAccessSpecification(
                objectIdentifier=ObjectIdentifier(chance.choice(OBJECTS)),
                listOfPropertyReferences=[
                    PropertyReference(
                        propertyIdentifier=PropertyIdentifier(chance.choice(NAMES)),
                        propertyArrayIndex=chance.choice((None, 0, 16, 300)),
                    )
                    for _ in range(chance.randint(1, 4))
                ],
            )
            for _ in range(chance.randint(1, 4))
        ]
    )


def some_write(chance: random.Random, values: Sequence[Value] = SHORT) -> WritePropertyMultipleRequest:
    return WritePropertyMultipleRequest(
        listOfWriteAccessSpecs=[
            WriteAccessSpecification(
                objectIdentifier=ObjectIdentifier(chance.choice(OBJECTS)),
                listOfProperties=[
                    PropertyValue(
                        propertyIdentifier=PropertyIdentifier(chance.choice(NAMES)),
                        propertyArrayIndex=chance.choice((None, 0, 16)),
                        value=chance.choice(values),
                        priority=chance.choice((None, 1, 8, 16)),
                    )
                    for _ in range(chance.randint(1, 4))
                ],
            )
            for _ in range(chance.randint(1, 4))
        ]
    )


def said(request: Value) -> object:
    """All that a request of either kind says."""
    if hasattr(request, "listOfReadAccessSpecs"):
        return [
            (str(one.objectIdentifier), [_named(member) for member in one.listOfPropertyReferences])
            for one in request.listOfReadAccessSpecs
        ]
    return [
        (
            str(one.objectIdentifier),
            [(_named(member), _tags(member), member.priority) for member in one.listOfProperties],
        )
        for one in request.listOfWriteAccessSpecs
    ]


def _named(member: Value) -> tuple[int, int | None]:
    return int(member.propertyIdentifier), member.propertyArrayIndex


def _tags(member: Value) -> bytes:
    return bytes(TagList(list(contents(member.value))).encode().pduData)


def by_bacpypes3(apdu: ConfirmedRequestPDU, kind: type[Value]) -> Value:
    """The same request as it is read where it is not usual. Raises RejectException."""
    with mock.patch.object(requests, "usual_request", return_value=None):
        return request_from(apdu, kind)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_read_says_the_same_as_with_bacpypes3(seed: int) -> None:
    message = some_read(seeded(seed))
    request = request_from(as_sent(message), ReadPropertyMultipleRequest)
    assert isinstance(request, UsualRead)
    assert said(request) == said(by_bacpypes3(as_sent(message), ReadPropertyMultipleRequest))
    assert (request.apduInvokeID, request.pduSource, request.apduMaxResp) == (7, Address("10.0.0.9"), 5)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_write_of_points_says_the_same_as_with_bacpypes3(seed: int) -> None:
    message = some_write(seeded(seed))
    request = request_from(as_sent(message), WritePropertyMultipleRequest)
    assert isinstance(request, UsualWrite)
    assert said(request) == said(by_bacpypes3(as_sent(message), WritePropertyMultipleRequest))


def test_longer_values_and_other_services_are_left_to_bacpypes3() -> None:
    for seed in SEEDS:
        message = some_write(seeded(seed), [CharacterString("a name that is long")])
        assert usual_request(as_sent(message), WritePropertyMultipleRequest) is None
    single = ReadPropertyRequest(objectIdentifier=ObjectIdentifier("device,1"), propertyIdentifier="objectName")
    assert usual_request(as_sent(single), ReadPropertyRequest) is None


@pytest.mark.parametrize("kind", [ReadPropertyMultipleRequest, WritePropertyMultipleRequest])
@pytest.mark.parametrize("seed", range(25))
def test_what_is_malformed_is_rejected_as_ever(seed: int, kind: type[Value]) -> None:
    chance = seeded(seed)
    message = some_read(chance) if kind is ReadPropertyMultipleRequest else some_write(chance, [*SHORT, *LONG])
    whole = bytes(as_sent(message).pduData)
    for _ in range(60):
        spoilt = _spoilt(whole, chance)
        assert _outcome(request_from, spoilt, kind) == _outcome(by_bacpypes3, spoilt, kind), spoilt.hex()


def _spoilt(octets: bytes, chance: random.Random) -> bytes:
    """Cut off, with one octet changed, left out, or too many."""
    at = chance.randrange(len(octets))
    other = bytes([chance.choice((octets[at] ^ 1, octets[at] ^ 8, chance.randrange(256)))])
    ways = (
        octets[:at],
        octets[:at] + other + octets[at + 1 :],
        octets[:at] + octets[at + 1 :],
        octets[:at] + other + octets[at:],
    )
    return chance.choice(ways)


def _outcome(read: Value, octets: bytes, kind: type[Value]) -> object:
    received = ConfirmedRequestPDU(kind.service_choice, 7)
    received.put_data(octets)
    try:
        return said(read(received, kind))
    except RejectException as rejection:
        return str(rejection.rejectReason)


@pytest.mark.parametrize("seed", SEEDS)
def test_an_answer_is_the_same_octets_as_bacpypes3_sends(seed: int) -> None:
    chance = seeded(seed)
    errors = (("property", "unknown-property"), ("object", "unknown-object"))
    values = (*SHORT, *LONG, EngineeringUnits("pascals"), ObjectIdentifier("device,7"))
    told = [
        (
            ObjectIdentifier(chance.choice(OBJECTS)),
            [
                ToldProperty(number, chance.choice((None, 0, 300)), (), error)
                if (error := chance.choice((None, *errors)))
                else ToldProperty(number, None, [chance.choice(values) for _ in range(chance.choice((0, 1, 1, 16)))])
                for number in (85, 512, 111)
            ],
        )
        for _ in range(3)
    ]
    request = as_sent(some_read(chance))
    ours = read_answer(request, told)
    theirs = ReadPropertyMultipleACK(
        listOfReadAccessResults=[
            ReadAccessResult(objectIdentifier=identifier, listOfResults=[_element(one) for one in results])
            for identifier, results in told
        ],
        context=request,
    )
    assert bytes(ours.pduData) == bytes(theirs.encode().pduData)
    assert (ours.apduInvokeID, ours.apduService, ours.pduDestination) == (7, 14, Address("10.0.0.9"))


def _element(told: ToldProperty) -> ReadAccessResultElement:
    if told.error is None:
        choice = ReadAccessResultElementChoice(propertyValue=Encoded(told.values))
    else:
        choice = ReadAccessResultElementChoice(
            propertyAccessError=ErrorType(errorClass=told.error[0], errorCode=told.error[1])
        )
    return ReadAccessResultElement(
        propertyIdentifier=PropertyIdentifier(told.number), propertyArrayIndex=told.element, readResult=choice
    )


@pytest.mark.parametrize("value", [*SHORT, *LONG], ids=repr)
def test_a_value_is_the_same_octets_as_bacpypes3_sends(value: Value) -> None:
    assert value_octets(value) == bytes(TagList(list(value.encode())).encode().pduData)
