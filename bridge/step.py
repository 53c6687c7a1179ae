"""One step of a run: the page to read first.

The simulation waits for the controllers, and the controllers wait for the simulation (docs/decisions/02): every frame
is answered before the building is advanced on the answer.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from bridge.building import Building
from bridge.device_loop import DeviceLoop, Heard
from bridge.overriding import Overrides
from bridge.translation import Translation
from utils.handoff import Closed
from utils.pacing import Pacer
from utils.values import Commands, Frame, SimulationState

log = logging.getLogger(__name__)

KEEP_ALIVE_S = 120.0
"""Wall time between two signs of life in a long step: a server ends a test that is idle (boptest-api §3, §15)."""

OnAnswer = Callable[[Frame, Heard], None]


class Step:
    """From one frame to the next. Used by the simulation thread alone."""

    def __init__(
        self,
        building: Building,
        devices: DeviceLoop,
        translation: Translation,
        overrides: Overrides,
        pacer: Pacer,
        stop: threading.Event,
        on_answer: OnAnswer,
        *,
        wants_kpis: bool,
    ) -> None:
        """``on_answer`` is told of every frame that has been answered."""
        self._building = building
        self._devices = devices
        self._translation = translation
        self._overrides = overrides
        self._pacer = pacer
        self._stop = stop
        self._on_answer = on_answer
        self._wants_kpis = wants_kpis

    def take(self, frame: Frame) -> Frame:
        """Advance once on what the controllers made of a frame, and show them the next one.

        Raises :class:`Closed` at the end of the scenario or of the run, and :class:`utils.errors.SimulationError`; an
        advance is never repeated, whatever happened to it.
        """
        commands = self.answer_to(frame)
        self._keep_pace()
        with self._pacer.standstill.under_way():
            state = self._building.advance(commands.inputs)
        if state.ended:
            log.info("the scenario's period has ended")
            raise Closed
        following = self.frame(frame.number + 1, state)
        self._devices.frames.publish(following)
        return following

    def answer_to(self, frame: Frame) -> Commands:
        """Wait for the controllers, and translate what they command. Raises :class:`Closed` when nobody answers."""
        heard = self._heard(frame)
        commands = self._overrides.answer(frame, heard.samples)
        self._on_answer(frame, heard)
        return commands

    def frame(self, number: int, state: SimulationState) -> Frame:
        """What the building told, and what the controllers are to see of it."""
        kpis = self._building.kpis_at(state.time_s) if self._wants_kpis else {}
        values = {**state.values, **kpis}
        return Frame(number, state.time_s, values, self._translation.targets(values))

    def _heard(self, frame: Frame) -> Heard:
        while True:
            try:
                return self._devices.heard.wait_until(lambda heard: heard.answers == frame.number, KEEP_ALIVE_S)
            except TimeoutError:
                self._building.keep_alive()

    def _keep_pace(self) -> None:
        while self._pacer.remaining_s > KEEP_ALIVE_S and not self._stop.is_set():
            self._pacer.pause(self._stop, KEEP_ALIVE_S)
            self._building.keep_alive()
        self._pacer.wait(self._stop)
        if self._stop.is_set():
            raise Closed
