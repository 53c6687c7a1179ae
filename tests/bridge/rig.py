"""Both embedded peers on real sockets, and runs of the bridge between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from bridge.acting import Acting
from bridge.display.status import Summary
from bridge.purpose import DRIVE, Purpose
from bridge.run import Run
from bridge.watching.observation import Watcher
from emulators.boptest.server import BoptestServer
from emulators.ecy.controller import ControllerSpec
from emulators.ecy.profile import Profile
from emulators.ecy.scanning import ExchangeScan
from emulators.ecy.server import EcyServer
from emulators.plants.multizone_office import MultizoneOffice
from emulators.program import ControlProgram, ObjectSpec
from ledger.ledger import Ledger
from tests import bench
from tests.waiting import in_no_time
from utils.clocks import Clocks
from utils.settings import Settings
from utils.state_folder import StateFolder

AHU_OBJECTS = (
    ObjectSpec("AnalogInput", "DischAirTemp", "degrees-celsius", initial=-40.0),
    ObjectSpec("AnalogValue", "OutdoorAirTemp", "degrees-celsius", initial=10.0),
    ObjectSpec("BinaryInput", "FanStatus"),
    ObjectSpec("AnalogOutput", "FanSpeed", "percent", initial=60.0),
    ObjectSpec("BinaryOutput", "CoolingPump", initial=1.0),
)
VAV_OBJECTS = (
    ObjectSpec("AnalogInput", "SpaceTemp", "degrees-celsius", initial=-40.0),
    ObjectSpec("AnalogOutput", "Damper", "percent", initial=30.0),
)
AHU_POINTS: tuple[bench.Config, ...] = (
    bench.analog_input("hvac_reaAhu_TSup_y", "DischAirTemp"),
    bench.analog_input("weaSta_reaWeaTDryBul_y", "OutdoorAirTemp", object_type="AnalogValue"),
    {"bop_point": "hvac_reaAhu_PFanSup_y", "ecy_point": "FanStatus", "object_type": "BinaryInput", "threshold": 1},
    bench.output("hvac_oveAhu_yFan", "FanSpeed"),
    bench.output("hvac_oveAhu_yPumCoo", "CoolingPump", "BinaryOutput"),
)
VAV_POINTS: tuple[bench.Config, ...] = (
    bench.analog_input("hvac_reaZonSou_TZon_y", "SpaceTemp"),
    bench.output("hvac_oveZonActSou_yDam", "Damper"),
)
PASSWORD = "correct horse"


@dataclass
class Rig:
    """An embedded building, two embedded controllers, and a folder for one host's settings, configs and state."""

    folder: Path
    building: BoptestServer
    controllers: EcyServer
    ahu_points: Sequence[bench.Config] = AHU_POINTS
    vav_points: Sequence[bench.Config] = VAV_POINTS
    keys: dict[str, object] = field(default_factory=dict)
    runs: list[Run] = field(default_factory=list)
    clocks: Clocks = field(default_factory=in_no_time)
    """Those of the host."""
    ledger: Ledger | None = None
    """That of the run; None for one on disk."""
    shadow: bool = False
    timeout_s: float = 2.0
    take_occupied: bool = False
    watchers: Sequence[Watcher] = ()
    purpose: Purpose = DRIVE
    guarded: bool = False
    acting: Acting | None = None
    over_bacnet: bool = False

    def settings(self, **variables: str) -> Settings:
        """Settings of a run against the rig."""
        return bench.settings(self.folder, **{"BOP_SERVER_URL": self.building.url, **variables})

    def configs(self) -> list[dict[str, object]]:
        """Those of both controllers."""
        addresses = self.controllers.bacnet_addresses if self.over_bacnet else self.controllers.addresses
        keys: dict[str, object] = {"timeout_s": self.timeout_s}
        keys |= {"protocol": "bacnet"} if self.over_bacnet else {}
        if self.controllers.bacnet_routers:
            keys["interface"] = f"127.0.0.1 via {self.controllers.bacnet_broadcast_address}"
        return [
            bench.equipment("AHU", addresses["AHU"], self.ahu_points, **keys, **self.keys),
            bench.equipment("VAV", addresses["VAV"], self.vav_points, **keys),
        ]

    def run(self, steps: int | None = None, **variables: str) -> Run:
        """A run that is ready to execute."""
        settings = self.settings(**variables)
        manager = bench.manager(self.folder, settings, *self.configs())
        run = Run(
            settings,
            manager,
            StateFolder(settings.state_dir),
            steps=steps,
            ledger=self.ledger,
            clocks=self.clocks,
            shadow=self.shadow,
            take_occupied=self.take_occupied,
            watchers=self.watchers,
            purpose=self.purpose,
            guarded=self.guarded,
            acting=self.acting,
        )
        self.runs.append(run)
        return run

    def execute(self, steps: int | None = 3, **variables: str) -> Summary:
        """Run to the end."""
        return self.run(steps, **variables).execute()


@cache
def _compile_the_building() -> None:
    """Where numba is installed, the first one of a fresh copy takes longer than a test waits for a run to begin."""
    MultizoneOffice()


@contextmanager
def rig(
    folder: Path,
    *,
    profile: Profile | None = None,
    legacy: bool = False,
    ahu_objects: Sequence[ObjectSpec] = AHU_OBJECTS,
    ahu_program: ControlProgram | None = None,
    over_bacnet: bool = False,
) -> Iterator[Rig]:
    """Start both peers, which make one bench: the controllers are in the building's states."""
    by_ntp = not over_bacnet
    specs = [
        ControllerSpec("AHU", objects=ahu_objects, program=ahu_program, ntp_enabled=by_ntp),
        ControllerSpec("VAV", objects=VAV_OBJECTS, instance=2, ntp_enabled=by_ntp),
    ]
    _compile_the_building()
    plants = {"multizone_office_simple_air": MultizoneOffice}
    controllers = EcyServer(
        specs,
        username="bench",
        password=PASSWORD,
        scan=ExchangeScan(5.0, over="bacnet" if over_bacnet else "rest"),
        profile=profile or Profile(),
        journal=True,
        bacnet_port=0 if over_bacnet else None,
    )
    with BoptestServer(plants, legacy=legacy, beside=controllers) as building, controllers:
        yield Rig(folder, building, controllers, over_bacnet=over_bacnet)


@contextmanager
def in_background(run: Run) -> Iterator[Future[Summary]]:
    """Execute a run beside the test, and see to it that it ends."""
    with ThreadPoolExecutor(1, thread_name_prefix="simulation") as pool:
        future = pool.submit(run.execute)
        try:
            yield future
        finally:
            run.request_stop()
