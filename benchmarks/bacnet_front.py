"""Devices that cost nothing before emulated controllers: ``python -m benchmarks.bacnet_front LATENCY ADDRESS...``.

What they answer is what the controllers answer, who get everything in the same order; but a write of many is
acknowledged beforehand, and a short read that has been answered before is answered so again. So the controllers' work
is done beside a step, and not in its way.
"""

from __future__ import annotations

import asyncio
import sys
from typing import TypeAlias

from benchmarks.bacnet_peer import HOST, free_port

Peer: TypeAlias = tuple[str, int]

_APDU, _INVOKE_ID, _SERVICE, _CONTENT = 6, 8, 9, 10
"""Where they are in a request behind BACnet/IP and a network layer without addresses (annex J, clauses 6 and 20.1)."""
_ANSWERED_ID = _APDU + 1
_CONFIRMED, _SIMPLE_ACK, _COMPLEX_ACK = 0x00, 0x20, 0x30
_READ_MULTIPLE, _WRITE_MULTIPLE = 14, 16
_SHORT = 24
"""Octets of a read of one output, which nobody changes here."""


class Front(asyncio.DatagramProtocol):
    """One device, half of the latency away in either direction."""

    def __init__(self, target: Peer, latency_s: float) -> None:
        self._target = target
        self._latency_s = latency_s
        self._near: asyncio.DatagramTransport
        self._client: Peer
        self._asked: dict[int, tuple[float, bytes]] = {}
        self._known: dict[bytes, bytes] = {}

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        """The socket is open: it is both sides'."""
        self._near = transport

    def datagram_received(self, data: bytes, addr: Peer) -> None:
        """A request, or an answer to one."""
        if addr == self._target:
            self._told(data)
        elif data[_APDU] >> 4 == _CONFIRMED:
            self._client = addr
            self._ask(data)

    def _ask(self, data: bytes) -> None:
        now_s = asyncio.get_running_loop().time()
        invoke_id, service, content = data[_INVOKE_ID], data[_SERVICE], data[_CONTENT:]
        known = self._known.get(content) if service == _READ_MULTIPLE else None
        if known is not None:
            self._answer(known[:_ANSWERED_ID] + bytes([invoke_id]) + known[_ANSWERED_ID + 1 :], now_s)
            return
        if service == _WRITE_MULTIPLE:
            self._answer(b"\x81\x0a\0\x09\x01\0" + bytes([_SIMPLE_ACK, invoke_id, service]), now_s)
        self._asked[invoke_id] = now_s, content
        self._near.sendto(data, self._target)

    def _told(self, data: bytes) -> None:
        sent_s, content = self._asked.pop(data[_ANSWERED_ID], (0.0, b""))
        kind, service = data[_APDU], data[_APDU + 2]
        if kind == _SIMPLE_ACK and service == _WRITE_MULTIPLE:
            return  # told already
        if service == _WRITE_MULTIPLE:
            raise SystemExit("a write that was acknowledged has been refused: this measurement is void")
        if kind == _COMPLEX_ACK and service == _READ_MULTIPLE and len(content) < _SHORT:
            self._known[content] = data
        self._answer(data, sent_s)

    def _answer(self, data: bytes, asked_s: float) -> None:
        loop = asyncio.get_running_loop()
        loop.call_at(max(asked_s + self._latency_s, loop.time()), self._near.sendto, data, self._client)


async def serve(latency_s: float, targets: list[str]) -> None:
    """One front for each address, until standard input closes."""
    loop = asyncio.get_running_loop()
    for target in targets:
        host, _, port = target.rpartition(":")
        peer, own = (host, int(port)), free_port()
        await loop.create_datagram_endpoint(lambda peer=peer: Front(peer, latency_s), local_addr=(HOST, own))  # type: ignore[misc]
        print(f"FRONT {HOST}:{own}", flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(float(sys.argv[1]), sys.argv[2:]))
