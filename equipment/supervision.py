"""The objects that a config names to supervise the coupling: what permits the overrides, and the heartbeat.

They are named without a type: a controller's object names are unique over all types (ecy-rest-api §7).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from equipment.config import LoadedEquipment
from utils.errors import Problem
from utils.names import nearest
from utils.values import Endpoint, ObjectRef, ObjectType, Target

Known = Mapping[str, Endpoint]
"""Every object of a controller, by name."""

_BEATING = (ObjectType.ANALOG_VALUE, ObjectType.BINARY_VALUE)


@dataclass(frozen=True, slots=True)
class PermitObject:
    """What ``activate_when`` names, found in the controller."""

    target: Target
    ref: ObjectRef


@dataclass(frozen=True, slots=True)
class HeartbeatObject:
    """What ``heartbeat`` names, found in the controller."""

    name: str
    ref: ObjectRef
    priority: int
    take_occupied: bool = False


def permits_of(loaded: LoadedEquipment, device: str, known: Known) -> Iterator[PermitObject]:
    """The object that permits the overrides of an equipment, if its config names one."""
    name = loaded.config.activate_when
    if name is not None:
        ref = known[name].ref
        yield PermitObject(Target(device, ref.object_type, name), ref)


def heartbeats_of(loaded: LoadedEquipment, known: Known) -> Iterator[HeartbeatObject]:
    """The heartbeat of an equipment, if its config names one."""
    name = loaded.config.heartbeat
    if name is not None:
        config = loaded.config
        yield HeartbeatObject(name, known[name].ref, config.heartbeat_priority, config.take_occupied)


def supervision_problems(loaded: LoadedEquipment, known: Known) -> Iterator[Problem]:
    """Names that the controller does not have, and objects of a type that cannot serve."""
    for key, name in (("activate_when", loaded.config.activate_when), ("heartbeat", loaded.config.heartbeat)):
        if name is None:
            continue
        endpoint = known.get(name)
        what = _unknown(name, known) if endpoint is None else _unfit(key, endpoint.ref.object_type)
        if what:
            yield Problem(f"{loaded.file.name}: {key}", what)


def _unknown(name: str, known: Known) -> str:
    guess = nearest(name, list(known))
    return f"the controller has no object named {name}" + (f"; did you mean {guess}?" if guess else "")


def _unfit(key: str, object_type: ObjectType) -> str | None:
    if key == "heartbeat":
        return None if object_type in _BEATING else f"is {object_type}; use an AnalogValue or a BinaryValue"
    if object_type.is_multi_state:
        return f"is {object_type}, whose states begin at 1, so it would always permit; use a binary object"
    return None
