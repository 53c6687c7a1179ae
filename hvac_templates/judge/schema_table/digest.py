"""The engine's own JSON schema, condensed to the table that the expansion works with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from hvac_templates.judge.schema_table import Row, Table

Property = Mapping[str, Any]

_BOUNDS = {"minimum": "l", "exclusiveMinimum": "L", "maximum": "h", "exclusiveMaximum": "H"}
_AUTO = {"Autosize": 1, "Autocalculate": 2}


def digest(engine_schema: Mapping[str, Any]) -> Table:
    """The table of an EnergyPlus JSON schema (draft 7, as the engine carries it)."""
    rows = {name: _type_row(row) for name, row in sorted(engine_schema["properties"].items())}
    lists: dict[str, list[list[str]]] = defaultdict(list)
    classes: dict[str, list[str]] = defaultdict(list)
    for name, row in rows.items():
        for joined, place in _joined(name, row):
            lists[joined].append(place)
        for joined in row.get("n", {}).get("k", ()):
            classes[joined].append(name)
    return Table(rows, dict(lists), dict(classes))


def same_table(one: Table, other: Table) -> bool:
    """Whether two tables say the same; the order of fields counts, because an IDF goes by it."""
    ours, theirs = dict(one.rows), dict(other.rows)
    ordered = all(list(row["f"]) == list(theirs[name]["f"]) for name, row in ours.items() if name in theirs)
    return ours == theirs and ordered and (one.lists, one.classes) == (other.lists, other.classes)


def _joined(type_name: str, row: Row) -> Iterator[tuple[str, list[str]]]:
    yield from ((joined, [type_name]) for joined in row.get("n", {}).get("r", ()))
    for field, definition in row["f"].items():
        yield from ((joined, [type_name, field]) for joined in definition.get("r", ()))


def _type_row(definition: Mapping[str, Any]) -> dict[str, Any]:
    pattern = next(iter(definition["patternProperties"].values()))
    properties: Mapping[str, Property] = pattern["properties"]
    required = set(pattern.get("required", ()))
    extensible = definition["legacy_idd"].get("extension")
    order = [name for name in definition["legacy_idd"]["fields"] if name in properties]
    order += [name for name in properties if name not in order]
    row: dict[str, Any] = {"f": {name: _field_row(properties[name], name in required) for name in order}}
    row |= {"n": _name_row(definition["name"])} if "name" in definition else {}
    row |= {"u": 1} if definition.get("maxProperties") == 1 else {}
    return row | ({"e": extensible} if extensible else {})


def _name_row(definition: Property) -> dict[str, Any]:
    row: dict[str, Any] = {"q": 1} if definition.get("is_required") else {}
    keys = {"r": "reference", "k": "reference-class-name", "o": "object_list"}
    return row | {short: definition[long] for short, long in keys.items() if definition.get(long)}


def _field_row(definition: Property, required: bool) -> dict[str, Any]:
    alternatives = definition.get("anyOf", [definition])
    row: dict[str, Any] = {"t": _kind(definition, alternatives)}
    row |= {short: choice[long] for choice in alternatives for long, short in _BOUNDS.items() if long in choice}
    row |= _choices(definition, alternatives, row["t"])
    row |= {"d": _default(definition["default"], row["t"])} if "default" in definition else {}
    row |= {"q": 1} if required else {}
    row |= {"o": definition["object_list"]} if definition.get("object_list") else {}
    row |= {"r": definition["reference"]} if definition.get("reference") else {}
    return row | ({"i": _items(definition["items"])} if row["t"] == "a" else {})


def _default(value: object, kind: str) -> object:
    """The engine itself refuses 2.0 where it asks for a whole number."""
    return int(value) if kind == "i" and isinstance(value, float) else value


def _kind(definition: Property, alternatives: Iterable[Property]) -> str:
    if "anyOf" not in definition:
        return "c" if "enum" in definition else str(definition["type"])[0]
    texts = [choice for choice in alternatives if choice.get("type") == "string"]
    if any("enum" not in choice for choice in texts):
        return "m"
    return next(str(choice["type"])[0] for choice in alternatives if choice not in texts)


def _choices(definition: Property, alternatives: Iterable[Property], kind: str) -> dict[str, Any]:
    words = [word for choice in alternatives for word in choice.get("enum", ()) if word != ""]
    if kind == "c":
        return {"c": words}
    auto = [_AUTO[word] for word in words if word in _AUTO]
    numbers = [word for word in words if not isinstance(word, str)]
    return ({"a": auto[0]} if auto else {}) | ({"c": numbers} if numbers else {})


def _items(definition: Property) -> dict[str, Any]:
    required = set(definition.get("required", ()))
    return {name: _field_row(field, name in required) for name, field in definition["properties"].items()}
