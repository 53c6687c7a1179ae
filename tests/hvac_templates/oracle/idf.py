"""IDF text, which ExpandObjects speaks: written from a model and read into one by the engine's own field lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from hvac_templates.engine import embedded_schema
from hvac_templates.judge import field_checks
from hvac_templates.judge.schema import Field, Schema

Model = Mapping[str, Mapping[str, Mapping[str, Any]]]


READER = 4
"""Counts up when reading changes, so that nothing read before is taken from the cache."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How an object type stands in an IDF. ``group`` are the fields that repeat, under the array ``array``."""

    type_name: str
    fields: tuple[str, ...]
    numeric: frozenset[str]
    array: str
    group: tuple[str, ...]
    minimum: int


@cache
def layouts() -> Mapping[str, Layout]:
    """Every type's layout by its upper-case name. Raises ``EngineMissing``."""
    properties = embedded_schema()["properties"]
    return {name.upper(): _layout(name, definition) for name, definition in properties.items()}


def _layout(name: str, definition: Mapping[str, Any]) -> Layout:
    legacy = definition["legacy_idd"]
    numeric = [*legacy["numerics"]["fields"], *legacy["numerics"].get("extensions", ())]
    group = tuple(legacy.get("extensibles", ()))
    least = int(definition.get("min_fields", 0))
    return Layout(name, tuple(legacy["fields"]), frozenset(numeric), legacy.get("extension", ""), group, least)


def written(model: Model) -> str:
    """The model as IDF text."""
    return "".join(
        _object_text(layouts()[type_name.upper()], name, fields)
        for type_name, objects in model.items()
        for name, fields in objects.items()
    )


def _object_text(layout: Layout, name: str, fields: Mapping[str, Any]) -> str:
    named = {"name": name, **fields}
    values = [named.get(field, "") for field in layout.fields]
    for item in fields.get(layout.array, ()) if layout.array else ():
        values += [item.get(field, "") for field in layout.group]
    while len(values) > max(layout.minimum, 1) and values[-1] == "":
        values.pop()
    return ",\n  ".join([layout.type_name, *map(_value_text, values)]) + ";\n"


def _value_text(value: object) -> str:
    return repr(value) if isinstance(value, float) else str(value)


def read(text: str) -> dict[str, dict[str, dict[str, Any]]]:
    """The model that an IDF text says. Objects without a name get one; empty fields are left out."""
    model: dict[str, dict[str, dict[str, Any]]] = {}
    for type_text, *values in _statements(text):
        layout = layouts()[type_text.upper()]
        objects = model.setdefault(layout.type_name, {})
        fields = _fields(layout, values)
        named = "name" in layout.fields
        name = str(fields.pop("name", "")) if named else ""
        objects[name if name and name not in objects else f"{name or layout.type_name} {len(objects) + 1}"] = fields
    return model


def _statements(text: str) -> Iterator[list[str]]:
    bare = "\n".join(line.split("!", 1)[0] for line in text.splitlines())
    for statement in bare.split(";"):
        if statement.strip():
            yield [part.strip() for part in statement.split(",")]


def _fields(layout: Layout, values: Sequence[str]) -> dict[str, Any]:
    count = len(layout.fields)
    fields = {name: _value(layout, name, text) for name, text in zip(layout.fields, values, strict=False) if text != ""}
    rest = values[count:]
    if layout.group and rest:
        size = len(layout.group)
        fields[layout.array] = [_item(layout, rest[at : at + size]) for at in range(0, len(rest), size)]
    return fields


def _item(layout: Layout, values: Sequence[str]) -> dict[str, Any]:
    named = zip(layout.group, values, strict=False)
    return {name: _value(layout, name, text) for name, text in named if text != ""}


def _value(layout: Layout, name: str, text: str) -> object:
    if name not in layout.numeric:
        return text
    try:
        return float(text)
    except ValueError:
        return text


def canonical(model: Model) -> dict[str, dict[str, dict[str, Any]]]:
    """The model with choices and Autosize spelled as the engine demands of epJSON; an IDF may use any letter case."""
    known = Schema.shipped()
    return {
        kind: {name: _canonical(fields, known.fields(kind)) for name, fields in objects.items()}
        for kind, objects in model.items()
    }


def _canonical(fields: Mapping[str, Any], known: Mapping[str, Field]) -> dict[str, Any]:
    return {
        name: [_canonical(item, known[name].items) for item in value]
        if isinstance(value, list)
        else field_checks.canonical(known[name], value)
        for name, value in fields.items()
    }
