"""The values last sent: all of the last ones, none of the older ones, and a process that is killed loses nothing."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bridge.ledger import KEPT_VALUES
from bridge.sent_values import SentValues, values_in


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "values.sent"


@pytest.fixture
def sent(file: Path) -> Iterator[SentValues]:
    with closing(SentValues(file)) as values:
        yield values


def test_each_key_has_a_row_of_its_own(file: Path, sent: SentValues) -> None:
    rows = [sent.row("a"), sent.row("b")]
    sent.note("a", 1.5)
    sent.note("b", True)
    assert [values_in(file, row) for row in rows] == [[1.5], [1.0]]


def test_a_row_that_comes_later_leaves_the_others_alone(file: Path, sent: SentValues) -> None:
    first = sent.row("a")
    sent.note("a", 1.5)
    later = sent.row("b")
    sent.note("a", 2.5)
    assert (sent.row("a"), values_in(file, first), values_in(file, later)) == (first, [1.5, 2.5], [])


def test_only_the_last_values_are_kept(file: Path, sent: SentValues) -> None:
    row = sent.row("a")
    for value in range(3 * KEPT_VALUES + 5):
        sent.note("a", value)
    assert set(values_in(file, row)) == set(range(2 * KEPT_VALUES + 5, 3 * KEPT_VALUES + 5))


def test_what_has_no_row_and_what_comes_after_the_end_is_forgotten(file: Path, sent: SentValues) -> None:
    row = sent.row("a")
    sent.note("somebody", 1.5)
    sent.close()
    sent.note("a", 1.5)
    assert values_in(file, row) == []


def test_a_file_that_is_gone_or_torn_knows_what_is_left(tmp_path: Path, file: Path, sent: SentValues) -> None:
    sent.row("a")
    sent.note("a", 1.5)
    (tmp_path / "torn").write_bytes(file.read_bytes()[:13])
    assert (values_in(tmp_path / "torn", 0), values_in(tmp_path / "absent", 0)) == ([1.5], [])


def test_a_process_that_is_killed_loses_nothing(file: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from bridge.sent_values import SentValues\n"
        "sent = SentValues(Path(sys.argv[1])); sent.row('a'); sent.note('a', 1.5)\n"
        "print('noted', flush=True); sys.stdin.read()"
    )
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", script, str(file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=root) as child:  # noqa: S603
        assert child.stdout is not None
        child.stdout.readline()
        child.kill()
    assert values_in(file, 0) == [1.5]
