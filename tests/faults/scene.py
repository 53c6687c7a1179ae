"""Whole runs between both embedded peers, in which something goes wrong with one controller or with the building.

The VAV's controller is the one that has the bad day; the AHU's is the other one, which must not notice.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bridge.display.status import Summary
from bridge.link.link import LinkState
from bridge.run import Run
from emulators.boptest.hub import Limits
from emulators.boptest.server import BoptestServer
from emulators.ecy.controller import ControllerSpec, EmulatedController
from emulators.ecy.faults.answers import ChangeBatch
from emulators.ecy.objects.objects import BacnetObject
from emulators.ecy.profile import Profile
from emulators.ecy.scanning import ExchangeScan
from emulators.ecy.server import EcyServer
from emulators.plants.multizone_office import MultizoneOffice
from emulators.program import ObjectSpec
from ledger.ledger import Ledger
from tests import bench
from tests.bridge.rig import AHU_OBJECTS, AHU_POINTS, PASSWORD, VAV_POINTS, in_background
from tests.waiting import DEADLINE_S, eventually
from utils.clocks import Clocks
from utils.state_folder import StateFolder
from utils.values import SimulationState

HOLD_STEPS = 3
CASE = "multizone_office_simple_air"
FAN, DAMPER = "hvac_oveAhu_yFan_activate", "hvac_oveZonActSou_yDam_activate"
VAV_OBJECTS = (
    ObjectSpec("AnalogInput", "SpaceTemp", "degrees-celsius", initial=-40.0),
    ObjectSpec("AnalogValue", "OutdoorTemp", "degrees-celsius", initial=10.0),
    ObjectSpec("AnalogOutput", "Damper", "percent", initial=30.0),
)
VAV = (
    *VAV_POINTS,
    bench.analog_input("weaSta_reaWeaTDryBul_y", "OutdoorTemp", object_type="AnalogValue"),
)
HURRY = 600.0
"""Seconds of the bridge's own waiting (backoff, refresh) per real second."""
TIMEOUT_S = 0.8
LATENCY_S = 0.005
"""Of each answer, so that the steps of a run that waits for something do not take all of the computer."""


@dataclass(frozen=True, slots=True)
class Advance:
    """What one advance told the building, and where the VAV's controller stood then."""

    fan: float
    damper: float
    vav: LinkState


class HostClock:
    """The host's monotonic clock, in a hurry or skipping what a test does not want to wait for."""

    def __init__(self, rate: float) -> None:
        self.rate = rate
        self.skipped_s = 0.0

    def __call__(self) -> float:
        return self.rate * time.monotonic() + self.skipped_s

    def wait(self, stop: threading.Event, seconds: float) -> bool:
        """It is later at once."""
        self.skipped_s += seconds
        return stop.is_set()


@dataclass
class Scene:
    """One host's folder between the peers, and what its run does."""

    folder: Path
    building: BoptestServer
    controllers: EcyServer
    log: pytest.LogCaptureFixture
    patch: pytest.MonkeyPatch
    vav_points: Sequence[bench.Config] = VAV
    clock: HostClock = field(default_factory=lambda: HostClock(HURRY))
    ledger: Ledger | None = None
    building_url: str = ""
    """Where the run looks for the building, if not where it is."""
    advances: list[Advance] = field(default_factory=list)
    summary: Summary | None = None

    @property
    def ahu(self) -> EmulatedController:
        return self.controllers.controller("AHU")

    @property
    def vav(self) -> EmulatedController:
        return self.controllers.controller("VAV")

    @property
    def vav_address(self) -> str:
        return self.controllers.addresses["VAV"]

    def run(self, steps: int | None = None, **variables: str) -> Run:
        """A run whose advances are noted."""
        settings = bench.settings(self.folder, BOP_SERVER_URL=self.building_url or self.building.url, **variables)
        addresses = self.controllers.addresses
        manager = bench.manager(
            self.folder,
            settings,
            bench.equipment("AHU", addresses["AHU"], AHU_POINTS, timeout_s=10.0),
            bench.equipment("VAV", addresses["VAV"], self.vav_points, timeout_s=TIMEOUT_S),
        )
        run = Run(
            settings,
            manager,
            StateFolder(settings.state_dir),
            steps=steps,
            clocks=Clocks(monotonic=self.clock, wait=self.clock.wait),
            ledger=self.ledger,
        )
        self._note_advances(run)
        return run

    @contextmanager
    def running(self, **variables: str) -> Iterator[Run]:
        """A run in the background with both overrides in force; after the block it has ended and given back."""
        asked = self.building.faults.calls["advance"]
        run = self.run(None, **variables)
        with in_background(run) as future:
            eventually(lambda: bool(self.advances) and self.advances[-1].damper == self.advances[-1].fan == 1.0)
            yield run
            run.request_stop()
            self.summary = future.result(DEADLINE_S)
        # The last one may have been cut before it was sent; none was sent twice.
        assert 0 <= len(self.advances) - (self.building.faults.calls["advance"] - asked) <= 1
        assert_given_back(self.ahu)

    def wait_for_vav(self, state: LinkState, damper: float) -> None:
        """Wait for an advance from now on that finds the VAV's controller there and its override in force or not."""
        begun_at = len(self.advances)
        eventually(lambda: any((one.vav, one.damper) == (state, damper) for one in self.advances[begun_at:]))

    def skip(self, seconds: float) -> None:
        """Let so much of the run's own time pass, and some steps."""
        self.clock.skipped_s += seconds
        begun_at = len(self.advances)
        eventually(lambda: len(self.advances) > begun_at + 2 * HOLD_STEPS)

    def told(self, words: str) -> list[str]:
        """The warnings and notes about the VAV's controller that say this."""
        messages = [record.getMessage() for record in self.log.records if record.levelno >= logging.INFO]
        return [message for message in messages if self.vav_address in message and words in message]

    def held_steps(self) -> int:
        """How many advances went out on the last commands of a controller that was not there."""
        lost = next(n for n, advance in enumerate(self.advances) if advance.vav is LinkState.OFFLINE)
        released = next(n for n, advance in enumerate(self.advances) if n >= lost and advance.damper == 0.0)
        return released - lost

    def _note_advances(self, run: Run) -> None:
        advance = run.client.advance_simulation

        def noted(inputs: Mapping[str, float]) -> SimulationState:
            vav = run.status().controllers[self.vav_address]
            self.advances.append(Advance(inputs[FAN], inputs[DAMPER], vav))
            return advance(inputs)

        self.patch.setattr(run.client, "advance_simulation", noted)


def writes_to(controller: EmulatedController, name: str) -> int:
    """How often an object of the controller was written."""
    return controller.counters.writes[name]


def objects_of(controller: EmulatedController) -> list[BacnetObject]:
    """All objects of a controller as they are now."""
    return [controller.objects.get(ref) for ref in controller.objects.names().values()]


def assert_given_back(controller: EmulatedController) -> None:
    """Every slot is empty, every input in service, the clock as before."""
    for found in objects_of(controller):
        assert not found.out_of_service, found.name
        assert set(found.slots) <= {None}, found.name
    assert (controller.clock.zone, controller.clock.ntp_enabled) == ("UTC", True)


def specs(profile: Profile | None = None) -> list[ControllerSpec]:
    """The two controllers; the profile is the VAV's."""
    return [
        ControllerSpec("AHU", objects=AHU_OBJECTS),
        ControllerSpec("VAV", objects=VAV_OBJECTS, instance=2, profile=profile),
    ]


@contextmanager
def controllers(profile: Profile | None = None) -> Iterator[EcyServer]:
    """Serve the two controllers."""
    with EcyServer(
        specs(profile),
        username="bench",
        password=PASSWORD,
        scan=ExchangeScan(5.0),
        journal=True,
        latency_s=LATENCY_S,
    ) as server:
        yield server


def building(port: int = 0, limits: Limits | None = None) -> BoptestServer:
    """A building that is not served yet."""
    return BoptestServer({CASE: MultizoneOffice}, port=port, limits=limits)


def all_with(status: int) -> ChangeBatch:
    """Every item of a batch has this status, and nothing else."""
    return ChangeBatch(lambda items: [{"id": str(n), "status": status, "body": {}} for n, _ in enumerate(items, 1)])


def fresh(server: EcyServer) -> None:
    """Both controllers as they came from the factory."""
    for name, objects in (("AHU", AHU_OBJECTS), ("VAV", VAV_OBJECTS)):
        controller = server.controller(name)
        controller.faults.clear()
        controller.change_password(PASSWORD)
        controller.download(objects)
        controller.journal.clear()
        controller.counters.requests.clear()
        controller.counters.writes.clear()
        controller.counters.basic_sign_ins = 0
