"""ReadPropertyMultiple and WritePropertyMultiple as nearly everybody sends them (ASHRAE 135, 15.7 and 15.10).

A bench asks each of its controllers for them in each step, and BACpypes3 takes milliseconds to make its objects of one.
What is of any other form, malformed or only unusual, is nothing to this module: BACpypes3 decodes it, or says why not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from bacpypes3.apdu import (
    APDU,
    ComplexAckPDU,
    ConfirmedRequestPDU,
    ReadPropertyMultipleRequest,
    WritePropertyMultipleRequest,
)
from bacpypes3.basetypes import ErrorClass, ErrorCode
from bacpypes3.primitivedata import ObjectIdentifier, ObjectType, PropertyIdentifier, Tag, TagClass, TagNumber

from emulators.ecy.bacnet.wire.values import Element, Tags, value_octets

_HIGHEST_PROPERTY = 4194303
_INSTANCES = 1 << 22
_OBJECT = 0x0C
_LIST, _LIST_END = 0x1E, 0x1F
_PROPERTY, _INDEX, _PRIORITY = 0x08, 0x18, 0x38
"""Context tags 0, 1 and 3 without their lengths."""
_VALUE, _VALUE_END = 0x2E, 0x2F
_LENGTH, _CLASS = 0x07, 0x08
_LONGEST_NUMBER, _LONGER = 4, 5
_FALSE, _TRUE = 0x10, 0x11
_LAST_KNOWN_TAG = TagNumber.objectIdentifier
_RESULT_VALUE, _RESULT_VALUE_END = b"\x4e", b"\x4f"
_RESULT_ERROR, _RESULT_ERROR_END = b"\x5e", b"\x5f"


class UsualReference(NamedTuple):
    """One property to read."""

    propertyIdentifier: Element  # noqa: N815 - BACpypes3's names, as its own requests have them
    propertyArrayIndex: int | None  # noqa: N815


class ReadsOfObject(NamedTuple):
    """What to read of one object."""

    objectIdentifier: Element  # noqa: N815
    listOfPropertyReferences: Sequence[UsualReference]  # noqa: N815


class UsualPropertyWrite(NamedTuple):
    """One property to write."""

    propertyIdentifier: Element  # noqa: N815
    propertyArrayIndex: int | None  # noqa: N815
    value: Tags
    priority: int | None


class WritesOfObject(NamedTuple):
    """What to write to one object."""

    objectIdentifier: Element  # noqa: N815
    listOfProperties: Sequence[UsualPropertyWrite]  # noqa: N815


class UsualRead(ConfirmedRequestPDU):  # type: ignore[misc]
    """A ReadPropertyMultiple."""

    kind = ReadPropertyMultipleRequest
    listOfReadAccessSpecs: Sequence[ReadsOfObject]  # noqa: N815


class UsualWrite(ConfirmedRequestPDU):  # type: ignore[misc]
    """A WritePropertyMultiple."""

    kind = WritePropertyMultipleRequest
    listOfWriteAccessSpecs: Sequence[WritesOfObject]  # noqa: N815


class _Unusual(Exception):
    """For BACpypes3."""


def usual_request(apdu: APDU, kind: type[APDU]) -> UsualRead | UsualWrite | None:
    """The request, where it is one of the two in their usual form; the octets stay for whoever else looks at them."""
    octets = bytes(apdu.pduData)
    request: UsualRead | UsualWrite
    try:
        if kind is ReadPropertyMultipleRequest:
            request = UsualRead()
            request.listOfReadAccessSpecs = _reads(octets)
        elif kind is WritePropertyMultipleRequest:
            request = UsualWrite()
            request.listOfWriteAccessSpecs = _writes(octets)
        else:
            return None
    except (_Unusual, IndexError):
        return None
    request.update(apdu)
    return request


def _reads(octets: bytes) -> list[ReadsOfObject]:
    found: list[ReadsOfObject] = []
    at = 0
    while at < len(octets) or not found:
        target, at = _target(octets, at)
        references: list[UsualReference] = []
        while octets[at] != _LIST_END or not references:
            number, index, at = _named(octets, at)
            references.append(UsualReference(number, index))
        found.append(ReadsOfObject(target, references))
        at += 1
    return found


def _writes(octets: bytes) -> list[WritesOfObject]:
    found: list[WritesOfObject] = []
    at = 0
    while at < len(octets) or not found:
        target, at = _target(octets, at)
        writes: list[UsualPropertyWrite] = []
        while octets[at] != _LIST_END or not writes:
            number, index, at = _named(octets, at)
            tag, at = _value(octets, at)
            priority = None
            if octets[at] == _PRIORITY | 1:
                priority, at = octets[at + 1], at + 2
            writes.append(UsualPropertyWrite(number, index, (tag,), priority))
        found.append(WritesOfObject(target, writes))
        at += 1
    return found


def _target(octets: bytes, at: int) -> tuple[Element, int]:
    """An object, and where its list begins."""
    if octets[at] != _OBJECT or octets[at + 5] != _LIST:
        raise _Unusual
    return _identifier(octets[at + 1 : at + 5]), at + 6


def _named(octets: bytes, at: int) -> tuple[Element, int | None, int]:
    """A property and its index, and what comes next."""
    number, at = _number(octets, at, _PROPERTY)
    if number > _HIGHEST_PROPERTY:
        raise _Unusual
    if octets[at] & ~_LENGTH != _INDEX or octets[at] & _LENGTH > _LONGEST_NUMBER:
        return _property(number), None, at
    index, at = _number(octets, at, _INDEX)
    return _property(number), index, at


def _number(octets: bytes, at: int, kind: int) -> tuple[int, int]:
    length = octets[at] & _LENGTH
    end = at + 1 + length
    if octets[at] & ~_LENGTH != kind or not 1 <= length <= _LONGEST_NUMBER or end > len(octets):
        raise _Unusual
    return int.from_bytes(octets[at + 1 : end]), end


def _value(octets: bytes, at: int) -> tuple[Tag, int]:
    """The only application tag of a short value, and what comes behind its end."""
    if octets[at] != _VALUE:
        raise _Unusual
    first = octets[at + 1]
    number, length = first >> 4, first & _LENGTH
    if first & _CLASS or number > _LAST_KNOWN_TAG or length >= _LONGER:
        raise _Unusual
    size = length
    if number == TagNumber.boolean:
        if first not in (_FALSE, _TRUE):
            raise _Unusual
        size = 0
    end = at + 2 + size
    if octets[end] != _VALUE_END:
        raise _Unusual
    return Tag(TagClass.application, number, length, octets[at + 2 : end]), end + 1


@lru_cache(maxsize=4096)
def _identifier(octets: bytes) -> ObjectIdentifier:
    kind, instance = divmod(int.from_bytes(octets), _INSTANCES)
    return ObjectIdentifier((ObjectType(kind), instance))


@lru_cache(maxsize=1024)
def _property(number: int) -> PropertyIdentifier:
    return PropertyIdentifier(number)


class ToldProperty(NamedTuple):
    """One property in an answer: its values in a row, or the class and the code of an error."""

    number: int
    element: int | None
    values: Sequence[Element]
    error: tuple[str, str] | None = None


def read_answer(request: APDU, results: Iterable[tuple[Element, Iterable[ToldProperty]]]) -> ComplexAckPDU:
    """The answer to a ReadPropertyMultiple, by object."""
    octets = bytearray()
    for identifier, told in results:
        kind, instance = map(int, identifier)
        octets += bytes((_OBJECT,)) + (kind * _INSTANCES + instance).to_bytes(4) + bytes((_LIST,))
        for one in told:
            octets += _result(one)
        octets.append(_LIST_END)
    answer = ComplexAckPDU(context=request)
    answer.put_data(bytes(octets))
    return answer


def _result(told: ToldProperty) -> bytes:
    name = _in_context(2, told.number) + (b"" if told.element is None else _in_context(3, told.element))
    if told.error is not None:
        return name + _error(*told.error)
    return name + _RESULT_VALUE + b"".join(map(value_octets, told.values)) + _RESULT_VALUE_END


@lru_cache(maxsize=64)
def _error(error_class: str, error_code: str) -> bytes:
    numbers = ErrorClass(error_class), ErrorCode(error_code)
    return _RESULT_ERROR + b"".join(map(value_octets, numbers)) + _RESULT_ERROR_END


@lru_cache(maxsize=4096)
def _in_context(tag: int, number: int) -> bytes:
    length = max(1, (int(number).bit_length() + 7) // 8)
    return bytes((tag << 4 | _CLASS | length,)) + int(number).to_bytes(length)
