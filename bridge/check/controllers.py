"""Looks at one controller. Reads only: every question is a GET, alone or in a batch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import NamedTuple, TypeAlias

from bridge.check.views import ClockView, ControllerView
from bridge.link import Claim, claims_of, require_told
from clients.device_client import ControllerClient
from equipment.controller import Controller
from points import Point
from utils.clocks import Clocks
from utils.errors import DeviceError, DeviceRefused, ObjectError, Problems
from utils.values import ObjectRef, ObjectType, Role, Target


class _Subject(NamedTuple):
    """Who is looked at, and how."""

    controller: Controller
    client: ControllerClient
    clocks: Clocks


Stage: TypeAlias = Callable[[_Subject, ControllerView], ControllerView]


def look_at_controller(
    controller: Controller, client: ControllerClient, clocks: Clocks, reason: DeviceError | None = None
) -> ControllerView:
    """Ask one thing after the other; nothing, where there is a ``reason`` not to.

    What a run would fail for ends the looking, and so does a controller that stops answering. A refusal of anything
    else is noted.
    """
    subject = _Subject(controller, client, clocks)
    view = ControllerView(
        controller.address, client.has_account, controller.set_clock, has_new_certificate=client.is_new
    )
    try:
        if reason is not None:
            raise reason
        client.connect()
        view = replace(view, is_reached=True)
        for stage in _NEEDED:
            view = stage(subject, view)
        for stage in _WANTED:
            view = _noting_refusals(stage, subject, view)
        require_told(controller.address, view.claims, view.states)
    except DeviceError as error:
        view = replace(view, failure=error)
    return replace(view, fingerprint=client.fingerprint)


def _noting_refusals(stage: Stage, subject: _Subject, view: ControllerView) -> ControllerView:
    try:
        return stage(subject, view)
    except (ObjectError, DeviceRefused) as error:
        return replace(view, complaints=(*view.complaints, error))


def _names(subject: _Subject, view: ControllerView) -> ControllerView:
    controller = subject.controller
    problems = Problems()
    with problems.collecting():
        controller.bind()
    targets = [_target(controller, point) for point in controller.points]
    refs = {target: ref for target in targets if (ref := _find(subject.client, target)) is not None}
    elsewhere = {
        target: kind for target in targets if target not in refs and (kind := _found_as(subject.client, target))
    }
    return replace(
        view, problems=tuple(problems.found), refs=refs, found_as=elsewhere, claims=_claims(controller, refs)
    )


def _claims(controller: Controller, refs: Mapping[Target, ObjectRef]) -> tuple[Claim, ...]:
    """What a run would take, also where it could not because other names are wrong."""
    known = {
        ref: Claim(ref, point.ecy_point, point.role, point.priority, point.config.take_occupied)
        for point in controller.points
        if point.role is not Role.READ and (ref := refs.get(_target(controller, point))) is not None
    }
    return tuple({**known, **{claim.ref: claim for claim in claims_of(controller)}}.values())


def _target(controller: Controller, point: Point) -> Target:
    return Target(controller.address, point.object_type, point.ecy_point)


def _find(client: ControllerClient, target: Target) -> ObjectRef | None:
    try:
        return ObjectRef(target.object_type, client.get_instance_number(target.name, target.object_type))
    except ObjectError:
        return None


def _found_as(client: ControllerClient, target: Target) -> ObjectType | None:
    others = (kind for kind in ObjectType if _find(client, target._replace(object_type=kind)) is not None)
    return next(others, None)


def _states(subject: _Subject, view: ControllerView) -> ControllerView:
    refs = dict.fromkeys((*view.refs.values(), *(claim.ref for claim in view.claims)))
    return replace(view, states=subject.client.survey(refs))


def _exchange_time(subject: _Subject, view: ControllerView) -> ControllerView:
    """One batch of reads, as a step has it: the outputs, or whatever there is."""
    refs = _outputs(view.refs) or list(view.refs.values())
    if not refs:
        return view
    began_s = subject.clocks.monotonic()
    subject.client.read_values_from_endpoints(refs)
    return replace(view, exchange_s=subject.clocks.monotonic() - began_s)


def _outputs(refs: Mapping[Target, ObjectRef]) -> list[ObjectRef]:
    return [ref for ref in refs.values() if ref.object_type.is_output]


def _clock(subject: _Subject, view: ControllerView) -> ControllerView:
    clock = subject.client.clock
    if clock is None:
        return replace(view, clock=ClockView(subject.client.get_clock(), subject.clocks.wall()))
    state, host_unix = clock.get_clock(), subject.clocks.wall()
    listeners = () if view.set_clock is not None else clock.listeners()
    return replace(view, clock=ClockView(state, host_unix, tuple(listeners)))


def _bindings(subject: _Subject, view: ControllerView) -> ControllerView:
    return replace(view, bindings=tuple(subject.client.get_bindings()))


def _subscriptions(subject: _Subject, view: ControllerView) -> ControllerView:
    return replace(view, subscriptions=tuple(subject.client.get_cov_subscriptions()))


def _device_name(subject: _Subject, view: ControllerView) -> ControllerView:
    return replace(view, name=subject.client.get_device_name())


_NEEDED: tuple[Stage, ...] = (_names, _states)
_WANTED: tuple[Stage, ...] = (_exchange_time, _clock, _bindings, _subscriptions, _device_name)
