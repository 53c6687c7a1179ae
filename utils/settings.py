"""Settings from ``.env`` and the environment (which wins), checked before anything is contacted."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from dotenv.parser import parse_stream
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from utils.errors import ConfigError, Problem
from utils.names import nearest
from utils.settings_parts import (
    SECRETS,
    START_FORMAT,
    TLS_WORDS,
    AccountSettings,
    AnyPart,
    ControllerSettings,
    LocalSettings,
    Part,
    ServerSettings,
    Settings,
    SimulationSettings,
)

__all__ = [
    "START_FORMAT",
    "AccountSettings",
    "ControllerSettings",
    "LocalSettings",
    "Parts",
    "ServerSettings",
    "Settings",
    "SettingsSource",
    "SimulationSettings",
    "load_settings",
]

_PREFIXES = ("BOP", "ECY")
_STATE_DIR = "BRIDGE_STATE_DIR"
_PATHS = ("LOG_FILE", "STEP_LOG", _STATE_DIR)
_TLS = "ECY_TLS"


class Parts(Protocol):
    """Whoever has settings: all of them, or what somebody may have written down."""

    def part(self, kind: type[AnyPart]) -> AnyPart:
        """One part. Raises :class:`ConfigError` with every problem of it."""


@dataclass(frozen=True, slots=True)
class SettingsSource:
    """What has been written down; each part is checked when it is asked for.

    Paths that are written in a file count from the file's folder, all others from ``base``.
    """

    variables: Mapping[str, str] = field(repr=False)
    base: Path
    file: Path | None = None
    from_file: frozenset[str] = frozenset()
    """The variables that the file says, and the environment does not."""
    problems: tuple[Problem, ...] = ()
    """Lines of the file that cannot be read."""

    @classmethod
    def read(
        cls, env_file: Path | None, environment: Mapping[str, str], base: Path, *, tolerant: bool = False
    ) -> SettingsSource:
        """Read the file (absent is fine) beside the environment; a ``tolerant`` one passes over what it cannot read."""
        in_file, problems = _read_env_file(env_file) if env_file and env_file.exists() else ({}, [])
        told = {name: value for name, value in {**in_file, **environment}.items() if value.strip()}
        return cls(
            told, base, env_file, frozenset(in_file.keys() - environment.keys()), () if tolerant else tuple(problems)
        )

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be seen in a log, whatever else is written or not."""
        return tuple(self.variables[name] for name in SECRETS if name in self.variables)

    def with_variables(self, variables: Mapping[str, str]) -> SettingsSource:
        """The same with some variables that win over all others."""
        return replace(self, variables={**self.variables, **variables})

    def part(self, kind: type[AnyPart]) -> AnyPart:
        """One part. Raises :class:`ConfigError` with every problem of it, and of the file."""
        made, problems = self._tried(kind)
        if problems or made is None:
            raise ConfigError(self._explained(problems))
        return made

    def check(self, *kinds: type[Part]) -> None:
        """Raises :class:`ConfigError` with all problems of these parts."""
        problems = dict.fromkeys(problem for kind in kinds for problem in self._tried(kind)[1])
        if problems:
            raise ConfigError(self._explained(list(problems)))

    def has_any(self, kind: type[Part]) -> bool:
        """Whether any of the variables that a part needs is written."""
        return any(name in self.variables for choice in kind.either for names in choice for name in names)

    def part_in_spite(self, kind: type[AnyPart]) -> AnyPart:
        """One part of which nothing is required: what is wrong in it has its default."""
        wrong = {str(item["loc"][0]) for item in self._errors(kind)}
        sane = {name: value for name, value in self.variables.items() if name not in wrong}
        return replace(self, variables=sane, problems=()).part(kind)

    def _tried(self, kind: type[AnyPart]) -> tuple[AnyPart | None, list[Problem]]:
        problems = [
            *self.problems,
            *(self._missing(name) for name in _missing_alternatives(kind, self.variables)),
        ]
        try:
            return kind.model_validate(self._values(kind)), problems
        except ValidationError as error:
            return None, [*problems, *(self._problem(item) for item in error.errors())]

    def _errors(self, kind: type[Part]) -> Sequence[ErrorDetails]:
        try:
            kind.model_validate(self._values(kind))
        except ValidationError as error:
            return error.errors()
        return ()

    def _values(self, kind: type[Part]) -> dict[str, object]:
        names = _names(kind)
        values: dict[str, object] = {name: text for name, text in self.variables.items() if name in names}
        for name in names.intersection(_PATHS):
            default = kind.model_fields[_field(kind, name)].default
            text = self.variables.get(name, default)
            values |= {name: self._folder_of(name) / text} if text is not None else {}
        if str(values.get(_TLS, "pin")) not in TLS_WORDS:
            values[_TLS] = str(self._folder_of(_TLS) / str(values[_TLS]))
        if _STATE_DIR in names:
            values |= self._state_dirs(Path(str(values[_STATE_DIR])))
        return {**values, "variables": self.variables}

    def _folder_of(self, name: str) -> Path:
        return self.file.absolute().parent if self.file is not None and name in self.from_file else self.base

    def _state_dirs(self, wanted: Path) -> dict[str, object]:
        """Earlier versions counted a path in a file from ``base``: pins, switches and records are still there."""
        former = self.base / self.variables.get(_STATE_DIR, wanted)
        if former == wanted or not former.is_dir():
            return {}
        if wanted.is_dir():
            return {"former_state_dir": former}
        return {_STATE_DIR: former, "unmoved_state_dir": wanted}

    def _explained(self, problems: Sequence[Problem]) -> list[Problem]:
        if self.file is None or self.file.exists():
            return list(problems)
        return [Problem(str(self.file), "does not exist; copy .env.example to it and fill it in"), *problems]

    @property
    def _name(self) -> str:
        return str(self.file) if self.from_file else "environment"

    def _where(self, name: str) -> str:
        """Who says a variable, or ought to."""
        is_from_environment = name in self.variables and name not in self.from_file
        return f"{'environment' if is_from_environment else self._name}: {name}"

    def _missing(self, name: str) -> Problem:
        others = sorted(other for other in self.variables.keys() - _names(Settings) if other.startswith(_PREFIXES))
        guess = nearest(name, others)
        hint = f"; there is {guess}, did you mean {name}?" if guess else ""
        return Problem(f"{self._name}: {name}", f"is required and missing{hint}")

    def _problem(self, item: ErrorDetails) -> Problem:
        name = str(item["loc"][0])
        if item["type"] == "missing":
            return self._missing(name)
        own_message = item.get("ctx", {}).get("error")
        return Problem(self._where(name), str(own_message or item["msg"][0].lower() + item["msg"][1:]))


def load_settings(env_file: Path | None, environment: Mapping[str, str], base: Path) -> Settings:
    """Everything at once (:class:`SettingsSource`). Raises :class:`ConfigError` with every problem."""
    return SettingsSource.read(env_file, environment, base).part(Settings)


def _names(kind: type[Part]) -> set[str]:
    return {field.alias for field in kind.model_fields.values() if field.alias}


def _field(kind: type[Part], alias: str) -> str:
    return next(name for name, field in kind.model_fields.items() if field.alias == alias)


def _read_env_file(file: Path) -> tuple[dict[str, str], list[Problem]]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        return {}, [Problem(str(file), f"cannot be read: {error}")]
    values: dict[str, str] = {}
    problems = []
    for binding in parse_stream(io.StringIO(text)):
        if binding.error:
            problems.append(Problem(f"{file}: line {binding.original.line}", "is not of the form NAME = 'value'"))
        elif binding.key is not None:
            values[binding.key] = binding.value or ""
    return values, problems


def _missing_alternatives(kind: type[Part], variables: Mapping[str, str]) -> list[str]:
    lacking: list[str] = []
    for alternatives in kind.either:
        if not any(all(name in variables for name in names) for names in alternatives):
            lacking += [name for name in alternatives[0] if name not in variables]
    return lacking
