"""The verbs of the oracle's command line. All print to the console and return 0 where the expansions agree."""

# ruff: noqa: T201 - a console module

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from hvac_templates.expand import expand
from tests.hvac_templates.oracle import fortran
from tests.hvac_templates.oracle.differences import compare, report
from tests.hvac_templates.oracle.judge import Judgement, count_differences, judge
from tests.hvac_templates.oracle.places import load, manifest
from tests.hvac_templates.oracle.runs import against_manifest, run
from tests.hvac_templates.oracle.sweep import Swept, as_json, sweep, table
from tests.hvac_templates.oracle.variants import of_some, sample, variants

Verbs = Any  # what argparse returns for sub-parsers has no public type
Run = Callable[[argparse.Namespace], int]


def _verb(verbs: Verbs, name: str, run: Run, text: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = verbs.add_parser(name, help=text, description=text)
    parser.set_defaults(command=run)
    return parser


def _names(given: Iterable[str]) -> list[str]:
    return [name for text in given for name in (manifest() if text == "all" else (text,))]


def add_diff(verbs: Verbs) -> None:
    """``diff NAME...``: object by object, field by field, whatever things are called."""
    parser = _verb(verbs, "diff", _diff, "compare our expansion with ExpandObjects' object by object")
    parser.add_argument("names", nargs="+", metavar="NAME", help="an example (5ZonePTAC or PTAC), a file, or: all")
    parser.add_argument("--set", dest="changes", action="append", default=[], metavar="TYPE.FIELD=VALUE")
    parser.add_argument("--keep", type=Path, help="folder to write both expansions to")


def _diff(options: argparse.Namespace) -> int:
    return max(_diff_one(name, options) for name in _names(options.names))


def _diff_one(name: str, options: argparse.Namespace) -> int:
    model = changed(load(name), options.changes)
    theirs, ours = fortran.expand(model), expand(model)
    print(f"== {name}")
    for text in theirs.said:
        print(f"  ExpandObjects: {text}")
    for message in ours.messages:
        print(f"  ours: {message}")
    if theirs.model is None or ours.model is None:
        print(f"  expanded: ExpandObjects {theirs.model is not None}, ours {ours.model is not None}")
        return int(theirs.model is not ours.model)
    if options.keep:
        _write(options.keep, f"{Path(name).stem}_fortran.epJSON", theirs.model)
        _write(options.keep, f"{Path(name).stem}_ours.epJSON", ours.model)
    comparison = compare(model, theirs.model, ours.model)
    print(report(comparison, "ExpandObjects", "ours"))
    return int(not comparison.same)


def add_example(verbs: Verbs) -> None:
    """``example NAME...``: the energies of both expansions and of the manifest."""
    parser = _verb(verbs, "example", _example, "expand both ways, run both, compare meters, zones, severes and counts")
    parser.add_argument("names", nargs="+", metavar="NAME", help="an example (5ZonePTAC or PTAC), a file, or: all")
    parser.add_argument("--set", dest="changes", action="append", default=[], metavar="TYPE.FIELD=VALUE")
    parser.add_argument("--year", action="store_true", help="a year instead of the two days of the file")


def _example(options: argparse.Namespace) -> int:
    return max(_example_one(name, options) for name in _names(options.names))


def _example_one(name: str, options: argparse.Namespace) -> int:
    model = changed(load(name), options.changes)
    judgement = judge(model, year=options.year)
    lines = list(judgement.reasons)
    ours, theirs = expand(model).model, fortran.expand(model).model
    if ours is not None and theirs is not None:
        lines += [f"objects of {line}" for line in count_differences(theirs, ours)]
    if ours is not None and not options.changes:
        lines += [f"manifest: {line}" for line in against_manifest(name, run(ours, year=options.year), options.year)]
    warned = f" (warnings {judgement.warnings[0]} | {judgement.warnings[1]})" if judgement.warnings else ""
    print(f"{name}: {judgement.verdict}{warned}", *lines, sep="\n    ")
    return int(judgement.verdict != "same" or bool(lines))


def add_sweep(verbs: Verbs) -> None:
    """``sweep``: every choice of every choice field of every template, one at a time."""
    parser = _verb(verbs, "sweep", _sweep, "set each template field to each of its choices, expand both ways, run both")
    parser.add_argument("--type", default="", help="one template type only, such as Zone:PTAC")
    parser.add_argument("--field", default="", help="one field only")
    parser.add_argument("--fields", choices=("choices", "numbers", "schedules", "blanks"), default="choices")
    parser.add_argument("--everywhere", action="store_true", help="in all examples that have the type, not only in one")
    parser.add_argument("--some", action="store_true", help="set it in one of several templates, and in all but one")
    parser.add_argument("--sample", type=int, help="so many variants, always the same")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--quick", action="store_true", help="expansions that are the same in structure do not run")
    parser.add_argument("--share", type=float, default=1.0, help="of those, this share runs (0 to 1; default 1)")
    parser.add_argument("--seed", type=int, default=1, help="of the draw of that share")
    parser.add_argument("--json", type=Path, help="file for all results")
    parser.add_argument("--verbose", action="store_true", help="say what differs in structure, too")


def _sweep(options: argparse.Namespace) -> int:
    chosen = variants(options.fields, kind=options.type, field=options.field, everywhere=options.everywhere)
    chosen = list(of_some(chosen)) if options.some else chosen
    chosen = chosen if options.sample is None else sample(chosen, options.sample)
    results: list[Swept] = []
    share = 0.0 if options.quick else options.share
    for one in sweep(chosen, jobs=options.jobs, run_share=share, seed=options.seed):
        results.append(one)
        if one.judgement.verdict != "same" or (one.judgement.structural and options.verbose):
            print(_swept_text(one, verbose=options.verbose), flush=True)
    if options.json:
        options.json.write_text(as_json(results), encoding="utf-8")
    unexplained = sum(one.unexplained for one in results)
    structural = sum(one.judgement.verdict == "same" and one.judgement.structural > 0 for one in results)
    print(table(results), f"{structural:5d}  same energies, other objects", f"{unexplained:5d}  unexplained", sep="\n")
    return int(unexplained > 0)


def _swept_text(one: Swept, *, verbose: bool) -> str:
    judgement: Judgement = one.judgement
    mark = f" (signed: {one.explained})" if one.explained else ""
    lines = [f"{one.variant.label}: {judgement.verdict}{mark}", *judgement.reasons[:4]]
    lines += judgement.structure.splitlines() if verbose else []
    return "\n    ".join(lines)


def changed(model: dict[str, Any], changes: Iterable[str]) -> dict[str, Any]:
    """The model with ``TYPE.FIELD=VALUE`` set on all objects of the type; an empty value takes the field away."""
    for change in changes:
        place, _, text = change.partition("=")
        kind, _, field = place.rpartition(".")
        type_name = kind if kind in model else f"HVACTemplate:{kind}"
        for fields in model[type_name].values():
            fields.pop(field, None)
            fields.update({field: _parsed(text)} if text else {})
    return model


def _parsed(text: str) -> str | float:
    try:
        return float(text)
    except ValueError:
        return text


def _write(folder: Path, name: str, model: dict[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(json.dumps(model, indent=1, sort_keys=True), encoding="utf-8")
