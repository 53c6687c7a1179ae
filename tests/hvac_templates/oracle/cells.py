"""An expansion with its values sorted into literals and names, so that two can be compared whatever they call things.

A name that the input model brought (a zone, a schedule) is an anchor: both expansions must use it alike. All other
names, of objects and of nodes, are free: what counts is that they are used for the same things.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from hvac_templates.judge.schema import Field, Schema, is_template

Model: TypeAlias = Mapping[str, Mapping[str, Mapping[str, Any]]]
UNORDERED = frozenset(
    {"BranchList", "Connector:Splitter", "Connector:Mixer", "AirLoopHVAC:ZoneSplitter", "AirLoopHVAC:ZoneMixer"}
    | {"ConnectorList", "AirLoopHVAC:ControllerList", "OutdoorAir:NodeList", "ZoneTerminalUnitList", "NodeList"}
)
"""Types whose lists mean the same in any order. (A branch list is ordered by its splitters and mixers.)"""
IGNORED_TYPES = frozenset({"Output:PreprocessorMessage"})
_UNREAD: Mapping[tuple[str, str], tuple[str, str]] = {
    ("Sizing:Zone", f"zone_{word}_design_supply_air_temperature{unread}"): (
        f"zone_{word}_design_supply_air_temperature_input_method",
        method,
    )
    for word in ("heating", "cooling")
    for unread, method in (("_difference", "supplyairtemperature"), ("", "temperaturedifference"))
}
"""Fields that the engine does not look at while another field has this value: whatever they say is no difference."""
_CLOSE = 1e-6
_NODE = "node"
_AUTO = "autosize"
_AUTO_WORDS = frozenset({"autosize", "autocalculate"})
"""The engine takes the one for the other."""


@dataclass(frozen=True, slots=True)
class Name:
    """A free or anchored name. ``kind`` keeps apart what may share a text: nodes, and names of each type."""

    kind: str
    text: str
    anchored: bool

    def __str__(self) -> str:
        return self.text


Value: TypeAlias = str | float | Name | None
Fields: TypeAlias = Mapping[str, Any]
Cells: TypeAlias = Iterator[tuple[str, Value]]


@dataclass(frozen=True, slots=True)
class Thing:
    """One new object: its own name, its values by the path of the field, and what is on it in no order."""

    type_name: str
    name: Name
    cells: Mapping[str, Value]
    members: Sequence[Name] = ()

    @property
    def names(self) -> Iterator[tuple[str, Name]]:
        """The cells that hold names."""
        return ((path, value) for path, value in self.cells.items() if isinstance(value, Name))


class Reading:
    """Sorts the values of one expansion."""

    def __init__(self, base: Model, expanded: Model, schema: Schema) -> None:
        self._schema = schema
        self._base = {(kind, name.casefold()) for kind, objects in base.items() for name in objects}
        self._names = {kind: _names(objects, schema.fields(kind).values()) for kind, objects in expanded.items()}
        self._singles = {
            name.casefold(): next(iter(fields["nodes"][0].values()))
            for name, fields in expanded.get("NodeList", {}).items()
            if len(fields.get("nodes", ())) == 1 and fields["nodes"][0]
        }
        self._expanded = expanded

    def things(self) -> list[Thing]:
        """The objects that the input did not have. A list of a single node counts as the node itself."""
        return [
            self._thing(kind, name, fields)
            for kind, objects in self._expanded.items()
            if kind not in IGNORED_TYPES and not is_template(kind)
            for name, fields in objects.items()
            if (kind, name.casefold()) not in self._base
            and not (kind == "NodeList" and name.casefold() in self._singles)
        ]

    def _thing(self, kind: str, name: str, fields: Mapping[str, Any]) -> Thing:
        known = self._schema.fields(kind)
        cells: dict[str, Value] = {}
        for field_name, value in fields.items():
            field = known.get(field_name, Field(field_name, "string"))
            cells.update(self._cells(field_name, field, value, fields, kind))
        for field_name, field in known.items():
            if field_name not in fields and field.default is not None:
                cells[field_name] = _literal(field.default)
        cells = {path: value for path, value in cells.items() if not _unread(kind, path, cells)}
        own_name = Name(_NODE if kind == "OutdoorAir:Node" else kind, name, anchored=False)
        if kind not in UNORDERED:
            return Thing(kind, own_name, cells)
        members = [value for path, value in cells.items() if "[" in path and isinstance(value, Name)]
        return Thing(kind, own_name, {path: value for path, value in cells.items() if "[" not in path}, members)

    def _cells(self, path: str, field: Field, value: object, owner: Fields, owner_type: str) -> Cells:
        if value in ("", None):
            return
        if not isinstance(value, list):
            yield path, self._sorted(field, value, owner, owner_type)
            return
        for number, item in enumerate(value, start=1):
            for name, inner in item.items():
                known = field.items.get(name, Field(name, "string"))
                yield from self._cells(f"{path}[{number}].{name}", known, inner, item, owner_type)

    def _sorted(self, field: Field, value: object, owner: Fields, owner_type: str) -> Value:
        text = str(value)
        if field.kind == "string" and field.object_lists and not self._is_type(field):
            kind = self._kind_of(field, text.casefold(), owner)
            return Name(kind, text, anchored=kind == "" or (kind, text.casefold()) in self._base)
        if field.references:
            return Name(owner_type, text, anchored=False)
        if field.kind == "string" and "node" in field.name:
            return Name(_NODE, str(self._singles.get(text.casefold(), text)), anchored=False)
        return _literal(value)

    def _is_type(self, field: Field) -> bool:
        return any(self._schema.types_listed(name) for name in field.object_lists)

    def _kind_of(self, field: Field, name: str, owner: Fields) -> str:
        """The type of the object that is meant; empty where the model has none of that name."""
        joining = (kind for joined in field.object_lists for kind, _ in self._schema.joining(joined))
        kinds = sorted({kind for kind in joining if name in self._names.get(kind, ())})
        stated = {str(value).casefold() for value in owner.values() if isinstance(value, str)}
        return next((kind for kind in kinds if kind.casefold() in stated), kinds[0] if kinds else "")


def same(one: Value, other: Value) -> bool:
    """Whether two literals, or two anchored names, are the same."""
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=_CLOSE, abs_tol=1e-12)
    if isinstance(one, Name) and isinstance(other, Name):
        return one.text.casefold() == other.text.casefold()
    return one == other


def by_type(things: Iterable[Thing]) -> dict[str, list[Thing]]:
    """Things by their type."""
    sorted_things: dict[str, list[Thing]] = {}
    for thing in things:
        sorted_things.setdefault(thing.type_name, []).append(thing)
    return sorted_things


def _names(objects: Mapping[str, Fields], known: Iterable[Field]) -> set[str]:
    """The names by which objects of a type are referred to: their own, or the values of a naming field."""
    naming = [field.name for field in known if field.references]
    values = {str(fields[field]).casefold() for fields in objects.values() for field in naming if field in fields}
    return {name.casefold() for name in objects} | values


def _unread(kind: str, path: str, cells: Mapping[str, Value]) -> bool:
    switch, method = _UNREAD.get((kind, path), ("", ""))
    return bool(switch) and cells.get(switch) == method


def _literal(value: object) -> str | float:
    if isinstance(value, (int, float)):
        return float(value)
    try:
        return float(str(value))
    except ValueError:
        text = " ".join(str(value).casefold().split())
        return _AUTO if text in _AUTO_WORDS else text
