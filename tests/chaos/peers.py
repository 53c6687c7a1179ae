"""Sixteen emulated controllers and the embedded building on real sockets, and the configs that tie them together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from pathlib import Path
from types import TracebackType
from typing import Self

from emulators.boptest.hub import Limits, PlantFactory
from emulators.boptest.server import BoptestServer
from emulators.ecy.controller import ControllerSpec, EmulatedController
from emulators.ecy.faults.storage import Stores
from emulators.ecy.objects.storage import EXACT, StorageQuirk
from emulators.ecy.profile import Profile
from emulators.ecy.scanning import ExchangeScan
from emulators.ecy.server import EcyServer
from emulators.program import ObjectSpec, ProgramIO
from tests import bench
from tests.chaos.building import CONSTANT, FRAME, echo

USER, PASSWORD, API_KEY = "bench", "correct horse battery", "canarykey"
CASE = "multizone_office_simple_air"
STEP_S = 5.0
TIMEOUT_S = 0.5
OCCUPIED = 19.5
"""What stands in slot 14 of ``Setpoint`` before we come, in the controllers that let us take it."""
PRIORITY = 14
SPARE, RETURN, SETPOINT, OUTDOOR, FRAME_INPUT, ECHO = "Spare", "Return", "Setpoint", "Outdoor", "Frame", "Echo"
OBJECTS = (
    ObjectSpec("AnalogInput", FRAME_INPUT),
    ObjectSpec("AnalogInput", RETURN, "degrees-celsius", initial=-40.0),
    ObjectSpec("AnalogValue", OUTDOOR, "degrees-celsius"),
    ObjectSpec("AnalogValue", SETPOINT, "degrees-celsius"),
    ObjectSpec("AnalogValue", SPARE, "degrees-celsius"),
    ObjectSpec("AnalogOutput", ECHO, "percent"),
)


class Spoken(Enum):
    """Over what the bridge is led to the controllers."""

    REST = "rest"
    BACNET = "bacnet"
    MIXED = "either"
    """Two and two, so that each kind has all traits."""

    def is_bacnet(self, number: int) -> bool:
        """Whether it is led to this controller over BACnet."""
        return self is Spoken.BACNET or (self is Spoken.MIXED and number // 2 % 2 == 1)


_FORGETFUL = Profile(
    out_of_service_survives_reboot=False, slots_survive_reboot=False, clock_survives_reboot=False, reboot_s=0.3
)
_STEADY = Profile(reboot_s=0.3)
_LIMITS = Limits(workers=8)
_STORED_OTHERWISE = (OUTDOOR, RETURN, SETPOINT, SPARE)
_STORAGES = (
    EXACT,
    StorageQuirk(step=1.0),
    StorageQuirk(step=0.1),
    StorageQuirk(maximum=15.5),
    EXACT,
    StorageQuirk(factor=0.5),
    StorageQuirk(step=1.0),
    StorageQuirk(span=100.0, bits=8),
)
"""By a controller's number. Those that are occupied do not scale: with one value sent a scale is not learned, and what
was there before is then said to be NOT restored (docs/decisions/17)."""


class EchoProgram:
    """Answers with the frame that it sees."""

    @property
    def objects(self) -> Sequence[ObjectSpec]:
        """What it reads, and what it writes."""
        return OBJECTS[:1] + OBJECTS[-1:]

    def scan(self, io: ProgramIO, now: datetime, dt_s: float) -> None:
        """Copy."""
        io.write(ECHO, io.read(FRAME_INPUT))


@dataclass(frozen=True, slots=True)
class Trait:
    """In what controllers differ: every other one forgets at a reboot, is isolated, had no NTP, or was occupied."""

    number: int

    @property
    def is_forgetful(self) -> bool:
        """Whether a reboot clears everything."""
        return self.number % 2 == 1

    @property
    def has_ntp(self) -> bool:
        """Whether NTP was on before."""
        return self.number % 3 != 1

    @property
    def is_occupied(self) -> bool:
        """Whether somebody has a value in our slot, or at times an input of ours, which the config lets us take."""
        return self.number % 4 == 2

    @property
    def is_isolated(self) -> bool:
        """Whether the outputs are taken out of service."""
        return self.number % 5 == 0

    def stored(self, value: float | None) -> float | None:
        """What stands in one of its slots or inputs after this was sent."""
        return self.storage.stored(value)

    @property
    def storage(self) -> StorageQuirk:
        """How it stores numbers, all but the frame and its echo."""
        return _STORAGES[self.number % len(_STORAGES)]


def name_of(number: int) -> str:
    """A controller's name."""
    return f"C{number:02d}"


def spec_of(number: int, over_bacnet: bool = False) -> ControllerSpec:
    """A controller as it is before anybody comes.

    One that is met over BACnet gets no time by NTP, and is on a bench without sensors.
    """
    trait = Trait(number)
    profile = _FORGETFUL if trait.is_forgetful else _STEADY
    profile = replace(profile, sensors="open-loop") if over_bacnet else profile
    return ControllerSpec(
        name_of(number),
        objects=OBJECTS,
        program=EchoProgram(),
        instance=number + 1,
        ntp_enabled=trait.has_ntp and not over_bacnet,
        profile=profile,
    )


def points_of(number: int) -> list[bench.Config]:
    """The points of a controller's config. An ordinary slot comes first: its release opens every giving back."""
    return [
        bench.analog_input("weaSta_reaWeaTDryBul_y", OUTDOOR, object_type="AnalogValue"),
        {"bop_point": FRAME, "ecy_point": FRAME_INPUT, "object_type": "AnalogInput"},
        bench.analog_input(CONSTANT, RETURN, take_occupied=Trait(number).is_occupied),
        bench.analog_input(CONSTANT, SETPOINT, object_type="AnalogValue", take_occupied=Trait(number).is_occupied),
        bench.analog_input(CONSTANT, SPARE, object_type="AnalogValue"),
        bench.output(echo(number), ECHO),
    ]


class Peers(AbstractContextManager["Peers"]):
    """Both sides of the bench. ``plant`` makes the plant of each test that is selected.

    Where the bridge is led to a controller over BACnet, its exchanges are there.
    """

    def __init__(self, count: int, plant: PlantFactory, folder: Path, spoken: Spoken = Spoken.REST) -> None:
        self._spoken = spoken
        self.names = [name_of(number) for number in range(count)]
        self.folder = folder
        self._plant = plant
        self._controllers = EcyServer(
            [spec_of(number, spoken.is_bacnet(number)) for number in range(count)],
            username=USER,
            password=PASSWORD,
            scan=ExchangeScan(STEP_S, STEP_S, spoken.value),
            journal=True,
            bacnet_port=None if spoken is Spoken.REST else 0,
        )
        self._building = BoptestServer({CASE: plant}, limits=_LIMITS)
        self.is_legacy = False
        """Whether the building's server has no tests, but one simulation for whoever comes."""
        self._stack = ExitStack()
        for number, name in enumerate(self.names):
            self.controller(name).faults.add(Stores(Trait(number).storage, _STORED_OTHERWISE))
            if Trait(number).is_occupied:
                self.controller(name).objects.command(SETPOINT, Trait(number).stored(OCCUPIED), PRIORITY)

    @property
    def controllers(self) -> EcyServer:
        """The controllers' server, with its switches."""
        return self._controllers

    @property
    def building(self) -> BoptestServer:
        """The building's server, with its faults."""
        return self._building

    def controller(self, name: str) -> EmulatedController:
        """One controller."""
        return self._controllers.controller(name)

    def address(self, name: str) -> str:
        """Where a controller is."""
        return (self._controllers.bacnet_addresses if self.is_bacnet(name) else self._controllers.addresses)[name]

    def is_bacnet(self, name: str) -> bool:
        """Whether the bridge meets it over BACnet."""
        return self._spoken.is_bacnet(self.names.index(name))

    def stop_building(self) -> None:
        """Take the building's server away, with every test in it."""
        self._building.stop()

    def start_building(self, *, legacy: bool | None = None) -> None:
        """Serve the building again, at the same address; by the same API unless another is wanted."""
        self.is_legacy = self.is_legacy if legacy is None else legacy
        port = self._building.port
        self._building = BoptestServer({CASE: self._plant}, legacy=self.is_legacy, port=port, limits=_LIMITS)
        self._building.__enter__()

    def write_configs(self, folder: Path, numbers: Iterable[int]) -> Path:
        """One config for each of these controllers."""
        configs = [
            bench.equipment(
                name_of(number),
                self.address(name_of(number)),
                points_of(number),
                timeout_s=TIMEOUT_S,
                isolate_outputs=Trait(number).is_isolated,
                **({"protocol": "bacnet"} if self._spoken.is_bacnet(number) else {}),
            )
            for number in numbers
        ]
        return bench.write_configs(folder, *configs)

    def variables(self) -> dict[str, str]:
        """The settings of a run, as environment variables."""
        return {
            "BOP_SERVER_URL": self._building.url,
            "BOP_API_KEY": API_KEY,
            "BOP_START_TIME": "2023-07-06 10:00:00",
            "BOP_WARMUP_PERIOD": "0",
            "BOP_STEP_TIME": str(STEP_S),
            "BOP_TIME_SCALE": "0",
            "BOP_CONNECT_TIMEOUT": "20",
            "ECY2_LOGIN_USERNAME": USER,
            "ECY2_LOGIN_PWORD": PASSWORD,
            "ECY_BENCH": "isolated",
            "ECY_COUPLE_TIME": "0",
            "ECY_RAMP_STEPS": "0",
            "ECY_REFRESH_TIME": "5",
            "DESIRED_TIMEZONE": "America/Chicago",
            "BRIDGE_STATE_DIR": str(self.folder / "state"),
            "LOG_FILE": str(self.folder / "app.log"),
            "LOG_LEVEL": "DEBUG",
        }

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            stack.enter_context(self._controllers)
            self._building.__enter__()
            stack.callback(lambda: self._building.stop())
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()
