"""Who else uses a controller's objects: event bindings and BACnet peers that subscribe (ecy-rest-api §7.2, §12)."""

from __future__ import annotations

from clients.device_client import Binding, CovSubscription
from clients.ecy.session import EcySession
from clients.ecy.wire import API, OBJECTS, items_of, kebab, member, words_of
from clients.http.funnel import Json
from utils.errors import ObjectError
from utils.values import ObjectRef, ObjectType

_BINDINGS = f"{API}/services/events/bindings"
_TYPES = {kebab(object_type.value): object_type for object_type in ObjectType}


def read_bindings(session: EcySession) -> list[Binding]:
    """The controller's bindings; none where the firmware has no such service."""
    return [
        Binding(
            name,
            str(member(item, "element-a") or ""),
            str(member(item, "element-b") or ""),
            _priority(item),
        )
        for name, item in items_of(_get_or_none(session, _BINDINGS))
    ]


def read_cov_subscriptions(session: EcySession) -> list[CovSubscription]:
    """The subscriptions that other BACnet devices hold; none where the firmware does not tell."""
    devices = _get_or_none(session, f"{OBJECTS}/devices?$select=*($select=active-cov-subscriptions)")
    return [
        CovSubscription(_recipient(item), _monitored(item))
        for _, device in items_of(devices)
        for _, item in items_of(member(device, "active-cov-subscriptions"))
    ]


def read_device_name(session: EcySession) -> str:
    """The name of the controller's device object. Raises ObjectError when it has none."""
    devices = session.get(f"{OBJECTS}/devices?$select=*($select=object-name)")
    for _, device in items_of(devices):
        name = member(device, "object-name")
        if isinstance(name, str):
            return name
    raise ObjectError(session.device, "it has no device object", missing=True)


def _get_or_none(session: EcySession, path: str) -> Json:
    try:
        return session.get(path)
    except ObjectError:
        return None


def _priority(item: Json) -> int | None:
    options = member(member(item, "sync-a-to-b"), "options")
    priority = member(options, "write-priority")
    return int(priority) if isinstance(priority, int | float) else None


def _recipient(item: Json) -> str:
    recipient = member(member(item, "recipient-process"), "recipient")
    return words_of(recipient) if recipient is not None else "unknown"


def _monitored(item: Json) -> ObjectRef | None:
    identifier = member(member(item, "monitored-property-reference"), "object-identifier")
    object_type = _TYPES.get(kebab(str(member(identifier, "object-type") or "")))
    instance = member(identifier, "object-instance")
    if object_type is None or not isinstance(instance, int | float):
        return None
    return ObjectRef(object_type, int(instance))
