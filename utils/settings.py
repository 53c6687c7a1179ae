"""Settings from ``.env`` and the environment (which wins), checked before anything is contacted."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from utils.errors import ConfigError, Problem
from utils.home import CALLED
from utils.names import nearest
from utils.placeholders import is_placeholder
from utils.settings_file import EnvFile, read_env_file
from utils.settings_parts import (
    ACCOUNT,
    PASSWORD_VARIABLE,
    SECRETS,
    START_FORMAT,
    TLS_WORDS,
    USER_VARIABLE,
    AccountSettings,
    AnyPart,
    ControllerSettings,
    LocalSettings,
    PageSettings,
    Part,
    ServerSettings,
    Settings,
    SimulationSettings,
)
from utils.writable import objection_to_file, objection_to_folder, objection_to_status_file

__all__ = [
    "PASSWORD_VARIABLE",
    "START_FORMAT",
    "USER_VARIABLE",
    "AccountSettings",
    "ControllerSettings",
    "LocalSettings",
    "PageSettings",
    "Parts",
    "ServerSettings",
    "Settings",
    "SettingsSource",
    "SimulationSettings",
    "load_settings",
]

_OURS = "BOP_"
"""Whatever begins like this is meant for us."""
_ACCOUNTS = ("ECY_", "ECY2_")
"""What begins like this is a setting, or an account that a config names."""
_ALIKE, _ALMOST = 0.7, 0.8
"""How alike a name and that of a setting are that one is suggested, and that one is taken, for the other."""
_STATE_DIR = "BRIDGE_STATE_DIR"
_OBJECTIONS = {
    "LOG_FILE": objection_to_file,
    "STEP_LOG": objection_to_file,
    "STATUS_FILE": objection_to_status_file,
    "BRIDGE_RUNS_DIR": objection_to_folder,
    _STATE_DIR: objection_to_folder,
}
"""The paths, and what may keep them from being written."""
_TLS = "ECY_TLS"
_NO_NUMBER = {"float_parsing": "number", "int_parsing": "whole number"}
"""What pydantic says at more length."""


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
    told_by_file: EnvFile = field(default_factory=EnvFile)
    is_tolerant: bool = False
    """Whether what cannot be read of the file is passed over."""
    named: frozenset[str] = frozenset()
    """The variables that configs ask for, whatever they are called."""
    wants_account: bool = True
    """Whether any controller may ask for a user and a password: none over BACnet does."""
    only_reads: bool = False
    """Whether nothing is written where they say: a folder may be read-only then."""

    @classmethod
    def read(
        cls, env_file: Path | None, environment: Mapping[str, str], base: Path, *, tolerant: bool = False
    ) -> SettingsSource:
        """Read the file (absent is fine) beside the environment; a ``tolerant`` one passes over what it cannot read."""
        told = read_env_file(env_file) if env_file is not None else EnvFile()
        written = {name: value for name, value in {**told.values, **environment}.items() if value.strip()}
        return cls(
            written, base, env_file, frozenset(told.values.keys() - environment.keys()), told, is_tolerant=tolerant
        )

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be seen in a log, whatever else is written or not."""
        return tuple(self.variables[name] for name in SECRETS if name in self.variables)

    def naming(self, names: Collection[str], *, wants_account: bool = True) -> SettingsSource:
        """The same, knowing that configs ask for these variables, and whether any of them needs the account."""
        return replace(self, named=frozenset(names), wants_account=wants_account)

    def with_variables(self, variables: Mapping[str, str]) -> SettingsSource:
        """The same with some variables that win over all others."""
        return replace(self, variables={**self.variables, **variables})

    def part(self, kind: type[AnyPart]) -> AnyPart:
        """One part. Raises :class:`ConfigError` with every problem of it, and of the file."""
        problems = self._problems((kind,))
        if problems:
            raise ConfigError(problems)
        return kind.model_validate(self._values(kind))

    def check(self, *kinds: type[Part]) -> None:
        """Raises :class:`ConfigError` with all problems of these parts, and with names that are no setting's."""
        problems = [*self._problems(kinds), *self._misspelt(kinds)]
        if problems:
            raise ConfigError(problems)

    def part_in_spite(self, kind: type[AnyPart]) -> AnyPart:
        """One part of which nothing is required: what is wrong in it has its default."""
        wrong = {str(item["loc"][0]) for item in self._errors(kind)}
        sane = {name: value for name, value in self.variables.items() if name not in wrong}
        return kind.model_validate(replace(self, variables=sane)._values(kind))

    def _problems(self, kinds: Sequence[type[Part]]) -> list[Problem]:
        """What is wrong, each cause once: where nothing is known of a file, not everything that it does not say."""
        told, lacking = self.told_by_file, self._lacking(kinds)
        wrong = dict.fromkeys(problem for kind in kinds for problem in self._wrong(kind))
        if told.unread is not None:
            unread = self._unread(told.unread, lacking)
            return [*unread, *wrong]
        lines = () if self.is_tolerant else told.problems
        return [*lines, *(self._missing(name) for name in lacking if name not in told.unclear), *wrong]

    def _unread(self, unread: Problem, lacking: Sequence[str]) -> list[Problem]:
        """A file that is not there is missed by nobody who has everything in the environment."""
        if not self.told_by_file.is_absent:
            return [] if self.is_tolerant and not lacking else [unread]
        if not lacking:
            return []
        begun = any(name in self.variables for name in _names(Settings))
        rest = f", and the environment lacks {', '.join(lacking)}" if begun else ""
        return [Problem(unread.where, f"{unread.what}{rest}; {CALLED} init writes one to fill in")]

    def _lacking(self, kinds: Sequence[type[Part]]) -> list[str]:
        """The variables that are required and not written."""
        required = [
            *(name for kind in kinds for name in _missing_alternatives(kind, self.variables)),
            *(field.alias for kind in kinds for field in kind.model_fields.values() if field.is_required()),
        ]
        needed = (name for name in dict.fromkeys(required) if name is not None and name not in self._unasked)
        return [name for name in needed if name not in self.variables]

    def _wrong(self, kind: type[Part]) -> Iterator[Problem]:
        """What is written and cannot be used."""
        for name in sorted(_names(kind) & self._placeholders):
            what = "still has the placeholder of .env.example; put your own value in its place"
            yield Problem(self._where(name), what)
        for item in self._errors(kind):
            own_message = item.get("ctx", {}).get("error")
            what = str(own_message or item["msg"][0].lower() + item["msg"][1:])
            if item["type"] in _NO_NUMBER:
                what = f"{item['input']!r} is no {_NO_NUMBER[item['type']]}, as in 60"
            yield Problem(self._where(str(item["loc"][0])), what)
        for name, value in () if self.only_reads else self._values(kind).items():
            objection = _OBJECTIONS[name](Path(str(value))) if name in _OBJECTIONS else None
            if objection is not None:
                yield Problem(self._where(name), objection)

    @property
    def _placeholders(self) -> set[str]:
        return {name for name, value in self.variables.items() if is_placeholder(value)} - self._unasked

    @property
    def _unasked(self) -> frozenset[str]:
        """What nobody needs: it may be lacking, or left as the example has it."""
        return frozenset() if self.wants_account else frozenset(ACCOUNT)

    def _misspelt(self, kinds: Sequence[type[Part]]) -> Iterator[Problem]:
        """Names that are meant for us and are no setting's, unless they have been told with a missing one."""
        meant = {self._guess(name) for name in self._lacking(kinds)} if self.told_by_file.unread is None else set()
        for name in sorted(self._slips - meant):
            yield self._no_setting(name)

    def _doubtful(self) -> Iterator[Problem]:
        """Names in the file that may be misspelt. They may be another program's as well, so nobody is stopped."""
        for name in sorted((self._unknown & self.from_file) - self._slips):
            if name.startswith(_ACCOUNTS) or nearest(name, _names(Settings), cutoff=_ALMOST):
                yield self._no_setting(name)

    def _no_setting(self, name: str) -> Problem:
        guess = nearest(name, _names(Settings), cutoff=_ALIKE)
        hint = f"; did you mean {guess}?" if guess else ", and no config asks for it; remove it"
        return Problem(self._where(name), f"is not a setting{hint}")

    @property
    def _unknown(self) -> set[str]:
        return self.variables.keys() - _names(Settings) - self.named

    @property
    def _slips(self) -> set[str]:
        """Some accounts of controllers may begin like ours, too: configs that are not read now may ask for those."""
        ours = (name for name in self._unknown if name.startswith((_OURS, *_ACCOUNTS)))
        return {name for name in ours if name.startswith(_OURS) or nearest(name, _names(Settings), cutoff=_ALMOST)}

    def _errors(self, kind: type[Part]) -> Sequence[ErrorDetails]:
        """What the part says of what is written; what is missing or a placeholder is told by others."""
        try:
            kind.model_validate(self._values(kind))
        except ValidationError as error:
            told_by_others = self._placeholders
            found = (item for item in error.errors() if item["type"] != "missing")
            return [item for item in found if item["loc"][0] not in told_by_others]
        return ()

    def _values(self, kind: type[Part]) -> dict[str, object]:
        names = _names(kind)
        values: dict[str, object] = {name: text for name, text in self.variables.items() if name in names}
        for name in names.intersection(_OBJECTIONS):
            default = kind.model_fields[_field(kind, name)].default
            text = self.variables.get(name, default)
            values |= {name: self._folder_of(name) / text} if text is not None else {}
        if str(values.get(_TLS, "pin")) not in TLS_WORDS:
            values[_TLS] = str(self._folder_of(_TLS) / str(values[_TLS]))
        if _STATE_DIR in names:
            values |= self._state_dirs(Path(str(values[_STATE_DIR])))
            values["doubtful"] = tuple(self._doubtful())
        places = {name: self._where(name) for name in names}
        return {**values, "variables": self.variables, "places": places}

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

    @property
    def _name(self) -> str:
        """The file where there is one: an empty one is what has to be filled in."""
        is_there = self.file is not None and not self.told_by_file.is_absent
        return str(self.file) if is_there else "environment"

    def _where(self, name: str) -> str:
        """Who says a variable, or ought to."""
        is_from_environment = name in self.variables and name not in self.from_file
        return f"{'environment' if is_from_environment else self._name}: {name}"

    def _guess(self, name: str) -> str | None:
        """What is written where this may have been meant."""
        return nearest(name, sorted(name for name in self._unknown if name.startswith(("BOP", "ECY"))))

    def _missing(self, name: str) -> Problem:
        if self.told_by_file.values.get(name, "").strip():
            return Problem(f"environment: {name}", "is empty, and wins over the file; remove it")
        guess = self._guess(name)
        hint = f"; there is {guess}, did you mean {name}?" if guess else ""
        return Problem(f"{self._name}: {name}", f"is required and missing{hint}")


def load_settings(env_file: Path | None, environment: Mapping[str, str], base: Path) -> Settings:
    """Everything at once (:class:`SettingsSource`). Raises :class:`ConfigError` with every problem."""
    return SettingsSource.read(env_file, environment, base).part(Settings)


def _names(kind: type[Part]) -> set[str]:
    return {field.alias for field in kind.model_fields.values() if field.alias}


def _field(kind: type[Part], alias: str) -> str:
    return next(name for name, field in kind.model_fields.items() if field.alias == alias)


def _missing_alternatives(kind: type[Part], variables: Mapping[str, str]) -> list[str]:
    lacking: list[str] = []
    for alternatives in kind.either:
        if not any(all(name in variables for name in names) for names in alternatives):
            lacking += [name for name in alternatives[0] if name not in variables]
    return lacking
