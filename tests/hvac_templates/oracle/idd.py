"""The dictionary that ExpandObjects reads, written from the engine's schema: no wheel carries one.

ExpandObjects looks at the group ``HVAC Templates`` only, for ranges, choices and defaults. It still reads all of the
dictionary that an installation has, so measurements of its speed need the whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hvac_templates.judge.schema import Field, Schema
from tests.hvac_templates.oracle.idf import Layout, layouts

_REPETITIONS = 10
"""How often the fields that repeat are written out."""
_HEAD = "!IDD_Version 25.2.0\n!IDD_BUILD 0\n"


def dictionary(*, whole: bool = False) -> str:
    """The IDD text of all templates, or of all object types. Raises ``EngineMissing``."""
    schema = Schema.of_engine()
    others = [name for name in schema if name not in schema.templates] if whole else []
    return _HEAD + _group(schema, "Others", others) + _group(schema, "HVAC Templates", schema.templates)


def _group(schema: Schema, title: str, names: Iterable[str]) -> str:
    return f"\\group {title}\n\n" + "\n".join(_type_text(schema, layouts()[name.upper()]) for name in names) + "\n"


def _type_text(schema: Schema, layout: Layout) -> str:
    definition = schema.object_type(layout.type_name)
    lines = [f"{layout.type_name},"]
    lines += [f"       \\min-fields {layout.minimum}"] if layout.minimum else []
    counts = {"A": 0, "N": 0}
    items = definition.fields[layout.array].items if layout.array else {}
    known = {**definition.fields, **items}
    fields = layout.fields + _REPETITIONS * layout.group
    for place, name in enumerate(fields, start=1):
        letter = "N" if name in layout.numeric else "A"
        counts[letter] += 1
        end = ";" if place == len(fields) else ","
        lines.append(f"  {letter}{counts[letter]} {end} \\field {name.replace('_', ' ').title()}")
        field = known.get(name, Field(name, "string", required=definition.name_required))
        lines += [f"       \\{note}" for note in _notes(field)]
    return "\n".join(lines) + "\n"


def _notes(field: Field) -> Iterator[str]:
    if field.required:
        yield "required-field"
    if field.default is not None:
        yield f"default {field.default}"
    yield from _bounds(field)
    if field.kind == "choice":
        yield "type choice"
        yield from (f"key {choice}" for choice in field.choices)
    else:
        yield "type alpha" if field.kind == "string" else "type real"


def _bounds(field: Field) -> Iterator[str]:
    bounds = {
        "minimum": field.minimum,
        "minimum>": field.exclusive_minimum,
        "maximum": field.maximum,
        "maximum<": field.exclusive_maximum,
    }
    yield from (f"{word} {bound}" for word, bound in bounds.items() if bound is not None)
    if field.auto:
        yield "autosizable" if field.autosizable else "autocalculatable"
