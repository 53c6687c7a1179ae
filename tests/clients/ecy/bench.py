"""An emulated controller with one object of each kind, and a client of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from clients.ecy_device_client import ECYDeviceClient
from clients.http.tls import TlsMode, TlsPolicy
from emulators.ecy.controller import ControllerSpec, EmulatedController
from emulators.ecy.profile import Profile
from emulators.ecy.scanning import ScanMode, WallScan
from emulators.ecy.server import EcyServer
from emulators.program import ObjectSpec
from utils.values import ObjectRef, ObjectType, Write, WriteKind

USER, PASSWORD = "bench", "correct horse"
NAME = "AHU-1"
OBJECTS = (
    ObjectSpec("AnalogInput", "SupplyTemp", "degrees-celsius", initial=12.5, description="Discharge air sensor"),
    ObjectSpec("BinaryInput", "FanStatus"),
    ObjectSpec("MultiStateInput", "Mode", initial=1, states=("off", "heat", "cool")),
    ObjectSpec("AnalogValue", "Setpoint", "degrees-fahrenheit", initial=70.0, instance=7),
    ObjectSpec("BinaryValue", "Occupied"),
    ObjectSpec("MultiStateValue", "Stage", initial=1, states=("one", "two", "three")),
    ObjectSpec("AnalogOutput", "Damper", "percent", initial=30.0),
    ObjectSpec("BinaryOutput", "Pump"),
    ObjectSpec("MultiStateOutput", "Speed", initial=2, states=("low", "high")),
)
SUPPLY_TEMP = ObjectRef(ObjectType.ANALOG_INPUT, 1)
FAN_STATUS = ObjectRef(ObjectType.BINARY_INPUT, 1)
MODE = ObjectRef(ObjectType.MULTI_STATE_INPUT, 1)
SETPOINT = ObjectRef(ObjectType.ANALOG_VALUE, 7)
OCCUPIED = ObjectRef(ObjectType.BINARY_VALUE, 1)
STAGE = ObjectRef(ObjectType.MULTI_STATE_VALUE, 1)
DAMPER = ObjectRef(ObjectType.ANALOG_OUTPUT, 1)
PUMP = ObjectRef(ObjectType.BINARY_OUTPUT, 1)
SPEED = ObjectRef(ObjectType.MULTI_STATE_OUTPUT, 1)
ABSENT = ObjectRef(ObjectType.ANALOG_VALUE, 999)


@dataclass(frozen=True, slots=True)
class Bench:
    """The server, the controller inside it, and a client that has not connected yet."""

    server: EcyServer
    controller: EmulatedController
    client: ECYDeviceClient


@contextmanager
def fresh(shared: Bench, *, timeout_s: float = 10.0) -> Iterator[Bench]:
    """A running server without faults and counts, and a new client of it that is signed in."""
    counters = shared.controller.counters
    shared.controller.sessions.clear()
    with client_of(shared.server, timeout_s=timeout_s) as client:
        client.connect()
        counters.requests.clear()
        counters.writes.clear()
        counters.basic_sign_ins = counters.sessions_opened = 0
        yield Bench(shared.server, shared.controller, client)
    shared.controller.faults.clear()


def client_of(server: EcyServer, *, password: str = PASSWORD, timeout_s: float = 10.0) -> ECYDeviceClient:
    """Another client of the controller."""
    return ECYDeviceClient(server.addresses[NAME], USER, password, tls=TlsPolicy(TlsMode.OFF), timeout_s=timeout_s)


@contextmanager
def bench(
    profile: Profile | None = None,
    *,
    password: str = PASSWORD,
    timeout_s: float = 10.0,
    scan: ScanMode = WallScan(),  # noqa: B008 - a frozen value
) -> Iterator[Bench]:
    """Serve one controller."""
    spec = ControllerSpec(NAME, objects=OBJECTS, time_zone="America/New_York")
    with (
        EcyServer([spec], username=USER, password=PASSWORD, profile=profile or Profile(), scan=scan) as server,
        client_of(server, password=password, timeout_s=timeout_s) as client,
    ):
        yield Bench(server, server.controller(NAME), client)


def forced(ref: ObjectRef, value: float) -> list[Write]:
    """Out of service, then a present-value."""
    return [Write(ref, WriteKind.OUT_OF_SERVICE, True), Write(ref, WriteKind.PRESENT_VALUE, value)]


def commanded(ref: ObjectRef, value: float | None, priority: int = 14) -> Write:
    """A present-value at a priority."""
    return Write(ref, WriteKind.COMMAND, value, priority)
