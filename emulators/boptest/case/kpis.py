"""Key performance indicators by BOPTEST's definitions (boptest-api §9).

Totals are trapezoids over the stored samples since the test start. Each question adds what was stored since the last
one, so asking often costs little, and a change of price needs a restart to count for the past as well.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Self

from emulators.boptest.case.history import TIME, History
from emulators.boptest.case.simulation import YEAR_S
from emulators.plant import Plant
from emulators.states import Fields, SavedStateError

_J_PER_KWH = 3.6e6
_S_PER_H = 3600.0
_W_PER_KW = 1000.0
_PEAK_WINDOW_S = 900.0

_ELECTRIC = "ElectricPower"
_POWERS = (_ELECTRIC, "DistrictHeatingPower", "GasPower", "BiomassPower", "SolarThermalPower")
_PEAKS = {"pele_tot": _ELECTRIC, "pgas_tot": "GasPower", "pdih_tot": "DistrictHeatingPower"}
_PRICE_SUFFIXES = {"constant": "Constant", "dynamic": "Dynamic", "highly_dynamic": "HighlyDynamic"}
_TEMPERATURES = ("AirZoneTemperature[", "OperativeZoneTemperature[")
_CONCENTRATIONS = ("CO2Concentration[",)
_TOTALS = ("tdis_tot", "idis_tot", "ener_tot", "cost_tot", "emis_tot")


class Kpis:
    """The KPI calculator of one test."""

    def __init__(self, plant: Plant, history: History) -> None:
        self._plant = plant
        self._history = history
        self._sources = plant.meta.kpi_sources
        self.restart(0)

    def restart(self, first_sample: int) -> None:
        """Forget all sums and count from this sample of the history."""
        self._first = self._next = first_sample
        self._totals = dict.fromkeys(_TOTALS, 0.0)
        self._peaks = {key: _Peak() for key, source in _PEAKS.items() if source in self._sources}

    def remember(self) -> dict[str, object]:
        """What has been added up so far, for a state."""
        peaks = {key: peak.remember() for key, peak in self._peaks.items()}
        return {"first": self._first, "next": self._next, "totals": self._totals, "peaks": peaks}

    def recall(self, state: Fields) -> None:
        """Go on from there. Raises SavedStateError, and is of no use then."""
        self._first, self._next = state.whole("first"), state.whole("next")
        if not self._first <= self._next <= len(self._history):
            raise SavedStateError("the state's KPIs count from samples that it does not have")
        totals, peaks = state.part("totals"), state.part("peaks")
        self._totals = {name: totals.number(name) for name in _TOTALS}
        self._peaks = {key: _Peak.recalled(peaks.part(key)) for key in self._peaks}

    def values(self, price: str, time_ratio: float | None) -> dict[str, float | None]:
        """All nine KPIs in BOPTEST's order; a peak without a source is None. Raises LookupError without a sample."""
        if not self._history:
            raise LookupError("there is no sample to calculate from")
        self._catch_up(price)
        per_kw_m2 = 1.0 / _W_PER_KW / self._plant.meta.floor_area_m2
        peaks = {key: self._peaks[key].largest * per_kw_m2 if key in self._peaks else None for key in _PEAKS}
        return {**self._totals, **peaks, "time_rat": time_ratio}

    def _catch_up(self, price: str) -> None:
        self._add_peaks()
        window = _Window(self._plant, self._history, max(self._next - 1, self._first))
        self._next = len(self._history)
        if len(window.times_s) > 1:
            self._totals["tdis_tot"] += self._thermal_discomfort(window)
            self._totals["idis_tot"] += self._air_quality_discomfort(window)
            self._add_energy(window, price)

    def _thermal_discomfort(self, window: _Window) -> float:
        integrals = [
            window.excess(name, f"UpperSetp[{zone}]", 1.0) + window.excess(name, f"LowerSetp[{zone}]", -1.0)
            for name, zone in self._zone_signals(_TEMPERATURES)
        ]
        return _per_zone_hour(integrals)

    def _air_quality_discomfort(self, window: _Window) -> float:
        integrals = [
            window.excess(name, f"UpperCO2[{zone}]", 1.0) for name, zone in self._zone_signals(_CONCENTRATIONS)
        ]
        return _per_zone_hour(integrals)

    def _zone_signals(self, categories: tuple[str, ...]) -> Iterator[tuple[str, str]]:
        for source, names in self._sources.items():
            if source.startswith(categories):
                zone = source[source.index("[") + 1 : -1]
                yield from ((name, zone) for name in names)

    def _add_energy(self, window: _Window, price: str) -> None:
        scale = 1.0 / _J_PER_KWH / self._plant.meta.floor_area_m2
        for source in _POWERS:
            if source not in self._sources:
                continue
            power = window.total(self._sources[source])
            suffix = _PRICE_SUFFIXES[price] if source == _ELECTRIC else ""
            self._totals["ener_tot"] += scale * window.integral(power)
            self._totals["cost_tot"] += scale * window.weighted(power, f"Price{source}{suffix}")
            self._totals["emis_tot"] += scale * window.weighted(power, f"Emissions{source}")

    def _add_peaks(self) -> None:
        window = _Window(self._plant, self._history, self._next)
        for key, peak in self._peaks.items():
            peak.add(window.times_s, window.total(self._sources[_PEAKS[key]]))


class TimeRatio:
    """``time_rat``: how long the client thinks between two steps, as a fraction of the step."""

    def __init__(self) -> None:
        self._answered_at: float | None = None
        self._sum = 0.0
        self._steps = 0

    def remember(self, now: float) -> dict[str, object]:
        """For a state: the time since the last answer is the client's, whenever that goes on."""
        since_s = None if self._answered_at is None else now - self._answered_at
        return {"since_answer_s": since_s, "sum": self._sum, "steps": self._steps}

    @classmethod
    def recalled(cls, state: Fields, now: float) -> Self:
        """Go on from there. Raises SavedStateError."""
        ratio = cls()
        since_s = state.number_or_none("since_answer_s")
        ratio._answered_at = None if since_s is None else now - since_s
        ratio._sum, ratio._steps = state.number("sum"), state.whole("steps")
        return ratio

    def asked(self, now: float, step_s: float) -> None:
        """A step was asked for. Raises ZeroDivisionError for a step of 0 s after an earlier answer."""
        if self._answered_at is not None:
            self._sum += (now - self._answered_at) / step_s
            self._steps += 1

    def answered(self, now: float) -> None:
        """The step was made."""
        self._answered_at = now

    def mean(self) -> float | None:
        """None before the second step."""
        return self._sum / self._steps if self._steps else None


class _Window:
    """The samples from one of them to the latest, with the plant's boundary data at the same times."""

    def __init__(self, plant: Plant, history: History, first: int) -> None:
        self._plant = plant
        self._history = history
        self._first = first
        self.times_s = history.series(TIME, first)

    def measured(self, name: str) -> array[float]:
        """The samples of a measurement."""
        return self._history.series(name, self._first)

    def boundary(self, name: str) -> Sequence[float]:
        """A forecast point at the times of the samples."""
        return self._plant.forecast([name], [time_s % YEAR_S for time_s in self.times_s])[name]

    def total(self, names: Sequence[str]) -> list[float]:
        """The sum of several measurements, sample by sample."""
        return [sum(values) for values in zip(*map(self.measured, names), strict=True)]

    def integral(self, values: Sequence[float]) -> float:
        """Trapezoidal integral over time, in units of the values times s."""
        steps = (end - begin for begin, end in pairwise(self.times_s))
        return sum(step * (left + right) / 2 for step, (left, right) in zip(steps, pairwise(values), strict=True))

    def weighted(self, values: Sequence[float], factor: str) -> float:
        """The integral of the values times a forecast point."""
        return self.integral([value * weight for value, weight in zip(values, self.boundary(factor), strict=True)])

    def excess(self, name: str, limit: str, sign: float) -> float:
        """The integral of how far a measurement is above (sign 1) or below (-1) a limit."""
        pairs = zip(self.measured(name), self.boundary(limit), strict=True)
        return self.integral([max(sign * (value - bound), 0.0) for value, bound in pairs])


class _Peak:
    """The largest mean of the samples in windows of 15 minutes, counted from the first sample."""

    def __init__(self) -> None:
        self._origin_s: float | None = None
        self._window = 0
        self._sum = 0.0
        self._count = 0
        self._largest_full = float("-inf")

    def remember(self) -> dict[str, object]:
        """For a state."""
        return {
            "origin_s": self._origin_s,
            "window": self._window,
            "sum": self._sum,
            "count": self._count,
            "largest_full": self._largest_full,
        }

    @classmethod
    def recalled(cls, state: Fields) -> Self:
        """Go on from a state. Raises SavedStateError."""
        peak = cls()
        peak._origin_s = state.number_or_none("origin_s")
        peak._window, peak._count = state.whole("window"), state.whole("count")
        peak._sum, peak._largest_full = state.number("sum"), state.number("largest_full")
        return peak

    def add(self, times_s: Sequence[float], powers_w: Sequence[float]) -> None:
        """Take further samples, in W."""
        for time_s, power_w in zip(times_s, powers_w, strict=True):
            self._open_window(time_s)
            self._sum += power_w
            self._count += 1

    @property
    def largest(self) -> float:
        """In W; the window that is not full yet counts too."""
        return max(self._largest_full, self._sum / self._count)

    def _open_window(self, time_s: float) -> None:
        if self._origin_s is None:
            self._origin_s = time_s
        window = int((time_s - self._origin_s) // _PEAK_WINDOW_S)
        if window != self._window:
            self._largest_full = self.largest
            self._window, self._sum, self._count = window, 0.0, 0


def _per_zone_hour(integrals: Sequence[float]) -> float:
    return sum(integrals) / _S_PER_H / len(integrals) if integrals else 0.0
