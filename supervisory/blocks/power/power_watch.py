"""Whether the site has power: told from its meter, and from everything falling silent at once."""

from __future__ import annotations

from enum import Enum

from supervisory.blocks.time.timers import SECONDS_PER_HOUR, TrueFor

_MOST_PER_HOUR = 3
"""More cuts than that are no cuts, but a meter that flickers: it must not hold a building down."""


class SitePower(Enum):
    """What can be told of the utility's power."""

    ON = "on"
    OUT = "out"
    BACK = "back"


class PowerWatch:
    """Out while the meter shows next to nothing, or after nothing of the site has answered for ``silent_s``."""

    def __init__(self, below_kw: float, silent_s: float) -> None:
        self._below_kw = below_kw
        self._silent_for = TrueFor(silent_s)
        self._heard = self._out = False
        self._cuts_s: list[float] = []

    @property
    def flickers(self) -> bool:
        """Whether there were more cuts within the hour than can be believed."""
        return len(self._cuts_s) > _MOST_PER_HOUR

    def step(self, time_s: float, power_kw: float | None, anything_known: bool) -> SitePower:
        """Judge this moment; BACK is the first one with power after an outage. A site never heard of is not out."""
        self._heard = self._heard or anything_known
        silent = self._silent_for.step(time_s, self._heard and not anything_known)
        was_out = self._out
        self._out = silent or (power_kw is not None and power_kw < self._below_kw) or (was_out and not anything_known)
        self._cuts_s = [cut_s for cut_s in self._cuts_s if time_s - cut_s < SECONDS_PER_HOUR]
        if self._out and not was_out:
            self._cuts_s.append(time_s)
        if self.flickers:
            return SitePower.ON
        if self._out:
            return SitePower.OUT
        return SitePower.BACK if was_out else SitePower.ON
