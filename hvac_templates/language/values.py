"""What may stand as a field's value in the tree, and how each form becomes a value of the model.

The one rule: a value that needs a blank field, or an object that was not made, is no value, and the field that it was
meant for is left out.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

Scalar: TypeAlias = str | float | int
Content: TypeAlias = Scalar | list[dict[str, Any]]
"""What a field of an object may hold."""
ALWAYS = "HVACTemplate-Always"
"""How the schedules begin that are made of a number: ``HVACTemplate-Always 18.5``."""
_ALWAYS_FOLDED = ALWAYS.casefold()


class Scope(Protocol):
    """Where values are looked up: one template while it is built."""

    def lookup(self, name: str) -> Scalar | None:
        """A template's field, or one of a linked template (``System.field``); ``""`` is the template's own name."""

    def refer(self, target: str, what: str) -> Scalar | None:
        """Something about an object that this template makes: its type, name, a node or a field."""

    def refer_path(self, place: PathReference) -> Scalar | None:
        """Something about a position in a build path."""

    def node_or_list(self, name: str, nodes: Sequence[str]) -> str:
        """The node; for several, the name of a list that is made of them."""

    def joined(self, side: str, what: str) -> list[Scalar]:
        """Something about each object that joined this template on a side."""


class Value(ABC):
    """One form of a value."""

    __slots__ = ()

    @abstractmethod
    def of(self, scope: Scope) -> Content | None:
        """The value in this scope; None where there is none."""

    def names(self) -> tuple[str, ...]:
        """The fields that it reads."""
        return ()

    def targets(self) -> tuple[str, ...]:
        """The objects that it refers to."""
        return ()


@dataclass(frozen=True, slots=True)
class Constant(Value):
    """The same in every model."""

    value: Scalar

    def of(self, scope: Scope) -> Scalar:
        """The value."""
        return self.value


@dataclass(frozen=True, slots=True)
class FieldValue(Value):
    """``{field}`` alone: the field's own value, a number stays one."""

    name: str

    def of(self, scope: Scope) -> Scalar | None:
        """The field's value."""
        return scope.lookup(self.name)

    def names(self) -> tuple[str, ...]:
        """The field."""
        return (self.name,)


@dataclass(frozen=True, slots=True)
class Text(Value):
    """Text with fields in it. ``parts`` alternates: text, name, text, name, text."""

    parts: tuple[str, ...]

    def of(self, scope: Scope) -> str | None:
        """The text with its fields put in."""
        words = list(self.parts)
        for place in range(1, len(words), 2):
            value = scope.lookup(words[place])
            if value is None:
                return None
            words[place] = value if isinstance(value, str) else number_text(value)
        return "".join(words)

    def names(self) -> tuple[str, ...]:
        """The fields in the text."""
        return self.parts[1::2]


@dataclass(frozen=True, slots=True)
class Reference(Value):
    """``{Coil:Cooling:*: key}``: something about an object of the same template."""

    target: str
    what: str

    def of(self, scope: Scope) -> Scalar | None:
        """What the object has there."""
        return scope.refer(self.target, self.what)

    def targets(self) -> tuple[str, ...]:
        """The object."""
        return (self.target,)


@dataclass(frozen=True, slots=True)
class PathReference(Value):
    """``BuildPathReference``: something about a place in a build path, by number (-1 is the last) or by object."""

    path: str
    location: int | str
    occurrence: int
    what: str

    def of(self, scope: Scope) -> Scalar | None:
        """What the object at that place has."""
        return scope.refer_path(self)


@dataclass(frozen=True, slots=True)
class FirstOf(Value):
    """The first of several that is a value."""

    choices: tuple[Value, ...]

    def of(self, scope: Scope) -> Content | None:
        """The first value there is."""
        values = (choice.of(scope) for choice in self.choices)
        return next((value for value in values if value is not None), None)

    def names(self) -> tuple[str, ...]:
        """The fields of all choices."""
        return tuple(name for choice in self.choices for name in choice.names())

    def targets(self) -> tuple[str, ...]:
        """The objects of all choices."""
        return tuple(target for choice in self.choices for target in choice.targets())


@dataclass(frozen=True, slots=True)
class Nodes(Value):
    """``NodeList``: one node stays a node, several become a list of that name."""

    name: Value
    nodes: tuple[Value, ...]
    side: str = ""
    what: str = ""

    def of(self, scope: Scope) -> str | None:
        """The node or the list."""
        joined = scope.joined(self.side, self.what) if self.side else []
        found = [*joined, *(node.of(scope) for node in self.nodes)]
        nodes = list(dict.fromkeys(str(node) for node in found if node is not None))
        return scope.node_or_list(str(self.name.of(scope)), nodes) if nodes else None

    def names(self) -> tuple[str, ...]:
        """The fields of the name and the nodes."""
        return tuple(name for part in (self.name, *self.nodes) for name in part.names())

    def targets(self) -> tuple[str, ...]:
        """The objects whose nodes these are."""
        return tuple(target for node in self.nodes for target in node.targets())


@dataclass(frozen=True, slots=True)
class Items(Value):
    """An array of records. A record without any value is left out, and so is an empty array."""

    records: tuple[Mapping[str, Value], ...] = field(hash=False)

    def of(self, scope: Scope) -> list[dict[str, Any]] | None:
        """The records that have values."""
        made = [{name: value.of(scope) for name, value in record.items()} for record in self.records]
        kept = [{name: value for name, value in record.items() if value is not None} for record in made]
        return [record for record in kept if record] or None

    def names(self) -> tuple[str, ...]:
        """The fields of all records."""
        return tuple(name for record in self.records for value in record.values() for name in value.names())

    def targets(self) -> tuple[str, ...]:
        """The objects of all records."""
        return tuple(target for record in self.records for value in record.values() for target in value.targets())


def always_number(name: str) -> float | None:
    """The number of which a schedule of this name is made, with or without a space before it; None for other names."""
    if name[: len(ALWAYS)].casefold() != _ALWAYS_FOLDED or "_" in name:
        return None
    try:
        number = float(name[len(ALWAYS) :])
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def number_text(number: float) -> str:
    """A number as it is written in a name: without a needless ``.0``, without an exponent where one can be spared."""
    return f"{number:.12g}"
