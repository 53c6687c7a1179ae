"""UDP on loopback: a socket of its own for each controller, and a BBMD that carries broadcasts between them.

The sockets are bound before the loop starts and shared with nobody, so that a taken port is an ordinary ``OSError``:
BACpypes3 by itself would share the port with whoever has it, and each would get some of the other's packets.
"""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Awaitable, Callable, Sequence

from bacpypes3.comm import Client, bind
from bacpypes3.ipv4 import IPv4DatagramServer
from bacpypes3.ipv4.bvll import (
    LPCI,
    LPDU,
    BVLLCodec,
    DistributeBroadcastToNetwork,
    ForwardedNPDU,
    OriginalBroadcastNPDU,
    OriginalUnicastNPDU,
    ReadBroadcastDistributionTableAck,
    ReadForeignDeviceTableAck,
    Result,
    pdu_types,
)
from bacpypes3.ipv4.service import BIPBBMD, BIPNormal
from bacpypes3.npdu import NPDU
from bacpypes3.pdu import PDU, IPv4Address

from emulators.ecy.bacnet.wire.requests import MALFORMED

Passes = Callable[[bool], Awaitable[bool]]
"""Asked for every packet with whether it goes out; false loses it."""


def bind_udp(host: str, port: int) -> socket.socket:
    """A UDP socket that nobody else can share. Port 0 takes a free one. Raises OSError."""
    bound = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        exclusive = getattr(socket, "SO_EXCLUSIVEADDRUSE", None)  # Windows would share the port by default
        if exclusive is not None:
            bound.setsockopt(socket.SOL_SOCKET, exclusive, 1)
        bound.setblocking(False)
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        raise OSError(error.errno, f"UDP port {port} of {host}: {error.strerror}") from error
    except OverflowError as error:
        bound.close()
        raise OSError(errno.EINVAL, f"there is no port {port}") from error
    return bound


def address_of(bound: socket.socket) -> IPv4Address:
    """Where the socket listens, as an address without a broadcast address."""
    host, port = bound.getsockname()
    return IPv4Address(f"{host}/32:{port}")


class Datagrams(IPv4DatagramServer):  # type: ignore[misc]
    """Packets of one socket, as far as ``passes`` lets them through."""

    def __init__(self, bound: socket.socket, passes: Passes) -> None:
        super().__init__(address_of(bound), no_broadcast=True, bind_socket=bound)
        self._passes = passes

    async def ready(self) -> None:
        """Wait until packets are received."""
        await asyncio.gather(*self._transport_tasks)

    async def confirmation(self, pdu: PDU) -> None:
        """A packet has come."""
        if await self._passes(False):
            await super().confirmation(pdu)

    async def indication(self, pdu: PDU) -> None:
        """A packet is to go out."""
        if await self._passes(True):
            await super().indication(pdu)


class BacnetLink(BIPNormal):  # type: ignore[misc]
    """BACnet/IP of a controller."""

    def __init__(self, bound: socket.socket, passes: Passes) -> None:
        super().__init__()
        self.address = address_of(bound)
        self.datagrams = Datagrams(bound, passes)
        bind(self, _Frames(), self.datagrams)


class RouterLink(BIPNormal):  # type: ignore[misc]
    """BACnet/IP of a router, which hears what routers tell each other, and what is for others."""

    def __init__(self, bound: socket.socket) -> None:
        super().__init__()
        self.address = address_of(bound)
        self.datagrams = Datagrams(bound, _always)
        bind(self, _Frames(for_devices_alone=False), self.datagrams)


class BroadcastLink(BIPBBMD):  # type: ignore[misc]
    """A BBMD without a device of its own: it hands broadcasts of foreign devices to the controllers and each other."""

    def __init__(self, bound: socket.socket, controllers: Sequence[IPv4Address]) -> None:
        super().__init__(address_of(bound))
        self.datagrams = Datagrams(bound, _always)
        bind(self, _Frames(for_devices_alone=False), self.datagrams)
        bind(_Sink(), self)
        for address in controllers:
            self.add_peer(address)

    def close(self) -> None:
        """Stop counting down registrations."""
        self._fdt_clock_handle.cancel()


class _Sink(Client):  # type: ignore[misc]
    """Stands for the device that a BBMD usually has: without one, BACpypes3's forgets the other foreign devices."""

    async def confirmation(self, pdu: PDU) -> None:
        """Nobody is here to be told."""


async def _always(outgoing: bool) -> bool:
    return True


class _Frames(BVLLCodec):  # type: ignore[misc]
    """Packets that are BACnet/IP and that somebody here can do something with; the others are lost."""

    def __init__(self, *, for_devices_alone: bool = True) -> None:
        super().__init__()
        self._for_devices_alone = for_devices_alone

    async def confirmation(self, pdu: PDU) -> None:
        """A packet has come."""
        try:
            header = LPCI.decode(pdu)
            lpdu = pdu_types[header.bvlciFunction].decode(pdu)
            LPCI.update(lpdu, header)
            if isinstance(lpdu, _UNASKED) or (isinstance(lpdu, _WITH_NPDU) and not self._takes(lpdu)):
                return
        except MALFORMED:
            return
        await self.response(lpdu)

    def _takes(self, lpdu: LPDU) -> bool:
        """What routers tell each other, or let through, is for no application."""
        npdu = NPDU.decode(PDU(bytes(lpdu.pduData)))
        is_for_a_device = npdu.npduNetMessage is None and (npdu.npduDADR is None or npdu.npduDADR.is_globalbroadcast)
        return bool(is_for_a_device) or not self._for_devices_alone


_UNASKED = (Result, ReadBroadcastDistributionTableAck, ReadForeignDeviceTableAck)
"""Answers to what no device or BBMD of ours has asked."""
_WITH_NPDU = (OriginalUnicastNPDU, OriginalBroadcastNPDU, ForwardedNPDU, DistributeBroadcastToNetwork)
