"""The short style over BACnet/IP and REST: every service that it offers, against an emulated controller."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Any

import pytest

from clients.bacnet.stack import BACnetStack
from clients.bacnet_device_client import BACnetDeviceClient
from clients.ecy_device_client import ECYDeviceClient
from clients.http.tls import TlsMode, TlsPolicy
from emulators.ecy.controller import ControllerSpec
from emulators.ecy.server import EcyServer
from emulators.program import ObjectSpec
from supervisory import EasyASO, EasyWrite
from supervisory.guard.gate import Pass, SlotCommand, SlotResult
from supervisory.runtime.devices import Devices
from supervisory.runtime.dry_run import DryGate
from supervisory.runtime.easy_services import Network, Site, SiteServices
from supervisory.runtime.transports import BACnetNetwork
from utils.errors import DeviceError, DeviceUnreachable, ObjectError

OBJECTS = (
    ObjectSpec("AnalogInput", "Temp", "degrees-celsius", initial=16.0, description="supply air"),
    ObjectSpec("AnalogValue", "DuctSp", "pascals", initial=250.0),
    ObjectSpec("BinaryValue", "Fan"),
)
Ask = Callable[[Callable[[EasyASO], Awaitable[Any]]], Any]


@pytest.fixture(scope="module")
def controllers() -> Iterator[EcyServer]:
    spec = ControllerSpec("AHU", objects=OBJECTS, instance=7)
    with EcyServer([spec], username="bench", password="correct horse", bacnet_port=0) as server:
        yield server


@pytest.fixture
def stack() -> Iterator[BACnetStack]:
    with BACnetStack("127.0.0.1/24:0") as own:
        yield own


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def over_bacnet(controllers: EcyServer, stack: BACnetStack, told: list[str]) -> Iterator[Ask]:
    client = BACnetDeviceClient(stack, controllers.bacnet_addresses["AHU"])
    devices = Devices({"ahu": client})
    yield _asking(devices, told, BACnetNetwork(stack, 4.0))
    devices.close()


@pytest.fixture
def over_rest(controllers: EcyServer, told: list[str]) -> Iterator[Ask]:
    address = controllers.addresses["AHU"]
    devices = Devices({"ahu": ECYDeviceClient(address, "bench", "correct horse", tls=TlsPolicy(TlsMode.OFF))})
    yield _asking(devices, told, None)
    devices.close()


def _asking(devices: Devices, told: list[str], network: Network | None) -> Ask:
    """A program with leave to write, whose writes are told."""
    program = EasyASO()
    gate = DryGate(lambda name, line: told.append(line))
    program.attach(SiteServices(Site(devices, gate, network), Pass("easy", 0), 12))

    async def awaited(question: Callable[[EasyASO], Awaitable[Any]]) -> object:
        return await question(program)

    return lambda question: asyncio.run(awaited(question))


@pytest.fixture(params=["over_bacnet", "over_rest"])
def ask(request: pytest.FixtureRequest) -> Ask:
    found: Ask = request.getfixturevalue(request.param)
    return found


def test_a_value_is_read_by_address_or_alias_and_by_number_or_name(ask: Ask, controllers: EcyServer) -> None:
    assert ask(lambda one: one.bacnet_read("ahu", "analog-input,1")) == 16.0
    assert ask(lambda one: one.bacnet_read("ahu", "AnalogInput Temp")) == 16.0


def test_an_address_is_understood_as_people_write_it(over_bacnet: Ask, controllers: EcyServer) -> None:
    address = controllers.bacnet_addresses["AHU"]
    assert over_bacnet(lambda one: one.bacnet_read(address, "analog-input,1")) == 16.0


def test_other_properties_are_read_too(ask: Ask) -> None:
    assert ask(lambda one: one.bacnet_read("ahu", "analog-input,1", "object-name")) == "Temp"
    assert ask(lambda one: one.bacnet_read("ahu", "analog-input,1", "units")) == "degrees-celsius"


def test_any_property_is_read_over_bacnet_and_refused_with_words_elsewhere(over_bacnet: Ask, over_rest: Ask) -> None:
    assert over_bacnet(lambda one: one.bacnet_read("ahu", "analog-input,1", "description")) == "supply air"
    with pytest.raises(ObjectError, match="possible over BACnet only"):
        over_rest(lambda one: one.bacnet_read("ahu", "analog-input,1", "description"))


def test_many_properties_are_read_at_once_with_an_error_each(ask: Ask) -> None:
    wanted = ("analog-input,1", "present-value", "units", "analog-value,99", "analog-value,1", "priority-array")
    rows: list[Mapping[str, Any]] = ask(lambda one: one.bacnet_rpm("ahu", *wanted))
    assert [(row["object_identifier"], row["property_identifier"]) for row in rows] == [
        ("analog-input,1", "present-value"),
        ("analog-input,1", "units"),
        ("analog-value,99", "present-value"),
        ("analog-value,1", "priority-array"),
    ]
    assert rows[0]["value"] == 16.0
    assert isinstance(rows[2]["error"], ObjectError)
    assert rows[3]["value"] == (None,) * 16


def test_the_priority_array_has_16_slots(ask: Ask) -> None:
    assert ask(lambda one: one.bacnet_priority_array("ahu", "analog-value,1")) == (None,) * 16


def test_writes_go_through_the_gate_at_the_programs_priority(ask: Ask, told: list[str]) -> None:
    ask(lambda one: one.bacnet_write("ahu", "analog-value,1", 120.0))
    ask(lambda one: one.bacnet_write("ahu", "analog-value,1", "null"))
    assert told[0].startswith("would write 120 to ")
    assert told[0].endswith("AnalogValue DuctSp at 12")
    assert told[1].startswith("would release ")


def test_several_writes_are_one_call_with_priorities_of_their_own(ask: Ask, told: list[str]) -> None:
    ask(lambda one: one.bacnet_wpm("ahu", ("analog-value,1", 120.0), EasyWrite("binary-value,1", "active", 9)))
    assert [line.rsplit(" at ", 1)[1] for line in told] == ["12", "9"]
    assert told[1].startswith("would write True to ")


@pytest.mark.parametrize(
    ("address", "identifier", "value", "words"),
    [
        ("10.9.9.9", "analog-value,1", 1.0, "is not among the devices of the config"),
        ("ahu", "analog-value,99", 1.0, "there is no AnalogValue 99"),
        ("ahu", "No such name", 1.0, "there is no object named 'No such name'"),
        ("ahu", "loop,1", 1.0, "'loop' is no type of object that has a value"),
        ("ahu", "analog-value,1", "plenty", "'plenty' is neither a number, active, inactive nor null"),
    ],
)
def test_what_cannot_be_written_is_raised(
    over_bacnet: Ask, address: str, identifier: str, value: object, words: str
) -> None:
    with pytest.raises(DeviceError, match=words):
        over_bacnet(lambda one: one.bacnet_write(address, identifier, value))  # type: ignore[arg-type]


def test_devices_are_found_over_bacnet_and_nowhere_else(over_rest: Ask) -> None:
    with pytest.raises(ObjectError, match="possible over BACnet only"):
        over_rest(lambda one: one.bacnet_who_is())


def test_services_outside_the_hooks_are_refused() -> None:
    with pytest.raises(RuntimeError, match="from the hooks only"):
        EasyASO().get_optimization_enabled_status()


def test_a_program_can_ask_whether_it_is_enabled(ask: Ask) -> None:
    async def status(one: EasyASO) -> bool:
        return one.get_optimization_enabled_status()

    assert ask(status) is True


class StuckGate(DryGate):
    """Takes everything and gives nothing back."""

    def write(self, leave: Pass, commands: Sequence[SlotCommand]) -> tuple[SlotResult, ...]:
        stuck = DeviceUnreachable("ahu", "slot 12 is still taken after its release")
        return tuple(SlotResult(one, stuck if one.value is None else None) for one in commands)


def test_what_could_not_be_given_back_is_shown_as_held(stack: BACnetStack, controllers: EcyServer) -> None:
    devices = Devices({"ahu": BACnetDeviceClient(stack, controllers.bacnet_addresses["AHU"])})
    gate = StuckGate(lambda name, line: None)
    services = SiteServices(Site(devices, gate), Pass("easy", 0), 12)

    async def commanded_and_released() -> list[DeviceError | None]:
        await services.write("ahu", [EasyWrite("analog-value,1", 120.0)])
        return await services.write("ahu", [EasyWrite("analog-value,1", "null")])

    (error,) = asyncio.run(commanded_and_released())
    devices.close()
    assert "still taken" in str(error)
    assert services.held == {"ahu analog-value,1": 120.0}
