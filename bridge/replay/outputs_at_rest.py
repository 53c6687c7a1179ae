"""Frame 0 is held until the outputs rest: a controller that is still on its way from elsewhere is not the recorded one.

Integrators and timers come from whatever they were doing before. What does not rest in ten minutes is played all the
same, which is said.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping

from bridge.device_loop import Heard
from utils.clocks import Clocks, MonotonicSeconds
from utils.values import Target

log = logging.getLogger(__name__)

REST_S = 30.0
"""Wall time for which no output may have moved."""
LONGEST_S = 600.0
_SHARE = 0.002
"""Part of a value that is no movement, as the last digits of a measurement flicker."""


class OutputsAtRest:
    """Asked with every answer to frame 0. Used by one thread."""

    def __init__(self, clocks: Clocks) -> None:
        self._clocks = clocks
        self._values: Mapping[Target, float] = {}
        self._since_s: MonotonicSeconds | None = None
        self._began_s: MonotonicSeconds | None = None
        self._has_told = False

    def __call__(self, heard: Heard) -> bool:
        """Whether they have not moved for long enough, or for too long."""
        now_s = self._clocks.monotonic()
        values = {target: float(one.value) for target, one in heard.samples.items() if one.value is not None}
        if self._since_s is None or self._began_s is None or self._has_moved(values):
            self._values, self._since_s = values, now_s
            self._began_s = now_s if self._began_s is None else self._began_s
        if now_s - self._since_s >= REST_S:
            return True
        is_too_long = now_s - self._began_s >= LONGEST_S
        if is_too_long and not self._has_told:
            self._has_told = True
            log.warning("outputs still move after %.0f s of the first frame; what they do first may differ", LONGEST_S)
        return is_too_long

    def _has_moved(self, values: Mapping[Target, float]) -> bool:
        """Against where they were when they came to rest, so that a slow drift is a movement."""
        if values.keys() != self._values.keys():
            return True
        return any(abs(value - self._values[target]) > _SHARE * abs(value) for target, value in values.items())
