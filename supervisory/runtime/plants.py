"""How plant time passes: by advancing the simulation, or by waiting for devices whose clocks run."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import Future
from datetime import datetime
from typing import Protocol

from clients.simulation import SimulationDevice
from supervisory.runtime.devices import Devices
from supervisory.runtime.plant_clock import DeviceClock, PlantClock, SimulationClock
from utils.pacing import Pacer

log = logging.getLogger(__name__)

LOOK_S = 0.25
"""Wall time within which a stuck hook, a switch or a stop is noticed at the latest."""
_READ_CLOCK_S = 30.0
_SHORTEST_WAIT_S = 0.001


class SupervisedPlant(Protocol):
    """What programs live beside."""

    is_lockstep: bool
    """Whether time stands still until every program has had its say."""

    @property
    def clock(self) -> PlantClock:
        """Plant time."""

    def pass_time(self, until_s: float | None, changed: threading.Event, stop: threading.Event) -> bool:
        """Let time pass: a step, or until that plant time, a change, or a moment. False at the end of the plant.

        Raises :class:`utils.errors.SimulationError`.
        """


class SimulatedPlant:
    """A simulation that is advanced step by step, at a pace."""

    is_lockstep = True

    def __init__(self, device: SimulationDevice, clock: SimulationClock, pacer: Pacer) -> None:
        self.clock = clock
        self._device = device
        self._pacer = pacer
        self._has_begun = False

    def pass_time(self, until_s: float | None, changed: threading.Event, stop: threading.Event) -> bool:
        """Advance once, when it is time."""
        if not self._has_begun:
            self._has_begun = True
            self._pacer.start()
        self._pacer.wait(stop)
        return not stop.is_set() and not self._device.advance().ended


class LivePlant:
    """Devices whose own clock says how late it is."""

    is_lockstep = False

    def __init__(self, devices: Devices, alias: str | None, scale: float) -> None:
        """Reads the clock for the first time. Without one to read, the computer's is where plant time begins."""
        self._devices = devices
        self._alias = alias
        self._scale = scale
        self._has_clock = any(True for _ in devices)
        start = devices.local_time(alias).result() if self._has_clock else datetime.now()
        if start is None:
            start = datetime.now()
            log.warning("the clock of %s cannot be read; this computer's is taken", alias or "the first device")
        self.clock = DeviceClock(start.replace(microsecond=0), scale)
        self._asked: Future[datetime | None] | None = None
        self._asked_at_s = self.clock.time_s

    def pass_time(self, until_s: float | None, changed: threading.Event, stop: threading.Event) -> bool:
        """Wait for a moment at most, and follow the device's clock."""
        self._follow_clock()
        wait_s = LOOK_S if until_s is None else (until_s - self.clock.time_s) / self._scale
        changed.wait(min(max(wait_s, _SHORTEST_WAIT_S), LOOK_S))
        return not stop.is_set()

    def _follow_clock(self) -> None:
        if self._asked is not None and self._asked.done():
            local = self._asked.result()
            self._asked = None
            if local is not None:
                self.clock.tell(local)
        elif self._has_clock and self._asked is None and self.clock.time_s - self._asked_at_s >= _READ_CLOCK_S:
            self._asked_at_s = self.clock.time_s
            self._asked = self._devices.local_time(self._alias)
