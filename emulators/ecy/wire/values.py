"""Wire forms of values, types and units (ecy-rest-api §7.1, §8, §10)."""

from __future__ import annotations

import math
import re
from typing import TypeAlias

from emulators.ecy.objects.objects import BacnetObject
from emulators.ecy.profile import Profile
from emulators.ecy.refusals import INVALID_DATA_TYPE, VALUE_OUT_OF_RANGE, Refusal
from utils.values import ObjectType

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

COLLECTIONS = {
    ObjectType.ANALOG_INPUT: "analog-inputs",
    ObjectType.ANALOG_OUTPUT: "analog-outputs",
    ObjectType.ANALOG_VALUE: "analog-values",
    ObjectType.BINARY_INPUT: "binary-inputs",
    ObjectType.BINARY_OUTPUT: "binary-outputs",
    ObjectType.BINARY_VALUE: "binary-values",
    ObjectType.MULTI_STATE_INPUT: "multi-state-inputs",
    ObjectType.MULTI_STATE_OUTPUT: "multi-state-outputs",
    ObjectType.MULTI_STATE_VALUE: "multi-state-values",
}
TYPES_BY_COLLECTION = {collection: object_type for object_type, collection in COLLECTIONS.items()}
_TYPES_BY_SPELLING = {object_type.value.lower(): object_type for object_type in ObjectType}
_BINARY_TEXTS = {"active": 1.0, "inactive": 0.0, "true": 1.0, "false": 0.0, "1": 1.0, "0": 0.0}
_RELINQUISH_TEXTS = frozenset({"", "null", "Null", "NaN"})
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def kebab(pascal: str) -> str:
    """``AnalogValue`` as ``analog-value``."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", pascal).lower()


def camel(kebab_text: str) -> str:
    """``degrees-celsius`` as ``degreesCelsius``."""
    first, *rest = kebab_text.split("-")
    return first + "".join(word.capitalize() for word in rest)


def type_spelled(text: str) -> ObjectType | None:
    """The object type in Pascal or camel case, of any letter case; None for one that the emulator does not have."""
    return _TYPES_BY_SPELLING.get(text.lower())


def type_to_json(object_type: str, profile: Profile) -> str:
    """The type, given in Pascal case, as it appears in ``object-identifier``."""
    kebab_text = kebab(object_type)
    spellings = {"AnalogValue": str(object_type), "analogValue": camel(kebab_text), "analog-value": kebab_text}
    return spellings[profile.object_type_form]


def units_to_json(units: str | None, profile: Profile) -> str:
    """Engineering units in the profile's spelling; an object without any has ``no-units``."""
    text = units or "no-units"
    spellings = {"degrees-celsius": text, "degrees celsius": text.replace("-", " "), "degreesCelsius": camel(text)}
    return spellings[profile.units_form]


def value_to_json(object_type: ObjectType, value: float, profile: Profile) -> Json:
    """A value of such an object as the tree shows it."""
    if math.isnan(value):
        return None if profile.nan_form == "null" else "NaN"
    if object_type.is_multi_state:
        return int(value)
    if not object_type.is_binary:
        return value
    if profile.binary_form == "boolean":
        return bool(value)
    text = "Active" if value else "Inactive"
    return text if profile.binary_form == "Active" else text.lower()


def value_from_json(object_type: ObjectType, value: Json) -> float:
    """A value as the tree takes it: a boolean for binary objects, a number for the others. Raises Refusal."""
    if isinstance(value, bool) != object_type.is_binary or not isinstance(value, int | float):
        raise Refusal(INVALID_DATA_TYPE, f"{value!r} for {object_type}")
    return _as_float(value)


def value_from_loose_json(object_type: ObjectType, value: Json) -> float | None:
    """A value as write-property-multiple takes it: number, boolean or text; the text ``null`` is None (§10.2)."""
    if isinstance(value, str):
        return None if value.lower() == "null" else _value_from_text(object_type, value)
    if object_type.is_binary and value in (0, 1):
        return float(bool(value))
    return value_from_json(object_type, value)


def _value_from_text(object_type: ObjectType, text: str) -> float:
    if object_type.is_binary and text.lower() in _BINARY_TEXTS:
        return _BINARY_TEXTS[text.lower()]
    if object_type.is_binary or not _NUMBER.fullmatch(text):
        raise Refusal(INVALID_DATA_TYPE, f"{text!r} for {object_type}")
    return float(text)


def _as_float(value: int | float) -> float:
    try:
        return float(value)
    except OverflowError as error:
        raise Refusal(VALUE_OUT_OF_RANGE, "beyond REAL32") from error


def is_relinquish(value: Json) -> bool:
    """Whether ``set-value-at`` takes this as giving the slot back (§7.6)."""
    return value is None or (isinstance(value, str) and value in _RELINQUISH_TEXTS)


def whole_number(value: Json) -> int:
    """An integer, a float without fraction, or digits as text. Raises Refusal for anything else."""
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value // 1:
        raise Refusal(INVALID_DATA_TYPE, f"{value!r} is not a whole number")
    return int(value)


def priority_from_json(value: Json) -> int:
    """A priority from 1 to 16. Raises Refusal."""
    priority = whole_number(value)
    if not 1 <= priority <= 16:
        raise Refusal(VALUE_OUT_OF_RANGE, f"priority {priority}")
    return priority


def present_value_text(target: BacnetObject) -> str:
    """The present-value as read-property-multiple prints it (§10.1)."""
    return value_text(target.ref.object_type, target.present_value)


def value_text(object_type: ObjectType, value: float) -> str:
    """A value of such an object in text encoding."""
    if math.isnan(value):
        return "NaN"
    if object_type.is_binary:
        return "active" if value else "inactive"
    return f"{value:.0f}" if object_type.is_multi_state else f"{value:.6f}"


def text_of(value: Json) -> str:
    """Any other property in text encoding: lists in braces, ``Null`` for nothing."""
    if value is None:
        return "Null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.6f}"
    if isinstance(value, dict):
        return text_of(list(value.values()))
    if isinstance(value, list):
        return "{" + ",".join(text_of(element) for element in value) + "}"
    return str(value)
