"""How blind a loop in a controller is: the simulated time until it can see what it did.

A static-pressure loop holds at up to 5 simulated seconds per exchange and hunts from 10 on (field notes 4).
"""

from __future__ import annotations

import logging

log = logging.getLogger(__name__)

LIMIT_S = 5.0
SCAN_S = 1.0
"""The period at which fast loops in controllers are taken to run, in wall time (field notes 4)."""


class ExchangeDelay:
    """Works out the delay from the measured pace and warns once when it is too long for fast loops.

    Programs that ``scan_with_simulation`` (the embedded ones) scan in simulated time, at any pace.
    """

    def __init__(self, step_s: float, *, scan_with_simulation: bool) -> None:
        self._step_s = step_s
        self._scan_with_simulation = scan_with_simulation
        self._has_warned = False

    def seconds(self, pace: float) -> float:
        """Simulated seconds: a step, or at a fast pace what passes between two scans of the controller's program."""
        return self._step_s if self._scan_with_simulation else max(self._step_s, pace * SCAN_S)

    def announce(self, time_scale: float, settle_s: float | None) -> None:
        """Say what "as fast as possible" means for programs that scan by the wall clock."""
        if time_scale == 0 and settle_s is None and not self._scan_with_simulation:
            log.warning(
                "as fast as possible: the controllers' programs may not have run between the writes and the reads of "
                "a step; ECY_SETTLE_TIME gives them time"
            )

    def watch(self, pace: float) -> None:
        """Compare with the limit, as the run goes on."""
        delay_s = self.seconds(pace)
        if delay_s <= LIMIT_S or self._has_warned:
            return
        self._has_warned = True
        cures = [f"set BOP_STEP_TIME to {LIMIT_S:g} or less"] if self._step_s > LIMIT_S else []
        if pace * SCAN_S > LIMIT_S and not self._scan_with_simulation:
            cures.append(f"set BOP_TIME_SCALE to {LIMIT_S / SCAN_S:g} or less, and not to 0")
        log.warning(
            "exchange delay %.1f simulated s: a fast loop in a controller (duct pressure, flow) will hunt; %s",
            delay_s,
            " and ".join(cures),
        )
