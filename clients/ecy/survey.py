"""How the objects of a controller are found: name, value, service, priority array, units (ecy-rest-api §7.4, §12)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from clients.ecy.batch import BatchReply, BatchRequest, BatchSender, is_missing
from clients.ecy.wire import flag_of, name_of, object_url, priority_array_of, sample_of, units_of, unwrap, words_of
from clients.http.funnel import Json
from utils.values import ObjectRef, ObjectState, ObjectType, Quality, Sample

_FAILED = 500


def survey(batch: BatchSender, refs: Sequence[ObjectRef]) -> dict[ObjectRef, ObjectState]:
    """The state of each object, as far as the controller tells. An object that does not answer has no present-value.

    One batch of selections; firmware that refuses them is asked property by property.
    """
    replies = batch.send([_selection(ref) for ref in refs])
    told = {
        ref: body
        for ref, reply in zip(refs, replies, strict=True)
        if reply.is_success and isinstance(body := unwrap(reply.body), dict) and "present-value" in body
    }
    states = {ref: _state(ref, body) for ref, body in told.items()}
    return states | _by_property(batch, [ref for ref in refs if ref not in told])


def properties_of(object_type: ObjectType) -> tuple[str, ...]:
    """The properties of interest that objects of a type can have."""
    names = ["object-name", "present-value", "out-of-service"]
    if not object_type.is_input:
        names.append("priority-array")
    if not (object_type.is_binary or object_type.is_multi_state):
        names.append("units")
    return tuple(names)


def _selection(ref: ObjectRef) -> BatchRequest:
    return BatchRequest("GET", f"{object_url(ref)}?$select={','.join(properties_of(ref.object_type))}")


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
    if "present-value" in told:
        sample = sample_of(told["present-value"], ref.object_type)
    return ObjectState(
        present_value=sample,
        out_of_service=flag_of(told.get("out-of-service")),
        priority_array=priority_array_of(told.get("priority-array"), ref.object_type),
        units=units_of(told.get("units")),
        name=name_of(told.get("object-name")),
        is_missing=not told and any(is_missing(failure) for failure in failures),
        is_partial=any(failure.status == 0 or failure.status >= _FAILED for failure in failures),
    )
