"""A line on which one station speaks at a time, as MS/TP has it (ASHRAE 135, clause 9), and a controller's place on it.

What it costs is reckoned, not measured: octets of ten bits, the frame's own, and those that pass the token on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bacpypes3.comm import Server
from bacpypes3.pdu import PDU, Address, LocalBroadcast, LocalStation

from emulators.ecy.bacnet.link import Passes

LONGEST_NPDU = 501
"""Octets that one frame carries (clause 9.1)."""
_PER_FRAME = 10
"""Preamble, type, both addresses, length and header CRC; and the CRC of the data (clause 9.3)."""
_PER_TOKEN = 8
"""To pass the token on to whoever speaks next."""
_BITS_PER_OCTET = 10
_MASTERS = range(128)

Wait = Callable[[float], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class LineFrame:
    """What one station says to another; to all of them without ``destination``."""

    source: int
    destination: int | None
    npdu: bytes


Hears = Callable[[LineFrame], Awaitable[None]]


class TokenLine:
    """Frames one after the other, each as long as its octets take. To be made and closed inside the loop."""

    def __init__(self, bits_per_s: float, wait: Wait = asyncio.sleep) -> None:
        self.busy_s = 0.0
        """For how long the line has been spoken on, reckoned."""
        self._octet_s = _BITS_PER_OCTET / bits_per_s
        self._wait = wait
        self._stations: dict[int, Hears] = {}
        self._waiting: asyncio.Queue[LineFrame] = asyncio.Queue()
        self._task = asyncio.get_running_loop().create_task(self._carry())

    def attach(self, station: int, hears: Hears) -> None:
        """Give a station its place. Raises ValueError for one that is taken, and for a number that no master has."""
        if station in self._stations or station not in _MASTERS:
            raise ValueError(f"station {station} has no place on the line")
        self._stations[station] = hears

    def say(self, frame: LineFrame) -> None:
        """Speak when it is the frame's turn."""
        self._waiting.put_nowait(frame)

    def close(self) -> None:
        """Nobody speaks any more."""
        self._task.cancel()

    def seconds(self, octets: int) -> float:
        """How long a frame of so many octets takes, with the token before it."""
        return (octets + _PER_FRAME + _PER_TOKEN) * self._octet_s

    async def _carry(self) -> None:
        while True:
            frame = await self._waiting.get()
            taken_s = self.seconds(len(frame.npdu))
            self.busy_s += taken_s
            await self._wait(taken_s)
            for station, hears in self._stations.items():
                if station != frame.source and frame.destination in (None, station):
                    await hears(frame)


class StationLink(Server):  # type: ignore[misc]
    """A controller's place on the line; as far as ``passes`` lets packets through, as on BACnet/IP."""

    def __init__(self, line: TokenLine, station: int, passes: Passes) -> None:
        super().__init__()
        self.address = LocalStation(bytes([station]))
        self._line = line
        self._station = station
        self._passes = passes
        self._at_work: set[asyncio.Task[None]] = set()
        line.attach(station, self._hear)

    async def indication(self, pdu: PDU) -> None:
        """A packet is to go out."""
        if await self._passes(True):
            self._line.say(LineFrame(self._station, _station_of(pdu.pduDestination), bytes(pdu.pduData)))

    async def _hear(self, frame: LineFrame) -> None:
        """A packet has come. What the controller makes of it holds up nobody else on the line."""
        task = asyncio.get_running_loop().create_task(self._take_in(frame))
        self._at_work.add(task)
        task.add_done_callback(self._at_work.discard)

    async def _take_in(self, frame: LineFrame) -> None:
        if await self._passes(False):
            destination = LocalBroadcast() if frame.destination is None else self.address
            source = LocalStation(bytes([frame.source]))
            await self.response(PDU(frame.npdu, source=source, destination=destination))


def _station_of(address: Address) -> int | None:
    return None if address.is_localbroadcast else int(address.addrAddr[0])
