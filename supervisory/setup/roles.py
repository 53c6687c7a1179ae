"""From a program's config to bindings by role: which roles there are, which are missing, what their objects are called.

Nothing is contacted here. :mod:`supervisory.setup.bindings` finds the objects in their devices.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeAlias

from pydantic import ValidationError

from clients.simulation import SIMULATION
from equipment.config_json import Json, JsonDocument, Keys, check
from supervisory.program import Command, Parameters, Read
from supervisory.setup.config import BINDING_KEYS, PointBinding, ProgramConfig, SupervisoryConfig, Transport
from utils.bacnet import object_type
from utils.errors import ConfigError, Problem, Problems
from utils.names import did_you_mean
from utils.values import AnyObjectType, ObjectRef, OtherType

Role: TypeAlias = Read | Command
Roles: TypeAlias = Mapping[str, Role]

_NUMBERED = re.compile(r"(?P<type>[A-Za-z][A-Za-z-]*\d*|\d+)\s*[,:]\s*(?P<instance>\d{1,7})")
_NAMED = re.compile(r"(?P<type>[A-Za-z-]+\d*) (?P<name>\S.*)")


@dataclass(frozen=True, slots=True)
class ObjectName:
    """An object as a config spells it: by number, or by name and, unless any will do, by type."""

    object_type: AnyObjectType | None
    name: str | None = None
    instance: int | None = None

    @property
    def ref(self) -> ObjectRef | None:
        """The object itself, where it is named by number."""
        if self.object_type is None or self.instance is None:
            return None
        return ObjectRef(self.object_type, self.instance)

    def __str__(self) -> str:
        if self.instance is not None:
            return f"{self.object_type} {self.instance}"
        return f"{self.object_type} {self.name!r}" if self.object_type else repr(self.name)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the config says about one point of one role. ``where`` is the place in the file."""

    role: str
    name: str | None
    kind: Role
    device: str
    target: ObjectName
    unit: str | None
    take_occupied: bool
    where: str


class _Part(JsonDocument):
    """A part of a document, whose problems are placed in the whole."""

    def __init__(self, document: JsonDocument, path: tuple[str, ...], content: Json) -> None:
        super().__init__(document.file, json.dumps(content), content)
        object.__setattr__(self, "path", path)

    def where(self, *path: int | str) -> str:
        """Return the file and the JSON path from its top."""
        return super().where(*getattr(self, "path", ()), *path)


def object_name(text: str) -> ObjectName:
    """Read ``analog-value,7``, ``AnalogValue DuctStaticSp`` or a bare name. Raises ``ValueError`` for an odd type."""
    if match := _NUMBERED.fullmatch(text):
        return ObjectName(object_type(match["type"]), instance=int(match["instance"]))
    if match := _NAMED.fullmatch(text):
        with suppress(ValueError):  # then it is a name with a blank in it
            return ObjectName(object_type(match["type"]), name=match["name"])
    return ObjectName(None, name=text)


def wanted_points(
    document: JsonDocument, config: SupervisoryConfig, program: str, roles: Roles
) -> tuple[tuple[Wanted, ...], list[Problem]]:
    """What each role of a program is bound to, and every problem."""
    points = config.programs[program].points if program in config.programs else {}
    path = ("programs", program, "points")
    problems = Problems()
    problems.add(
        Problem(document.where(*path, role), f"is not a role of {program}{did_you_mean(role, roles)}")
        for role in points
        if role not in roles
    )
    wanted: list[Wanted] = []
    for role, kind in roles.items():
        if role not in points:
            problems.add(_missing(document.where(*path), role, kind))
            continue
        for name, part_path, part in _parts(path, role, kind, points[role]):
            with problems.collecting():
                wanted.append(_wanted(_Part(document, part_path, part), config, role, name, kind))
        if kind.many and not (isinstance(points[role], dict) and points[role]):
            problems.add([Problem(document.where(*path, role), "takes many: an object with a point per name")])
    return tuple(wanted), problems.found


def parameters_of(document: JsonDocument, program: str, config: ProgramConfig, model: type[Parameters]) -> Parameters:
    """The program's own settings. Raises :class:`ConfigError`."""
    part = _Part(document, ("programs", program, "parameters"), config.parameters)
    keys: Keys = {(): tuple(model.model_fields)}
    return check(part, model, keys)


def default_parameters(program: str, model: type[Parameters]) -> Parameters:
    """The settings of a program that the config does not mention. Raises :class:`ConfigError` for required ones."""
    try:
        return model()
    except ValidationError as error:
        missing = ", ".join(str(item["loc"][0]) for item in error.errors())
        raise ConfigError([Problem(program, f"needs parameters in the config file: {missing}")]) from None


def _missing(where: str, role: str, kind: Role) -> list[Problem]:
    if not kind.required:
        return []
    what = "reads" if isinstance(kind, Read) else "commands"
    return [Problem(where, f"the role {role!r}, which the program {what}, is missing; name its point")]


def _parts(
    path: tuple[str, ...], role: str, kind: Role, content: Json
) -> Iterator[tuple[str | None, tuple[str, ...], Json]]:
    if not kind.many:
        yield None, (*path, role), content
    elif isinstance(content, dict):
        for name, part in content.items():
            yield name, (*path, role, name), part


def _wanted(part: _Part, config: SupervisoryConfig, role: str, name: str | None, kind: Role) -> Wanted:
    binding = check(part, PointBinding, BINDING_KEYS)
    if config.is_simulated:
        if binding.point is None:
            raise ConfigError([Problem(part.where(), 'with the simulation it is {"point": "..."}')])
        device, target = SIMULATION, ObjectName(None, name=binding.point)
    else:
        device, target = _device(part, config, binding), _target(part, config, binding)
    return Wanted(role, name, kind, device, target, binding.unit, binding.take_occupied, part.where())


def _device(part: _Part, config: SupervisoryConfig, binding: PointBinding) -> str:
    if binding.device is None:
        raise ConfigError([Problem(part.where(), f'with {config.transport} it needs "device" and "object"')])
    if binding.device not in config.devices:
        guess = did_you_mean(binding.device, config.devices)
        raise ConfigError([Problem(part.where("device"), f"{binding.device!r} is not among devices{guess}")])
    return binding.device


def _target(part: _Part, config: SupervisoryConfig, binding: PointBinding) -> ObjectName:
    try:
        found = object_name(str(binding.object))
    except ValueError as error:
        raise ConfigError([Problem(part.where("object"), str(error))]) from None
    if isinstance(found.object_type, OtherType) and config.transport is not Transport.BACNET:
        raise ConfigError([Problem(part.where("object"), f"a {found.object_type} is reached over BACnet only")])
    return found
