"""What is to be run, checked as far as it can be without contacting anything: programs, config, roles, parameters."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from equipment.config_address import normal_address
from equipment.config_json import JsonDocument, check, read_document
from supervisory.easy import EasyASO
from supervisory.program import Parameters, Program
from supervisory.setup.config import KNOWN_KEYS, ProgramConfig, SupervisoryConfig, Transport
from supervisory.setup.loading import LoadedProgram, ProgramClass, load_program, try_to_make
from supervisory.setup.roles import Roles, Wanted, default_parameters, parameters_of, wanted_points
from utils.errors import ConfigError, Problem, Problems
from utils.names import did_you_mean

Result = TypeVar("Result")

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


@dataclass(frozen=True, slots=True)
class ProgramPlan:
    """A program as the config wants it. ``period_s`` is None for one that sets its own pace."""

    name: str
    kind: ProgramClass
    settings: Parameters
    priority: int
    period_s: float | None
    make: Callable[[], EasyASO] | None = None
    """How an instance of the short style is made, where its class alone will not do."""

    def made(self) -> Program | EasyASO:
        """A new instance. Raises whatever its constructor raises."""
        if issubclass(self.kind, EasyASO):
            return (self.make or self.kind)()
        return self.kind(self.settings)

    @property
    def roles(self) -> Roles:
        """Its roles; the short style has none."""
        return {} if issubclass(self.kind, EasyASO) else self.kind.points

    @property
    def buttons(self) -> Mapping[str, str]:
        """What its buttons do, by name; the short style has none."""
        return {} if issubclass(self.kind, EasyASO) else self.kind.buttons


@dataclass(frozen=True, slots=True)
class RunPlan:
    """A config, the programs that were asked for, and what their roles are bound to."""

    config: SupervisoryConfig
    folder: Path
    """The config file's, from which its paths count."""
    programs: tuple[ProgramPlan, ...]
    wanted: Mapping[str, tuple[Wanted, ...]]
    is_open: bool = False
    """Whether programs may reach any BACnet address, not only the config's."""


def load_config(file: Path) -> tuple[JsonDocument, SupervisoryConfig]:
    """Read a config file. Raises :class:`ConfigError` with every problem."""
    document = read_document(file)
    problems = Problems()
    problems.add(document.repeated_keys)
    with problems.collecting():
        config = check(document, SupervisoryConfig, KNOWN_KEYS)
        problems.add(_device_problems(document, config))
    problems.refuse()
    return document, config


def plan_run(programs: Sequence[str], file: Path, base: Path) -> RunPlan:
    """Load a config and programs (relative files count from ``base``).

    Raises :class:`ConfigError` with every problem of all of them.
    """
    document, config = load_config(file)
    problems = Problems()
    plans: list[ProgramPlan] = []
    wanted: dict[str, tuple[Wanted, ...]] = {}
    for text in programs:
        with problems.collecting():
            loaded = _loaded(text, config, file, base)
            if loaded.name in wanted:
                what = f"{loaded.name} is asked for twice; give one of both a name in the config"
                raise ConfigError([Problem(text, what)])
            settings = Parameters()
            with problems.collecting():
                settings = _settings(document, config, loaded)
            plan = _plan(config, loaded, settings)
            wanted[plan.name], found = wanted_points(document, config, plan.name, plan.roles)
            problems.add(found)
            plans.append(plan)
    problems.refuse()
    for plan in plans:
        with problems.collecting():
            try_to_make(plan.name, plan.kind, plan.made)
    problems.refuse()
    return RunPlan(config, file.resolve().parent, tuple(plans), wanted)


def _loaded(text: str, config: SupervisoryConfig, file: Path, base: Path) -> LoadedProgram:
    """A program by its name in the config, by the name of one that ships, or by its file."""
    entry = config.programs.get(text)
    if entry is not None and entry.program is not None:
        loaded = LoadedProgram(text, load_program(entry.program, file.resolve().parent).kind)
    else:
        loaded = load_program(text, base)
    if _NAME.fullmatch(loaded.name) is None:
        what = "is no name for files and BACnet objects; use letters, digits, - and _ (in the config or the file name)"
        raise ConfigError([Problem(loaded.name, what)])
    return loaded


def _settings(document: JsonDocument, config: SupervisoryConfig, loaded: LoadedProgram) -> Parameters:
    if issubclass(loaded.kind, EasyASO):
        return Parameters()  # its constructor takes what the config says
    entry = config.programs.get(loaded.name)
    if entry is None and loaded.kind.points:
        guess = did_you_mean(loaded.name, config.programs)
        raise ConfigError(
            [Problem(document.where("programs"), f"has no {loaded.name!r}{guess}; name its points there")]
        )
    model = loaded.kind.Settings
    return parameters_of(document, loaded.name, entry, model) if entry else default_parameters(loaded.name, model)


def _plan(config: SupervisoryConfig, loaded: LoadedProgram, settings: Parameters) -> ProgramPlan:
    entry = config.programs.get(loaded.name, ProgramConfig())
    own_period_s = None if issubclass(loaded.kind, EasyASO) else loaded.kind.period_s
    priority = entry.priority if entry.priority is not None else loaded.kind.priority
    make = partial(loaded.kind, **entry.parameters) if issubclass(loaded.kind, EasyASO) else None
    return ProgramPlan(loaded.name, loaded.kind, settings, priority, entry.period_s or own_period_s, make)


def _device_problems(document: JsonDocument, config: SupervisoryConfig) -> list[Problem]:
    problems = []
    if config.is_simulated and config.devices:
        problems.append(Problem(document.where("devices"), "has no meaning with the simulation; remove it"))
    if not config.is_simulated and not config.devices:
        problems.append(Problem(document.where("devices"), "is missing; name the devices and their addresses"))
    if not config.is_simulated and config.interface is None:
        what = "is missing; our own BACnet address, where operators find the switch: 192.168.0.5/24"
        problems.append(Problem(document.where("interface"), what))
    if config.clock is not None and config.clock not in config.devices:
        guess = did_you_mean(config.clock, config.devices)
        problems.append(Problem(document.where("clock"), f"{config.clock!r} is not among devices{guess}"))
    return problems + _address_problems(document, config)


def _address_problems(document: JsonDocument, config: SupervisoryConfig) -> list[Problem]:
    problems = []
    known: dict[str, str] = {}
    for alias, address in config.devices.items():
        where = document.where("devices", alias)
        try:
            spelled = normal_address(address) if config.transport is Transport.ECY else address
        except ValueError as error:
            problems.append(Problem(where, str(error)))
            continue
        if spelled in known:
            problems.append(Problem(where, f"is the address of {known[spelled]}, too; keep one name"))
        known.setdefault(spelled, alias)
    return problems
