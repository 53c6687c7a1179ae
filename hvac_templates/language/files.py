"""The YAML files of the tree as plain data, and a copy of that data that is quicker to read.

Reading and checking YAML takes longer than all else that an expansion does. What was read, and what was found wrong
with it, is therefore kept as JSON in the user's cache folder, under a name made of the files' and the program's
content: whoever edits a file is served the new content.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Hashable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from utils.errors import ConfigError, Problem, Problems

if TYPE_CHECKING:
    from yaml import MappingNode, SafeLoader

_PACKAGE = Path(__file__).parents[1]
TREE_DIR = _PACKAGE / "tree"
SECTIONS = ("OptionTree", "Parts")
GROUPS = frozenset({"HVACTemplate", "HVACTemplate:Zone", "HVACTemplate:System", "HVACTemplate:Plant"})
"""Starts of template types, which may stand above the rest of them."""
KEPT = 8
"""Copies that are kept: those of a few checkouts and of the last edits."""

TreeData: TypeAlias = dict[str, dict[str, Any]]
"""Section, then name, then [file, data]."""
TreeFaults: TypeAlias = dict[str, list[tuple[str, str]]]
"""Template, then where and what of each fault."""


def tree_files(folder: Path = TREE_DIR) -> list[Path]:
    """The files of a tree, in a fixed order."""
    return sorted(folder.glob("*.yaml"))


def fingerprint(files: Iterable[Path]) -> str:
    """A name for exactly this content."""
    digest = hashlib.sha256()
    for file in (*files, *sorted(_PACKAGE.rglob("*.py"))):
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:32]


def read_tree(files: Iterable[Path]) -> TreeData:
    """All sections of all files. Raises ConfigError naming file and line, with everything that is wrong."""
    tree: TreeData = {section: {} for section in SECTIONS}
    problems = Problems()
    for file in files:
        with problems.collecting():
            _add(tree, file.name, _parse(file))
    problems.refuse()
    return tree


def cached_tree(key: str) -> tuple[TreeData, TreeFaults] | None:
    """What was kept under a fingerprint, the data and its faults; None where nothing readable is."""
    try:
        kept = json.loads((cache_dir() / f"tree-{key}.json").read_bytes())
        return kept["data"], kept["faults"]
    except (OSError, ValueError, KeyError, TypeError):
        return None


def keep_tree(key: str, data: TreeData, faults: TreeFaults) -> None:
    """Keep data and faults under a fingerprint. A cache that cannot be written is done without."""
    target = cache_dir() / f"tree-{key}.json"
    draft = target.with_suffix(f".{os.getpid()}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(json.dumps({"data": data, "faults": faults}), encoding="utf-8")
        draft.replace(target)
        for old in sorted(target.parent.glob("tree-*.json"), key=_age)[KEPT:]:
            old.unlink()
    except OSError:
        return


def _age(file: Path) -> float:
    return -file.stat().st_mtime


def cache_dir() -> Path:
    """Where this user's caches are on this system."""
    if named := os.environ.get("XDG_CACHE_HOME"):
        root = Path(named)
    elif sys.platform == "win32":
        root = Path(os.environ.get("LOCALAPPDATA", Path.home()))
    else:
        root = Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache")
    return root / "building-bench"


def _add(tree: TreeData, file: str, data: object) -> None:
    if not isinstance(data, dict):
        raise ConfigError([Problem(file, f"a file of the tree has the sections {' and '.join(SECTIONS)}")])
    problems = [Problem(f"{file}: {word}", "not a section of the tree") for word in data if word not in SECTIONS]
    for section in SECTIONS:
        bodies = data.get(section) or {}
        if not isinstance(bodies, dict):
            raise ConfigError([Problem(f"{file}: {section}", f"{bodies!r} stands where names are expected")])
        for name, body in _flat(bodies) if section == SECTIONS[0] else bodies.items():
            if name in tree[section]:
                problems.append(Problem(f"{file}: {name}", f"is also in {tree[section][name][0]}: give it one place"))
            tree[section][name] = [file, body]
    if problems:
        raise ConfigError(problems)


def _flat(bodies: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Templates by their types, also where the parts of a type stand below each other, as the seed has them."""
    for name, body in bodies.items():
        if name in GROUPS and isinstance(body, dict):
            yield from _flat({f"{name}:{inner}": below for inner, below in body.items()})
        else:
            yield name, body


def _parse(file: Path) -> object:
    import yaml  # needed only where there is no copy of the data

    base = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    class TreeLoader(base):  # type: ignore[misc, valid-type]
        """YAML without its surprises: Yes and 12:30 are texts, 1e-6 is a number, a key stands once."""

        yaml_implicit_resolvers: ClassVar[dict[str, list[tuple[str, Any]]]] = {}

        def construct_mapping(self, node: MappingNode, deep: bool = False) -> dict[Hashable, Any]:
            _refuse_doubles(file, node)
            made: dict[Hashable, Any] = super().construct_mapping(node, deep=deep)
            return made

    _teach_scalars(TreeLoader)
    try:
        # a subclass of the safe loader
        return yaml.load(file.read_text(encoding="utf-8"), TreeLoader)  # noqa: S506
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{file.name}, line {mark.line + 1}, column {mark.column + 1}" if mark else file.name
        raise ConfigError([Problem(where, error.problem or error.context or "is no YAML")]) from error
    except (yaml.YAMLError, UnicodeDecodeError, OSError) as error:
        raise ConfigError([Problem(file.name, " ".join(str(error).split()))]) from error


def _teach_scalars(loader: type[SafeLoader]) -> None:
    import re

    number = r"-?([0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))([eE][-+]?[0-9]+)?"
    scalars = {
        "null": (r"~|null|", ["~", "n", ""]),
        "int": (r"-?(0|[1-9][0-9]*)", list("-0123456789")),
        "float": (number, list("-.0123456789")),
        "merge": ("<<", ["<"]),
    }
    for tag, (pattern, first) in scalars.items():
        loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"(?:{pattern})$"), first)


def _refuse_doubles(file: Path, node: MappingNode) -> None:
    seen: set[Mapping[str, Any] | str] = set()
    for key, _ in node.value:
        if key.value in seen:
            line = key.start_mark.line + 1
            raise ConfigError([Problem(f"{file.name}, line {line}", f"{key.value} is there twice")])
        seen.add(key.value)
