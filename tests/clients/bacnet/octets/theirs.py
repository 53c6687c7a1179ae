"""The same requests and answers in BACpypes3's own classes: what ours have to agree with."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence

from bacpypes3.apdu import (
    APCISequence,
    ReadPropertyMultipleACK,
    ReadPropertyMultipleRequest,
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
from bacpypes3.primitivedata import (
    Boolean,
    CharacterString,
    Double,
    Enumerated,
    Null,
    ObjectIdentifier,
    PropertyIdentifier,
    Real,
    Unsigned,
)
from bacpypes3.primitivedata import ObjectType as BacnetType

from clients.bacnet.octets.services import Key
from clients.bacnet.results import Untyped

NAMES = (
    "present-value",
    "status-flags",
    "out-of-service",
    "object-name",
    "priority-array",
    "units",
    "reliability",
    512,
)
TYPES = (
    *(int(BacnetType(name)) for name in ("analog-input", "analog-output", "analog-value", "binary-input")),
    14,
    128,
)
ERRORS = (("property", "unknown-property"), ("object", "unknown-object"), ("property", "write-access-denied"))


def seeded(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - a test's dice


def some_value(chance: random.Random) -> Untyped:
    """A value of a kind that properties have, short or long."""
    number = chance.choice((0, 1, 7, 255, 256, 70_000, 2**32 - 1))
    makers = (
        lambda: Real(chance.choice((0.0, -1.5, 21.25, 3.4e38, float("inf")))),
        lambda: Double(1.0 / 3.0),
        lambda: Unsigned(number),
        lambda: Enumerated(number),
        lambda: Boolean(chance.random() < 0.5),
        lambda: Null(()),
        lambda: CharacterString("ü" * chance.choice((0, 1, 3, 60, 300))),
        lambda: StatusFlags([0, 1, 0, 1]),
        lambda: EngineeringUnits("degreesCelsius"),
        lambda: ObjectIdentifier("analog-value,7"),
    )
    return chance.choice(makers)()


def some_key(chance: random.Random) -> Key:
    target = chance.choice(TYPES) << 22 | chance.choice((0, 1, 300, 4194302))
    name = chance.choice(NAMES)
    number = name if isinstance(name, int) else int(PropertyIdentifier(name))
    return Key(target, number, chance.choice((None, None, 0, 1, 16, 300, 70_000)))


def identifier(key: Key) -> ObjectIdentifier:
    return ObjectIdentifier((BacnetType(key.target >> 22), key.target & 0x3FFFFF))


def content_of(message: APCISequence) -> bytes:
    return bytes(message.encode().pduData)


def read_request(keys: Sequence[Sequence[Key]]) -> ReadPropertyMultipleRequest:
    """One specification for each group, which is about one object."""
    return ReadPropertyMultipleRequest(
        listOfReadAccessSpecs=[
            ReadAccessSpecification(
                objectIdentifier=identifier(group[0]),
                listOfPropertyReferences=[
                    PropertyReference(propertyIdentifier=PropertyIdentifier(key.name), propertyArrayIndex=key.place)
                    for key in group
                ],
            )
            for group in keys
        ]
    )


def write_request(groups: Iterable[Sequence[tuple[Key, Untyped, int | None]]]) -> WritePropertyMultipleRequest:
    return WritePropertyMultipleRequest(
        listOfWriteAccessSpecs=[
            WriteAccessSpecification(
                objectIdentifier=identifier(group[0][0]),
                listOfProperties=[
                    PropertyValue(
                        propertyIdentifier=PropertyIdentifier(key.name),
                        propertyArrayIndex=key.place,
                        value=value,
                        priority=priority,
                    )
                    for key, value, priority in group
                ],
            )
            for group in groups
        ]
    )


def read_answer(groups: Iterable[Sequence[tuple[Key, Untyped]]]) -> ReadPropertyMultipleACK:
    """A value, or in the place of one a pair of error class and code."""
    return ReadPropertyMultipleACK(
        listOfReadAccessResults=[
            ReadAccessResult(
                objectIdentifier=identifier(group[0][0]), listOfResults=[_element(key, told) for key, told in group]
            )
            for group in groups
        ]
    )


def _element(key: Key, told: Untyped) -> ReadAccessResultElement:
    if isinstance(told, tuple) and told in ERRORS:
        choice = ReadAccessResultElementChoice(propertyAccessError=ErrorType(errorClass=told[0], errorCode=told[1]))
    else:
        choice = ReadAccessResultElementChoice(propertyValue=told)
    return ReadAccessResultElement(
        propertyIdentifier=PropertyIdentifier(key.name), propertyArrayIndex=key.place, readResult=choice
    )
