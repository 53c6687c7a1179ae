"""Whether what a controller is shown is the right measurement."""

from __future__ import annotations

from bridge.checkout.response.expecting.plan import PairedPoint
from bridge.checkout.response.judging.evidence import Evidence
from bridge.checkout.response.judging.saying import answer_of, beside, delay_of, held_by, instead, value
from bridge.checkout.response.judging.telling import finding
from bridge.checkout.response.judging.which import is_called_like, is_understood, told_apart
from bridge.checkout.response.seeing.outcomes import Came, TrialOutcome
from bridge.checkout.response.seeing.shown import NeverChanged, constant, shown_values, shown_way
from bridge.checkout.results import MappingFault, PointFinding, PointVerdict


def input_finding(evidence: Evidence, point: PairedPoint) -> PointFinding | None:
    """What response tells of an input; None where nothing does."""
    for judge in (_frozen, _blamed, _right, _by_another_actuator):
        found = judge(evidence, point)
        if found is not None:
            return found
    return None


def unclear_finding(evidence: Evidence, point: PairedPoint) -> PointFinding | None:
    """Between which measurements nothing was told; None where none of them moved."""
    for one in evidence.of(point, Came.UNCLEAR):
        if one.trial.is_own and one.ranking is not None and one.ranking.second is not None:
            says = f"{answer_of(evidence.plan, one)}, and {one.ranking.second.name} as much: no pass between them"
            return finding(point, PointVerdict.NOT_PROVABLE, says, other=one.ranking.second.name)
    return None


def crossed_back(evidence: Evidence, point: PairedPoint, failed: PointFinding, of: PairedPoint) -> PointFinding | None:
    """The other end of a crossing: ``point`` has what ``of`` should have, and the reverse."""
    plan = evidence.plan
    if not (plan.expected(point).can_be(plan.kinds[of.name]) or is_called_like(plan, point, of.name)):
        return None
    says = f"{of} should have {point.name}, which this config pairs: {failed.says}"
    return finding(point, PointVerdict.FAIL, says, fault=MappingFault.CROSSED, other=str(of))


def _frozen(evidence: Evidence, point: PairedPoint) -> PointFinding | None:
    frozen = evidence.frozen(point.name)
    if frozen is not None:
        return _never_changed(point, frozen, evidence) if evidence.should_change(point) else None
    told = evidence.values(point.name)
    shown = constant(shown_values(point.point, told)) if told and point.point.object_type.is_analog else None
    if shown is None:
        return None
    fault = MappingFault.STUCK if shown.value else MappingFault.DEAD
    what = "nothing" if shown.value is None else f"always {shown.value:g}"
    span = f"from {value(evidence.plan, point.name, min(told))} to {value(evidence.plan, point.name, max(told))}"
    says = f"{point.name} went {span}, and the controller is shown {what}: look at the config's scale and limits"
    return finding(point, PointVerdict.FAIL, says, fault=fault)


def _never_changed(point: PairedPoint, frozen: NeverChanged, evidence: Evidence) -> PointFinding:
    tried = next((one for one in evidence.seen if one.trial.input is point), None)
    meanwhile = f", not even {answer_of(evidence.plan, tried)}" if tried is not None and tried.ranking is None else ""
    if frozen.value is None:
        says = f"{point.name} was told in no step, where others of its kind were"
    else:
        says = f"{point.name} was {value(evidence.plan, point.name, frozen.value)} in every step{meanwhile}"
    fault = MappingFault.STUCK if frozen.value else MappingFault.DEAD
    return finding(point, PointVerdict.FAIL, says, fault=fault)


def _blamed(evidence: Evidence, point: PairedPoint) -> PointFinding | None:
    why = evidence.blame.of.get(point)
    if why is None or why.ranking is None:
        return None
    plan, answered = evidence.plan, why.ranking.first.name
    words, other = held_by(plan, answered, point)
    says = f"{instead(plan, why)}{words and f'; {answered}{words}, is the one'}"
    drawn = evidence.blame.drawn.get(point)
    if drawn is not None:
        says += f"; whether this or {drawn} is wrong cannot be told from them alone"
    return finding(
        point,
        PointVerdict.FAIL,
        says,
        fault=_which_fault(evidence, point, answered),
        other=other,
        delay_s=delay_of(why),
    )


def _which_fault(evidence: Evidence, point: PairedPoint, answered: str) -> MappingFault:
    kinds = evidence.plan.kinds
    is_ours = any(one.equipment == point.equipment for one in evidence.plan.holders(answered))
    is_alike = kinds[answered].family == kinds[point.name].family
    return MappingFault.WRONG_ZONE if is_alike and not is_ours else MappingFault.CROSSED


def _right(evidence: Evidence, point: PairedPoint) -> PointFinding | None:
    right, other = evidence.of(point, Came.RIGHT), evidence.of(point, Came.OTHER)
    if not right:
        return None
    best = right[0]
    says = answer_of(evidence.plan, best) + beside(evidence.plan, best)
    if not best.trial.is_own and len(other) >= len(right):
        return finding(point, PointVerdict.NOT_PROVABLE, f"{says}; but {instead(evidence.plan, other[0])}")
    found = _as_shown(point, best, says)
    if found.verdict is PointVerdict.PASS and not is_understood(point):
        return told_apart(evidence.plan, point, found, is_own=best.trial.is_own)
    return found


def _as_shown(point: PairedPoint, best: TrialOutcome, says: str) -> PointFinding:
    within_s = best.ranking.first.within_s if best.ranking is not None else best.trial.effect.limit_s
    way = shown_way(point.point, best.moved, within_s)
    delay_s = delay_of(best)
    if way == -1:
        says = f"{says}; the controller sees it go the other way: look at the config's scale and reverse"
        is_reversed = point.point.object_type.is_binary or point.point.config.reverse
        fault = MappingFault.REVERSED if is_reversed else MappingFault.WRONG_SIGN
        return finding(point, PointVerdict.FAIL, says, fault=fault, delay_s=delay_s, direction="reverse")
    if way != 1:
        says = f"{says}; the controller sees no change of it, as no threshold or limit was crossed"
        return finding(point, PointVerdict.NOT_PROVABLE, says, delay_s=delay_s)
    return finding(point, PointVerdict.PASS, says, delay_s=delay_s, direction="direct")


def _by_another_actuator(evidence: Evidence, point: PairedPoint) -> PointFinding | None:
    """Its own actuator is wrong; one that belongs here by what else it moves has moved it."""
    ours = {one.name for one in evidence.plan.inputs if one.equipment == point.equipment and one is not point}
    proven = {name for name in ours if any(_is_proven(evidence, one) for one in evidence.plan.holders(name))}
    for tried in evidence.of(point, Came.OTHER):
        found = evidence.actuator_of(tried, [point.name])
        if found is not None and evidence.neighbours(found) & proven:
            return _as_shown(point, found, answer_of(evidence.plan, found) + beside(evidence.plan, found))
    return None


def _is_proven(evidence: Evidence, point: PairedPoint) -> bool:
    return point not in evidence.blame.of and any(one.trial.is_own for one in evidence.of(point, Came.RIGHT))
