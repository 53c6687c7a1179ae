"""BACnet values as devices send them: what BACpypes3 decodes as plain Python, priority arrays as they really come."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator

from bacpypes3.basetypes import BinaryPV, DateTime
from bacpypes3.constructeddata import Any as AnyValue
from bacpypes3.constructeddata import Array, Choice, List, Sequence
from bacpypes3.json import sequence_to_json
from bacpypes3.primitivedata import (
    Atomic,
    BitString,
    Boolean,
    Date,
    Double,
    Enumerated,
    Integer,
    Null,
    OctetString,
    PropertyIdentifier,
    Real,
    Tag,
    TagClass,
    TagList,
    TagNumber,
    Time,
    Unsigned,
)
from bacpypes3.primitivedata import ObjectType as BacnetType

from clients.bacnet.errors import UNREADABLE
from clients.bacnet.names import OBJECT_TYPES, datatype
from clients.bacnet.results import BacnetValue, Untyped
from utils.bacnet import SLOTS
from utils.values import OtherValue, PointValue, PriorityArray

_ANY = 255
_PRESENT_VALUE = PropertyIdentifier("present-value")
_PRIORITY_ARRAY = PropertyIdentifier("priority-array")
_NUMBERS = (Real, Double, Unsigned, Integer)


def decode(
    encoded: AnyValue, object_type: BacnetType, name: PropertyIdentifier, index: int | None = None
) -> BacnetValue:
    """A property as a device sent it. Raises ValueError for what cannot be read, or is not as the standard has it."""
    if name == _PRIORITY_ARRAY and index != 0:
        return _slots(encoded, object_type) if index is None else _only_slot(encoded, object_type)
    kind = datatype(object_type, name, index)
    if kind is None:
        return as_it_came(encoded)
    try:
        return plain(encoded.cast_out(kind, null=issubclass(kind, Atomic)))
    except UNREADABLE as error:
        raise ValueError(f"unreadable answer ({_otherwise(encoded, kind) or error})") from None


def as_it_came(encoded: AnyValue) -> BacnetValue:
    """A value by the types that the device gave its parts, whatever the standard says. Raises ValueError."""
    values = tuple(_part_as_it_came(part) for part in _parts(_contents(encoded)))
    return values[0] if len(values) == 1 else values


def _contents(encoded: AnyValue) -> list[Tag]:
    """The tags of a value, without those that an answer has it in."""
    tags = list(encoded.tagList)
    return tags if encoded._context is None else tags[1:-1]


def _part_as_it_came(part: list[Tag]) -> BacnetValue:
    try:
        return plain(part[0].app_to_object())
    except UNREADABLE:
        return encoded_text(part)


def _otherwise(encoded: AnyValue, kind: type) -> str:
    """What of a single value is not as the standard has it; empty where it is something else."""
    tags = _contents(encoded)
    if len(tags) != 1 or tags[0].tag_class != TagClass.application:
        return ""
    told = _datatype(tags)
    is_so = any(told == base.__name__ for base in kind.__mro__)
    return "" if is_so else f"{told}, where the standard has {kind.__name__}"


def plain(value: Untyped) -> BacnetValue:
    """A decoded value without BACpypes3's classes."""
    match value:
        case Null() | None:
            return None
        case BitString():  # a list to Python, but a text to people: ``fault;out-of-service``
            return str(value)
        case Boolean() | BinaryPV():
            return bool(value)
        case Array() | List() | list():
            return tuple(plain(item) for item in value)
        case Real() | Double():
            return float(value)
        case Unsigned() | Integer():
            return int(value)
        case AnyValue():
            return as_it_came(value)
        case DateTime():
            return f"{_text(value.date)} {_text(value.time)}"
        case Choice() | Sequence():
            return json.dumps(sequence_to_json(value))
    return _text(value)


def _text(value: Untyped) -> str:
    if isinstance(value, Date):
        year, *rest = value
        return "-".join(["*" if year == _ANY else f"{year + 1900}", *map(_two_digits, rest[:2])])
    if isinstance(value, Time):
        return f"{':'.join(map(_two_digits, value[:3]))}.{_two_digits(value[3])}"
    return bytes(value).hex() if isinstance(value, OctetString) else str(value)


def _two_digits(number: int) -> str:
    """Part of a date or a time; an asterisk where any will do."""
    return "*" if number == _ANY else f"{number:02}"


def point_value(value: BacnetValue, object_type: BacnetType) -> PointValue | None:
    """A present-value or slot as one of ours; None when it is no finite number of its kind."""
    if not isinstance(value, int | float) or not math.isfinite(value):
        return None
    ours = OBJECT_TYPES.get(object_type)
    if ours is None:
        return value if _holds_numbers(object_type) else None
    if ours.is_analog:
        return float(value)
    if ours.is_binary:
        return bool(value) if value in (0, 1) else None
    return int(value) if value >= 1 and value == int(value) else None


def _holds_numbers(object_type: BacnetType) -> bool:
    kind = datatype(object_type, _PRESENT_VALUE, None)
    return kind is not None and issubclass(kind, (*_NUMBERS, Boolean)) and not issubclass(kind, Enumerated)


def _slots(encoded: AnyValue, object_type: BacnetType) -> PriorityArray:
    """The 16 slots. Raises ValueError for any other number of them."""
    parts = list(_parts(_contents(encoded)))
    if len(parts) != SLOTS:
        raise ValueError(f"unreadable answer ({len(parts)} slots, where there are {SLOTS})")
    return tuple(_slot(part, object_type) for part in parts)


def _only_slot(encoded: AnyValue, object_type: BacnetType) -> PointValue | None:
    parts = list(_parts(_contents(encoded)))
    if len(parts) != 1:
        raise ValueError(f"unreadable answer ({len(parts)} slots, where one was asked for)")
    return _slot(parts[0], object_type)


def _parts(tags: Iterable[Tag]) -> Iterator[list[Tag]]:
    """Values that stand one behind another, each with all of its tags."""
    part: list[Tag] = []
    depth = 0
    for tag in tags:
        part.append(tag)
        depth += (tag.tag_class == TagClass.opening) - (tag.tag_class == TagClass.closing)
        if depth == 0:
            yield part
            part = []
    if part:
        raise ValueError("unreadable answer (a value has no end)")


def _slot(part: list[Tag], object_type: BacnetType) -> PointValue | None:
    """What stands in a slot: of any datatype (ASHRAE 135, clause 21), and taken whatever it is."""
    first = part[0]
    if first.tag_class != TagClass.application:
        return _other(part[1:-1] if len(part) > 2 else part, object_type)
    if first.tag_number == TagNumber.null:
        return None
    try:
        value = first.app_to_object()
    except UNREADABLE:
        return _other(part, object_type)
    number = point_value(int(value) if isinstance(value, Enumerated) else plain(value), object_type)
    return _other(part, object_type) if number is None else number


def _other(part: list[Tag], object_type: BacnetType) -> OtherValue:
    kind = datatype(object_type, _PRESENT_VALUE, None)
    told = _datatype(part)
    if kind is not None and not issubclass(kind, Atomic) and told not in (base.__name__ for base in kind.__mro__):
        told = kind.__name__
    return OtherValue(_words(part, kind), told, encoded_text(part))


def _datatype(part: list[Tag]) -> str:
    """The name of a value's datatype; what is built of several parts has none."""
    known = Tag._app_tag_class
    is_simple = len(part) == 1 and part[0].tag_class == TagClass.application
    kind = known[part[0].tag_number] if is_simple and part[0].tag_number < len(known) else None
    return "Constructed" if kind is None else str(kind.__name__)


def _words(part: list[Tag], kind: type | None) -> str:
    """A value as people read it: as the standard has it where it fits, else by its own datatype, else its octets."""
    encoded = AnyValue(TagList(list(part)))
    if kind is not None:
        try:
            return str(plain(encoded.cast_out(kind)))
        except UNREADABLE:
            pass
    came = as_it_came(encoded)
    return ", ".join(map(str, came)) if isinstance(came, tuple) else str(came)


def encoded_text(tags: Iterable[Tag]) -> str:
    """Tags as they are sent, in hexadecimal digits."""
    return bytes(TagList(list(tags)).encode().pduData).hex()
