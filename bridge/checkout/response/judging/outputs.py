"""Whether what a controller commands moves the right actuator, and the right way."""

from __future__ import annotations

from bridge.checkout.response.expecting.plan import PairedPoint
from bridge.checkout.response.judging.evidence import Evidence
from bridge.checkout.response.judging.saying import answer_of, beside, between, delay_of, held_by, instead
from bridge.checkout.response.judging.telling import finding
from bridge.checkout.response.judging.which import told_apart
from bridge.checkout.response.seeing.outcomes import Came, TrialOutcome
from bridge.checkout.response.seeing.shown import commanded_way
from bridge.checkout.results import MappingFault, PointFinding, PointVerdict
from points.meanings import meaning_of


def output_finding(evidence: Evidence, point: PairedPoint) -> PointFinding:
    """What response tells of an output."""
    taken = evidence.taken_for_another.get(point)
    if taken is not None:
        return _taken_for_another(evidence, point, taken)
    why = evidence.blame.of.get(point)
    if why is not None:
        return _blamed(evidence, point, why)
    wrong = [one for one in evidence.of(point, Came.WRONG_WAY) if one.trial.is_own]
    right = [one for one in evidence.of(point, Came.RIGHT) if one.trial.is_own]
    if len(wrong) > sum(one.trial.effect.has_a_way for one in right):
        return _wrong_way(evidence, point, wrong[0])
    return _right(evidence, point, right[0]) if right else _unclear(evidence, point)


def _taken_for_another(evidence: Evidence, point: PairedPoint, taken: TrialOutcome) -> PointFinding:
    plan, meant = evidence.plan, evidence.plan.actuator(point)
    others = [
        one for one in plan.outputs if one is not point and meant is not None and _is_one(evidence, one, meant.words)
    ]
    other = next((one for one in others if one.equipment == point.equipment), others[0] if others else None)
    hint = f"; {other.name}, which {other} pairs, is called so" if other is not None else ""
    says = f"{answer_of(plan, taken)}, which is not what {meant.words if meant else 'it'} does{hint}"
    return finding(
        point,
        PointVerdict.FAIL,
        says,
        fault=MappingFault.CROSSED,
        other=str(other) if other else None,
        delay_s=delay_of(taken),
    )


def _is_one(evidence: Evidence, output: PairedPoint, words: str) -> bool:
    found = meaning_of(output.name)
    return found is not None and found.words == words


def _blamed(evidence: Evidence, point: PairedPoint, why: TrialOutcome) -> PointFinding:
    plan = evidence.plan
    ours = [one.name for one in plan.inputs if one.equipment == point.equipment]
    found = evidence.actuator_of(why, ours)
    says, other = instead(plan, why), None
    if found is not None:
        words, other = held_by(plan, found.moved.name, point)
        says += f"; {_answered(found)} is moved by {found.moved.name}{words}"
    elif why.ranking is not None:
        words, other = held_by(plan, why.ranking.first.name, point)
        says += f"; {why.ranking.first.name}{words or ', which no config pairs'}"
    drawn = evidence.blame.drawn.get(point)
    if drawn is not None:
        says += f"; whether this or {drawn} is wrong cannot be told from them alone"
    return finding(point, PointVerdict.FAIL, says, fault=MappingFault.WRONG_ZONE, other=other, delay_s=delay_of(why))


def _answered(outcome: TrialOutcome) -> str:
    return outcome.ranking.first.name if outcome.ranking is not None else outcome.trial.input.name


def _wrong_way(evidence: Evidence, point: PairedPoint, wrong: TrialOutcome) -> PointFinding:
    says = f"{answer_of(evidence.plan, wrong)}, and should have gone the other way"
    return finding(
        point, PointVerdict.FAIL, says, fault=MappingFault.WRONG_SIGN, delay_s=delay_of(wrong), direction="reverse"
    )


def _right(evidence: Evidence, point: PairedPoint, best: TrialOutcome) -> PointFinding:
    says = answer_of(evidence.plan, best) + beside(evidence.plan, best)
    if commanded_way(point.point, best.moved.low, best.moved.high) < 0:
        says = f"{says}; but the controller commands less where it means more: right for a normally open one alone"
        return finding(
            point, PointVerdict.FAIL, says, fault=MappingFault.REVERSED, delay_s=delay_of(best), direction="reverse"
        )
    if evidence.is_misnamed(point):
        says = f"{says}; but the simulation calls it otherwise: no pass"
        return finding(point, PointVerdict.NOT_PROVABLE, says, delay_s=delay_of(best))
    found = finding(point, PointVerdict.PASS, says, delay_s=delay_of(best), direction="direct")
    return found if best.trial.is_told else told_apart(evidence.plan, point, found, is_own=True)


def _unclear(evidence: Evidence, point: PairedPoint) -> PointFinding:
    tried = [one for one in evidence.seen if one.trial.output is point]
    own = [one for one in tried if one.trial.is_own]
    ranked = next((one.ranking for one in own if one.ranking is not None), None)
    if not tried:
        says = f"{point.equipment} measures nothing that is known to move with it"
    elif not own:
        says = f"{point.equipment} measures nothing that moves with it alone; {answer_of(evidence.plan, tried[0])}"
    elif ranked is not None and ranked.second is not None:
        says = f"with {point.name} at its other end {between(ranked)} moved as much: no pass between them"
    else:
        names = ", ".join(dict.fromkeys(one.trial.input.name for one in own))
        says = f"with {point.name} at its other end none of these moved clearly: {names}"
    return finding(point, PointVerdict.NOT_PROVABLE, says)
