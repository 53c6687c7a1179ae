"""The properties of the nine object types, over the values that REST serves too (ASHRAE 135, clause 12)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from types import MappingProxyType

from bacpypes3.basetypes import EventState, Polarity, Reliability, StatusFlags
from bacpypes3.primitivedata import Boolean, CharacterString, Null, ObjectIdentifier, Real, Unsigned
from bacpypes3.primitivedata import ObjectType as BacnetType

from emulators.ecy.bacnet.rows import Reading, Row, Rows, table
from emulators.ecy.bacnet.wire.units import increment_of, units_of
from emulators.ecy.bacnet.wire.values import (
    Element,
    Tags,
    decoded_enumerated,
    decoded_flag,
    decoded_number,
    decoded_real,
    decoded_text,
    number,
)
from emulators.ecy.bacnet_profile import BacnetProfile
from emulators.ecy.objects import objects
from emulators.ecy.objects.minimum_times import HAVE_MINIMUM_TIMES
from emulators.ecy.objects.objects import BacnetObject
from emulators.ecy.profile import Profile
from emulators.ecy.refusals import INVALID_REQUEST, VALUE_OUT_OF_RANGE, WRITE_ACCESS_DENIED, Refusal
from emulators.ecy.wire.properties import PRIORITY_ARRAY
from utils.values import ObjectRef, ObjectType

Applies = Callable[[ObjectType], bool]

_TYPES = MappingProxyType(
    {
        ObjectType.ANALOG_INPUT: BacnetType("analog-input"),
        ObjectType.ANALOG_OUTPUT: BacnetType("analog-output"),
        ObjectType.ANALOG_VALUE: BacnetType("analog-value"),
        ObjectType.BINARY_INPUT: BacnetType("binary-input"),
        ObjectType.BINARY_OUTPUT: BacnetType("binary-output"),
        ObjectType.BINARY_VALUE: BacnetType("binary-value"),
        ObjectType.MULTI_STATE_INPUT: BacnetType("multi-state-input"),
        ObjectType.MULTI_STATE_OUTPUT: BacnetType("multi-state-output"),
        ObjectType.MULTI_STATE_VALUE: BacnetType("multi-state-value"),
    }
)
_KINDS = MappingProxyType({int(bacnet): kind for kind, bacnet in _TYPES.items()})
TYPE_NAMES = tuple(str(bacnet) for bacnet in _TYPES.values())
"""The object types by their ASHRAE names."""


def identifier_of(ref: ObjectRef) -> ObjectIdentifier:
    """The object's identifier on the wire."""
    return ObjectIdentifier((_TYPES[ref.object_type], ref.instance))


def ref_of(identifier: Element) -> ObjectRef | None:
    """What an identifier stands for; None for object types that a controller does not have."""
    kind = _KINDS.get(int(identifier[0]))
    return None if kind is None else ObjectRef(kind, int(identifier[1]))


def status_flags(target: BacnetObject) -> StatusFlags:
    """In alarm, fault, overridden, out of service."""
    return _flags(target.is_faulty, target.out_of_service)


@cache
def _flags(is_faulty: bool, out_of_service: bool) -> StatusFlags:
    return StatusFlags([0, int(is_faulty), 0, int(out_of_service)])


def present_value(target: BacnetObject) -> Element:
    """The present-value in the object's own datatype."""
    return number(target.ref.object_type, target.present_value)


def with_name(target: BacnetObject, tags: Tags) -> BacnetObject:
    """The object under another name."""
    name = decoded_text(tags)
    if not name:
        raise Refusal(INVALID_REQUEST, "an object needs a name")
    return replace(target, name=name)


def rows_of(kind: ObjectType, profile: Profile) -> Rows[BacnetObject]:
    """The properties of an object type, writable as in a controller. Present-value is written by priority."""
    rows = [_switched(row, profile) for row, applies in _ROWS if applies(kind)]
    if kind in HAVE_MINIMUM_TIMES:
        rows += _minimum_times(profile.bacnet)
    return table([row for row in rows if profile.priority_arrays or row.name != PRIORITY_ARRAY])


def _switched(row: Row[BacnetObject], profile: Profile) -> Row[BacnetObject]:
    if row.name == "object-name" and profile.bacnet.names_writable:
        return replace(row, write=with_name)
    if row.name == "reliability" and profile.reliability_writable:
        return replace(row, write=_write_reliability)
    if row.name == "out-of-service" and not profile.bacnet.out_of_service_writable:
        return Row(row.name, row.read)
    return row


def _minimum_times(switches: BacnetProfile) -> Iterator[Row[BacnetObject]]:
    """Those that the make has, in s."""
    times = {"minimum-on-time": switches.minimum_on_s, "minimum-off-time": switches.minimum_off_s}
    for name, seconds in times.items():
        if seconds is not None:
            told = Unsigned(seconds)
            yield Row(name, lambda target, told=told: told, required=False)  # type: ignore[misc]


def _always(kind: ObjectType) -> bool:
    return True


def _is_analog(kind: ObjectType) -> bool:
    return kind.is_analog


def _is_multi_state(kind: ObjectType) -> bool:
    return kind.is_multi_state


def _is_commandable(kind: ObjectType) -> bool:
    return not kind.is_input


def _has_minimum_times(kind: ObjectType) -> bool:
    return kind.is_binary and not kind.is_input


def _has_polarity(kind: ObjectType) -> bool:
    return kind.is_binary and (kind.is_input or kind.is_output)


def _real_or_nothing(value: float | None) -> Reading:
    return None if value is None else Real(value)


def _seconds_or_nothing(value: int | None) -> Reading:
    return None if value is None else Unsigned(value)


def _reliability(target: BacnetObject) -> Reading:
    return Reliability(target.reliability)


def _state_texts(target: BacnetObject) -> Reading:
    return tuple(CharacterString(text) for text in target.states) or None


def _slots(target: BacnetObject) -> Reading:
    return tuple(number(target.ref.object_type, slot) for slot in target.slots) or None


def _command_priority(target: BacnetObject) -> Reading:
    if not target.commandable:
        return None
    taken = (priority for priority, slot in enumerate(target.slots, start=1) if slot is not None)
    priority = next(taken, None)
    return Null(()) if priority is None else Unsigned(priority)


def _relinquish_default(target: BacnetObject) -> Reading:
    return number(target.ref.object_type, target.relinquish_default) if target.commandable else None


def _write_relinquish_default(target: BacnetObject, tags: Tags) -> BacnetObject:
    return objects.with_relinquish_default(target, decoded_number(target.ref.object_type, tags))


def _write_out_of_service(target: BacnetObject, tags: Tags) -> BacnetObject:
    return objects.with_out_of_service(target, decoded_flag(tags))


def _write_reliability(target: BacnetObject, tags: Tags) -> BacnetObject:
    return objects.with_reliability(target, decoded_enumerated(tags))


def _write_description(target: BacnetObject, tags: Tags) -> BacnetObject:
    return replace(target, description=decoded_text(tags))


def _write_increment(target: BacnetObject, tags: Tags) -> BacnetObject:
    increment = objects.real32(decoded_real(tags))
    if increment < 0:
        raise Refusal(VALUE_OUT_OF_RANGE, f"an increment of {increment}")
    return replace(target, cov_increment=increment)


def _write_present_value(target: BacnetObject, tags: Tags) -> BacnetObject:
    if not target.plain and (target.commandable or not target.out_of_service):
        raise Refusal(WRITE_ACCESS_DENIED, f"present-value of {target.ref} while it is in service")
    return objects.forced(target, decoded_number(target.ref.object_type, tags))


_ROWS: tuple[tuple[Row[BacnetObject], Applies], ...] = (
    (Row("object-identifier", lambda target: identifier_of(target.ref)), _always),
    (Row("object-name", lambda target: CharacterString(target.name)), _always),
    (Row("object-type", lambda target: _TYPES[target.ref.object_type]), _always),
    (Row("present-value", present_value, _write_present_value), _always),
    (Row("description", lambda one: CharacterString(one.description), _write_description, required=False), _always),
    (Row("status-flags", status_flags), _always),
    (Row("event-state", lambda target: EventState("normal")), _always),
    (Row("reliability", _reliability, required=False), _always),
    (Row("out-of-service", lambda target: Boolean(target.out_of_service), _write_out_of_service), _always),
    (Row("units", lambda target: units_of(target.units)), _is_analog),
    (Row("min-pres-value", lambda target: _real_or_nothing(target.minimum), required=False), _is_analog),
    (Row("max-pres-value", lambda target: _real_or_nothing(target.maximum), required=False), _is_analog),
    (Row("cov-increment", lambda one: Real(increment_of(one)), _write_increment, required=False), _is_analog),
    (Row("minimum-on-time", lambda one: _seconds_or_nothing(one.minimum_on_s), required=False), _has_minimum_times),
    (Row("minimum-off-time", lambda one: _seconds_or_nothing(one.minimum_off_s), required=False), _has_minimum_times),
    (Row("polarity", lambda target: Polarity("normal")), _has_polarity),
    (Row("number-of-states", lambda target: Unsigned(target.number_of_states)), _is_multi_state),
    (Row("state-text", _state_texts, required=False, shape="array"), _is_multi_state),
    (Row(PRIORITY_ARRAY, _slots, shape="array"), _is_commandable),
    (Row("relinquish-default", _relinquish_default, _write_relinquish_default), _is_commandable),
    (Row("current-command-priority", _command_priority), _is_commandable),
)
