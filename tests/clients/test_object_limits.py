"""What objects say that they take, in both protocols alike, and by a device that others wrote."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from bacpypes3.local.analog import AnalogInputObject
from bacpypes3.local.binary import BinaryOutputObject

from clients.bacnet_device_client import BACnetDeviceClient
from clients.ecy_device_client import ECYDeviceClient
from clients.object_limits import limits_of
from emulators.ecy.controller import ControllerSpec
from emulators.ecy.profile import Profile
from emulators.ecy.server import EcyServer
from tests.clients.bacnet.server import device, stack
from tests.clients.ecy.bench import OBJECTS, PASSWORD, PUMP, STAGE, SUPPLY_TEMP, USER, client_of
from utils.values import ObjectLimits, ObjectRef, ObjectType

WANTED = (SUPPLY_TEMP, PUMP, STAGE)
TOLD = {SUPPLY_TEMP: ObjectLimits(-10.0, 60.0), PUMP: ObjectLimits(None, None, 120.0, None), STAGE: ObjectLimits()}


@pytest.fixture(params=[Profile(), Profile(multiple_form="json")])
def server(request: pytest.FixtureRequest) -> Iterator[EcyServer]:
    spec = ControllerSpec("AHU-1", objects=OBJECTS, profile=request.param)
    with EcyServer([spec], username=USER, password=PASSWORD, bacnet_port=0) as running:
        objects = running.controller("AHU-1").objects
        objects.limit("SupplyTemp", -10.0, 60.0)
        objects.update(PUMP, lambda one: replace(one, minimum_on_s=120))
        yield running


@pytest.fixture(params=["rest", "bacnet"])
def client(request: pytest.FixtureRequest, server: EcyServer) -> Iterator[ECYDeviceClient | BACnetDeviceClient]:
    if request.param == "rest":
        with client_of(server) as over_rest:
            yield over_rest
        return
    with stack() as ours:
        yield BACnetDeviceClient(ours, server.bacnet_addresses["AHU-1"], timeout_s=5.0)


def test_both_ways_tell_the_same(client: ECYDeviceClient | BACnetDeviceClient) -> None:
    client.connect()
    assert client.get_limits(WANTED) == TOLD
    assert client.get_limits(()) == {}


def test_an_object_that_is_not_there_tells_nothing(client: ECYDeviceClient | BACnetDeviceClient) -> None:
    absent = ObjectRef(ObjectType.ANALOG_VALUE, 999)
    client.connect()
    assert client.get_limits([absent]) == {absent: ObjectLimits()}


def test_a_device_that_others_wrote_tells_them() -> None:
    def objects() -> list[object]:
        sensor = AnalogInputObject(
            objectIdentifier="analog-input,1",
            objectName="SupplyTemp",
            presentValue=12.5,
            units="degreesCelsius",
            minPresValue=-10.0,
            maxPresValue=60.0,
        )
        pump = BinaryOutputObject(
            objectIdentifier="binary-output,1", objectName="Pump", presentValue="inactive", minimumOnTime=120
        )
        return [sensor, pump]

    with device(objects) as peer, stack() as ours:
        client = BACnetDeviceClient(ours, peer.address, timeout_s=5.0)
        assert client.get_limits([SUPPLY_TEMP, PUMP]) == {one: TOLD[one] for one in (SUPPLY_TEMP, PUMP)}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "12", None, True, 1e39])
def test_what_is_no_number_is_not_told(value: object) -> None:
    assert limits_of({"min-pres-value": value}) == ObjectLimits()


def test_no_time_is_no_minimum_time_and_zero_is_a_limit() -> None:
    assert limits_of({"minimum-on-time": 0, "min-pres-value": 0}) == ObjectLimits(minimum=0.0)
