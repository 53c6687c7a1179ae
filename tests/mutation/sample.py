"""Which mutants are judged: a seeded sample that takes turns between the files."""

from __future__ import annotations

import ast
import random
from dataclasses import dataclass
from pathlib import Path

from tests.mutation.mutants import sites

SAMPLED = ("ledger/**/*.py", "bridge/link/*.py", "equipment/write_plan.py", "supervisory/guard/*.py")


@dataclass(frozen=True, slots=True)
class Mutant:
    """One wrong in one file, counted as ``mutants.sites`` does."""

    file: str
    number: int
    line: int
    what: str

    @property
    def key(self) -> str:
        """What tells it from the others of the same tree."""
        return f"{self.file}:{self.line} #{self.number}"


def sampled_files(root: Path) -> list[str]:
    """The files that mutants are made of, relative to the tree."""
    return sorted(path.relative_to(root).as_posix() for pattern in SAMPLED for path in root.glob(pattern))


def sample(root: Path, seed: int, count: int) -> list[Mutant]:
    """So many mutants, one of each file in turns: short files are looked at as closely as long ones."""
    chance = random.Random(seed)  # noqa: S311 - a sample, not a secret
    left = []
    for file in sampled_files(root):
        found = enumerate(sites(ast.parse((root / file).read_text(encoding="utf-8"))))
        mutants = [Mutant(file, number, site.line, site.what) for number, site in found]
        chance.shuffle(mutants)
        left.append(mutants)
    chosen: list[Mutant] = []
    while len(chosen) < count and any(left):
        chosen += [mutants.pop() for mutants in left if mutants]
    return chosen[:count]
