"""One model, expanded by ExpandObjects and by us, and what the engine makes of both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from hvac_templates.expand import expand
from tests.hvac_templates.oracle import fortran
from tests.hvac_templates.oracle.cells import IGNORED_TYPES
from tests.hvac_templates.oracle.differences import compare, report
from tests.hvac_templates.oracle.runs import Outcome, differences, run

Verdict: TypeAlias = Literal["same", "differs", "we refuse", "ours fails", "not refused", "only ours runs", "neither"]
"""``we refuse`` / ``ours fails``: theirs runs, ours does not exist / does not run. ``not refused``: neither model runs,
and we did not say so. ``neither``: theirs does not run and we refuse the model, as we should."""

FAULTS: frozenset[Verdict] = frozenset({"differs", "we refuse", "ours fails", "not refused"})
"""The verdicts that need an explanation."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict on one model, why, the structural differences as text (empty where there are none) and how many they
    are, and how many warnings the engine had for theirs and for ours.
    """

    verdict: Verdict
    reasons: Sequence[str]
    structure: str = ""
    structural: int = 0
    warnings: tuple[int, int] | None = None


def judge(model: Mapping[str, Mapping[str, Any]], *, year: bool = False, always_run: bool = True) -> Judgement:
    """Expand both ways and run both; without ``always_run`` only expansions that are not the same object by object."""
    theirs, ours = fortran.expand(model), expand(model)
    said = [str(message) for message in ours.messages if message.severity == "error"]
    if ours.model is None:
        runs = theirs.model is not None and run(theirs.model, year=year).completed
        return Judgement("we refuse" if runs else "neither", said)
    if theirs.model is None:
        found = run(ours.model, year=year)
        return Judgement("only ours runs" if found.completed else "not refused", found.first_severes or theirs.said)
    comparison = compare(model, theirs.model, ours.model)
    structure = "" if comparison.same else report(comparison, "ExpandObjects", "ours")
    count = len(comparison.differences) + len(comparison.only_one) + len(comparison.only_other)
    if comparison.same and not always_run:
        return Judgement("same", ())
    outcomes = run(theirs.model, year=year), run(ours.model, year=year)
    verdict, reasons = _verdict(*outcomes)
    return Judgement(verdict, reasons, structure, count, (outcomes[0].warnings, outcomes[1].warnings))


def _verdict(theirs: Outcome, ours: Outcome) -> tuple[Verdict, Sequence[str]]:
    if not theirs.completed:
        return ("only ours runs", ()) if ours.completed else ("not refused", ours.first_severes)
    if not ours.completed:
        return "ours fails", ours.first_severes
    found = differences(theirs, ours)
    return ("differs" if found else "same"), found


def count_differences(theirs: Mapping[str, Any], ours: Mapping[str, Any]) -> list[str]:
    """The types of which the two expansions have different numbers of objects."""
    counts = [Counter({kind: len(objects) for kind, objects in model.items()}) for model in (theirs, ours)]
    kinds = sorted((counts[0].keys() | counts[1].keys()) - IGNORED_TYPES)
    return [f"{kind}: {counts[0][kind]} | {counts[1][kind]}" for kind in kinds if counts[0][kind] != counts[1][kind]]
