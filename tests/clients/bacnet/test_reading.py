"""Reading over BACnet/IP, from plain BACpypes3 devices with and without faults."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Iterator
from functools import partial

import pytest

from clients.bacnet import line
from clients.bacnet.client import BACnetClient
from clients.bacnet.errors import AnswerTooLong, BacnetRefusal
from clients.bacnet.line import RequestLine
from clients.bacnet.results import BacnetReading, BacnetRef, BacnetValue, BacnetWrite, Untyped
from clients.bacnet.stack import BACnetStack
from clients.bacnet.traits import Traits
from tests.clients.bacnet.server import Server, device, inputs, some_objects, stack
from tests.ports import free_port
from tests.waiting import DEADLINE_S
from utils.errors import ConfigError, DeviceRefused, DeviceUnreachable, ObjectError
from utils.values import ObjectRef, ObjectType, Quality

POINTS = 50
MANY = [BacnetRef(f"analog-input,{100 + n}") for n in range(1, POINTS + 1)]
VALUES = [float(100 + n) for n in range(1, POINTS + 1)]


@pytest.fixture(scope="module")
def patient() -> Iterator[BACnetStack]:
    """Repeats nothing on a busy computer: for tests that count."""
    with stack(apdu_timeout_s=20.0) as opened:
        yield opened


@pytest.fixture(scope="module")
def ours() -> Iterator[BACnetStack]:
    with stack() as opened:
        yield opened


@pytest.fixture(scope="module")
def shared() -> Iterator[Server]:
    with device(lambda: [*some_objects(), *inputs(POINTS)]) as server:
        yield server


@pytest.fixture
def peer(shared: Server) -> Server:
    shared.counts.clear()
    return shared


@pytest.mark.parametrize(
    ("name", "value", "unit"),
    [
        ("analog-input,1", 12.5, "degrees-celsius"),
        ("analog-output,1", 30.0, "percent"),
        ("analog-value,7", 21.0, "degrees-celsius"),
        ("binary-input,1", True, None),
        ("binary-output,1", False, None),
        ("multi-state-input,1", 2, None),
        ("multi-state-value,1", 3, None),
    ],
)
def test_a_present_value_is_of_its_objects_kind(
    ours: BACnetStack, peer: Server, name: str, value: object, unit: str | None
) -> None:
    reading = ours.ask(lambda client: client.read(peer.address, name))
    assert (reading.value, type(reading.value), reading.unit) == (value, type(value), unit)
    assert (reading.object, reading.property, reading.quality, reading.error) == (
        name,
        "present-value",
        Quality.GOOD,
        None,
    )
    assert abs(reading.time - time.time()) < DEADLINE_S


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("object-name", "SupplyTemp"),
        ("object-type", "analog-input"),
        ("object-identifier", "analog-input,1"),
        ("units", "degrees-celsius"),
        ("out-of-service", False),
        ("description", "Supply air"),
    ],
)
def test_other_properties_are_plain_values(ours: BACnetStack, peer: Server, name: str, value: BacnetValue) -> None:
    assert ours.ask(lambda client: client.read(peer.address, "analog-input,1", name)).value == value


def test_an_object_may_be_one_of_ours(ours: BACnetStack, peer: Server) -> None:
    assert ours.ask(lambda client: client.read(peer.address, ObjectRef(ObjectType.ANALOG_INPUT, 1))).value == 12.5


def test_an_arrays_element_and_length_are_read_by_index(ours: BACnetStack, peer: Server) -> None:
    device_object = "device,500"
    assert ours.ask(lambda client: client.read(peer.address, device_object, "object-list", 1)).value == "device,500"
    assert ours.ask(lambda client: client.read(peer.address, device_object, "object-list", 0)).value == 2 + 11 + POINTS


def test_the_unit_is_asked_for_once(peer: Server) -> None:
    with stack() as fresh:
        for _ in range(3):
            assert fresh.ask(lambda client: client.read(peer.address, "analog-input,1")).unit == "degrees-celsius"
    assert peer.counts["ReadProperty"] == 4


def test_a_value_that_is_no_number_is_bad_and_withheld(ours: BACnetStack) -> None:
    with device() as server:
        server.set("analog-input,1", "presentValue", math.nan)
        alone = ours.ask(lambda client: client.read(server.address, "analog-input,1"))
        (among_many,) = ours.ask(lambda client: client.read_multiple(server.address, [BacnetRef("analog-input,1")]))
    for reading in (alone, among_many):
        assert (reading.value, reading.quality) == (None, Quality.BAD)
        assert "nan" in str(reading.error)


def test_an_unknown_object_is_missing_and_an_unknown_property_is_not(ours: BACnetStack, peer: Server) -> None:
    with pytest.raises(BacnetRefusal, match="unknown-object") as of_object:
        ours.ask(lambda client: client.read(peer.address, "analog-input,999"))
    with pytest.raises(BacnetRefusal, match="unknown-property") as of_property:
        ours.ask(lambda client: client.read(peer.address, "analog-input,1", "relinquish-default"))
    assert (of_object.value.missing, of_property.value.missing) == (True, False)


@pytest.mark.parametrize(
    ("address", "name", "prop"),
    [
        ("nowhere", "analog-input,1", "present-value"),
        ("10.0.0.300", "analog-input,1", "present-value"),
        ("*", "analog-input,1", "present-value"),
        ("127.0.0.1", "analog-inpt,1", "present-value"),
        ("127.0.0.1", "analog-input", "present-value"),
        ("127.0.0.1", "analog-input,9999999", "present-value"),
        ("127.0.0.1", "analog-input,1", "presnt-value"),
        ("127.0.0.1", "analog-input,1", "all"),
    ],
)
def test_a_name_that_there_is_not_is_the_callers_to_mend(ours: BACnetStack, address: str, name: str, prop: str) -> None:
    with pytest.raises(ConfigError):
        ours.ask(lambda client: client.read(address, name, prop))


def test_the_nearest_name_is_offered(ours: BACnetStack) -> None:
    with pytest.raises(ConfigError, match="did you mean 'analog-input'"):
        ours.ask(lambda client: client.read("127.0.0.1", "analog-inpt,1"))
    with pytest.raises(ConfigError, match="did you mean 'present-value'"):
        ours.ask(lambda client: client.read("127.0.0.1", "analog-input,1", "presnt-value"))


def test_fifty_points_are_one_request(patient: BACnetStack, peer: Server) -> None:
    patient.ask(lambda client: client.read_multiple(peer.address, MANY))  # learns the units
    peer.counts.clear()
    readings = patient.ask(lambda client: client.read_multiple(peer.address, MANY))
    assert [reading.value for reading in readings] == VALUES
    assert {reading.unit for reading in readings} == {"pascals"}
    assert dict(peer.counts) == {"ReadPropertyMultiple": 1}


def test_what_cannot_be_read_is_said_where_it_stands(ours: BACnetStack, peer: Server) -> None:
    wanted = [MANY[0], BacnetRef("analog-input,999"), BacnetRef("analog-input,1", "relinquish-default"), MANY[1]]
    first, absent, lacking, last = ours.ask(lambda client: client.read_multiple(peer.address, wanted))
    assert (first.value, last.value) == (101.0, 102.0)
    assert isinstance(absent.error, BacnetRefusal)
    assert isinstance(lacking.error, BacnetRefusal)
    assert (absent.error.code, lacking.error.code) == ("unknown-object", "unknown-property")
    assert absent.quality is lacking.quality is Quality.MISSING


def test_a_device_that_has_none_of_the_objects_says_so_for_each(ours: BACnetStack, peer: Server) -> None:
    wanted = [BacnetRef("analog-input,998"), BacnetRef("analog-input,999")]
    readings = ours.ask(lambda client: client.read_multiple(peer.address, wanted))
    assert all(reading.error is not None and "unknown-object" in reading.error.what for reading in readings)


def test_the_same_property_twice_is_answered_twice(ours: BACnetStack, peer: Server) -> None:
    assert [
        reading.value for reading in ours.ask(lambda client: client.read_multiple(peer.address, [MANY[0], MANY[0]]))
    ] == [101.0, 101.0]


def test_nothing_asked_is_nothing_sent(ours: BACnetStack, peer: Server) -> None:
    assert ours.ask(lambda client: client.read_multiple(peer.address, [])) == ()
    assert not peer.counts


def test_a_device_without_segmentation_is_asked_in_chunks_that_fit(ours: BACnetStack) -> None:
    small: Untyped = {"maxApduLengthAccepted": 206, "segmentationSupported": "noSegmentation"}
    with device(lambda: inputs(POINTS), **small) as server:
        readings = ours.ask(lambda client: client.read_multiple(server.address, MANY))
        assert [reading.value for reading in readings] == VALUES
        assert server.counts["ReadProperty"] <= 6  # five about the device itself, and what was left over
        assert 5 <= server.counts["ReadPropertyMultiple"] <= 12


def test_what_is_longer_than_guessed_is_asked_for_in_halves(ours: BACnetStack) -> None:
    small: Untyped = {"maxApduLengthAccepted": 480, "segmentationSupported": "noSegmentation"}
    with device(lambda: inputs(20, "{:0>100}"), **small) as server:
        names = ours.ask(
            lambda client: client.read_multiple(
                server.address, [BacnetRef(ref.object, "object-name") for ref in MANY[:20]]
            )
        )
        assert server.counts["ReadPropertyMultiple"] > 4
    assert [reading.value for reading in names] == [f"{n:0>100}" for n in range(1, 21)]


def test_one_value_that_is_too_long_is_an_error_of_its_own(ours: BACnetStack) -> None:
    with device(lambda: inputs(2, "{:0>1100}"), segmentationSupported="noSegmentation") as server:
        name, value = ours.ask(
            lambda client: client.read_multiple(server.address, [BacnetRef("analog-input,101", "object-name"), MANY[1]])
        )
    assert isinstance(name.error, AnswerTooLong)
    assert value.value == 102.0


def test_a_device_that_does_not_know_the_service_is_asked_one_by_one_from_then_on(patient: BACnetStack) -> None:
    with device(lambda: inputs(POINTS)) as server:
        server.faults.rejects.add("ReadPropertyMultiple")
        for _ in range(2):
            assert [
                reading.value for reading in patient.ask(lambda client: client.read_multiple(server.address, MANY[:9]))
            ] == VALUES[:9]
        assert server.counts["ReadPropertyMultiple"] == 1


def test_a_device_tells_of_itself_by_the_instance_that_stands_for_any(patient: BACnetStack) -> None:
    with device(instance=77) as server:
        server.faults.knows_wildcard = True
        assert patient.ask(lambda client: client.traits(server.address)).instance == 77
        assert dict(server.counts) == {"ReadProperty": 2, "ReadPropertyMultiple": 1}


def test_a_device_that_knows_only_its_own_instance_is_asked_who_it_is(patient: BACnetStack) -> None:
    with device(instance=77) as server:
        assert patient.ask(lambda client: client.traits(server.address)).instance == 77
        assert dict(server.counts) == {"ReadProperty": 3, "WhoIs": 1, "ReadPropertyMultiple": 1}


def test_a_device_that_does_not_tell_what_it_can_do_is_asked_cautiously(
    ours: BACnetStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clients.bacnet.traits._I_AM_WAIT_S", 0.05)
    with device(lambda: inputs(POINTS)) as server:
        server.faults.swallows.add("WhoIs")
        assert ours.ask(lambda client: client.traits(server.address)) == Traits(None, 480, False, True, True)
        assert [
            reading.value for reading in ours.ask(lambda client: client.read_multiple(server.address, MANY))
        ] == VALUES
        assert 3 <= server.counts["ReadPropertyMultiple"] <= 5
        with pytest.raises(DeviceUnreachable, match="does not tell its device instance"):
            ours.ask(lambda client: client.discover_points(server.address))


def test_a_priority_array_is_sixteen_slots(ours: BACnetStack, peer: Server) -> None:
    ours.ask(lambda client: client.write(peer.address, "binary-output,1", True, 8))
    ours.ask(lambda client: client.write(peer.address, "analog-value,7", 19.5, 16))
    binary = ours.ask(lambda client: client.read_priority_array(peer.address, "binary-output,1"))
    analog = ours.ask(lambda client: client.read_priority_array(peer.address, "analog-value,7"))
    assert (len(binary), binary[7], analog[15]) == (16, True, 19.5)
    assert [slot for slot in binary + analog if slot is not None] == [True, 19.5]


def test_a_priority_array_is_read_slot_by_slot_where_it_does_not_fit(ours: BACnetStack) -> None:
    with device() as server:
        server.faults.cannot_send_whole = "priority-array"
        writes = [BacnetWrite("analog-output,1", float(n), n) for n in (8, 9, 10, 11, 12, 13, 14, 16)]
        ours.ask(lambda client: client.write_multiple(server.address, writes))
        slots = ours.ask(lambda client: client.read_priority_array(server.address, "analog-output,1"))
    assert [slot for slot in slots if slot is not None] == [8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 14.0, 16.0]


def test_an_object_without_a_priority_array_says_so(ours: BACnetStack, peer: Server) -> None:
    with pytest.raises(ObjectError, match="unknown-property"):
        ours.ask(lambda client: client.read_priority_array(peer.address, "analog-input,1"))


def test_an_absent_device_is_unreachable_at_the_deadline(ours: BACnetStack) -> None:
    with pytest.raises(DeviceUnreachable, match=r"no answer within 0\.3 s"):
        ours.ask(lambda client: client.read(f"127.0.0.1:{free_port()}", "analog-input,1", timeout_s=0.3))


def test_after_the_deadline_nothing_more_is_sent() -> None:
    with device() as server, stack(apdu_timeout_s=5.0) as patient:
        server.faults.is_silent = True
        with pytest.raises(DeviceUnreachable, match=r"no answer within 0\.1 s"):
            patient.ask(lambda client: client.read(server.address, "binary-input,1", timeout_s=0.1))
        assert patient.application.asap.clientTransactions == []
        assert server.counts["ReadProperty"] == 1


def test_a_slow_device_is_waited_for_up_to_the_deadline(ours: BACnetStack) -> None:
    with device() as server:
        server.faults.delay_s = 0.45
        assert ours.ask(lambda client: client.read(server.address, "binary-input,1")).value is True


def test_a_device_gets_no_more_than_eight_requests_at_a_time(ours: BACnetStack) -> None:
    with device(lambda: inputs(POINTS)) as server:
        server.faults.delay_s = 0.01
        server.faults.rejects.add("ReadPropertyMultiple")
        ours.ask(lambda client: client.read_multiple(server.address, MANY))
        assert server.most_in_flight == 8


@pytest.mark.slow
def test_three_hundred_reads_at_once_are_all_answered(ours: BACnetStack, peer: Server) -> None:
    async def all_at_once() -> list[BacnetReading]:
        aio = ours.client
        names = [f"analog-input,{101 + n % POINTS}" for n in range(300)]
        return await asyncio.gather(*(aio.read(peer.address, name, timeout_s=20.0) for name in names))

    readings = ours.call(all_at_once(), 20.0)
    assert [reading.value for reading in readings] == [101.0 + n % POINTS for n in range(300)]
    assert ours.ask(lambda client: client.read(peer.address, "analog-input,101")).value == 101.0


def test_an_answer_about_another_object_is_not_taken(ours: BACnetStack) -> None:
    with device() as server:
        server.faults.answers_about = "analog-value,7"
        with pytest.raises(ObjectError, match="the answer is about analog-value,7"):
            ours.ask(lambda client: client.read(server.address, "analog-input,1"))


def test_our_own_port_is_not_a_device(ours: BACnetStack) -> None:
    for address in (ours.address, f"127.0.0.7:{ours.address.rpartition(':')[2]}"):
        with pytest.raises(DeviceRefused, match="our own BACnet port"):
            ours.ask(partial(BACnetClient.read, address=address, object="analog-input,1"))


def test_a_long_answer_comes_in_segments_where_the_device_can(patient: BACnetStack) -> None:
    with device(lambda: inputs(300)) as server:
        assert len(patient.ask(lambda client: client.objects(server.address))) == 302
        assert server.counts["ReadProperty"] == 5, "three about the device itself, the whole list, and how long it is"


@pytest.mark.parametrize("way", ["other", "out-of-resources", "tsm-timeout", "garbles", "leaves out"])
def test_a_spoilt_answer_about_many_is_asked_for_singly(ours: BACnetStack, way: str) -> None:
    with device(lambda: inputs(9)) as server:
        server.faults.spoils = way
        readings = ours.ask(lambda client: client.read_multiple(server.address, MANY[:9], timeout_s=20.0))
        assert [reading.value for reading in readings] == VALUES[:9]


def test_an_answer_that_is_swallowed_while_others_come_is_asked_for_singly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line, "_SHORTEST_TIMEOUT_S", 0.1)
    small: Untyped = {"maxApduLengthAccepted": 206, "segmentationSupported": "noSegmentation", "apduTimeout": 100}
    with device(lambda: inputs(POINTS), **small) as server, stack(apdu_timeout_s=0.1) as ours:
        server.faults.spoils = "swallows"
        server.faults.delay_s = 0.05
        readings = ours.ask(lambda client: client.read_multiple(server.address, MANY, timeout_s=20.0))
        assert [reading.value for reading in readings] == VALUES


def test_an_answer_that_comes_after_the_deadline_is_not_taken_for_another(ours: BACnetStack) -> None:
    with device(lambda: inputs(POINTS)) as server:
        server.faults.delay_s = 0.1
        with pytest.raises(DeviceUnreachable):
            ours.ask(lambda client: client.read(server.address, "binary-input,1", timeout_s=0.05))
        server.faults.delay_s = 0.0
        for _ in range(6):
            readings = ours.call(_one_by_one(ours, server.address), 10.0)
            assert [reading.value for reading in readings] == VALUES


async def _one_by_one(ours: BACnetStack, address: str) -> list[BacnetReading]:
    return [await ours.client.read(address, ref.object) for ref in MANY]


def test_the_number_of_an_abandoned_request_is_not_used_again_soon() -> None:
    requests = RequestLine()
    requests.kept_back.append(5)
    requests.in_use.update({0, 1})
    numbers = [requests.invoke_id() for _ in range(300)]
    assert not {0, 1, 5}.intersection(numbers)
    assert set(numbers) == set(range(256)) - {0, 1, 5}
