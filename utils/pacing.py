"""Pace on absolute deadlines: no drift, late steps counted, a host that slept noticed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from utils.errors import BridgeError

SLEEP_GAP_S = 10.0
"""How far wall time may run ahead of monotonic time between two steps before we say that the host slept."""


class HostSlept(BridgeError):
    """The host was suspended: controllers have run on held inputs for all that time."""


@dataclass(frozen=True, slots=True)
class Clocks:
    """The two clocks of the host, injectable: seconds since some start, and seconds since 1970."""

    monotonic: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time


class Pacer:
    """Says when a step is due: ``period_s`` of wall time apart, counted from :meth:`start`.

    A period of 0 means as fast as possible. A run that is behind by more than one period lets the wall clock slip
    instead of making up for it in a burst.
    """

    def __init__(self, period_s: float, clocks: Clocks | None = None) -> None:
        self.period_s = period_s
        self.steps = 0
        self.late_steps = 0
        self.slipped_s = 0.0
        self._clocks = clocks or Clocks()
        self._due = 0.0
        self._gap = 0.0

    def start(self) -> None:
        """Begin now: the first step is due one period from here."""
        self._due = self._clocks.monotonic() + self.period_s
        self._gap = self._clocks.wall() - self._clocks.monotonic()

    @property
    def remaining_s(self) -> float:
        """Seconds until the current step is due; 0 when it is late or the pace is as fast as possible."""
        return max(self._due - self._clocks.monotonic(), 0.0) if self.period_s else 0.0

    def wait(self, stop: threading.Event) -> None:
        """Wait until the current step is due or ``stop`` is set, then make the next one current.

        Raises :class:`HostSlept` when wall time has run ahead of monotonic time.
        """
        self.steps += 1
        if self.period_s:
            self._keep_time(stop)
        self._notice_sleep()

    def _keep_time(self, stop: threading.Event) -> None:
        behind = self._clocks.monotonic() - self._due
        if behind < 0:
            stop.wait(-behind)
        else:
            self.late_steps += 1
        if behind > self.period_s:
            self.slipped_s += behind
            self._due += behind
        self._due += self.period_s

    def _notice_sleep(self) -> None:
        gap = self._clocks.wall() - self._clocks.monotonic()
        jump, self._gap = gap - self._gap, gap
        if jump > SLEEP_GAP_S:
            raise HostSlept(f"this computer slept for about {jump:.0f} s; the run ends and gives everything back")
