"""What is remarkable about one controller: its certificate, how long it takes to answer, who else is at its objects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bridge.check.views import ControllerView, PointView, quantity
from bridge.exchange_delay import LIMIT_S, ExchangeDelay
from bridge.findings import Finding, Severity, Topic
from clients.device_client import Binding
from clients.ecy_device_client import API, object_url
from utils.settings import Settings
from utils.values import ObjectRef, Role

_FAST = frozenset({"pressure", "volume flow", "mass flow"})
"""What fast loops measure."""


def certificate_findings(view: ControllerView, policy: str) -> Iterator[Finding]:
    """How far the controller has shown who it is; over BACnet nobody shows that, and nobody asks."""
    if not view.has_account:
        return
    if policy == "off":
        what = "its certificate is not looked at (ECY_TLS=off): whoever answers gets the password"
        yield Finding(Severity.WARNING, Topic.CERTIFICATE, view.address, what)
    elif view.is_reached and view.is_new:
        what = (
            "there is no record of its certificate: the first run trusts it from then on; compare it with what the "
            "controller's own page shows"
        )
        yield Finding(Severity.NOTE, Topic.CERTIFICATE, view.address, what)


def simulated_delay_s(view: ControllerView, settings: Settings) -> float | None:
    """How old, in simulated seconds, an answer of the controller will be; None where the pace is not known before.

    As fast as possible, the pace is also the simulation's, which is not tried out here.
    """
    if view.exchange_s is None or settings.time_scale == 0:
        return None
    pace = settings.step_time_s / max(settings.period_s, view.exchange_s)
    return ExchangeDelay(settings.step_time_s, scan_with_simulation=False).seconds(pace)


def delay_findings(view: ControllerView, points: Sequence[PointView], settings: Settings) -> Iterator[Finding]:
    """What the time of an exchange does at the configured pace, to fast loops above all (field notes 4)."""
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


def neighbour_findings(controller: ControllerView, points: Sequence[PointView]) -> Iterator[Finding]:
    """Who else is at the points of one controller: event bindings that write them too, BACnet peers that listen."""
    written = {view.ref: view for view in points if view.ref is not None and view.point.role is not Role.READ}
    yield from _subscribers(controller, written)
    for binding in controller.bindings:
        for ref, view in written.items():
            if _is_at(binding.element_b, ref):
                yield _bound(binding, view)


def _subscribers(controller: ControllerView, written: Mapping[ObjectRef, PointView]) -> Iterator[Finding]:
    listeners: dict[str, list[str]] = {}
    for subscription in controller.subscriptions:
        if subscription.ref is not None and subscription.ref in written:
            listeners.setdefault(subscription.recipient, []).append(written[subscription.ref].point.ecy_point)
    for recipient, names in listeners.items():
        what = f"BACnet device {recipient} listens to {', '.join(names)} and will take simulated values for real ones"
        yield Finding(Severity.WARNING, Topic.SUBSCRIBER, controller.address, what)


def _bound(binding: Binding, view: PointView) -> Finding:
    slot = "a slot that it does not tell" if binding.write_priority is None else f"slot {binding.write_priority}"
    what = f"the binding {binding.name} writes it too, from {binding.element_a.rpartition('objects/')[2]} into {slot}"
    if view.point.role is Role.FORCED:
        return Finding(Severity.WARNING, Topic.BINDING, view.where, f"{what}, while we force it")
    ours = view.point.priority
    if binding.write_priority == ours:
        return Finding(Severity.WARNING, Topic.BINDING, view.where, f"{what}, which is ours: the two will flip-flop")
    if binding.write_priority is not None and binding.write_priority > ours:
        return Finding(Severity.NOTE, Topic.BINDING, view.where, f"{what}, which is weaker than ours ({ours})")
    return Finding(Severity.WARNING, Topic.BINDING, view.where, f"{what}; ours is {ours}")


def _is_at(element: str, ref: ObjectRef) -> bool:
    """Whether a data path of a binding (without the API's prefix, ecy-rest-api §6) is an object or inside it."""
    path = object_url(ref).removeprefix(API)
    return f"{element}/".removeprefix(API).startswith(f"{path}/")
