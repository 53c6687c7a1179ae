"""The small languages inside the tree: texts with ``{field}`` in them, formulas, and values in their written forms."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from hvac_templates.language.formulas import FormulaError, parse_formula
from hvac_templates.language.values import (
    Constant,
    FieldValue,
    FirstOf,
    Items,
    Nodes,
    PathReference,
    Reference,
    Text,
    Value,
)

SELF = "self"
KEY = "key"
INLET = "Inlet"
OUTLET = "Outlet"
MAIN_PATH = "Main"
FORMULA_MARK = "="
_SEEDS_FORMULA = re.compile(r"(min|max)\(.*\{[\w.]+\}.*\)")
_BRACES = re.compile(r"\{([\w.]+)\}")


class TreeFault(ValueError):
    """Something in the tree that is not in its vocabulary."""


def parse_value(raw: object) -> Value:
    """A value in any of its written forms. Raises TreeFault."""
    if isinstance(raw, bool) or raw is None:
        raise TreeFault(f"{raw!r} is not a value: quote it, or leave the field out")
    if isinstance(raw, (int, float)):
        return Constant(raw)
    if isinstance(raw, str):
        return _formula(raw) if raw.startswith(FORMULA_MARK) or _SEEDS_FORMULA.fullmatch(raw) else parse_text(raw)
    if isinstance(raw, list):
        return Items(tuple(_record(item) for item in raw))
    if isinstance(raw, dict):
        return _mapping(raw)
    raise TreeFault(f"{raw!r} is not a value")


def parse_text(text: str) -> Value:
    """A text with ``{field}`` and ``{}`` (the template's name) in it. Raises TreeFault for a lonely brace."""
    parts: list[str] = []
    rest = text
    while "{" in rest:
        before, _, after = rest.partition("{")
        name, brace, rest = after.partition("}")
        if not brace or "{" in name or "}" in before:
            raise TreeFault(f'"{text}": every {{ needs its }}')
        parts += [before, name]
    if "}" in rest:
        raise TreeFault(f'"{text}": every }} needs its {{')
    if not parts:
        return Constant(text)
    if len(parts) == 2 and not parts[0] and not rest:
        return FieldValue(parts[1])
    return Text((*parts, rest))


def _formula(text: str) -> Value:
    """A formula; its fields may stand in braces, as in the seed, which marks it by ``min(`` or ``max(`` alone."""
    try:
        return parse_formula(_BRACES.sub(r"\1", text.removeprefix(FORMULA_MARK)))
    except FormulaError as error:
        raise TreeFault(str(error)) from error


def _record(raw: object) -> dict[str, Value]:
    if not isinstance(raw, dict):
        raise TreeFault(f"{raw!r} is not an item: write field: value")
    return {str(name): parse_value(value) for name, value in raw.items()}


def _mapping(raw: Mapping[str, Any]) -> Value:
    """A reference, or one of the forms that have a word of their own."""
    for word, form in _FORMS.items():
        if word in raw:
            return form(raw)
    if len(raw) != 1:
        raise TreeFault(f"{sorted(raw)} is not a value: a reference has one object type and what to take from it")
    target, what = next(iter(raw.items()))
    if not isinstance(what, str):
        raise TreeFault(f"{target}: say what to take from it: self, key, Inlet, Outlet, or a field")
    return Reference(str(target), what)


def _first_of(raw: Mapping[str, Any]) -> Value:
    only(raw, {"FirstOf"})
    return FirstOf(tuple(parse_value(choice) for choice in listed(raw, "FirstOf")))


def _nodes(raw: Mapping[str, Any]) -> Value:
    only(raw, {"NodeList", "Nodes", "Joined", "ValueLocation"})
    nodes = tuple(parse_value(node) for node in listed(raw, "Nodes"))
    name = parse_text(str(needed(raw, "NodeList")))
    return Nodes(name, nodes, text_of(raw, "Joined"), text_of(raw, "ValueLocation", OUTLET))


def _path_reference(raw: Mapping[str, Any]) -> Value:
    place = raw["BuildPathReference"]
    if place is None:  # what it says stands beside it
        place = {word: what for word, what in raw.items() if word != "BuildPathReference"}
    else:
        only(raw, {"BuildPathReference"})
    only(place, {"Path", "Location", "Occurrence", "ValueLocation"})
    location = place.get("Location", -1)
    if not isinstance(location, (int, str)):
        raise TreeFault(f"Location: {location!r} is no number, role or type")
    what = str(needed(place, "ValueLocation"))
    return PathReference(text_of(place, "Path", MAIN_PATH), location, whole(place, "Occurrence", 1), what)


_FORMS: Mapping[str, Callable[[Mapping[str, Any]], Value]] = {
    "FirstOf": _first_of,
    "Nodes": _nodes,
    "Joined": _nodes,
    "BuildPathReference": _path_reference,
}


def only(raw: Mapping[str, Any], words: set[str]) -> None:
    """Refuse words that the vocabulary does not have here. Raises TreeFault."""
    if not isinstance(raw, dict):
        raise TreeFault(f"{raw!r} stands where {', '.join(sorted(words))} are expected")
    if unknown := sorted(map(str, set(raw) - words)):
        raise TreeFault(f"{', '.join(unknown)}: not known here; known are {', '.join(sorted(words))}")


def entries(raw: Mapping[str, Any], word: str) -> Mapping[str, Any]:
    """What stands below a word, by name; nothing where it is not there. Raises TreeFault for what has no names."""
    body = raw.get(word)
    if body is None:
        return {}
    if not isinstance(body, dict):
        raise TreeFault(f"{word}: {body!r} stands where name: value is expected")
    return body


def listed(raw: Mapping[str, Any], word: str) -> list[Any]:
    """What stands in the list below a word; nothing where it is not there. Raises TreeFault for what is no list."""
    body = raw.get(word)
    if body is None:
        return []
    if not isinstance(body, list):
        raise TreeFault(f"{word}: {body!r} stands where a list is expected")
    return body


def needed(raw: Mapping[str, Any], word: str) -> Any:  # noqa: ANN401 (any form of YAML)
    """What stands below a word. Raises TreeFault where it is not there."""
    if raw.get(word) is None:
        raise TreeFault(f"{word} is missing")
    return raw[word]


def whole(raw: Mapping[str, Any], word: str, default: int) -> int:
    """The whole number below a word, or a default. Raises TreeFault for what is none."""
    number = raw.get(word, default)
    if not isinstance(number, int):
        raise TreeFault(f"{word}: {number!r} is no whole number")
    return number


def text_of(raw: Mapping[str, Any], word: str, default: str = "") -> str:
    """The text below a word, or a default. Raises TreeFault for what is no text."""
    text = raw.get(word, default)
    if not isinstance(text, str):
        raise TreeFault(f"{word}: {text!r} stands where a text is expected")
    return text
