"""What Python has less to do with: cells held in variables, no copies of variables, and the same numbers."""

from __future__ import annotations

import ast
from textwrap import dedent

import pytest

from emulators.plants.weaving.trimmed import trimmed

TEN = [0.5 * place for place in range(10)]
SUM = " + ".join(f"b[{place}]" for place in range(10))


def results(source: str) -> tuple[str, list[float], dict[str, object]]:
    """The source trimmed, and its cells and variables after it has run; the same as before it was trimmed."""
    before, after = dedent(source), ast.unparse(trimmed_module(dedent(source)))
    ran = [ran_with(text) for text in (before, after)]
    assert ran[0]["b"] == ran[1]["b"]
    cells = ran[1].pop("b")
    assert isinstance(cells, list)
    return after, cells, ran[1]


def trimmed_module(source: str) -> ast.Module:
    module = ast.parse(source)
    return ast.fix_missing_locations(ast.Module(trimmed(module.body, held=True), []))


def ran_with(source: str) -> dict[str, object]:
    names: dict[str, object] = {"b": list(TEN)}
    exec(source, names)  # noqa: S102 - of this file
    del names["__builtins__"]
    return names


def test_a_loop_over_known_cells_works_on_variables() -> None:
    after, cells, _ = results(f"""
        for number in range(3):
            b[1] = b[1] * 0.5 + {SUM}
            if b[1] > 30.0:
                break
            b[2] += 1.0
    """)
    [loop] = [node for node in ast.parse(after).body if isinstance(node, ast.For)]
    assert "[" not in ast.unparse(loop)
    assert cells[3:] == TEN[3:]
    assert cells[1] > 30.0
    assert after.count("b[1] = ") == after.count("b[2] = ") == 1
    assert after.count("b[3] = ") == 0


@pytest.mark.parametrize(
    "line",
    ["b[number] = 7.0", "b[3] = sum(b)", "b = [cell + number for cell in b]", "b[-1] = b[number + 1]"],
)
def test_cells_that_are_reached_in_other_ways_stay_where_they_are(line: str) -> None:
    after, _, _ = results(f"""
        for number in range(3):
            b[1] = {SUM}
            {line}
    """)
    assert "b__" not in after


def test_a_loop_that_never_runs_changes_nothing() -> None:
    _, cells, _ = results(f"""
        while b[1] < 0.0:
            b[1] = {SUM}
    """)
    assert cells == TEN


def test_a_copy_is_not_made() -> None:
    after, _, names = results("""
        first = b[4] * 2.0
        second = first
        third = second
        b[0] = third + second
    """)
    assert names == {"first": 4.0}
    assert after.count("=") == 2


@pytest.mark.parametrize(
    "after_it",
    [
        "first = 9.0\nb[0] = second",
        "if b[1] < 1.0:\n    first = 9.0\nb[0] = second",
        "first += second\nb[0] = first + second",
        "second = second + first\nb[0] = second",
        "for _ in range(2):\n    b[0] = b[0] + second\n    first = b[0]",
    ],
)
def test_a_copy_of_what_changes_stays(after_it: str) -> None:
    after, _, names = results(f"first = b[4] * 2.0\nsecond = first\n{after_it}")
    assert "second" in names
    assert "second" in after


def test_what_is_written_last_is_written_after_everything_is_read() -> None:
    after, cells, names = results("""
        before = b[4]
        kept = before
        before = before + kept * 2.0
        b[0] = before
    """)
    assert cells[0] == 6.0
    assert "kept" not in names
    assert "kept" not in after
