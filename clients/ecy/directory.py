"""Which objects a controller has, and their names (ecy-rest-api §7.2)."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping

from clients.ecy.session import EcySession
from clients.ecy.wire import COLLECTIONS, OBJECTS, items_of, member, units_of, unwrap
from clients.http.funnel import Json
from utils.errors import ObjectError
from utils.values import AnyObjectType, Endpoint, ObjectRef, ObjectType

log = logging.getLogger(__name__)
_NAMES = "object-name,object-identifier"
_DESCRIPTION = ",description"
"""Firmware may not know it, and a run does not need it (ecy-rest-api §7.2: inferred)."""


def discover(
    session: EcySession, object_types: Iterable[AnyObjectType], *, is_described: bool = False
) -> tuple[Endpoint, ...]:
    """Every named object of those types that REST tells of, in one call; type by type where the firmware refuses that.

    ``is_described`` asks for descriptions as well, and for all the rest again where they are refused. Raises
    DeviceRefused or DeviceUnreachable.
    """
    types = [kind for kind in object_types if isinstance(kind, ObjectType)]
    collections: Mapping[ObjectType, Json] | None = None
    for more in (_DESCRIPTION, "") if is_described else ("",):
        if collections is None:
            collections = _collections(session, types, more)
    if collections is None:
        collections = {kind: _collection(session, kind) for kind in types}
    found = [endpoint for kind in types for endpoint in _endpoints(kind, collections[kind])]
    _warn_of_twins(session.device, found)
    return tuple(found)


def _collections(session: EcySession, types: Iterable[ObjectType], more: str) -> Mapping[ObjectType, Json] | None:
    """The objects of all types; None where the firmware refuses the selection."""
    selections = ",".join(f"{COLLECTIONS[kind]}($select=*($select={_members(kind)}{more}))" for kind in types)
    try:
        tree = session.get(f"{OBJECTS}?$select={selections}")
    except ObjectError:
        return None
    return {kind: member(tree, COLLECTIONS[kind]) for kind in types}


def _members(kind: ObjectType) -> str:
    return _NAMES if kind.is_binary or kind.is_multi_state else f"{_NAMES},units"


def _collection(session: EcySession, kind: ObjectType) -> Json:
    """The objects of one type; None when the firmware has no such type."""
    for members in dict.fromkeys((_members(kind), _NAMES)):
        try:
            return unwrap(session.get(f"{OBJECTS}/{COLLECTIONS[kind]}?$select=*($select={members})"))
        except ObjectError:
            continue
    return None


def _endpoints(kind: ObjectType, collection: Json) -> Iterable[Endpoint]:
    for key, item in items_of(collection):
        name = member(item, "object-name")
        instance = _instance(key, item)
        if isinstance(name, str) and instance is not None:
            told = member(item, "description")
            description = told if isinstance(told, str) else ""
            yield Endpoint(ObjectRef(kind, instance), name, units_of(member(item, "units")), description)


def _instance(key: str, item: Json) -> int | None:
    """The instance number: the key, or what the identifier says where the key is something else."""
    number = key if key.isdigit() else member(member(item, "object-identifier"), "object-instance")
    try:
        return int(str(number))
    except ValueError:
        return None


def _warn_of_twins(device: str, endpoints: Iterable[Endpoint]) -> None:
    """Names should be unique in a device; where they are not, only the type tells them apart."""
    seen: set[str] = set()
    for endpoint in endpoints:
        if endpoint.name in seen:
            log.warning("%s: more than one object is named %s", device, endpoint.name)
        seen.add(endpoint.name)
