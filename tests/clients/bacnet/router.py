"""A BACnet router on loopback with stations on a virtual network behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from bacpypes3.app import Application
from bacpypes3.basetypes import IPMode
from bacpypes3.local.device import DeviceObject
from bacpypes3.local.networkport import NetworkPortObject
from bacpypes3.vlan import VirtualNetwork

from clients.bacnet.results import Untyped
from tests.clients.bacnet.server import FaultyDevice, Loop, Server, Traffic, ready, some_objects
from tests.ports import free_port

_OUTER = 1


@contextmanager
def router(network: int, stations: Sequence[int]) -> Iterator[Server]:
    """Serve stations ``network:station``, each with instance 100 * network + station. The router is a BBMD too.

    Its ``application.stations`` are theirs, by station; they share a wire.
    """
    with Loop() as loop:
        port = free_port()
        wire = f"vlan {port}"
        application = loop.do(lambda: _build(port, wire, network, stations))
        link = next(iter(application.link_layers.values()))
        try:
            loop.wait(ready(link))
            yield Server(loop, application, f"127.0.0.1:{port}")
        finally:
            loop.do(application.close)


def _build(port: int, wire: str, network: int, stations: Sequence[int]) -> Untyped:
    VirtualNetwork(wire)
    outer = NetworkPortObject(
        f"127.0.0.1/24:{port}",
        objectIdentifier=("network-port", 1),
        objectName="outer",
        networkNumber=_OUTER,
        networkNumberQuality="configured",
    )
    outer.bacnetIPMode = IPMode.bbmd
    outer.bbmdAcceptFDRegistrations = True
    outer.bbmdForeignDeviceTable = []
    outer.bbmdBroadcastDistributionTable = []
    owner = DeviceObject(objectIdentifier=("device", 100 * network + 1), objectName="router", vendorIdentifier=999)
    application: Untyped = Application.from_object_list([owner, outer, _port(2, "inner", wire, network, 1)])
    application.stations = {}
    traffic = Traffic()
    for number in stations:
        instance = 100 * network + number
        device = DeviceObject(
            objectIdentifier=("device", instance), objectName=f"device {instance}", vendorIdentifier=999
        )
        station: Untyped = FaultyDevice.from_object_list([device, _port(1, "port", wire, network, number)])
        station.prepare(traffic)
        application.stations[number] = station
        for item in some_objects():
            station.add_object(item)
    return application


def _port(number: int, name: str, wire: str, network: int, station: int) -> NetworkPortObject:
    return NetworkPortObject(
        networkType="virtual",
        protocolLevel="bacnet-application",
        macAddress=bytes([station]),
        objectIdentifier=("network-port", number),
        objectName=name,
        networkInterfaceName=wire,
        networkNumber=network,
        networkNumberQuality="configured",
    )
