"""What a mutant is, and which are sampled."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.mutation.mutants import mutant, sites
from tests.mutation.sample import sample

ROOT = Path(__file__).resolve().parents[2]


def mutants_of(source: str) -> list[str]:
    return [mutant(source, number) for number in range(len(list(sites(ast.parse(source)))))]


@pytest.mark.parametrize(
    ("source", "wrong"),
    [
        ("a < b", "a <= b"),
        ("a is None", "a is not None"),
        ("x = a and b", "x = a or b"),
        ("x = not a", "x = a"),
        ("x = a - b", "x = a + b"),
        ("x = True", "x = False"),
        ("x = 3", "x = 4"),
        ("self.x = y", "pass"),
        ("give(back)", "pass"),
        ("raise Error(a)", "pass"),
        ("x = [y for y in z if y]", "x = [y for y in z]"),
        ("def f():\n    return x", "def f():\n    return None"),
        ("with suppress(E):\n    x", "if True:\n    x"),
        ("try:\n    f\nexcept E:\n    g", "try:\n    f\nexcept E:\n    raise"),
    ],
)
def test_each_kind_of_wrong(source: str, wrong: str) -> None:
    assert wrong in mutants_of(source)


@pytest.mark.parametrize(
    "source",
    ['"""Said."""', "log.warning(a)", "import a", "x: int | None", "def f(a: X | Y) -> A | B: ...", "x = f'{a + b}'"],
)
def test_what_is_only_said_has_no_mutants(source: str) -> None:
    assert mutants_of(source) == []


def test_a_seed_is_a_sample_that_visits_every_file() -> None:
    chosen = sample(ROOT, 1, 300)
    assert chosen == sample(ROOT, 1, 300)
    assert chosen != sample(ROOT, 2, 300)
    assert len({one.key for one in chosen}) == 300
    assert len({one.file for one in chosen}) > 40
