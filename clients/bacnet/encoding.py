"""Plain Python as BACnet values: what a property takes, and nothing that must not be sent."""

from __future__ import annotations

import math
import re
import struct
from datetime import date

from bacpypes3.basetypes import BinaryPV, DateTime
from bacpypes3.constructeddata import Any as AnyValue
from bacpypes3.errors import DecodingError
from bacpypes3.pdu import PDUData
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
    TagList,
    Time,
    Unsigned,
)
from bacpypes3.primitivedata import ObjectType as BacnetType

from clients.bacnet.decoding import plain
from clients.bacnet.names import OBJECT_TYPES, datatype, may_be_commanded
from clients.bacnet.results import BacnetValue
from utils.bacnet import MINIMUM_ON_OFF, SLOTS
from utils.values import OtherValue

NULL_TEXT = "null"
_ANY, _THIS_CENTURY = 255, 1900
_PRESENT_VALUE = PropertyIdentifier("present-value")
_BINARY_WORDS = {"active": True, "inactive": False, "true": True, "false": False, "on": True, "off": False}
_TEXTS = (CharacterString, Date, Time, ObjectIdentifier, OctetString, BitString, Enumerated)
_NAMED_KINDS = {
    "real": Real,
    "double": Double,
    "unsigned": Unsigned,
    "integer": Integer,
    "boolean": Boolean,
    "enumerated": Enumerated,
    "text": CharacterString,
    "octets": OctetString,
    "bits": BitString,
    "date": Date,
    "time": Time,
    "object": ObjectIdentifier,
}
_WITH_KIND = re.compile(rf"({'|'.join(_NAMED_KINDS)}):(.*)", re.DOTALL)
_DATE = re.compile(r"(\d{4}|\*)-(\d{1,2}|\*)-(\d{1,2}|\*)")


def encode(
    value: BacnetValue, object_type: BacnetType, name: PropertyIdentifier, index: int | None = None
) -> Atomic | DateTime | AnyValue:
    """A value in the property's own datatype, numbers also from text. Raises ValueError for what must not be sent.

    What the standard does not define has the datatype of the value, or the one that a text begins with: ``real:21.5``.
    """
    if isinstance(value, OtherValue):
        return as_it_stood(value)
    if value is None or (isinstance(value, str) and value.strip().lower() == NULL_TEXT):
        return Null(())
    kind = datatype(object_type, name, index)
    if kind is None or issubclass(kind, AnyValue):
        kind, value = _kind_of(value)
    return _encoded(kind, value, lowest=_lowest(kind, object_type, name))


def as_it_stood(value: OtherValue) -> AnyValue:
    """What was found in a slot, to be put back just so. Raises ValueError for what must not be sent."""
    try:
        tags = TagList.decode(PDUData(bytes.fromhex(value.encoded)))
        parts = [plain(tag.app_to_object()) for tag in tags]
    except (DecodingError, ValueError, TypeError, struct.error):
        raise ValueError(f"{value.text!r} cannot be put back: it is no encoded value") from None
    if not parts or parts == [None] or any(isinstance(part, float) and not math.isfinite(part) for part in parts):
        raise ValueError(f"{value.text!r} is nothing that may be sent")
    return AnyValue(tags)


def _encoded(kind: type, value: BacnetValue, lowest: int | None) -> Atomic | DateTime:
    if issubclass(kind, Real | Double):
        return kind(_number(value, is_single=not issubclass(kind, Double)))
    if issubclass(kind, BinaryPV):
        return kind(int(_binary(value)))
    if issubclass(kind, Boolean):
        return kind(_binary(value))
    if issubclass(kind, Unsigned | Integer):
        return kind(_whole(value, lowest))
    if issubclass(kind, (*_TEXTS, DateTime)) and isinstance(value, str | int) and not isinstance(value, bool):
        return _named(kind, value)
    raise ValueError(f"{value!r} does not fit: the property is {_a(kind)}")


def _kind_of(value: BacnetValue) -> tuple[type, BacnetValue]:
    """The datatype of what the standard does not define."""
    if isinstance(value, str) and (match := _WITH_KIND.fullmatch(value)):
        return _NAMED_KINDS[match[1]], match[2]
    kinds: dict[type, type] = {bool: Boolean, int: Unsigned, float: Real, str: CharacterString}
    if type(value) not in kinds:
        raise ValueError(f"{value!r} cannot be written")
    return kinds[type(value)], value


def _lowest(kind: type, object_type: BacnetType, name: PropertyIdentifier) -> int | None:
    """States are counted from 1; Integer has no end."""
    ours = OBJECT_TYPES.get(object_type)
    if ours is not None and ours.is_multi_state and name == _PRESENT_VALUE:
        return 1
    return None if issubclass(kind, Integer) else 0


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


def _whole(value: BacnetValue, lowest: int | None) -> int:
    number = None if isinstance(value, bool) else _number_or_none(value)
    too_low = number is not None and lowest is not None and number < lowest
    if number is None or not math.isfinite(number) or number != int(number) or too_low:
        raise ValueError(f"{value!r} is not a whole number{'' if lowest is None else f' from {lowest} on'}")
    return int(number)


def _named(kind: type, value: str | int) -> Atomic | DateTime:
    try:
        return kind(value) if isinstance(value, int) else _from_text(kind, value)
    except (ValueError, TypeError) as error:
        raise ValueError(f"{value!r} does not fit: the property is {_a(kind)} ({error})") from None


def _from_text(kind: type, text: str) -> Atomic | DateTime:
    """As :func:`clients.bacnet.decoding.plain` tells it. Raises ValueError or TypeError."""
    if issubclass(kind, DateTime):
        day, _, clock = text.strip().partition(" ")
        return DateTime(date=_date(Date, day), time=Time(clock))
    if issubclass(kind, Date):
        return _date(kind, text.strip())
    if issubclass(kind, OctetString):
        return kind(bytes.fromhex(text))
    if issubclass(kind, BitString) and re.fullmatch("[01]+", text):
        return kind([int(bit) for bit in text])
    return kind(int(text) if issubclass(kind, Enumerated) and text.isdecimal() else text)


def _date(kind: type, text: str) -> Date:
    """``2024-07-06``, with an asterisk where any will do."""
    match = _DATE.fullmatch(text)
    if match is None:
        raise ValueError("write it as 2024-07-06")
    year, month, day = (_ANY if part == "*" else int(part) for part in match.groups())
    if _ANY in (year, month, day):
        return kind((year if year == _ANY else year - _THIS_CENTURY, month, day, _ANY))
    return kind((year - _THIS_CENTURY, month, day, date(year, month, day).isoweekday()))


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
    return name == _PRESENT_VALUE and may_be_commanded(object_type)
