"""Finding devices, objects, routers and points: directly, through a BBMD, and behind a router."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial

import pytest

from clients.bacnet.client import BACnetClient
from clients.bacnet.errors import StackError
from clients.bacnet.results import BacnetRef, DeviceFound, ObjectFound, RouterFound, Untyped
from clients.bacnet.stack import BACnetStack
from tests.clients.bacnet.router import router
from tests.clients.bacnet.server import Server, device, inputs, some_objects, stack
from utils.errors import ConfigError, DeviceRefused, DeviceUnreachable, ObjectError
from utils.values import ObjectType, Quality

WAIT_S = 0.15


@pytest.fixture(scope="module")
def ours() -> Iterator[BACnetStack]:
    with stack() as opened:
        yield opened


@pytest.fixture(scope="module")
def site() -> Iterator[tuple[BACnetStack, list[Server]]]:
    """Three devices, of which one is a BBMD that the others and we are registered with."""
    with ExitStack() as opened:
        first = opened.enter_context(device(instance=501, is_bbmd=True))
        others = [opened.enter_context(device(instance=n, bbmd=first.address)) for n in (502, 503)]
        yield opened.enter_context(stack(foreign=first.address)), [first, *others]


def test_one_device_is_asked_who_it_is(ours: BACnetStack) -> None:
    with device(instance=77) as server:
        (found,) = ours.ask(lambda client: client.who_is(address=server.address, wait_s=60.0))
    assert found == DeviceFound(77, server.address, 1024, "segmented-both", 999)


def test_everybody_is_asked_through_the_bbmd(site: tuple[BACnetStack, list[Server]]) -> None:
    stack_, servers = site
    assert stack_.is_registered
    found = stack_.ask(lambda client: client.who_is(wait_s=WAIT_S))
    assert [(device.instance, device.address) for device in found] == [
        (501 + n, server.address) for n, server in enumerate(servers)
    ]


def test_a_range_of_instances_is_asked_for(site: tuple[BACnetStack, list[Server]]) -> None:
    found = site[0].ask(lambda client: client.who_is(502, 600, wait_s=WAIT_S))
    assert [device.instance for device in found] == [502, 503]
    assert site[0].ask(lambda client: client.who_is(700, wait_s=WAIT_S)) == ()


def test_the_only_one_possible_ends_the_wait(site: tuple[BACnetStack, list[Server]]) -> None:
    assert [device.instance for device in site[0].ask(lambda client: client.who_is(503, 503, wait_s=60.0))] == [503]


@pytest.mark.parametrize(("low", "high"), [(5, 4), (-1, 5), (0, 4194304)])
def test_instances_that_there_are_not_are_refused(ours: BACnetStack, low: int, high: int) -> None:
    with pytest.raises(ConfigError, match="give the lower first"):
        ours.ask(lambda client: client.who_is(low, high))


def test_who_has_an_object_by_name_and_by_identifier(site: tuple[BACnetStack, list[Server]]) -> None:
    stack_, servers = site
    by_name = stack_.ask(lambda client: client.who_has(name="Damper", wait_s=WAIT_S))
    by_object = stack_.ask(lambda client: client.who_has(object="analog-output,1", wait_s=WAIT_S))
    assert by_name == by_object
    assert by_name[0] == ObjectFound(501, servers[0].address, "analog-output,1", "Damper")
    assert [found.device for found in by_name] == [501, 502, 503]
    assert [
        found.device for found in stack_.ask(lambda client: client.who_has(name="Damper", low=503, wait_s=WAIT_S))
    ] == [503]
    assert stack_.ask(lambda client: client.who_has(name="Nothing", wait_s=WAIT_S)) == ()


def test_who_has_needs_a_name_or_an_object(ours: BACnetStack) -> None:
    with pytest.raises(ConfigError, match="give the name of an object"):
        ours.ask(lambda client: client.who_has())


def test_an_interface_without_a_mask_cannot_ask_everybody() -> None:
    with BACnetStack("127.0.0.1:0") as bare:
        for question in (BACnetClient.who_is, BACnetClient.who_is_router, partial(BACnetClient.who_has, name="Damper")):
            with pytest.raises(StackError, match="without a mask"):
                bare.ask(question)


def test_a_device_is_located_by_its_instance(site: tuple[BACnetStack, list[Server]]) -> None:
    stack_, servers = site
    assert stack_.ask(lambda client: client.locate(502)) == servers[1].address
    assert [
        point.name for point in stack_.ask(lambda client: client.discover_points(502, [ObjectType.ANALOG_OUTPUT]))
    ] == ["Damper"]
    assert stack_.ask(lambda client: client.locate("10.0.0.5:47808")) == "10.0.0.5"


def test_an_instance_that_nobody_has_is_unreachable(site: tuple[BACnetStack, list[Server]]) -> None:
    with pytest.raises(DeviceUnreachable, match="600"):
        site[0].ask(lambda client: client.locate(600, timeout_s=0.5))


@pytest.fixture(scope="module")
def twins() -> Iterator[tuple[BACnetStack, list[str]]]:
    """Two devices with the same number."""
    with ExitStack() as opened:
        one = opened.enter_context(device(instance=7000, is_bbmd=True))
        other = opened.enter_context(device(instance=7000, bbmd=one.address))
        yield opened.enter_context(stack(foreign=one.address)), sorted([one.address, other.address])


def test_two_devices_with_one_number_are_not_located_to_write(twins: tuple[BACnetStack, list[str]]) -> None:
    stack_, addresses = twins
    with pytest.raises(DeviceRefused, match=f"device 7000: answers from {addresses[0]} and {addresses[1]}; .* address"):
        stack_.ask(lambda client: client.locate(7000, timeout_s=WAIT_S, to_write=True))


def test_who_reads_gets_one_of_two_and_can_be_told_of_the_other(twins: tuple[BACnetStack, list[str]]) -> None:
    stack_, addresses = twins
    assert stack_.ask(lambda client: client.locate(7000)) in addresses
    assert list(stack_.client.addresses(7000)) == addresses


def test_both_of_two_devices_with_one_number_are_found_when_all_are_to_be_heard(
    twins: tuple[BACnetStack, list[str]],
) -> None:
    found = twins[0].ask(lambda client: client.who_is(7000, 7000, wait_s=WAIT_S, hear_all=True))
    assert [device.address for device in found] == twins[1]


def test_a_hidden_device_is_found_once_it_is_shown() -> None:
    with stack(instance=61, is_hidden=True) as hidden, stack() as ours:

        def found() -> list[int]:
            heard = ours.ask(lambda client: client.who_is(address=hidden.address, wait_s=WAIT_S))
            return [device.instance for device in heard]

        assert found() == []
        hidden.show()
        assert found() == [61]
        hidden.show(62)
        assert found() == [62]
        assert (
            ours.ask(lambda client: client.read(hidden.address, "device,62", "object-identifier")).value == "device,62"
        )


def test_all_points_of_a_device_are_told(ours: BACnetStack) -> None:
    with device() as server:
        points = {point.name: point for point in ours.ask(lambda client: client.discover_points(server.address))}
    assert len(points) == 13
    supply, setpoint, fixed, mode = (points[name] for name in ("SupplyTemp", "Setpoint", "Fixed", "Mode"))
    assert (supply.object, supply.value, supply.unit) == ("analog-input,1", 12.5, "degrees-celsius")
    assert (supply.description, supply.quality, supply.commandable) == ("Supply air", Quality.GOOD, False)
    assert (setpoint.commandable, fixed.commandable) == (True, False)
    assert (mode.value, mode.unit) == (2, None)


def test_only_the_types_asked_for_are_told(ours: BACnetStack) -> None:
    with device() as server:
        points = ours.ask(
            lambda client: client.discover_points(server.address, [ObjectType.BINARY_INPUT, ObjectType.BINARY_OUTPUT])
        )
    assert {point.object for point in points} == {"binary-input,1", "binary-output,1"}


def test_objects_are_listed_one_by_one_where_the_list_cannot_be_sent_whole(ours: BACnetStack) -> None:
    small: Untyped = {"maxApduLengthAccepted": 206, "segmentationSupported": "noSegmentation"}
    with device(lambda: [*some_objects(), *inputs(60)], **small) as server:
        server.faults.cannot_send_whole = "object-list"
        assert len(ours.ask(lambda client: client.objects(server.address))) == 2 + 11 + 60
        assert len(ours.ask(lambda client: client.discover_points(server.address))) == 2 + 11 + 60


def test_a_device_that_refuses_its_object_list_says_so(ours: BACnetStack) -> None:
    with device() as server:
        server.faults.denies_property = "object-list"
        with pytest.raises(ObjectError, match="read-access-denied; its objects can be named by hand"):
            ours.ask(lambda client: client.discover_points(server.address))


def test_objects_that_a_device_does_not_tell_are_given_by_hand(ours: BACnetStack) -> None:
    with device() as server:
        server.faults.denies_property = "object-list"
        ours.ask(lambda client: client.know_objects(server.address, ["analog-output,1", "analog-input,77"]))
        damper, absent = ours.ask(lambda client: client.discover_points(server.address))
        assert (damper.name, damper.value, absent.quality) == ("Damper", 30.0, Quality.MISSING)
        assert all("analog-input,77" in reason for reason in ours.client.unread(server.address))


@pytest.mark.parametrize("way", ["other", "out-of-resources", "tsm-timeout", "garbles"])
def test_an_element_of_the_list_that_cannot_be_had_is_named_and_ends_nothing(ours: BACnetStack, way: str) -> None:
    with device(lambda: [*some_objects(), *inputs(5)]) as server:
        server.faults.cannot_send_whole, server.faults.spoils = "object-list", way
        server.faults.rejects.add("ReadPropertyMultiple")
        points = ours.ask(lambda client: client.discover_points(server.address))
        assert len(points) == 11 + 4 + 2
        (told,) = ours.client.unread(server.address)
        assert "object-list[16]" in told


def test_a_list_that_a_device_cuts_short_is_read_to_its_end(ours: BACnetStack) -> None:
    with device(lambda: [*some_objects(), *inputs(5)]) as server:
        server.faults.tells_at_most = 4
        assert len(ours.ask(lambda client: client.objects(server.address))) == 2 + 11 + 5
        assert ours.client.unread(server.address) == ()


def test_routers_and_what_is_behind_them_are_found(ours: BACnetStack) -> None:
    with router(network=7, stations=(2, 3)) as between, stack(foreign=between.address) as stack_:
        assert stack_.ask(lambda client: client.who_is_router(wait_s=WAIT_S)) == (RouterFound(between.address, (7,)),)
        assert stack_.ask(lambda client: client.who_is_router(7, wait_s=60.0)) == (RouterFound(between.address, (7,)),)
        assert stack_.ask(lambda client: client.read("7:2", "analog-input,1")).value == 12.5
        refs = [BacnetRef("analog-input,1"), BacnetRef("analog-output,1")]
        assert [reading.value for reading in stack_.ask(lambda client: client.read_multiple("7:3", refs))] == [
            12.5,
            30.0,
        ]
        found = stack_.ask(lambda client: client.who_is(wait_s=WAIT_S))
        assert [(device.instance, device.address) for device in found if ":" in device.address[:3]] == [
            (702, "7:2"),
            (703, "7:3"),
        ]


@pytest.mark.slow
def test_a_network_without_a_router_is_unreachable(site: tuple[BACnetStack, list[Server]]) -> None:
    with pytest.raises(DeviceUnreachable, match="no router to network 99"):
        site[0].ask(lambda client: client.read("99:1", "analog-input,1"))


@pytest.mark.parametrize("utc", [False, True])
def test_a_device_is_told_the_time(ours: BACnetStack, utc: bool) -> None:
    when = datetime(2024, 7, 6, 14, 30, 15, tzinfo=UTC)
    with device() as server:
        ours.ask(lambda client: client.synchronize_time(server.address, when, utc=utc))
        ours.ask(lambda client: client.read(server.address, "binary-input,1"))  # whose answer comes after it
        (told,) = server.application.times
    assert (str(told.date), str(told.time)) == ("2024-7-6 sat", "14:30:15.00")
