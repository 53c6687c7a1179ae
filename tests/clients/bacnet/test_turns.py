"""One request at a time for a controller, whoever of this process asks."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from clients.bacnet import line
from clients.bacnet.line import IN_FLIGHT, RequestLine, turns_of
from clients.bacnet.names import station
from clients.bacnet.results import BacnetRef
from clients.bacnet.stack import BACnetStack
from clients.bacnet_device_client import BacnetStacks
from tests.clients.bacnet.server import Server, device, inputs, some_objects, stack
from utils.errors import DeviceUnreachable
from utils.values import ObjectRef, ObjectType, Write, WriteKind

POINTS = 40
DELAY_S = 0.01
NAMES = [BacnetRef(f"analog-input,{100 + n}", "object-name") for n in range(1, POINTS + 1)]
INPUTS = [ObjectRef(ObjectType.ANALOG_INPUT, 100 + n) for n in range(1, POINTS + 1)]
SETPOINT = ObjectRef(ObjectType.ANALOG_VALUE, 7)


@pytest.fixture
def peer() -> Iterator[Server]:
    """Takes a moment for each request, so that a second one would be seen."""
    with device(lambda: [*some_objects(), *inputs(POINTS)], maxApduLengthAccepted=206) as server:
        server.faults.delay_s = DELAY_S
        yield server


def reading(ours: BACnetStack, address: str) -> Callable[[], object]:
    return lambda: ours.ask(lambda client: client.read_multiple(address, NAMES, timeout_s=20.0))


def together(*work: Callable[[], object]) -> None:
    with ThreadPoolExecutor(len(work)) as pool:
        for done in [pool.submit(one) for one in work]:
            done.result()


def test_who_takes_turns_has_one_request_under_way_even_from_several_ports(peer: Server) -> None:
    with stack(takes_turns=True, apdu_timeout_s=20.0) as one, stack(takes_turns=True, apdu_timeout_s=20.0) as other:
        together(*(reading(ours, peer.address) for ours in (one, other, one)))
    assert peer.most_in_flight == 1
    assert peer.counts["ReadPropertyMultiple"] > 3


def test_others_ask_for_as_much_as_the_device_answers(peer: Server) -> None:
    with stack(apdu_timeout_s=20.0) as ours:
        together(reading(ours, peer.address), reading(ours, peer.address))
    assert peer.most_in_flight > 1, "which shows that the device counts"


def test_clients_of_controllers_take_turns_with_everybody_elses(peer: Server) -> None:
    with ExitStack() as opened:
        shared, alone = BacnetStacks(20.0), BacnetStacks(20.0)
        opened.callback(shared.close)
        opened.callback(alone.close)
        clients = [one.client_for(peer.address, "127.0.0.1/24:0") for one in (shared, shared, alone)]
        writes = [Write(SETPOINT, WriteKind.COMMAND, 19.5, 12), Write(SETPOINT, WriteKind.COMMAND, 20.5, 13)]
        together(*(lambda client=client: client.exchange(writes, INPUTS) for client in clients))
    assert peer.most_in_flight == 1


def test_a_call_that_is_given_up_lets_the_next_one_have_its_turn(peer: Server) -> None:
    with stack(takes_turns=True, apdu_timeout_s=20.0) as one, stack(takes_turns=True) as other:
        one.ask(lambda client: client.traits(peer.address))
        peer.faults.is_silent = True
        with pytest.raises(DeviceUnreachable):
            one.ask(lambda client: client.read(peer.address, "analog-input,101", timeout_s=0.1))
        peer.faults.is_silent = False
        assert other.ask(lambda client: client.read(peer.address, "analog-input,101", timeout_s=20.0)).value == 101.0


def test_a_quick_device_gets_no_more_at_a_time_however_often_it_answers_at_once() -> None:
    known = RequestLine(at_once=1)
    for _ in range(100):
        known.answered(0.001, 1)
    known.is_crowded()
    assert known.places.limit == 1
    other = RequestLine()
    other.answered(0.001, 1)
    assert other.places.limit == IN_FLIGHT


def test_turns_are_kept_for_as_long_as_anybody_takes_them() -> None:
    address = station("10.9.8.7")
    turns = turns_of(address)
    assert turns_of(station("10.9.8.7")) is turns
    del turns
    gc.collect()
    assert address not in line._TURNS


def read_while(peer: Server, ours: BACnetStack, *, drops: bool) -> int:
    """Three names; how many requests for several of them have come."""
    (peer.faults.swallows.add if drops else peer.faults.swallows.discard)("ReadPropertyMultiple")
    peer.counts.clear()
    told = ours.ask(lambda client: client.read_multiple(peer.address, NAMES[:3], timeout_s=2.0))
    assert [reading.error for reading in told] == [None] * 3
    return peer.counts["ReadPropertyMultiple"]


def test_who_drops_reads_of_several_things_twice_is_asked_singly_from_then_on(peer: Server) -> None:
    """Where requests are under way one at a time, no other answer shows that this one will not come."""
    with stack(takes_turns=True) as ours:
        ours.ask(lambda client: client.traits(peer.address))
        assert [read_while(peer, ours, drops=True) > 0 for _ in range(3)] == [True, True, False]
        ours.ask(lambda client: client.traits(peer.address, afresh=True))
        assert read_while(peer, ours, drops=True) == 0, "it drops the first question already"


def test_one_answer_that_is_lost_now_and_then_is_no_reason_to_ask_singly(peer: Server) -> None:
    with stack(takes_turns=True) as ours:
        ours.ask(lambda client: client.traits(peer.address))
        assert all(read_while(peer, ours, drops=drops) > 0 for drops in (True, False, True, False))
