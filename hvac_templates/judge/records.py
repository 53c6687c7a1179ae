"""Fields with their values against the schema: those of an object, or of an item of a list.

A model says the same of most of its objects. So what was found to be right once is remembered as long as one model is
looked at, and a thousand zones cost little more to check than a few.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from hvac_templates.judge.field_checks import given, problem
from hvac_templates.judge.name_lists import NameLists
from hvac_templates.judge.schema import Field
from hvac_templates.messages import Fields, Severity
from utils.names import did_you_mean

BOOKKEEPING = frozenset({"idf_order", "idf_max_fields", "idf_max_extensible_fields"})
"""Keys that the engine's conversion of an IDF leaves in objects; they are no fields."""
Found: TypeAlias = tuple[Severity, str, str]
"""How grave it is, the field, and what is wrong with it."""

_GONE: Mapping[str, frozenset[str]] = {
    "HVACTemplate:Zone:WaterToAirHeatPump": frozenset({"heat_pump_time_constant", "fraction_of_on_cycle_power_use"})
}
"""Fields of templates that older versions had and that got no new name."""
_REMEMBERED = frozenset({str, int, float})


@dataclass(frozen=True, slots=True)
class Manner:
    """How records are looked at: ``lenient`` as a person writes templates, or as the engine reads.

    ``known`` is False for objects that are passed on: what is unknown in them is only warned of. ``lists`` are what
    names must be on, None where that is not asked.
    """

    lenient: bool
    known: bool
    lists: NameLists | None


class Records:
    """All records of one kind in a model."""

    def __init__(self, kind: str, known: Mapping[str, Field], required: Iterable[str], manner: Manner) -> None:
        self._kind = kind
        self._known = known
        self._required = tuple(required)
        self._manner = manner
        self._right: set[tuple[str, type, object]] = set()
        self._shapes: set[tuple[str, ...]] = set()
        self._inner = {
            name: Records(kind, field.items, field.required_items, manner)
            for name, field in known.items()
            if field.items
        }
        self._stated = {name: kind for name in known if (kind := f"{name.removesuffix('_name')}_object_type") in known}
        self._naming = [name for name, field in known.items() if field.object_lists]
        self._free = {name for name, field in known.items() if field.kind == "string" and not field.object_lists}

    def wrong(self, fields: Fields) -> list[Found]:
        """All that is wrong with a record."""
        shape = tuple(fields)
        values, found = (fields, []) if shape in self._shapes else self._named(fields, shape)
        for name in self._required:
            if not given(values.get(name)):
                found.append(("error", name, "this field is required"))
        right, free = self._right, self._free
        for name, value in values.items():
            sort = value.__class__
            if sort is str and name in free:
                continue
            if sort not in _REMEMBERED or (name, sort, value) not in right:
                found += self._value(name, value, values)
        return found

    def dangling(self, fields: Fields) -> Iterator[Found]:
        """What a record that is passed on as it is refers to, and that is not in the model."""
        for name in self._naming:
            value = fields.get(name)
            if value.__class__ is str and value and (name, str, value) not in self._right:
                yield from self._name(name, str(value), fields)
        for array, inner in self._inner.items():
            if inner.names_others and isinstance(items := fields.get(array), list):
                for number, item in enumerate(items, start=1):
                    found = inner.dangling(item) if isinstance(item, Mapping) else ()
                    yield from ((severity, f"{array}[{number}].{path}", text) for severity, path, text in found)

    @property
    def names_others(self) -> bool:
        """Whether a record, or what is in its lists, refers to objects at all."""
        return bool(self._naming) or any(inner.names_others for inner in self._inner.values())

    def _named(self, fields: Fields, shape: tuple[str, ...]) -> tuple[Fields, list[Found]]:
        """The values of known fields, and what is wrong with the names of the others."""
        values: dict[str, Any] = {}
        found: list[Found] = []
        for text, value in fields.items():
            name = field_named(self._known, text) if self._manner.lenient else text
            if name in values:
                found.append(("error", text, "the field stands here twice, in different letter case"))
            elif name in self._known:
                values[name] = value
            elif name not in BOOKKEEPING:
                found.append(self._unknown(text))
        if len(values) == len(fields) and not found and all(name in fields for name in values):
            self._shapes.add(shape)
        return values, found

    def _unknown(self, path: str) -> Found:
        gone = path in _GONE.get(self._kind, ())
        text = "EnergyPlus has dropped this field: take it out" if gone else "there is no such field"
        near = "" if gone else did_you_mean(path, self._known)
        return ("error" if self._manner.known else "warning", path, text + near)

    def _value(self, name: str, value: object, values: Fields) -> list[Found]:
        if not given(value):
            return []
        field = self._known[name]
        if wrong := problem(field, value, lenient=self._manner.lenient):
            return [("error", name, wrong)]
        if isinstance(value, list):
            return [found for number, item in enumerate(value, start=1) for found in self._item(name, number, item)]
        if isinstance(value, str):
            return self._name(name, value, values)
        self._right.add((name, value.__class__, value))
        return []

    def _item(self, name: str, number: int, item: Fields) -> list[Found]:
        found = self._inner[name].wrong(item)
        return [(severity, f"{name}[{number}].{path}", text) for severity, path, text in found] if found else found

    def _name(self, name: str, value: str, values: Fields) -> list[Found]:
        """A text, which may have to be the name of something. What it may be depends on the type beside it, if any."""
        lists, stated = self._manner.lists, self._stated.get(name, "")
        if lists is not None and (wrong := lists.problem(self._known[name], value, str(values.get(stated) or ""))):
            return [("error", name, wrong)]
        if not stated:
            self._right.add((name, str, value))
        return []


def field_named(known: Mapping[str, Field], text: str) -> str:
    """A field in the engine's spelling, whatever the letter case given; the text itself where there is none."""
    return text if text in known or text.casefold() not in known else text.casefold()
