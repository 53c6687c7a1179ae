"""The same program, the same samples: the same commands and words over BACnet/IP, REST and directly, to the bit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

import pytest

from clients.bacnet.stack import BACnetStack
from clients.bacnet_device_client import BACnetDeviceClient
from clients.boptest_client import BOPTestClient
from clients.device_client import DeviceClient
from clients.ecy_device_client import ECYDeviceClient
from clients.http.tls import TlsMode, TlsPolicy
from clients.simulation import SimulationDevice
from emulators.boptest.server import BoptestServer
from emulators.ecy.controller import ControllerSpec
from emulators.ecy.server import EcyServer
from emulators.program import ObjectSpec
from tests.supervisory.beside import Beside
from tests.supervisory.recorded import RecordedPlant
from tests.supervisory.traced import CASES, KINDS, SAMPLES, SETPOINTS, STEPS, UNITS
from utils.clocks import ModelSeconds, model_datetime
from utils.values import PointValue

Slots: TypeAlias = tuple[PointValue | None, ...]
"""What the slots of a program hold."""
Trace: TypeAlias = tuple[list[Slots], list[str]]
"""What stood in them after each step, and what the program said in each."""


@pytest.fixture(scope="module")
def controllers() -> Iterator[EcyServer]:
    inputs = [ObjectSpec(*_named(name), initial=SAMPLES[0][name]) for name in SAMPLES[0]]
    outputs = [ObjectSpec(kind, name, unit, 250.0 if unit else 0.0) for name, (kind, unit, _) in SETPOINTS.items()]
    spec = ControllerSpec("AHU", objects=[*inputs, *outputs])
    with EcyServer([spec], username="bench", password="correct horse", bacnet_port=0) as server:
        yield server


def _named(name: str) -> tuple[str, str, str | None]:
    """An input's type, name and unit."""
    object_type, unit = KINDS[name[:4]]
    return object_type, name, unit


def _trace(
    case: str, reader: DeviceClient, writer: DeviceClient, play: Callable[[int], None], suffix: str = ""
) -> Trace:
    kind, settings, roles = CASES[case]
    named = {role: target if target in SETPOINTS else target + suffix for role, target in roles.items()}
    commanded = [target for target in roles.values() if target in SETPOINTS]
    beside = Beside(reader=reader, writer=writer, settings=settings)
    slots: list[Slots] = []

    def script(number: int) -> None:
        slots.append(_slots(writer, commanded, kind.priority))
        play(number)

    beside.script = script
    summary = beside.run(kind, steps=STEPS, **named)
    assert summary.exit_code == 0
    return slots, [f"{dict(record.facts)} {record.alarms}" for record in beside.records]


def _slots(client: DeviceClient, names: Sequence[str], priority: int) -> Slots:
    refs = {endpoint.name: endpoint.ref for endpoint in client.get_existing_endpoints()}
    states = client.survey([refs[name] for name in names])
    arrays = [states[refs[name]].priority_array for name in names]
    return tuple(array[priority - 1] for array in arrays if array is not None)


def _over_rest(case: str, controllers: EcyServer) -> Trace:
    def client() -> ECYDeviceClient:
        address = controllers.addresses["AHU"]
        return ECYDeviceClient(address, "bench", "correct horse", tls=TlsPolicy(TlsMode.OFF))

    with client() as reader, client() as writer:
        return _trace(case, reader, writer, lambda number: _play(controllers, number))


def _over_bacnet(case: str, controllers: EcyServer) -> Trace:
    address = controllers.bacnet_addresses["AHU"]
    with BACnetStack("127.0.0.1/24:0") as stack:
        reader, writer = BACnetDeviceClient(stack, address), BACnetDeviceClient(stack, address)
        return _trace(case, reader, writer, lambda number: _play(controllers, number))


def _directly(case: str) -> Trace:
    with (
        BoptestServer({"recorded": lambda: RecordedPlant(SAMPLES, UNITS)}) as server,
        BOPTestClient(server.url) as client,
    ):
        client.connect()
        first = client.initialize_system(0, 0)
        client.set_step_time(30)
        device = SimulationDevice(client, first, lambda time_s: model_datetime(ModelSeconds(time_s), 2023))

        def play(_: int) -> None:
            device.advance()

        trace = _trace(case, device, device, play, "_y")
        client.stop()
        return trace


def _play(controllers: EcyServer, number: int) -> None:
    objects = controllers.controller("AHU").objects
    for name, value in SAMPLES[min(number, STEPS - 1)].items():
        objects.measure(name, value)


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_commands_are_the_same_over_every_transport(controllers: EcyServer, case: str) -> None:
    _play(controllers, 0)
    over_rest = _over_rest(case, controllers)
    _play(controllers, 0)
    over_bacnet = _over_bacnet(case, controllers)
    directly = _directly(case)
    assert max(len(set(one)) for one in directly) > 3
    assert over_rest == directly
    assert over_bacnet == directly
