"""What the BACnet client costs beside bare BACpypes3 and BAC0, and what reading many at once saves on a slow network.

Everything is read from one plain BACpypes3 device in another process, in turns, so that a busy computer is as busy for
all of them; ratios of medians are the result.
"""

from __future__ import annotations

import asyncio
import importlib.util
import logging
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Iterator

from bacpypes3.pdu import Address

from benchmarks.bacnet_peer import HOST, free_port, plain_application
from benchmarks.rows import Measured
from clients.bacnet.results import BacnetReading, BacnetRef, Untyped
from clients.bacnet.stack import BACnetStack
from emulators.process import emulator_process

POINTS = 50
READS = 150
MANY_READS = 8
ROUNDS = 9
LATENCY_S = 0.02
_DEADLINE_S = 60.0
NAMES = [f"analog-input,{number}" for number in range(1, POINTS + 1)]
REFS = [BacnetRef(name) for name in NAMES]


def rows() -> Iterator[Measured]:
    """Reads and reads of many, beside bare calls and BAC0; then over a slow network."""
    command = [sys.executable, "-m", "benchmarks.bacnet_peer", str(POINTS), str(LATENCY_S)]
    with emulator_process(command, 2) as lines, BACnetStack(f"{HOST}/24:0", apdu_timeout_s=3.0) as stack:
        near, far = (line.split()[-1] for line in lines)
        yield from _beside_bare(stack, near)
        yield from _beside_bac0(stack, near)
        yield _over_latency(stack, far)


def _beside_bare(stack: BACnetStack, near: str) -> Iterator[Measured]:
    plain = stack.call(_plain(), _DEADLINE_S)
    ways: dict[str, Callable[[], float]] = {
        "bare": lambda: stack.call(_bare_reads(plain, near), _DEADLINE_S),
        "inside": lambda: stack.call(_reads(stack, near, READS), _DEADLINE_S),
        "thread": lambda: _timed(lambda: [_read(stack, near, name) for name in _names(READS)]) / READS,
        "bare many": lambda: stack.call(_bare_many(plain, near), _DEADLINE_S),
        "inside many": lambda: stack.call(_many(stack, near), _DEADLINE_S),
        "thread many": lambda: _timed(lambda: [_read_many(stack, near) for _ in range(MANY_READS)]) / MANY_READS,
    }
    cost = _medians(ways)
    stack.call(_closed(plain), _DEADLINE_S)
    for what, many in (("BACnet reads", ""), (f"BACnet reads of {POINTS} at once", " many")):
        for way, words, aim in (("inside", "inside the loop", ">= 0.95"), ("thread", "from a thread", ">= 0.75")):
            ours_s, bare_s = cost[f"{way}{many}"], cost[f"bare{many}"]
            detail = f"{1 / ours_s:,.0f} and {1 / bare_s:,.0f} a second"
            yield Measured(f"{what}, {words} / bare BACpypes3", f"{bare_s / ours_s:.2f}", aim, detail)


def _read(stack: BACnetStack, address: str, name: str) -> BacnetReading:
    return stack.ask(lambda client: client.read(address, name))


def _read_many(stack: BACnetStack, address: str) -> tuple[BacnetReading, ...]:
    return stack.ask(lambda client: client.read_multiple(address, REFS))


def _beside_bac0(stack: BACnetStack, near: str) -> Iterator[Measured]:
    what, aim = "BACnet reads / BAC0", ">= 1.4"
    if importlib.util.find_spec("BAC0") is None:
        yield Measured(what, "-", aim, "BAC0 is not installed (requirements-dev.txt)")
        return
    ours, theirs = asyncio.run(_turns(stack, near))
    ours_s, bac0_s = statistics.median(ours), statistics.median(theirs)
    yield Measured(what, f"{bac0_s / ours_s:.2f}", aim, f"{1 / ours_s:,.0f} and {1 / bac0_s:,.0f} a second")


async def _turns(stack: BACnetStack, near: str) -> tuple[list[float], list[float]]:
    """Both in turns; BAC0 has this thread's loop, and nothing else to do."""
    import BAC0

    BAC0.log_level("silence")
    logging.disable(logging.CRITICAL)
    ours, theirs = [], []
    try:
        async with BAC0.start(ip=f"{HOST}/24", port=free_port()) as other:
            await other.read(f"{near} analogInput 1 presentValue")
            for _ in range(ROUNDS):
                began = time.perf_counter()
                for number in range(READS):
                    await other.read(f"{near} analogInput {number % POINTS + 1} presentValue")
                theirs.append((time.perf_counter() - began) / READS)
                ours.append(await asyncio.wrap_future(stack.submit(_reads(stack, near, READS))))
    finally:
        logging.disable(logging.NOTSET)
    return ours, theirs


def _over_latency(stack: BACnetStack, far: str) -> Measured:
    stack.ask(lambda client: client.read_multiple(far, REFS))
    cost = _medians(
        {
            "together": lambda: _timed(lambda: stack.ask(lambda client: client.read_multiple(far, REFS))),
            "one by one": lambda: stack.call(_reads(stack, far, POINTS), _DEADLINE_S) * POINTS,
        },
        rounds=3,
    )
    gain = cost["one by one"] / cost["together"]
    detail = f"{cost['together'] * 1e3:.0f} and {cost['one by one'] * 1e3:.0f} ms"
    return Measured(
        f"{POINTS} points at {LATENCY_S * 1e3:.0f} ms: at once / one by one", f"{gain:.0f}x", ">= 15x", detail
    )


def _medians(ways: dict[str, Callable[[], float]], rounds: int = ROUNDS) -> dict[str, float]:
    """Seconds by way, all ways in turns, the first turn not counted."""
    turns = [{name: way() for name, way in ways.items()} for _ in range(rounds + 1)][1:]
    return {name: statistics.median(turn[name] for turn in turns) for name in ways}


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


async def _timed_async(work: Callable[[], Awaitable[object]]) -> float:
    began = time.perf_counter()
    await work()
    return time.perf_counter() - began


def _names(count: int) -> list[str]:
    return [NAMES[number % POINTS] for number in range(count)]


async def _plain() -> Untyped:
    return plain_application(free_port(), 501)


async def _closed(application: Untyped) -> None:
    application.close()


async def _bare_reads(application: Untyped, address: str) -> float:
    async def all_of_them() -> None:
        for name in _names(READS):
            await application.read_property(address, name, "present-value")

    return await _timed_async(all_of_them) / READS


async def _reads(stack: BACnetStack, address: str, count: int) -> float:
    async def all_of_them() -> None:
        for name in _names(count):
            await stack.client.read(address, name)

    return await _timed_async(all_of_them) / count


async def _bare_many(application: Untyped, address: str) -> float:
    async def all_of_them() -> None:
        for _ in range(MANY_READS):
            wanted = [part for name in NAMES for part in (name, ["present-value"])]
            await application.read_property_multiple(Address(address), wanted)

    return await _timed_async(all_of_them) / MANY_READS


async def _many(stack: BACnetStack, address: str) -> float:
    async def all_of_them() -> None:
        for _ in range(MANY_READS):
            await stack.client.read_multiple(address, REFS)

    return await _timed_async(all_of_them) / MANY_READS
