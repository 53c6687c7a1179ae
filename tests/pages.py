"""The pages, and the tests that they name."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


@cache
def named_tests_in(file: Path) -> frozenset[str]:
    """The tests of a file as pytest names them, parameters left out."""
    names = set()
    for node in ast.parse(text_of(file)).body:
        if isinstance(node, ast.FunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.ClassDef):
            names |= {f"{node.name}::{item.name}" for item in node.body if isinstance(item, ast.FunctionDef)}
    return frozenset(name for name in names if name.rpartition("::")[2].startswith("test_"))
