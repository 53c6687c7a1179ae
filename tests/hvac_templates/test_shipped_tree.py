"""The tree that is shipped: without faults, speaking of every field, deciding on every choice."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hvac_templates.expand import expand
from hvac_templates.judge.schema import Schema
from hvac_templates.judge.tree_check import names_of
from hvac_templates.language.conditions import Options, key_of
from hvac_templates.language.files import TREE_DIR
from hvac_templates.language.model import Block, TemplateSpec
from hvac_templates.tree import Tree
from tests.hvac_templates.boxes import boxes, packaged_units

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


@pytest.fixture
def page_blocks() -> list[str]:
    """The lines of YAML that the page has one add."""
    page = (Path(__file__).parents[2] / "docs" / "hvac_templates.md").read_text(encoding="utf-8")
    return [block.partition("```")[0] for block in page.split("```yaml\n")[1:]]


@pytest.fixture
def own_tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the tree to change."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return Path(shutil.copytree(TREE_DIR, tmp_path / "tree"))


def changed(folder: Path, line: str, after: str) -> Tree:
    """The tree with ``after`` below a line that stands in the file of packaged units once."""
    file = folder / "zone_packaged_terminal.yaml"
    text = file.read_text(encoding="utf-8")
    assert text.count(line) == 1
    file.write_text(text.replace(line, line + after), encoding="utf-8")
    return Tree.of_folder(folder)


def test_an_option_that_is_added_as_the_page_says_is_seen_in_the_output(own_tree: Path, page_blocks: list[str]) -> None:
    line, option = page_blocks[:2]
    tree = changed(own_tree, line, option)
    fans = {place: fan(tree, place) for place in ("DrawThrough", "BlowThrough")}
    assert {place: fields["motor_in_airstream_fraction"] for place, fields in fans.items()} == {
        "DrawThrough": 1,
        "BlowThrough": 0,
    }


def test_an_object_that_is_added_as_the_page_says_is_in_the_output(own_tree: Path, page_blocks: list[str]) -> None:
    below = "    BaseObjects:\n      - ZoneHVAC:PackagedTerminalAirConditioner: &Parent\n"
    first, parent = below.splitlines(keepends=True)
    file = own_tree / "zone_packaged_terminal.yaml"
    assert file.read_text(encoding="utf-8").count(below) == 1
    file.write_text(file.read_text(encoding="utf-8").replace(below, first + page_blocks[2] + parent), encoding="utf-8")
    result = expand(boxes(["Room"], packaged_units(["Room"])), tree=Tree.of_folder(own_tree))
    assert result.model is not None, result.messages
    assert result.model["Output:Variable"]["Room Temperature"]["key_value"] == "Room"


def fan(tree: Tree, placement: str) -> dict[str, Any]:
    """The fan of a packaged unit."""
    model = boxes(["Room"], packaged_units(["Room"]))
    model["HVACTemplate:Zone:PTAC"]["Template 1"]["supply_fan_placement"] = placement
    result = expand(model, tree=tree)
    assert result.model is not None, result.messages
    return result.model["Fan:OnOff"]["Room PTAC Supply Fan"]
