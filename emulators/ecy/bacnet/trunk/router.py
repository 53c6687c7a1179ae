"""A router between BACnet/IP and a line: it finds the way, and adds who it was (ASHRAE 135, clauses 6.2 to 6.5).

It has no device of its own. BACpypes3 encodes and decodes; what is done with a packet is ours.
"""

from __future__ import annotations

from bacpypes3.comm import Client, bind
from bacpypes3.npdu import (
    NPDU,
    IAmRouterToNetwork,
    InitializeRoutingTable,
    InitializeRoutingTableAck,
    NetworkNumberIs,
    RejectMessageToNetwork,
    RoutingTableEntry,
    WhatIsNetworkNumber,
    WhoIsRouterToNetwork,
    npdu_types,
)
from bacpypes3.pdu import PDU, Address, IPv4Address, RemoteStation

from emulators.ecy.bacnet.link import RouterLink
from emulators.ecy.bacnet.trunk.token_line import LONGEST_NPDU, LineFrame, TokenLine
from emulators.ecy.bacnet.wire.requests import MALFORMED

IP_NETWORK = 1
"""The number of the BACnet/IP network, as far as the router tells it."""
ROUTER_STATION = 0
"""The router's own place on the line."""
_CONFIGURED = 1
_NO_ROUTE, _UNKNOWN_MESSAGE, _TOO_LONG = 1, 3, 4
"""Reasons to reject a message (clause 6.4.4)."""
_FIRST_VENDORS_MESSAGE = 0x80
_IP_OCTETS = 6


class TrunkRouter(Client):  # type: ignore[misc]
    """Between one BACnet/IP link and one line, whose network has the number ``network``."""

    def __init__(self, link: RouterLink, network: int, line: TokenLine) -> None:
        super().__init__()
        self.rejected = 0
        """Messages that it has refused to pass on."""
        self._network = network
        self._line = line
        bind(self, link)
        line.attach(ROUTER_STATION, self._hear_line)

    async def confirmation(self, pdu: PDU) -> None:
        """A packet from BACnet/IP; nobody is told of one that is none."""
        try:
            npdu = NPDU.decode(pdu)
        except MALFORMED:
            return
        npdu.pduSource = pdu.pduSource
        if npdu.npduDADR is not None:
            await self._pass_on(npdu)
        elif npdu.npduNetMessage is not None:
            await self._answer(npdu)

    async def _pass_on(self, npdu: NPDU) -> None:
        """To the line, with where it comes from. A broadcast to all goes on as such."""
        target: Address = npdu.npduDADR
        if npdu.npduSADR is not None and npdu.npduSADR.addrNet in (self._network, IP_NETWORK):
            return  # nobody there speaks from that network
        if not target.is_globalbroadcast and target.addrNet != self._network:
            if target.addrNet != IP_NETWORK:
                await self._reject(npdu.pduSource, _NO_ROUTE, target.addrNet)
            return
        if npdu.npduHopCount <= 1:
            return
        onward = _copy(npdu)
        onward.npduSADR = npdu.npduSADR or RemoteStation(IP_NETWORK, npdu.pduSource.addrAddr)
        if target.is_globalbroadcast:
            onward.npduDADR, onward.npduHopCount = target, npdu.npduHopCount - 1
        await self._say_on_line(npdu, target, bytes(onward.encode().pduData))

    async def _say_on_line(self, npdu: NPDU, target: Address, octets: bytes) -> None:
        if len(octets) > LONGEST_NPDU:
            await self._reject(npdu.pduSource, _TOO_LONG, self._network)
        elif not target.is_remotestation:
            self._line.say(LineFrame(ROUTER_STATION, None, octets))
        elif len(target.addrAddr) == 1:
            self._line.say(LineFrame(ROUTER_STATION, target.addrAddr[0], octets))

    async def _answer(self, npdu: NPDU) -> None:
        """What the network layer is asked. Nobody here is told what other routers say of themselves."""
        kind = npdu_types.get(npdu.npduNetMessage)
        try:
            message = None if kind is None else kind.decode(npdu)
        except MALFORMED:
            return
        if kind is None:
            await self._reject(npdu.pduSource, _UNKNOWN_MESSAGE, IP_NETWORK)
        elif isinstance(message, WhoIsRouterToNetwork):
            if message.wirtnNetwork in (None, self._network):
                await self._send(IAmRouterToNetwork([self._network]), npdu.pduSource)
        elif isinstance(message, WhatIsNetworkNumber):
            await self._send(NetworkNumberIs(IP_NETWORK, _CONFIGURED), npdu.pduSource)
        elif isinstance(message, InitializeRoutingTable) and not message.irtTable:
            await self._send(InitializeRoutingTableAck(self._table()), npdu.pduSource)

    def _table(self) -> list[RoutingTableEntry]:
        return [RoutingTableEntry(network, port, b"") for port, network in enumerate((IP_NETWORK, self._network), 1)]

    async def _hear_line(self, frame: LineFrame) -> None:
        """A station answers somebody on BACnet/IP. Its broadcasts reach nobody: there is no broadcast on loopback."""
        try:
            npdu = NPDU.decode(PDU(frame.npdu))
        except MALFORMED:
            return
        target = npdu.npduDADR
        if target is None or (target.addrNet, target.addrLen) != (IP_NETWORK, _IP_OCTETS):
            return
        onward = _copy(npdu)
        onward.npduSADR = RemoteStation(self._network, bytes([frame.source]))
        await self._send(onward, IPv4Address(bytes(target.addrAddr)))

    async def _reject(self, to: Address, reason: int, network: int) -> None:
        self.rejected += 1
        await self._send(RejectMessageToNetwork(reason, network), to)

    async def _send(self, npdu: NPDU, to: Address) -> None:
        packet = npdu.encode()
        await self.request(PDU(bytes(packet.pduData), destination=to))


def _copy(npdu: NPDU) -> NPDU:
    """The same message without its way."""
    onward = NPDU(bytes(npdu.pduData))
    onward.pduExpectingReply, onward.pduNetworkPriority = npdu.pduExpectingReply, npdu.pduNetworkPriority
    onward.npduNetMessage = npdu.npduNetMessage
    if npdu.npduNetMessage is not None and npdu.npduNetMessage >= _FIRST_VENDORS_MESSAGE:
        onward.npduVendorID = npdu.npduVendorID
    return onward
