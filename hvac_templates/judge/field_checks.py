"""One value against one field: what is wrong with it, and how it is spelled in the engine's words."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from hvac_templates.judge.schema import AUTOCALCULATE, AUTOSIZE, Field, Kind
from hvac_templates.language.values import number_text

_AUTO_WORDS = frozenset({AUTOSIZE.casefold(), AUTOCALCULATE.casefold()})


NO_CHOICE, OUT_OF_RANGE = "is not one of its choices", "is out of range"
"""In messages about values of which ExpandObjects only warns."""
LONGEST_SHOWN = 200
"""Characters of a value that a message shows."""


def given(value: object) -> bool:
    """Whether a value is one: an empty text is the same as an absent field, zero is not."""
    return value is not None and value != ""


def problem(field: Field, value: object, *, lenient: bool) -> str:
    """What is wrong with a value and what would be right; empty where it is fine.

    ``lenient`` takes what people write in templates and an IDF allows, but not the engine in epJSON: numbers as text,
    2.0 where a whole number is needed, Autosize where the schema says Autocalculate, choices in any letter case.
    """
    return _CHECKS[field.kind](field, value, lenient)


def canonical(field: Field, value: object) -> object:
    """The value as the engine spells it; unchanged where it is none that the field takes."""
    if field.kind == "choice":
        return _choice(field, value)
    if field.kind not in ("number", "integer"):
        number = as_number(value) if _is_no_name(field) and not isinstance(value, str) else None
        return value.strip() if isinstance(value, str) else value if number is None else number_text(number)
    if field.auto and str(value).strip().casefold() in _AUTO_WORDS:
        return field.auto
    number = as_number(value)
    if number is None:
        return value
    return int(number) if field.kind == "integer" and float(number).is_integer() else number


def as_number(value: object) -> float | None:
    """The number that a value or its text is; None where it is none, or not a finite one. Whole numbers stay whole."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    if not math.isfinite(number) or (isinstance(value, str) and "_" in value):
        return None
    return value if isinstance(value, int) else number


def _is_no_name(field: Field) -> bool:
    """Whether a text stands for itself, such as a priority: a number is one, too."""
    return not field.object_lists and not field.references


def _choice(field: Field, value: object) -> object:
    text = str(value).strip().casefold()
    return next((choice for choice in field.choices if str(choice).casefold() == text), value)


def _check_choice(field: Field, value: object, lenient: bool) -> str:
    if value in field.choices or (lenient and isinstance(value, str) and _choice(field, value) in field.choices):
        return ""
    return f"{shown(value)} {NO_CHOICE}: {', '.join(map(str, field.choices))}"


def _check_text(field: Field, value: object, lenient: bool) -> str:
    if isinstance(value, str):
        return ""
    if as_number(value) is not None:
        if lenient and _is_no_name(field):
            return ""
        return f'a text is needed; write the name {shown(value)} in quotes: "{value}"'
    return f"a text is needed, not {shown(value)}"


def _check_mixed(field: Field, value: object, lenient: bool) -> str:
    return "" if isinstance(value, str) or as_number(value) is not None else f"{shown(value)} is no number and no text"


def _check_array(field: Field, value: object, lenient: bool) -> str:
    if isinstance(value, list) and all(isinstance(item, Mapping) for item in value):
        return ""
    return "a list of objects in braces is needed"


def _check_number(field: Field, value: object, lenient: bool) -> str:
    if isinstance(value, str):
        if field.auto and (value == field.auto or (lenient and value.strip().casefold() in _AUTO_WORDS)):
            return ""
        if not lenient or as_number(value) is None:
            return f"{_needed(field)} is needed, not {shown(value)}"
    number = as_number(value)
    if number is None:
        return f"{_needed(field)} is needed, not {shown(value)}"
    if field.kind == "integer" and not (isinstance(value, int) or (lenient and float(number).is_integer())):
        return f"a whole number is needed, without a decimal point, not {shown(value)}"
    if field.choices and number not in field.choices:
        return f"{shown(value)} {NO_CHOICE}: {', '.join(map(str, field.choices))}"
    return _bounds_problem(field, number)


def _bounds_problem(field: Field, number: float) -> str:
    if (
        (field.minimum is None or number >= field.minimum)
        and (field.exclusive_minimum is None or number > field.exclusive_minimum)
        and (field.maximum is None or number <= field.maximum)
        and (field.exclusive_maximum is None or number < field.exclusive_maximum)
    ):
        return ""
    bounds = {
        "at least": field.minimum,
        "more than": field.exclusive_minimum,
        "at most": field.maximum,
        "less than": field.exclusive_maximum,
    }
    allowed = " and ".join(f"{words} {bound:g}" for words, bound in bounds.items() if bound is not None)
    return f"{number:g} {OUT_OF_RANGE}; it must be {allowed}"


def _needed(field: Field) -> str:
    number = "a whole number" if field.kind == "integer" else "a number"
    return f"{number} or {field.auto}" if field.auto else number


def shown(value: object) -> str:
    """A value as a message shows it."""
    if isinstance(value, (Mapping, list)):
        return "a list or an object"
    if isinstance(value, str):
        return f'"{_clipped(value)}"'
    return str(value).lower() if isinstance(value, bool) else "null" if value is None else _clipped(str(value))


def _clipped(text: str) -> str:
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}..."


_CHECKS: Mapping[Kind, Callable[[Field, object, bool], str]] = {
    "number": _check_number,
    "integer": _check_number,
    "choice": _check_choice,
    "string": _check_text,
    "mixed": _check_mixed,
    "array": _check_array,
}
