"""``combine``: the verb for random combinations of settings."""

# ruff: noqa: T201 - a console module

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import Any

from tests.hvac_templates.oracle.combinations import Combination, combinations, smaller
from tests.hvac_templates.oracle.judge import FAULTS, Judgement, judge
from tests.hvac_templates.oracle.places import manifest

_SHOWN = 8


def add_combine(verbs: Any) -> None:  # noqa: ANN401 - what argparse returns for sub-parsers has no public type
    """``combine EXAMPLE N``: many fields at once, at random."""
    text = "set many fields at random, compare the structure, run both expansions where it differs"
    parser: argparse.ArgumentParser = verbs.add_parser("combine", help=text, description=text)
    parser.set_defaults(command=_combine)
    parser.add_argument("name", metavar="EXAMPLE", help="an example (5ZonePTAC or PTAC), or: all")
    parser.add_argument("count", type=int, metavar="N", help="so many combinations (of each example)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--type", nargs="+", default=[], help="only fields of these templates, such as Zone:PTAC")
    parser.add_argument("--keep", type=Path, help="folder for the models that differ, to look at with diff FILE")
    parser.add_argument("--always-run", action="store_true", help="run expansions that are the same in structure, too")
    parser.add_argument("--verbose", action="store_true", help="say what differs in structure only, too")


def _combine(options: argparse.Namespace) -> int:
    names = list(manifest()) if options.name == "all" else [options.name]
    counts: Counter[str] = Counter()
    for name in names:
        for one in combinations(name, options.count, seed=options.seed, types=options.type):
            counts[_one(one, options)] += 1
    print(*(f"{count:5d}  {verdict}" for verdict, count in counts.most_common()), sep="\n")
    return int(any(verdict in FAULTS for verdict in counts))


def _one(combination: Combination, options: argparse.Namespace) -> str:
    judgement = judge(combination.model(), always_run=options.always_run)
    verdict = str(judgement.verdict)
    if judgement.verdict in FAULTS:
        combination = smaller(combination, lambda less: _judged(less) == verdict)
        verdict += " (signed)" if combination.explained(verdict) else ""
    elif judgement.structural:
        verdict += ", other objects"
    if judgement.verdict in FAULTS or (options.verbose and (judgement.verdict != "same" or judgement.structural)):
        print(_text(combination, verdict, judgement), flush=True)
        _keep(combination, options.keep)
    return verdict


def _judged(combination: Combination) -> str:
    return judge(combination.model(), always_run=False).verdict


def _text(combination: Combination, verdict: str, judgement: Judgement) -> str:
    lines = [f"{combination.label}: {verdict}", *judgement.reasons[:_SHOWN]]
    structure = judge(combination.model(), always_run=False).structure.splitlines()
    return "\n    ".join([*lines, *structure[: 2 * _SHOWN]])


def _keep(combination: Combination, folder: Path | None) -> None:
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"{combination.example}-{combination.number}.epJSON"
        file.write_text(json.dumps(combination.model(), indent=1), encoding="utf-8")
