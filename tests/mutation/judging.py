"""Judges mutants: each in a copy of the tree, by the tests that run its line."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

from tests.mutation.covering import FOLDER, LOOKED_AT, Covered
from tests.mutation.mutants import mutant
from tests.mutation.running import run_tests
from tests.mutation.sample import Mutant

_PATIENCE_S = 60.0
_SLOWNESS = 5.0
_TESTS_FAILED = 1


class Verdict(StrEnum):
    """What became of a mutant."""

    KILLED = "killed"
    LATE = "killed, by not ending"
    BROKEN = "killed, by not being importable"
    SURVIVED = "survived"
    UNSEEN = "survived: no test runs the line"


class Judge:
    """Judges one mutant after the other in a copy of its own."""

    def __init__(self, root: Path, copy: Path, covered: Covered, longest_s: float) -> None:
        """``longest_s`` is for the tests of other rooms: those that do not fit, the slowest, are left out."""
        self._longest_s = longest_s
        self._root = root
        self._copy = copy
        self._covered = covered
        copy_tree(root, copy)

    def judge(self, one: Mutant) -> tuple[Verdict, str]:
        """The verdict, and the test that killed it."""
        own, others = self._covered.judges(one.file, one.line)
        if not own:
            return Verdict.UNSEEN, ""
        source = (self._root / one.file).read_text(encoding="utf-8")
        self._put(one.file, mutant(source, one.number))
        try:
            verdict = self._run(own)
            while others and self._covered.seconds(others) > self._longest_s:
                others.pop()
            return self._run(others) if others and verdict[0] is Verdict.SURVIVED else verdict
        finally:
            self._put(one.file, source)

    def _run(self, tests: Sequence[str]) -> tuple[Verdict, str]:
        timeout_s = _PATIENCE_S + _SLOWNESS * self._covered.seconds(tests)
        code, printed = run_tests(self._copy, tests, timeout_s)
        if code is None:
            return Verdict.LATE, ""
        if code == 0:
            return Verdict.SURVIVED, f"{len(tests)} tests passed"
        if not (killer := _killer(printed)):
            raise RuntimeError(f"pytest ended with {code}, and no test failed:\n{printed}")
        return (Verdict.KILLED if code == _TESTS_FAILED else Verdict.BROKEN), killer

    def _put(self, file: str, source: str) -> None:
        path = self._copy / file
        path.write_text(source, encoding="utf-8")
        # Two writes in one second would leave the older byte code valid.
        for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*"):
            compiled.unlink()


def copy_tree(root: Path, copy: Path) -> None:
    """Copy what git knows of the tree, and what is new in it."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=root, capture_output=True, check=True).stdout  # noqa: S603 - a fixed command
    for name in listed.decode().split("\0"):
        if name and (root / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, copy / name)


def environment(folder: Path, files: Sequence[str], copy: Path) -> dict[str, str]:
    """What the covering plugin has to be told."""
    looked_at = os.pathsep.join(str(copy / file) for file in files)
    return os.environ | {FOLDER: str(folder), LOOKED_AT: looked_at}


def _killer(output: str) -> str:
    for line in output.splitlines():
        if line.startswith(("FAILED ", "ERROR ")):
            return line.partition(" ")[2].partition(" - ")[0]
    return ""
