"""The form of a model: objects with names and fields, and values that a template can be built from.

All the rest of the expansion relies on it, so it is looked at even where the schema is not.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Mapping

from hvac_templates.judge.field_checks import shown
from hvac_templates.judge.schema import is_template
from hvac_templates.messages import Message, error


def form_errors(model: object) -> Iterator[Message]:
    """What is wrong with the form of a model; nothing where it is one."""
    if not isinstance(model, Mapping):
        yield error("", "", "", "a model is an object in braces: object type, object name, fields")
        return
    for kind, objects in model.items():
        if not isinstance(kind, str):
            yield error("", "", "", f"an object type is a text, not {shown(kind)}")
        elif not isinstance(objects, Mapping):
            yield error(kind, "", "", "objects with their names are needed here, in braces")
        else:
            yield from _object_errors(kind, objects)


def _object_errors(kind: str, objects: Mapping[object, object]) -> Iterator[Message]:
    template = is_template(kind)
    for name, fields in objects.items():
        if not isinstance(name, str):
            yield error(kind, "", "", f"the name of an object is a text, not {shown(name)}")
        elif not isinstance(fields, Mapping):
            yield error(kind, name, "", "fields with their values are needed here, in braces")
        elif template:
            for field, value in fields.items():
                if wrong := _value_error(value):
                    yield error(kind, name, str(field), wrong)


def _value_error(value: object) -> str:
    if value is not None and not isinstance(value, (str, int, float)):
        return f"a text or a number is needed here, not {shown(value)}"
    return _NOT_FINITE if _is_endless(value) else ""


def endless_numbers(model: Mapping[str, Mapping[str, Mapping[str, object]]]) -> Iterator[Message]:
    """Every field of any object that holds NaN, or a number that is too large to be one."""
    for kind, objects in model.items():
        for name, fields in objects.items():
            yield from (error(kind, name, field, _NOT_FINITE) for field, value in fields.items() if _holds(value))


_NOT_FINITE = "NaN, or a number that is too large: give a number"


def _holds(value: object) -> bool:
    if isinstance(value, Mapping):
        return any(_holds(part) for part in value.values())
    return any(_holds(part) for part in value) if isinstance(value, list) else _is_endless(value)


def _is_endless(value: object) -> bool:
    if isinstance(value, int):
        return value.bit_length() > sys.float_info.max_exp
    return isinstance(value, float) and not math.isfinite(value)
