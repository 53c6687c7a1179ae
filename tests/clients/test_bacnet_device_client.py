"""One controller over BACnet/IP, as the bridge and supervisory programs ask it."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from clients.bacnet.stack import BACnetStack
from clients.bacnet_device_client import BACnetDeviceClient
from clients.device_client import DeviceClient
from tests.clients.bacnet.router import router
from tests.clients.bacnet.server import Server, device, some_objects, stack
from tests.ports import free_port
from tests.waiting import DEADLINE_S
from utils.errors import ConfigError, DeviceRefused, DeviceUnreachable, ObjectError
from utils.values import ObjectRef, ObjectType, Quality, Sample, Write, WriteKind

SUPPLY_TEMP = ObjectRef(ObjectType.ANALOG_INPUT, 1)
DAMPER = ObjectRef(ObjectType.ANALOG_OUTPUT, 1)
SETPOINT = ObjectRef(ObjectType.ANALOG_VALUE, 7)
PLAIN = ObjectRef(ObjectType.ANALOG_VALUE, 8)
FIXED = ObjectRef(ObjectType.ANALOG_VALUE, 9)
FAN_STATUS = ObjectRef(ObjectType.BINARY_INPUT, 1)
PUMP = ObjectRef(ObjectType.BINARY_OUTPUT, 1)
STAGE = ObjectRef(ObjectType.MULTI_STATE_VALUE, 1)
ABSENT = ObjectRef(ObjectType.ANALOG_VALUE, 999)
PRIORITY = 12


@pytest.fixture(scope="module")
def ours() -> Iterator[BACnetStack]:
    with stack() as opened:
        yield opened


@pytest.fixture
def peer() -> Iterator[Server]:
    with device() as server:
        yield server


@pytest.fixture
def client(ours: BACnetStack, peer: Server) -> BACnetDeviceClient:
    return BACnetDeviceClient(ours, peer.address, timeout_s=2.0)


def commanded(ref: ObjectRef, value: float | None, priority: int = PRIORITY) -> Write:
    return Write(ref, WriteKind.COMMAND, value, priority)


def test_it_is_a_device_client(client: BACnetDeviceClient, peer: Server) -> None:
    as_any: DeviceClient = client
    assert as_any.device == f"bacnet://{peer.address}"


def test_an_address_that_is_none_is_the_callers_to_mend(ours: BACnetStack) -> None:
    with pytest.raises(ConfigError):
        BACnetDeviceClient(ours, "nowhere")


def test_connecting_makes_sure_that_a_device_answers(ours: BACnetStack, client: BACnetDeviceClient) -> None:
    client.connect()
    client.connect()
    with pytest.raises(DeviceUnreachable):
        BACnetDeviceClient(ours, f"127.0.0.1:{free_port()}", timeout_s=0.3).connect()


def test_another_device_at_the_same_address_is_refused(client: BACnetDeviceClient, peer: Server) -> None:
    client.connect()
    peer.set("device,500", "objectIdentifier", ("device", 501))
    with pytest.raises(DeviceRefused, match="device 501 answers where device 500 was"):
        client.connect()


def test_a_device_that_does_not_tell_its_instance_is_connected_to_but_its_clock_not_known(
    client: BACnetDeviceClient, peer: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clients.bacnet.traits._I_AM_WAIT_S", 0.05)
    peer.faults.swallows.add("WhoIs")
    client.connect()
    assert client.read_values_from_endpoints([SUPPLY_TEMP])[SUPPLY_TEMP] == Sample(12.5)
    with pytest.raises(DeviceUnreachable, match="does not tell its device instance"):
        client.get_clock()


def test_who_does_not_tell_its_instance_for_once_still_has_to_be_the_one_of_before(
    ours: BACnetStack, peer: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clients.bacnet.traits._I_AM_WAIT_S", 0.05)
    client = BACnetDeviceClient(ours, peer.address, instance=500)
    peer.faults.swallows.add("WhoIs")
    client.connect()
    assert client.get_device_name() == "device 500"
    peer.faults.swallows.clear()
    peer.set("device,500", "objectIdentifier", ("device", 501))
    with pytest.raises(DeviceRefused, match="device 501 answers where device 500 was"):
        client.connect()


def test_the_objects_of_the_types_are_told_with_names_and_units(client: BACnetDeviceClient) -> None:
    found = {endpoint.name: endpoint for endpoint in client.get_existing_endpoints()}
    assert len(found) == 11
    assert (found["SupplyTemp"].ref, found["SupplyTemp"].units) == (SUPPLY_TEMP, "degrees-celsius")
    assert (found["Pump"].ref, found["Pump"].units) == (PUMP, None)
    assert client.get_instance_number("Setpoint", ObjectType.ANALOG_VALUE) == 7
    with pytest.raises(ObjectError, match="no AnalogValue named 'Nothing'") as error:
        client.get_instance_number("Nothing", ObjectType.ANALOG_VALUE)
    assert error.value.missing


def test_an_object_is_surveyed_as_it_is_found(client: BACnetDeviceClient) -> None:
    client.write_values_from_endpoints([commanded(SETPOINT, 23.0)])
    found = client.survey([SUPPLY_TEMP, SETPOINT, PLAIN, PUMP, ABSENT])
    slots = found[SETPOINT].priority_array
    assert slots is not None
    assert (slots[PRIORITY - 1], [slot for slot in slots if slot is not None]) == (23.0, [23.0])
    supply = found[SUPPLY_TEMP]
    assert (supply.present_value, supply.out_of_service) == (Sample(12.5), False)
    assert (supply.units, supply.name, supply.priority_array) == ("degrees-celsius", "SupplyTemp", None)
    assert (found[PLAIN].priority_array, found[PLAIN].name) == (None, "Plain")
    assert (found[PUMP].present_value.value, found[PUMP].units) == (False, None)
    assert not [ref for ref, state in found.items() if state.is_partial]
    assert [ref for ref, state in found.items() if state.is_missing] == [ABSENT]


def test_what_a_device_would_not_tell_just_now_is_partial(client: BACnetDeviceClient, peer: Server) -> None:
    peer.faults.denies_property = "priority-array"
    peer.faults.rejects.add("ReadPropertyMultiple")
    state = client.survey([SETPOINT])[SETPOINT]
    assert (state.is_partial, state.is_missing, state.priority_array) == (True, False, None)
    assert state.present_value.value == 21.0


def test_writes_come_before_reads_in_an_exchange(client: BACnetDeviceClient) -> None:
    writes = [commanded(DAMPER, 55.0), commanded(FIXED, 1.0), commanded(STAGE, 2)]
    told = client.exchange(writes, [DAMPER, SUPPLY_TEMP, ABSENT], [DAMPER, ABSENT])
    assert [result.write for result in told.writes] == writes
    assert [result.error is None for result in told.writes] == [True, False, True]
    assert told.samples[DAMPER] == Sample(55.0)
    assert told.samples[SUPPLY_TEMP] == Sample(12.5)
    assert told.samples[ABSENT].quality is Quality.MISSING
    assert told.names == {DAMPER: "Damper", ABSENT: None}
    assert client.read_names([SUPPLY_TEMP]) == {SUPPLY_TEMP: "SupplyTemp"}


def test_an_exchange_is_two_requests(client: BACnetDeviceClient, peer: Server) -> None:
    batch = [commanded(DAMPER, 55.0), commanded(SETPOINT, 22.0)], [DAMPER, SUPPLY_TEMP]
    client.exchange(*batch)
    peer.counts.clear()
    client.exchange(*batch)
    assert dict(peer.counts) == {"WritePropertyMultiple": 1, "ReadPropertyMultiple": 1}


def test_nothing_to_do_is_nothing_sent(client: BACnetDeviceClient, peer: Server) -> None:
    assert client.exchange((), ()).samples == {}
    assert not peer.counts


def test_a_value_is_not_trusted_while_the_controller_reports_a_fault(client: BACnetDeviceClient, peer: Server) -> None:
    peer.set("analog-input,1", "reliability", "openLoop")
    sample = client.read_values_from_endpoints([SUPPLY_TEMP])[SUPPLY_TEMP]
    assert (sample.value, sample.quality) == (None, Quality.BAD)
    assert "reports a fault" in sample.note


def test_a_forced_value_is_trusted_although_the_sensor_is_broken(client: BACnetDeviceClient, peer: Server) -> None:
    peer.set("analog-input,1", "reliability", "openLoop")
    client.set_out_of_service(ObjectType.ANALOG_INPUT, 1, True)
    assert client.read_values_from_endpoints([SUPPLY_TEMP])[SUPPLY_TEMP] == Sample(12.5)


def test_a_value_that_is_no_number_is_bad(client: BACnetDeviceClient, peer: Server) -> None:
    peer.set("analog-input,1", "presentValue", math.nan)
    assert client.read_values_from_endpoints([SUPPLY_TEMP])[SUPPLY_TEMP].quality is Quality.BAD


def test_an_input_is_forced_out_of_service_and_put_back(client: BACnetDeviceClient, peer: Server) -> None:
    forced = [Write(SUPPLY_TEMP, WriteKind.OUT_OF_SERVICE, True), Write(SUPPLY_TEMP, WriteKind.PRESENT_VALUE, 18.0)]
    assert not [result for result in client.write_values_from_endpoints(forced) if result.error]
    found = peer.object("analog-input,1")
    assert (found.outOfService, found.presentValue) == (True, 18.0)
    client.set_out_of_service(ObjectType.ANALOG_INPUT, 1, False)
    assert not found.outOfService
    with pytest.raises(ObjectError):
        client.set_out_of_service(ObjectType.ANALOG_VALUE, 999, True)


@pytest.mark.parametrize("priority", [6, 17])
def test_a_priority_that_nobody_may_command_at_is_an_error_of_that_write(
    client: BACnetDeviceClient, peer: Server, priority: int
) -> None:
    results = client.write_values_from_endpoints([commanded(DAMPER, 5.0, priority), commanded(DAMPER, 6.0)])
    assert [result.error is None for result in results] == [False, True]
    assert peer.object("analog-output,1").presentValue == 6.0


def test_a_slot_is_given_back_and_seen_to_be_free(client: BACnetDeviceClient, peer: Server) -> None:
    client.write_values_from_endpoints([commanded(SETPOINT, 23.0)])
    assert client.relinquish(SETPOINT, PRIORITY) is True
    assert peer.slot("analog-value,7", PRIORITY) is None


def test_a_slot_whose_array_cannot_be_read_is_given_back_unverified(client: BACnetDeviceClient, peer: Server) -> None:
    client.write_values_from_endpoints([commanded(SETPOINT, 23.0)])
    peer.faults.denies_property = "priority-array"
    assert client.relinquish(SETPOINT, PRIORITY) is False
    assert peer.slot("analog-value,7", PRIORITY) is None


def test_a_slot_that_stays_taken_is_an_error(client: BACnetDeviceClient, peer: Server) -> None:
    client.write_values_from_endpoints([commanded(SETPOINT, 23.0)])
    peer.faults.pretends_to_write = True
    with pytest.raises(ObjectError, match="still taken"):
        client.relinquish(SETPOINT, PRIORITY)


def test_the_clock_is_the_controllers_local_time(client: BACnetDeviceClient) -> None:
    clock = client.get_clock()
    assert abs(clock.local_time - datetime.now()) < timedelta(seconds=DEADLINE_S)
    assert (clock.time_zone, clock.ntp_enabled) == ("", None)


def test_a_clock_of_a_month_below_october_is_read(client: BACnetDeviceClient, peer: Server) -> None:
    peer.faults.local_time = ((124, 7, 6, 6), (5, 3, 2, 7))
    assert client.get_clock().local_time == datetime(2024, 7, 6, 5, 3, 2, 70_000)


def test_a_clock_that_is_not_set_is_no_time(client: BACnetDeviceClient, peer: Server) -> None:
    peer.faults.local_time = ((255, 255, 255, 255), (255, 255, 255, 255))
    with pytest.raises(ObjectError, match="it tells no whole date and time"):
        client.get_clock()


def test_a_call_in_flight_is_abandoned_and_later_ones_until_resumed(ours: BACnetStack, peer: Server) -> None:
    client = BACnetDeviceClient(ours, peer.address, timeout_s=30.0)
    client.connect()
    peer.faults.is_silent = True
    outcome: list[DeviceUnreachable] = []

    def wait() -> None:
        with pytest.raises(DeviceUnreachable) as error:
            client.read_values_from_endpoints([SUPPLY_TEMP])
        outcome.append(error.value)

    before = peer.counts["ReadPropertyMultiple"]
    waiting = threading.Thread(target=wait)
    waiting.start()
    while peer.counts["ReadPropertyMultiple"] == before:
        threading.Event().wait(0.005)
    client.abort()
    waiting.join(DEADLINE_S)
    assert "abandoned" in outcome[0].what
    with pytest.raises(DeviceUnreachable, match="abandoned"):
        client.connect()
    peer.faults.is_silent = False
    client.resume()
    assert client.read_values_from_endpoints([FAN_STATUS])[FAN_STATUS] == Sample(True)


def test_two_clients_of_one_stack_do_not_disturb_each_other(ours: BACnetStack, client: BACnetDeviceClient) -> None:
    with device(some_objects, instance=501) as second, BACnetDeviceClient(ours, second.address) as other:
        other.write_values_from_endpoints([commanded(SETPOINT, 19.0)])
        assert client.read_values_from_endpoints([SETPOINT])[SETPOINT] == Sample(21.0)
        other.abort()
        client.connect()
        assert repr(other) == f"BACnetDeviceClient('bacnet://{second.address}')"


def test_closing_a_client_leaves_what_was_written_and_the_stack(ours: BACnetStack, peer: Server) -> None:
    with BACnetDeviceClient(ours, peer.address) as client:
        client.write_values_from_endpoints([commanded(SETPOINT, 23.0)])
    with pytest.raises(DeviceUnreachable):
        client.connect()
    assert peer.slot("analog-value,7", PRIORITY) == 23.0
    assert ours.ask(lambda client: client.read(peer.address, "analog-value,7")).value == 23.0


def test_a_closed_stack_is_a_controller_that_cannot_be_reached(peer: Server) -> None:
    closed = stack()
    with closed:
        client = BACnetDeviceClient(closed, peer.address)
        client.connect()
    with pytest.raises(DeviceUnreachable, match="not open"):
        client.read_values_from_endpoints([SUPPLY_TEMP])
    with pytest.raises(DeviceUnreachable, match="not open"):
        client.relinquish(SETPOINT, PRIORITY)


def test_a_controller_behind_a_router_is_like_any_other() -> None:
    with router(network=7, stations=(2,)) as between, stack(foreign=between.address) as ours:
        client = BACnetDeviceClient(ours, "7:2", timeout_s=2.0)
        assert client.device == "bacnet://7:2"
        client.connect()
        told = client.exchange([commanded(DAMPER, 55.0), commanded(PUMP, True)], [DAMPER, PUMP])
        assert told.samples == {DAMPER: Sample(55.0), PUMP: Sample(True)}
        assert client.relinquish(DAMPER, PRIORITY)
