"""Two emulated controllers and a gate in front of them, for programs that are not there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from clients.bacnet.stack import BACnetStack
from clients.bacnet_device_client import BACnetDeviceClient
from clients.device_client import DeviceClient
from clients.ecy_device_client import ECYDeviceClient
from clients.http.tls import TlsMode, TlsPolicy
from emulators.ecy.controller import ControllerSpec, EmulatedController
from emulators.ecy.scanning import ExchangeScan
from emulators.ecy.server import EcyServer
from emulators.program import ObjectSpec
from ledger.ledger import Ledger
from supervisory.guard.enabling import Enabling
from supervisory.guard.gate import Pass, SlotCommand
from supervisory.guard.slot_gate import SlotGate
from utils.values import ObjectRef, ObjectType, PointValue

USER, PASSWORD = "bench", "correct horse"
AHU, VAV = "AHU", "VAV"
PRIORITY = 12
DOUBT_S = 1.0
OBJECTS = (
    ObjectSpec("AnalogValue", "StaticSetpoint", "pascals", initial=250.0),
    ObjectSpec("AnalogValue", "SupplySetpoint", "degrees-celsius", initial=13.0),
    ObjectSpec("BinaryValue", "Economizer"),
    ObjectSpec("AnalogInput", "SpaceTemp", "degrees-celsius", initial=21.0),
)
STATIC = ObjectRef(ObjectType.ANALOG_VALUE, 1)
SUPPLY = ObjectRef(ObjectType.ANALOG_VALUE, 2)
ECONOMIZER = ObjectRef(ObjectType.BINARY_VALUE, 1)
SPACE_TEMP = ObjectRef(ObjectType.ANALOG_INPUT, 1)
NAMES = {STATIC: "StaticSetpoint", SUPPLY: "SupplySetpoint", ECONOMIZER: "Economizer", SPACE_TEMP: "SpaceTemp"}


@contextmanager
def controllers() -> Iterator[EcyServer]:
    """Serve both."""
    specs = [ControllerSpec(AHU, objects=OBJECTS), ControllerSpec(VAV, objects=OBJECTS, instance=2)]
    with EcyServer(
        specs, username=USER, password=PASSWORD, scan=ExchangeScan(5.0), journal=True, bacnet_port=0
    ) as server:
        yield server


def as_new(server: EcyServer) -> None:
    """No faults, and all objects as at the start."""
    for name in (AHU, VAV):
        controller = server.controller(name)
        controller.faults.clear()
        controller.download(OBJECTS)
        controller.journal.clear()


def client_of(server: EcyServer, name: str, timeout_s: float = 5.0) -> ECYDeviceClient:
    """A client of one of them."""
    return ECYDeviceClient(server.addresses[name], USER, PASSWORD, tls=TlsPolicy(TlsMode.OFF), timeout_s=timeout_s)


@dataclass
class FakeGuard:
    """A guardian that is there, or not."""

    is_watching: bool = True


@dataclass
class GateRig:
    """Programs ``one`` and ``two``, switched on, in front of two controllers."""

    server: EcyServer
    ledger: Ledger
    enabling: Enabling
    gate: SlotGate
    guard: FakeGuard = field(default_factory=FakeGuard)

    def leave(self, program: str = "one") -> Pass:
        """A pass of a program that is enabled."""
        leave = self.gate.admit(program)
        assert leave is not None
        return leave

    def command(
        self, value: PointValue | None, ref: ObjectRef = STATIC, at: str = AHU, **changes: object
    ) -> SlotCommand:
        """A command for a slot of one of the controllers."""
        command = SlotCommand(self.server.addresses[at], ref, NAMES.get(ref, ""), value, PRIORITY)
        return replace(command, **changes)  # type: ignore[arg-type]

    def on_bacnet(self, value: PointValue | None, ref: ObjectRef = STATIC, at: str = AHU) -> SlotCommand:
        """The same over BACnet."""
        return replace(self.command(value, ref, at), device=bacnet_key(self.server, at))

    def write(self, *commands: SlotCommand, program: str = "one") -> list[str]:
        """Write; the errors in words, empty where there is none."""
        results = self.gate.write(self.leave(program), commands)
        return [result.error.what if result.error is not None else "" for result in results]

    def controller(self, name: str = AHU) -> EmulatedController:
        """One of them, to look inside."""
        return self.server.controller(name)

    def slot(self, ref: ObjectRef = STATIC, at: str = AHU, priority: int = PRIORITY) -> float | None:
        """What a slot holds."""
        return self.controller(at).objects.get(ref).slots[priority - 1]

    def operator(self, value: float | None, ref: ObjectRef = STATIC, at: str = AHU, priority: int = PRIORITY) -> None:
        """Somebody else writes into a slot."""
        self.controller(at).objects.command(NAMES[ref], value, priority)


def bacnet_key(server: EcyServer, name: str) -> str:
    """A controller as the ledger knows it over BACnet."""
    return f"bacnet://{server.bacnet_addresses[name]}"


@contextmanager
def gate_rig(server: EcyServer, ledger: Ledger | None = None) -> Iterator[GateRig]:
    """A gate in front of controllers that serve already."""
    clients = {server.addresses[name]: client_of(server, name) for name in (AHU, VAV)}
    with _rig(server, clients, ledger or Ledger()) as made:
        yield made


@contextmanager
def bacnet_rig(server: EcyServer, stack: BACnetStack, ledger: Ledger) -> Iterator[GateRig]:
    """The same, over BACnet."""
    addresses = {bacnet_key(server, name): server.bacnet_addresses[name] for name in (AHU, VAV)}
    with _rig(server, {key: BACnetDeviceClient(stack, at) for key, at in addresses.items()}, ledger) as made:
        yield made


@contextmanager
def open_rig(server: EcyServer, opens: Callable[[str], DeviceClient]) -> Iterator[GateRig]:
    """A gate that knows no controller beforehand."""
    with _rig(server, {}, Ledger(), opens) as made:
        yield made


@contextmanager
def _rig(
    server: EcyServer,
    clients: Mapping[str, DeviceClient],
    ledger: Ledger,
    opens: Callable[[str], DeviceClient] | None = None,
) -> Iterator[GateRig]:
    enabling = Enabling(["one", "two"])
    guard = FakeGuard()
    gate = SlotGate(ledger, clients, enabling, guard, doubt_s=DOUBT_S, opens=opens)
    enabling.switch(True)
    try:
        yield GateRig(server, ledger, enabling, gate, guard)
    finally:
        gate.close()
