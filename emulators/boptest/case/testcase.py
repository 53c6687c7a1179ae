"""One test of one plant, by BOPTEST's rules and in its words; knows nothing of HTTP.

Every method that answers a call takes the decoded body and returns a BoptestReply. RefusalError, and the exceptions
that careless input raises, pass through to :func:`perform`.
"""

from __future__ import annotations

import time
import traceback
from array import array
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import inf

from emulators.boptest.case.arguments import as_list, number, refuse_negative
from emulators.boptest.case.forecast import Forecaster
from emulators.boptest.case.history import TIME
from emulators.boptest.case.kpis import Kpis, TimeRatio
from emulators.boptest.case.overrides import OverrideStore, check_overrides
from emulators.boptest.case.scenario import KEYS, PERIOD, PERIOD_HALF_S, PRICE, Scenario
from emulators.boptest.case.simulation import Simulation
from emulators.boptest.replies import BAD_REQUEST, UNEXPECTED, BoptestReply, Json, RefusalError
from emulators.plant import Plant, PointMeta, RestorablePlant
from emulators.states import Fields, ForeignStateError, SavedStateError, StateFile


@dataclass(frozen=True, slots=True)
class CaseOptions:
    """What differs between users of a test case.

    ``has_to_stop`` makes long simulations give up. ``none_after_end`` is the side effect of v0.9 and later: the end of
    a period turns every null of the scenario into the text ``none``. ``clock`` serves the KPI ``time_rat``.
    """

    has_to_stop: Callable[[], bool] = lambda: False
    none_after_end: bool = True
    clock: Callable[[], float] = time.monotonic


class CaseEngine:
    """A test case in use: selected, initialized at time 0, and ready for calls."""

    def __init__(self, plant: Plant, options: CaseOptions | None = None) -> None:
        self.plant = plant
        self._options = options or CaseOptions()
        self._simulation = Simulation(plant, self._options.has_to_stop)
        self._kpis = Kpis(plant, self._simulation.history)
        self._pace = TimeRatio()
        self._forecaster = Forecaster(plant)
        self._scenario = Scenario(plant.meta.periods, plant.forecast_points)
        self._step_s = float(plant.meta.default_step_s)
        self._end_s = inf
        self._start(0.0, 0.0, inf)

    def get_name(self) -> BoptestReply:
        """``GET /name``."""
        return BoptestReply(200, "Queried the name of the test case successfully.", {"name": self.plant.meta.name})

    def get_inputs(self) -> BoptestReply:
        """``GET /inputs``."""
        return BoptestReply(200, "Queried the inputs successfully.", _described(self.plant.inputs))

    def get_measurements(self) -> BoptestReply:
        """``GET /measurements``."""
        return BoptestReply(200, "Queried the measurements successfully.", _described(self.plant.measurements))

    def get_forecast_points(self) -> BoptestReply:
        """``GET /forecast_points``."""
        points = {
            name: {"Description": meta.description, "Unit": meta.unit}
            for name, meta in self.plant.forecast_points.items()
        }
        return BoptestReply(200, "Queried the forecast points and their meta-data successfully.", points)

    def get_step(self) -> BoptestReply:
        """``GET /step``."""
        return BoptestReply(200, "Queried the control step successfully.", self._step_s)

    def set_step(self, params: Json) -> BoptestReply:
        """``PUT /step``: s; 0 and NaN pass."""
        step_s = number("step", params["step"])
        refuse_negative("step", step_s)
        self._step_s = step_s
        return BoptestReply(200, "Control step set successfully.", {"step": self._step_s})

    def initialize(self, params: Json) -> BoptestReply:
        """``PUT /initialize``. A refusal leaves the test without a state (boptest-api §6)."""
        final_time = params.get("final_time")
        end_s = float(final_time) if final_time else inf
        return self._initialize(params.get("start_time"), params.get("warmup_period"), end_s)

    def advance(self, body: Json) -> BoptestReply:
        """``POST /advance``: one step, cut at the end of the scenario (boptest-api §5)."""
        self._pace.asked(self._options.clock(), self._step_s)
        overrides = check_overrides(self.plant.inputs, body)
        begin_s = self._simulation.time_s
        if begin_s >= self._end_s:
            return BoptestReply(200, "End of test case scenario time period reached.", {})
        end_s = min(begin_s + self._step_s, self._end_s)
        try:
            self._simulate(end_s, overrides)
        except UNEXPECTED:
            trace = traceback.format_exc()
            return BoptestReply(500, f"Failed to advance simulation: {trace}.", trace)
        message = overrides.warning or f"Advanced simulation successfully from {begin_s}s to {end_s}s."
        return BoptestReply(200, message, self._simulation.state())

    def get_results(self, params: Json) -> BoptestReply:
        """``PUT /results`` (boptest-api §7)."""
        names, start, final = as_list(params["point_names"]), params["start_time"], params["final_time"]
        start_s, final_s = number("start_time", start), number("final_time", final)
        try:
            self._refuse_unknown_points(names)
            series = self._simulation.history.query(names, start_s, final_s)
        except UNEXPECTED:
            return BoptestReply(500, f"Failed to query simulation results: {traceback.format_exc()}")
        return BoptestReply(200, f"Queried results data successfully for point names {names}.", series)

    def get_forecast(self, params: Json) -> BoptestReply:
        """``PUT /forecast`` (boptest-api §7)."""
        return self._forecaster.reply(params, self._simulation.time_s, self._scenario.values)

    def get_scenario(self) -> BoptestReply:
        """``GET /scenario``."""
        return BoptestReply(200, "Queried current test case for scenario successfully.", dict(self._scenario.values))

    def set_scenario(self, params: Json) -> BoptestReply:
        """``PUT /scenario``: not atomic; the payload tells what was applied (boptest-api §8)."""
        applied: dict[str, object] = dict.fromkeys(KEYS)
        try:
            period = self._scenario.apply(params, applied)
        except RefusalError as refusal:
            return BoptestReply(400, str(refusal), applied)
        if period is not None:
            start_s = self._scenario.period_start_s(period)
            reply = self._initialize(start_s, PERIOD_HALF_S, start_s + 2 * PERIOD_HALF_S)
            applied[PERIOD] = reply.payload
            if reply.status != 200:
                return BoptestReply(reply.status, reply.message, applied)
        self._kpis.restart(self._simulation.test_start)
        return BoptestReply(200, "Test case scenario was set successfully.", applied)

    def get_kpis(self) -> BoptestReply:
        """``GET /kpi``."""
        try:
            values = self._kpis.values(self._scenario.values[PRICE], self._pace.mean())
        except UNEXPECTED:
            return BoptestReply(500, f"Failed to query KPIs: {traceback.format_exc()}")
        return BoptestReply(200, "Queried KPIs successfully.", values)

    def save(self) -> StateFile:
        """All that this test is now. Raises SavedStateError when it could not be initialized: it has no state."""
        plant, simulation = self._restorable(), self._simulation
        if not simulation.history:
            raise SavedStateError("there is no state to save: the test was not initialized")
        document = {
            "building": plant.identity,
            "time_s": simulation.time_s,
            "step_s": self._step_s,
            "end_s": self._end_s,
            "plant": plant.remember(),
            "simulation": simulation.remember(),
            "kpis": self._kpis.remember(),
            "pace": self._pace.remember(self._options.clock()),
            "scenario": {"values": self._scenario.values},
            "forecast": self._forecaster.errors.remember(),
        }
        return StateFile(document, simulation.history.cells)

    def prepare(self, saved: StateFile) -> Callable[[], BoptestReply]:
        """The way back to a state of this building: what is returned goes there, and tells where that is.

        Raises SavedStateError when there is none; this test goes on as it was then.
        """
        state, plant = Fields(saved.document, "state"), self._restorable()
        if state.text("building") != plant.identity:
            raise ForeignStateError(f"the state is of {state.text('building')[:200]!a}; this is {plant.identity}")
        go_back_in_plant = plant.prepare(state.members("plant"))
        simulation = Simulation(self.plant, self._options.has_to_stop)
        simulation.recall(state.part("simulation"), array("d", saved.samples))
        kpis = Kpis(self.plant, simulation.history)
        kpis.recall(state.part("kpis"))
        pace = TimeRatio.recalled(state.part("pace"), self._options.clock())
        scenario = Scenario(self.plant.meta.periods, self.plant.forecast_points)
        scenario.recall(state.part("scenario"))
        forecaster = Forecaster(self.plant)
        forecaster.errors.recall(state.part("forecast"))
        step_s, end_s = state.number("step_s"), state.number("end_s")

        def go_back() -> BoptestReply:
            go_back_in_plant()
            self._simulation, self._kpis, self._pace = simulation, kpis, pace
            self._scenario, self._forecaster = scenario, forecaster
            self._step_s, self._end_s = step_s, end_s
            return BoptestReply(200, f"The test is at {simulation.time_s}s again.", simulation.state())

        return go_back

    @property
    def is_over(self) -> bool:
        """Whether the scenario has come to its end."""
        return self._simulation.time_s >= self._end_s

    def get_own_control(self) -> BoptestReply:
        """What the building's own control would command now for each input that is overridden; SI."""
        commands = {TIME: self._simulation.time_s, **self._restorable().own_control()}
        return BoptestReply(200, "Queried what the building's own control would command.", commands)

    def _restorable(self) -> RestorablePlant:
        if not isinstance(self.plant, RestorablePlant):
            raise ForeignStateError("this building can neither be saved nor asked for its own control")
        return self.plant

    def _initialize(self, start_time: Json, warmup_period: Json, end_s: float) -> BoptestReply:
        self._simulation.reset()
        start_s, warmup_s = number("start_time", start_time), number("warmup_period", warmup_period)
        refuse_negative("start_time", start_s)
        refuse_negative("warmup_period", warmup_s)
        try:
            self._start(start_s, warmup_s, end_s)
        except UNEXPECTED:
            self._simulation.reset()
            return BoptestReply(500, f"Failed to initialize test simulation: {traceback.format_exc()}.")
        message = f"Test simulation initialized successfully to {start_s}s with warmup period of {warmup_s}s."
        return BoptestReply(200, message, self._simulation.state())

    def _start(self, start_s: float, warmup_s: float, end_s: float) -> None:
        self._simulation.start(start_s, warmup_s)
        self._kpis.restart(self._simulation.test_start)
        self._pace = TimeRatio()
        self._end_s = end_s

    def _simulate(self, end_s: float, overrides: OverrideStore) -> None:
        if overrides.only_nulls:
            raise ValueError("inputs were named but none has a value")
        self._simulation.run(end_s, overrides.values)
        self._pace.answered(self._options.clock())
        if self._simulation.time_s >= self._end_s and self._options.none_after_end:
            self._scenario.turn_none_into_text()

    def _refuse_unknown_points(self, names: Iterable[Json]) -> None:
        """Raises RefusalError for an unknown name, and TypeError for what is no list of names."""
        for name in names:
            if name != TIME and name not in self.plant.measurements and name not in self.plant.inputs:
                raise RefusalError(
                    f"Invalid point name {name} in parameter point_names.  "
                    "Check lists of available inputs and measurements."
                )
        if names and not isinstance(names, list):
            raise TypeError(f"{type(names)} cannot be joined with a list")


CALLS: Mapping[str, Callable[[CaseEngine, Json], BoptestReply]] = {
    "get_name": lambda case, _: case.get_name(),
    "get_inputs": lambda case, _: case.get_inputs(),
    "get_measurements": lambda case, _: case.get_measurements(),
    "get_forecast_points": lambda case, _: case.get_forecast_points(),
    "get_step": lambda case, _: case.get_step(),
    "set_step": CaseEngine.set_step,
    "initialize": CaseEngine.initialize,
    "advance": CaseEngine.advance,
    "get_results": CaseEngine.get_results,
    "get_forecast": CaseEngine.get_forecast,
    "get_scenario": lambda case, _: case.get_scenario(),
    "set_scenario": CaseEngine.set_scenario,
    "get_kpis": lambda case, _: case.get_kpis(),
}
"""The calls that a test answers, by the names that BOPTEST's workers use (boptest-api §4, WebSocket)."""


def perform(case: CaseEngine, method: str, params: Json) -> BoptestReply:
    """Answer one call as a BOPTEST worker does: exceptions of Python become ``Bad Request`` with their text."""
    try:
        return CALLS[method](case, params)
    except RefusalError as refusal:
        return BoptestReply(400, str(refusal))
    except UNEXPECTED as error:
        return BoptestReply(400, BAD_REQUEST, str(error))


def _described(points: Mapping[str, PointMeta]) -> dict[str, dict[str, str | float | None]]:
    return {
        name: {
            "Unit": meta.unit,
            "Description": meta.description,
            "Minimum": meta.minimum,
            "Maximum": meta.maximum,
        }
        for name, meta in points.items()
    }
