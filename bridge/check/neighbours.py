"""Who else is at the objects that we write: event bindings that write them too, BACnet peers that listen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bridge.check.views import ControllerView, PointView
from bridge.findings import Finding, Severity, Topic
from clients.ecy_device_client import API, Binding, object_url
from utils.values import ObjectRef, Role


def neighbour_findings(controller: ControllerView, points: Sequence[PointView]) -> Iterator[Finding]:
    """The neighbours of one controller, for the points on it."""
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
