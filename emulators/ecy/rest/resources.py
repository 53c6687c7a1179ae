"""REST v2: what each method does to each resource (ecy-rest-api §6, §7, §14)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from emulators.ecy.controller import EmulatedController
from emulators.ecy.objects.database import DUPLICATE_INSTANCE
from emulators.ecy.refusals import (
    INVALID_REQUEST,
    METHOD_NOT_ALLOWED,
    UNKNOWN_OBJECT,
    UNKNOWN_PROPERTY,
    UNKNOWN_RESOURCE,
    VALUE_OUT_OF_RANGE,
    WRITE_ACCESS_DENIED,
    Refusal,
)
from emulators.ecy.rest.platform_time import set_ntp, set_time
from emulators.ecy.rest.property_multiple import read_multiple, write_multiple
from emulators.ecy.rest.select import parse_query
from emulators.ecy.rest.services import services_of
from emulators.ecy.rest.tree import Tree, render
from emulators.ecy.wire.messages import Answer, refused
from emulators.ecy.wire.paths import ADD, NTP, OBJECTS, READ_MULTIPLE, SERVICES, TIME, WRITE_MULTIPLE, Path, object_at
from emulators.ecy.wire.properties import PRIORITY_ARRAY
from emulators.ecy.wire.values import (
    Json,
    is_relinquish,
    priority_from_json,
    type_spelled,
    value_from_json,
    whole_number,
)
from emulators.program import ObjectSpec
from utils.values import ObjectRef, ObjectType

_SET_VALUE_AT = "set-value-at"
_REFERENCES_ONLY = "$select=*($select=*($select=key))"


class RestV2:
    """The resources of one controller. Never raises: a refusal is an answer."""

    def __init__(self, controller: EmulatedController) -> None:
        self._controller = controller
        self._profile = controller.profile
        self._root: Mapping[str, Tree] = {"services": services_of(controller)}
        self._verbs: Mapping[Path, Callable[[Json], Json]] = {
            ADD: self._add,
            READ_MULTIPLE: lambda body: read_multiple(controller, body),
            WRITE_MULTIPLE: lambda body: write_multiple(controller, body),
            TIME: self._set_time,
            NTP: self._set_ntp,
        }
        self._methods: Mapping[str, Callable[[Path, str, Json], Answer]] = {
            "GET": self._get,
            "POST": self._post,
            "DELETE": self._delete,
        }

    def answer(self, method: str, path: Path, query: str = "", body: Json = None) -> Answer:
        """Carry one request out; ``query`` is raw, ``body`` parsed JSON."""
        try:
            handler = self._methods.get(method)
            if handler is None:
                raise Refusal(METHOD_NOT_ALLOWED, method)
            return handler(path, query, body)
        except Refusal as refusal:
            return refused(refusal, self._profile)

    def is_read(self, method: str, path: Path) -> bool:
        """Whether such a request changes nothing."""
        return method == "GET" or path == READ_MULTIPLE

    def _get(self, path: Path, query: str, body: Json) -> Answer:
        selection = parse_query(query)
        node = self._walk(path)
        if not isinstance(node, Mapping):
            return Answer(200, self._leaf(node))
        if selection is None and path == SERVICES:
            return Answer(200, {name: {} for name in node})
        if selection is None and path == OBJECTS and self._profile.unfiltered_objects == "references":
            selection = parse_query(_REFERENCES_ONLY)
        return Answer(200, render(node, selection, strict=self._profile.unknown_select == "refused"))

    def _walk(self, path: Path) -> Tree:
        node: Tree = self._root
        for depth in range(len(path)):
            try:
                node = self._child(node, path, depth)
            except KeyError:
                raise _missing(path, depth) from None
        return node

    def _child(self, node: Tree, path: Path, depth: int) -> Tree:
        is_slot = depth > 0 and path[depth - 1] == PRIORITY_ARRAY
        if not isinstance(node, Mapping) or (is_slot and not self._profile.index_access):
            raise KeyError(path[depth])
        return node[path[depth]]

    def _leaf(self, value: Json) -> Json:
        return value if self._profile.leaf_form == "bare" else {self._profile.leaf_form: value}

    def _post(self, path: Path, query: str, body: Json) -> Answer:
        verb = self._verbs.get(path)
        if verb is not None:
            result = verb(body)
            return self._done(body) if result is None else Answer(200, result)
        ref = object_at(path)
        if len(path) == len(OBJECTS) + 2:
            self._controller.writer.post(ref, _members(body))
        elif path[len(OBJECTS) + 2 :] == (_SET_VALUE_AT,):
            self._set_value_at(ref, _members(body))
        else:
            raise Refusal(UNKNOWN_RESOURCE, "/".join(path))
        return self._done(body)

    def _delete(self, path: Path, query: str, body: Json) -> Answer:
        if len(path) != len(OBJECTS) + 2:
            raise Refusal(METHOD_NOT_ALLOWED, "only objects can be deleted")
        self._controller.objects.delete(object_at(path))
        return self._done({})

    def _done(self, body: Json) -> Answer:
        form = self._profile.post_reply
        return Answer(204, has_body=False) if form == "no-content" else Answer(200, body if form == "echo" else {})

    def _set_value_at(self, ref: ObjectRef, members: Mapping[str, Json]) -> None:
        self._check_verb_exists(ref)
        if not self._controller.objects.get(ref).commandable:
            raise Refusal(WRITE_ACCESS_DENIED, f"{ref} has no priority array")
        if "priority" not in members:
            raise Refusal(INVALID_REQUEST, "priority is missing")
        priority = priority_from_json(members["priority"])
        self._controller.writer.command(ref, self._command(ref, members.get("value")), priority)

    def _command(self, ref: ObjectRef, value: Json) -> float | None:
        if is_relinquish(value) and self._profile.relinquish_by_set_value:
            return None
        return value_from_json(ref.object_type, value)

    def _check_verb_exists(self, ref: ObjectRef) -> None:
        offered = self._profile.set_value_at
        if offered == "none" or (offered == "analog-values" and ref.object_type is not ObjectType.ANALOG_VALUE):
            raise Refusal(UNKNOWN_RESOURCE, _SET_VALUE_AT)

    def _add(self, body: Json) -> None:
        members = _members(body)
        kind, name = members.get("object-type"), members.get("name")
        if not isinstance(kind, str) or not isinstance(name, str) or not name:
            raise Refusal(INVALID_REQUEST, "object-type and name have to be text")
        object_type = type_spelled(kind)
        if object_type is None:
            raise Refusal(VALUE_OUT_OF_RANGE, f"objects of type {kind} cannot be added")
        instance = whole_number(members.get("instance-number"))
        if self._controller.objects.has(ObjectRef(object_type, instance)):
            raise Refusal(replace(DUPLICATE_INSTANCE, message=self._profile.duplicate_instance_text))
        self._controller.objects.add(ObjectSpec(object_type, name, instance=instance))

    def _set_time(self, body: Json) -> None:
        set_time(self._controller.clock, _members(body), self._profile)

    def _set_ntp(self, body: Json) -> None:
        set_ntp(self._controller.clock, _members(body))


def _members(body: Json) -> Mapping[str, Json]:
    if not isinstance(body, dict):
        raise Refusal(INVALID_REQUEST, "the body has to be a JSON object")
    return body


def _missing(path: Path, depth: int) -> Refusal:
    text = "/".join(path)
    if path[: len(OBJECTS)] != OBJECTS or depth < len(OBJECTS):
        return Refusal(UNKNOWN_RESOURCE, text)
    return Refusal(UNKNOWN_OBJECT if depth < len(OBJECTS) + 2 else UNKNOWN_PROPERTY, text)
