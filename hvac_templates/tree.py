"""The tree: what every template is built of. Checked when its files change, each template parsed when it is needed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from hvac_templates.language.files import (
    TREE_DIR,
    TreeData,
    TreeFaults,
    cached_tree,
    fingerprint,
    keep_tree,
    read_tree,
    tree_files,
)
from hvac_templates.language.model import TemplateSpec
from hvac_templates.language.parser import TreeParser
from utils.errors import ConfigError, Problem


class Tree:
    """Specs by template type. ``faults`` are what is known to be wrong, by template."""

    def __init__(self, data: TreeData, faults: TreeFaults | None = None) -> None:
        self._raw = data["OptionTree"]
        self._parts = {name: body for name, (_, body) in data["Parts"].items()}
        self._specs: dict[str, TemplateSpec] = {}
        self._faults = self.faults() if faults is None else faults

    @staticmethod
    @cache
    def shipped() -> Tree:
        """The tree of this program. Raises ConfigError when a file is no YAML."""
        return Tree.of_folder(TREE_DIR)

    @staticmethod
    def of_folder(folder: Path) -> Tree:
        """The tree of a folder, from the cache where it is known. Raises ConfigError when a file is no YAML."""
        files = tree_files(folder)
        key = fingerprint(files)
        known = cached_tree(key)
        if known is None:
            data = read_tree(files)
            known = data, Tree(data)._faults
            keep_tree(key, *known)
        return Tree(*known)

    def __iter__(self) -> Iterator[str]:
        return iter(self._raw)

    def __contains__(self, template: object) -> bool:
        return template in self._raw

    def __getitem__(self, template: str) -> TemplateSpec:
        """What is built for a template. Raises KeyError for one that is not there, ConfigError for one with faults."""
        if faults := self._faults.get(template):
            raise ConfigError(Problem(where, what) for where, what in faults)
        if template not in self._specs:
            self._specs[template], _ = self._parse(template)
        return self._specs[template]

    def providing(self, loop: str) -> list[str]:
        """The templates that are a loop of a kind."""
        return [name for name in self if loop in self[name].loops]

    def on_side(self, loop: str, side: str) -> list[str]:
        """The templates that make something for a side of a loop of a kind."""
        return [
            name
            for name in self
            for connectors in [[one for made in self[name].objects() for one in made.connectors]]
            if any(one.target == loop and one.side == side for one in connectors)
        ]

    def faults(self) -> TreeFaults:
        """Everything in the tree that is not in its vocabulary, or that EnergyPlus does not have, by template.

        What EnergyPlus does not have is looked for in templates without other faults: what cannot be read is missing.
        """
        parsed = {template: self._parse(template) for template in self}
        unknown = _unknown({template: spec for template, (spec, _) in parsed.items()})
        faults = {template: set(problems) or {*unknown[template]} for template, (_, problems) in parsed.items()}
        return {name: [(one.where, one.what) for one in sorted(found)] for name, found in faults.items() if found}

    def _parse(self, template: str) -> tuple[TemplateSpec, list[Problem]]:
        source, raw = self._raw[template]
        parser = TreeParser(source, self._parts)
        return parser.template(template, raw), parser.problems


def _unknown(specs: Mapping[str, TemplateSpec]) -> Mapping[str, list[Problem]]:
    """What the schema does not have. Imported here because it is needed only after a change of the files."""
    from hvac_templates.judge.schema import Schema
    from hvac_templates.judge.tree_check import schema_problems

    return schema_problems(specs, Schema.shipped())
