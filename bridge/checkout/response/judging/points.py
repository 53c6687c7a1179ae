"""A finding for every point of the configs, from all that was seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bridge.checkout.response.expecting.plan import PairedPoint
from bridge.checkout.response.judging.evidence import Evidence
from bridge.checkout.response.judging.inputs import crossed_back, input_finding, unclear_finding
from bridge.checkout.response.judging.levels import level_finding
from bridge.checkout.response.judging.outputs import output_finding
from bridge.checkout.response.judging.telling import finding
from bridge.checkout.results import PointFinding, PointVerdict, Proof


def findings(evidence: Evidence) -> Iterator[PointFinding]:
    """In the order of the configs, one for every point."""
    plan = evidence.plan
    by_response = {one: found for one in plan.inputs if (found := input_finding(evidence, one)) is not None}
    proven = [one.name for one, found in by_response.items() if found.verdict is PointVerdict.PASS]
    for point in plan.points:
        if point in by_response:
            yield by_response[point]
        elif point in plan.outputs:
            yield output_finding(evidence, point)
        elif point in plan.inputs:
            yield _crossed_back(evidence, point, by_response) or _by_level(evidence, point, proven)
        else:
            yield _beyond(evidence, point)


def _by_level(evidence: Evidence, point: PairedPoint, proven: Sequence[str]) -> PointFinding:
    level = level_finding(evidence, point, proven)
    unclear = unclear_finding(evidence, point) if level.verdict is PointVerdict.NOT_PROVABLE else None
    return unclear or level


def _crossed_back(
    evidence: Evidence, point: PairedPoint, found: dict[PairedPoint, PointFinding]
) -> PointFinding | None:
    for other, failed in found.items():
        if failed.verdict is PointVerdict.FAIL and failed.other == str(point):
            return crossed_back(evidence, point, failed, other)
    return None


def _beyond(evidence: Evidence, point: PairedPoint) -> PointFinding:
    if point.point.is_kpi:
        says = f"{point.name} is an indicator that the simulation reckons; nothing else tells it from others"
    elif point.name in evidence.plan.kinds or evidence.plan.is_known(point.name):
        says = f"{point.name} is a set-point, which the building's own control follows as it likes"
    else:
        return finding(point, PointVerdict.NOT_TESTED, f"the simulation has no point {point.name}", proof=Proof.LEVEL)
    return finding(point, PointVerdict.NOT_PROVABLE, says, proof=Proof.LEVEL)
