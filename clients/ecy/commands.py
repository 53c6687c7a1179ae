"""The forms that a write may take on the wire (ecy-rest-api §7.5, §7.6, §10.2)."""

from __future__ import annotations

from enum import Enum

from clients.ecy.batch import BatchReply, BatchRequest
from clients.ecy.wire import OBJECTS, camel_type, object_url, says, value_to_write, words_of
from clients.http.funnel import Json
from utils.values import ObjectRef, Write, WriteKind

WRITE_MULTIPLE = f"{OBJECTS}/write-property-multiple"
DEFAULT_PRIORITY = 16
_PERHAPS_UNSUPPORTED = frozenset({400, 404, 405, 501})
_NO_TO_ANYTHING = ("write-access-denied",)
_NO_TO_THE_VALUE = (*_NO_TO_ANYTHING, "value-out-of-range", "invalid-data-type")


class Route(Enum):
    """The ways to command a slot, in the order in which they are tried (ecy-rest-api §17 row 11).

    Writing a plain present-value is not among them: it loses the priority, so it could not be given back.
    """

    SET_VALUE_AT = "set-value-at"
    WRITE_MULTIPLE = "write-property-multiple"

    def comes_after(self, other: Route) -> bool:
        """Whether this way is tried when the other has failed."""
        order = list(Route)
        return order.index(self) > order.index(other)


def request_for(write: Write, route: Route) -> BatchRequest:
    """One write as a request. Raises ValueError for a value that must not be sent."""
    url = object_url(write.ref)
    if write.kind is WriteKind.OUT_OF_SERVICE:
        return BatchRequest("POST", url, {"out-of-service": bool(write.value)})
    if write.value is None and write.kind is WriteKind.PRESENT_VALUE:
        raise ValueError("a present-value cannot be empty")
    value = None if write.value is None else value_to_write(write.value, write.ref.object_type)
    if write.kind is WriteKind.PRESENT_VALUE:
        return BatchRequest("POST", url, {"present-value": value})
    priority = write.priority or DEFAULT_PRIORITY
    if route is Route.SET_VALUE_AT:
        return BatchRequest("POST", f"{url}/set-value-at", {"priority": priority, "value": value})
    return BatchRequest("POST", WRITE_MULTIPLE, _write_multiple(write.ref, priority, value))


def _write_multiple(ref: ObjectRef, priority: int, value: Json) -> Json:
    reference: Json = {
        "type": camel_type(ref.object_type),
        "instance": ref.instance,
        "property": "presentValue",
        "priority": priority,
        "value": "null" if value is None else value,
    }
    return {"encode": "text", "property-references": [reference]}


def may_be_unsupported(write: Write, reply: BatchReply) -> bool:
    """Whether a failed command may only have been in a form that the firmware lacks.

    A release has no value that could be wrong, so even a complaint about it speaks of the form.
    """
    if write.kind is not WriteKind.COMMAND or reply.status not in _PERHAPS_UNSUPPORTED:
        return False
    return not says(words_of(reply.body), *(_NO_TO_ANYTHING if write.value is None else _NO_TO_THE_VALUE))
