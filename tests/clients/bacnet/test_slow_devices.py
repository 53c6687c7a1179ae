"""Devices that take their time, answer one request after the other, or share a trunk with others."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from clients.bacnet import line as lines
from clients.bacnet.errors import DeviceBusy
from clients.bacnet.line import Places, RequestLine
from clients.bacnet.results import BacnetRef, BacnetWrite, Untyped
from clients.bacnet.stack import BACnetStack
from clients.bacnet_device_client import BACnetDeviceClient
from tests.clients.bacnet.router import router
from tests.clients.bacnet.server import Server, device, inputs, some_objects, stack
from utils.errors import DeviceUnreachable
from utils.values import ObjectRef, ObjectType, Write, WriteKind

POINTS = 40
MANY = [BacnetRef(f"analog-input,{100 + n}") for n in range(1, POINTS + 1)]
VALUES = [float(100 + n) for n in range(1, POINTS + 1)]
DELAY_S, TIMEOUT_S = 0.05, 30.0
SLOW: Untyped = {"apduTimeout": 40, "numberOfApduRetries": 3, "maxApduLengthAccepted": 206}
DAMPER, SETPOINT = "analog-output,1", "analog-value,7"


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """Answers one request at a time, each later than its own time-out, fifty times faster than on a trunk."""
    monkeypatch.setattr(lines, "_SHORTEST_TIMEOUT_S", 0.01)
    monkeypatch.setattr(lines, "_HARMLESS_WAIT_S", 0.01)
    with device(lambda: [*some_objects(), *inputs(5)], segmentationSupported="noSegmentation", **SLOW) as server:
        server.faults.delay_s, server.faults.one_at_a_time = DELAY_S, True
        yield server


@pytest.fixture
def ours() -> Iterator[BACnetStack]:
    with stack(apdu_timeout_s=0.1, retries=3) as opened:
        yield opened


def test_a_slow_device_is_listed_with_one_request_at_a_time(ours: BACnetStack, slow: Server) -> None:
    points = ours.ask(lambda client: client.discover_points(slow.address, timeout_s=TIMEOUT_S))
    assert len(points) == 11 + 5 + 2
    assert slow.most_in_flight < 4, "two show that answers queue up, on a computer that is not busy"
    assert slow.repeated < 4, "what stands in a queue is not asked again"


def test_a_slow_device_is_written_to_once(ours: BACnetStack, slow: Server) -> None:
    ours.ask(lambda client: client.write(slow.address, DAMPER, 42.5, 8, timeout_s=TIMEOUT_S))
    writes = [BacnetWrite(DAMPER, 43.0, 8), BacnetWrite(SETPOINT, 20.0, 8)]
    results = ours.ask(lambda client: client.write_multiple(slow.address, writes, timeout_s=TIMEOUT_S))
    assert [result.error for result in results] == [None, None]
    assert (slow.slot(DAMPER, 8), slow.slot(SETPOINT, 8)) == (43.0, 20.0)
    assert (slow.counts["WriteProperty"], slow.counts["WritePropertyMultiple"]) == (1, 1)


def test_a_program_on_a_slow_device_is_answered_within_its_own_deadline(ours: BACnetStack, slow: Server) -> None:
    setpoint = ObjectRef(ObjectType.ANALOG_VALUE, 7)
    with BACnetDeviceClient(ours, slow.address, timeout_s=TIMEOUT_S) as client:
        client.connect()
        done = client.exchange([Write(setpoint, WriteKind.COMMAND, 19.5, 12)], [setpoint], slots=[setpoint])
    assert done.samples[setpoint].value == 19.5
    assert slow.counts["WriteProperty"] == 1


def test_a_call_that_needs_more_time_says_so(ours: BACnetStack, slow: Server) -> None:
    with pytest.raises(DeviceUnreachable, match=r"not done within 0\.2 s, though it has answered \d request"):
        ours.ask(lambda client: client.discover_points(slow.address, timeout_s=0.2))


def test_a_device_that_is_too_slow_for_one_call_is_known_after_several(ours: BACnetStack, slow: Server) -> None:
    slow.faults.rejects.add("ReadPropertyMultiple")
    a_call_s = 7 * DELAY_S  # of 8 requests, 3 are made each time: who it is, and whether it answers many at once

    def is_known() -> bool:
        try:
            return ours.ask(lambda client: client.traits(slow.address, timeout_s=a_call_s)).instance is not None
        except DeviceUnreachable:
            return False

    assert any(is_known() for _ in range(20))


def test_devices_of_one_trunk_get_two_requests_at_a_time_between_them() -> None:
    with router(network=7, stations=(2, 3, 4)) as between, stack(foreign=between.address) as ours:
        stations = between.application.stations
        for station in stations.values():
            station.faults.rejects.add("ReadPropertyMultiple")
            station.faults.delay_s = 0.01

        async def all_of_them() -> list[Untyped]:
            refs = [BacnetRef(name) for name in (DAMPER, SETPOINT, "binary-input,1", "binary-value,1")]
            asked = (ours.client.read_multiple(f"7:{number}", refs, timeout_s=TIMEOUT_S) for number in stations)
            return await asyncio.gather(*asked)

        read = ours.call(all_of_them(), TIMEOUT_S)
        assert all([reading.value for reading in readings] == [30.0, 21.0, True, False] for readings in read)
        assert stations[2].traffic.most_in_flight == 2


def test_a_device_that_says_that_it_is_busy_is_asked_less_at_a_time(ours: BACnetStack) -> None:
    with device(lambda: inputs(POINTS)) as server:
        server.faults.rejects.add("ReadPropertyMultiple")
        server.faults.busy_beyond, server.faults.delay_s = 1, 0.01
        readings = ours.ask(lambda client: client.read_multiple(server.address, MANY, timeout_s=TIMEOUT_S))
        assert [reading.value for reading in readings] == VALUES
        assert server.counts["ReadProperty"] < 3 * POINTS, "values and units, and few of them twice"


def test_a_write_that_a_busy_device_has_refused_is_not_made_again(ours: BACnetStack) -> None:
    with device() as server:
        server.faults.busy_beyond = 0
        with pytest.raises(DeviceBusy, match="out-of-resources"):
            ours.ask(lambda client: client.write(server.address, DAMPER, 42.5, 8))
        assert server.counts["WriteProperty"] == 1


def learned(*answers: tuple[float, int]) -> RequestLine:
    """A device of which so many answers are known: s, and how many were in flight."""
    line = RequestLine()
    for latency_s, place in answers:
        line.answered(latency_s, place)
    return line


@pytest.mark.parametrize(
    ("answers", "limit"),
    [
        ([(0.005, 1), (0.04, 8)], 8),  # one at a time, and quick about it
        ([(1.5, 1)], 2),  # slow: does it answer one at a time?
        ([(1.5, 1), (3.0, 2)], 1),
        ([(0.6, 1), (0.65, 2)], 3),  # far away
        ([(0.6, 1), *((0.65, place) for place in range(2, 9))], 8),
        ([(0.6, 1), (0.65, 2), (1.8, 3)], 1),
        ([(0.1, 1), (0.2, 2)], 5),
    ],
)
def test_requests_go_down_to_one_where_answers_queue_up(answers: list[tuple[float, int]], limit: int) -> None:
    assert learned(*answers).places.limit == limit


def test_a_repeat_waits_for_the_devices_own_time_out_and_for_its_queue() -> None:
    line = RequestLine()
    assert [line.patience_s(call_s, 1, 0) for call_s in (0.5, 4.0, 6.0, 30.0)] == pytest.approx([1.0, 4 / 3, 2.0, 3.0])
    line.tells(6.0, 2)
    assert line.patience_s(30.0, 1, 0) == 6.0
    line.answered(1.5, 1)
    assert [line.patience_s(30.0, place, 0) for place in (1, 2, 8)] == [6.0, 6.0, 24.0]
    assert [line.patience_s(30.0, 1, repeats) for repeats in (0, 1, 2)] == [6.0, 12.0, 24.0]


@pytest.mark.parametrize(("told_s", "retries"), [(0.0, -1), (None, None)])
def test_what_a_device_tells_of_its_time_out_may_make_no_sense(told_s: float | None, retries: int | None) -> None:
    line = RequestLine()
    line.tells(told_s, retries)
    assert line.apdu_timeout_s == lines.APDU_TIMEOUT_S
    assert line.retries in (1, lines.RETRIES)


def test_places_are_given_in_turn_and_one_who_leaves_the_queue_holds_nobody_up() -> None:
    async def turns() -> list[int]:
        places, seen = Places(1), []

        async def visit(number: int) -> None:
            async with places:
                seen.append(number)
                await asyncio.sleep(0)

        visits = [asyncio.ensure_future(visit(number)) for number in range(5)]
        await asyncio.sleep(0)
        visits[1].cancel()
        await asyncio.gather(*visits, return_exceptions=True)
        assert places.taken == 0
        return seen

    assert asyncio.run(turns()) == [0, 2, 3, 4]
