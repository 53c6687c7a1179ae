"""Trunks behind routers: two requests at a time, nobody waits for the silent, and nobody elsewhere for a trunk."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from clients.bacnet.line import RequestLine
from clients.bacnet.stack import BACnetStack
from clients.bacnet.trunk import RemoteNetwork
from emulators.ecy.bacnet_profile import BacnetProfile, TrunkPlace
from emulators.ecy.controller import ControllerSpec
from emulators.ecy.faults.calls import Turnstile
from emulators.ecy.faults.datagrams import Mute
from emulators.ecy.faults.fault import Fault
from emulators.ecy.profile import Profile
from emulators.ecy.server import EcyServer
from tests.clients.bacnet.server import stack
from tests.emulators.ecy.client import PASSWORD, SOME_OBJECTS, USER
from tests.waiting import DEADLINE_S, eventually
from utils.errors import DeviceUnreachable

STATIONS = range(11, 15)
SETPOINT = "analog-value,3"


class Held(Fault):
    """Packets to a controller wait until it is let go, and are counted."""

    def __init__(self) -> None:
        self.waiting = 0
        self.gate = Turnstile()

    async def on_datagram(self, *, outgoing: bool) -> bool:
        if not outgoing:
            self.waiting += 1
            await self.gate.wait()
        return True

    def end(self) -> None:
        self.gate.open()


@pytest.fixture
def server() -> Iterator[EcyServer]:
    """Four controllers on a trunk, and one that is not."""
    trunk = Profile(bacnet=BacnetProfile(trunk=TrunkPlace(2, 10_000_000.0), max_apdu=480, segmentation=False))
    specs = [ControllerSpec(f"S{n}", objects=SOME_OBJECTS, instance=n, profile=trunk) for n in STATIONS]
    fast = ControllerSpec("FAST", objects=SOME_OBJECTS, instance=1)
    with EcyServer([*specs, fast], username=USER, password=PASSWORD, bacnet_port=0) as running:
        yield running


@pytest.fixture
def ours(server: EcyServer) -> Iterator[BACnetStack]:
    with stack(foreign=server.bacnet_broadcast_address, apdu_timeout_s=0.2, retries=3) as opened:
        for address in server.bacnet_addresses.values():
            opened.ask(lambda client, address=address: client.traits(address))  # type: ignore[misc]
        yield opened


def hold(server: EcyServer, *names: str) -> list[Held]:
    held = [Held() for _ in names]
    for name, fault in zip(names, held, strict=True):
        server.controller(name).faults.add(fault)
    return held


def test_a_fast_controllers_exchange_is_over_while_a_trunks_are_still_under_way(
    server: EcyServer, ours: BACnetStack
) -> None:
    held = hold(server, *(f"S{n}" for n in STATIONS))
    slow = [ours.submit(ours.client.read(f"2:{n}", SETPOINT, timeout_s=DEADLINE_S)) for n in STATIONS]
    eventually(lambda: sum(fault.waiting for fault in held) == 2)
    for _ in range(3):
        assert ours.ask(lambda client: client.read(server.bacnet_addresses["FAST"], SETPOINT)).value == 21.0
    assert not any(one.done() for one in slow)
    for name, fault in zip([f"S{n}" for n in STATIONS], held, strict=True):
        server.controller(name).faults.remove(fault)
    assert [ours.wait_for(one, DEADLINE_S).value for one in slow] == [21.0] * 4


@pytest.mark.slow
def test_two_that_have_died_hold_up_nobody_else_on_the_trunk(server: EcyServer, ours: BACnetStack) -> None:
    for name in ("S11", "S12"):
        server.controller(name).faults.add(Mute())
    dead = [ours.submit(ours.client.read(f"2:{n}", SETPOINT, timeout_s=30.0)) for n in (11, 12)]
    alive = [ours.submit(ours.client.read(f"2:{n}", SETPOINT, timeout_s=DEADLINE_S)) for n in (13, 14)]
    assert [ours.wait_for(one, DEADLINE_S).value for one in alive] == [21.0, 21.0]
    assert not any(one.done() for one in dead)
    for one in dead:
        one.cancel()


def test_one_that_was_given_up_is_asked_beside_one_other_and_heard_again(server: EcyServer, ours: BACnetStack) -> None:
    silence = Mute()
    server.controller("S11").faults.add(silence)
    with pytest.raises(DeviceUnreachable, match="no answer within"):
        ours.ask(lambda client: client.read("2:11", SETPOINT, timeout_s=0.3))
    server.controller("S11").faults.remove(silence)
    assert ours.ask(lambda client: client.read("2:11", SETPOINT)).value == 21.0


class TestPlaces:
    def test_there_are_two_and_of_the_silent_only_one_has_any(self) -> None:
        async def seated() -> list[str]:
            network, log = RemoteNetwork(), []
            silent, lively = RequestLine(is_silent=True), RequestLine()
            go = asyncio.Event()

            async def sit(name: str, line: RequestLine) -> None:
                async with network.seat(line):
                    log.append(name)
                    await go.wait()

            names = {"silent 1": silent, "silent 2": silent, "lively 1": lively, "lively 2": lively}
            tasks = [asyncio.ensure_future(sit(name, line)) for name, line in names.items()]
            for _ in range(10):
                await asyncio.sleep(0)
            first = list(log)
            go.set()
            await asyncio.gather(*tasks)
            assert sorted(log) == sorted(names)
            return first

        assert asyncio.run(seated()) == ["silent 1", "lively 1"]

    def test_a_seat_is_given_up_once_and_one_who_leaves_the_queue_takes_none(self) -> None:
        async def seats() -> None:
            network, line = RemoteNetwork(), RequestLine(is_silent=True)

            async def sit() -> None:
                async with network.seat(line):
                    raise AssertionError("there was no seat")

            async with network.seat(RequestLine()) as one, network.seat(line):
                waiting = asyncio.ensure_future(sit())
                await asyncio.sleep(0)
                waiting.cancel()
                await asyncio.gather(waiting, return_exceptions=True)
                one.leave()
                one.leave()
                async with network.seat(RequestLine()):
                    pass
            async with network.seat(line), network.seat(RequestLine()):
                pass

        asyncio.run(seats())
