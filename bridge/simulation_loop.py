"""The simulation thread: advances the building on the controllers' commands, in lock-step with them."""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Callable, Mapping

from clients.boptest_client import BOPTestClient
from utils.errors import SimulationError
from utils.handoff import Closed, LatestValue
from utils.pacing import Pacer
from utils.values import Commands, Frame, PointValue, SimulationState, Target

log = logging.getLogger(__name__)

KPI_INTERVAL_S = 900.0
"""Simulated time between two queries of the KPIs: they are integrals, and each costs the server a pass over its history."""

Converter = Callable[[Mapping[str, float]], Mapping[Target, PointValue]]


class SimulationLoop:
    """Owns the order of things: commands that answer frame k, then the pace, then one advance, then frame k+1."""

    def __init__(
        self,
        client: BOPTestClient,
        convert: Converter,
        commands: LatestValue[Commands],
        publish: Callable[[Frame], None],
        pacer: Pacer,
        stop: threading.Event,
        wants_kpis: bool,
    ) -> None:
        self.kpis: Mapping[str, float] = {}
        self._client = client
        self._convert = convert
        self._commands = commands
        self._publish = publish
        self._pacer = pacer
        self._stop = stop
        self._wants_kpis = wants_kpis
        self._next_kpis_s = -math.inf

    def first_frame(self, state: SimulationState) -> Frame:
        """Frame 0: what initialize told."""
        return self._frame(0, state)

    def run(self, frame: Frame, steps: int | None) -> None:
        """Step until ``steps`` are done, the scenario ends or the stop is set.

        Raises :class:`SimulationError`; an advance is never repeated, whatever happened to it.
        """
        self._pacer.start()
        while steps is None or frame.number < steps:
            try:
                commands = self._commands.wait_until(lambda c, now=frame.number: c.answers == now)  # type: ignore[misc]
            except Closed:
                return
            self._pacer.wait(self._stop)
            if self._stop.is_set():
                return
            state = self._client.advance_simulation(commands.inputs)
            if state.ended:
                log.info("the scenario's period has ended")
                return
            frame = self._frame(frame.number + 1, state)
            self._publish(frame)

    def update_kpis(self) -> None:
        """Ask for the KPIs now. A server that cannot tell them is no reason to stop."""
        try:
            self.kpis = self._client.get_kpis()
        except SimulationError as error:
            log.warning("no KPIs: %s", error)

    def _frame(self, number: int, state: SimulationState) -> Frame:
        if self._wants_kpis and state.time_s >= self._next_kpis_s:
            self._next_kpis_s = state.time_s + KPI_INTERVAL_S
            self.update_kpis()
        values = {**state.values, **self.kpis}
        return Frame(number, state.time_s, values, self._convert(values))
