"""What EnergyPlus accepts: object types, their fields, and which names a field may refer to.

From the table that is shipped, or from the installed engine. Names of types and fields are found whatever their letter
case, as EnergyPlus does; everything given out is in the engine's own spelling.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Literal, TypeAlias

from hvac_templates.judge import schema_table
from hvac_templates.judge.schema_table import Row, Table

Kind: TypeAlias = Literal["number", "integer", "string", "choice", "mixed", "array"]
"""``mixed`` is a number or any text (a schedule's data)."""

TEMPLATE_PREFIX = "HVACTemplate:"
SCHEDULES = "ScheduleNames"
"""The list of names on which every schedule is."""
AUTOSIZE = "Autosize"
AUTOCALCULATE = "Autocalculate"

_KINDS: Mapping[str, Kind] = {
    "n": "number",
    "i": "integer",
    "s": "string",
    "c": "choice",
    "m": "mixed",
    "a": "array",
}


@dataclass(frozen=True, slots=True)
class Field:
    """One field. Bounds are None where there are none; ``items`` are the fields of an array's items.

    ``required_items`` are those of its items' fields that every item needs. ``object_lists`` name the lists that a
    value must be on, ``references`` those that it joins.
    """

    name: str
    kind: Kind
    default: float | str | None = None
    choices: tuple[str | float, ...] = ()
    minimum: float | None = None
    exclusive_minimum: float | None = None
    maximum: float | None = None
    exclusive_maximum: float | None = None
    autosizable: bool = False
    autocalculatable: bool = False
    required: bool = False
    object_lists: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    items: Mapping[str, Field] = field(default_factory=dict, hash=False)
    required_items: tuple[str, ...] = ()

    @property
    def auto(self) -> str:
        """The word that may stand for a number; empty where none may."""
        return AUTOSIZE if self.autosizable else AUTOCALCULATE if self.autocalculatable else ""


@dataclass(frozen=True)
class InputObjectType:
    """One object type. ``extensible`` is its array field, empty where it has none.

    ``named`` is False for types that have no name in an IDF; their epJSON keys are arbitrary.
    """

    name: str
    fields: Mapping[str, Field]
    required: tuple[str, ...] = ()
    extensible: str = ""
    unique: bool = False
    named: bool = False
    name_required: bool = False
    name_object_lists: tuple[str, ...] = ()

    @cached_property
    def schedules(self) -> tuple[tuple[str, str], ...]:
        """Where schedules are named: (array or nothing, field)."""
        own = [("", field) for field in self.fields.values()]
        listed = [(array, field) for array, one in self.fields.items() for field in one.items.values()]
        return tuple((array, field.name) for array, field in (*own, *listed) if SCHEDULES in field.object_lists)

    @cached_property
    def automatic(self) -> Mapping[str, str]:
        """The fields in which a word may stand for a number, and the word."""
        return {name: field.auto for name, field in self.fields.items() if field.auto}


class Schema:
    """The object types of one EnergyPlus version. Immutable; parts are made when they are first asked for."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._types: dict[str, InputObjectType] = {}

    @staticmethod
    @cache
    def shipped() -> Schema:
        """The table that comes with the expansion (EnergyPlus 25.2)."""
        return Schema(schema_table.load())

    @staticmethod
    def of_engine(path: Path | None = None) -> Schema:
        """The schema of the installed engine, or of an engine library. Raises ``EngineMissing``, needs cbor2."""
        from hvac_templates.engine import embedded_schema
        from hvac_templates.judge.schema_table.digest import digest

        return Schema(digest(embedded_schema(path)))

    def __iter__(self) -> Iterator[str]:
        return iter(self._table.rows)

    def has(self, type_name: str) -> bool:
        """Whether the type exists, in exactly this spelling."""
        return type_name in self._table.rows

    def type_named(self, text: str) -> str | None:
        """The engine's spelling of a type, whatever the letter case given; None where there is none."""
        return text if self.has(text) else self._spellings.get(text.casefold())

    def object_type(self, type_name: str) -> InputObjectType:
        """All about a type in the engine's spelling. Raises ``KeyError`` for others."""
        if type_name not in self._types:
            self._types[type_name] = _object_type(type_name, self._table.rows[type_name])
        return self._types[type_name]

    def fields(self, type_name: str) -> Mapping[str, Field]:
        """A type's fields by name, in the order of an IDF. Raises ``KeyError`` where there is no such type."""
        return self.object_type(type_name).fields

    def default(self, type_name: str, field_name: str) -> float | str | None:
        """A field's default; None where it has none. Raises ``KeyError`` where there is no such field."""
        return self.fields(type_name)[field_name].default

    def joining(self, list_name: str) -> tuple[tuple[str, str], ...]:
        """The (type, field) whose values are on a list of names; an empty field means the objects' names."""
        return tuple((place[0], "".join(place[1:])) for place in self._table.lists.get(list_name, ()))

    def types_listed(self, list_name: str) -> frozenset[str]:
        """The types on a list of types, such as those that may stand on a branch."""
        return frozenset(self._table.classes.get(list_name, ()))

    @cached_property
    def templates(self) -> tuple[str, ...]:
        """The HVACTemplate types."""
        return tuple(name for name in self._table.rows if name.startswith(TEMPLATE_PREFIX))

    @cached_property
    def _spellings(self) -> Mapping[str, str]:
        return {name.casefold(): name for name in self._table.rows}


def is_template(type_name: str) -> bool:
    """Whether a type is an HVACTemplate, in any letter case and whether or not it exists."""
    return type_name.casefold().startswith(TEMPLATE_PREFIX.casefold())


def _object_type(name: str, row: Row) -> InputObjectType:
    about_name: Row = row.get("n", {})
    return InputObjectType(
        name,
        _fields(row["f"]),
        required=_required(row["f"]),
        extensible=row.get("e", ""),
        unique=bool(row.get("u")),
        named="n" in row,
        name_required=bool(about_name.get("q")),
        name_object_lists=tuple(about_name.get("o", ())),
    )


def _fields(rows: Row) -> Mapping[str, Field]:
    return MappingProxyType({name: _field(name, row) for name, row in rows.items()})


def _required(rows: Row) -> tuple[str, ...]:
    return tuple(name for name, row in rows.items() if row.get("q"))


def _field(name: str, row: Row) -> Field:
    return Field(
        name,
        _KINDS[row["t"]],
        default=row.get("d"),
        choices=tuple(row.get("c", ())),
        minimum=row.get("l"),
        exclusive_minimum=row.get("L"),
        maximum=row.get("h"),
        exclusive_maximum=row.get("H"),
        autosizable=row.get("a") == 1,
        autocalculatable=row.get("a") == 2,
        required=bool(row.get("q")),
        object_lists=tuple(row.get("o", ())),
        references=tuple(row.get("r", ())),
        items=_fields(row.get("i", {})),
        required_items=_required(row.get("i", {})),
    )
