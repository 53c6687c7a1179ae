"""A building that plays recorded samples, whatever anybody commands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from emulators.plant import PointMeta, TestCaseMeta

_UNITS = {"Flow": "m3/s", "Temp": "K"}
POSITIONS = ("Fan", "Damper", "Heating", "Cooling")
"""Overrides in percent."""


class RecordedPlant:
    """Measurements come from ``samples``, one row per step; overrides are ``Setpoint`` and ``POSITIONS``."""

    def __init__(self, samples: Sequence[Mapping[str, float]]) -> None:
        self._samples = samples
        self._row = 0
        self._inputs = {"Setpoint_u": 250.0, **{f"{name}_u": 0.0 for name in POSITIONS}}
        self._inputs |= {name.replace("_u", "_activate"): 0.0 for name in self._inputs}

    @property
    def meta(self) -> TestCaseMeta:
        """No indicators."""
        return TestCaseMeta("recorded", 1.0, 30.0, {}, {})

    @property
    def inputs(self) -> Mapping[str, PointMeta]:
        """A set-point in Pa, and positions."""
        values = {"Setpoint_u": PointMeta("Pa", "set-point", 0.0, 1000.0)}
        values |= {f"{name}_u": PointMeta("percent", "position", 0.0, 100.0) for name in POSITIONS}
        return {**values, **{name.replace("_u", "_activate"): PointMeta(None, "activation") for name in values}}

    @property
    def measurements(self) -> Mapping[str, PointMeta]:
        """Named by their kind: flows and temperatures."""
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
