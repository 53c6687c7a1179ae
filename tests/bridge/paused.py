"""Runs whose time is held: half an hour of it passes in a moment, for both peers' sake too."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bridge.run import Run
from emulators.boptest.hub import Limits
from emulators.boptest.server import BoptestServer
from emulators.ecy.controller import ControllerSpec
from emulators.ecy.scanning import ExchangeScan
from emulators.ecy.server import EcyServer
from emulators.plants.multizone_office import MultizoneOffice
from recording import Event, EventKind
from tests.bridge.listening import Listener
from tests.bridge.looking import activations
from tests.bridge.rig import AHU_OBJECTS, PASSWORD, VAV_OBJECTS, Rig, in_background
from tests.waiting import DEADLINE_S, eventually
from utils.clocks import Clocks

_NAP_S = 0.002
_HURRY = 9.0
"""What is waited for takes so many times as long by these clocks: less than a host that slept, and it is over soon."""


@dataclass
class HastyHost:
    """A host on which nobody really waits: its clocks move on instead."""

    ahead_s: float = 0.0
    wall_ahead_s: float = 0.0

    def monotonic(self) -> float:
        return time.monotonic() + self.ahead_s

    @property
    def clocks(self) -> Clocks:
        return Clocks(self.monotonic, lambda: time.time() + self.ahead_s + self.wall_ahead_s, self.wait)

    def wait(self, event: threading.Event, seconds: float) -> bool:
        if not event.wait(_NAP_S):
            self.ahead_s += min(_HURRY * seconds, seconds + _HURRY)
        return event.is_set()


@dataclass
class Peers:
    """Both, and the host whose clocks they share with the run."""

    rig: Rig
    host: HastyHost


@dataclass
class PausedRun:
    """A run in the background, and what its watchers are told."""

    subject: Rig
    host: HastyHost
    run: Run
    events: list[Event] = field(default_factory=list)

    @property
    def step(self) -> int:
        return self.run.status().step

    @property
    def advances(self) -> int:
        return self.subject.building.faults.calls["advance"]

    def told(self, kind: EventKind) -> list[str]:
        return [event.words for event in self.events if event.kind is kind]

    def requests(self, name: str = "AHU") -> int:
        return self.subject.controllers.controller(name).counters.requests["POST"]

    def paused(self) -> int:
        """Pause, and wait for it; the step at which time is held."""
        self.run.time.pause("test")
        eventually(lambda: self.run.time.state.held_since_s is not None)
        return self.step

    def exchanges(self, count: int = 3) -> None:
        """Wait until the air handler's controller has been exchanged with so often."""
        until = self.requests() + count
        eventually(lambda: self.requests() >= until)

    def passes(self, seconds: float) -> None:
        """Wait until so much time has passed on the host."""
        until = self.host.ahead_s + seconds
        eventually(lambda: self.host.ahead_s >= until)

    def steps(self, count: int) -> None:
        """Wait for so many more steps."""
        until = self.step + count
        eventually(lambda: self.step >= until)


@contextmanager
def peers(folder: Path) -> Iterator[Peers]:
    """Both peers, whose clocks are the host's: the building's server ends a test that is idle for 15 minutes."""
    host = HastyHost()
    specs = [ControllerSpec("AHU", objects=AHU_OBJECTS), ControllerSpec("VAV", objects=VAV_OBJECTS, instance=2)]
    plants = {"multizone_office_simple_air": MultizoneOffice}
    with (
        BoptestServer(plants, limits=Limits(monotonic=host.monotonic)) as building,
        EcyServer(
            specs, username="bench", password=PASSWORD, scan=ExchangeScan(5.0), monotonic=host.monotonic, journal=True
        ) as controllers,
    ):
        yield Peers(Rig(folder, building, controllers, clocks=host.clocks), host)


@contextmanager
def going(both: Peers, **variables: str) -> Iterator[PausedRun]:
    """A run whose overrides are in force; it is asked to end after the block, and ends well."""
    listener = Listener()
    both.rig.watchers = (listener,)
    run = both.rig.run(None, **variables)
    with in_background(run) as future:
        eventually(lambda: activations(run) == (1.0, 1.0) or future.done())
        yield PausedRun(both.rig, both.host, run, listener.events)
        run.request_stop()
        future.result(DEADLINE_S)
