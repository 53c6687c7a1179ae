"""The simulation thread: advances the building on the controllers' commands, in lock-step with them."""

from __future__ import annotations

import contextlib
import logging
import math
import threading
from collections.abc import Callable, Mapping

from bridge.advancing import Advancing
from bridge.overdue import OverdueWatch
from bridge.startup import Started
from clients.boptest_client import BOPTestClient
from utils.errors import SimulationError, SimulationUnreachable
from utils.handoff import Closed, LatestValue
from utils.pacing import Pacer
from utils.values import Commands, Frame, PointValue, SimulationState, Target

log = logging.getLogger(__name__)

KPI_INTERVAL_S = 900.0
"""Simulated time between two queries of the KPIs: each costs the server a pass over its history."""

KEEP_ALIVE_S = 120.0
"""Wall time between two signs of life in a long step: a server ends a test that is idle (boptest-api §3, §15)."""

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
        watch: OverdueWatch,
        stop: threading.Event,
        wants_kpis: bool,
    ) -> None:
        self.kpis: Mapping[str, float] = {}
        self._client = client
        self._convert = convert
        self._commands = commands
        self._publish = publish
        self._pacer = pacer
        self._watch = watch
        self._stop = stop
        self._wants_kpis = wants_kpis
        self._next_kpis_s = -math.inf

    def first_frame(self, state: SimulationState) -> Frame:
        """Frame 0: what initialize told."""
        return self._frame(0, state)

    def run(self, started: Started, frame: Frame, steps: int | None) -> None:
        """Step on from frame 0 until ``steps`` are done, the scenario ends or the stop is set.

        Raises :class:`SimulationError`; an advance is never repeated, whatever happened to it.
        """
        advancing = Advancing(self._client, started, self._watch)
        self._pacer.start()
        with self._watch, contextlib.suppress(Closed):
            while frame.number != steps:
                frame = self._next(frame, advancing)
            self._answer_to(frame)

    def _next(self, frame: Frame, building: Advancing) -> Frame:
        """Advance once on the commands that answer the frame. Raises :class:`Closed` at the end of the scenario."""
        commands = self._answer_to(frame)
        while self._pacer.remaining_s > KEEP_ALIVE_S and not self._stop.is_set():
            self._pacer.pause(self._stop, KEEP_ALIVE_S)
            self._keep_alive()
        self._pacer.wait(self._stop)
        if self._stop.is_set():
            raise Closed
        with self._pacer.standstill.under_way():
            state = building.advance(commands.inputs)
        if state.ended:
            log.info("the scenario's period has ended")
            raise Closed
        frame = self._frame(frame.number + 1, state)
        self._publish(frame)
        return frame

    def _answer_to(self, frame: Frame) -> Commands:
        """Wait for the controllers. Raises :class:`Closed` when nobody will answer any more."""
        while True:
            try:
                return self._commands.wait_until(lambda commands: commands.answers == frame.number, KEEP_ALIVE_S)
            except TimeoutError:
                self._keep_alive()

    def _keep_alive(self) -> None:
        """Say that the test is still wanted. Whether a server that does not answer is lost, the next advance tells."""
        try:
            self._client.keep_alive()
        except SimulationUnreachable as error:
            log.warning("no sign of life from the simulation: %s", error)

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
