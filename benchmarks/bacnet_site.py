"""What listing and auditing a big device costs: ``python -m benchmarks.bacnet_site``.

The explorer's ``points`` and ``audit``, each as its own process, on a device of 5 000 objects at 20 ms. The floor are
the same requests, recorded on their way and sent again bare, eight at a time: what is left is the network's and the
device's own time.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from rich.console import Console

from benchmarks.bacnet_peer import HOST, free_port
from benchmarks.rows import Measured
from clients.bacnet.results import Untyped
from emulators.process import emulator_process

INPUTS, OUTPUTS = 4000, 1000
LATENCY_S = 0.02
IN_FLIGHT = 8
_ROOT = Path(__file__).resolve().parents[1]
_DEADLINE_S = 120
_LOST_S = 5.0
_SEGMENTED = 0x38
_NPDU, _CONFIRMED, _INVOKE_ID = 6, 0, 2
"""Where a request's own bytes begin behind BACnet/IP and a network layer without addresses (annex J, clause 6)."""

Peer = tuple[str, int]


def rows() -> Iterator[Measured]:
    """Both verbs, beside their floors."""
    command = [sys.executable, "-m", "benchmarks.bacnet_peer", str(INPUTS), str(LATENCY_S), str(OUTPUTS)]
    with emulator_process(command, 2) as lines:
        host, _, port = lines[1].split()[-1].partition(":")
        for verb in ("points", "audit"):
            yield from asyncio.run(_measure(verb, (host, int(port))))


async def _measure(verb: str, far: Peer) -> list[Measured]:
    loop = asyncio.get_running_loop()
    transport, tap = await loop.create_datagram_endpoint(lambda: _Tap(far), local_addr=(HOST, free_port()))
    where = ":".join(map(str, transport.get_extra_info("sockname")))
    took_s, peak_mb = await asyncio.to_thread(_run, verb, where)
    transport.close()
    floor_s = await _replay(tap.requests, far)
    what = f"{INPUTS + OUTPUTS} objects at {LATENCY_S * 1e3:.0f} ms: {verb}"
    detail = f"{len(tap.requests)} requests; sent bare {floor_s:.1f} s, {took_s / floor_s:.1f}x"
    return [
        Measured(what, f"{took_s:.1f} s", "<= 30 s", detail),
        Measured(f"{what}, memory", f"{peak_mb:.0f} MB", "<= 200 MB"),
    ]


def _run(verb: str, where: str) -> tuple[float, float]:
    """Seconds and the most memory (MB) of one command. Raises RuntimeError for one that fails."""
    command = [sys.executable, "main.py", "bacnet", verb, where, "--timeout", str(_DEADLINE_S)]
    began = time.perf_counter()
    child = subprocess.Popen([*command, "--interface", f"{HOST}/24:0", "--json"], cwd=_ROOT, stdout=subprocess.DEVNULL)  # noqa: S603
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError(f"bacnet {verb} has failed")
    return time.perf_counter() - began, usage.ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


class _Tap(asyncio.DatagramProtocol):
    """Passes datagrams on and keeps the requests."""

    def __init__(self, target: Peer) -> None:
        self._target = target
        self._client: Peer | None = None
        self._near: Untyped = None
        self.requests: list[bytes] = []

    def connection_made(self, transport: Untyped) -> None:
        """The socket is open."""
        self._near = transport

    def datagram_received(self, data: bytes, addr: Peer) -> None:
        """From the device to the client; from anybody else to the device."""
        if addr == self._target:
            self._near.sendto(data, self._client)
            if data[_NPDU] & _SEGMENTED == _SEGMENTED:
                self._forget(data[_NPDU + 1])
            return
        self._client = addr
        if data[_NPDU] >> 4 == _CONFIRMED:
            self.requests.append(data)
        self._near.sendto(data, self._target)

    def _forget(self, invoke_id: int) -> None:
        """A request that is answered in pieces: bare, nobody would acknowledge them."""
        self.requests = [each for each in self.requests if each[_NPDU + _INVOKE_ID] != invoke_id]


async def _replay(requests: list[bytes], far: Peer) -> float:
    """Seconds for the same requests, each sent when one of those before it has been answered."""
    loop = asyncio.get_running_loop()
    answered: dict[int, asyncio.Future[None]] = {}
    transport, _ = await loop.create_datagram_endpoint(partial(_Answers, answered), remote_addr=far)
    waiting = iter(requests)

    async def one_after_the_other() -> None:
        for request in waiting:
            answer = answered[request[_NPDU + _INVOKE_ID]] = loop.create_future()
            transport.sendto(request)
            await asyncio.wait_for(answer, _LOST_S)

    began = time.perf_counter()
    await asyncio.gather(*(one_after_the_other() for _ in range(IN_FLIGHT)))
    transport.close()
    return time.perf_counter() - began


class _Answers(asyncio.DatagramProtocol):
    def __init__(self, answered: dict[int, asyncio.Future[None]]) -> None:
        self._answered = answered

    def datagram_received(self, data: bytes, addr: Peer) -> None:
        answer = self._answered.get(data[_NPDU + 1])
        if answer is not None and not answer.done():
            answer.set_result(None)


if __name__ == "__main__":
    for row in rows():
        Console(width=140).print(row.what, row.measured, row.aim, row.detail)
