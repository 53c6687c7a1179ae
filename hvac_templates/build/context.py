"""One template while it is built: its fields, its links to others, the objects that it makes, and who joined it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from hvac_templates.build.built import Built
from hvac_templates.language.conditions import Condition
from hvac_templates.language.model import Connector, TemplateSpec, matches
from hvac_templates.language.values import PathReference, Scalar

Fields: TypeAlias = Mapping[str, Any]
NAME = "Name"
TYPE = "Type"
MEMBERS = "Members"


@dataclass(frozen=True, slots=True)
class Member:
    """An object that joined a template on a side, with the nodes by which it is connected."""

    built: Built
    connector: Connector
    owner: ExpansionContext
    inlet: str | None
    outlet: str | None
    branch: str | None = None
    priority: float = float("inf")

    def what(self, word: str) -> Scalar | None:
        """``self``, ``key``, ``Branch``, a node of this connection, or a field of the object."""
        parts = {"Inlet": self.inlet, "Outlet": self.outlet, "Branch": self.branch}
        return parts[word] if word in parts else self.built.what(word)


@dataclass(slots=True)
class TemplatePlant:
    """What templates can find each other by: all of them by type, the loops by kind, and the objects that the model had
    before.
    """

    loops: dict[str, ExpansionContext] = field(default_factory=dict)
    existing: Mapping[str, Mapping[str, Fields]] = field(default_factory=dict)
    templates: dict[str, list[ExpansionContext]] = field(default_factory=dict)
    answers: dict[tuple[str, Condition], bool] = field(default_factory=dict)
    """What was asked of all templates of a type: asked by each of them, it is found once."""


class ExpansionContext:
    """The scope in which the values of one template are found."""

    def __init__(self, spec: TemplateSpec, key: str, given: Fields, defaults: Fields, plant: TemplatePlant) -> None:
        self.spec = spec
        self.key = key
        self.given = {name: value for name, value in given.items() if value != ""}
        self.plant = plant
        self.links: dict[str, ExpansionContext | Built | None] = {}
        self.built: list[Built] = []
        self.paths: dict[str, list[Built]] = {}
        self.members: dict[str, list[Member]] = {}
        self.lists: dict[str, list[str]] = {}
        self.branches: dict[str, list[dict[str, Any]]] = {}
        self._values: dict[str, Any] = {"": key, **defaults, **self.given}
        self._found: dict[str, Built | None] = {}
        self._index: dict[str, list[Built]] | None = None
        self.name = str(spec.name.of(self) or key)
        self._values[""] = self.name

    def lookup(self, name: str) -> Scalar | None:
        """A field of this template or of a linked one, a link's name, or how many joined on a side."""
        if name in self._values:
            value: Scalar | None = self._values[name]
            return value
        head, _, tail = name.partition(".")
        if head == MEMBERS:
            return self._count(tail)
        other = self.linked(head)
        return None if other is None else self._of_link(other, head, tail)

    def is_given(self, name: str) -> bool:
        """Whether the user has typed a value."""
        return name in self.given

    def anywhere(self, condition: Condition) -> bool:
        """Whether a condition holds for one template of this type."""
        question = self.spec.type, condition
        if question not in self.plant.answers:
            alike = self.plant.templates.get(self.spec.type, ())
            self.plant.answers[question] = any(condition.holds(other) for other in alike)
        return self.plant.answers[question]

    def linked(self, name: str) -> ExpansionContext | Built | None:
        """What a link leads to: a template, an object of the model, or the template that provides a kind of loop."""
        return self.links[name] if name in self.links else self.plant.loops.get(name)

    def find(self, target: str) -> Built | None:
        """The first object made here that has the role or type; None where there is none."""
        if target not in self._found:
            self._found[target] = next(self.all_of(target), None)
        found = self._found[target]
        return None if found is None or found.is_empty else found

    def all_of(self, target: str) -> Iterator[Built]:
        """Every object made here that has the role or type."""
        if self._index is None or target.endswith("*"):
            return (built for built in self.built if matches(target, built.spec) and not built.is_empty)
        return (built for built in self._index.get(target, ()) if not built.is_empty)

    def refer(self, target: str, what: str) -> Scalar | None:
        """Something about an object made here."""
        found = self.find(target)
        return None if found is None else found.what(what)

    def refer_path(self, place: PathReference) -> Scalar | None:
        """Something about a place in a build path; None where the path is shorter."""
        path = self.paths.get(place.path, [])
        if isinstance(place.location, str):
            found = [built for built in path if matches(place.location, built.spec)]
            index = place.occurrence if place.occurrence < 0 else place.occurrence - 1
        else:
            found, index = path, place.location
        return found[index].what(place.what) if -len(found) <= index < len(found) else None

    def node_or_list(self, name: str, nodes: Sequence[str]) -> str:
        """The node, or the name of a list that this template makes of several."""
        if len(nodes) == 1:
            return nodes[0]
        self.lists[name] = list(nodes)
        return name

    def joined(self, side: str, what: str) -> list[Scalar]:
        """Something about each object that joined on a side, in the order of their priorities."""
        members = sorted(self.members.get(side, ()), key=lambda member: member.priority)
        values = (member.what(what) for member in members)
        return [value for value in values if value is not None]

    def nothing_more(self) -> None:
        """All objects are there: what was not found until now is looked for again, by role and type."""
        self._found.clear()
        self._index = {}
        for built in self.built:
            for target in {built.spec.role, built.spec.type}:
                self._index.setdefault(target, []).append(built)

    def _count(self, side: str) -> int | None:
        return len(self.members.get(side, ())) or None

    @staticmethod
    def _of_link(other: ExpansionContext | Built, head: str, tail: str) -> Scalar | None:
        if isinstance(other, Built):
            return other.name if tail in ("", NAME) else other.what(tail)
        if tail in ("", NAME):
            return other.name
        if tail == TYPE:
            return other.spec.type
        side = f"{head}.{tail}"
        return other._count(side) if side in other.members else other.lookup(tail)
