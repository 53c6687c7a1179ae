"""One test of the embedded building in this process: BOPTEST's rules without a server, for who runs many of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from math import isfinite
from typing import Any

from emulators.boptest.case.testcase import CaseEngine, perform
from emulators.plant import PointMeta, TestCaseMeta
from emulators.plants.multizone_office import OfficeFiles, OfficeParameters, OfficeVariant, read_variant
from emulators.plants.multizone_office.files.parameter_file import wrong_with
from emulators.plants.multizone_office.files.variant import refuse_no_building
from utils.errors import ConfigError, Problem, SimulationRefused
from utils.names import did_you_mean


class EmbeddedTest:
    """A test of its own, which nobody else sees. SI units; used by one thread at a time.

    Every method raises :class:`utils.errors.SimulationRefused` with the words that a server would have answered.
    """

    def __init__(self, office: OfficeVariant | None = None) -> None:
        """Of the usual office, or of a variant of it."""
        self._plant = (office or OfficeVariant())()
        self._case = CaseEngine(self._plant)

    @property
    def identity(self) -> str:
        """The building's name, version, and a digest of its parameters and weather."""
        return self._plant.identity

    @property
    def meta(self) -> TestCaseMeta:
        """What test case it is."""
        return self._plant.meta

    @property
    def inputs(self) -> Mapping[str, PointMeta]:
        """``<base>_u`` and ``<base>_activate`` by name."""
        return self._plant.inputs

    @property
    def measurements(self) -> Mapping[str, PointMeta]:
        """``<name>_y`` by name."""
        return self._plant.measurements

    def set_scenario(self, scenario: Mapping[str, object]) -> Mapping[str, float] | None:
        """Choose what ``PUT /scenario`` has. A period begins its test, whose first state is returned."""
        begun: Mapping[str, float] | None = self._told("set_scenario", dict(scenario))["time_period"]
        return _sound(begun) if isinstance(begun, Mapping) else None

    def initialize(self, start_s: float, warmup_s: float) -> Mapping[str, float]:
        """Begin anew at a time of the model's year (s)."""
        return _sound(self._told("initialize", {"start_time": start_s, "warmup_period": warmup_s}))

    def set_step(self, step_s: float) -> None:
        """Choose the length of an advance."""
        self._told("set_step", {"step": step_s})

    def advance(self, inputs: Mapping[str, float]) -> Mapping[str, float]:
        """Simulate a step; the state at its end, nothing at the end of a period."""
        return _sound(self._told("advance", dict(inputs)))

    def kpis(self) -> Mapping[str, float | None]:
        """The KPIs since the start; None where the building has none. ``time_rat`` is of the client's wall clock."""
        values: Mapping[str, float | None] = self._told("get_kpis", {})
        return values

    def _told(self, call: str, params: dict[str, Any]) -> Any:  # noqa: ANN401 - whatever the call answers
        reply = perform(self._case, call, params)
        if reply.status != 200:
            raise SimulationRefused(f"the embedded building: {reply.message} {reply.payload or ''}".rstrip())
        return reply.payload


def _sound(state: Mapping[str, float]) -> Mapping[str, float]:
    """KPIs of numbers that are none would be missing, and the test still count as done."""
    if isfinite(sum(state.values())):
        return state
    name = next(name for name, value in state.items() if not isfinite(value))
    raise SimulationRefused(f"the embedded building: {name} is no number any more; its parameters cannot be simulated")


def parameter_problems(parameters: Mapping[str, float]) -> Iterable[tuple[str, str]]:
    """Those that the building has not or cannot have, and what to do about each."""
    usual = dict(_numbers(OfficeParameters(), ""))
    for name, value in parameters.items():
        if name not in usual:
            near = did_you_mean(name, usual) or f"; it has {', '.join([*usual][:3])} and so on"
            yield name, f"the building has no such parameter{near}"
        elif wrong := wrong_with(name.rpartition(".")[2], value, usual[name]):
            yield name, f"{wrong} (it is {usual[name]:g} as a rule)"


def _numbers(part: object, before: str) -> Iterable[tuple[str, float]]:
    for field in fields(part):  # type: ignore[arg-type]
        value = getattr(part, field.name)
        if is_dataclass(value):
            yield from _numbers(value, f"{before}{field.name}.")
        elif isinstance(value, float):
            yield f"{before}{field.name}", value


def office_with(files: OfficeFiles, parameters: Mapping[str, float]) -> OfficeVariant:
    """The office of a user's files, in which ``parameters`` are replaced by paths such as ``envelope.window_w_m2k``.

    Raises :class:`ConfigError`.
    """
    return varied(read_variant(files), parameters)


def varied(office: OfficeVariant, parameters: Mapping[str, float]) -> OfficeVariant:
    """An office in which parameters are replaced by their paths. Raises :class:`ConfigError`."""
    problems = [Problem(name, what) for name, what in parameter_problems(parameters)]
    if problems:
        raise ConfigError(problems)
    changed = office.parameters or OfficeParameters()
    for name, value in parameters.items():
        changed = _replaced(changed, name.split("."), float(value))
    refuse_no_building(changed, ", ".join(parameters))
    return replace(office, parameters=changed)


def _replaced(part: Any, path: list[str], value: float) -> Any:  # noqa: ANN401 - a dataclass of any kind
    name, *deeper = path
    return replace(part, **{name: _replaced(getattr(part, name), deeper, value) if deeper else value})
