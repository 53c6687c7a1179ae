"""One step of a run: the page to read first.

The simulation waits for the controllers, and the controllers wait for the simulation (docs/decisions/02): every frame
is answered before the building is advanced on the answer. Between two steps time may be held (docs/time.md).
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from bridge.building import Building
from bridge.device_loop import DeviceLoop, Heard
from bridge.overriding import Overrides
from bridge.timing.next_step import NextStep
from bridge.translation import Translation
from utils.handoff import Closed
from utils.process.standstill import Standstill
from utils.values import Commands, Frame, SimulationState

log = logging.getLogger(__name__)

OnAnswer = Callable[[Frame, Heard, Commands], None]


class Step:
    """From one frame to the next. Used by the simulation thread alone."""

    def __init__(
        self,
        building: Building,
        devices: DeviceLoop,
        next_step: NextStep,
        translation: Translation,
        overrides: Overrides,
        standstill: Standstill,
        on_answer: OnAnswer,
        before_showing: Callable[[Frame], None],
        *,
        episode: int,
        wants_kpis: bool,
        shows_kpis: bool,
    ) -> None:
        """``on_answer`` is told of every frame that has been answered, and what the building will be advanced on.

        ``before_showing`` is called with every frame that the controllers are about to see, and may wait. With
        ``wants_kpis`` the building is asked for them, with ``shows_kpis`` frames have them.
        """
        self._building = building
        self._devices = devices
        self._next = next_step
        self._translation = translation
        self._overrides = overrides
        self._standstill = standstill
        self._on_answer = on_answer
        self._before_showing = before_showing
        self._episode = episode
        self._wants_kpis, self._shows_kpis = wants_kpis, shows_kpis

    def take(self, frame: Frame) -> Frame:
        """Advance once on what the controllers made of a frame, and show them the next one.

        Raises :class:`Closed` at the end of the scenario or of the run, :class:`ResetAsked`, and
        :class:`utils.errors.SimulationError`; an advance is never repeated, whatever happened to it.
        """
        commands = self._translated(frame, self._next.answer_when_due(frame))
        if self._next.is_closed:
            raise Closed
        with self._standstill.under_way():
            state = self._building.advance(commands.inputs)
        if state.ended:
            log.info("the scenario's period has ended")
            raise Closed
        following = self.frame(frame.number + 1, state)
        self._before_showing(following)
        self._devices.show(following, self._next.course)
        return following

    def answer_to(self, frame: Frame) -> Commands:
        """What the controllers command, where no step follows. Raises :class:`Closed` when nobody answers."""
        return self._translated(frame, self._next.answer())

    def frame(self, number: int, state: SimulationState) -> Frame:
        """What the building told, and what the controllers are to see of it."""
        kpis = self._building.kpis_at(state.time_s) if self._wants_kpis else {}
        values = {**state.values, **kpis} if self._shows_kpis else state.values
        return Frame(number, state.time_s, values, self._translation.targets(values), self._episode)

    def _translated(self, frame: Frame, heard: Heard) -> Commands:
        commands = self._overrides.answer(frame, heard.samples)
        self._on_answer(frame, heard, commands)
        return commands
