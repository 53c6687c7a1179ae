"""The embedded plants behind the cases ``multizone_office_simple_air`` and ``multizone_office_bench``."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping, MutableSequence, Sequence
from functools import partial
from math import inf, isfinite
from typing import ClassVar

from emulators.plant import PointMeta, TestCaseMeta
from emulators.plants.multizone_office.bench.people import USUAL_SEED, peopled
from emulators.plants.multizone_office.bench.use import peopled_use_points
from emulators.plants.multizone_office.engine import GOING_ON, OfficeEngine, best
from emulators.plants.multizone_office.interface.overrides import give, refusal
from emulators.plants.multizone_office.interface.own_control import own_control
from emulators.plants.multizone_office.kinds import BENCH, STANDARD, OfficeKind
from emulators.plants.multizone_office.layout import DT_S, OPERATION, TIME_S
from emulators.plants.multizone_office.parameters import OfficeParameters
from emulators.plants.multizone_office.starting import Snapshot, identity_of, put_back, snapshot_of, started
from emulators.plants.multizone_office.use.boundary import Known, forecast
from emulators.plants.multizone_office.use.modes import MODES
from emulators.plants.prices import HourlyPrices, our_own_hourly
from emulators.plants.weather import WeatherYear, chicago_ohare
from emulators.states import Fields, ForeignStateError, Memory, SavedStateError


class MultizoneOffice:
    """Five zones, one air handler with VAV reheat, a chiller and a heat pump, in Chicago.

    Grey box: BOPTEST's names, its control, and dynamics judged beside it (docs/building.md). The same calls give the
    same numbers, with the same ``engine``; the fastest that is installed is taken. Not thread-safe: one caller at a
    time.
    """

    _kind: ClassVar[OfficeKind] = STANDARD

    def __init__(
        self,
        parameters: OfficeParameters | None = None,
        start_time_s: float = 0.0,
        year: WeatherYear | None = None,
        hourly: HourlyPrices | None = None,
        engine: OfficeEngine | None = None,
    ) -> None:
        self._parameters = parameters or OfficeParameters()
        self._points = self._kind.points
        self._year = year or chicago_ohare()
        self._known = self._surroundings(hourly or our_own_hourly())
        self._identity = identity_of(self._parameters, self._known.year, self._known.hourly, self._kind)
        self._engine = engine or best()
        rows = self._engine.rows
        self._table = self._engine.table(self._year)
        self._all_inputs, self._no_inputs = rows([[0.0] * len(self._kind.inputs)]), rows([[]])
        self._out = rows([[0.0] * len(self._kind.told)])
        self.initialize(start_time_s)

    @property
    def meta(self) -> TestCaseMeta:
        """The test case that this plant is."""
        return self._points.meta

    @property
    def identity(self) -> str:
        """Name, version of the equations, and a digest of parameters, weather and hourly prices."""
        return str(self._identity)

    @property
    def inputs(self) -> Mapping[str, PointMeta]:
        """``<base>_u`` and ``<base>_activate`` by name."""
        return self._points.inputs

    @property
    def measurements(self) -> Mapping[str, PointMeta]:
        """``<name>_y`` by name."""
        return self._points.measurements

    @property
    def forecast_points(self) -> Mapping[str, PointMeta]:
        """What :meth:`forecast` can answer."""
        return self._points.forecast_points

    @property
    def time_s(self) -> float:
        """Where it stands, in s from 1 January 00:00."""
        return float(self._buildings[0][TIME_S])

    def initialize(self, start_time_s: float) -> Mapping[str, float]:
        """Forget everything (overrides included) and return the state at the start time.

        The building is then as a week of ordinary running would have left it, which needs no warm-up; or, with the
        parameters of ``as_boptest``, everything is at 20 degC.
        """
        cells = started(self._parameters, self._year, self._engine, float(start_time_s), self._kind)
        self._buildings = self._engine.rows([cells])
        return self._state(0.0)

    def advance(self, step_s: float, inputs: Mapping[str, float]) -> Mapping[str, float]:
        """Simulate ``step_s`` (> 0) with the given inputs held constant and return the state at its end.

        Raises KeyError for an unknown input, ValueError for one outside its limits; nothing is simulated then.
        """
        check_step(step_s)
        give(self._buildings[0], inputs, self._kind.inputs)
        return self._state(float(step_s))

    def advance_into(self, step_s: float, inputs: Sequence[float], out: MutableSequence[float]) -> None:
        """:meth:`advance` without names: all inputs in the order of ``INPUT_NAMES``, the state in that of ``TOLD``.

        Raises ValueError for an input outside its limits, or one too few; nothing is simulated then.
        """
        check_step(step_s)
        count = len(self._kind.inputs)
        if len(inputs) != count:
            raise ValueError(f"all {count} inputs have to be given, not {len(inputs)}")
        self._all_inputs[0][:] = inputs
        wrong = self._run(float(step_s), self._all_inputs)
        if wrong >= 0:
            raise ValueError(refusal(wrong, inputs[wrong]))
        out[:] = self._out[0]

    def tell_into(self, out: MutableSequence[float]) -> None:
        """Write the state as it is, in the order of ``TOLD``."""
        self._run(0.0, self._no_inputs)
        out[:] = self._out[0]

    def forecast(self, names: Sequence[str], times_s: Sequence[float]) -> Mapping[str, Sequence[float]]:
        """Perfect boundary data at the given times. Raises KeyError for an unknown name."""
        return forecast(self._known, names, times_s)

    def snapshot(self) -> Snapshot:
        """All of the state, to the bit: time, control and overrides too."""
        return snapshot_of(self._buildings[0], self._identity)

    def restore(self, snapshot: Snapshot) -> None:
        """Go back to a snapshot of this plant or of one like it. Raises ForeignStateError for another's."""
        if snapshot.identity != self._identity:
            raise ForeignStateError(f"the snapshot is of {str(snapshot.identity)!a}; this is {self._identity}")
        put_back(self._buildings[0], snapshot)

    def remember(self) -> Memory:
        """All of the state, as plain numbers."""
        return {"cells": [_plain(value) for value in self.cells()]}

    def prepare(self, memory: Mapping[str, object]) -> Callable[[], None]:
        """The way back to what :meth:`remember` told. Raises SavedStateError; nothing has changed yet."""
        cells = _believed(Fields(memory, "the building"), self._kind.size)

        def go_back() -> None:
            self._buildings[0][:] = array("d", cells)

        return go_back

    def own_control(self) -> Mapping[str, float]:
        """What the building's own control would command now in place of each input that is overridden."""
        return own_control(self.cells(), self._kind.overrides, self._kind.is_bench)

    def cells(self) -> list[float]:
        """A copy of all cells."""
        return [float(value) for value in self._buildings[0]]

    def _state(self, step_s: float) -> dict[str, float]:
        self._run(step_s, self._no_inputs)
        return dict(zip(self._kind.told, map(float, self._out[0]), strict=True))

    def _run(self, step_s: float, inputs: Sequence[Sequence[float]]) -> int:
        advance = self._engine.advance_bench if self._kind.is_bench else self._engine.advance_all
        return advance(self._buildings, self._table, GOING_ON, step_s, inputs, self._out)

    def _surroundings(self, hourly: HourlyPrices) -> Known:
        return Known(self._year, self._parameters.gains, hourly)


class BenchOffice(MultizoneOffice):
    """The same building with what programs need: people who are counted, an air flow station, minimum set-points.

    The people are drawn from ``people_seed``; one year of them takes a second to make, and is kept.
    """

    _kind = BENCH

    def __init__(
        self,
        parameters: OfficeParameters | None = None,
        start_time_s: float = 0.0,
        year: WeatherYear | None = None,
        hourly: HourlyPrices | None = None,
        engine: OfficeEngine | None = None,
        people_seed: int = USUAL_SEED,
    ) -> None:
        super().__init__(parameters, start_time_s, peopled(year or chicago_ohare(), people_seed), hourly, engine)

    def _surroundings(self, hourly: HourlyPrices) -> Known:
        gains = self._parameters.gains
        return Known(self._year, gains, hourly, partial(peopled_use_points, gains, self._year.table))


def check_step(step_s: float) -> None:
    """Raises ValueError for what is no length of a step, in s."""
    if not 0.0 < step_s < inf:
        raise ValueError(f"a step of {step_s} s cannot be simulated")


def _believed(state: Fields, size: int) -> list[float]:
    """The cells of a state that may have been tampered with, as far as they decide where the building looks.

    Raises SavedStateError.
    """
    cells = state.numbers("cells")
    if len(cells) != size:
        raise ForeignStateError(f"the building: the state is of another version ({len(cells)} cells, not {size})")
    if not isfinite(cells[TIME_S]):
        raise SavedStateError("the building: its time has to be a number of seconds")
    if cells[OPERATION] not in range(len(MODES)):
        raise SavedStateError(f"the building: its mode has to be one of 0 to {len(MODES) - 1}")
    # What only follows from the length of a step is worked out again in the next one, not believed.
    cells[DT_S] = 0.0
    return cells


def _plain(value: float) -> float | str:
    return value if isfinite(value) else str(value)
