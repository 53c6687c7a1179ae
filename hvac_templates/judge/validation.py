"""A model against the engine's schema: what comes in, and what the expansion puts out.

Everything that is wrong is reported at once. Templates may be written in any letter case and with numbers as text;
:func:`normalised` gives them the engine's spelling. All other objects are passed on as they are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from hvac_templates.judge.field_checks import canonical, given
from hvac_templates.judge.name_lists import NameLists
from hvac_templates.judge.records import BOOKKEEPING, Manner, Records, field_named
from hvac_templates.judge.schema import Field, InputObjectType, Schema, is_template
from hvac_templates.messages import Fields, Message, Model, error, has_errors, warning
from utils.names import did_you_mean

GENERATED = "HVACTemplate-"
"""Start of the names that nobody but an expansion gives."""
_SHOWN_NAMES = 4


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
    found += _repeated_types(model, schema)
    other = _other_version(model, schema)
    return [_only_version(one, found) for one in other] if other and has_errors(found) else [*other, *found]


def check_output(model: Model, schema: Schema, base: Model | None = None) -> list[Message]:
    """What EnergyPlus would refuse or silently ignore in an expanded model: unknown and missing fields, wrong values,
    references to nothing. Of objects that stand unchanged in ``base`` only what they refer to is looked at: that may be
    something that the templates were meant to make.
    """
    manner = Manner(lenient=False, known=True, lists=NameLists(model, schema))
    found: list[Message] = []
    for kind, objects in model.items():
        if not schema.has(kind) or is_template(kind):
            found.append(error(kind, "", "", "not an object that EnergyPlus simulates"))
            continue
        old = (base or {}).get(kind, {})
        new = {name: fields for name, fields in objects.items() if old.get(name) != fields}
        definition = schema.object_type(kind)
        records = Records(kind, definition.fields, definition.required, manner)
        for name, fields in new.items():
            found += [Message(severity, kind, name, path, text) for severity, path, text in records.wrong(fields)]
        found += _check_names(definition, objects) if new else []
        if records.names_others:
            found += _dangling(kind, objects.keys() - new.keys(), objects, records)
    return found


def _dangling(kind: str, names: Iterable[str], objects: Mapping[str, Fields], records: Records) -> Iterator[Message]:
    """What the model's own objects refer to and nobody makes. Names that only the expansion gives are errors: the
    engine would stop at them. For the rest it has its own words, and many ways out.
    """
    for name in sorted(names):
        for _, path, text in records.dangling(objects[name]):
            say = error if f'"{GENERATED}' in text else warning
            yield say(kind, name, path, text)


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


def _only_version(other: Message, found: Iterable[Message]) -> Message:
    """Another version in place of all that is wrong with a model, most of which comes of it."""
    count = sum(one.severity == "error" for one in found)
    return replace(
        other, severity="error", text=f"{other.text} ({count} more error(s), most of which may come of that)"
    )


def _other_version(model: Model, schema: Schema) -> list[Message]:
    """A warning for a model of another version: most objects are the same in many, so it may well run."""
    found = []
    ours = str(schema.default("Version", "version_identifier"))
    for name, fields in _well_formed(model).get("Version", {}).items():
        theirs = str(fields.get("version_identifier", ours))
        if theirs != ours and not theirs.startswith(f"{ours}."):
            text = f"the model is of EnergyPlus {theirs}, what is added is of {ours}; upgrade the model first"
            found.append(warning("Version", name, "version_identifier", text))
    return found


def _check_objects(kind: InputObjectType, objects: Mapping[str, Fields], lists: NameLists) -> Iterator[Message]:
    template = is_template(kind.name)
    yield from _check_names(kind, objects)
    manner = Manner(lenient=template, known=template, lists=lists if template else None)
    records = Records(kind.name, kind.fields, kind.required, manner)
    for name, fields in objects.items():
        if isinstance(fields, Mapping):
            for severity, path, text in records.wrong(fields):
                yield Message(severity, kind.name, name, path, text)
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
