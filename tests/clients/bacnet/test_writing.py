"""Writing over BACnet/IP: slots, types, refusals, and many writes in one request."""

from __future__ import annotations

import math
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Self

import pytest

from clients.bacnet.errors import BacnetRefusal
from clients.bacnet.results import BacnetReading, BacnetValue, BacnetWrite, Untyped
from clients.bacnet.stack import BACnetStack
from tests.clients.bacnet.server import AloneValue, Server, device, inputs, some_objects, stack
from tests.ports import free_port
from utils.errors import DeviceUnreachable, ObjectError

DAMPER, SETPOINT, PUMP, SPEED = "analog-output,1", "analog-value,7", "binary-output,1", "multi-state-output,1"
ALONE = "analog-value,10"
PRIORITY = 12


@pytest.fixture(scope="module")
def patient() -> Iterator[BACnetStack]:
    """Repeats nothing on a busy computer: for tests that count."""
    with stack(apdu_timeout_s=20.0) as opened:
        yield opened


@pytest.fixture(scope="module")
def ours() -> Iterator[BACnetStack]:
    with stack() as opened:
        yield opened


@pytest.fixture
def peer() -> Iterator[Server]:
    with device() as server:
        yield server


def test_a_value_goes_to_its_slot_and_is_given_back(ours: BACnetStack, peer: Server) -> None:
    ours.ask(lambda client: client.write(peer.address, SETPOINT, 23.5, PRIORITY))
    assert (peer.slot(SETPOINT, PRIORITY), peer.object(SETPOINT).presentValue) == (23.5, 23.5)
    ours.ask(lambda client: client.release(peer.address, SETPOINT, PRIORITY))
    assert (peer.slot(SETPOINT, PRIORITY), peer.object(SETPOINT).presentValue) == (None, 21.0)


@pytest.mark.parametrize(
    ("name", "value", "stored"),
    [
        (DAMPER, 55, 55.0),
        (DAMPER, "55.5", 55.5),
        (DAMPER, 0, 0.0),
        (PUMP, True, 1),
        (PUMP, "active", 1),
        (PUMP, 0, 0),
        (SPEED, 3, 3),
        (SPEED, "2", 2),
    ],
)
def test_a_value_is_written_in_the_objects_own_type(
    ours: BACnetStack, peer: Server, name: str, value: BacnetValue, stored: float
) -> None:
    ours.ask(lambda client: client.write(peer.address, name, value, PRIORITY))
    assert peer.slot(name, PRIORITY) == stored


@pytest.mark.parametrize("priority", [0, 6, 17, -1, True])
def test_a_priority_that_nobody_may_command_at_is_refused_before_anything_is_sent(
    ours: BACnetStack, peer: Server, priority: int
) -> None:
    with pytest.raises(ObjectError, match="priority"):
        ours.ask(lambda client: client.write(peer.address, SETPOINT, 23.5, priority))
    with pytest.raises(ObjectError, match="priority"):
        ours.ask(lambda client: client.release(peer.address, SETPOINT, priority))
    assert not peer.counts


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (SETPOINT, math.nan),
        (SETPOINT, math.inf),
        (SETPOINT, 1e39),
        (SETPOINT, "warm"),
        (SETPOINT, True),
        (SETPOINT, (1.0, 2.0)),
        (PUMP, 2),
        (PUMP, "running"),
        (SPEED, 0),
        (SPEED, 1.5),
        (SPEED, math.nan),
    ],
)
def test_a_value_that_does_not_fit_is_refused_before_anything_is_sent(
    ours: BACnetStack, peer: Server, name: str, value: BacnetValue
) -> None:
    with pytest.raises(ObjectError):
        ours.ask(lambda client: client.write(peer.address, name, value, PRIORITY))
    assert not peer.counts


def test_a_command_without_a_priority_is_refused_as_it_would_stay_in_slot_16(ours: BACnetStack, peer: Server) -> None:
    with pytest.raises(ObjectError, match="slot 16"):
        ours.ask(lambda client: client.write(peer.address, DAMPER, 40.0))
    with pytest.raises(ObjectError, match="needs a priority"):
        ours.ask(lambda client: client.write(peer.address, "analog-input,1", None))
    assert not peer.counts


def test_other_properties_are_written_in_their_own_type(ours: BACnetStack, peer: Server) -> None:
    ours.ask(lambda client: client.write(peer.address, "analog-input,1", True, property="out-of-service"))
    ours.ask(lambda client: client.write(peer.address, "analog-input,1", 17.0))
    ours.ask(lambda client: client.write(peer.address, "analog-input,1", "Supply", property="description"))
    found = peer.object("analog-input,1")
    assert (found.outOfService, found.presentValue, found.description) == (True, 17.0, "Supply")


def test_a_denied_write_says_so(ours: BACnetStack, peer: Server) -> None:
    with pytest.raises(BacnetRefusal, match="write-access-denied") as refusal:
        ours.ask(lambda client: client.write(peer.address, "analog-value,9", 3.0, PRIORITY))
    assert (refusal.value.code, refusal.value.missing) == ("write-access-denied", False)


def test_a_write_to_nowhere_is_unreachable(ours: BACnetStack) -> None:
    with pytest.raises(DeviceUnreachable):
        ours.ask(lambda client: client.write(f"127.0.0.1:{free_port()}", SETPOINT, 20.0, PRIORITY, timeout_s=1.0))


def commands() -> list[BacnetWrite]:
    return [
        BacnetWrite(DAMPER, 55.0, PRIORITY),
        BacnetWrite(PUMP, True, PRIORITY),
        BacnetWrite(SPEED, 2, PRIORITY),
        BacnetWrite(SETPOINT, 19.0, PRIORITY),
    ]


def slots(peer: Server) -> list[float | None]:
    return [peer.slot(write.object, PRIORITY) for write in commands() if isinstance(write.object, str)]


def test_many_writes_are_one_request(ours: BACnetStack, peer: Server) -> None:
    results = ours.ask(lambda client: client.write_multiple(peer.address, commands()))
    assert [result.write for result in results] == commands()
    assert all(result.error is None for result in results)
    assert slots(peer) == [55.0, 1, 2, 19.0]
    assert (peer.counts["WritePropertyMultiple"], peer.counts["WriteProperty"]) == (1, 0)


def test_many_slots_are_given_back_in_one_request(patient: BACnetStack, peer: Server) -> None:
    patient.ask(lambda client: client.write_multiple(peer.address, commands()))
    peer.counts.clear()
    patient.ask(
        lambda client: client.write_multiple(
            peer.address, [BacnetWrite(write.object, None, PRIORITY) for write in commands()]
        )
    )
    assert slots(peer) == [None] * 4
    assert dict(peer.counts) == {"WritePropertyMultiple": 1}


def test_writes_to_one_object_happen_in_their_order(ours: BACnetStack, peer: Server) -> None:
    forced = [
        BacnetWrite("analog-input,1", True, property="out-of-service"),
        BacnetWrite("analog-input,1", 5.0),
        BacnetWrite("analog-input,1", 6.0),
    ]
    assert not [
        result for result in ours.ask(lambda client: client.write_multiple(peer.address, forced)) if result.error
    ]
    assert peer.object("analog-input,1").presentValue == 6.0


REFUSED = [
    BacnetWrite(DAMPER, 55.0, PRIORITY),
    BacnetWrite("analog-value,9", 3.0, PRIORITY),
    BacnetWrite("analog-value,99", 3.0, PRIORITY),
    BacnetWrite(SETPOINT, math.nan, PRIORITY),
    BacnetWrite(PUMP, True, PRIORITY),
    BacnetWrite(SPEED, 2, 6),
    BacnetWrite(SETPOINT, 19.0, PRIORITY),
]
CODES = [None, "write-access-denied", "unknown-object", "not a finite number", None, "reserved", None]


@pytest.mark.parametrize("fault", ["tells the first failure", "does not answer", "does not know the service"])
def test_a_refused_write_holds_up_no_other(ours: BACnetStack, peer: Server, fault: str) -> None:
    peer.faults.tells_refused_writes = fault != "does not answer"
    if fault == "does not know the service":
        peer.faults.rejects.add("WritePropertyMultiple")
    results = ours.ask(lambda client: client.write_multiple(peer.address, REFUSED, timeout_s=1.0))
    said = ["" if result.error is None else result.error.what for result in results]
    assert [code is None for code in CODES] == [what == "" for what in said]
    assert all(code in what for code, what in zip(CODES, said, strict=True) if code)
    assert (peer.slot(DAMPER, PRIORITY), peer.slot(PUMP, PRIORITY), peer.slot(SETPOINT, PRIORITY)) == (55.0, 1, 19.0)
    assert peer.slot(SPEED, 6) is None


def test_behind_the_first_failure_told_it_goes_on_singly_and_the_next_time_nobody_is_held_up(
    ours: BACnetStack, peer: Server
) -> None:
    some = [REFUSED[0], REFUSED[1], REFUSED[4], REFUSED[6]]
    for asked in ((1, 3), (2, 4)):  # the bad one and the two behind it; then the bad one alone
        results = ours.ask(lambda client: client.write_multiple(peer.address, some))
        assert [result.error is None for result in results] == [True, False, True, True]
        assert (peer.counts["WritePropertyMultiple"], peer.counts["WriteProperty"]) == asked


def test_what_is_refused_in_a_list_alone_is_written_all_the_same_and_by_itself_from_then_on(ours: BACnetStack) -> None:
    with device(lambda: [*some_objects(), AloneValue(objectIdentifier=ALONE, objectName="Alone")]) as peer:
        some = [REFUSED[0], BacnetWrite(ALONE, 3.0, PRIORITY), REFUSED[4]]
        for asked in ((1, 2), (2, 3), (3, 4)):  # it and the one behind it; then it alone
            results = ours.ask(lambda client: client.write_multiple(peer.address, some))
            assert [result.error for result in results] == [None] * 3
            assert (peer.counts["WritePropertyMultiple"], peer.counts["WriteProperty"]) == asked
        assert peer.object(ALONE).presentValue == 3.0


def test_a_device_that_drops_several_writes_is_written_to_singly_from_then_on(ours: BACnetStack, peer: Server) -> None:
    peer.faults.swallows.add("WritePropertyMultiple")
    for _ in range(2):
        results = ours.ask(lambda client: client.write_multiple(peer.address, commands(), timeout_s=1.0))
        assert all(result.error is None for result in results)
    assert slots(peer) == [55.0, 1, 2, 19.0]
    assert peer.counts["WriteProperty"] == 8
    asked = peer.counts["WritePropertyMultiple"]
    ours.ask(lambda client: client.write_multiple(peer.address, commands()))
    assert peer.counts["WritePropertyMultiple"] == asked


def test_several_writes_to_a_silent_device_are_unreachable_within_the_deadline(ours: BACnetStack, peer: Server) -> None:
    peer.faults.is_silent = True
    with pytest.raises(DeviceUnreachable):
        ours.ask(lambda client: client.write_multiple(peer.address, commands(), timeout_s=1.0))


def test_a_device_with_small_buffers_is_written_to_in_chunks(ours: BACnetStack) -> None:
    small: Untyped = {"maxApduLengthAccepted": 128, "segmentationSupported": "noSegmentation"}
    with device(lambda: [*some_objects(), *inputs(20)], **small) as server:
        writes = [BacnetWrite(f"analog-input,{100 + n}", float(n)) for n in range(1, 21)]
        assert not [
            result for result in ours.ask(lambda client: client.write_multiple(server.address, writes)) if result.error
        ]
        assert [server.object(f"analog-input,{100 + n}").presentValue for n in range(1, 21)] == list(range(1, 21))
        assert 3 <= server.counts["WritePropertyMultiple"] <= 7


def test_what_was_written_is_read_back(ours: BACnetStack, peer: Server) -> None:
    ours.ask(lambda client: client.write(peer.address, SETPOINT, 20.1, PRIORITY))
    reading: BacnetReading = ours.ask(lambda client: client.read(peer.address, SETPOINT))
    assert reading.value == pytest.approx(20.1, rel=1e-6)


@pytest.mark.parametrize("refused", ["analog-value,9", "analog-value,99"])
def test_our_own_stack_tells_of_a_refused_write_among_many(ours: BACnetStack, refused: str) -> None:
    with stack(instance=501) as other:
        other.add(some_objects)
        writes = [BacnetWrite(SPEED, 2, 9), BacnetWrite(refused, 1.0, 9), BacnetWrite(PUMP, True, 9)]
        results = ours.ask(lambda client: client.write_multiple(other.address, writes))
        assert [result.error is None for result in results] == [True, False, True]
        assert ours.ask(lambda client: client.traits(other.address)).writes_multiple


class Bare:
    """A peer that is a socket: acknowledges writes of a property, or keeps the acknowledgement for later."""

    _WRITE_PROPERTY = 15

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self.numbers: list[int] = []
        self.is_silent = False
        self._news = threading.Condition()
        self._asker: tuple[str, int] | None = None
        self._thread = threading.Thread(target=self._serve, name="bare peer")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as waker:
            waker.sendto(b"", self._socket.getsockname())
        self._thread.join()
        self._socket.close()

    def has_heard(self, count: int) -> bool:
        """Wait for so many requests in all."""
        with self._news:
            return self._news.wait_for(lambda: len(self.numbers) >= count, 10.0)

    def acknowledge(self, number: int) -> None:
        """Send the acknowledgement of a request: BVLL, NPCI, SimpleAck (ASHRAE 135, 20.1.4)."""
        assert self._asker is not None
        self._socket.sendto(bytes.fromhex("810a0009 0100 20") + bytes([number, self._WRITE_PROPERTY]), self._asker)

    def _serve(self) -> None:
        while True:
            request, self._asker = self._socket.recvfrom(1500)
            if not request:
                return
            with self._news:
                self.numbers.append(request[8])
                self._news.notify_all()
            if not self.is_silent:
                self.acknowledge(request[8])


def test_a_late_acknowledgement_of_an_abandoned_write_is_not_taken_for_one_of_a_later_write() -> None:
    with Bare() as peer, stack(apdu_timeout_s=30.0) as ours:
        peer.is_silent = True
        with pytest.raises(DeviceUnreachable):
            ours.ask(lambda client: client.write(peer.address, SETPOINT, 1.0, 8, timeout_s=0.2))
        assert peer.has_heard(1)
        (abandoned,) = peer.numbers
        peer.is_silent = False
        for _ in range(255):  # there are 256 numbers: the next one would be the abandoned one again
            ours.ask(lambda client: client.write(peer.address, SETPOINT, 2.0, 8))
        peer.is_silent = True
        with ThreadPoolExecutor(1) as pool:
            last = pool.submit(ours.ask, lambda client: client.write(peer.address, SETPOINT, 3.0, 8, timeout_s=1.0))
            assert peer.has_heard(257)
            peer.acknowledge(abandoned)
            with pytest.raises(DeviceUnreachable):
                last.result()
    assert abandoned not in peer.numbers[1:]


def test_an_abandoned_write_is_not_repeated() -> None:
    with Bare() as peer, stack(apdu_timeout_s=0.3, retries=5) as ours:
        peer.is_silent = True
        with pytest.raises(DeviceUnreachable):
            ours.ask(lambda client: client.write(peer.address, SETPOINT, 1.0, 8, timeout_s=0.1))
        with ThreadPoolExecutor(1) as pool:
            later = pool.submit(ours.ask, lambda client: client.write(peer.address, SETPOINT, 2.0, 8, timeout_s=5.0))
            assert peer.has_heard(3)  # the later one twice: the abandoned one would have come again before that
            peer.acknowledge(peer.numbers[-1])
            later.result()
    abandoned, *others = peer.numbers
    assert abandoned not in others
