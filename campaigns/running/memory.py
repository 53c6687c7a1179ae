"""The recording of a cell, where one is wanted: what ``python main.py report`` reads, as that of any run."""

from __future__ import annotations

import math
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Self

from campaigns.cell import Task
from campaigns.running.settings import warmup_s
from campaigns.running.simulations import CellSimulation
from campaigns.running.times import start_of
from recording import BAD, BRIDGE, GOOD, RecordedStep, Recorder, RunsFolder, Signal
from recording.what_runs import versions
from utils.clocks import HOST, ModelSeconds, model_datetime
from utils.values import SimulationState

_KIND = "cell"
_NO_LIMIT = 2**63 - 1
"""Of the bytes that one cell may leave."""


class CellMemory:
    """A context manager around a cell. Without a folder it keeps nothing, and all its methods do nothing."""

    def __init__(self, task: Task, simulation: CellSimulation, step_s: float) -> None:
        self._task = task
        self._simulation = simulation
        self._step_s = step_s
        self._year = start_of(task.parameters.day).year
        self._recorder: Recorder | None = None
        self._signals: Sequence[Signal] = ()
        self._number = 0

    @property
    def file(self) -> str:
        """Its name below the campaign's folder; empty where there is none."""
        file = self._recorder.file if self._recorder is not None else None
        return f"{file.parent.name}/{file.name}" if file is not None and file.exists() else ""

    def __enter__(self) -> Self:
        """What an attempt that was killed has left is no recording of this cell."""
        if self._task.recording is not None:
            shutil.rmtree(self._task.recording, ignore_errors=True)
            self._recorder = Recorder(RunsFolder(Path(self._task.recording), _NO_LIMIT), _KIND)
            self._recorder.facts(self._facts())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._recorder is not None:
            self._recorder.close("ended" if error is None else "broken off")

    def begun(self, state: SimulationState) -> None:
        """The state at the start."""
        if self._recorder is None:
            return
        from bridge.memory.signals import Layout  # the whole bridge, which most cells do without

        self._signals = Layout.of((), (), tuple(state.values), self._simulation.get_metadata()).signals
        self._recorder.stream(BRIDGE, self._signals)
        self.step(state)

    def step(self, state: SimulationState) -> None:
        """The state after a step."""
        if self._recorder is None or state.ended:
            return
        values = [state.values.get(signal.point, math.nan) for signal in self._signals]
        qualities = bytes(BAD if math.isnan(value) else GOOD for value in values)
        local = model_datetime(ModelSeconds(state.time_s), self._year).isoformat(timespec="seconds")
        self._recorder.step(BRIDGE, RecordedStep(self._number, state.time_s, HOST.wall(), values, qualities, local))
        self._number += 1

    def kpis(self, kpis: Mapping[str, float]) -> None:
        """What the building makes of it."""
        if self._recorder is not None:
            self._recorder.facts({"kpis": dict(kpis)})

    def _facts(self) -> dict[str, object]:
        parameters = self._task.parameters
        return {
            "kind": _KIND,
            "versions": versions(),
            "cell": {"number": self._task.number, **parameters.model_dump(exclude_defaults=True)},
            "unit_system": "SI",
            "test_case": {"name": self._simulation.testcase, "version": self._simulation.server_version},
            "episode": {
                "start_time_s": start_of(parameters.day).time_s,
                "warmup_s": warmup_s(parameters),
                "step_s": self._step_s,
                "first_year": self._year,
                "time_scale": 0.0,
                "period": parameters.period,
                "price": parameters.price,
            },
            "metadata": {name: asdict(meta) for name, meta in self._simulation.get_metadata().items()},
        }
