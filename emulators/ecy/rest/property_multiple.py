"""Reading and writing many properties by BACnet names in one request (ecy-rest-api §10.1, §10.2)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from emulators.ecy.controller import EmulatedController
from emulators.ecy.objects.objects import BacnetObject
from emulators.ecy.refusals import INVALID_REQUEST, UNKNOWN_OBJECT, UNKNOWN_PROPERTY, Refusal
from emulators.ecy.wire.properties import PRESENT_VALUE, PROPERTIES, readable
from emulators.ecy.wire.values import (
    Json,
    present_value_text,
    priority_from_json,
    text_of,
    type_spelled,
    value_from_loose_json,
    whole_number,
)
from utils.values import ObjectRef, ObjectType

_NAME = re.compile(r"[A-Za-z]+")
_BY_FLAT_NAME = {kind: {name.replace("-", ""): name for name in properties} for kind, properties in PROPERTIES.items()}


@dataclass(frozen=True, slots=True)
class PropertyReference:
    """One item of such a request; ``echo`` is what its result repeats."""

    kind: ObjectType | None
    instance: int
    property_name: str
    echo: Mapping[str, Json]
    members: Mapping[str, Json]

    @property
    def ref(self) -> ObjectRef:
        """The object. Raises Refusal for a type that does not exist."""
        if self.kind is None:
            raise Refusal(UNKNOWN_OBJECT, str(self.echo["type"]))
        return ObjectRef(self.kind, self.instance)

    def member_name(self, target: BacnetObject) -> str:
        """The property as the tree names it. Raises Refusal."""
        flat = self.property_name.lower()
        name = _BY_FLAT_NAME[target.ref.object_type].get(flat)
        if name is None:
            raise Refusal(UNKNOWN_PROPERTY, self.property_name)
        return name


def read_multiple(controller: EmulatedController, body: Json) -> Json:
    """Results in the order of the request; what fails has the error's text for a value."""
    return _results(body, lambda item: _read(controller, item))


def write_multiple(controller: EmulatedController, body: Json) -> Json:
    """Write in the order of the request.

    An object or property that does not exist is told in the results; any other refusal ends the request, and what
    came before it stays written.
    """
    return _results(body, lambda item: _write(controller, item))


def _results(body: Json, value_of: Callable[[PropertyReference], Json]) -> Json:
    return {"results": [{**item.echo, "value": _value_or_error(item, value_of)} for item in _references(body)]}


def _value_or_error(item: PropertyReference, value_of: Callable[[PropertyReference], Json]) -> Json:
    try:
        return value_of(item)
    except Refusal as refusal:
        if refusal.reason not in (UNKNOWN_OBJECT, UNKNOWN_PROPERTY):
            raise
        return refusal.reason.message


def _read(controller: EmulatedController, item: PropertyReference) -> Json:
    target = controller.reader.get(item.ref)
    name = item.member_name(target)
    if name == PRESENT_VALUE:
        target = controller.reader.for_value(item.ref)
    row = readable(target.ref.object_type, controller.profile).get(name)
    if row is None:
        raise Refusal(UNKNOWN_PROPERTY, name)
    value = row.read(target, controller.profile)
    if controller.profile.multiple_form == "json":
        return value
    return present_value_text(target) if name == PRESENT_VALUE else text_of(value)


def _write(controller: EmulatedController, item: PropertyReference) -> Json:
    target = controller.objects.get(item.ref)
    name = item.member_name(target)
    value = item.members.get("value")
    if name == PRESENT_VALUE:
        _write_present_value(controller, target, item.members)
    else:
        controller.writer.post(target.ref, {name: value})
    return text_of(value)


def _write_present_value(controller: EmulatedController, target: BacnetObject, members: Mapping[str, Json]) -> None:
    if "value" not in members:
        raise Refusal(INVALID_REQUEST, "value is missing")
    value = value_from_loose_json(target.ref.object_type, members["value"])
    if target.commandable:
        controller.writer.command(target.ref, value, _priority(controller, members.get("priority", -1)))
    else:
        controller.writer.force(target.ref, value)


def _priority(controller: EmulatedController, value: Json) -> int:
    return controller.profile.default_priority if value == -1 else priority_from_json(value)


def _references(body: Json) -> list[PropertyReference]:
    if not isinstance(body, dict) or body.get("encode") != "text":
        raise Refusal(INVALID_REQUEST, "encode has to be text")
    items = body.get("property-references")
    if not isinstance(items, list):
        raise Refusal(INVALID_REQUEST, "property-references is not a list")
    return [_reference(item) for item in items]


def _reference(item: Json) -> PropertyReference:
    if not isinstance(item, dict):
        raise Refusal(INVALID_REQUEST, "a property reference is not an object")
    kind, name = item.get("type"), item.get("property")
    if not isinstance(kind, str) or not isinstance(name, str) or not _NAME.fullmatch(name):
        raise Refusal(INVALID_REQUEST, f"type {kind!r}, property {name!r}")
    echo: dict[str, Json] = {"type": kind, "instance": item.get("instance"), "property": name}
    return PropertyReference(type_spelled(kind), whole_number(echo["instance"]), name, echo, item)
