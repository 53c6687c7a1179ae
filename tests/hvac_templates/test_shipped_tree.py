"""The tree that is shipped: without faults, speaking of every field, deciding on every choice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hvac_templates.conditions import Options, key_of
from hvac_templates.schema import Schema
from hvac_templates.tree import Tree
from hvac_templates.tree_check import names_of
from hvac_templates.tree_model import Block, TemplateSpec

TEMPLATES = sorted(Tree.shipped())


def test_the_tree_has_no_faults() -> None:
    assert Tree.shipped().faults() == {}


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_field_of_a_template_is_spoken_of(template: str) -> None:
    spec = Tree.shipped()[template]
    fields = Schema.shipped().fields(template)
    without_choice = {name for name, field in fields.items() if field.kind == "choice" and len(field.choices) == 1}
    assert set(fields) - set(names_of(spec)) - without_choice == set()


def choices(block: Block) -> Iterator[Options[Block]]:
    for entry in block.entries:
        if isinstance(entry, Block):
            yield from choices(entry)
        elif isinstance(entry, Options):
            yield entry
            for part in (*entry.parts.values(), entry.number, entry.other):
                yield from choices(part) if part else ()


def undecided(spec: TemplateSpec) -> Iterator[str]:
    fields = Schema.shipped().fields(spec.type)
    for block in spec.blocks():
        for choice in choices(block):
            if choice.name in fields and choice.other is None:
                wanted = {key_of(one) for one in fields[choice.name].choices}
                yield from (f"{choice.name}: {one}" for one in wanted - set(choice.parts))


def unknown(spec: TemplateSpec) -> Iterator[str]:
    fields = Schema.shipped().fields(spec.type)
    for block in spec.blocks():
        for choice in choices(block):
            known = fields.get(choice.name)
            if known is not None and known.kind == "choice":
                wanted = {key_of(one) for one in known.choices} | {key_of(None)}
                yield from (f"{choice.name}: {one}" for one in set(choice.parts) - wanted)


@pytest.mark.parametrize("template", TEMPLATES)
def test_what_is_chosen_by_a_field_covers_its_choices(template: str) -> None:
    spec = Tree.shipped()[template]
    assert sorted(set(undecided(spec))) == []
    assert sorted(set(unknown(spec))) == []
