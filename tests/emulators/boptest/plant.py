"""A plant without physics, with the true points and limits of recorded BOPTEST cases."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from emulators.plant import PointMeta, TestCaseMeta
from emulators.states import Memory, SavedStateError

DATA = Path(__file__).parent / "data"
AIR = "multizone_office_simple_air"
TOY = "testcase1"

_BY_UNIT = {"K": 295.15, "W": 1000.0, "ppm": 500.0, "Pa": 100.0}
_BOUNDARY = {
    "LowerSetp": 293.15,
    "UpperSetp": 297.15,
    "UpperCO2": 894.0,
    "PriceElectricPowerConstant": 0.1,
    "PriceElectricPowerDynamic": 0.2,
    "PriceElectricPowerHighlyDynamic": 0.3,
    "PriceGasPower": 0.07,
    "EmissionsElectricPower": 0.5,
    "EmissionsGasPower": 0.2,
    "TDryBul": 280.0,
    "HGloHor": 100.0,
}

Measure = Callable[[str, float], float | None]


def case_names() -> list[str]:
    """The names of all test cases of a full service."""
    names: list[str] = _cases()["names"]
    return names


class ToyPlant:
    """Every measurement is a constant of its unit, unless ``measure(name, time_s)`` knows better.

    Under embedded control an input is at its lower limit; ``follows`` lets a measurement repeat an input; ``beyond``
    are measurements that the recorded case has not. What was asked of the plant is kept in ``steps`` (length in s,
    inputs).
    """

    def __init__(
        self,
        case: str = AIR,
        measure: Measure | None = None,
        follows: Mapping[str, str] | None = None,
        beyond: Mapping[str, PointMeta] | None = None,
    ) -> None:
        spec = _cases()["cases"][case]
        self.meta = TestCaseMeta(case, spec["area"], spec["step"], spec["periods"], spec["kpi_sources"])
        self.inputs = {name: PointMeta(*row) for name, row in spec["inputs"].items()}
        self.measurements = {name: PointMeta(*row) for name, row in spec["measurements"].items()}
        self.measurements |= beyond or {}
        self.forecast_points = {name: PointMeta(*row) for name, row in spec["forecast_points"].items()}
        self.steps: list[tuple[float, dict[str, float]]] = []
        self._measure = measure
        self._follows = follows or {}
        self._held: dict[str, float] = {}
        self._time_s = 0.0
        self._undisturbed = {
            **{name: _BY_UNIT.get(meta.unit or "", 1.0) for name, meta in self.measurements.items()},
            **{name: meta.minimum or 0.0 for name, meta in self.inputs.items()},
        }

    def initialize(self, start_time_s: float) -> Mapping[str, float]:
        self._held = {}
        self._time_s = start_time_s
        return self._state()

    def advance(self, step_s: float, inputs: Mapping[str, float]) -> Mapping[str, float]:
        self.steps.append((step_s, dict(inputs)))
        self._held.update(inputs)
        self._time_s += step_s
        return self._state()

    def forecast(self, names: Sequence[str], times_s: Sequence[float]) -> Mapping[str, Sequence[float]]:
        return {name: [_BOUNDARY.get(name.partition("[")[0], 1.0)] * len(times_s) for name in names}

    @property
    def identity(self) -> str:
        return f"toy of {self.meta.name}"

    def remember(self) -> Memory:
        return {"time_s": self._time_s, **self._held}

    def prepare(self, memory: Mapping[str, object]) -> Callable[[], None]:
        if "time_s" not in memory:
            raise SavedStateError("the toy needs a time")
        numbers = {name: float(str(value)) for name, value in memory.items()}

        def go_back() -> None:
            self._time_s = numbers.pop("time_s")
            self._held = numbers

        return go_back

    def own_control(self) -> Mapping[str, float]:
        held = (name for name, value in self._held.items() if name.endswith("_activate") and value)
        return {f"{name.removesuffix('_activate')}_u": 0.5 for name in held}

    def _is_in_force(self, name: str) -> bool:
        return name.endswith("_activate") or self._held.get(name.removesuffix("_u") + "_activate") == 1.0

    def _state(self) -> dict[str, float]:
        state = self._undisturbed | {name: value for name, value in self._held.items() if self._is_in_force(name)}
        state |= {name: state[followed] for name, followed in self._follows.items()}
        if self._measure is not None:
            measured = {name: self._measure(name, self._time_s) for name in self.measurements}
            state |= {name: value for name, value in measured.items() if value is not None}
        return state


@cache
def _cases() -> Any:  # noqa: ANN401 - the tree of a JSON file
    return json.loads((DATA / "boptest_cases.json").read_text(encoding="utf-8"))
