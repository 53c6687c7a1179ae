"""The embedded plant behind the BOPTEST case ``multizone_office_simple_air``."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping, MutableSequence, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from math import inf, isfinite

from emulators.plant import PointMeta, TestCaseMeta
from emulators.plants.multizone_office.building import built, update_boundary
from emulators.plants.multizone_office.engine import GOING_ON, OfficeEngine, best
from emulators.plants.multizone_office.interface.measurements import TOLD
from emulators.plants.multizone_office.interface.overrides import INPUTS, give, refusal
from emulators.plants.multizone_office.interface.own_control import own_control
from emulators.plants.multizone_office.interface.points import points
from emulators.plants.multizone_office.layout import DT_S, OPERATION, SIZE, TIME_S
from emulators.plants.multizone_office.parameters import OfficeParameters
from emulators.plants.multizone_office.use.boundary import Known, forecast
from emulators.plants.multizone_office.use.modes import MODES
from emulators.plants.multizone_office.use.prices import HourlyPrices, our_own_hourly
from emulators.plants.weather import WeatherYear, chicago_ohare
from emulators.states import Fields, ForeignStateError, Memory, SavedStateError

_VERSION = "3"
"""Raise with every change of the equations: it tells results of different versions apart."""
_STARTS_KEPT = 16


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that a plant was at a moment; only for plants of the same identity."""

    identity: str
    cells: bytes


class MultizoneOffice:
    """Five zones, one air handler with VAV reheat, a chiller and a heat pump, in Chicago.

    Grey box: BOPTEST's names, its control, and dynamics judged beside it (docs/building.md). The same calls give the
    same numbers, with the same ``engine``; the fastest that is installed is taken. Not thread-safe: one caller at a
    time.
    """

    def __init__(
        self,
        parameters: OfficeParameters | None = None,
        start_time_s: float = 0.0,
        year: WeatherYear | None = None,
        hourly: HourlyPrices | None = None,
        engine: OfficeEngine | None = None,
    ) -> None:
        self._parameters = parameters or OfficeParameters()
        self._points = points()
        self._year = year or chicago_ohare()
        self._known = Known(self._year, self._parameters.gains, hourly or our_own_hourly())
        self._identity = _identity(self._parameters, self._known)
        self._engine = engine or best()
        rows = self._engine.rows
        self._table = self._engine.table(self._year)
        self._all_inputs, self._no_inputs = rows([[0.0] * len(INPUTS)]), rows([[]])
        self._out = rows([[0.0] * len(TOLD)])
        self.initialize(start_time_s)

    @property
    def meta(self) -> TestCaseMeta:
        """The test case that this plant is."""
        return self._points.meta

    @property
    def identity(self) -> str:
        """Name, version of the equations, and a digest of parameters, weather and hourly prices."""
        return self._identity

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

    def initialize(self, start_time_s: float) -> Mapping[str, float]:
        """Forget everything (overrides included) and return the state at the start time.

        The building is then as a week of ordinary running would have left it, which needs no warm-up; or, with the
        parameters of ``as_boptest``, everything is at 20 degC.
        """
        cells = started(self._parameters, self._year, self._engine, float(start_time_s))
        self._buildings = self._engine.rows([cells])
        return self._state(0.0)

    def advance(self, step_s: float, inputs: Mapping[str, float]) -> Mapping[str, float]:
        """Simulate ``step_s`` (> 0) with the given inputs held constant and return the state at its end.

        Raises KeyError for an unknown input, ValueError for one outside its limits; nothing is simulated then.
        """
        check_step(step_s)
        give(self._buildings[0], inputs)
        return self._state(float(step_s))

    def advance_into(self, step_s: float, inputs: Sequence[float], out: MutableSequence[float]) -> None:
        """:meth:`advance` without names: all inputs in the order of ``INPUT_NAMES``, the state in that of ``TOLD``.

        Raises ValueError for an input outside its limits; nothing is simulated then.
        """
        check_step(step_s)
        self._all_inputs[0][:] = inputs
        advance_all = self._engine.advance_all
        wrong = advance_all(self._buildings, self._table, GOING_ON, float(step_s), self._all_inputs, self._out)
        if wrong >= 0:
            raise ValueError(refusal(wrong, inputs[wrong]))
        out[:] = self._out[0]

    def forecast(self, names: Sequence[str], times_s: Sequence[float]) -> Mapping[str, Sequence[float]]:
        """Perfect boundary data at the given times. Raises KeyError for an unknown name."""
        return forecast(self._known, names, times_s)

    def snapshot(self) -> Snapshot:
        """All of the state, to the bit: time, control and overrides too."""
        return Snapshot(self._identity, array("d", self._buildings[0]).tobytes())

    def restore(self, snapshot: Snapshot) -> None:
        """Go back to a snapshot of this plant or of one like it. Raises ForeignStateError for another's."""
        if snapshot.identity != self._identity:
            raise ForeignStateError(f"the snapshot is of {snapshot.identity!a}; this is {self._identity}")
        cells = array("d")
        cells.frombytes(snapshot.cells)
        self._buildings[0][:] = cells

    def remember(self) -> Memory:
        """All of the state, as plain numbers."""
        return {"cells": [_plain(value) for value in self.cells()]}

    def prepare(self, memory: Mapping[str, object]) -> Callable[[], None]:
        """The way back to what :meth:`remember` told. Raises SavedStateError; nothing has changed yet."""
        cells = _believed(Fields(memory, "the building"))

        def go_back() -> None:
            self._buildings[0][:] = array("d", cells)

        return go_back

    def own_control(self) -> Mapping[str, float]:
        """What the building's own control would command now in place of each input that is overridden."""
        return own_control(self.cells())

    def cells(self) -> list[float]:
        """A copy of all cells."""
        return [float(value) for value in self._buildings[0]]

    def _state(self, step_s: float) -> dict[str, float]:
        self._engine.advance_all(self._buildings, self._table, GOING_ON, step_s, self._no_inputs, self._out)
        return dict(zip(TOLD, map(float, self._out[0]), strict=True))


def check_step(step_s: float) -> None:
    """Raises ValueError for what is no length of a step, in s."""
    if not 0.0 < step_s < inf:
        raise ValueError(f"a step of {step_s} s cannot be simulated")


def _believed(state: Fields) -> list[float]:
    """The cells of a state that may have been tampered with, as far as they decide where the building looks.

    Raises SavedStateError.
    """
    cells = state.numbers("cells")
    if len(cells) != SIZE:
        raise ForeignStateError(f"the building: the state is of another version ({len(cells)} cells, not {SIZE})")
    if not isfinite(cells[TIME_S]):
        raise SavedStateError("the building: its time has to be a number of seconds")
    if cells[OPERATION] not in range(len(MODES)):
        raise SavedStateError(f"the building: its mode has to be one of 0 to {len(MODES) - 1}")
    # What only follows from the length of a step is worked out again in the next one, not believed.
    cells[DT_S] = 0.0
    return cells


def _plain(value: float) -> float | str:
    return value if isfinite(value) else str(value)


@lru_cache(maxsize=_STARTS_KEPT)
def started(
    parameters: OfficeParameters, year: WeatherYear, engine: OfficeEngine, start_time_s: float
) -> tuple[float, ...]:
    """A building as it starts: a start takes a hundred times as long as a copy of it."""
    b = built(parameters)
    b[TIME_S] = start_time_s
    if parameters.start == "as_boptest":
        update_boundary(b, year.table)
        return tuple(b)
    rows = engine.rows([b])
    engine.advance_all(rows, engine.table(year), start_time_s, 0.0, engine.rows([[]]), engine.rows([[0.0] * len(TOLD)]))
    return tuple(map(float, rows[0]))


def _identity(parameters: OfficeParameters, known: Known) -> str:
    told = f"{parameters!r} {known.year.fingerprint} {known.hourly.fingerprint}"
    return f"multizone_office grey box {_VERSION} {sha256(told.encode()).hexdigest()[:12]}"
