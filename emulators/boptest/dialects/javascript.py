"""JSON as the service's JavaScript web tier reads and prints it (boptest-api §1 and §2)."""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from emulators.boptest.dialects.json_errors import ConstantError, constant_message, syntax_message
from emulators.boptest.replies import Json
from utils.errors import BridgeError

_quoted = json.encoder.encode_basestring
_SAFE_INTEGER = 2**53


class JsonSyntaxError(BridgeError):
    """Text that is not JSON; the message is that of the JavaScript engine (V8 of Node 20)."""


def stringify(value: object) -> str:
    """Print a value made of JSON's types: whole floats without fraction, NaN and infinities as null."""
    return _WRITERS[type(value)](value)


def number_text(value: float) -> str:
    """A float as JavaScript prints it."""
    text = repr(value)
    if text.endswith(".0"):
        return text[:-2] if value else "0"
    if text.endswith(("nan", "inf")):
        return "null"
    return _exponential(text) if "e" in text else text


def parse(text: str) -> Json:
    """Read JSON. Whole numbers become integers, as JavaScript knows one kind of number. Raises JsonSyntaxError.

    ``Infinity`` is understood only after a blank: the server quotes it there before it parses.
    """
    text = text.replace(" Infinity", ' "Infinity"').replace(" -Infinity", ' "-Infinity"')
    try:
        return json.loads(text, parse_float=_number, parse_int=_number, parse_constant=_refuse_constant)
    except ConstantError:
        raise JsonSyntaxError(constant_message(text)) from None
    except json.JSONDecodeError as error:
        raise JsonSyntaxError(syntax_message(text, error)) from None


def _refuse_constant(name: str) -> Json:
    raise ConstantError(name)


def _number(text: str) -> int | float:
    value = float(text)
    return int(value) if abs(value) <= _SAFE_INTEGER and value.is_integer() else value


def _exponential(text: str) -> str:
    mantissa, _, exponent = text.partition("e")
    power = int(exponent)
    return format(Decimal(text), "f") if -7 < power < 21 else f"{mantissa}e{power:+d}"


def _members(value: Mapping[str, object]) -> str:
    return "{" + ",".join([f"{_quoted(key)}:{_WRITERS[type(item)](item)}" for key, item in value.items()]) + "}"


def _elements(value: Iterable[object]) -> str:
    return "[" + ",".join([_WRITERS[type(item)](item) for item in value]) + "]"


def _numbers(value: array[float]) -> str:
    return "[" + ",".join(map(number_text, value)) + "]"


_WRITERS: dict[type, Callable[[Any], str]] = {
    float: number_text,
    str: _quoted,
    dict: _members,
    list: _elements,
    tuple: _elements,
    array: _numbers,
    int: str,
    bool: {True: "true", False: "false"}.__getitem__,
    type(None): lambda _: "null",
}
