"""How long a controller takes to answer, and what that means for fast loops in it (field notes 4)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bridge.check.quantities import quantity
from bridge.check.views import ControllerView, PointView
from bridge.exchange_delay import LIMIT_S, ExchangeDelay
from bridge.findings import Finding, Severity, Topic
from utils.settings import Settings
from utils.values import Role

_FAST = frozenset({"pressure", "volume flow", "mass flow"})
"""What fast loops measure."""


def simulated_delay_s(view: ControllerView, settings: Settings) -> float | None:
    """How old, in simulated seconds, an answer of the controller will be; None where the pace is not known before.

    As fast as possible, the pace is also the simulation's, which is not tried out here.
    """
    if view.exchange_s is None or settings.time_scale == 0:
        return None
    pace = settings.step_time_s / max(settings.period_s, view.exchange_s)
    return ExchangeDelay(settings.step_time_s, scan_with_simulation=False).seconds(pace)


def delay_findings(view: ControllerView, points: Sequence[PointView], settings: Settings) -> Iterator[Finding]:
    """What the time of an exchange does at the configured pace."""
    if view.exchange_s is None:
        return
    if settings.period_s and view.exchange_s > settings.period_s:
        took, period = f"{view.exchange_s:.2f} s", f"{settings.period_s:.2f} s"
        what = f"a batch of reads takes {took}, but a step lasts {period}: steps will be late"
        yield Finding(Severity.WARNING, Topic.DELAY, view.address, what)
    fast = _fast_loops(points)
    delay_s = simulated_delay_s(view, settings)
    if fast and (delay_s is None or delay_s > LIMIT_S):
        age = "of an unknown age (BOP_TIME_SCALE=0)" if delay_s is None else f"{delay_s:.0f} simulated s old"
        what = (
            f"its answers will be {age}: above {LIMIT_S:g} s a fast loop in it ({', '.join(fast)}) hunts; "
            "shorten BOP_STEP_TIME or lower BOP_TIME_SCALE to 1"
        )
        yield Finding(Severity.WARNING, Topic.DELAY, view.address, what)


def _fast_loops(points: Sequence[PointView]) -> list[str]:
    """What a fast loop may be closed over: measured pressures and flows, where the controller commands anything."""
    if not any(view.point.role is Role.READ for view in points):
        return []
    return [
        view.point.ecy_point for view in points if view.point.role is not Role.READ and quantity(view.point) in _FAST
    ]
