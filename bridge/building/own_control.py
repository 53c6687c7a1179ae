"""What the building's own control would command: asked while somebody looks, once a second at most."""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping

from bridge.building.simulation_peer import SimulationPeer
from utils.clocks import Clocks
from utils.errors import SimulationAborted, SimulationError

log = logging.getLogger(__name__)

PERIOD_S = 1.0
LOOKS_FOR_S = 10.0
"""Who has asked within so many wall seconds is still looking."""


class OwnControl:
    """:meth:`values` is for any thread and waits for nobody; :meth:`look` is for the simulation thread."""

    def __init__(self, client: SimulationPeer, clocks: Clocks) -> None:
        self._client = client
        self._clocks = clocks
        self._values: Mapping[str, float] = {}
        self._asked_s = self._looked_s = -math.inf
        self._has_failed = False

    def values(self) -> Mapping[str, float]:
        """By the inputs' names and in SI units, as it was at the last look; nothing before the first."""
        self._asked_s = self._clocks.monotonic()
        return self._values

    def look(self) -> None:
        """Ask the simulation, if somebody looks. That it does not tell is no reason to stop."""
        now_s = self._clocks.monotonic()
        is_due = now_s - self._asked_s < LOOKS_FOR_S and now_s - self._looked_s >= PERIOD_S
        if self._has_failed or not is_due:
            return
        self._looked_s = now_s
        try:
            self._values = self._client.get_own_control().values
        except SimulationAborted:
            return
        except SimulationError as error:
            self._has_failed, self._values = True, {}
            log.info("what the building's own control would command is not told: %s", error)
