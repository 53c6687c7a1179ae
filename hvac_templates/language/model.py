"""The tree in memory: what is built for each template, typed and immutable.

``tree_parser`` makes these from the YAML files; ``builder`` walks them. docs/hvac_templates.md explains the words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from hvac_templates.language.conditions import Condition, Options
from hvac_templates.language.values import Constant, Scalar, Value

AIR = "Air"
AIR_LOOP = "AirLoop"
"""Another word for it, in trees that are brought from elsewhere."""
ZONE = "Zone"


@dataclass(frozen=True, slots=True)
class Assignment:
    """A field of an object. Of several for one field, the last that has a value counts."""

    field: str
    value: Value
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class FieldReference:
    """A field of an object of the same template. An empty target means the object itself."""

    target: str
    field: str


@dataclass(frozen=True, slots=True)
class Connector:
    """How an object is connected: into its build path, or to a target on a side.

    ``through`` names the build path that the air takes inside the object.
    """

    target: str
    side: str = ""
    inlet: FieldReference | None = None
    outlet: FieldReference | None = None
    branch: Value | None = None
    priority: Value | None = None
    through: str = ""
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """Fields that repeat for each object found: items of an array (``into``), or numbered fields.

    ``sources`` are ("Of", objects of the same template) and ("Joined", a side on which others joined), in order.
    """

    fields: tuple[tuple[str, str | float], ...]
    sources: tuple[tuple[str, str], ...]
    into: str = ""


@dataclass(frozen=True, slots=True)
class ObjectTemplate:
    """An object to make, or one of the model to refer to (``existing`` names the link to it)."""

    type: str
    name: Value
    role: str = ""
    existing: str = ""
    when: Condition | None = None
    assignments: tuple[Assignment, ...] = ()
    cases: tuple[Options[tuple[Assignment, ...]], ...] = ()
    connectors: tuple[Connector, ...] = ()
    listings: tuple[Listing, ...] = ()
    air: Connector | None = field(init=False)
    """How it stands in a build path; None when it does not."""
    by_field: Mapping[str, tuple[Assignment, ...]] = field(init=False, hash=False)
    """The assignments of each field, the one that counts most first; those of cases are not among them."""
    fixed: Mapping[str, Scalar | None] = field(init=False, hash=False)
    """Fields that are the same in every such object."""

    def __post_init__(self) -> None:
        by_field: dict[str, tuple[Assignment, ...]] = {}
        for one in self.assignments:
            by_field[one.field] = (one, *by_field.get(one.field, ()))
        varied = {one.field for case in self.cases for part in case.all_parts() for one in part}
        alone = {name: found[0] for name, found in by_field.items() if len(found) == 1 and name not in varied}
        fixed = {
            name: None if one.value.value == "" else one.value.value
            for name, one in alone.items()
            if one.when is None and isinstance(one.value, Constant)
        }
        air = next((connector for connector in self.connectors if connector.target == AIR), None)
        for name, value in (("by_field", by_field), ("fixed", fixed), ("air", air)):
            object.__setattr__(self, name, value)


@dataclass(frozen=True, slots=True)
class Block:
    """Objects, blocks and choices that apply together."""

    entries: tuple[Entry, ...] = ()
    when: Condition | None = None


Entry: TypeAlias = ObjectTemplate | Block | Options[Block]
ActionType: TypeAlias = Literal["Insert", "Remove", "Replace"]


@dataclass(frozen=True, slots=True)
class Action:
    """A change to a build path. ``location`` is Before, After, or a position."""

    kind: ActionType
    reference: str
    occurrence: int
    location: str | int
    objects: Block
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class PathSpec:
    """Objects in the order in which the air passes through them."""

    name: str
    base: Block
    actions: tuple[Action, ...] = ()
    inlet: Value | None = None
    outlet: Value | None = None
    branch: Value | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """Another object that a template speaks of.

    A template of one of ``types`` that is named by ``name``, or (``existing``) an object of the model of the type
    that ``existing`` says. An ``optional`` one may lead nowhere.
    """

    name: Value
    types: tuple[str, ...] = ()
    existing: Value | None = None
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    """What a template may not say, or had better not. ``text`` is the message, ``field`` what to mend."""

    when: Condition | None
    field: str
    text: Value
    severity: Literal["error", "warning"] = "error"


@dataclass(frozen=True, slots=True)
class TemplateSpec:
    """All that is built for one template. ``label`` of a loop is how its parts are called (``HW``)."""

    type: str
    source: str
    name: Value
    links: Mapping[str, Link] = field(hash=False)
    loops: Mapping[str, str] = field(hash=False)
    paths: tuple[PathSpec, ...]
    base: Block
    checks: tuple[Check, ...] = ()

    def blocks(self) -> Iterator[Block]:
        """Every block at the top: those of the paths and of their actions, and the base."""
        for path in self.paths:
            yield path.base
            yield from (action.objects for action in path.actions)
        yield self.base

    def objects(self) -> Iterator[ObjectTemplate]:
        """Every object that any choice of fields can make."""
        for block in self.blocks():
            yield from objects_of(block)


def objects_of(block: Block) -> Iterator[ObjectTemplate]:
    """Every object in a block, whatever the conditions."""
    for entry in block.entries:
        if isinstance(entry, ObjectTemplate):
            yield entry
        elif isinstance(entry, Block):
            yield from objects_of(entry)
        else:
            for part in entry.all_parts():
                yield from objects_of(part)


def matches(pattern: str, spec: ObjectTemplate) -> bool:
    """Whether a role, an object type, or the start of a type before a ``*`` (or ``.*``) means this object."""
    if pattern.endswith("*"):
        return spec.type.startswith(pattern[:-1].removesuffix("."))
    return pattern in (spec.role, spec.type)
