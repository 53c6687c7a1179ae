"""A mutation sample: ``python -m tests.mutation --seed 1 --count 300 --keep FOLDER``.

Looks first which tests run which lines (once for a folder), then judges each mutant by the tests that run its line.
Judged ones are noted in the folder; the same command goes on where it was ended.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.mutation.covering import Covered, read_covered
from tests.mutation.judging import Judge, copy_tree, environment
from tests.mutation.sample import Mutant, sample, sampled_files

ROOT = Path(__file__).resolve().parents[2]
_JUDGES = ("tests/ledger", "tests/bridge", "tests/equipment", "tests/supervisory", "tests/faults")
_ENOUGH = 0.9


def main() -> int:
    """Judge the sample; exit code 1 when less than nine tenths were killed."""
    options = _options()
    options.keep.mkdir(parents=True, exist_ok=True)
    mutants = sample(ROOT, options.seed, options.count)
    verdicts = _judged(mutants, _covered(options.keep, options.workers), options)
    survivors = [one for one in mutants if verdicts[one.key].startswith("survived")]
    for one in survivors:
        sys.stdout.write(f"{one.file}:{one.line}: {one.what}\n    {verdicts[one.key]}\n")
    killed = 1 - len(survivors) / len(mutants)
    sys.stdout.write(f"{len(mutants)} mutants, {len(survivors)} survived, {killed:.1%} killed\n")
    return 0 if killed >= _ENOUGH else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="the same seed is the same sample of the same tree")
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--workers", type=int, default=2, help="mutants judged side by side")
    longest = "leave out the slowest tests of other rooms, so that the rest takes so many seconds for a mutant"
    parser.add_argument("--longest", type=float, default=float("inf"), help=longest)
    parser.add_argument("--again", action="store_true", help="judge once more what has survived")
    parser.add_argument("--keep", type=Path, required=True, help="a folder for what was covered and judged")
    return parser.parse_args()


def _covered(keep: Path, workers: int) -> Covered:
    """Which tests run which lines, looked at once for a folder."""
    copy, noted = keep / "covered-tree", keep / "covered"
    if not (noted / "done").exists():
        noted.mkdir(exist_ok=True)
        copy_tree(ROOT, copy)
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-m",
            "",
            "-p",
            "tests.mutation.covering",
            "-n",
            str(workers),
            *_JUDGES,
        ]
        told = environment(noted, sampled_files(ROOT), copy)
        subprocess.run(command, cwd=copy, env=told, check=False)  # noqa: S603 - our own tests
        (noted / "done").touch()
    return read_covered(noted, copy)


def _judged(mutants: list[Mutant], covered: Covered, options: argparse.Namespace) -> dict[str, str]:
    """The verdict of each by its key; noted as soon as it is known."""
    notes = options.keep / f"judged-{options.seed}.jsonl"
    lines = notes.read_text(encoding="utf-8").splitlines() if notes.exists() else []
    verdicts: dict[str, str] = {note["mutant"]: note["verdict"] for note in map(json.loads, lines)}
    if options.again:
        verdicts = {key: verdict for key, verdict in verdicts.items() if not verdict.startswith("survived")}
    local, lock, numbers = threading.local(), threading.Lock(), iter(range(options.workers))

    def prepare() -> None:
        with lock:
            number = next(numbers)
        local.judge = Judge(ROOT, options.keep / f"tree-{number}", covered, options.longest)

    def judge(one: Mutant) -> None:
        verdict, by = local.judge.judge(one)
        note = {"mutant": one.key, "what": one.what, "verdict": verdict, "by": by}
        with lock, notes.open("a", encoding="utf-8") as file:
            file.write(json.dumps(note) + "\n")
            verdicts[one.key] = verdict
            sys.stderr.write(f"{len(verdicts)} {verdict}: {one.key} {one.what}\n")

    with ThreadPoolExecutor(options.workers, initializer=prepare) as workers:
        list(workers.map(judge, [one for one in mutants if one.key not in verdicts]))
    return verdicts


if __name__ == "__main__":
    sys.exit(main())
