"""The building, step by step: each answer is watched while it is awaited, and judged by model time when it is there."""

from __future__ import annotations

from collections.abc import Mapping

from bridge.model_clock import ModelClock
from bridge.overdue import OverdueWatch
from bridge.startup import Started
from clients.boptest_client import BOPTestClient
from utils.values import SimulationState


class Advancing:
    """Advances a simulation that was started, and nobody else may. For runs and for programs alike."""

    def __init__(self, client: BOPTestClient, started: Started, watch: OverdueWatch) -> None:
        self._client = client
        self._clock = ModelClock(started.state.time_s, started.step_s)
        self._watch = watch

    def advance(self, inputs: Mapping[str, float]) -> SimulationState:
        """Simulate one step, once. Raises :class:`utils.errors.SimulationError`."""
        with self._watch.awaiting():
            state = self._client.advance_simulation(inputs)
        if not state.ended:
            self._clock.tell(state.time_s)
        return state
