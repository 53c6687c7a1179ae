"""The language of the bridge on the one side, properties of BACnet objects on the other: states, samples, writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from clients.bacnet.decoding import point_value
from clients.bacnet.errors import UNKNOWN_OBJECT, BacnetRefusal
from clients.bacnet.names import has_property, object_identifier
from clients.bacnet.results import BacnetReading, BacnetRef, BacnetWrite, Untyped, priority_array_of
from utils.bacnet import RELIABILITIES, SLOTS, object_type
from utils.errors import ObjectError
from utils.values import ObjectRef, ObjectState, ObjectType, PriorityArray, Quality, Sample, Write, WriteKind

_NAME, _VALUE, _FLAGS = "object-name", "present-value", "status-flags"
_SERVICE, _ARRAY, _UNITS = "out-of-service", "priority-array", "units"
_FAULT, _RELIABILITY = "fault", "reliability"
_NO_SUCH_THING = frozenset({UNKNOWN_OBJECT, "unknown-property"})
_MUST_HAVE_SLOTS = frozenset(
    {
        *(ObjectType.ANALOG_OUTPUT, ObjectType.BINARY_OUTPUT, ObjectType.MULTI_STATE_OUTPUT),
        *map(object_type, ("access-door", "binary-lighting-output", "lighting-output")),
    }
)
"""Types whose priority array the standard requires (ASHRAE 135-2016, clause 12)."""

Told = Mapping[BacnetRef, BacnetReading]


def state_refs(target: ObjectRef) -> list[BacnetRef]:
    """What is asked to know how an object is found."""
    names = [_NAME, _VALUE, _SERVICE]
    names.append(_RELIABILITY if _may_be_forced(target) else _ARRAY)
    names += [name for name in (_UNITS, _FLAGS) if has_property(_bacnet_type(target), name)]
    return [BacnetRef(target, name) for name in names]


def state_of(target: ObjectRef, told: Told) -> ObjectState:
    """An object from the answers to :func:`state_refs`."""
    readings = {ref.property: told[ref] for ref in state_refs(target)}
    errors = [reading.error for reading in readings.values() if reading.error is not None]
    service, array, reliability = readings[_SERVICE].value, readings.get(_ARRAY), readings.get(_RELIABILITY)
    return ObjectState(
        present_value=_sample(target, readings[_VALUE]),
        out_of_service=service if isinstance(service, bool) else None,
        priority_array=None if array is None else priority_array_of(array),
        units=_text(readings.get(_UNITS)),
        name=_text(readings[_NAME]),
        is_missing=len(errors) == len(readings) and all(_is_missing(error) for error in errors),
        is_partial=any(not _is_final(reading) for reading in readings.values()),
        in_fault=_is_in_fault(readings[_FLAGS]) if _FLAGS in readings else None,
        unread="" if array is None else _unread(target, array),
        reliability=None if reliability is None else _number_of(reliability),
    )


def sample_refs(target: ObjectRef) -> list[BacnetRef]:
    """What is asked to know a value, and whether it may be trusted."""
    return [BacnetRef(target, _VALUE), BacnetRef(target, _FLAGS)]


def sample_of(target: ObjectRef, told: Told) -> Sample:
    """A present-value; BAD while the object's status flags say fault, unless it has been forced."""
    sample = _sample(target, told[BacnetRef(target, _VALUE)])
    if sample.quality is Quality.GOOD and _is_in_fault(told[BacnetRef(target, _FLAGS)]):
        return Sample(None, Quality.BAD, f"the controller reports a fault (value {sample.value})")
    return sample


def name_refs(targets: Sequence[ObjectRef]) -> list[BacnetRef]:
    """What is asked to know names."""
    return [BacnetRef(target, _NAME) for target in targets]


def names_of(targets: Sequence[ObjectRef], told: Told) -> dict[ObjectRef, str | None]:
    """Names as far as they were told; None where there is no such object."""
    readings = {target: told[BacnetRef(target, _NAME)] for target in targets}
    return {
        target: _text(reading)
        for target, reading in readings.items()
        if reading.error is None or _is_missing(reading.error)
    }


def slot_refs(targets: Sequence[ObjectRef]) -> list[BacnetRef]:
    """What is asked to know priority arrays."""
    return [BacnetRef(target, _ARRAY) for target in targets]


def slots_of(targets: Sequence[ObjectRef], told: Told) -> dict[ObjectRef, PriorityArray | None]:
    """Priority arrays; None where the controller does not tell."""
    return {target: priority_array_of(told[BacnetRef(target, _ARRAY)]) for target in targets}


def write_of(write: Write) -> BacnetWrite:
    """One of our writes as a property's."""
    if write.kind is WriteKind.OUT_OF_SERVICE:
        return BacnetWrite(write.ref, bool(write.value), property=_SERVICE)
    if write.kind is WriteKind.RELIABILITY:
        return BacnetWrite(write.ref, write.value, property=_RELIABILITY)
    if write.kind is WriteKind.PRESENT_VALUE:
        return BacnetWrite(write.ref, write.value)
    return BacnetWrite(write.ref, write.value, write.priority or SLOTS)


def _may_be_forced(target: ObjectRef) -> bool:
    return target.bacnet_type.is_input


def _number_of(reading: BacnetReading) -> int | None:
    """A Reliability, told in the standard's words or as the number of a vendor's own."""
    if reading.error is not None or not isinstance(reading.value, str):
        return None
    try:
        return int(reading.value) if reading.value.isdecimal() else RELIABILITIES.index(reading.value)
    except ValueError:
        return None


def _is_in_fault(reading: BacnetReading) -> bool | None:
    """Of an object that is in service; None where it does not tell its flags."""
    if reading.error is not None:
        return None
    flags = str(reading.value).split(";")
    return _FAULT in flags and _SERVICE not in flags


def _sample(target: ObjectRef, reading: BacnetReading) -> Sample:
    if reading.error is not None:
        quality = Quality.MISSING if reading.quality is Quality.MISSING else Quality.BAD
        return Sample(None, quality, reading.error.what)
    value = point_value(reading.value, _bacnet_type(target))
    return Sample(value) if value is not None else Sample(None, Quality.BAD, f"no number: {reading.value}")


def _unread(target: ObjectRef, reading: BacnetReading) -> str:
    """Why nobody knows who commands an object; that it has no slots is an answer, unless it must have some."""
    if reading.error is None:
        return ""
    is_told = isinstance(reading.error, BacnetRefusal) and reading.error.code in _NO_SUCH_THING
    return "" if is_told and target.bacnet_type not in _MUST_HAVE_SLOTS else reading.error.what


def _bacnet_type(target: ObjectRef) -> Untyped:
    return object_identifier(target)[0]


def _text(reading: BacnetReading | None) -> str | None:
    return reading.value if reading is not None and isinstance(reading.value, str) else None


def _is_missing(error: object) -> bool:
    return isinstance(error, ObjectError) and error.missing


def _is_final(reading: BacnetReading) -> bool:
    """Whether nothing more would be told another time."""
    if reading.error is None or reading.quality is Quality.BAD:
        return True
    return isinstance(reading.error, BacnetRefusal) and reading.error.code in _NO_SUCH_THING
