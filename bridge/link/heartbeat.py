"""The heartbeat: a value that moves as long as the controller sees the building (docs/heartbeat.md)."""

from __future__ import annotations

import math
from collections.abc import Sequence

from equipment.supervision import HeartbeatObject
from utils.values import Write, WriteKind

_PERIOD_S = 1.0
"""Wall time between two beats at the least: faster steps do not make it any more alive."""
_COUNTS = 100


class Heartbeats:
    """The heartbeats of one controller. Beats are counted as they are written: an analog value shows 0 to 99."""

    def __init__(self) -> None:
        self._count = 0
        self._next_s = -math.inf

    def due(self, beating: Sequence[HeartbeatObject], now_s: float) -> list[Write]:
        """The next beat of each, once per call but not more than once a second."""
        if now_s < self._next_s:
            return []
        self._next_s = now_s + _PERIOD_S
        self._count = (self._count + 1) % _COUNTS
        return [Write(beat.ref, WriteKind.COMMAND, self._value(beat), beat.priority) for beat in beating]

    def _value(self, beat: HeartbeatObject) -> float | bool:
        return bool(self._count % 2) if beat.ref.object_type.is_binary else float(self._count)
