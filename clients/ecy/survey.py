"""How the objects of a controller are found: name, value, service, priority array, units (ecy-rest-api §7.4, §12)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from clients.ecy.batch import BatchReply, BatchRequest, BatchSender, is_missing
from clients.ecy.wire import (
    flag_of,
    is_in_fault,
    name_of,
    object_url,
    priority_array_of,
    sample_of,
    units_of,
    unwrap,
    words_of,
)
from clients.http.funnel import Json
from clients.object_limits import limit_properties, limits_of
from utils.values import ObjectLimits, ObjectRef, ObjectState, ObjectType, Quality, Sample

PRESENT_VALUE, STATUS_FLAGS = "present-value", "status-flags"
_FAILED = 500


@dataclass(slots=True)
class FlagsTold:
    """Whether a controller tells status flags beside values: nobody has seen one do it, or refuse it."""

    may_be_selected: bool = True
    """False once selections were refused for them."""
    are_selected: bool = False
    """Whether the last selection had them in it, so that exchanges may ask for values in the same way."""


def survey(batch: BatchSender, refs: Sequence[ObjectRef], flags: FlagsTold) -> dict[ObjectRef, ObjectState]:
    """The state of each object, as far as the controller tells. An object that does not answer has no present-value.

    One batch of selections; firmware that refuses them is asked property by property.
    """
    told = _selected(batch, refs, *([STATUS_FLAGS] if flags.may_be_selected else []))
    if flags.may_be_selected and refs and not told:
        told = _selected(batch, refs)
        flags.may_be_selected = not told
    flags.are_selected = any(is_in_fault(body.get(STATUS_FLAGS)) is not None for body in told.values())
    states = {ref: _state(ref, body) for ref, body in told.items()}
    return states | _by_property(batch, [ref for ref in refs if ref not in told])


def limits_told(batch: BatchSender, refs: Sequence[ObjectRef]) -> dict[ObjectRef, ObjectLimits]:
    """What each object says that it takes, in one batch; what is refused or unknown there is not told."""
    wanted = [(ref, name) for ref in refs for name in limit_properties(ref.bacnet_type)]
    replies = batch.send([BatchRequest("GET", f"{object_url(ref)}/{name}") for ref, name in wanted])
    told: dict[ObjectRef, dict[str, Json]] = {ref: {} for ref in refs}
    for (ref, name), reply in zip(wanted, replies, strict=True):
        if reply.is_success:
            told[ref][name] = unwrap(reply.body)
    return {ref: limits_of(properties) for ref, properties in told.items()}


def properties_of(object_type: ObjectType) -> tuple[str, ...]:
    """The properties of interest that objects of a type can have."""
    names = ["object-name", PRESENT_VALUE, "out-of-service"]
    if not object_type.is_input:
        names.append("priority-array")
    if not (object_type.is_binary or object_type.is_multi_state):
        names.append("units")
    return tuple(names)


def selection(ref: ObjectRef, *names: str) -> BatchRequest:
    """One question about several properties of an object."""
    return BatchRequest("GET", f"{object_url(ref)}?$select={','.join(names)}")


def selected(reply: BatchReply) -> dict[str, Json] | None:
    """The answer to a selection with a present-value in it; None when it is no such answer."""
    body = unwrap(reply.body) if reply.is_success else None
    return body if isinstance(body, dict) and PRESENT_VALUE in body else None


def _selected(batch: BatchSender, refs: Sequence[ObjectRef], *more: str) -> dict[ObjectRef, dict[str, Json]]:
    replies = batch.send([selection(ref, *properties_of(ref.object_type), *more) for ref in refs])
    told = ((ref, selected(reply)) for ref, reply in zip(refs, replies, strict=True))
    return {ref: body for ref, body in told if body is not None}


def _by_property(batch: BatchSender, refs: Sequence[ObjectRef]) -> dict[ObjectRef, ObjectState]:
    wanted = [(ref, name) for ref in refs for name in properties_of(ref.object_type)]
    replies = batch.send([BatchRequest("GET", f"{object_url(ref)}/{name}") for ref, name in wanted])
    told: dict[ObjectRef, dict[str, Json]] = {ref: {} for ref in refs}
    failures: dict[ObjectRef, list[BatchReply]] = {ref: [] for ref in refs}
    for (ref, name), reply in zip(wanted, replies, strict=True):
        if reply.is_success:
            told[ref][name] = reply.body
        else:
            failures[ref].append(reply)
    return {ref: _state(ref, told[ref], failures[ref]) for ref in refs}


def _state(ref: ObjectRef, told: Mapping[str, Json], failures: Sequence[BatchReply] = ()) -> ObjectState:
    sample = Sample(None, Quality.MISSING, words_of(failures[0].body) if failures else "")
    if PRESENT_VALUE in told:
        sample = sample_of(told[PRESENT_VALUE], ref.object_type)
    return ObjectState(
        present_value=sample,
        out_of_service=flag_of(told.get("out-of-service")),
        priority_array=priority_array_of(told.get("priority-array"), ref.object_type),
        units=units_of(told.get("units")),
        name=name_of(told.get("object-name")),
        is_missing=not told and any(is_missing(failure) for failure in failures),
        is_partial=any(failure.status == 0 or failure.status >= _FAILED for failure in failures),
        in_fault=is_in_fault(told.get(STATUS_FLAGS)),
    )
