"""A replay begins when outputs rest, and then as the recording did."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bridge.purpose import Purpose
from bridge.replay import OutputsAtRest
from bridge.watching.observation import Observation
from emulators.ecy.clock import ControllerClock
from tests.bridge.listening import Listener
from tests.bridge.paused import peers


class LooksAtAClock(Listener):
    """Sees by how much a controller's clock is off when the first frame is answered."""

    def __init__(self, clock: ControllerClock) -> None:
        super().__init__()
        self.off: list[timedelta] = []
        self._clock = clock

    def step(self, seen: Observation) -> None:
        if seen.local_time is not None:
            self.off.append(abs(self._clock.now() - seen.local_time))


@pytest.mark.slow
def test_clocks_have_not_run_on_while_the_first_frame_was_held(tmp_path: Path) -> None:
    with peers(tmp_path) as both:
        looking = LooksAtAClock(both.rig.controllers.controller("AHU").clock)
        both.rig.watchers = (looking,)
        both.rig.purpose = Purpose(may_begin=OutputsAtRest(both.host.clocks))
        both.rig.execute(1, BOP_TIME_SCALE="1", ECY_COUPLE_TIME="1", DESIRED_TIMEZONE="US/Mountain")
        assert both.host.ahead_s > 30.0
    assert looking.off[0] < timedelta(seconds=15)
