"""What was seen, in sentences: numbers with the simulation's units, simulated time in minutes."""

from __future__ import annotations

from bridge.checkout.response.expecting.plan import PairedPoint, ResponsePlan
from bridge.checkout.response.seeing.courses import MovedActuator
from bridge.checkout.response.seeing.outcomes import TrialOutcome
from bridge.checkout.response.seeing.winners import MeasuredAnswer, Ranking


def answer_of(plan: ResponsePlan, outcome: TrialOutcome) -> str:
    """``with VAV_South/DamperCmd at 1, x_y rose by 0.3 m3/s within 2 min``: who answered, and how much."""
    ranking = outcome.ranking
    if ranking is None:
        return f"with {_moved(outcome)} nothing of its kind moved"
    return f"with {_moved(outcome)} {_standing(plan, ranking.first)} after {_minutes(outcome, ranking.first.within_s)}"


def instead(plan: ResponsePlan, outcome: TrialOutcome) -> str:
    """As above, and what the paired measurement did meanwhile."""
    ranking, name = outcome.ranking, outcome.trial.input.name
    within_s = ranking.first.within_s if ranking is not None else outcome.trial.effect.limit_s
    own = outcome.moved.response(name, within_s)
    unit = plan.unit(name)
    return f"{answer_of(plan, outcome)}; {name}, which this config pairs, moved by {_number(abs(own))} {unit}".rstrip()


def beside(plan: ResponsePlan, outcome: TrialOutcome) -> str:
    """Against how many others it stands out."""
    ranking = outcome.ranking
    others = len(outcome.candidates) - 1
    if ranking is None or others < 1:
        return "; there is no other of its kind"
    if ranking.second is None:
        return f"; {others} more of its kind did not"
    return f"; of {others} more of its kind the next is {ranking.second.name} with {_amount(plan, ranking.second)}"


def held_by(plan: ResponsePlan, name: str, but: PairedPoint) -> tuple[str, str]:
    """Which points are paired with something, in words, and one of them that should not be; else its own name."""
    holders = sorted((one for one in plan.holders(name) if one is not but), key=lambda one: plan.is_meant(one, name))
    if not holders:
        return "", name
    return f", which {' and '.join(map(str, holders))} {'pairs' if len(holders) == 1 else 'pair'}", str(holders[0])


def between(ranking: Ranking) -> str:
    """The two that do not differ enough."""
    second = f" and {ranking.second.name}" if ranking.second is not None else ""
    return f"{ranking.first.name}{second}"


def delay_of(outcome: TrialOutcome) -> float | None:
    """Simulated s until the first to answer had moved by what counts."""
    if outcome.ranking is None:
        return None
    name = outcome.ranking.first.name
    return outcome.moved.delay_s(name, outcome.ranking.first.within_s, outcome.observed.least(name))


def value(plan: ResponsePlan, name: str, number: float) -> str:
    """A number with the simulation's unit."""
    return f"{_number(number)} {plan.unit(name)}".rstrip()


def _moved(outcome: TrialOutcome) -> str:
    moved: MovedActuator = outcome.moved
    if (moved.low, moved.high) == (0.0, 1.0):
        return f"{outcome.trial.output} ({moved.name}) at 100 % instead of 0 %"
    return f"{outcome.trial.output} ({moved.name}) at {moved.high:g} instead of {moved.low:g}"


def _standing(plan: ResponsePlan, standing: MeasuredAnswer) -> str:
    way = "rose" if standing.response > 0 else "fell"
    return f"{standing.name} {way} by {_amount(plan, standing)}"


def _amount(plan: ResponsePlan, standing: MeasuredAnswer) -> str:
    return value(plan, standing.name, abs(standing.response))


def _minutes(outcome: TrialOutcome, within_s: float) -> str:
    step_s = outcome.moved.step_s
    return f"{within_s // step_s * step_s / 60:g} min"


def _number(number: float) -> str:
    return f"{number:.3g}" if number == number else "nobody knows what"
