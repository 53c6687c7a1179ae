"""Small trees for tests: what a few lines of YAML make of a model."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent
from typing import Any

from hvac_templates.expand import expand
from hvac_templates.language.files import read_tree
from hvac_templates.messages import Result
from hvac_templates.tree import Tree

ZONE = "HVACTemplate:Zone:PTAC"
SYSTEM = "HVACTemplate:System:VAV"
LOOP = "HVACTemplate:Plant:HotWaterLoop"
BOILER = "HVACTemplate:Plant:Boiler"

Templates = Mapping[str, Mapping[str, Mapping[str, Any]]]


def tree_of(folder: Path, **files: str) -> Tree:
    """A tree of files with these names and texts."""
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(dedent(text), encoding="utf-8")
    return Tree(read_tree(sorted(folder.glob("*.yaml"))))


def result_of(folder: Path, text: str, model: Templates) -> Result:
    """What a tree of one file makes of a model."""
    return expand(model, tree=tree_of(folder, tree=text), validate=False)


def made(folder: Path, text: str, model: Templates) -> dict[str, dict[str, dict[str, Any]]]:
    """The objects that a tree of one file makes of a model, which it must not refuse."""
    result = result_of(folder, text, model)
    assert result.model is not None, result.messages
    return result.model


def fields_of(folder: Path, body: str, **fields: object) -> dict[str, Any]:
    """The fields of the one object that a PTAC with these fields is turned into; ``body`` is what stands under it."""
    text = f"OptionTree:\n  {ZONE}:\n    Name: '{{zone_name}}'\n    BaseObjects:\n      - Fan:OnOff:\n"
    text += "".join(f"          {line}\n" for line in dedent(body).strip().splitlines())
    model = made(folder, text, {ZONE: {"unit": {"zone_name": "Z1", **fields}}})
    ((_, found),) = model["Fan:OnOff"].items()
    return found
