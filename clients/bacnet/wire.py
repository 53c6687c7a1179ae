"""BACnet values both ways: what BACpypes3 decodes as plain Python, and plain Python as what a property takes."""

from __future__ import annotations

import json
import math
import struct

from bacpypes3.basetypes import BinaryPV, PriorityValue
from bacpypes3.constructeddata import Any as AnyValue
from bacpypes3.constructeddata import Array, Choice, List, Sequence
from bacpypes3.errors import DecodingError, RejectException
from bacpypes3.json import sequence_to_json
from bacpypes3.primitivedata import (
    Atomic,
    BitString,
    Boolean,
    CharacterString,
    Date,
    Double,
    Enumerated,
    Integer,
    Null,
    ObjectIdentifier,
    OctetString,
    PropertyIdentifier,
    Real,
    Time,
    Unsigned,
)
from bacpypes3.primitivedata import ObjectType as BacnetType

from clients.bacnet.names import OBJECT_TYPES, datatype
from clients.bacnet.results import BacnetValue, PriorityArray, Untyped
from utils.bacnet import SLOTS
from utils.values import PointValue

MINIMUM_ON_OFF = 6
NULL_TEXT = "null"
_ANY = 255
_PRESENT_VALUE = PropertyIdentifier("present-value")
_BINARY_WORDS = {"active": True, "inactive": False, "true": True, "false": False, "on": True, "off": False}
_UNREADABLE = (DecodingError, RejectException, ValueError, TypeError, AttributeError, LookupError, struct.error)
_TEXTS = (CharacterString, Date, Time, ObjectIdentifier, OctetString, BitString, Enumerated)


def decode(
    encoded: AnyValue, object_type: BacnetType, name: PropertyIdentifier, index: int | None = None
) -> BacnetValue:
    """A property as a device sent it. Raises ValueError for what cannot be read."""
    kind = datatype(object_type, name, index)
    try:
        if kind is None:
            return _untyped(encoded)
        return plain(encoded.cast_out(kind, null=issubclass(kind, Atomic)))
    except _UNREADABLE as error:
        raise ValueError(f"unreadable answer ({error})") from None


def _untyped(encoded: AnyValue) -> BacnetValue:
    """A property that the standard does not define, by the types that the device gave its parts."""
    values = tuple(plain(tag.app_to_object()) for tag in encoded.tagList)
    return values[0] if len(values) == 1 else values


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
        case PriorityValue():
            return _slot(value)
        case Real() | Double():
            return float(value)
        case Unsigned() | Integer():
            return int(value)
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


def _slot(value: PriorityValue) -> BacnetValue:
    """What a slot holds. A binary comes as a bare enumeration here: it keeps its number."""
    chosen = getattr(value, value._choice)
    return int(chosen) if value._choice == "enumerated" else plain(chosen)


def point_value(value: BacnetValue, object_type: BacnetType) -> PointValue | None:
    """A present-value or slot as one of ours; None when it is no finite number of its kind."""
    ours = OBJECT_TYPES.get(object_type)
    if ours is None or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    if ours.is_analog:
        return float(value)
    if ours.is_binary:
        return bool(value) if value in (0, 1) else None
    return int(value) if value >= 1 and value == int(value) else None


def priority_array_of(value: BacnetValue, object_type: BacnetType) -> PriorityArray | None:
    """16 slots; None when this is no priority array."""
    if not isinstance(value, tuple) or len(value) != SLOTS:
        return None
    return tuple(None if slot is None else _occupied(slot, object_type) for slot in value)


def _occupied(slot: BacnetValue, object_type: BacnetType) -> PointValue:
    """A slot that holds what we cannot use is taken all the same."""
    value = point_value(slot, object_type)
    return math.nan if value is None else value


def encode(value: BacnetValue, object_type: BacnetType, name: PropertyIdentifier, index: int | None = None) -> Atomic:
    """A value in the property's own datatype, numbers also from text. Raises ValueError for what must not be sent."""
    if value is None or (isinstance(value, str) and value.strip().lower() == NULL_TEXT):
        return Null(())
    kind = datatype(object_type, name, index) or _kind_of(value)
    if issubclass(kind, Real | Double):
        return kind(_number(value, is_single=issubclass(kind, Real)))
    if issubclass(kind, BinaryPV):
        return kind(int(_binary(value)))
    if issubclass(kind, Boolean):
        return kind(_binary(value))
    if issubclass(kind, Unsigned | Integer):
        return kind(_whole(value, lowest=_lowest(object_type, name)))
    if issubclass(kind, _TEXTS) and isinstance(value, str | int) and not isinstance(value, bool):
        return _named(kind, value)
    raise ValueError(f"{value!r} does not fit: the property is {_a(kind)}")


def _kind_of(value: BacnetValue) -> type:
    kinds: dict[type, type] = {bool: Boolean, int: Unsigned, float: Real, str: CharacterString}
    if type(value) not in kinds:
        raise ValueError(f"{value!r} cannot be written")
    return kinds[type(value)]


def _lowest(object_type: BacnetType, name: PropertyIdentifier) -> int:
    """States are counted from 1."""
    ours = OBJECT_TYPES.get(object_type)
    return 1 if ours is not None and ours.is_multi_state and name == _PRESENT_VALUE else 0


def _number(value: BacnetValue, *, is_single: bool) -> float:
    try:
        number = math.nan if isinstance(value, bool | tuple) else float(value)  # type: ignore[arg-type]
    except (ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"{value!r} is not a finite number")
    if is_single:
        try:
            struct.pack("<f", number)
        except OverflowError:
            raise ValueError(f"{value!r} is more than single precision holds") from None
    return number


def _binary(value: BacnetValue) -> bool:
    known = _BINARY_WORDS.get(value.strip().lower()) if isinstance(value, str) else None
    if known is not None:
        return known
    number = _number_or_none(value)
    if number not in (0, 1):
        raise ValueError(f"{value!r} is neither active (1) nor inactive (0)")
    return bool(number)


def _number_or_none(value: BacnetValue) -> float | None:
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return None


def _whole(value: BacnetValue, lowest: int) -> int:
    number = None if isinstance(value, bool) else _number_or_none(value)
    if number is None or not math.isfinite(number) or number != int(number) or number < lowest:
        raise ValueError(f"{value!r} is not a whole number from {lowest} on")
    return int(number)


def _named(kind: type, value: str | int) -> Atomic:
    try:
        return kind(value)
    except (ValueError, TypeError) as error:
        raise ValueError(f"{value!r} does not fit: the property is {_a(kind)} ({error})") from None


def _a(kind: type) -> str:
    return f"of type {kind.__name__}"


def refuse_priority(priority: int) -> None:
    """Raises ValueError for a priority that nobody may command at."""
    if isinstance(priority, bool) or not isinstance(priority, int) or not 1 <= priority <= SLOTS:
        raise ValueError(f"{priority!r} is not a priority: 1 to {SLOTS}")
    if priority == MINIMUM_ON_OFF:
        raise ValueError(f"priority {MINIMUM_ON_OFF} is reserved for minimum on and off times")


def needs_priority(object_type: BacnetType, name: PropertyIdentifier) -> bool:
    """Whether a write without a priority would end in slot 16 unasked."""
    return name == _PRESENT_VALUE and object_type in _COMMANDED


_COMMANDED = frozenset(bacnet for bacnet, ours in OBJECT_TYPES.items() if not ours.is_input)
