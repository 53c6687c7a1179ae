"""What a step over BACnet takes beside the round trips that it has to wait for: ``python -m benchmarks.bacnet_steps``.

Emulated controllers do their work in another process, and with few cores that is as much in a step's way as our own. So
there are two measurements of everything: with them, and with devices in front of them that cost nothing.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias
from unittest import mock

from bacpypes3.pdu import IPv4Address
from rich.console import Console

from benchmarks.peers import POINTS_PER_CONTROLLER
from benchmarks.rows import Measured
from benchmarks.runs import peers, prepared
from bridge.run import Run
from clients.bacnet.octets.lane import Lane, LaneCall
from clients.bacnet.octets.services import (
    READ_MULTIPLE,
    WRITE_MULTIPLE,
    Key,
    OctetsRequest,
    OctetWrite,
    object_number,
    write_request,
)
from clients.boptest_client import BOPTestClient
from emulators.process import emulator_process
from utils.values import SimulationState

Peer: TypeAlias = tuple[str, int]

CONTROLLERS = 16
LATENCY_S = 0.04
STEPS, WARM = 60, 10
PACED_STEPS, SCALE = 10, 5.0
"""Steps of 5 simulated seconds, at this pace: one in a second."""
NO_CHANGE = 1e6
"""A deadband that no measurement leaves."""
_LOST_S = 5.0
_OUT_OF_SERVICE, _BOOLEAN = 81, 0x10


@dataclass
class StepTimes:
    """When the steps of a run began and how long their exchanges took, in s, and what was sent in them."""

    began_s: list[float] = field(default_factory=list)
    exchanges_s: list[float] = field(default_factory=list)
    own_cpu_s: list[float] = field(default_factory=list)
    sent: Counter[int] = field(default_factory=Counter)
    last: dict[Peer, dict[int, bytes]] = field(default_factory=dict)
    """The content of the last request of each service to each device."""

    @property
    def step_s(self) -> float:
        """The median of the steps that are not the first."""
        times = [after - before for before, after in zip(self.began_s, self.began_s[1:], strict=False)]
        return statistics.median(times[WARM:])

    @property
    def exchange_s(self) -> float:
        """The median time from the building's answer to the next question to it."""
        return statistics.median(self.exchanges_s[WARM:])

    @property
    def cpu_s(self) -> float:
        """Our own processor's time in a step, of all threads."""
        return (self.own_cpu_s[-1] - self.own_cpu_s[WARM]) / (len(self.own_cpu_s) - 1 - WARM)


def rows(folder: Path) -> Iterator[Measured]:
    """Round trips, requests and processor time of a step."""
    with peers(CONTROLLERS, LATENCY_S, "bacnet") as (building, controllers):
        yield from _pair(folder / "emulated", building, controllers, "emulated controllers")
        yield _paced(
            prepared(folder / "paced", building, controllers, PACED_STEPS, protocol="bacnet", time_scale=SCALE)
        )
    with peers(CONTROLLERS, 0.0, "bacnet") as (building, controllers), _in_front(controllers) as fronts:
        yield from _pair(folder / "front", building, fronts, "devices that cost nothing")


def _pair(folder: Path, building: str, controllers: Sequence[str], who: str) -> Iterator[Measured]:
    changing = steps_of(prepared(folder / "changing", building, controllers, STEPS, protocol="bacnet"))
    yield _trips(f"{who}, everything changes", changing, "<= 2.2")
    bare_s = asyncio.run(_bare_step_s(changing.last))
    yield Measured(
        f"{who}: step / bare loop of the same octets",
        f"{changing.step_s / bare_s:.2f}",
        "-",
        f"bare {bare_s * 1e3:.0f} ms ({bare_s / LATENCY_S:.2f} round trips): as much as this computer can do",
    )
    still = prepared(folder / "still", building, controllers, STEPS, protocol="bacnet", deadband=NO_CHANGE)
    yield _trips(f"{who}, nothing changes", steps_of(still), "<= 1.1")
    per_step = len(changing.exchanges_s) * CONTROLLERS
    counts = [f"{changing.sent[service] / per_step:.2f}" for service in (WRITE_MULTIPLE, READ_MULTIPLE)]
    yield Measured(
        f"{who}: WPM and RPM per controller and step", " and ".join(counts), "1 and 1", "with the looks at all"
    )


def _trips(what: str, steps: StepTimes, aim: str) -> Measured:
    alone = f"without the building's own time {steps.exchange_s * 1e3:.0f} ms ({steps.exchange_s / LATENCY_S:.2f})"
    cost = f"{steps.cpu_s / CONTROLLERS * 1e3:.2f} ms of our processor per controller"
    detail = f"{steps.step_s * 1e3:.0f} ms a step, {alone}; {cost}"
    return Measured(f"BACnet, {what}: round trips a step", f"{steps.step_s / LATENCY_S:.2f}", aim, detail)


def _paced(run: Run) -> Measured:
    summary = run.execute()
    detail = f"{summary.steps} steps in {summary.wall_s:.1f} s, writes at once and reads as late as they can be"
    return Measured("BACnet, paced at 1 s: steps that were late", str(summary.late_steps), "0", detail)


def steps_of(run: Run) -> StepTimes:
    """Execute a run and note its steps."""
    steps = StepTimes()
    advance, begin = BOPTestClient.advance_simulation, Lane.begin

    def advanced(client: BOPTestClient, inputs: Mapping[str, float]) -> SimulationState:
        began_s = time.perf_counter()
        if steps.began_s:
            steps.exchanges_s.append(began_s - answered_s[0])
        steps.began_s.append(began_s)
        steps.own_cpu_s.append(time.process_time())
        try:
            return advance(client, inputs)
        finally:
            answered_s[0] = time.perf_counter()

    def begun(lane: Lane, address: IPv4Address, number: int, request: OctetsRequest) -> LaneCall:
        if 0 < len(steps.began_s) < STEPS:
            steps.sent[int(request.apduService)] += 1
            steps.last.setdefault(address.addrTuple, {})[int(request.apduService)] = request.octets
        return begin(lane, address, number, request)

    answered_s = [0.0]
    noted = mock.patch.object(BOPTestClient, "advance_simulation", advanced)
    with noted, mock.patch.object(Lane, "begin", begun):
        run.execute()
    return steps


async def _bare_step_s(last: Mapping[Peer, Mapping[int, bytes]]) -> float:
    """The median of steps in which each device is sent its write, and when that is answered its read; no more."""
    loop = asyncio.get_running_loop()
    ways = [(*await loop.create_datagram_endpoint(_Answers, remote_addr=peer), last[peer]) for peer in last]
    await asyncio.gather(*(way[1].ask(way[0], WRITE_MULTIPLE, _service(taken=True)) for way in ways))

    async def step(transport: asyncio.DatagramTransport, answers: _Answers, requests: Mapping[int, bytes]) -> None:
        for service in (WRITE_MULTIPLE, READ_MULTIPLE):
            await answers.ask(transport, service, requests[service])

    times = []
    for _ in range(STEPS):
        began_s = time.perf_counter()
        await asyncio.gather(*(step(*way) for way in ways))
        times.append(time.perf_counter() - began_s)
    for transport, answers, _ in ways:
        await answers.ask(transport, WRITE_MULTIPLE, _service(taken=False))
        transport.close()
    return statistics.median(times[WARM:])


def _service(*, taken: bool) -> bytes:
    """The content of a write that takes all inputs out of service, or puts them back."""
    keys = (Key(object_number(0, n), _OUT_OF_SERVICE, None) for n in range(1, POINTS_PER_CONTROLLER + 1))
    return write_request(OctetWrite(key, bytes((_BOOLEAN | taken,)), None) for key in keys).octets


class _Answers(asyncio.DatagramProtocol):
    heard: asyncio.Future[None]

    async def ask(self, transport: asyncio.DatagramTransport, service: int, content: bytes) -> None:
        self.heard = asyncio.get_running_loop().create_future()
        transport.sendto(_packet(service, content))
        await asyncio.wait_for(self.heard, _LOST_S)

    def datagram_received(self, data: bytes, addr: Peer) -> None:
        if not self.heard.done():
            self.heard.set_result(None)


def _packet(service: int, content: bytes) -> bytes:
    """A request in its frames (ASHRAE 135, annex J, clauses 6 and 20.1)."""
    apdu = bytes((0x01, 0x04, 0x00, 0x04, 1, service)) + content
    return b"\x81\x0a" + (len(apdu) + 4).to_bytes(2) + apdu


@contextmanager
def _in_front(controllers: Sequence[str]) -> Iterator[list[str]]:
    command = [sys.executable, "-m", "benchmarks.bacnet_front", str(LATENCY_S), *controllers]
    with ExitStack() as stack:
        lines = stack.enter_context(emulator_process(command, len(controllers)))
        yield [line.split()[-1] for line in lines]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        for row in rows(Path(name)):
            Console(width=180).print(row.what, row.measured, row.aim, row.detail)
        Console().print(f"load of this computer: {os.getloadavg()[0]:.1f}")
