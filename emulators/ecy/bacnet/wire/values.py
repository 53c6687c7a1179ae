"""Values on the wire: application tags out, and strictly the expected application tag in (ASHRAE 135, clause 20.2).

BACpypes3 casts what it decodes (an integer is taken for a Real, and text for either); a controller does not.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any, TypeAlias

from bacpypes3.primitivedata import (
    CharacterString,
    Date,
    Double,
    Enumerated,
    Null,
    Real,
    Tag,
    TagClass,
    TagList,
    TagNumber,
    Time,
    Unsigned,
)

from emulators.ecy.refusals import INVALID_DATA_TYPE, VALUE_OUT_OF_RANGE, Refusal
from utils.values import ObjectType

Element: TypeAlias = Any
"""A value of BACpypes3, of any BACnet datatype."""
Request: TypeAlias = Any
"""An APDU of BACpypes3."""
Tags: TypeAlias = Sequence[Tag]

_REAL = struct.Struct(">f")
_NULL, _REAL_TAG = b"\x00", b"\x44"
_FIVE_OCTETS = 1 << 32
_NOTHING = Null(())
_WILDCARD = 255
_FIRST_YEAR = 1900
_TYPE_TAGS = {True: TagNumber.enumerated, False: TagNumber.unsigned}


class Encoded:
    """The tags of some values in a row, for wherever BACpypes3 asks for a value to encode."""

    def __init__(self, values: Sequence[Element]) -> None:
        self._values = values

    def encode(self) -> TagList:
        """The tags."""
        tags = TagList()
        for value in self._values:
            tags.extend(value.encode())
        return tags


def value_octets(value: Element) -> bytes:
    """A value's tags as they are sent; those of points without making objects of them (clauses 20.2.2 to 20.2.11)."""
    match value:
        case Null():
            return _NULL
        case Real() if not isinstance(value, Double):
            return _REAL_TAG + _REAL.pack(value)
        case Enumerated() | Unsigned() if value < _FIVE_OCTETS:
            length = max(1, (int(value).bit_length() + 7) // 8)
            kind = TagNumber.enumerated if isinstance(value, Enumerated) else TagNumber.unsigned
            return bytes((kind << 4 | length,)) + int(value).to_bytes(length)
    return bytes(value.encode().encode().pduData)


def number(kind: ObjectType, value: float | None) -> Element:
    """A present-value of this object type; None is an empty slot."""
    if value is None:
        return _NOTHING
    if kind.is_analog:
        return Real(value)
    return Enumerated(int(value)) if kind.is_binary else Unsigned(int(value))


def contents(choice: Element) -> Tags:
    """The tags inside an ``Any`` of a request, without those that open and close it."""
    if isinstance(choice, tuple):  # a request in its usual form has them so already
        return choice
    return tuple(choice.tagList[1:-1])


def is_null(tags: Tags) -> bool:
    """Whether this is NULL and nothing else."""
    return len(tags) == 1 and tags[0].tag_class == TagClass.application and tags[0].tag_number == TagNumber.null


def decoded_number(kind: ObjectType, tags: Tags) -> float:
    """A present-value of this object type. Raises Refusal for any other datatype."""
    if kind.is_analog:
        return decoded_real(tags)
    return float(int.from_bytes(_single(tags, _TYPE_TAGS[kind.is_binary]).tag_data, "big"))


def decoded_real(tags: Tags) -> float:
    """A Real. Raises Refusal for any other datatype."""
    data = _single(tags, TagNumber.real).tag_data
    if len(data) != _REAL.size:
        raise Refusal(INVALID_DATA_TYPE, f"a Real of {len(data)} octets")
    value: float = _REAL.unpack(data)[0]
    return value


def decoded_flag(tags: Tags) -> bool:
    """A Boolean. Raises Refusal for any other datatype."""
    return bool(_single(tags, TagNumber.boolean).tag_lvt)


def decoded_enumerated(tags: Tags) -> int:
    """An Enumerated. Raises Refusal for any other datatype."""
    return int(Enumerated.decode(TagList([_single(tags, TagNumber.enumerated)])))


def decoded_text(tags: Tags) -> str:
    """A CharacterString. Raises Refusal for any other datatype, and for text that cannot be decoded."""
    tag = _single(tags, TagNumber.characterString)
    try:
        return str(CharacterString.decode(TagList([tag])))
    except (ValueError, LookupError) as error:
        raise Refusal(INVALID_DATA_TYPE, "text in an unknown encoding") from error


def text_of(tags: Tags) -> str:
    """What somebody wrote, for the record."""
    return ", ".join(str(tag.app_to_object()) for tag in tags if tag.tag_class == TagClass.application)


def date_of(moment: datetime) -> Element:
    """The date, with its day of the week."""
    return Date(moment.date())


def time_of(moment: datetime) -> Element:
    """The time, to the hundredth of a second."""
    return Time(moment.time())


def moment_of(stamp: Element) -> datetime:
    """A DateTime. Raises Refusal when a part is left open or there is no such time."""
    parts = (*stamp.date[:3], *stamp.time[:4])
    if _WILDCARD in parts:
        raise Refusal(VALUE_OUT_OF_RANGE, "a time with open parts")
    year, month, day, hour, minute, second, hundredths = parts
    try:
        on = date(year + _FIRST_YEAR, month, day)
        return datetime.combine(on, time(hour, minute, second, hundredths * 10_000))
    except ValueError as error:
        raise Refusal(VALUE_OUT_OF_RANGE, str(error)) from error


def _single(tags: Tags, expected: TagNumber) -> Tag:
    if len(tags) != 1 or tags[0].tag_class != TagClass.application or tags[0].tag_number != expected:
        raise Refusal(INVALID_DATA_TYPE, f"{expected.name} expected")
    return tags[0]
