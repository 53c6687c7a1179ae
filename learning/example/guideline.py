"""Weeks under the resets of ASHRAE Guideline 36: the programs that ship, run on the building in this process."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from clients.simulation import SimulationDevice
from emulators.door import EmbeddedTest
from learning.world import FloatArray
from supervisory.rehearsal import Rehearsal
from supervisory.setup.plan import plan_run
from utils.clocks import DAY_S, ModelSeconds, model_datetime
from utils.errors import SimulationRefused
from utils.values import PointMetadata, SimulationState

_CONFIGS = Path(__file__).resolve().parents[2] / "configs" / "supervisory"
PROGRAMS = ("supply_air_temperature_reset", "duct_static_reset")
_YEAR = 2023


class _Simulation:
    """A test of the embedded building as programs see it."""

    def __init__(self, day: int, step_s: float, price: str) -> None:
        self.test = EmbeddedTest()
        self.test.set_scenario({"electricity_price": price})
        self.begun = self._state(self.test.initialize(day * DAY_S, 0.0))
        self.test.set_step(step_s)

    def get_metadata(self) -> Mapping[str, PointMetadata]:
        told = [(self.test.inputs, True), (self.test.measurements, False)]
        return {
            name: PointMetadata(meta.unit, meta.description, meta.minimum, meta.maximum, is_input)
            for metas, is_input in told
            for name, meta in metas.items()
        }

    def advance_simulation(self, control_inputs: Mapping[str, float]) -> SimulationState:
        return self._state(self.test.advance(control_inputs))

    def _state(self, told: Mapping[str, float]) -> SimulationState:
        return SimulationState(ModelSeconds(told["time"]), {name: v for name, v in told.items() if name != "time"})


def week_by_resets(day: int, days: float, price: str, kpi_names: Sequence[str]) -> FloatArray:
    """KPIs ``(k,)`` of an episode under both resets. Raises SimulationRefused where a program fails."""
    with TemporaryDirectory(prefix="resets-", ignore_cleanup_errors=True) as folder:
        file = Path(folder) / "resets.json"
        file.write_text(json.dumps(_both()), encoding="utf-8")
        plan = plan_run(list(PROGRAMS), file, Path(folder))
        step_s = plan.config.shortest_step_s
        simulation = _Simulation(day, step_s, price)
        device = SimulationDevice(simulation, simulation.begun, _local)
        summary = Rehearsal(plan, device, _local, round(days * DAY_S / step_s)).execute()
    if summary.failures:
        raise SimulationRefused(f"a program failed: {summary.failures}")
    kpis = simulation.test.kpis()
    return np.array([value if (value := kpis[name]) is not None else math.nan for name in kpi_names])


def _both() -> dict[str, Any]:
    """The shipped configs of both on the simulation, as one."""
    first, *others = (json.loads((_CONFIGS / f"{name}.simulation.json").read_text("utf-8")) for name in PROGRAMS)
    programs = {name: entry for each in (first, *others) for name, entry in each["programs"].items()}
    return {**{key: value for key, value in first.items() if key != "$schema"}, "programs": programs}


def _local(time_s: float) -> Any:  # noqa: ANN401 - a datetime
    return model_datetime(ModelSeconds(time_s), _YEAR)
