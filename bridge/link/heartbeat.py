"""The heartbeat: a value that moves as long as the controller sees the building (docs/heartbeat.md)."""

from __future__ import annotations

import math
from collections.abc import Sequence

from bridge.link.duty import Duty
from equipment.controller import Controller
from equipment.supervision import HeartbeatObject
from utils.clocks import MonotonicSeconds
from utils.values import Exchange, Write, WriteKind

_PERIOD_S = 1.0
"""Wall time between two beats at the least: faster steps do not make it any more alive."""
_COUNTS = 100


class Heartbeats(Duty):
    """The heartbeats of one controller. Beats are counted as they are written: an analog value shows 0 to 99."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller
        self._count = 0
        self._next_s = -math.inf

    def writes(self, now_s: MonotonicSeconds) -> Sequence[Write]:
        """The next beat of each, but not more than one a second."""
        if now_s < self._next_s:
            return ()
        count = (self._count + 1) % _COUNTS
        return [
            Write(beat.ref, WriteKind.COMMAND, _shown(beat, count), beat.priority)
            for beat in self._controller.heartbeats
        ]

    def hear(self, exchange: Exchange, now_s: MonotonicSeconds) -> None:
        """Count a beat that was written, whatever the controller made of it."""
        beating = {beat.ref for beat in self._controller.heartbeats}
        if any(result.write.ref in beating for result in exchange.writes):
            self._count = (self._count + 1) % _COUNTS
            self._next_s = now_s + _PERIOD_S


def _shown(beat: HeartbeatObject, count: int) -> float | bool:
    return bool(count % 2) if beat.ref.object_type.is_binary else float(count)
