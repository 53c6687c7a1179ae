"""Before every step: what the controllers answered, the moment at which it is due, and whether time is held."""

from __future__ import annotations

import logging
import threading
from contextlib import suppress

from bridge.building import Building
from bridge.device_loop import KEEP_ALIVE_S, Course, DeviceLoop, Heard
from bridge.timing.holding import Holding
from bridge.timing.model_time import ModelTime
from bridge.timing.time_in_hand import Decision, TimeInHand
from utils.handoff import Closed
from utils.pacing import Pacer
from utils.settings import Settings
from utils.values import Frame

log = logging.getLogger(__name__)


class NextStep:
    """Used by the simulation thread alone."""

    def __init__(
        self,
        settings: Settings,
        building: Building,
        devices: DeviceLoop,
        holding: Holding,
        pacer: Pacer,
        stop: threading.Event,
        time: ModelTime,
        time_in_hand: TimeInHand,
    ) -> None:
        self.is_closed = False
        """Whether there is no next step: the run is to stop, or time was held for too long."""
        self._settings = settings
        self._building = building
        self._devices = devices
        self._holding = holding
        self._pacer = pacer
        self._stop = stop
        self._time = time
        self._time_in_hand = time_in_hand
        self._decision = Decision.GO_ON

    @property
    def course(self) -> Course:
        """What time does while the next frame is shown."""
        return Course.AT_REST if self._time_in_hand.asked.is_set() else Course.IN_STEP

    def answer(self) -> Heard:
        """What was answered to the frame that was shown last. Raises :class:`Closed` when nobody answers."""
        return self._devices.answer(self._building.keep_alive)

    def answer_when_due(self, frame: Frame) -> Heard:
        """The answer on which the next step is made, at its moment; or the last one, where none will be made.

        What is asked of the time meanwhile begins the answer anew: it is as fresh after half an hour as in any step.
        Raises :class:`Closed` when nobody answers, and :class:`ResetAsked`.
        """
        heard = self.answer()
        with suppress(Closed):
            while not self._comes_due():
                heard = self._holding.hold(frame, heard, self._is_decided, self._time_in_hand.news)
                if self._decision is not Decision.GO_ON:
                    break
                self.go_on(frame)
                heard = self.answer()
        self.is_closed = self._stop.is_set() or self._decision is Decision.END
        return heard

    def go_on(self, frame: Frame) -> None:
        """Time passes from here, after it was held: the frame is shown once more."""
        self.begin()
        self._devices.show(frame)

    def begin(self) -> None:
        """Time passes from here: the pace starts anew, and may be another one."""
        scale = self._time.scale
        self._pacer.period_s = self._settings.step_time_s / scale if scale else 0.0
        self._pacer.start()
        self._time.go()

    def _comes_due(self) -> bool:
        """Wait for the moment of the next step; False when there is something to decide before it."""
        asked = self._time_in_hand.asked
        while self._pacer.remaining_s > KEEP_ALIVE_S and not asked.is_set():
            self._pacer.pause(asked, KEEP_ALIVE_S)
            self._building.keep_alive()
        if not asked.is_set():
            self._pacer.wait(asked)
        return not asked.is_set()

    def _is_decided(self, heard: Heard) -> bool:
        self._decision = self._time_in_hand.decide(heard.began_s)
        return self._decision is not Decision.HOLD
