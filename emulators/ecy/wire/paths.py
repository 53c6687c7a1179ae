"""Paths of REST v2 resources (ecy-rest-api §6, §7)."""

from __future__ import annotations

from typing import TypeAlias
from urllib.parse import unquote

from emulators.ecy.refusals import UNKNOWN_OBJECT, UNKNOWN_RESOURCE, Refusal
from emulators.ecy.wire.values import TYPES_BY_COLLECTION
from utils.values import ObjectRef, ObjectType

Path: TypeAlias = tuple[str, ...]

V1_ROOT = "/api/rest/v1"
V2_ROOT = "/api/rest/v2"
BATCH: Path = ("batch",)
SERVICES: Path = ("services",)
OBJECTS: Path = ("services", "bacnet", "local", "objects")
ADD: Path = (*OBJECTS, "add")
READ_MULTIPLE: Path = (*OBJECTS, "read-property-multiple")
WRITE_MULTIPLE: Path = (*OBJECTS, "write-property-multiple")
TIME: Path = ("services", "platform", "time")
NTP: Path = (*TIME, "ntp")


def path_under_v2(path: str) -> Path:
    """The segments behind ``/api/rest/v2``. Raises Refusal for a path elsewhere."""
    if path != V2_ROOT and not path.startswith(V2_ROOT + "/"):
        raise Refusal(UNKNOWN_RESOURCE, path)
    segments = path[len(V2_ROOT) :].strip("/")
    return tuple(unquote(segment) for segment in segments.split("/"))


def object_at(path: Path) -> ObjectRef:
    """The object that a path of the form ``objects/{collection}/{instance}...`` is about. Raises Refusal."""
    is_object = path[: len(OBJECTS)] == OBJECTS and len(path) >= len(OBJECTS) + 2
    if not is_object:
        raise Refusal(UNKNOWN_RESOURCE, "/".join(path))
    collection, instance = path[len(OBJECTS) : len(OBJECTS) + 2]
    kind = TYPES_BY_COLLECTION.get(collection)
    ref = None if kind is None else reference(kind, instance)
    if ref is None:
        raise Refusal(UNKNOWN_OBJECT, f"{collection}/{instance}")
    return ref


def reference(kind: ObjectType, instance: str) -> ObjectRef | None:
    """The object that a collection's key stands for; None when the key is not a plain decimal number."""
    if not (instance.isascii() and instance.isdigit()) or str(int(instance)) != instance:
        return None
    return ObjectRef(kind, int(instance))
