"""The small languages inside the tree: texts with ``{field}`` in them, formulas, and values in their written forms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hvac_templates.formulas import FormulaError, parse_formula
from hvac_templates.values import (
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


class TreeFault(ValueError):
    """Something in the tree that is not in its vocabulary."""


def parse_value(raw: object) -> Value:
    """A value in any of its written forms. Raises TreeFault."""
    if isinstance(raw, bool) or raw is None:
        raise TreeFault(f"{raw!r} is not a value: quote it, or leave the field out")
    if isinstance(raw, (int, float)):
        return Constant(raw)
    if isinstance(raw, str):
        return _formula(raw) if raw.startswith(FORMULA_MARK) else parse_text(raw)
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
    try:
        return parse_formula(text.removeprefix(FORMULA_MARK))
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
    return Reference(target, what)


def _first_of(raw: Mapping[str, Any]) -> Value:
    only(raw, {"FirstOf"})
    return FirstOf(tuple(parse_value(choice) for choice in raw["FirstOf"]))


def _nodes(raw: Mapping[str, Any]) -> Value:
    only(raw, {"NodeList", "Nodes", "Joined", "ValueLocation"})
    nodes = tuple(parse_value(node) for node in raw.get("Nodes", ()))
    return Nodes(parse_text(raw["NodeList"]), nodes, raw.get("Joined", ""), raw.get("ValueLocation", OUTLET))


def _path_reference(raw: Mapping[str, Any]) -> Value:
    only(raw, {"BuildPathReference"})
    place = raw["BuildPathReference"]
    only(place, {"Path", "Location", "Occurrence", "ValueLocation"})
    location = place.get("Location", -1)
    return PathReference(place.get("Path", MAIN_PATH), location, place.get("Occurrence", 1), place["ValueLocation"])


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
    if unknown := sorted(set(raw) - words):
        raise TreeFault(f"{', '.join(unknown)}: not known here; known are {', '.join(sorted(words))}")
