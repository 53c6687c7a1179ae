"""A model against the engine's schema: what comes in, and what the expansion puts out.

Everything that is wrong is reported at once. Templates may be written in any letter case and with numbers as text;
:func:`normalised` gives them the engine's spelling. All other objects are passed on as they are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hvac_templates.judge.field_checks import canonical, given, problem
from hvac_templates.judge.name_lists import NameLists
from hvac_templates.judge.schema import Field, InputObjectType, Schema, is_template
from hvac_templates.messages import Fields, Message, Model, error, warning
from utils.names import did_you_mean

BOOKKEEPING = frozenset({"idf_order", "idf_max_fields", "idf_max_extensible_fields"})
"""Keys that the engine's conversion of an IDF leaves in objects; they are no fields."""


_SHOWN_NAMES = 4


_GONE: Mapping[str, frozenset[str]] = {
    "HVACTemplate:Zone:WaterToAirHeatPump": frozenset({"heat_pump_time_constant", "fraction_of_on_cycle_power_use"})
}
"""Fields of templates that older versions had and that got no new name."""


@dataclass(frozen=True, slots=True)
class _Place:
    """The object that is being looked at, and how: ``lenient`` as a person writes templates, or as the engine reads.

    ``known`` is False for objects that are passed on: what is unknown in them is only warned of.
    """

    kind: InputObjectType
    name: str
    lenient: bool
    known: bool
    lists: NameLists | None

    def error(self, path: str, text: str) -> Message:
        """A message about a field of the object."""
        return error(self.kind.name, self.name, path, text)


def check_input(model: Model, schema: Schema) -> list[Message]:
    """What is wrong with a model as it was read, before anything is expanded.

    Templates are held to the schema in full, with what they refer to; other objects to the kinds and bounds of their
    values, because the engine would refuse those. Unknown fields of other objects, which it ignores, are warnings.
    """
    lists = NameLists(_well_formed(model), schema)
    found: list[Message] = []
    for type_text, objects in model.items():
        kind = schema.type_named(type_text)
        if kind is None:
            found.append(error(type_text, "", "", _unknown_type(type_text, schema)))
        elif not isinstance(objects, Mapping):
            found.append(error(kind, "", "", "objects with their names are needed here, in braces"))
        else:
            found += _check_objects(schema.object_type(kind), objects, lists)
    return [*found, *_repeated_types(model, schema), *_other_version(model, schema)]


def check_output(model: Model, schema: Schema, base: Model | None = None) -> list[Message]:
    """What EnergyPlus would refuse or silently ignore in an expanded model: unknown and missing fields, wrong values,
    references to nothing. Objects that stand unchanged in ``base`` are taken as checked.
    """
    lists = NameLists(model, schema)
    found: list[Message] = []
    for kind, objects in model.items():
        if not schema.has(kind) or is_template(kind):
            found.append(error(kind, "", "", "not an object that EnergyPlus simulates"))
            continue
        old = (base or {}).get(kind, {})
        new = {name: fields for name, fields in objects.items() if old.get(name) != fields}
        definition = schema.object_type(kind)
        places = (_Place(definition, name, lenient=False, known=True, lists=lists) for name in new)
        found += [message for place in places for message in _check_fields(place, new[place.name])]
        found += _check_names(definition, objects) if new else []
    return found


def normalised(model: Model, schema: Schema) -> dict[str, dict[str, Any]]:
    """The model with all types, and the templates' fields and choices, in the engine's spelling.

    Numbers of templates that are written as text become numbers; empty fields go. Defaults are not filled in, so that
    what was given can be told from what was not. The fields of other objects are the very same mappings.
    """
    result: dict[str, dict[str, Any]] = {}
    for type_text, objects in model.items():
        kind = schema.type_named(type_text) or type_text
        own = schema.fields(kind) if is_template(kind) and schema.has(kind) else None
        named = {name: fields if own is None else _normalised_fields(fields, own) for name, fields in objects.items()}
        result.setdefault(kind, {}).update(named)
    return result


def _normalised_fields(fields: Fields, known: Mapping[str, Field]) -> dict[str, Any]:
    values = ((field_named(known, name), value) for name, value in fields.items())
    return {
        name: canonical(known[name], value) if name in known else value
        for name, value in values
        if given(value) and name not in BOOKKEEPING
    }


def field_named(known: Mapping[str, Field], text: str) -> str:
    """A field in the engine's spelling, whatever the letter case given; the text itself where there is none."""
    return text if text in known or text.casefold() not in known else text.casefold()


def _well_formed(model: Model) -> dict[str, dict[str, Fields]]:
    """The parts of a model that are objects with names and fields; the rest is reported elsewhere."""
    return {
        kind: {name: fields for name, fields in objects.items() if isinstance(fields, Mapping)}
        for kind, objects in model.items()
        if isinstance(objects, Mapping)
    }


def _unknown_type(type_text: str, schema: Schema) -> str:
    return f"EnergyPlus has no such object type{did_you_mean(type_text, schema)}"


def _repeated_types(model: Model, schema: Schema) -> list[Message]:
    counts = Counter(kind for text in model if (kind := schema.type_named(text)))
    text = "the type stands in the file several times, in different letter case; put its objects together"
    return [error(kind, "", "", text) for kind, count in counts.items() if count > 1]


def _other_version(model: Model, schema: Schema) -> Iterator[Message]:
    """A warning for a model of another version: most objects are the same in many, so it may well run."""
    ours = str(schema.default("Version", "version_identifier"))
    for name, fields in _well_formed(model).get("Version", {}).items():
        theirs = str(fields.get("version_identifier", ours))
        if theirs != ours and not theirs.startswith(f"{ours}."):
            text = f"the model is of EnergyPlus {theirs}, what is added is of {ours}; upgrade the model first"
            yield warning("Version", name, "version_identifier", text)


def _check_objects(kind: InputObjectType, objects: Mapping[str, Fields], lists: NameLists) -> Iterator[Message]:
    template = is_template(kind.name)
    yield from _check_names(kind, objects)
    for name, fields in objects.items():
        if isinstance(fields, Mapping):
            place = _Place(kind, name, lenient=template, known=template, lists=lists if template else None)
            yield from _check_fields(place, fields)
        else:
            yield error(kind.name, name, "", "fields with their values are needed here, in braces")


def _check_names(kind: InputObjectType, objects: Iterable[str]) -> Iterator[Message]:
    names = list(objects)
    if kind.unique and len(names) > 1:
        shown = ", ".join(f'"{name}"' for name in names[:_SHOWN_NAMES])
        yield error(kind.name, "", "", f"a model has one only, not {len(names)}: keep one of {shown}")
    if not kind.named:
        return
    counts = Counter(name.casefold() for name in names)
    for name in names:
        if kind.name_required and not name.strip():
            yield error(kind.name, name, "name", "a name is needed")
        elif counts[name.casefold()] > 1:
            yield error(kind.name, name, "name", "several objects have this name; letter case does not tell them apart")


def _check_fields(place: _Place, fields: Fields) -> Iterator[Message]:
    known = place.kind.fields
    values: dict[str, Any] = {}
    for text, value in fields.items():
        name = field_named(known, text) if place.lenient else text
        if name in values:
            yield place.error(text, "the field stands here twice, in different letter case")
        elif name in known:
            values[name] = value
        elif name not in BOOKKEEPING:
            yield _unknown_field(place, text)
    yield from _missing(place, values, place.kind.required, "")
    for name, value in values.items():
        if given(value):
            kind = values.get(f"{name.removesuffix('_name')}_object_type")
            yield from _check_value(place, known[name], value, name, str(kind or ""))


def _missing(place: _Place, values: Fields, required: Iterable[str], prefix: str) -> Iterator[Message]:
    for name in required:
        if not given(values.get(name)):
            yield place.error(prefix + name, "this field is required")


def _check_value(place: _Place, field: Field, value: object, path: str, kind: str = "") -> Iterator[Message]:
    """``kind`` is the type of what the field names, where a field beside it says so."""
    if wrong := problem(field, value, lenient=place.lenient):
        yield place.error(path, wrong)
    elif isinstance(value, list):
        yield from _check_items(place, field, value, path)
    elif place.lists is not None and isinstance(value, str) and (wrong := place.lists.problem(field, value, kind)):
        yield place.error(path, wrong)


def _check_items(place: _Place, field: Field, items: Iterable[Fields], path: str) -> Iterator[Message]:
    for number, item in enumerate(items, start=1):
        prefix = f"{path}[{number}]."
        yield from _missing(place, item, field.required_items, prefix)
        for name, value in item.items():
            if name not in field.items:
                yield _unknown_field(place, prefix + name)
            elif given(value):
                yield from _check_value(place, field.items[name], value, prefix + name)


def _unknown_field(place: _Place, path: str) -> Message:
    say = error if place.known else warning
    gone = path in _GONE.get(place.kind.name, ())
    text = "EnergyPlus has dropped this field: take it out" if gone else "there is no such field"
    near = "" if gone else did_you_mean(path, place.kind.fields)
    return say(place.kind.name, place.name, path, text + near)
