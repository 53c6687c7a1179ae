"""Opens what programs supervise: controllers over BACnet/IP, controllers over REST, or a test of the simulation."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from bridge.building import Building, OverdueWatch
from bridge.startup import connect_simulation, start_simulation
from clients.bacnet import BacnetRef, BACnetStack, BacnetWrite, DeviceFound, ObjectFound, check_write
from clients.bacnet_device_client import BACnetDeviceClient
from clients.boptest_client import BOPTestClient
from clients.device_client import DeviceClient
from clients.making import Credentials, TlsPolicy, advance_patience_s, controller_client, simulation_client, tls_policy
from clients.simulation import SIMULATION, SimulationDevice
from equipment.config_address import normal_address
from supervisory.easy import Told
from supervisory.runtime.devices import Devices
from supervisory.runtime.plant_clock import SimulationClock
from supervisory.runtime.plants import LivePlant, SimulatedPlant, SupervisedPlant
from supervisory.runtime.short.reading import Network, PropertyOf
from supervisory.setup.config import SupervisoryConfig, Transport
from utils.alone import Alone
from utils.bacnet import SLOTS, bare_address
from utils.clocks import ModelSeconds, model_datetime, model_seconds
from utils.errors import ConfigError, DeviceError, Problem
from utils.pacing import Pacer
from utils.settings import AccountSettings, Parts, SimulationSettings
from utils.state_folder import StateFolder
from utils.values import ObjectRef, PointValue

_NUMBER_WAIT_S = 2.0
"""How long somebody else with our number may take to say so; a run is not started often."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What is there to be supervised. ``writers`` are clients for the gate alone, by the ledger's device name."""

    devices: Devices
    writers: Mapping[str, DeviceClient]
    plant: Callable[[], SupervisedPlant]
    """Makes the plant; for devices this reads a clock."""
    open_client: Callable[[str], DeviceClient]
    """Makes one more client of a device, by its address."""
    credentials: Mapping[str, Credentials] = field(default_factory=dict)
    network: Network | None = None
    abort: Callable[[], None] = lambda: None
    """Abandons a call that may take long, from any thread."""
    open_writer: Callable[[str], DeviceClient] | None = None
    """Makes a client for the gate of a device that is not among ``writers``; None where there are no others."""
    kpis: Callable[[], Mapping[str, float]] = dict
    """What a simulation makes of the run so far; nothing for devices."""


class BACnetNetwork:
    """What the short style may ask over BACnet beyond values."""

    def __init__(self, stack: BACnetStack, timeout_s: float) -> None:
        self._stack = stack
        self._timeout_s = timeout_s

    def read_many(self, device: str, wanted: Sequence[PropertyOf]) -> Sequence[Told | DeviceError]:
        """Properties of one device, an error in the place of each that there is none of. Raises DeviceError."""
        address, timeout_s = bare_address(device), self._timeout_s
        refs = [BacnetRef(one.ref, one.name, one.index) for one in wanted]
        readings = self._stack.ask(lambda client: client.read_multiple(address, refs, timeout_s=timeout_s))
        return [reading.value if reading.error is None else reading.error for reading in readings]

    def in_a_slot(self, device: str, ref: ObjectRef, value: PointValue | str) -> PointValue:
        """A value as a slot of the object holds it. Raises :class:`utils.errors.ObjectError` where it does not fit."""
        return check_write(bare_address(device), BacnetWrite(ref, value, SLOTS))  # type: ignore[return-value]

    def who_is(self, low: int | None, high: int | None) -> Sequence[DeviceFound]:
        """The devices of a range of numbers."""
        return self._stack.ask(lambda client: client.who_is(low, high))

    def who_has(self, wanted: str) -> Sequence[ObjectFound]:
        """The devices that have an object, by its name or number."""
        name, number = (None, wanted) if "," in wanted else (wanted, None)
        return self._stack.ask(lambda client: client.who_has(name=name, object=number))


@contextmanager
def own_device(config: SupervisoryConfig) -> Iterator[BACnetStack]:
    """Our own BACnet device, where the switches are.

    Raises StackError for a port or an interface that is none, and ConfigError for a device number that somebody has.
    """
    ours = BACnetStack(config.own_address, instance=config.instance, name=config.name, is_hidden=True, takes_turns=True)
    with ours as stack:
        if stack.hears_all:
            _refuse_taken_number(stack)
        stack.show()
        yield stack


def _refuse_taken_number(stack: BACnetStack) -> None:
    number = stack.instance
    others = stack.ask(lambda client: client.who_is(number, number, wait_s=_NUMBER_WAIT_S))
    if others:
        what = f"{number} is the device number of {others[0].address} already: take one that is free on the network"
        raise ConfigError([Problem("instance", what)])


@contextmanager
def opened(
    config: SupervisoryConfig,
    settings: Parts,
    state: StateFolder,
    stack: BACnetStack | None,
    stop: threading.Event,
) -> Iterator[Opened]:
    """Open the config's transport; ``stack`` is needed for BACnet. Raises :class:`utils.errors.BridgeError`."""
    if config.transport is Transport.SIMULATION:
        with _simulation(settings.part(SimulationSettings), state, stop) as simulation:
            yield simulation
        return
    if config.transport is Transport.BACNET and stack is not None:
        make: Callable[[str], DeviceClient] = partial(BACnetDeviceClient, stack, timeout_s=config.timeout_s)
        network = BACnetNetwork(stack, config.timeout_s)
    else:
        account = settings.part(AccountSettings)
        tls = tls_policy(account, state)
        make = partial(_controller, settings=account, tls=tls, timeout_s=config.timeout_s)
        network = None
    with ExitStack() as open_clients:
        yield _devices(config, make, network, open_clients)


def _devices(
    config: SupervisoryConfig,
    make: Callable[[str], DeviceClient],
    network: Network | None,
    open_clients: ExitStack,
) -> Opened:
    own = config.own_address if config.transport is Transport.BACNET else None
    writers = [make(address) for address in config.devices.values()]
    for writer in writers:
        open_clients.callback(writer.close)
    _refuse_twins(zip(config.devices, writers, strict=True))
    devices = Devices({alias: make(address) for alias, address in config.devices.items()})
    open_clients.callback(devices.close)
    return Opened(
        devices,
        {writer.device: writer for writer in writers},
        lambda: LivePlant(devices, config.clock, config.time_scale),
        make,
        {writer.device: Credentials(interface=own) for writer in writers},
        network,
    )


def _controller(address: str, *, settings: AccountSettings, tls: TlsPolicy, timeout_s: float) -> DeviceClient:
    return controller_client(normal_address(address), Credentials(), settings, tls, timeout_s)


def _refuse_twins(clients: Iterable[tuple[str, DeviceClient]]) -> None:
    """Two names of one device, however its address is spelled, would drive it twice. Raises :class:`ConfigError`."""
    known: dict[str, str] = {}
    for alias, client in clients:
        if client.device in known:
            what = f"is {client.device}, as is {known[client.device]}; keep one name"
            raise ConfigError([Problem(f"devices.{alias}", what)])
        known[client.device] = alias


@contextmanager
def _simulation(settings: SimulationSettings, state: StateFolder, stop: threading.Event) -> Iterator[Opened]:
    client = simulation_client(settings, state.tests)
    pacer = Pacer(settings.period_s, when_late=settings.when_late)
    try:
        connect_simulation(client, settings, (), stop)
        with OverdueWatch(pacer, advance_patience_s(settings)) as watch:
            yield _started(client, settings, pacer, watch)
    finally:
        alone = Alone()
        with alone.step("stopping the test"):
            client.resume()
            client.stop()
        with alone.step("closing the connection to the simulation"):
            client.close()


def _started(client: BOPTestClient, settings: SimulationSettings, pacer: Pacer, watch: OverdueWatch) -> Opened:
    start = settings.start_time
    started = start_simulation(client, settings, model_seconds(start) if start is not None else 0.0)
    year = start.year if start is not None else datetime.now().year

    def local_time(time_s: float) -> datetime:
        return model_datetime(ModelSeconds(time_s), year)

    building = Building(client, started, watch)

    def kpis() -> Mapping[str, float]:
        client.resume()  # after a stop on request
        building.update_kpis()
        return building.kpis

    device = SimulationDevice(client, started.state, local_time, building.advance)
    devices = Devices({SIMULATION: device})
    plant = SimulatedPlant(device, SimulationClock(device, local_time), pacer)
    return Opened(devices, {SIMULATION: device}, lambda: plant, lambda _: device, abort=client.abort, kpis=kpis)
