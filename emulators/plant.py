"""What a plant has to offer to stand behind the BOPTEST-compatible server.

Validation, clipping, the results store, scenarios, forecasts and KPIs belong to the server, once; a plant is physics
and its own control. SI units throughout (K, Pa, m3/s, W, 0..1, ppm).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from emulators.states import Memory


@dataclass(frozen=True, slots=True)
class PointMeta:
    """Metadata of one input, measurement or forecast point, as the BOPTEST API tells it."""

    unit: str | None
    description: str
    minimum: float | None = None
    maximum: float | None = None


@dataclass(frozen=True, slots=True)
class TestCaseMeta:
    """What the server has to know about a test case besides its points.

    ``periods`` maps a scenario to its day (0-based, middle of the two weeks); ``kpi_sources`` maps a KPI's category
    (``ElectricPower``, ``AirZoneTemperature[cor]``, ``CO2Concentration[cor]``, ...) to measurement names.
    """

    name: str
    floor_area_m2: float
    default_step_s: float
    periods: Mapping[str, int]
    kpi_sources: Mapping[str, Sequence[str]]


class Plant(Protocol):
    """A simulated building. Time is seconds since 1 January 00:00, local standard time."""

    @property
    def meta(self) -> TestCaseMeta:
        """The test case that this plant is."""

    @property
    def inputs(self) -> Mapping[str, PointMeta]:
        """``<base>_u`` and ``<base>_activate`` by name."""

    @property
    def measurements(self) -> Mapping[str, PointMeta]:
        """``<name>_y`` by name."""

    @property
    def forecast_points(self) -> Mapping[str, PointMeta]:
        """What :meth:`forecast` can answer."""

    def initialize(self, start_time_s: float) -> Mapping[str, float]:
        """Forget everything (overrides included) and return the state at the start time, without any warm-up.

        A state maps every measurement and every input to a number; ``x_u`` is the value in force, ``x_activate``
        0.0 or 1.0. The server makes a warm-up of ordinary steps, so that its history is in the results.
        """

    def advance(self, step_s: float, inputs: Mapping[str, float]) -> Mapping[str, float]:
        """Simulate ``step_s`` (> 0) with the given inputs held constant and return the state at its end.

        ``inputs`` holds only what the caller changed; everything else keeps its last value (inputs are sticky).
        """

    def forecast(self, names: Sequence[str], times_s: Sequence[float]) -> Mapping[str, Sequence[float]]:
        """Perfect boundary data (weather, gains, set-points, occupancy, prices, emissions) at the given times."""


@runtime_checkable
class RestorablePlant(Plant, Protocol):
    """A plant that can be saved, and asked what its own control would do."""

    @property
    def identity(self) -> str:
        """Its name, version and parameters in one line: two plants that have it in common continue alike."""

    def remember(self) -> Memory:
        """All of its state, as plain numbers."""

    def prepare(self, memory: Mapping[str, object]) -> Callable[[], None]:
        """The way back to a state of a plant of the same identity. Raises SavedStateError; nothing has changed yet."""

    def own_control(self) -> Mapping[str, float]:
        """What its own control would command now in place of each input ``x_u`` that is overridden.

        Worked out beside the plant when somebody asks; the plant does not notice.
        """
