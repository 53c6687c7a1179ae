"""The tree against the schema: object types, fields and names that do not exist. Run when the tree's files changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from hvac_templates.conditions import Condition
from hvac_templates.context import MEMBERS, NAME, TYPE
from hvac_templates.schema import Schema
from hvac_templates.tree_model import (
    AIR,
    ZONE,
    Assignment,
    Block,
    ObjectSpec,
    TemplateSpec,
    matches,
)
from utils.errors import Problem


def schema_problems(specs: Mapping[str, TemplateSpec], schema: Schema) -> dict[str, list[Problem]]:
    """Everything that the templates' specs name and that is not there, by template."""
    loops = {kind: spec.type for spec in specs.values() for kind in spec.loops}
    return {template: list(_Check(spec, loops, schema).run()) for template, spec in specs.items()}


class _Check:
    def __init__(self, spec: TemplateSpec, loops: Mapping[str, str], schema: Schema) -> None:
        self._spec = spec
        self._loops = loops
        self._schema = schema
        self._objects = tuple(spec.objects())

    def run(self) -> Iterator[Problem]:
        if not self._schema.has(self._spec.type):
            yield self._problem(self._spec.type, "is no template of this EnergyPlus version")
            return
        for name in dict.fromkeys(names_of(self._spec)):
            if not self._is_known(name):
                yield self._problem(name, f"is no field of {self._spec.type} and no link{self._near(name)}")
        for spec in self._objects:
            yield from self._object(spec)

    def _is_known(self, name: str) -> bool:
        fields = self._schema.fields(self._spec.type)
        head, _, tail = name.partition(".")
        if not tail:
            return not head or head in fields or head in self._spec.links or head in self._loops
        if head == MEMBERS or tail in (NAME, TYPE):
            return True
        if head in self._loops and head not in self._spec.links:
            return tail[0].isupper() or tail in self._schema.fields(self._loops[head])
        link = self._spec.links.get(head)
        return link is not None and (link.existing is not None or self._is_field_of(tail, link.types))

    def _is_field_of(self, name: str, types: tuple[str, ...]) -> bool:
        kinds = [kind for kind in self._schema.templates for one in types if _is_of(kind, one)]
        return any(name in self._schema.fields(kind) for kind in kinds)

    def _object(self, spec: ObjectSpec) -> Iterator[Problem]:
        if spec.existing:
            return
        where = spec.type
        if not self._schema.has(spec.type):
            yield self._problem(where, "is no object type of this EnergyPlus version")
            return
        known = self._schema.fields(spec.type)
        for field in dict.fromkeys(_fields(spec)):
            if field not in known:
                near = get_close_matches(field, known, n=1)
                yield self._problem(where, f"has no field {field}" + (f"; did you mean {near[0]}?" if near else ""))
        for target in dict.fromkeys(_targets(spec)):
            if not any(matches(target, other) for other in self._objects):
                yield self._problem(where, f"refers to {target}, which this template never makes")
        for connector in spec.connectors:
            if connector.target not in (AIR, ZONE, *self._spec.links, *self._loops):
                yield self._problem(where, f"is connected to {connector.target}: no link and no kind of loop")

    def _near(self, name: str) -> str:
        near = get_close_matches(name, self._schema.fields(self._spec.type), n=1)
        return f"; did you mean {near[0]}?" if near else ""

    def _problem(self, where: str, what: str) -> Problem:
        return Problem(f"{self._spec.source}: {self._spec.type} / {where}", what)


def _is_of(kind: str, pattern: str) -> bool:
    return kind.startswith(pattern[:-1]) if pattern.endswith("*") else kind == pattern


def names_of(spec: TemplateSpec) -> Iterator[str]:
    """Every name that is looked up while a template is built."""
    yield from spec.name.names()
    for link in spec.links.values():
        yield from (*link.name.names(), *(link.existing.names() if link.existing else ()))
    for check in spec.checks:
        yield from (*_of_condition(check.when), *check.text.names())
    for path in spec.paths:
        for value in (path.inlet, path.outlet, path.branch):
            yield from value.names() if value else ()
        for action in path.actions:
            yield from _of_condition(action.when)
    for block in spec.blocks():
        yield from _of_block(block)
    for made in spec.objects():
        yield from _of_object(made)


def _of_block(block: Block) -> Iterator[str]:
    yield from _of_condition(block.when)
    for entry in block.entries:
        if isinstance(entry, Block):
            yield from _of_block(entry)
        elif not isinstance(entry, ObjectSpec):
            yield entry.name
            for part in (*entry.parts.values(), entry.number, entry.other):
                yield from _of_block(part) if part else ()


def _of_object(spec: ObjectSpec) -> Iterator[str]:
    yield from (*_of_condition(spec.when), *spec.name.names())
    for case in spec.cases:
        yield case.name
    for assignment in _assignments(spec):
        yield from (*_of_condition(assignment.when), *assignment.value.names())
    for connector in spec.connectors:
        yield from _of_condition(connector.when)
        for value in (connector.branch, connector.priority):
            yield from value.names() if value else ()


def _of_condition(condition: Condition | None) -> tuple[str, ...]:
    return condition.names() if condition else ()


def _assignments(spec: ObjectSpec) -> Iterator[Assignment]:
    yield from spec.assignments
    for case in spec.cases:
        for part in (*case.parts.values(), case.number, case.other):
            yield from part or ()


def _fields(spec: ObjectSpec) -> Iterator[str]:
    """Every field of the object that the tree speaks of."""
    for assignment in _assignments(spec):
        yield assignment.field
    for connector in spec.connectors:
        for place in (connector.inlet, connector.outlet):
            if place and not place.target:
                yield place.field
    for listing in spec.listings:
        yield from [listing.into] if listing.into else (field.replace("#", "1") for field, _ in listing.fields)


def _targets(spec: ObjectSpec) -> Iterator[str]:
    for assignment in _assignments(spec):
        yield from assignment.value.targets()
    for listing in spec.listings:
        yield from (name for kind, name in listing.sources if kind == "Of")
    for connector in spec.connectors:
        for place in (connector.inlet, connector.outlet):
            if place and place.target:
                yield place.target
