"""Values that points have, between Python and octets; all others are left to BACpypes3."""

from __future__ import annotations

import math
import struct
from functools import lru_cache

from bacpypes3.constructeddata import Any as AnyValue
from bacpypes3.pdu import PDUData
from bacpypes3.primitivedata import (
    Boolean,
    Double,
    Enumerated,
    Null,
    PropertyIdentifier,
    Real,
    TagList,
    Unsigned,
)
from bacpypes3.primitivedata import ObjectType as BacnetType

from clients.bacnet.decoding import decode
from clients.bacnet.encoding import encode
from clients.bacnet.errors import UNREADABLE
from clients.bacnet.names import OBJECT_TYPES, datatype
from clients.bacnet.results import BacnetValue, Untyped
from utils.bacnet import SLOTS
from utils.values import REAL32_LARGEST, PointValue

_REAL = struct.Struct(">f")
NULL = b"\x00"
_FALSE, _TRUE, _REAL_TAG = b"\x10", b"\x11", 0x44
_REAL_OCTET = bytes((_REAL_TAG,))
_UNSIGNED, _ENUMERATED = 0x20, 0x90
_PRIORITY_ARRAY = PropertyIdentifier("priority-array")
_LONG = 1 << 32
_REPEATED = 8
"""So many octets may have what is always the same, such as flags and units: that is read once."""


def octets_to_send(value: BacnetValue, object_type: BacnetType, name: PropertyIdentifier, place: int | None) -> bytes:
    """A value that a property takes, with its tags. Raises ValueError for what must not be sent."""
    if type(value) is float and _is_real(object_type, name, place) and abs(value) <= REAL32_LARGEST:
        return _real(value)
    try:
        return octets_of(encode(value, object_type, name, place))
    except struct.error:
        raise ValueError(f"{value!r} is more than any device holds") from None


def octets_of(value: Untyped) -> bytes:
    """A value that may be sent, with its tags."""
    match value:
        case Real() if not isinstance(value, Double):
            return _real(value)
        case Null():
            return NULL
        case Boolean():
            return _TRUE if value else _FALSE
        case Enumerated() | Unsigned() if int(value) < _LONG:
            return _whole(_ENUMERATED if isinstance(value, Enumerated) else _UNSIGNED, int(value))
    tags = value.tagList if isinstance(value, AnyValue) else value.encode()
    return bytes(TagList(list(tags)).encode().pduData)


def _real(number: float) -> bytes:
    return _REAL_OCTET + _REAL.pack(number)


def _whole(kind: int, number: int) -> bytes:
    width = max(1, (number.bit_length() + 7) // 8)
    return bytes((kind | width,)) + number.to_bytes(width)


def value_in(octets: bytes, object_type: BacnetType, name: PropertyIdentifier, place: int | None) -> BacnetValue:
    """A property as a device sent it, as :func:`clients.bacnet.decoding.decode` has it. Raises ValueError."""
    if name == _PRIORITY_ARRAY and place is None:
        slots = _slots(octets, object_type)
        return decode(any_of(octets), object_type, name) if slots is None else slots
    if len(octets) == _REAL.size + 1 and octets[0] == _REAL_TAG and _is_real(object_type, name, place):
        number: float = _REAL.unpack_from(octets, 1)[0]
        return number
    if len(octets) <= _REPEATED:
        return _as_before(octets, object_type, name, place)
    return decode(any_of(octets), object_type, name, place)


def any_of(octets: bytes) -> AnyValue:
    """The same in BACpypes3's class. Raises ValueError."""
    try:
        return AnyValue(TagList.decode(PDUData(octets)))
    except UNREADABLE as error:
        raise ValueError(f"unreadable answer ({error})") from None


@lru_cache(maxsize=4096)
def _as_before(octets: bytes, object_type: BacnetType, name: PropertyIdentifier, place: int | None) -> BacnetValue:
    return decode(any_of(octets), object_type, name, place)


@lru_cache(maxsize=1024)
def _is_real(object_type: BacnetType, name: PropertyIdentifier, place: int | None) -> bool:
    kind = datatype(object_type, name, place)
    return kind is not None and issubclass(kind, Real) and name != _PRIORITY_ARRAY


def _slots(octets: bytes, object_type: BacnetType) -> tuple[PointValue | None, ...] | None:
    """The 16 slots; None where one of them is not of the object's own kind."""
    ours = OBJECT_TYPES.get(object_type)
    if ours is None:
        return None
    if ours.is_analog:
        return _counted(_real_slots(octets))
    return None if len(octets) != SLOTS or octets.strip(NULL) else (None,) * SLOTS


def _counted(slots: list[PointValue | None] | None) -> tuple[PointValue | None, ...] | None:
    return tuple(slots) if slots is not None and len(slots) == SLOTS else None


def _real_slots(octets: bytes) -> list[PointValue | None] | None:
    slots: list[PointValue | None] = []
    at, end = 0, len(octets)
    while at < end:
        if octets[at] == 0:
            slots.append(None)
            at += 1
            continue
        if octets[at] != _REAL_TAG or at + 5 > end:
            return None
        number: float = _REAL.unpack_from(octets, at + 1)[0]
        if not math.isfinite(number):
            return None
        slots.append(number)
        at += 5
    return slots
