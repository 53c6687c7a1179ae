"""A building that plays recorded samples, whatever anybody commands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from emulators.plant import PointMeta, TestCaseMeta

_UNITS = {"Flow": "m3/s", "Temp": "K", "Conc": "ppm", "Powr": "W", "Seen": None}


class RecordedPlant:
    """Measurements come from ``samples``, one row per step; ``setpoints`` are what can be overridden, with units."""

    def __init__(self, samples: Sequence[Mapping[str, float]], setpoints: Mapping[str, str]) -> None:
        self._samples = samples
        self._setpoints = setpoints
        self._row = 0
        self._inputs = {f"{name}_u": 250.0 for name in setpoints} | {f"{name}_activate": 0.0 for name in setpoints}

    @property
    def meta(self) -> TestCaseMeta:
        """No indicators."""
        return TestCaseMeta("recorded", 1.0, 30.0, {}, {})

    @property
    def inputs(self) -> Mapping[str, PointMeta]:
        """Set-points."""
        values = {f"{name}_u": PointMeta(unit, "set-point", 0.0, 1000.0) for name, unit in self._setpoints.items()}
        return values | {f"{name}_activate": PointMeta(None, "activation") for name in self._setpoints}

    @property
    def measurements(self) -> Mapping[str, PointMeta]:
        """Named by their kind: flows, temperatures, concentrations, powers, and whether somebody is seen."""
        return {f"{name}_y": PointMeta(_UNITS[name[:4]], name) for name in self._samples[0]}

    @property
    def forecast_points(self) -> Mapping[str, PointMeta]:
        """None."""
        return {}

    def initialize(self, start_time_s: float) -> Mapping[str, float]:
        """Back to the first row."""
        self._row = 0
        return self._state()

    def advance(self, step_s: float, inputs: Mapping[str, float]) -> Mapping[str, float]:
        """The next row."""
        self._inputs |= inputs
        self._row += 1
        return self._state()

    def forecast(self, names: Sequence[str], times_s: Sequence[float]) -> Mapping[str, Sequence[float]]:
        """Nothing."""
        return {}

    def _state(self) -> Mapping[str, float]:
        row = self._samples[min(self._row, len(self._samples) - 1)]
        return {**{f"{name}_y": value for name, value in row.items()}, **self._inputs}
