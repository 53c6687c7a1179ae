"""The tables of outcomes hold: every test and every module that they name exists, and every row names a test."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.pages import ROOT, named_tests_in

FAULTS, SAFETY = ROOT / "docs" / "faults.md", ROOT / "docs" / "safety.md"
_TEST = re.compile(r"`(tests/[\w/]+\.py)::([\w:]+)`")
_MODULE = re.compile(r"`((?:bridge|clients|equipment|points|utils)/[\w/]+\.py)`")
_NOBODYS = "Alarms of forced points go out to people"


def rows(page: Path) -> list[str]:
    lines = page.read_text(encoding="utf-8").splitlines()
    tables = [line for line in lines if line.startswith("|") and not line.startswith("|---")]
    return [line for line in tables if not line.endswith("| test |")]


@pytest.mark.parametrize("page", [FAULTS, SAFETY], ids=lambda page: page.name)
def test_every_test_and_module_that_is_named_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    tests = [f"{file}::{name}" for file, name in _TEST.findall(text) if name not in named_tests_in(ROOT / file)]
    modules = [module for module in _MODULE.findall(text) if not (ROOT / module).is_file()]
    assert tests + modules == []


@pytest.mark.parametrize("page", [FAULTS, SAFETY], ids=lambda page: page.name)
def test_every_row_names_its_test(page: Path) -> None:
    without = [row for row in rows(page) if not (_TEST.search(row) or row.endswith("| the same |"))]
    assert [row for row in without if _NOBODYS not in row] == []


def test_each_of_the_17_items_of_the_field_notes_has_an_outcome() -> None:
    items = [row.split("|")[1].strip() for row in rows(SAFETY)]
    assert {int(item) for item in items if item.isdigit()} == set(range(1, 18))
    assert all("**" in row for row in rows(SAFETY))
