"""The short way for requests in octets: from our own UDP port straight to a device on the same IP network, and back.

What is no answer to one of them goes on to BACpypes3, which has the port. ASHRAE 135, annex J, clauses 6.2 and 20.1.
"""

from __future__ import annotations

import asyncio
from typing import TypeAlias

from bacpypes3.apdu import APDU, AbortPDU, AbortReason
from bacpypes3.pdu import PDU, Address, IPv4Address

from clients.bacnet.errors import UNREADABLE
from clients.bacnet.octets.answers import in_words
from clients.bacnet.octets.services import READ_MULTIPLE, OctetsRequest
from clients.bacnet.results import Untyped

Peer: TypeAlias = tuple[str, int]

_BACNET_IP, _UNICAST = 0x81, 0x0A
_VERSION, _EXPECTING_REPLY = 0x01, 0x04
_NETWORK_OR_ADDRESSES = 0xA8
"""Bits of the network layer's control octet: a message of its own, or addresses behind a router."""
_REQUEST = 0x00
_CODE_OF_1024 = 0x04
"""How long an answer may be, which comes in one piece (clause 20.1.2.5; :data:`MAX_APDU`)."""
_APDU, _HEADER = 6, 4
_SEGMENTED, _FROM_SERVER = 0x08, 0x01
_SIMPLE_ACK, _COMPLEX_ACK, _ABORT = 2, 3, 7
_ANSWERS = frozenset({_SIMPLE_ACK, _COMPLEX_ACK, 5, 6, _ABORT})
"""With errors and rejects."""


class LaneCall:
    """One request on its way. ``answer`` becomes its octets (none for a simple acknowledgement), or a refusal."""

    def __init__(self, lane: Lane, peer: Peer, number: int, request: OctetsRequest) -> None:
        self._lane = lane
        self._peer = peer
        self._number = number
        self.service = int(request.apduService)
        self.answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._packet = _packet(number, request)

    @property
    def is_waiting(self) -> bool:
        """Whether nothing has been heard yet."""
        return not self.answer.done()

    def send(self) -> None:
        """Send it, for the first time or once more."""
        self._lane.transport.sendto(self._packet, self._peer)

    def give_up(self) -> None:
        """End it as a device would that sees that it cannot answer."""
        if self.is_waiting:
            self.answer.set_exception(AbortPDU(False, self._number, AbortReason.noResponse))

    def close(self) -> None:
        """Nothing that comes for it is of interest any more."""
        self._lane.calls.pop((self._peer, self._number), None)

    def hear(self, apdu: bytes) -> None:
        """Take an answer."""
        if not self.is_waiting:
            return
        kind = apdu[0] >> 4
        if kind in (_SIMPLE_ACK, _COMPLEX_ACK):
            if self._fits(kind, apdu):
                self.answer.set_result(apdu[3:])
                return
            refusal: Untyped = AbortPDU(True, self._number, AbortReason.invalidApduInThisState)
        else:
            refusal = _refusal(apdu)
        self.answer.set_exception(refusal)

    def _fits(self, kind: int, apdu: bytes) -> bool:
        """Whether this may answer what was asked, in one piece as was asked."""
        has_content = self.service == READ_MULTIPLE
        return (kind == _COMPLEX_ACK) is has_content and not apdu[0] & _SEGMENTED and apdu[2] == self.service


class Lane(asyncio.DatagramProtocol):
    """The way over one UDP port, in front of whoever has had it. Used inside the loop only."""

    def __init__(self, transport: Untyped) -> None:
        self.transport = transport
        self._next: asyncio.DatagramProtocol = transport.get_protocol()
        self.calls: dict[tuple[Peer, int], LaneCall] = {}
        transport.set_protocol(self)

    def leads_to(self, address: Address) -> bool:
        """Whether a device is where datagrams reach it without a router."""
        return isinstance(address, IPv4Address) and address.addrNet is None

    def begin(self, address: IPv4Address, number: int, request: OctetsRequest) -> LaneCall:
        """Send a request under this number, which must be free. The caller closes it."""
        call = self.calls[address.addrTuple, number] = LaneCall(self, address.addrTuple, number, request)
        call.send()
        return call

    def datagram_received(self, data: bytes, addr: Peer) -> None:
        """An answer to a request of ours, or anything else."""
        apdu = _answer_in(data)
        call = None if apdu is None else self.calls.get((addr, apdu[1]))
        if call is None or apdu is None:
            self._next.datagram_received(data, addr)
        else:
            call.hear(apdu)

    def error_received(self, exc: Exception) -> None:
        """A datagram could not be delivered: nobody is told, it is repeated."""
        self._next.error_received(exc)

    def connection_lost(self, exc: Exception | None) -> None:
        """The port is closed."""
        self._next.connection_lost(exc)


def _packet(number: int, request: OctetsRequest) -> bytes:
    content = request.octets
    length = _APDU + _HEADER + len(content)
    head = bytes((_BACNET_IP, _UNICAST, length >> 8, length & 0xFF, _VERSION, _EXPECTING_REPLY))
    return head + bytes((_REQUEST, _CODE_OF_1024, number, int(request.apduService))) + content


def _answer_in(data: bytes) -> bytes | None:
    """The APDU of a datagram that may answer a request; None for all others."""
    if len(data) < _APDU + 3 or data[0] != _BACNET_IP or data[1] != _UNICAST or data[4] != _VERSION:
        return None
    if int.from_bytes(data[2:4]) != len(data) or data[5] & _NETWORK_OR_ADDRESSES:
        return None
    kind = data[_APDU] >> 4
    is_from_server = kind != _ABORT or data[_APDU] & _FROM_SERVER
    return data[_APDU:] if kind in _ANSWERS and is_from_server else None


def _refusal(apdu: bytes) -> Untyped:
    """An error, a reject or an abort in BACpypes3's classes; they are rare."""
    try:
        return in_words(APDU.decode(PDU(apdu)))
    except UNREADABLE:
        return AbortPDU(True, apdu[1], AbortReason.other)
