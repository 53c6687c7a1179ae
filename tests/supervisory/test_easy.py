"""The short style over BACnet/IP and REST: every service that it offers, against an emulated controller."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import pytest
from bacpypes3.primitivedata import Null, ObjectIdentifier

from clients.bacnet.stack import BACnetStack
from clients.bacnet_device_client import BACnetDeviceClient
from clients.ecy_device_client import ECYDeviceClient
from clients.http.tls import TlsMode, TlsPolicy
from emulators.ecy.controller import ControllerSpec
from emulators.ecy.server import EcyServer
from emulators.program import ObjectSpec
from supervisory import EasyASO, EasyWrite
from supervisory.easy import Misuse
from supervisory.guard.gate import Pass, SlotCommand, SlotResult
from supervisory.runtime.devices import Devices
from supervisory.runtime.dry_run import DryGate
from supervisory.runtime.short.reading import Network, Site
from supervisory.runtime.short.services import SiteServices
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


def test_a_type_that_configs_know_nothing_of_is_refused_with_words_over_rest(over_rest: Ask) -> None:
    for ask in (lambda one: one.bacnet_read("ahu", "loop,1"), lambda one: one.bacnet_write("ahu", "loop,1", 1.0)):
        with pytest.raises(ObjectError, match="loop,1: is possible over BACnet only"):
            over_rest(ask)


def test_many_properties_are_read_at_once_with_an_error_each(ask: Ask) -> None:
    wanted = ("analog-input,1", "present-value", "units", "analog-value,99", "analog-value,1", "priority-array")
    rows: list[Mapping[str, Any]] = ask(lambda one: one.bacnet_rpm("ahu", *wanted))
    assert [(row["object_identifier"], row["property_identifier"]) for row in rows] == [
        (("analog-input", 1), "present-value"),
        (("analog-input", 1), "units"),
        (("analog-value", 99), "present-value"),
        (("analog-value", 1), "priority-array"),
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
        ("ahu", "loop,1", 1.0, "there is no Loop 1"),
        ("ahu", "lop,1", 1.0, "there is no object type 'lop', did you mean 'loop'"),
        ("ahu", "analog-value, 99", 1.0, "there is no AnalogValue 99"),
        ("ahu", "analog-value,1", "plenty", "'plenty' is neither a number, active, inactive nor null"),
    ],
)
def test_what_cannot_be_written_is_raised(
    over_bacnet: Ask, address: str, identifier: str, value: object, words: str
) -> None:
    with pytest.raises(DeviceError, match=words):
        over_bacnet(lambda one: one.bacnet_write(address, identifier, value))  # type: ignore[arg-type]


def test_what_easy_aso_sends_for_no_priority_is_the_programs_own(ask: Ask, told: list[str]) -> None:
    assert ask(lambda one: one.bacnet_write("ahu", "analog-value,1", "44.5", -1, "present-value")) is True
    assert told[0].startswith("would write 44.5 to ")
    assert told[0].endswith(" at 12")


def test_a_property_without_slots_is_not_written_as_it_could_not_be_given_back(ask: Ask, told: list[str]) -> None:
    with pytest.raises(Misuse, match="has no slot and could not be given back"):
        ask(lambda one: one.bacnet_write("ahu", "analog-value,1", 1.0, 12, "relinquish-default"))
    assert told == []


def test_all_stands_for_every_property(over_bacnet: Ask, over_rest: Ask) -> None:
    rows = over_bacnet(lambda one: one.bacnet_rpm("ahu", "analog-input,1", "all", "analog-value,1"))
    values = {row["property_identifier"]: row["value"] for row in rows[:-1]}
    assert {row["object_identifier"] for row in rows[:-1]} == {("analog-input", 1)}
    assert (values["present-value"], values["description"], values["units"]) == (16.0, "supply air", "degrees-celsius")
    assert (str(rows[-1]["object_identifier"]), rows[-1]["property_identifier"]) == ("analog-value,1", "present-value")
    known = over_rest(lambda one: one.bacnet_rpm("ahu", "analog-input,1", "all"))
    assert {"present-value", "object-name", "units"} <= {row["property_identifier"] for row in known}


@pytest.mark.parametrize("wanted", ["priority-array,8", "priority-array[8]"])
def test_a_part_of_an_array_is_read(ask: Ask, controllers: EcyServer, wanted: str) -> None:
    controllers.controller("AHU").objects.command("DuctSp", 99.0, 8)
    try:
        assert ask(lambda one: one.bacnet_read("ahu", "analog-value,1", wanted)) == 99.0
        [row] = ask(lambda one: one.bacnet_rpm("ahu", "analog-value,1", wanted))
        assert (row["property_identifier"], row["property_array_index"]) == ("priority-array", 8)
    finally:
        controllers.controller("AHU").objects.command("DuctSp", None, 8)


def test_a_property_that_there_is_not_spoils_no_other(over_bacnet: Ask) -> None:
    rows = over_bacnet(lambda one: one.bacnet_rpm("ahu", "analog-input,1", "descripton", "description"))
    assert "did you mean 'description'?" in str(rows[0]["error"])
    assert rows[1]["value"] == "supply air"


def test_an_index_that_is_none_is_told(ask: Ask) -> None:
    for wanted in ("priority-array,x", "priority-array,17", "priority-array,0"):
        with pytest.raises(Misuse):
            ask(partial(_read, wanted=wanted))


async def _read(one: EasyASO, wanted: str) -> object:
    return await one.bacnet_read("ahu", "analog-value,1", wanted)


def test_the_switch_is_an_object_too_that_nothing_is_assigned_to(ask: Ask) -> None:
    async def status(one: EasyASO) -> object:
        with pytest.raises(AttributeError):
            one.optimization_enabled_bv.presentValue = False  # type: ignore[misc]
        return one.optimization_enabled_bv.presentValue

    assert ask(status) is True


def test_reads_and_writes_through_the_application_go_the_same_way(ask: Ask, told: list[str]) -> None:
    async def used(one: EasyASO) -> object:
        await one.app.write_property("ahu", "analog-value,1", "present-value", Null(()), None, 10)
        await one.app.write_property("ahu", "analog-value,1", "present-value", 7.0, None, 10)
        with pytest.raises(AttributeError, match=r"self\.app has no 'request' here"):
            one.app.request(None)
        return await one.app.read_property("ahu", ObjectIdentifier("analog-input,1"), "present-value")

    assert ask(used) == 16.0
    assert [line.split()[1] for line in told] == ["release", "write"]


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

    async def commanded_and_released() -> list[DeviceError | bool]:
        await services.write("ahu", [EasyWrite("analog-value,1", 120.0)])
        return await services.write("ahu", [EasyWrite("analog-value,1", "null")])

    (error,) = asyncio.run(commanded_and_released())
    devices.close()
    assert "still taken" in str(error)
    assert services.held == {"ahu analog-value,1": 120.0}
