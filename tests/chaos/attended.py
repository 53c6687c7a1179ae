"""``main.py`` with somebody beside it who has time and values in hand: ``python -m tests.chaos.attended run ...``.

What to do comes as lines on standard input, each a wish of :mod:`tests.chaos.schedule` and a number; it is done in
their order, as soon as it can be. What the run refuses, as it is not there yet or not any more, is left.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from unittest.mock import patch

import main
from bridge.display.status import Phase, Summary
from bridge.overriding import HandRefused
from bridge.run import Run
from bridge.timing.time_in_hand import TimeRefused
from tests.chaos import schedule
from tests.chaos.building import HELD_INPUT
from tests.chaos.peers import SPARE

WHO = "somebody"
_STEPS = 3
_POLL_S = 0.01


class AttendedRun(Run):
    """A run that does what it is told."""

    def execute(self) -> Summary:
        """With somebody beside it."""
        threading.Thread(target=self._listen, name="somebody", daemon=True).start()
        return super().execute()

    def _listen(self) -> None:
        wishes: Mapping[str, Callable[[float], None]] = {
            schedule.IS_HELD: self._held_for_a_while,
            schedule.BEGINS_ANEW: self._begun_anew,
            schedule.BY_HAND: self._by_hand,
        }
        for line in sys.stdin:
            kind, _, number = line.strip().rpartition(" ")
            with suppress(TimeRefused, HandRefused):
                wishes[kind](float(number))

    def _held_for_a_while(self, _: float) -> None:
        self.time.pause(WHO)
        self._until(lambda: self.time.state.held_since_s is not None)
        for _step in range(_STEPS):
            before = self.status().step
            self.time.step_once(WHO)
            self._until(lambda before=before: self.status().step != before)  # type: ignore[misc]
        self.time.set_pace(1000.0, WHO)
        self.time.set_pace(0.0, WHO)
        self.time.go_on(WHO)

    def _begun_anew(self, number: float) -> None:
        self.time.reset(datetime(2023, 1, 1 + int(number) % 28, 5, 30), WHO)

    def _by_hand(self, number: float) -> None:
        """An input of the building and an object of each controller that is there; or let all of them go."""
        if self.hand.held:
            self.hand.release_all(WHO)
            return
        self.hand.hold_input(HELD_INPUT, number / 100, WHO)
        for equipment in sorted({one.equipment for one in self.commanders()}):
            with suppress(HandRefused):
                self.hand.hold_point(equipment, SPARE, number, WHO)

    def _until(self, condition: Callable[[], bool]) -> None:
        while not condition() and self.status().phase not in (Phase.RELEASING, Phase.ENDED):
            threading.Event().wait(_POLL_S)


if __name__ == "__main__":
    with patch("commands.verbs.run.Run", AttendedRun):
        main.run()
