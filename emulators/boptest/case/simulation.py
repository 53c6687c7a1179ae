"""A plant in time: where it stands, what it went through, and how a step is cut into samples."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping
from math import isfinite

from emulators.boptest.case.history import History
from emulators.boptest.replies import StoppedError
from emulators.plant import Plant
from emulators.states import Fields, SavedStateError

SAMPLE_S = 30.0
YEAR_S = 31_536_000.0
_MOST_SAMPLES = 2_200_000
"""Of one step or warm-up: two years, which take 2 GB. A real server allocates them at once, and fails alike."""


class Simulation:
    """Drives one plant and stores its samples. ``has_to_stop`` is asked between two samples of a step."""

    def __init__(self, plant: Plant, has_to_stop: Callable[[], bool]) -> None:
        self._plant = plant
        self._has_to_stop = has_to_stop
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

    def remember(self) -> dict[str, object]:
        """For a state; its samples and the plant's own state go beside it."""
        return {"time_s": self.time_s, "test_start": self.test_start, "pending": self._pending}

    def recall(self, state: Fields, samples: array[float]) -> None:
        """Go on from there, as soon as the plant does. Raises SavedStateError, and is of no use then."""
        self.history = History.of_samples([*self._plant.measurements, *self._plant.inputs], samples)
        self.time_s, self.test_start = state.number("time_s"), state.whole("test_start")
        self._pending = state.named_numbers("pending")
        strange = self._pending.keys() - self._plant.inputs.keys()
        if strange or not isfinite(self.time_s) or self.test_start >= len(self.history):
            raise SavedStateError("the state's time, samples or inputs are not those of this building")

    def start(self, start_s: float, warmup_s: float) -> None:
        """Start afresh. A warm-up that is longer than the start time is cut at time 0 (boptest-api §6)."""
        self.reset()
        self.time_s = max(start_s - warmup_s, 0.0)
        self.history.append(self.time_s, self._plant.initialize(self.time_s))
        self.run(start_s, {})
        self.test_start = len(self.history) - 1

    def run(self, end_s: float, overrides: Mapping[str, float]) -> None:
        """Simulate until ``end_s`` in ``int(duration / 30 s)`` equal parts, at least one (boptest-api §5).

        A step of 0 s only remembers the overrides. Raises RuntimeError when nothing was started, MemoryError for a
        step whose samples could not be kept, and StoppedError when it has to give up.
        """
        if not self.history:
            raise RuntimeError("the model has to be initialized before it can be simulated")
        self._pending.update(overrides)
        begin_s, duration_s = self.time_s, end_s - self.time_s
        if duration_s == 0.0:
            return
        parts = max(int(duration_s / SAMPLE_S), 1)
        if parts > _MOST_SAMPLES:
            raise MemoryError(f"{parts} samples of one step cannot be kept")
        for part in range(1, parts):
            self._sample(duration_s / parts, begin_s + duration_s * part / parts)
        self._sample(duration_s / parts, end_s)

    def state(self) -> dict[str, float]:
        """Where the plant stands: ``time``, every measurement, every input in force."""
        return self.history.last()

    def _sample(self, step_s: float, end_s: float) -> None:
        if self._has_to_stop():
            raise StoppedError("the simulation was stopped")
        overrides, self._pending = self._pending, {}
        state = self._plant.advance(step_s, overrides)
        self.time_s = end_s
        self.history.append(end_s, state)
