"""Finding emulated controllers on one computer, by broadcast through the BBMD and by asking one of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from bacpypes3.apdu import (
    IAmRequest,
    IHaveRequest,
    TimeSynchronizationRequest,
    UTCTimeSynchronizationRequest,
    WhoHasRequest,
    WhoIsRequest,
)
from bacpypes3.basetypes import DateTime, WhoHasLimits, WhoHasObject
from bacpypes3.primitivedata import Date, ObjectIdentifier, Time

from emulators.ecy.bacnet_profile import BacnetProfile
from emulators.ecy.controller import ControllerSpec
from emulators.ecy.profile import Profile
from emulators.ecy.server import EcyServer
from tests.emulators.ecy.bacnet.client import BacnetClient, bacnet_bench
from tests.emulators.ecy.client import PASSWORD, SOME_OBJECTS, USER

HOST_NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@contextmanager
def eight() -> Iterator[tuple[EcyServer, BacnetClient]]:
    """Controllers of a whole building, and a client that reaches them by broadcast."""
    specs = [ControllerSpec(name, objects=SOME_OBJECTS, instance=at) for at, name in enumerate("abcdefgh", start=1)]
    with (
        EcyServer(specs, username=USER, password=PASSWORD, bacnet_port=0) as server,
        BacnetClient(server.bacnet_addresses["a"], server.bacnet_broadcast_address) as client,
    ):
        yield server, client


def test_a_broadcast_finds_every_controller_at_its_own_address() -> None:
    with eight() as (server, client):
        client.tell(WhoIsRequest(), everybody=True)
        found = {str(one.pduSource): one.iAmDeviceIdentifier[1] for one in client.heard(IAmRequest, 8)}
        addresses = server.bacnet_addresses.values()
        assert found == {address: number for number, address in enumerate(addresses, start=1)}


def test_two_clients_of_the_bbmd_hear_each_other() -> None:
    with eight() as (server, _), BacnetClient("127.0.0.1:1", server.bacnet_broadcast_address) as other:
        who_is = WhoIsRequest(deviceInstanceRangeLowLimit=599001, deviceInstanceRangeHighLimit=599001)
        other.tell(who_is, everybody=True)
        [answer] = other.heard(IAmRequest, 1)
        assert answer.iAmDeviceIdentifier[1] == 599001


def test_only_the_devices_in_the_range_answer() -> None:
    with eight() as (_, client):
        client.tell(WhoIsRequest(deviceInstanceRangeLowLimit=3, deviceInstanceRangeHighLimit=4), everybody=True)
        client.tell(WhoIsRequest(deviceInstanceRangeLowLimit=7, deviceInstanceRangeHighLimit=7), everybody=True)
        assert sorted(one.iAmDeviceIdentifier[1] for one in client.heard(IAmRequest, 3)) == [3, 4, 7]


def test_a_controller_that_is_asked_alone_answers_alone() -> None:
    with bacnet_bench(Profile(bacnet=BacnetProfile(segmentation=False, max_apdu=480))) as bench:
        bench.client.tell(WhoIsRequest())
        [answer] = bench.client.heard(IAmRequest, 1)
        assert answer.iAmDeviceIdentifier == ObjectIdentifier("device,1")
        assert answer.vendorID == 364
        assert answer.maxAPDULengthAccepted == 480
        assert str(answer.segmentationSupported) == "no-segmentation"


@pytest.mark.parametrize(
    ("wanted", "identifier", "name"),
    [
        (WhoHasObject(objectName="Setpoint"), "analog-value,3", "Setpoint"),
        (WhoHasObject(objectIdentifier=ObjectIdentifier("binary-output,1")), "binary-output,1", "Fan start"),
        (WhoHasObject(objectName="AHU"), "device,1", "AHU"),
        (WhoHasObject(objectIdentifier=ObjectIdentifier("device,1")), "device,1", "AHU"),
    ],
)
def test_who_has_is_answered_by_name_and_by_identifier(wanted: WhoHasObject, identifier: str, name: str) -> None:
    with bacnet_bench() as bench:
        bench.client.tell(WhoHasRequest(object=wanted))
        [answer] = bench.client.heard(IHaveRequest, 1)
        assert (str(answer.objectIdentifier), answer.objectName) == (identifier, name)
        assert answer.deviceIdentifier == ObjectIdentifier("device,1")


def test_what_a_controller_does_not_have_it_does_not_claim() -> None:
    with bacnet_bench() as bench:
        for wanted in (
            WhoHasObject(objectName="Nothing"),
            WhoHasObject(objectIdentifier=ObjectIdentifier("analog-value,99")),
            WhoHasObject(objectIdentifier=ObjectIdentifier("trend-log,1")),
        ):
            bench.client.tell(WhoHasRequest(object=wanted))
        limits = WhoHasLimits(deviceInstanceRangeLowLimit=2, deviceInstanceRangeHighLimit=9)
        bench.client.tell(WhoHasRequest(limits=limits, object=WhoHasObject(objectName="Setpoint")))
        bench.client.tell(WhoHasRequest(object=WhoHasObject(objectName="Valve")))
        assert [one.objectName for one in bench.client.heard(IHaveRequest, 1)] == ["Valve"]


def test_an_object_that_is_added_later_is_found() -> None:
    with bacnet_bench() as bench:
        bench.controller.objects.delete(bench.controller.objects.find("Valve"))
        bench.controller.objects.add(SOME_OBJECTS[2].__class__("AnalogOutput", "Damper", "percent"))
        bench.client.tell(WhoHasRequest(object=WhoHasObject(objectName="Damper")))
        [answer] = bench.client.heard(IHaveRequest, 1)
        assert bench.client.read(str(answer.objectIdentifier), "object-name") == "Damper"
        assert bench.client.read("device,1", "database-revision") == 3


def _stamp(moment: datetime) -> DateTime:
    return DateTime(date=Date(moment.date()), time=Time(moment.time()))


def test_a_controller_without_ntp_follows_the_time_that_is_sent() -> None:
    spec = {"ntp_enabled": False, "time_zone": "America/Chicago"}
    with bacnet_bench(spec=spec, now=lambda: HOST_NOW, monotonic=lambda: 0.0) as bench:
        bench.client.tell(TimeSynchronizationRequest(time=_stamp(datetime(2023, 7, 6, 5, 30, 0, 250_000))))
        assert str(bench.client.read("device,1", "local-time")) == "05:30:00.25"
        assert str(bench.client.read("device,1", "local-date")) == "2023-7-6 thu"
        bench.client.tell(UTCTimeSynchronizationRequest(time=_stamp(datetime(2023, 7, 6, 12, 0))))
        assert str(bench.client.read("device,1", "local-time")) == "07:00:00.00"


@pytest.mark.parametrize(
    ("profile", "spec", "stamp"),
    [
        (Profile(), {"ntp_enabled": True}, _stamp(datetime(2023, 7, 6, 5, 30))),
        (Profile(bacnet=BacnetProfile(time_synchronization="ignored")), {}, _stamp(datetime(2023, 7, 6, 5, 30))),
        (Profile(), {}, DateTime(date=Date((255, 255, 255, 255)), time=Time((5, 30, 0, 0)))),
        (Profile(), {}, DateTime(date=Date((123, 2, 30, 255)), time=Time((5, 30, 0, 0)))),
    ],
    ids=["under NTP", "by profile", "an open date", "no such day"],
)
def test_a_time_that_cannot_be_followed_changes_nothing(
    profile: Profile, spec: dict[str, object], stamp: DateTime
) -> None:
    alone = {"ntp_enabled": False, **spec}
    with bacnet_bench(profile, spec=alone, now=lambda: HOST_NOW, monotonic=lambda: 0.0) as bench:
        bench.client.tell(TimeSynchronizationRequest(time=stamp))
        assert str(bench.client.read("device,1", "local-time")) == "12:00:00.00"
