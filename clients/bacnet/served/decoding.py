"""From octets to requests, as strict as the standard: what cannot be read has a reason (ASHRAE 135, clause 18.9)."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum

from bacpypes3.apdu import APDU
from bacpypes3.constructeddata import ExtendedList, Sequence
from bacpypes3.errors import (
    InvalidParameterDatatype,
    InvalidTag,
    MissingRequiredParameter,
    RejectException,
    TooManyArguments,
)
from bacpypes3.primitivedata import Tag, TagClass, TagList

from clients.bacnet.errors import UNREADABLE
from clients.bacnet.results import Untyped

_EXTENDED_NUMBER = 15
_CLASS_AND_LENGTH, _CONTEXT, _LENGTH, _LONGER = 0x0F, 0x08, 0x07, 5


class _Octet(IntEnum):
    """The low half of a tag's first octet that stands around other tags."""

    OPENING = 0x0E
    CLOSING = 0x0F


def decoded(apdu: APDU, kind: type[APDU]) -> APDU:
    """The request that these octets are. Raises RejectException."""
    tags = TagList.decode(apdu)
    _check_nesting(tags)
    try:
        request = Sequence.decode(tags, class_=kind)
        _check_list(kind, tags)
    except RejectException:
        raise
    except AttributeError as error:  # so BACpypes3 says that a part is missing
        raise MissingRequiredParameter(str(error)) from error
    except UNREADABLE as error:
        raise InvalidParameterDatatype(str(error)) from error
    if tags:
        raise TooManyArguments(f"{len(tags)} tags too many")
    request.update(apdu)
    return request


def _check_list(kind: Untyped, rest: TagList) -> None:
    """A list that a request ends with is read up to the first element that cannot be: here is why it cannot."""
    last = kind._elements[kind._order[-1]]
    if rest and issubclass(last, ExtendedList):
        last._subtype.decode(rest)


def _check_nesting(tags: Iterable[Tag]) -> None:
    """What is opened is closed, in order: BACpypes3 reads an open end as the end of a value."""
    inside: list[int] = []
    for tag in tags:
        if tag.tag_class == TagClass.opening:
            inside.append(tag.tag_number)
        elif tag.tag_class == TagClass.closing and (not inside or inside.pop() != tag.tag_number):
            raise InvalidTag(f"closing tag {tag.tag_number} closes nothing")
    if inside:
        raise InvalidTag(f"opening tag {inside[-1]} is not closed")


def is_closed(octets: bytes) -> bool:
    """Whether every tag that is opened is closed, and nothing is cut off (clause 20.2.1); without making the tags."""
    inside: list[int] = []
    at = 0
    while at < len(octets):
        first, at = octets[at], at + 1
        number = first >> 4
        if number == _EXTENDED_NUMBER:
            number, at = octets[at] if at < len(octets) else -1, at + 1
        match first & _CLASS_AND_LENGTH:
            case _Octet.OPENING:
                inside.append(number)
            case _Octet.CLOSING if not inside or inside.pop() != number:
                return False
            case _Octet.CLOSING:
                pass
            case kind:
                at = _behind(octets, at, is_boolean=number == 1 and kind < _CONTEXT, length=kind & _LENGTH)
    return at == len(octets) and not inside


def _behind(octets: bytes, at: int, *, is_boolean: bool, length: int) -> int:
    """Where a primitive value ends whose content, or whose longer length, begins here."""
    if is_boolean:  # its value is where others have their length
        return at
    if length < _LONGER:
        return at + length
    size = octets[at] if at < len(octets) else 0
    width = {254: 2, 255: 4}.get(size, 0)
    return at + 1 + width + (int.from_bytes(octets[at + 1 : at + 1 + width]) if width else size)
