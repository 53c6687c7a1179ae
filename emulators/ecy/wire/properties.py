"""The properties of an object as members of the resource tree: one table, one row for each (ecy-rest-api §7)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType

from emulators.ecy.objects import objects
from emulators.ecy.objects.objects import BacnetObject
from emulators.ecy.profile import Profile
from emulators.ecy.refusals import INVALID_DATA_TYPE, INVALID_REQUEST, WRITE_ACCESS_DENIED, Refusal
from emulators.ecy.wire.values import Json, type_to_json, units_to_json, value_from_json, value_to_json
from utils.values import ObjectType

PRESENT_VALUE = "present-value"
PRIORITY_ARRAY = "priority-array"
STATUS_FLAGS = "status-flags"

Reader = Callable[[BacnetObject, Profile], Json]
Writer = Callable[[BacnetObject, Json, Profile], BacnetObject]


def _read_only(target: BacnetObject, value: Json, profile: Profile) -> BacnetObject:
    raise Refusal(WRITE_ACCESS_DENIED, f"read-only property of {target.ref}")


def _every(object_type: ObjectType) -> bool:
    return True


def _is_analog(object_type: ObjectType) -> bool:
    return not object_type.is_binary and not object_type.is_multi_state


def _has_minimum_times(kind: ObjectType) -> bool:
    return kind.is_binary and not kind.is_input


def _is_commandable(object_type: ObjectType) -> bool:
    return not object_type.is_input


def _is_multi_state(object_type: ObjectType) -> bool:
    return object_type.is_multi_state


@dataclass(frozen=True, slots=True)
class Property:
    """How one property is read and written, and which object types have it."""

    name: str
    read: Reader
    write: Writer = _read_only
    applies: Callable[[ObjectType], bool] = _every


def _text(value: Json) -> str:
    if not isinstance(value, str):
        raise Refusal(INVALID_DATA_TYPE, f"{value!r} is not text")
    return value


def _flag(value: Json) -> bool:
    if not isinstance(value, bool):
        raise Refusal(INVALID_DATA_TYPE, f"{value!r} is not a boolean")
    return value


def _limit(value: Json) -> float | None:
    return None if value is None else objects.real32(value_from_json(ObjectType.ANALOG_VALUE, value))


def _identifier(target: BacnetObject, profile: Profile) -> Json:
    return {"object-type": type_to_json(target.ref.object_type, profile), "object-instance": target.ref.instance}


def _present_value(target: BacnetObject, profile: Profile) -> Json:
    return value_to_json(target.ref.object_type, target.present_value, profile)


def _write_present_value(target: BacnetObject, value: Json, profile: Profile) -> BacnetObject:
    number = value_from_json(target.ref.object_type, value)
    if target.commandable:
        return objects.commanded(target, number, profile.default_priority)
    return objects.forced(target, number)


def _write_name(target: BacnetObject, value: Json, profile: Profile) -> BacnetObject:
    name = _text(value)
    if not name:
        raise Refusal(INVALID_REQUEST, "an object needs a name")
    return replace(target, name=name)


def _status_flags(target: BacnetObject, profile: Profile) -> Json:
    told = {
        "in-alarm": False,
        "fault": target.is_faulty,
        "overridden": False,
        "out-of-service": target.out_of_service,
    }
    if profile.status_flags_form == "dict":
        return dict(told)
    return [name for name, is_on in told.items() if is_on] if profile.status_flags_form == "names" else [*told.values()]


def _priority_array(target: BacnetObject, profile: Profile) -> Json:
    kind = target.ref.object_type
    values = [None if slot is None else value_to_json(kind, slot, profile) for slot in target.slots]
    if profile.priority_array_form == "list":
        return list(values)
    return {str(priority): value for priority, value in enumerate(values, start=1)}


def _relinquish_default(target: BacnetObject, profile: Profile) -> Json:
    return value_to_json(target.ref.object_type, target.relinquish_default, profile)


def _write_relinquish_default(target: BacnetObject, value: Json, profile: Profile) -> BacnetObject:
    return objects.with_relinquish_default(target, value_from_json(target.ref.object_type, value))


def _state_text(target: BacnetObject, profile: Profile) -> Json:
    return {str(state): text for state, text in enumerate(target.states, start=1)}


_PROPERTIES = (
    Property("object-identifier", _identifier),
    Property("object-name", lambda target, profile: target.name, _write_name),
    Property(PRESENT_VALUE, _present_value, _write_present_value),
    Property(
        "out-of-service",
        lambda target, profile: target.out_of_service,
        lambda target, value, profile: objects.with_out_of_service(target, _flag(value)),
    ),
    Property(STATUS_FLAGS, _status_flags),
    Property(
        "description",
        lambda target, profile: target.description,
        lambda target, value, profile: replace(target, description=_text(value)),
    ),
    Property("units", lambda target, profile: units_to_json(target.units, profile), applies=_is_analog),
    Property(
        "min-pres-value",
        lambda target, profile: target.minimum,
        lambda target, value, profile: replace(target, minimum=_limit(value)),
        applies=_is_analog,
    ),
    Property(
        "max-pres-value",
        lambda target, profile: target.maximum,
        lambda target, value, profile: replace(target, maximum=_limit(value)),
        applies=_is_analog,
    ),
    Property("minimum-on-time", lambda target, profile: target.minimum_on_s, applies=_has_minimum_times),
    Property("minimum-off-time", lambda target, profile: target.minimum_off_s, applies=_has_minimum_times),
    Property("number-of-states", lambda target, profile: target.number_of_states, applies=_is_multi_state),
    Property("state-text", _state_text, applies=_is_multi_state),
    Property(PRIORITY_ARRAY, _priority_array, applies=_is_commandable),
    Property("relinquish-default", _relinquish_default, _write_relinquish_default, applies=_is_commandable),
)

PROPERTIES = MappingProxyType(
    {kind: {row.name: row for row in _PROPERTIES if row.applies(kind)} for kind in ObjectType},
)
"""The properties of each object type by name."""


@cache
def _without(kind: ObjectType, *names: str) -> Mapping[str, Property]:
    return MappingProxyType({name: row for name, row in PROPERTIES[kind].items() if name not in names})


def readable(kind: ObjectType, profile: Profile) -> Mapping[str, Property]:
    """The properties of such an object that a client can read, by name."""
    arrays = () if profile.priority_arrays else (PRIORITY_ARRAY,)
    flags = (STATUS_FLAGS,) if profile.status_flags_form == "none" else ()
    return _without(kind, *arrays, *flags)


WRITE_ONLY_NAMES = MappingProxyType({"default-value": "relinquish-default"})
"""Names that a partial update takes for another property (§7.5)."""
