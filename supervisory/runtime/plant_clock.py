"""Plant time: the simulation's where there is one, else the controllers' clock. Programs never see a wall clock.

A controller's clock is read now and then; in between, plant time goes on at the configured pace. Its seconds never
run backwards: a clock that is set (summer time, somebody at the controller) moves the calendar, not the timers.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from clients.simulation import SimulationDevice

log = logging.getLogger(__name__)

_AGREES_S = 2.0
"""Clocks tell whole seconds, and an answer takes its time: a smaller difference says nothing."""
_WAS_SET_S = 300.0
"""A clock that is off by more plant time than this was set, rather than running at another pace."""
_LATE_S = 10.0
"""Wall time by which an answer may be late; the plant may be fast, and the clock has not been set for that."""
_RUNS_FAST = 3
"""A clock that is found set forward so often in a row is not set by anybody."""
_STANDS_STILL_S = 60.0
"""Wall time after which a clock that does not move is not waited for any more."""


class PlantClock(Protocol):
    """The time that programs live in."""

    @property
    def time_s(self) -> float:
        """Seconds; never runs backwards."""

    def local(self, time_s: float) -> datetime:
        """The calendar's time at these seconds, naive and local."""


class SimulationClock:
    """The time of the simulation's newest state."""

    def __init__(self, device: SimulationDevice, local_time: Callable[[float], datetime]) -> None:
        self._device = device
        self._local_time = local_time

    @property
    def time_s(self) -> float:
        """Model time, s."""
        return self._device.state.time_s

    def local(self, time_s: float) -> datetime:
        """The date on the calendar for a model time."""
        return self._local_time(time_s)


class DeviceClock:
    """Follows a controller's clock. ``scale`` is plant seconds per wall second, as far as it is known."""

    def __init__(self, start: datetime, scale: float = 1.0, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._scale = scale
        self._monotonic = monotonic
        self._origin = datetime(start.year, 1, 1)
        self._shift = timedelta(0)
        """What the calendar was set forward by since the start."""
        self._anchor_s = (start - self._origin).total_seconds()
        self._anchored_at = self._moved_at = monotonic()
        self._latest_s = self._anchor_s
        self._told = start
        self._set_forward = 0
        """How often in a row it was found to have been set forward."""

    @property
    def time_s(self) -> float:
        """Seconds since 1 January of the year of the start, less what the clock was set by."""
        self._latest_s = max(self._latest_s, self._predicted_s())
        return self._latest_s

    def local(self, time_s: float) -> datetime:
        """The controller's time at these seconds."""
        return self._origin + timedelta(seconds=time_s) + self._shift

    def tell(self, local: datetime) -> None:
        """What the controller's clock shows now."""
        wall = self._monotonic()
        if local != self._told:
            self._told, self._moved_at = local, wall
        elif wall - self._moved_at > _STANDS_STILL_S:
            return  # a broken clock must not hold a program, and its overrides, for ever
        predicted_s = self._predicted_s()
        told_s = (local - self._shift - self._origin).total_seconds()
        ahead_s = told_s - predicted_s
        if abs(ahead_s) <= _AGREES_S * max(self._scale, 1.0):
            self._set_forward = 0
            return
        if abs(ahead_s) > _WAS_SET_S + _LATE_S * self._scale:
            self._shift += timedelta(seconds=ahead_s)
            self._was_set(ahead_s)
            return
        self._set_forward = 0
        self._anchor_s, self._anchored_at = told_s, wall

    def _was_set(self, ahead_s: float) -> None:
        way = "forward" if ahead_s > 0 else "back"
        log.info("the plant's clock was set %s, to %s; timers go on as before", way, self.local(self._predicted_s()))
        self._set_forward = self._set_forward + 1 if ahead_s > 0 else 0
        if self._set_forward == _RUNS_FAST:
            told = 'it runs fast rather than being set: give its pace, plant seconds per second, as "time_scale"'
            log.warning("the plant's clock is far ahead again and again; %s", told)

    def _predicted_s(self) -> float:
        return self._anchor_s + (self._monotonic() - self._anchored_at) * self._scale
