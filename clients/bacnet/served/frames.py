"""Packets on the wire: what is no BACnet/IP, or of no concern to a device that routes nothing, goes no further.

ASHRAE 135, annex J and clause 6.
"""

from __future__ import annotations

from bacpypes3.comm import bind
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
from bacpypes3.ipv4.link import NormalLinkLayer
from bacpypes3.netservice import NetworkAdapter, NetworkServiceElement, RouterInfoCache
from bacpypes3.npdu import NPDU, IAmRouterToNetwork, npdu_types
from bacpypes3.pdu import PDU, Address

from clients.bacnet.errors import UNREADABLE

_CARRIERS = (OriginalUnicastNPDU, OriginalBroadcastNPDU, ForwardedNPDU, DistributeBroadcastToNetwork)
_NEVER_ASKED = (ReadBroadcastDistributionTableAck, ReadForeignDeviceTableAck)
_NETWORK_NUMBER_IS = 0x13
_MOST_ROUTES = 1000


def sift(link: NormalLinkLayer) -> None:
    """Have a link drop what it could not understand. Before its first packet."""
    link.codec = _Sieve()
    bind(link, link.codec, link.server)


class _Sieve(BVLLCodec):  # type: ignore[misc]
    """BACpypes3 reports each of these packets as an error of its own, with a traceback."""

    async def confirmation(self, pdu: PDU) -> None:
        """A packet has come."""
        try:
            lpdu = _unpacked(pdu)
            is_wanted = self._is_wanted(lpdu)
        except UNREADABLE:
            return
        if is_wanted:
            await self.response(lpdu)

    async def indication(self, lpdu: LPDU) -> None:
        """A packet is to go out. On a network of one there is nobody to broadcast to; BACpypes3 takes it ill."""
        if self.clientPeer.broadcast_address is not None or not lpdu.pduDestination.is_localbroadcast:
            await super().indication(lpdu)

    def _is_wanted(self, lpdu: LPDU) -> bool:
        if isinstance(lpdu, Result):  # of our registration only
            return bool(lpdu.pduSource == getattr(self.serverPeer, "bbmdAddress", None))
        if isinstance(lpdu, _CARRIERS):
            return _is_for_us(lpdu)
        return not isinstance(lpdu, _NEVER_ASKED)


def _unpacked(pdu: PDU) -> LPDU:
    header = LPCI.decode(pdu)
    lpdu = pdu_types[header.bvlciFunction].decode(pdu)
    LPCI.update(lpdu, header)
    return lpdu


def _is_for_us(lpdu: LPDU) -> bool:
    """Whether the network layer has to do with it. Raises one of UNREADABLE when it cannot read it."""
    packet = NPDU.decode(PDU(bytes(lpdu.pduData)))
    if packet.npduDADR is not None and not packet.npduDADR.is_globalbroadcast:
        return False  # for another network, and we are no router
    if packet.npduNetMessage is None:
        return True
    if packet.npduNetMessage == _NETWORK_NUMBER_IS and isinstance(lpdu, OriginalUnicastNPDU):
        return False  # only a broadcast may tell the number of the network
    npdu_types[packet.npduNetMessage].decode(packet)
    return True


class Routes(RouterInfoCache):  # type: ignore[misc]
    """Which router leads where. Everybody may claim networks, so only so many are kept; they are learned anew."""

    async def update_path_info(self, snet: int | None, address: Address, dnets: set[int]) -> None:
        """A router has told of networks, or somebody from beyond it has written."""
        if len(self.path_info) + len(dnets) > _MOST_ROUTES:
            self.path_info.clear()
            self.router_dnets.clear()
        await super().update_path_info(snet, address, dnets)

    async def update_source_network(self, old_snet: int | None, new_snet: int | None) -> None:
        """Our own network has got a number."""
        self.path_info.clear()
        self.router_dnets.clear()


class NetworkElement(NetworkServiceElement):  # type: ignore[misc]
    """Asks for routers."""

    async def IAmRouterToNetwork(self, adapter: NetworkAdapter, npdu: IAmRouterToNetwork) -> None:  # noqa: N802 - BACpypes3 finds it by this name
        """A router has told of networks. Two of them may do so in the same moment, although one would be enough."""
        await self.elementService.update_router_references(adapter.adapterNet, npdu.pduSource, npdu.iartnNetworkList)
        for waiting in list(self.who_is_router_to_network_futures):
            if not waiting.future.done():
                waiting.match(adapter, npdu)
