"""The tree against the schema: object types, fields and names that do not exist. Run when the tree's files changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hvac_templates.build.context import MEMBERS, NAME, TYPE
from hvac_templates.judge.schema import Schema
from hvac_templates.language.conditions import Condition, Key, Options, key_of
from hvac_templates.language.model import (
    AIR,
    ZONE,
    Assignment,
    Block,
    ObjectTemplate,
    TemplateSpec,
    matches,
)
from hvac_templates.language.values import Value
from utils.errors import Problem
from utils.names import did_you_mean


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
        known = self._schema.fields(self._spec.type)
        for name in dict.fromkeys(names_of(self._spec)):
            if not self._is_known(name):
                yield self._problem(name, f"is no field of {self._spec.type} and no link{did_you_mean(name, known)}")
        for name, key in dict.fromkeys(compared_in(self._spec)):
            choices = self._choices_of(name)
            if choices and key not in map(key_of, (None, *choices)):
                words = ", ".join(dict.fromkeys(map(str, choices)))
                yield self._problem(name, f'"{key}" is not one of its choices: {words}')
        for spec in self._objects:
            yield from self._object(spec)

    def _choices_of(self, name: str) -> tuple[str | float, ...]:
        """The choices of a field of the template or of a linked one; none where others are possible, too.

        Not those of a loop's field: parts that serve several kinds of loop ask for the choices of all of them.
        """
        head, _, tail = name.partition(".")
        link = self._spec.links.get(head)
        kinds = self._kinds(link.types) if link else [] if tail else [self._spec.type]
        fields = [self._schema.fields(kind).get(tail or head) for kind in kinds]
        known = [field for field in fields if field is not None]
        are_choices = all(field.kind == "choice" for field in known)
        return tuple(choice for field in known for choice in field.choices) if are_choices else ()

    def _kinds(self, types: tuple[str, ...]) -> list[str]:
        return [kind for kind in self._schema.templates for one in types if _is_of(kind, one)]

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
        return any(name in self._schema.fields(kind) for kind in self._kinds(types))

    def _object(self, spec: ObjectTemplate) -> Iterator[Problem]:
        if spec.existing:
            return
        where = spec.type
        if not self._schema.has(spec.type):
            near = did_you_mean(spec.type, self._schema)
            yield self._problem(where, f"is no object type of this EnergyPlus version{near}")
            return
        known = self._schema.fields(spec.type)
        for field in dict.fromkeys(_fields(spec)):
            if field not in known:
                yield self._problem(where, f"has no field {field}{did_you_mean(field, known)}")
        for target in dict.fromkeys(_targets(spec)):
            if not any(matches(target, other) for other in self._objects):
                yield self._problem(where, f"refers to {target}, which this template never makes")
        for connector in spec.connectors:
            if connector.target not in (AIR, ZONE, *self._spec.links, *self._loops):
                yield self._problem(where, f"is connected to {connector.target}: no link and no kind of loop")

    def _problem(self, where: str, what: str) -> Problem:
        return Problem(f"{self._spec.source}: {self._spec.type} / {where}", what)


def _is_of(kind: str, pattern: str) -> bool:
    return kind.startswith(pattern[:-1]) if pattern.endswith("*") else kind == pattern


def names_of(spec: TemplateSpec) -> Iterator[str]:
    """Every name that is looked up while a template is built."""
    for value in _values(spec):
        yield from value.names()
    for condition in _conditions(spec):
        yield from condition.names()
    for choice in _choices(spec):
        yield choice.name


def compared_in(spec: TemplateSpec) -> Iterator[tuple[str, Key]]:
    """Every name with each value that it is compared with."""
    for condition in _conditions(spec):
        yield from ((test.name, key) for test in condition.tests() for key in test.keys)
    for choice in _choices(spec):
        yield from ((choice.name, key) for key in choice.parts)


def _values(spec: TemplateSpec) -> Iterator[Value]:
    """Every value of a template that is found by its fields."""
    found: list[Value | None] = [spec.name, *(check.text for check in spec.checks)]
    found += [value for link in spec.links.values() for value in (link.name, link.existing)]
    found += [value for path in spec.paths for value in (path.inlet, path.outlet, path.branch)]
    for made in spec.objects():
        found += [made.name, *(one.value for one in _assignments(made))]
        found += [value for one in made.connectors for value in (one.branch, one.priority)]
    return (value for value in found if value is not None)


def _conditions(spec: TemplateSpec) -> Iterator[Condition]:
    """Every condition of a template."""
    found = [check.when for check in spec.checks]
    found += [action.when for path in spec.paths for action in path.actions]
    found += [block.when for top in spec.blocks() for block in _blocks(top)]
    for made in spec.objects():
        found += [made.when, *(one.when for one in _assignments(made)), *(one.when for one in made.connectors)]
    return (condition for condition in found if condition is not None)


def _choices(spec: TemplateSpec) -> Iterator[Options[Any]]:
    """Every choice by a field's value: of blocks, and of an object's fields."""
    for top in spec.blocks():
        for block in _blocks(top):
            yield from (entry for entry in block.entries if isinstance(entry, Options))
    for made in spec.objects():
        yield from made.cases


def _blocks(block: Block) -> Iterator[Block]:
    """A block and all blocks in it."""
    yield block
    for entry in block.entries:
        if isinstance(entry, Block):
            yield from _blocks(entry)
        elif isinstance(entry, Options):
            for part in entry.all_parts():
                yield from _blocks(part)


def _assignments(spec: ObjectTemplate) -> Iterator[Assignment]:
    yield from spec.assignments
    for case in spec.cases:
        for part in case.all_parts():
            yield from part


def _fields(spec: ObjectTemplate) -> Iterator[str]:
    """Every field of the object that the tree speaks of."""
    for assignment in _assignments(spec):
        yield assignment.field
    for connector in spec.connectors:
        for place in (connector.inlet, connector.outlet):
            if place and not place.target:
                yield place.field
    for listing in spec.listings:
        yield from [listing.into] if listing.into else (field.replace("#", "1") for field, _ in listing.fields)


def _targets(spec: ObjectTemplate) -> Iterator[str]:
    for assignment in _assignments(spec):
        yield from assignment.value.targets()
    for listing in spec.listings:
        yield from (name for kind, name in listing.sources if kind == "Of")
    for connector in spec.connectors:
        for place in (connector.inlet, connector.outlet):
            if place and place.target:
                yield place.target
