"""The files in which switches are remembered: this version's, and the first version's, which are only read.

A first version's file tells neither when a command was given (the file's own time stands for that) nor where.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    RootModel,
    StrictBool,
    ValidationError,
    model_validator,
)

from utils.state_folder import StateError, write_atomically

FORMAT = 2
_HIGHEST_INSTANCE = 4_194_302
_Instance = Annotated[int, Field(ge=1, le=_HIGHEST_INSTANCE)]
_Priority = Annotated[int, Field(ge=1, le=16)]


@dataclass(frozen=True, slots=True)
class Switched:
    """A command that stands in a slot of a switch, and since when."""

    on: bool
    since: datetime


@dataclass(frozen=True, slots=True)
class RememberedSwitch:
    """A switch as it stood: its object's instance, and the commands by priority.

    ``is_known`` is False where a file cannot be understood, so that nobody knows what people had switched.
    """

    instance: int
    commands: Mapping[int, Switched] = field(default_factory=dict)
    is_known: bool = True

    @property
    def slots(self) -> dict[int, bool]:
        """The commands without their times."""
        return {priority: one.on for priority, one in self.commands.items()}


class _Command(BaseModel):
    model_config = ConfigDict(extra="forbid")

    on: StrictBool
    since: AwareDatetime


class _Switch(BaseModel):
    model_config = ConfigDict(extra="forbid")

    instance: _Instance
    commands: dict[_Priority, _Command] = {}


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    format: Literal[2]
    switches: dict[str, _Switch]

    @model_validator(mode="after")
    def _is_one_object_each(self) -> Self:
        _refuse_shared([one.instance for one in self.switches.values()])
        return self


class _FirstSwitch(BaseModel):
    model_config = ConfigDict(extra="forbid")

    instance: _Instance
    slots: dict[_Priority, StrictBool] = {}


class _FirstFile(RootModel[dict[str, _FirstSwitch]]):
    @model_validator(mode="after")
    def _is_one_object_each(self) -> Self:
        _refuse_shared([one.instance for one in self.root.values()])
        return self


def read_switches(file: Path) -> dict[str, RememberedSwitch]:
    """The switches of a file by name. Raises FileNotFoundError, and StateError for what cannot be understood."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        if not isinstance(content, dict) or "format" not in content:
            return _of_first_version(content, datetime.fromtimestamp(file.stat().st_mtime).astimezone())
        if content["format"] != FORMAT:
            raise ValueError(f"it is of format {content['format']!r}, and this version knows {FORMAT}")
        return _of_this_version(content)
    except FileNotFoundError:
        raise
    except ValidationError as error:
        first = error.errors()[0]
        raise StateError(f"{file}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    except (OSError, ValueError, OverflowError, RecursionError) as error:
        raise StateError(f"{file}: {error}") from None


def write_switches(file: Path, switches: Mapping[str, RememberedSwitch]) -> None:
    """Replace a file of this version, on disk before returning. Raises StateError."""
    content = {
        name: {"instance": one.instance, "commands": {str(slot): _written(told) for slot, told in one.commands.items()}}
        for name, one in switches.items()
    }
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StateError(f"cannot create {file.parent}: {error.strerror}") from error
    write_atomically(file, {"format": FORMAT, "switches": content})


def _written(told: Switched) -> dict[str, object]:
    return {"on": told.on, "since": told.since.isoformat(timespec="seconds")}


def _of_this_version(content: object) -> dict[str, RememberedSwitch]:
    return {name: _remembered(one) for name, one in _File.model_validate(content).switches.items()}


def _remembered(one: _Switch) -> RememberedSwitch:
    told = {slot: Switched(command.on, command.since.astimezone()) for slot, command in one.commands.items()}
    return RememberedSwitch(one.instance, told)


def _of_first_version(content: object, written: datetime) -> dict[str, RememberedSwitch]:
    return {
        name: RememberedSwitch(one.instance, {slot: Switched(on, written) for slot, on in one.slots.items()})
        for name, one in _FirstFile.model_validate(content).root.items()
    }


def _refuse_shared(instances: list[int]) -> None:
    if len(set(instances)) < len(instances):
        raise ValueError("two switches have the same instance")
