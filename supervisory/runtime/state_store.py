"""What programs remember over a restart: one JSON file per program in the state folder."""

from __future__ import annotations

import json
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any, Protocol

from utils.state_folder import StateError, write_atomically


class StateStore(Protocol):
    """Keeps the state of programs by name."""

    def load(self, program: str) -> MutableMapping[str, Any]:
        """What the program left."""

    def save(self, program: str, state: MutableMapping[str, Any]) -> None:
        """Keep it. Raises ``TypeError`` or ``ValueError`` for what is not JSON."""


class MemoryStates:
    """For simulations and dry runs: every run begins with nothing, and leaves nothing."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}

    def load(self, program: str) -> MutableMapping[str, Any]:
        """What the program left, in this run."""
        loaded: dict[str, Any] = json.loads(self._texts.get(program, "{}"))
        return loaded

    def save(self, program: str, state: MutableMapping[str, Any]) -> None:
        """Keep it for this run."""
        self._texts[program] = _text(program, state)


class FileStates:
    """A file per program; written only when the state has changed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._texts: dict[str, str] = {}

    def load(self, program: str) -> MutableMapping[str, Any]:
        """What the program left. Raises :class:`StateError` for a file that cannot be read."""
        file = self._file(program)
        try:
            loaded: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            loaded = {}
        except (OSError, ValueError) as error:
            raise StateError(f"cannot read {file}: {error}; delete it to begin anew") from error
        self._texts[program] = _text(program, loaded)
        return loaded

    def save(self, program: str, state: MutableMapping[str, Any]) -> None:
        """Keep it, on disk before returning."""
        text = _text(program, state)
        if text == self._texts.get(program, "{}"):
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StateError(f"cannot create {self._folder}: {error.strerror}") from error
        write_atomically(self._file(program), dict(state))
        self._texts[program] = text

    def _file(self, program: str) -> Path:
        return self._folder / f"{program}.json"


def _text(program: str, state: MutableMapping[str, Any]) -> str:
    try:
        return json.dumps(dict(state), sort_keys=True, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise TypeError(f"the state of {program} must be plain JSON values: {error}") from None
