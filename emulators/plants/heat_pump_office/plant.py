"""The embedded plant behind the case ``heat_pump_office``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from math import inf, isfinite

from emulators.plant import PointMeta, TestCaseMeta
from emulators.plants.heat_pump_office.building import built, own_commands, run, settle
from emulators.plants.heat_pump_office.layout import DT_S, SIZE, TIME_S
from emulators.plants.heat_pump_office.parameters import HeatPumpOfficeParameters
from emulators.plants.heat_pump_office.points import FORECAST_POINTS, INPUTS, MEASUREMENTS, META, NAME, give, tell
from emulators.plants.heat_pump_office.use import KnownAhead
from emulators.plants.prices import HourlyPrices, our_own_hourly
from emulators.plants.weather import WeatherYear, chicago_ohare
from emulators.states import Fields, ForeignStateError, Memory, SavedStateError

_VERSION = "1"
"""Raise with every change of the equations: it tells results of different versions apart."""
_STARTS_KEPT = 16


class HeatPumpOffice:
    """Eight zones with an air-source heat pump each, which only heats; one meter (docs/heat_pump_office.md).

    The same calls give the same numbers. Not thread-safe: one caller at a time.
    """

    def __init__(
        self,
        parameters: HeatPumpOfficeParameters | None = None,
        start_time_s: float = 0.0,
        year: WeatherYear | None = None,
        hourly: HourlyPrices | None = None,
    ) -> None:
        self._parameters = parameters or HeatPumpOfficeParameters()
        self._year = year or chicago_ohare()
        self._known = KnownAhead(self._parameters, self._year, hourly or our_own_hourly())
        self.initialize(start_time_s)

    @property
    def meta(self) -> TestCaseMeta:
        """The test case that this plant is."""
        return META

    @property
    def identity(self) -> str:
        """Name, version of the equations, and a digest of parameters, weather and hourly prices."""
        told = f"{self._parameters!r} {self._year.fingerprint} {self._known.hourly.fingerprint}"
        return f"{NAME} grey box {_VERSION} {sha256(told.encode()).hexdigest()[:12]}"

    @property
    def inputs(self) -> Mapping[str, PointMeta]:
        """``<base>_u`` and ``<base>_activate`` by name."""
        return INPUTS

    @property
    def measurements(self) -> Mapping[str, PointMeta]:
        """``<name>_y`` by name."""
        return MEASUREMENTS

    @property
    def forecast_points(self) -> Mapping[str, PointMeta]:
        """What :meth:`forecast` can answer."""
        return FORECAST_POINTS

    @property
    def time_s(self) -> float:
        """Where it stands, in s from 1 January 00:00."""
        return self._cells[TIME_S]

    def initialize(self, start_time_s: float) -> Mapping[str, float]:
        """Forget everything (overrides included) and return the state at the start time.

        The building is then as a week of ordinary running would have left it, which needs no warm-up.
        """
        self._cells = list(_started(self._parameters, self._year, float(start_time_s)))
        return tell(self._cells, self._year.table)

    def advance(self, step_s: float, inputs: Mapping[str, float]) -> Mapping[str, float]:
        """Simulate ``step_s`` (> 0) with the given inputs held constant and return the state at its end.

        Raises KeyError for an unknown input, ValueError for one outside its limits; nothing is simulated then.
        """
        if not 0.0 < step_s < inf:
            raise ValueError(f"a step of {step_s} s cannot be simulated")
        give(self._cells, inputs)
        run(self._cells, self._year.table, float(step_s))
        return tell(self._cells, self._year.table)

    def forecast(self, names: Sequence[str], times_s: Sequence[float]) -> Mapping[str, Sequence[float]]:
        """Perfect boundary data at the given times. Raises KeyError for an unknown name."""
        return self._known.forecast(names, times_s)

    def remember(self) -> Memory:
        """All of the state, as plain numbers."""
        return {"cells": [value if isfinite(value) else str(value) for value in self._cells]}

    def prepare(self, memory: Mapping[str, object]) -> Callable[[], None]:
        """The way back to what :meth:`remember` told. Raises SavedStateError; nothing has changed yet."""
        cells = Fields(memory, "the building").numbers("cells")
        if len(cells) != SIZE:
            raise ForeignStateError(f"the building: the state is of another version ({len(cells)} cells, not {SIZE})")
        if not isfinite(cells[TIME_S]):
            raise SavedStateError("the building: its time has to be a number of seconds")
        # What only follows from the length of a step is worked out again in the next one, not believed.
        cells[DT_S] = 0.0

        def go_back() -> None:
            self._cells[:] = cells

        return go_back

    def own_control(self) -> Mapping[str, float]:
        """What the building's own control would command now in place of each input that is overridden."""
        return own_commands(list(self._cells))


@lru_cache(maxsize=_STARTS_KEPT)
def _started(parameters: HeatPumpOfficeParameters, year: WeatherYear, start_time_s: float) -> tuple[float, ...]:
    """A building as it starts: a start takes a hundred times as long as a copy of it."""
    b = built(parameters)
    settle(b, year.table, start_time_s)
    return tuple(b)
