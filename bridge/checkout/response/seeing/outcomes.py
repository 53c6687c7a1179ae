"""What came of each trial: the paired measurement answered, or another one, or the wrong way, or nobody clearly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from bridge.checkout.response.expecting.plan import ResponsePlan, Trial
from bridge.checkout.response.seeing.courses import MovedActuator, values_in
from bridge.checkout.response.seeing.winners import STANDS_OUT, STANDS_OUT_ALONE, Observed, Ranking
from points.meanings import Measure, Medium, Spot, Use, meaning_of

_OUTDONE = 5.0
_CLEARLY_K = 2.0
"""Outdoor and return air that are nearer to each other do not tell towards which of them mixed air goes."""


class Came(Enum):
    """What came of a trial."""

    RIGHT = auto()
    OTHER = auto()
    """Another measurement of the kind answered, and clearly."""
    WRONG_WAY = auto()
    UNCLEAR = auto()


@dataclass(frozen=True, slots=True)
class TrialOutcome:
    """A trial, what was seen, and who answered; nobody where the ranking is None."""

    trial: Trial
    came: Came
    moved: MovedActuator
    observed: Observed
    ranking: Ranking | None = None
    candidates: tuple[str, ...] = ()


def outcomes(plan: ResponsePlan, observed: Observed) -> list[TrialOutcome]:
    """Of every trial whose actuator was moved."""
    moved = {one.name: one for one in observed.moved}
    tried = [trial for trial in plan.trials if trial.output.name in moved]
    return [_outcome(plan, observed, trial, moved[trial.output.name]) for trial in tried]


def better_of(one: TrialOutcome | None, other: TrialOutcome) -> TrialOutcome:
    """Of two situations: the one that was clear, the first where both were."""
    return other if one is None or (one.came is Came.UNCLEAR and other.came is not Came.UNCLEAR) else one


def _outcome(plan: ResponsePlan, observed: Observed, trial: Trial, moved: MovedActuator) -> TrialOutcome:
    names = plan.candidates(trial)
    limit_s = min(trial.effect.limit_s, moved.step_s * len(moved.at_low))
    stands_out = STANDS_OUT if trial.is_told else STANDS_OUT_ALONE
    sign = _sign(trial, observed, plan)
    ranking = observed.ranking(moved, names, limit_s, sign, stands_out)
    came = _came(trial.input.name, ranking, observed, moved)
    if sign and came is Came.UNCLEAR:
        other_way = observed.ranking(moved, names, limit_s, 0, stands_out)
        if _came(trial.input.name, other_way, observed, moved) is Came.RIGHT:
            ranking, came = other_way, Came.WRONG_WAY
    if came is Came.RIGHT and ranking is not None and _is_outdone(plan, observed, trial, ranking):
        came = Came.UNCLEAR
    return TrialOutcome(trial, came, moved, observed, ranking, tuple(names))


def _is_outdone(plan: ResponsePlan, observed: Observed, trial: Trial, ranking: Ranking) -> bool:
    """Whether another actuator of the equipment, of which nobody expects it, moves the measurement much more."""
    others = [one for one in plan.outputs if one.equipment == trial.output.equipment and one is not trial.output]
    names = {one.name for one in others if not plan.has_effect(one, trial.effect.kind)}
    first = ranking.first
    answers = [abs(one.response(first.name, first.within_s)) for one in observed.moved if one.name in names]
    return trial.is_told and any(answer > _OUTDONE * abs(first.response) for answer in answers)


def _came(name: str, ranking: Ranking | None, observed: Observed, moved: MovedActuator) -> Came:
    if ranking is None or not ranking.is_clear:
        return Came.UNCLEAR
    return Came.RIGHT if ranking.first.name == name else Came.OTHER


def _sign(trial: Trial, observed: Observed, plan: ResponsePlan) -> int:
    if not trial.effect.towards:
        return trial.effect.sign
    outdoor = _mean(plan, observed, Medium.OUTDOOR_AIR, Spot.WEATHER)
    back = _mean(plan, observed, Medium.RETURN_AIR, Spot.DUCT)
    if outdoor is None or back is None or abs(outdoor - back) < _CLEARLY_K:
        return 0
    return trial.effect.towards * (1 if outdoor > back else -1)


def _mean(plan: ResponsePlan, observed: Observed, medium: Medium, place: Spot) -> float | None:
    for name in plan.kinds:
        meaning = meaning_of(name)
        if meaning is None or meaning.use is not Use.MEASURED:
            continue
        if (meaning.medium, meaning.place, meaning.measure) == (medium, place, Measure.TEMPERATURE):
            told: Sequence[float] = values_in(observed.base, name)
            return sum(told) / len(told) if told else None
    return None
