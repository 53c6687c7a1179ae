"""A plain BACpypes3 device in a process of its own: ``python -m benchmarks.bacnet_peer INPUTS LATENCY [OUTPUTS]``.

It is near at one port, and far at another.
"""

from __future__ import annotations

import asyncio
import socket
import sys
from functools import partial

from bacpypes3.app import Application
from bacpypes3.local.analog import AnalogInputObject, AnalogOutputObject
from bacpypes3.local.device import DeviceObject
from bacpypes3.local.networkport import NetworkPortObject

from clients.bacnet.results import Untyped

HOST = "127.0.0.1"
_VENDOR = 999

Peer = tuple[str, int]


class Delay(asyncio.DatagramProtocol):
    """Passes datagrams to the device and back, each after half of the latency."""

    def __init__(self, target: Peer, latency_s: float) -> None:
        self._target = target
        self._half_s = latency_s / 2
        self._upstream: dict[Peer, asyncio.DatagramTransport] = {}
        self._near: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: Untyped) -> None:
        """The side of the clients is open."""
        self._near = transport

    def datagram_received(self, data: bytes, addr: Peer) -> None:
        """A request: on to the device, from a port of this client's own."""
        asyncio.get_running_loop().call_later(self._half_s, self._pass_on, data, addr)

    def _pass_on(self, data: bytes, client: Peer) -> None:
        if client in self._upstream:
            self._upstream[client].sendto(data)
        else:
            self._opening = asyncio.ensure_future(self._open(data, client))

    async def _open(self, data: bytes, client: Peer) -> None:
        loop = asyncio.get_running_loop()
        back = partial(_Back, self, client)
        transport, _ = await loop.create_datagram_endpoint(back, remote_addr=self._target)
        self._upstream[client] = transport
        transport.sendto(data)

    def answer(self, data: bytes, client: Peer) -> None:
        """What the device has answered: back to the client."""
        if self._near is not None:
            asyncio.get_running_loop().call_later(self._half_s, self._near.sendto, data, client)


class _Back(asyncio.DatagramProtocol):
    def __init__(self, delay: Delay, client: Peer) -> None:
        self._delay = delay
        self._client = client

    def datagram_received(self, data: bytes, addr: Peer) -> None:
        self._delay.answer(data, self._client)


def free_port() -> int:
    """A UDP port that nobody has."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def plain_application(port: int, instance: int) -> Application:
    """BACpypes3 as it is. To be called inside a loop."""
    device = DeviceObject(
        objectIdentifier=("device", instance), objectName=f"plain {instance}", vendorIdentifier=_VENDOR
    )
    network = NetworkPortObject(f"{HOST}/24:{port}", objectIdentifier=("network-port", 1), objectName="port")
    return Application.from_object_list([device, network])


async def serve(count: int, latency_s: float, outputs: int = 0) -> None:
    """Serve so many inputs, and outputs, until standard input closes."""
    near = free_port()
    application = plain_application(near, 500)
    for number in range(1, count + 1):
        application.add_object(
            AnalogInputObject(
                objectIdentifier=("analog-input", number),
                objectName=f"Input {number}",
                presentValue=float(number),
                units="degreesCelsius",
            )
        )
    for number in range(1, outputs + 1):
        application.add_object(
            AnalogOutputObject(
                objectIdentifier=("analog-output", number),
                objectName=f"Output {number}",
                presentValue=float(number),
                units="percent",
            )
        )
    far = free_port()
    loop = asyncio.get_running_loop()
    await loop.create_datagram_endpoint(lambda: Delay((HOST, near), latency_s), local_addr=(HOST, far))
    print(f"NEAR {HOST}:{near}\nFAR {HOST}:{far}", flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), float(sys.argv[2]), *map(int, sys.argv[3:])))
