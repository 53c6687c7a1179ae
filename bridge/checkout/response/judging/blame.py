"""Which points are wrong, when pairs of an actuator and a measurement do not belong together.

A pair alone does not tell which of the two is wrong. The one that fits with others is believed, and the one that fits
with fewest is blamed; where that is a draw, both are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bridge.checkout.response.expecting.plan import PairedPoint
from bridge.checkout.response.seeing.outcomes import Came, TrialOutcome


@dataclass
class Blame:
    """Of each blamed point the outcome that tells why, the clearest first. ``drawn`` are blamed with another one."""

    of: dict[PairedPoint, TrialOutcome] = field(default_factory=dict)
    drawn: dict[PairedPoint, PairedPoint] = field(default_factory=dict)


def blame(outcomes: Iterable[TrialOutcome], measured_by: Mapping[str, Sequence[str]]) -> Blame:
    """``measured_by`` are the simulation's measurements that each equipment pairs.

    Where the measurement that answered is another one of the same equipment, its actuator is right, and a measurement
    that is tried with another equipment's actuator does not tell of that actuator.
    """
    told = list(outcomes)
    found = Blame()
    unresolved = [one for one in told if one.came is Came.OTHER]
    for one in _of_inputs_alone(unresolved, measured_by):
        if _is_outvoted(one, told):
            found.of.setdefault(one.trial.input, one)
    unresolved = [one for one in unresolved if one.trial.is_own and one.trial.input not in found.of]
    while unresolved := [one for one in unresolved if not _ends(one) & found.of.keys()]:
        _blame_worst(found, unresolved, told)
    return found


def _of_inputs_alone(
    unresolved: Iterable[TrialOutcome], measured_by: Mapping[str, Sequence[str]]
) -> list[TrialOutcome]:
    return [
        one for one in unresolved if not one.trial.is_own or _answered(one) in measured_by[one.trial.input.equipment]
    ]


def _is_outvoted(one: TrialOutcome, told: Sequence[TrialOutcome]) -> bool:
    point = one.trial.input
    return _count(point, told, Came.OTHER) > _count(point, told, Came.RIGHT)


def _answered(one: TrialOutcome) -> str:
    return one.ranking.first.name if one.ranking is not None else ""


def _ends(one: TrialOutcome) -> set[PairedPoint]:
    return {one.trial.input, one.trial.output}


def _blame_worst(found: Blame, unresolved: Sequence[TrialOutcome], told: Sequence[TrialOutcome]) -> None:
    own = [one for one in told if one.trial.is_own]
    points = list(dict.fromkeys(point for one in unresolved for point in (one.trial.input, one.trial.output)))
    doubt = {point: _count(point, unresolved, Came.OTHER) - _count(point, own, Came.RIGHT) for point in points}
    worst = max(points, key=lambda point: doubt[point])
    why = next(one for one in unresolved if worst in _ends(one))
    found.of[worst] = why
    [partner] = _ends(why) - {worst}
    if doubt[partner] == doubt[worst]:
        found.of[partner] = why
        found.drawn |= {worst: partner, partner: worst}


def _count(point: PairedPoint, outcomes: Iterable[TrialOutcome], came: Came) -> int:
    return sum(one.came is came and point in _ends(one) for one in outcomes)
