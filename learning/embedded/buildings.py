"""Buildings in this process as an environment needs them: acted on, seen and tallied without a name in the way."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np

from emulators.door import ForecastErrors, OfficeParameters, Offices, OfficeVariant, varied
from learning.embedded import tally
from learning.embedded.calendar import QUARTER_S, Calendar
from learning.observing import Actor
from learning.spaces import KnownPoints, SpacesFile
from learning.world import BoolArray, FloatArray, Start
from utils.clocks import DAY_S
from utils.errors import BeginningRefused, SimulationError, UnknownPeriod
from utils.names import did_you_mean

_PRICES = {
    "constant": "PriceElectricPowerConstant",
    "dynamic": "PriceElectricPowerDynamic",
    "highly_dynamic": "PriceElectricPowerHighlyDynamic",
}
_VALUE, _ACTIVATE = "_u", "_activate"
_POWER, _TEMPERATURE, _CO2 = "ElectricPower", "AirZoneTemperature[", "CO2Concentration["
_PERIOD_HALF_S = 7 * DAY_S
"""A period of BOPTEST's starts that long before its day, ends that long after it, and warms up for as long."""
_STARTS_KEPT = 512


@dataclass(frozen=True, slots=True)
class _Begun:
    """A building at the start of an episode, and its end (s)."""

    cells: tuple[float, ...]
    start_s: float
    end_s: float


class Buildings:
    """``count`` offices side by side. All arrays have a row for each; SI units.

    Each goes from a :class:`Start` on by itself; what begins alike begins from a snapshot. ``threads`` are of use for
    machine code only.
    """

    def __init__(
        self, spaces: SpacesFile, count: int = 1, office: OfficeVariant | None = None, threads: int = 1
    ) -> None:
        self.count, self._spaces, self._office = count, spaces, office or OfficeVariant()
        self._offices = Offices(count, spaces.step_s, self._office, threads)
        self._meta = self._offices.plant.meta
        self.actor = Actor(spaces)
        self._begun: OrderedDict[tuple[object, ...], _Begun] = OrderedDict()
        self._set_columns()
        self._set_calendar()
        self._tally, self._states = tally.best(), np.zeros((count, tally.SIZE))
        self._told = np.zeros((count, len(self._offices.told_names)))
        self._ends_s = np.zeros(count)
        self._errors = [(ForecastErrors(), 0) for _ in range(count)]
        self._inputs = np.tile(self._idle, (count, 1))
        self._has_agent: BoolArray = np.ones((count, 1), np.bool_)
        self.mask: BoolArray = np.zeros((count, len(spaces.actions)), np.bool_)

    @property
    def identity(self) -> str:
        """The building's name, version, and a digest of its parameters, weather and prices."""
        return self._offices.plant.identity

    @property
    def times_s(self) -> FloatArray:
        """Model time of each."""
        return self._states[:, tally.TIME_S]

    @property
    def kpis(self) -> FloatArray:
        """``(count, k)``: ``KPIS`` since the start."""
        return self._states[:, : len(tally.KPIS)].copy()

    @property
    def measured(self) -> FloatArray:
        """``(count, m)``: the observations."""
        return self._told[:, self._seen]

    @property
    def actions(self) -> FloatArray:
        """``(count, a)``: the values in force, whoever commands them."""
        return self._told[:, self._acted]

    @property
    def over(self) -> BoolArray:
        """``(count,)``: who has come to the end of its episode."""
        over: BoolArray = self.times_s >= self._ends_s
        return over

    @property
    def told_names(self) -> Sequence[str]:
        """All that the building tells."""
        return self._offices.told_names

    def told(self, names: Sequence[str]) -> FloatArray:
        """``(count, len(names))``: any points that the building tells."""
        return self._told[:, [self._offices.told_names.index(name) for name in names]]

    def start(self, number: int, start: Start) -> None:
        """Begin an episode of one of them. Raises :class:`utils.errors.BridgeError`."""
        begun = self._begun_at(start)
        self._calendar.need(begun.start_s, begun.end_s + self._horizon_s)
        self._offices.put(number, begun.cells, self._told[number])
        self._states[number] = 0.0
        self._states[number, [tally.TIME_S, tally.ORIGIN_S]] = begun.start_s
        self._tally(self._told[number : number + 1].copy(), self._calendar.rows, self._points,
                    self._states[number : number + 1], 0.0, self._meta.floor_area_m2)  # fmt: skip
        self._refuse_no_numbers(number, number + 1)
        self._ends_s[number] = begun.end_s
        self._inputs[number] = self._idle
        self._has_agent[number] = not start.own_control
        self._errors[number] = ForecastErrors(), start.seed
        self.mask[number] = self.actor.mask(begun.start_s) & self._has_agent[number]

    def act(self, values: FloatArray) -> None:
        """A step of all with these values of the actions, ``(count, a)``, where the mask takes them.

        Raises ValueError for NaN, and SimulationError where parameters have made numbers that are none.
        """
        limited = self.actor.limited(values, self.actions)
        self._inputs[:, self._values_at] = np.where(self.mask, limited, self._lows)[:, self._of_action]
        self._inputs[:, self._activations_at] = self.mask[:, self._of_action]
        self._offices.advance(self._inputs)
        samples = self._offices.samples
        told = samples if self._offices.is_compiled else np.array(samples)
        self._tally(told, self._calendar.rows, self._points, self._states, self._offices.step_s,
                    self._meta.floor_area_m2)  # fmt: skip
        self._told[:] = told[-self.count :]
        self._refuse_no_numbers(0, self.count)
        self.mask = self.actor.mask(self.times_s) & self._has_agent

    def forecast(self) -> FloatArray:
        """``(count, points * times)``: what is known of the time to come; a point's times follow one another."""
        forecasts = self._spaces.forecasts
        if forecasts is None:
            return np.zeros((self.count, 0))
        if self._ahead_quarters is not None:
            now = (self.times_s // QUARTER_S).astype(np.intp)
            told: FloatArray = self._known_ahead[now[:, None] + self._ahead_quarters].swapaxes(1, 2)
        else:
            times_s = self.times_s[:, None] + self._ahead_s
            told = self._calendar.at(times_s, self._forecast_columns).swapaxes(1, 2)
        if forecasts.is_uncertain:
            for number, time_s in enumerate(self.times_s):
                self._disturb(number, time_s + self._ahead_s, told[number])
        return np.reshape(told, (self.count, -1))

    def close(self) -> None:
        """End their threads."""
        self._offices.close()

    def _disturb(self, number: int, times_s: FloatArray, told: FloatArray) -> None:
        """Put the errors on that BOPTEST's scenario has, drawn as the embedded server draws them."""
        forecasts = self._spaces.forecasts
        assert forecasts is not None  # noqa: S101 - who calls has looked
        errors, seed = self._errors[number]
        scenario = {key: getattr(forecasts, key) for key in ("temperature_uncertainty", "solar_uncertainty")}
        names = [seen.point for seen in forecasts.points]
        series: dict[str, Sequence[float]] = {name: row.tolist() for name, row in zip(names, told, strict=True)}
        errors.disturb(series, scenario, times_s.tolist(), forecasts.horizon_s, seed + int(times_s[0]))
        told[:] = [series[name] for name in names]

    def _refuse_no_numbers(self, first: int, end: int) -> None:
        """Of these offices: an observation would make 0 of NaN, and an agent would learn from it."""
        told = self._told[first:end]
        if isfinite(told.sum()):
            return
        number, place = np.argwhere(~np.isfinite(told))[0]
        name = self._offices.told_names[place]
        raise SimulationError(
            f"office {first + number}: {name} is no number any more; its parameters cannot be simulated"
        )

    def _begun_at(self, start: Start) -> _Begun:
        key = (start.time_s, start.period, tuple(sorted(start.parameters.items())))
        if key not in self._begun:
            self._begun[key] = self._begin(start)
            if len(self._begun) > _STARTS_KEPT:
                self._begun.popitem(last=False)
        return self._begun[key]

    def _begin(self, start: Start) -> _Begun:
        parameters = self._parameters(start.parameters)
        start_s, warmup_s = float(start.time_s), self._spaces.warmup_days * DAY_S
        end_s = start_s + self._spaces.days * DAY_S
        if start.period is not None:
            start_s, warmup_s = self._period_start_s(start.period), float(_PERIOD_HALF_S)
            end_s = start_s + 2 * _PERIOD_HALF_S
        if start_s < 0.0 or start_s % self._spaces.step_s:
            raise BeginningRefused(
                f"an episode cannot start at {start_s:g} s; write a multiple of {self._spaces.step_s} s"
            )
        return _Begun(tuple(self._offices.begun(start_s, warmup_s, parameters)), start_s, end_s)

    def _parameters(self, changes: Mapping[str, float]) -> OfficeParameters | None:
        return varied(self._office, changes).parameters if changes else None

    def _period_start_s(self, period: str) -> float:
        periods = self._meta.periods
        if period not in periods:
            near = did_you_mean(period, periods) or f"; there is {', '.join(periods)}"
            raise UnknownPeriod(f"the building has no period {period!a}{near}")
        return float(periods[period] * DAY_S - _PERIOD_HALF_S)

    def _set_columns(self) -> None:
        told, inputs = self._offices.told_names, self._offices.input_names
        limits = self._offices.plant.inputs
        self._idle = np.array([limits[name].minimum or 0.0 for name in inputs])
        self._seen = np.array([told.index(seen.point) for seen in self._spaces.observations])
        actions = self._spaces.actions
        self._acted = np.array([told.index(action.points[0] + _VALUE) for action in actions])
        self._lows = np.array([action.low for action in actions])
        pairs = [(number, point) for number, action in enumerate(actions) for point in action.points]
        self._of_action = np.array([number for number, _ in pairs])
        self._values_at = np.array([inputs.index(point + _VALUE) for _, point in pairs])
        self._activations_at = np.array([inputs.index(point + _ACTIVATE) for _, point in pairs])
        sources = self._meta.kpi_sources
        self._zones = [source[len(_TEMPERATURE) : -1] for source in sources if source.startswith(_TEMPERATURE)]
        names = (
            sources[_POWER],
            [sources[f"{_TEMPERATURE}{zone}]"][0] for zone in self._zones],
            [sources[f"{_CO2}{zone}]"][0] for zone in self._zones],
        )
        self._points = tuple(np.array([told.index(name) for name in group], np.int64) for group in names)

    def _set_calendar(self) -> None:
        zones = [f"{name}[{zone}]" for zone in self._zones for name in ("LowerSetp", "UpperSetp", "UpperCO2")]
        counted = [_PRICES[self._spaces.price], "EmissionsElectricPower", *zones]
        forecasts = self._spaces.forecasts
        known = [seen.point for seen in forecasts.points] if forecasts else []
        self._horizon_s = forecasts.horizon_s if forecasts else 0.0
        self._ahead_s = np.arange(forecasts.count) * forecasts.interval_s if forecasts else np.zeros(0)
        self._forecast_columns = slice(len(counted), None)
        days = max(self._spaces.days, 2 * _PERIOD_HALF_S / DAY_S) + self._horizon_s / DAY_S
        self._calendar = Calendar(self._offices, [*counted, *known], days)
        self._known_ahead = self._calendar.rows[:, self._forecast_columns]
        interval_s = forecasts.interval_s if forecasts else QUARTER_S
        is_whole = self._spaces.step_s % QUARTER_S == interval_s % QUARTER_S == 0.0
        self._ahead_quarters = (self._ahead_s // QUARTER_S).astype(np.intp) if is_whole else None


def known_points(office: OfficeVariant | None = None) -> KnownPoints:
    """What the embedded building has for a file of spaces."""
    plant = (office or OfficeVariant())()
    actions = {
        name.removesuffix(_VALUE): (float(meta.minimum or 0.0), float(meta.maximum or 0.0))
        for name, meta in plant.inputs.items()
        if name.endswith(_VALUE)
    }
    return KnownPoints(actions, plant.measurements, plant.forecast_points, tally.KPIS)
