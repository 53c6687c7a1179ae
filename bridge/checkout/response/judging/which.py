"""Which of an equipment's points it is, where the right equipment answered and the table does not know the name."""

from __future__ import annotations

from dataclasses import replace

from bridge.checkout.response.expecting.kinds import kind_meant
from bridge.checkout.response.expecting.plan import PairedPoint, ResponsePlan
from bridge.checkout.results import MappingFault, PointFinding, PointVerdict


def told_apart(plan: ResponsePlan, point: PairedPoint, passed: PointFinding, *, is_own: bool) -> PointFinding:
    """A pass, if the point is called like what it is paired with, or there is nothing else that it could be."""
    rivals = plan.rivals(point, is_of_equipment=is_own)
    alike = plan.called_alike(point, rivals)
    if rivals == [point.name] or alike == [point.name]:
        return passed
    if len(alike) == 1 and (other := _crossed_with(plan, point, alike[0])) is not None:
        says = f"{passed.says}; but {alike[0]}, which {other} pairs, is called like this point, and the reverse"
        return replace(
            passed, verdict=PointVerdict.FAIL, says=says, fault=MappingFault.CROSSED, other=str(other), direction=None
        )
    others = [name for name in alike or rivals if name != point.name]
    says = f"{passed.says}; its name does not tell it from {' and '.join(others)}: no pass between them"
    return replace(passed, verdict=PointVerdict.NOT_PROVABLE, says=says, other=others[0])


def is_understood(point: PairedPoint) -> bool:
    """Whether the controller's own name says what kind it is."""
    return kind_meant(point.point) is not None


def is_called_like(plan: ResponsePlan, point: PairedPoint, name: str) -> bool:
    """Whether of all that a point could be in its equipment this is called like it, and nothing else."""
    return plan.called_alike(point, plan.rivals(point, is_of_equipment=True)) == [name]


def _crossed_with(plan: ResponsePlan, point: PairedPoint, name: str) -> PairedPoint | None:
    here = [one for one in plan.holders(name) if one.equipment == point.equipment]
    return next((one for one in here if is_called_like(plan, one, point.name)), None)
