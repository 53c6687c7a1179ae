"""A plant in time: where it stands, what it went through, and how a step is cut into samples."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Event

from emulators.boptest.case.history import History
from emulators.boptest.replies import StoppedError
from emulators.plant import Plant

SAMPLE_S = 30.0
YEAR_S = 31_536_000.0


class Simulation:
    """Drives one plant and stores its samples. ``stopping`` makes a long step give up between two samples."""

    def __init__(self, plant: Plant, stopping: Event) -> None:
        self._plant = plant
        self._stopping = stopping
        self._pending: dict[str, float] = {}
        self.history = History([*plant.measurements, *plant.inputs])
        self.time_s = 0.0
        self.test_start = 0
        """Index of the sample at which the warm-up ended: KPIs count from there."""

    def reset(self) -> None:
        """Forget the state and the history: nothing can be simulated until the next start."""
        self._pending = {}
        self.test_start = 0
        self.history.clear()

    def start(self, start_s: float, warmup_s: float) -> None:
        """Start afresh. A warm-up that is longer than the start time is cut at time 0 (boptest-api §6)."""
        self.reset()
        self.time_s = max(start_s - warmup_s, 0.0)
        self.history.append(self.time_s, self._plant.initialize(self.time_s))
        self.run(start_s, {})
        self.test_start = len(self.history) - 1

    def run(self, end_s: float, overrides: Mapping[str, float]) -> None:
        """Simulate until ``end_s`` in ``int(duration / 30 s)`` equal parts, at least one (boptest-api §5).

        A step of 0 s only remembers the overrides. Raises RuntimeError when nothing was started.
        """
        if not self.history:
            raise RuntimeError("the model has to be initialized before it can be simulated")
        self._pending.update(overrides)
        begin_s, duration_s = self.time_s, end_s - self.time_s
        if duration_s == 0.0:
            return
        parts = max(int(duration_s / SAMPLE_S), 1)
        for part in range(1, parts):
            self._sample(duration_s / parts, begin_s + duration_s * part / parts)
        self._sample(duration_s / parts, end_s)

    def state(self) -> dict[str, float]:
        """Where the plant stands: ``time``, every measurement, every input in force."""
        return self.history.last()

    def _sample(self, step_s: float, end_s: float) -> None:
        if self._stopping.is_set():
            raise StoppedError("the simulation was stopped")
        overrides, self._pending = self._pending, {}
        state = self._plant.advance(step_s, overrides)
        self.time_s = end_s
        self.history.append(end_s, state)
