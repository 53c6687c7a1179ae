"""What people have switched, kept over a restart: a runtime that was off is off when it comes back."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, RootModel, ValidationError

from utils.state_folder import StateError, StateFolder, write_atomically

log = logging.getLogger(__name__)

FIRST_PROGRAM = 2
"""Instance 1 is the switch for everything."""


class _Kept(BaseModel):
    """One switch in the file."""

    model_config = ConfigDict(extra="forbid")

    instance: int = Field(ge=1)
    slots: dict[Annotated[int, Field(ge=1, le=16)], bool] = {}


class _File(RootModel[dict[str, _Kept]]):
    """All switches by name."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """A switch as it stood: its object's instance, and the commands by priority.

    ``is_known`` is False where the file could not be read, so that nobody knows what people had switched.
    """

    instance: int
    slots: Mapping[int, bool] = field(default_factory=dict)
    is_known: bool = True


class SwitchMemory:
    """One file per runtime. An object keeps its instance as long as the file lives, whatever comes and goes."""

    def __init__(self, state: StateFolder, device_instance: int) -> None:
        self._file = state.path / "switches" / f"{device_instance}.json"
        self._lock = threading.Lock()
        self._kept: dict[str, Remembered] = {}

    def recall(self, everything: str, programs: Iterable[str]) -> dict[str, Remembered]:
        """The switches by name, that for everything first. Those that nobody remembers get instances of their own."""
        kept, is_known = self._read()
        names = [everything, *programs]
        kept.setdefault(everything, Remembered(1))
        free = FIRST_PROGRAM
        for name in names:
            while name not in kept and free in {one.instance for one in kept.values()}:
                free += 1
            kept.setdefault(name, Remembered(free))
        self._kept = kept
        return {name: Remembered(kept[name].instance, kept[name].slots, is_known) for name in names}

    def keep(self, slots: Mapping[str, Mapping[int, bool]]) -> None:
        """Write the commands of all switches down, on disk before returning. Raises :class:`StateError`."""
        with self._lock:
            self._kept |= {name: Remembered(self._kept[name].instance, dict(slots[name])) for name in slots}
            content = {
                name: {"instance": one.instance, "slots": {str(slot): on for slot, on in one.slots.items()}}
                for name, one in self._kept.items()
            }
            try:
                self._file.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise StateError(f"cannot create {self._file.parent}: {error.strerror}") from error
            write_atomically(self._file, content)

    def _read(self) -> tuple[dict[str, Remembered], bool]:
        try:
            found = _File.model_validate(json.loads(self._file.read_text(encoding="utf-8"))).root
        except FileNotFoundError:
            return {}, True
        except (OSError, ValueError, ValidationError) as error:
            log.warning("cannot read %s, so everything stays off until somebody switches it on: %s", self._file, error)
            return {}, False
        return {name: Remembered(one.instance, one.slots) for name, one in found.items()}, True
