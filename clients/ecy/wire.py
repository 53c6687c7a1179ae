"""The forms in which a controller spells values, and ours (ecy-rest-api §6 to §12).

No complete answer of firmware 2.x was ever seen, so everything is read in each form that is plausible.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping

from clients.http.funnel import Json
from utils.bacnet import SLOTS
from utils.text import one_line
from utils.values import ObjectRef, ObjectType, PointValue, Quality, Sample, is_real32

API = "/api/rest/v2"
OBJECTS = f"{API}/services/bacnet/local/objects"

_BINARY_WORDS = {
    "active": True,
    "inactive": False,
    "true": True,
    "false": False,
    "on": True,
    "off": False,
    "1": True,
    "0": False,
}
_FLAGS = ("in-alarm", "fault", "overridden", "out-of-service")
_, _FAULT, _, _OUT_OF_SERVICE = _FLAGS
_EMPTY_SLOT = frozenset({"", "null", "nan"})
MISSING_NAMES = ("unknown-object", "unknown-property")
_ERROR_NAMES = (
    *MISSING_NAMES,
    "write-access-denied",
    "value-out-of-range",
    "invalid-data-type",
    "error-class",
)
_ERROR_WORDS = (*_ERROR_NAMES, "unknown", "denied", "invalid", "not allowed", "not found", "refused")
_LONGEST_WORDS = 300


def kebab(text: str) -> str:
    """``AnalogValue``, ``analogValue`` and ``Analog Value`` as ``analog-value``: how names are compared."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", text.strip())
    return re.sub(r"[\s_-]+", "-", parted).lower()


COLLECTIONS = {object_type: f"{kebab(object_type.value)}s" for object_type in ObjectType}
"""The URL segment of each type: ``analog-values``."""


def object_url(ref: ObjectRef) -> str:
    """The path of one object."""
    return f"{OBJECTS}/{COLLECTIONS[ref.object_type]}/{ref.instance}"


def camel_type(object_type: ObjectType) -> str:
    """The type as write-property-multiple spells it: ``analogValue``."""
    return object_type.value[0].lower() + object_type.value[1:]


def unwrap(value: Json) -> Json:
    """The value inside ``{"$value": x}`` or ``{"value": x}``, or the value itself."""
    while isinstance(value, dict):
        if "$value" in value:
            value = value["$value"]
        elif value.keys() == {"value"}:
            value = value["value"]
        else:
            break
    return value


def member(body: Json, name: str) -> Json:
    """A member of an object, unwrapped; None when it is absent."""
    body = unwrap(body)
    return unwrap(body.get(name)) if isinstance(body, dict) else None


def items_of(collection: Json) -> list[tuple[str, Json]]:
    """The items of a collection with their keys: an object by key, or a list of objects that carry ``key``."""
    collection = unwrap(collection)
    if isinstance(collection, dict):
        return list(collection.items())
    if isinstance(collection, list):
        return [(str(member(item, "key") or ""), item) for item in collection]
    return []


def sample_of(value: Json, object_type: ObjectType) -> Sample:
    """A present-value as the controller tells it, in any of its forms; BAD when it is none of them."""
    value = unwrap(value)
    number = _binary(value) if object_type.is_binary else _number(value)
    if number is not None and object_type.is_multi_state:
        number = int(number) if number >= 1 and number == int(number) else None
    if number is None:
        return Sample(None, Quality.BAD, f"not a value: {one_line(str(value), _LONGEST_WORDS)}")
    return Sample(number)


def _number(value: Json) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if is_real32(number) else None


def _binary(value: Json) -> bool | None:
    if isinstance(value, int | float):
        return bool(value) if value in (0, 1) else None
    return _BINARY_WORDS.get(value.strip().lower()) if isinstance(value, str) else None


def flag_of(value: Json) -> bool | None:
    """A boolean property in any of its forms; None when it is none of them."""
    return _binary(unwrap(value))


def is_in_fault(value: Json) -> bool | None:
    """Whether status flags say fault of an object that is in service; None when these are no status flags.

    They are told by name, as a list of those that are on, or as four bits (ASHRAE 135, BACnetStatusFlags).
    """
    flags = unwrap(value)
    if isinstance(flags, str):
        flags = list(filter(None, re.split(r"[;,\s]+", flags)))
    if isinstance(flags, list) and len(flags) == len(_FLAGS) and all(isinstance(flag, bool) for flag in flags):
        flags = dict(zip(_FLAGS, flags, strict=True))
    if isinstance(flags, list):
        flags = {str(name): True for name in flags}
    if not isinstance(flags, dict):
        return None
    told = {kebab(name) for name, is_on in flags.items() if flag_of(is_on)}
    return _FAULT in told and _OUT_OF_SERVICE not in told


def priority_array_of(value: Json, object_type: ObjectType) -> tuple[PointValue | None, ...] | None:
    """The 16 slots of a priority array, told as a list or by number; None when this is no priority array."""
    value = unwrap(value)
    if isinstance(value, dict) and any(key.isdigit() for key in value):
        value = [value.get(str(slot)) for slot in range(1, SLOTS + 1)]
    if not isinstance(value, list) or len(value) != SLOTS:
        return None
    return tuple(_slot(item, object_type) for item in value)


def _slot(item: Json, object_type: ObjectType) -> PointValue | None:
    """A slot that holds what we cannot use is taken all the same: NaN."""
    item = unwrap(item)
    if item is None or str(item).strip().lower() in _EMPTY_SLOT:
        return None
    value = sample_of(item, object_type).value
    return math.nan if value is None else value


def units_of(value: Json) -> str | None:
    """Units as BACnet enumeration text (``degrees-celsius``), however they were spelled; None when absent."""
    value = unwrap(value)
    if value is None or isinstance(value, dict | list) or value == "":
        return None
    return kebab(str(value))


def name_of(value: Json) -> str | None:
    """An object's name; None when it is not told."""
    value = unwrap(value)
    return value if isinstance(value, str) and value else None


def value_to_write(value: PointValue, object_type: ObjectType) -> float | int | bool:
    """A value in the JSON type that the controller wants. Raises ValueError for what must not be sent."""
    if not math.isfinite(value):
        raise ValueError(f"{value} is not a finite number")
    if object_type.is_binary:
        if value not in (0, 1):
            raise ValueError(f"{value} is neither active (1) nor inactive (0)")
        return bool(value)
    if object_type.is_multi_state:
        if value < 1 or value != int(value):
            raise ValueError(f"{value} is not a state number (1, 2, ...)")
        return int(value)
    return float(value)


def has_error(body: Json) -> bool:
    """Whether the body of a sub-request reports a failure."""
    return isinstance(body, dict) and bool(body.get("error"))


def is_error_text(body: Json) -> bool:
    """Whether a plain text, of which nothing else is known, speaks of an error."""
    return isinstance(body, str) and says(body, *_ERROR_WORDS)


def has_error_text(body: Json) -> bool:
    """Whether a property-multiple answer hides a failure among its values, as it does with status 200."""
    return has_error(body) or says(" ".join(_texts(body)), *_ERROR_NAMES)


def says(words: str, *names: str) -> bool:
    """Whether an error text names one of the BACnet errors, in whatever spelling."""
    bare = _bare(words)
    return any(_bare(name) in bare for name in names)


def words_of(body: Json | bytes) -> str:
    """The words of an error in any layout: text, object, list, HTML."""
    if isinstance(body, bytes):
        return _shortened(re.sub(r"<[^>]*>", " ", body.decode("utf-8", "replace")))
    if isinstance(body, Mapping) and body.get("error"):
        return words_of(body["error"])
    return _shortened("; ".join(dict.fromkeys(_texts(body))))


def _texts(value: Json) -> Iterable[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif value is not None:
        yield re.sub(r"<[^>]*>", " ", str(value))


def _shortened(words: str) -> str:
    return one_line(words, _LONGEST_WORDS) or "no words"


def _bare(text: str) -> str:
    return re.sub(r"[\s_-]", "", text).lower()
