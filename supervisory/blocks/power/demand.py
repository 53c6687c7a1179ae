"""Electric demand as it is billed: the mean of a clock-aligned window, forecast while the window runs; and its stages.

The forecast assumes that the present power lasts: energy so far plus power times the time left. Stages go up quickly
and come down one at a time, so that what was shed does not come back at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from zlib import crc32

from supervisory.blocks.time.timers import clamp


class DemandWindow:
    """The running window. Windows begin at whole multiples of their length since midnight."""

    def __init__(self, length_s: float) -> None:
        self._length_s = length_s
        self._number: int | None = None
        self._elapsed_s = 0.0
        self._energy = 0.0
        self._power = 0.0
        self.last_mean: float | None = None

    def step(self, clock_s: float, power: float) -> float:
        """Take the power at ``clock_s`` (seconds of plant time, 0 at some midnight); return the forecast mean.

        What has not been seen of a window is taken to have had the first power that was seen of it. ``last_mean`` is
        the mean of the window that ended last.
        """
        number, elapsed_s = divmod(clock_s, self._length_s)
        if number == self._number and elapsed_s >= self._elapsed_s:
            self._energy += 0.5 * (self._power + power) * (elapsed_s - self._elapsed_s)
        else:
            self._close()
            self._energy = power * elapsed_s
        self._number, self._elapsed_s, self._power = int(number), elapsed_s, power
        return (self._energy + power * (self._length_s - elapsed_s)) / self._length_s

    @property
    def left_share(self) -> float:
        """What is left of the running window: a load that comes on now and stays counts so much in its mean."""
        return 1.0 - self._elapsed_s / self._length_s

    def _close(self) -> None:
        if self._number is not None:
            rest = self._power * (self._length_s - self._elapsed_s)
            self.last_mean = (self._energy + rest) / self._length_s


@dataclass(frozen=True, slots=True)
class Ladder:
    """When stages change: shares of the limit, the least time between two changes and the least before a descent."""

    stages: int
    up_above: float
    down_below: float
    stage_s: float
    hold_s: float


class Stages:
    """The stage in force: 0 is no shedding."""

    def __init__(self, ladder: Ladder) -> None:
        self._ladder = ladder
        self.stage = 0
        self.changed_s = float("-inf")
        self._raised_s = float("-inf")

    @property
    def is_last(self) -> bool:
        """Whether there is no further stage."""
        return self.stage == self._ladder.stages

    def step(self, time_s: float, demand_share: float) -> int:
        """Judge the forecast as a share of the limit; return the stage."""
        if time_s - self.changed_s < self._ladder.stage_s:
            return self.stage
        if demand_share > self._ladder.up_above and not self.is_last:
            self._raised_s = time_s
            self._move(time_s, 1)
        elif demand_share < self._ladder.down_below and time_s - self._raised_s >= self._ladder.hold_s:
            self.descend(time_s)
        return self.stage

    def descend(self, time_s: float) -> None:
        """One stage down, when the stage time has passed."""
        if self.stage and time_s - self.changed_s >= self._ladder.stage_s:
            self._move(time_s, -1)

    def _move(self, time_s: float, by: int) -> None:
        self.stage += by
        self.changed_s = time_s


def spread(names: Iterable[str], over_s: float) -> dict[str, float]:
    """Seconds by which each zone comes back later than the first: even, and the same in every run.

    The order is that of a checksum of the names: no zone is first because it was written first.
    """
    ranked = sorted(names, key=lambda name: (crc32(name.encode()), name))
    gap_s = over_s / max(1, len(ranked) - 1)
    return {name: clamp(rank * gap_s, 0.0, over_s) for rank, name in enumerate(ranked)}
