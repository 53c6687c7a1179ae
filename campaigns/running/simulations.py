"""The building of a cell behind one face, whether it is in this process or on a BOPTEST server."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from campaigns.cell import CellParameters, Task
from campaigns.running.settings import settings_for, warmup_s
from campaigns.running.times import start_of
from clients.boptest_client import BOPTestClient
from clients.making import simulation_client
from emulators.door import EmbeddedTest, OfficeFiles, PointMeta, office_with
from utils.clocks import ModelSeconds
from utils.settings import LocalSettings
from utils.settings_parts import ServerSettings
from utils.state_folder import StateFolder
from utils.values import PointMetadata, SimulationState

USUAL_STEP_S = 900.0


class CellSimulation(Protocol):
    """What a cell needs of a building; a BOPTEST client has more."""

    @property
    def testcase(self) -> str:
        """Which case it is."""

    @property
    def server_version(self) -> str:
        """What computes it."""

    def get_metadata(self) -> Mapping[str, PointMetadata]:
        """Its points."""

    def set_scenario(
        self, *, electricity_price: str | None = None, time_period: str | None = None
    ) -> SimulationState | None:
        """Choose price and period; a period begins with the state that is returned."""

    def initialize_system(self, start_time_s: float, warmup_period_s: float) -> SimulationState:
        """Begin at a model time (s)."""

    def set_step_time(self, step_time_s: float) -> float:
        """Choose the step (s)."""

    def advance_simulation(self, control_inputs: Mapping[str, float]) -> SimulationState:
        """Simulate one step."""

    def get_kpis(self) -> Mapping[str, float]:
        """The KPIs since the start."""


class EmbeddedSimulation:
    """The embedded building as :class:`CellSimulation`. Raises :class:`utils.errors.SimulationRefused`."""

    def __init__(self, parameters: CellParameters, folder: Path) -> None:
        self._test = EmbeddedTest(office_with(office_files(parameters, folder), parameters.plant))
        self._seed = parameters.seed
        self._time_s = ModelSeconds(0.0)

    @property
    def testcase(self) -> str:
        """Which case it is."""
        return self._test.meta.name

    @property
    def server_version(self) -> str:
        """The building, with a digest of its parameters and weather."""
        return self._test.identity

    def get_metadata(self) -> Mapping[str, PointMetadata]:
        """Its points."""
        inputs = {name: _metadata(meta, is_input=True) for name, meta in self._test.inputs.items()}
        return inputs | {name: _metadata(meta, is_input=False) for name, meta in self._test.measurements.items()}

    def set_scenario(
        self, *, electricity_price: str | None = None, time_period: str | None = None
    ) -> SimulationState | None:
        """Choose price and period; a period begins with the state that is returned."""
        scenario = {"electricity_price": electricity_price, "time_period": time_period, "seed": self._seed}
        begun = self._test.set_scenario(scenario)
        return None if begun is None else self._state(begun)

    def initialize_system(self, start_time_s: float, warmup_period_s: float) -> SimulationState:
        """Begin at a model time (s)."""
        return self._state(self._test.initialize(start_time_s, warmup_period_s))

    def set_step_time(self, step_time_s: float) -> float:
        """Choose the step (s)."""
        self._test.set_step(step_time_s)
        return step_time_s

    def advance_simulation(self, control_inputs: Mapping[str, float]) -> SimulationState:
        """Simulate one step."""
        return self._state(self._test.advance(control_inputs))

    def get_kpis(self) -> Mapping[str, float]:
        """The KPIs since the start; NaN where the building has none."""
        return {name: math.nan if value is None else value for name, value in self._test.kpis().items()}

    def _state(self, told: Mapping[str, float]) -> SimulationState:
        if not told:
            return SimulationState(self._time_s, ended=True)
        self._time_s = ModelSeconds(told["time"])
        return SimulationState(self._time_s, {name: value for name, value in told.items() if name != "time"})


def office_files(parameters: CellParameters, folder: Path) -> OfficeFiles:
    """What the cell says of the embedded building in files; paths count from ``folder``."""
    weather, prices = parameters.weather, parameters.prices
    return OfficeFiles(
        weather=None if weather is None else folder / weather,
        prices=None if prices is None else folder / prices,
        as_boptest=parameters.as_boptest,
    )


@contextmanager
def opened(task: Task) -> Iterator[CellSimulation]:
    """The building of a cell; a server's test is stopped at the end. Raises :class:`utils.errors.BridgeError`."""
    parameters = task.parameters
    if parameters.is_embedded:
        yield EmbeddedSimulation(parameters, Path(task.folder))
        return
    with server_client(parameters.building, Path(task.env)) as client:
        client.connect(parameters.test_case)
        yield client


def server_client(url: str, env: Path) -> BOPTestClient:
    """A client of a server; what it selects is on record, so that whoever comes after a crash stops it."""
    source = settings_for(url, env)
    state = StateFolder(source.part_in_spite(LocalSettings).state_dir)
    return simulation_client(source.part(ServerSettings), state.tests)


def begun(simulation: CellSimulation, parameters: CellParameters, step_s: float) -> SimulationState:
    """Begin as the cell says. Raises :class:`utils.errors.SimulationError`."""
    state = simulation.set_scenario(electricity_price=parameters.price, time_period=parameters.period)
    if state is None:
        state = simulation.initialize_system(start_of(parameters.day).time_s, warmup_s(parameters))
    simulation.set_step_time(step_s)
    return state


def _metadata(meta: PointMeta, *, is_input: bool) -> PointMetadata:
    return PointMetadata(meta.unit, meta.description, meta.minimum, meta.maximum, is_input)
