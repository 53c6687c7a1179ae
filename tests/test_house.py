"""The rules of the house that import-linter cannot check by itself."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Set
from itertools import pairwise
from pathlib import Path

from hypothesis import settings

ROOT = Path(__file__).resolve().parents[1]
_STAND_APART = {"benchmarks", "tests"}
"""Packages that nothing of the product imports."""


def modules(but: Set[str] = _STAND_APART) -> Iterator[tuple[str, ast.Module]]:
    """The modules of the product, by their paths."""
    for package in ROOT.glob("*/__init__.py"):
        if package.parent.name not in but:
            for file in package.parent.rglob("*.py"):
                yield file.relative_to(ROOT).as_posix(), ast.parse(file.read_text(encoding="utf-8"))


def test_every_package_has_its_place_in_the_layers() -> None:
    packages = {init.parent.name for init in ROOT.glob("*/__init__.py")} - _STAND_APART
    rules = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    [layers] = [contract["layers"] for contract in rules["contracts"] if contract["type"] == "layers"]
    placed = [name for layer in layers for name in layer.split(" | ")]
    assert sorted(placed) == sorted(packages) == sorted(rules["root_packages"])


def test_a_controllers_exchange_is_used_by_its_face() -> None:
    """import-linter cannot forbid a package's rooms to the package's other modules alone."""
    inside = re.compile(r"^\s*(?:from|import) bridge\.link\.", re.MULTILINE)
    others = [file for room in ("bridge", "supervisory") for file in (ROOT / room).rglob("*.py")]
    breaking = [file for file in others if "link" not in file.parts and inside.search(file.read_text(encoding="utf-8"))]
    assert breaking == []


def test_emulators_are_started_through_their_door() -> None:
    inside = re.compile(r"^\s*(?:from|import) emulators\.(?!door\b)", re.MULTILINE)
    composing = [file for room in ("campaigns", "commands", "learning") for file in (ROOT / room).rglob("*.py")]
    assert [file for file in composing if inside.search(file.read_text(encoding="utf-8"))] == []


def test_no_test_is_imported_by_another() -> None:
    """What several tests need has a module of its own, which says what it is for."""
    inside = re.compile(r"^from tests\.(?:\w+\.)*test_|^from tests(?:\.\w+)* import test_", re.MULTILINE)
    assert [file for file in (ROOT / "tests").rglob("*.py") if inside.search(file.read_text(encoding="utf-8"))] == []


def test_what_hypothesis_draws_is_the_same_everywhere_and_has_time() -> None:
    """A suite that finds something new on every hundredth run, or on a busy computer only, is believed by nobody."""
    assert (settings().derandomize, settings().deadline) == (True, None)


def test_no_public_class_has_the_name_of_another() -> None:
    """One word for a thing, one meaning for a word. Emulators are written apart, but are read beside the clients."""
    named: dict[str, list[str]] = {}
    for file, module in modules(but={"tests"}):
        for node in module.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                named.setdefault(node.name, []).append(file)
    assert {name: files for name, files in named.items() if len(files) > 1} == {}


def test_no_docstring_was_left_behind_by_what_it_documents() -> None:
    """A text is the first statement of a body, or right behind an assignment."""
    left = [
        f"{file}:{text.lineno}"
        for file, module in modules()
        for node in ast.walk(module)
        for before, text in pairwise(statements_of(node))
        if is_text(text) and not isinstance(before, ast.Assign | ast.AnnAssign)
    ]
    assert left == []


def statements_of(node: ast.AST) -> list[ast.stmt]:
    """The body of a module, a class, a function or a block; what is none has no statements."""
    body = getattr(node, "body", None)
    return body if isinstance(body, list) else []


def is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def test_a_program_of_ten_lines_does_not_wait_for_bacnet() -> None:
    script = "import sys, supervisory; sys.exit('bacpypes3' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT, timeout=60, check=False).returncode == 0  # noqa: S603
