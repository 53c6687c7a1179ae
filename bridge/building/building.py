"""The simulated building as a run sees it: advanced by nobody else, watched while awaited, told that it is wanted.

Each answer is judged by model time when it is there.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from dataclasses import dataclass

from bridge.building.model_clock import ModelClock
from bridge.building.overdue import OverdueWatch
from bridge.building.simulation_peer import SimulationPeer
from utils.errors import SimulationError, SimulationUnreachable
from utils.values import SimulationState

log = logging.getLogger(__name__)

KPI_INTERVAL_S = 900.0
"""Simulated time between two queries of the KPIs: each costs the server a pass over its history."""


@dataclass(frozen=True, slots=True)
class Started:
    """A simulation at its start. ``step_s`` is the step in force: what the server took, else what was asked."""

    state: SimulationState
    step_s: float


class Building:
    """A simulation that was started. For runs and for programs alike."""

    def __init__(
        self,
        client: SimulationPeer,
        started: Started,
        watch: OverdueWatch,
        kpi_interval_s: float | None = None,
    ) -> None:
        """``kpi_interval_s`` is simulated time; the usual one when None."""
        self.kpis: Mapping[str, float] = {}
        """As they were told last."""
        self._client = client
        self._clock = ModelClock(started.state.time_s, started.step_s)
        self._watch = watch
        self._kpi_interval_s = KPI_INTERVAL_S if kpi_interval_s is None else kpi_interval_s
        self._next_kpis_s = -math.inf
        self._kpis_of_s = math.nan

    def advance(self, inputs: Mapping[str, float]) -> SimulationState:
        """Simulate one step, once. Raises :class:`utils.errors.SimulationError`."""
        with self._watch.awaiting():
            state = self._client.advance_simulation(inputs)
        if not state.ended:
            self._clock.tell(state.time_s)
        return state

    def kpis_at(self, time_s: float) -> Mapping[str, float]:
        """The KPIs for this model time, asked for sparsely."""
        if time_s >= self._next_kpis_s:
            self._next_kpis_s = time_s + self._kpi_interval_s
            self.update_kpis()
        return self.kpis

    def update_kpis(self) -> None:
        """Ask for the KPIs now. A server that cannot tell them is no reason to stop."""
        try:
            self.kpis, self._kpis_of_s = self._client.get_kpis(), self._clock.time_s
        except SimulationError as error:
            log.warning("no KPIs: %s", error)

    @property
    def kpis_of_now(self) -> Mapping[str, float]:
        """Those of the newest answer; nothing where they have not been asked for since."""
        return self.kpis if self._kpis_of_s == self._clock.time_s else {}

    def keep_alive(self) -> None:
        """Say that the test is still wanted. Whether a server that does not answer is lost, the next advance tells."""
        try:
            self._client.keep_alive()
        except SimulationUnreachable as error:
            log.warning("no sign of life from the simulation: %s", error)
