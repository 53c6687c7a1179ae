"""The short way to a device: what goes over it, and what becomes of every answer that is none."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import pytest

from clients.bacnet.octets.lane import Lane
from clients.bacnet.octets.services import READ_MULTIPLE, WRITE_MULTIPLE
from clients.bacnet.results import BacnetRef, BacnetWrite, Untyped
from clients.bacnet.stack import BACnetStack
from tests.clients.bacnet.answering import acknowledged, answering
from tests.clients.bacnet.server import Server, device, inputs, some_objects, stack
from tests.malformed import closed, context, identifier, opened, real
from utils.errors import DeviceError

INPUT, OUTPUT = "analog-input,1", "analog-output,1"
PAIR = [BacnetRef(INPUT), BacnetRef(INPUT, "out-of-service")]
WRITES = [BacnetWrite(OUTPUT, 40.0, 8), BacnetWrite("analog-value,7", 20.0, 8)]
_VALUE, _SERVICE = (
    context(2, number) + opened(4) + value + closed(4) for number, value in ((b"\x55", real(1.5)), (b"\x51", b"\x10"))
)
_HEAD = context(0, identifier(0, 1)) + opened(1)
_SELF, _WHO = identifier(8, 7), b"\x19\x4b"
_BOTH = _HEAD + _VALUE + _SERVICE + closed(1)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The services that went this way."""
    services: list[int] = []
    begin = Lane.begin

    def noted(lane: Lane, address: Untyped, number: int, request: Untyped) -> Untyped:
        services.append(int(request.apduService))
        return begin(lane, address, number, request)

    monkeypatch.setattr(Lane, "begin", noted)
    return services


@pytest.fixture
def ours() -> Iterator[BACnetStack]:
    with stack(apdu_timeout_s=5.0, retries=0) as opened_stack:
        yield opened_stack


@pytest.fixture
def peer() -> Iterator[Server]:
    with device(lambda: [*some_objects(), *inputs(50)]) as server:
        yield server


def read(ours: BACnetStack, address: str) -> Untyped:
    return ours.ask(lambda client: client.read_multiple(address, PAIR, timeout_s=4.0))


class Device:
    """Answers reads of many in its own way, and tells nothing else but who it is."""

    def __init__(self, answer: Callable[[bytes], bytes]) -> None:
        self._answer = answer
        self.asked: list[bytes] = []

    def __call__(self, request: bytes) -> bytes:
        self.asked.append(request)
        if request[3] == READ_MULTIPLE and len(request) > 16:
            return self._answer(request)
        if request[-2:] == _WHO:
            return acknowledged(request, context(0, _SELF) + _WHO + opened(3) + b"\xc4" + _SELF + closed(3))
        return bytes([0x50, request[2], request[3], 0x91, 2, 0x91, 32])  # property: unknown-property


def test_many_properties_are_read_and_written_on_the_short_way(
    ours: BACnetStack, peer: Server, sent: list[int]
) -> None:
    ours.ask(lambda client: client.traits(peer.address))
    del sent[:]
    assert [result.error for result in ours.ask(lambda client: client.write_multiple(peer.address, WRITES))] == [
        None
    ] * 2
    assert [reading.value for reading in read(ours, peer.address)] == [12.5, False]
    assert sent == [WRITE_MULTIPLE, READ_MULTIPLE]
    assert (peer.slot(OUTPUT, 8), peer.slot("analog-value,7", 8)) == (40.0, 20.0)


def test_what_does_not_fit_into_one_piece_comes_in_several_on_the_long_way(
    ours: BACnetStack, peer: Server, sent: list[int]
) -> None:
    names = [BacnetRef(f"analog-input,{100 + n}", "object-name") for n in range(1, 20)]
    for target in names:
        peer.set(str(target.object), "objectName", f"{target.object} {'x' * 90}")
    for _ in range(2):
        readings = ours.ask(lambda client: client.read_multiple(peer.address, names))
        assert all(str(reading.value).endswith("xxx") for reading in readings)
    many = [service for service in sent if service == READ_MULTIPLE]
    assert peer.counts["ReadPropertyMultiple"] == len(many) + 2, "and is asked for so at once the next time"


@pytest.mark.parametrize(
    "answer",
    [
        lambda request: acknowledged(request, _HEAD + _VALUE + closed(1)),
        lambda request: acknowledged(request, b""),
        lambda request: acknowledged(request, _BOTH[:-1]),
        lambda request: acknowledged(request, _BOTH + b"\0"),
        lambda request: acknowledged(request, _BOTH[:20]),
        lambda request: acknowledged(request, _BOTH.replace(b"\x51", b"\x6f")),
        lambda request: acknowledged(request, context(0, identifier(0, 2)) + _BOTH[5:]),
        lambda request: bytes([0x20, *request[2:4]]),
        lambda request: bytes([0x30, request[2], WRITE_MULTIPLE]) + _BOTH,
        lambda request: bytes([0x3C, request[2], 0, 1, request[3]]) + _BOTH,
        lambda request: bytes([0x50, *request[2:4]]),
        lambda request: bytes([0x50, *request[2:4], 0x91, 2, 0x91, 32]),
        lambda request: bytes([0x60, request[2], 9]),
        lambda request: bytes([0x60, request[2], 77]),
        lambda request: bytes([0x71, request[2], 0]),
    ],
)
def test_half_an_answer_or_none_is_asked_for_singly_and_never_taken_for_values(
    ours: BACnetStack, answer: Callable[[bytes], bytes]
) -> None:
    made = Device(answer)
    with answering(made) as address:
        try:
            readings = read(ours, address)
        except DeviceError:
            return
    told = {reading.property: reading.value for reading in readings if reading.error is None}
    assert told.items() <= {"present-value": 1.5}.items(), "only what has been told of the very object"
    assert made.asked[-1][3] != READ_MULTIPLE


def test_an_answer_that_is_whole_is_taken(ours: BACnetStack) -> None:
    with answering(Device(lambda request: acknowledged(request, _BOTH))) as address:
        assert [reading.value for reading in read(ours, address)] == [1.5, False]


def test_an_error_in_the_place_of_a_value_is_the_error_of_that_value(ours: BACnetStack) -> None:
    refused = context(2, b"\x55") + opened(5) + b"\x91\2\x91\x20" + closed(5)
    with answering(Device(lambda request: acknowledged(request, _HEAD + refused + _SERVICE + closed(1)))) as address:
        value, service = read(ours, address)
    assert "unknown-property" in str(value.error)
    assert (service.value, service.error) == (False, None)


def test_answers_to_others_go_on_to_whoever_had_the_port() -> None:
    class Before(asyncio.DatagramProtocol):
        heard: list[bytes]

        def datagram_received(self, data: bytes, addr: Untyped) -> None:
            self.heard.append(data)

    class Transport:
        def __init__(self) -> None:
            self.protocol: Untyped = Before()
            self.protocol.heard = []

        def get_protocol(self) -> Untyped:
            return self.protocol

        def set_protocol(self, protocol: Untyped) -> None:
            self.protocol = protocol

    transport = Transport()
    before = transport.protocol
    lane = Lane(transport)
    frames = [
        *(b"", b"\x81", b"\x81\x0a\0\x09\1\0\x20\7\x10"),
        *(b"\x81\x0b\0\x09\1\0\x20\7\x10", b"\x81\x0a\0\x09\1\x20\0\5\1\x20\7\x10", b"\x81\x0a\0\x08\1\0\x10\x08"),
    ]
    for frame in frames:
        lane.datagram_received(frame, ("127.0.0.1", 47808))
    assert before.heard == frames
