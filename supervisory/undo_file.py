"""What was released for other people, so that it can be put back: a JSON line per slot, durable before its release."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from supervisory.site_access import OccupiedSlot
from utils.bacnet import object_type
from utils.errors import BridgeError, ConfigError, Problem
from utils.values import ObjectRef, OtherValue, PointValue


class UndoError(BridgeError):
    """The undo file cannot be written; nothing may be released then."""


class UndoFile:
    """Grows by a line per release. ``now`` is wall time in seconds since 1970, for people who read the file."""

    def __init__(self, path: Path, now: Callable[[], float] = time.time) -> None:
        self.path = path
        self._now = now

    def note(self, slot: OccupiedSlot) -> None:
        """Keep a slot durably before returning. Raises :class:`UndoError`."""
        line = {
            "released": datetime.fromtimestamp(self._now(), UTC).isoformat(timespec="seconds"),
            "device": slot.device,
            "type": str(slot.ref.bacnet_type),
            "instance": slot.ref.instance,
            "name": slot.name,
            "priority": slot.priority,
            "value": _told(slot.value),
        }
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a+b") as file:
                file.write(_begun_anew(file) + json.dumps(line).encode() + b"\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise UndoError(f"cannot write the undo file {self.path}: {error.strerror}; nothing is released") from error

    def slots(self) -> tuple[OccupiedSlot, ...]:
        """Everything that was noted, oldest first. Raises :class:`ConfigError` for a file that cannot be read."""
        try:
            lines = self.path.read_bytes().splitlines()
        except OSError as error:
            raise ConfigError([Problem(str(self.path), f"cannot be read: {error.strerror}")]) from None
        slots, problems = [], []
        for number, line in enumerate(lines, 1):
            try:
                slots.append(_slot(json.loads(line)))
            except (ValueError, KeyError, TypeError, RecursionError):
                problems.append(Problem(f"{self.path} line {number}", "is no released slot; delete the line"))
        if problems:
            raise ConfigError(problems)
        return tuple(slots)


def _begun_anew(file: BinaryIO) -> bytes:
    """What ends a line that was cut (disk full, power cut), so that it takes no other with it."""
    if file.seek(0, os.SEEK_END) == 0:
        return b""
    file.seek(-1, os.SEEK_END)
    return b"" if file.read(1) == b"\n" else b"\n"


def _told(value: PointValue) -> object:
    """A value in JSON; what is no number with its datatype and octets, to be put back just so."""
    if not isinstance(value, OtherValue):
        return value
    return {"text": value.text, "datatype": value.datatype, "encoded": value.encoded}


def _slot(line: dict[str, object]) -> OccupiedSlot:
    instance, priority, value = line["instance"], line["priority"], line["value"]
    if isinstance(value, dict):
        value = OtherValue(**{name: str(value[name]) for name in ("text", "datatype", "encoded")})
    if not isinstance(instance, int) or not isinstance(priority, int) or not isinstance(value, int | float):
        raise TypeError(line)
    ref = ObjectRef(object_type(str(line["type"])), instance)
    return OccupiedSlot(str(line["device"]), ref, str(line["name"]), priority, value)
