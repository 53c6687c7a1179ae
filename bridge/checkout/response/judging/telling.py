"""A finding of the response side, about one point."""

from __future__ import annotations

from bridge.checkout.response.expecting.plan import PairedPoint
from bridge.checkout.results import MappingFault, PointFinding, PointVerdict, Proof


def finding(
    point: PairedPoint,
    verdict: PointVerdict,
    says: str,
    *,
    fault: MappingFault | None = None,
    other: str | None = None,
    delay_s: float | None = None,
    direction: str | None = None,
    proof: Proof = Proof.RESPONSE,
) -> PointFinding:
    """``delay_s`` is simulated time; ``direction`` is ``direct`` or ``reverse``."""
    return PointFinding(
        point.equipment,
        point.point.ecy_point,
        proof,
        verdict,
        says,
        fault,
        other,
        direction=direction,
        delay_s=delay_s,
    )
