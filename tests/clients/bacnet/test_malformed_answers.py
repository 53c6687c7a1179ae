"""Devices that answer with what is no answer: refused or silent, by name, and never an error of ours."""

from __future__ import annotations

import contextlib
import functools
import gc
import random
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest

from clients.bacnet.client import BACnetClient
from clients.bacnet.octets.answers import is_closed
from clients.bacnet.results import BacnetRef, BacnetWrite
from clients.bacnet.stack import BACnetStack
from tests.clients.bacnet.answering import Answer, acknowledged, answering
from tests.clients.bacnet.server import stack
from tests.malformed import closed, context, identifier, opened, real
from utils.errors import DeviceError, DeviceRefused, ObjectError

_ANALOG_INPUT, _READ, _READ_MULTIPLE = 0, 12, 14
_TARGET = identifier(_ANALOG_INPUT, 1)
_DEVICE = b"\xc4" + identifier(8, 7)
_VALUE = context(0, _TARGET) + context(1, b"\x55") + opened(3) + real(21.0) + closed(3)


_RESULTS = context(0, _TARGET) + opened(1) + context(2, b"\x55") + opened(4) + real(1.0) + closed(4) + closed(1)
_ANSWERS: tuple[Answer, ...] = (
    lambda request: acknowledged(request, _VALUE),
    lambda request: acknowledged(request, _RESULTS),
    lambda request: acknowledged(request, context(0, request[5:9]) + context(1, request[10:11]) + _VALUE[7:]),
    lambda request: acknowledged(request, _RESULTS[:9] + opened(5) + b"\x91\1\x91\x1f" + closed(5) + closed(1)),
    lambda request: bytes([0x20, *request[2:4]]),
    lambda request: bytes([0x50, *request[2:4]]) + b"\x91\1\x91\x1f",
    lambda request: bytes([0x50, *request[2:4]]) + opened(0) + b"\x91\1\x91\x1f" + closed(0) + opened(1) + closed(1),
    lambda request: bytes([0x60, request[2], 9]),
    lambda request: bytes([0x71, request[2], 4]),
    lambda request: bytes([0x3C, request[2], 0, 0, request[3]]) + _VALUE,
    lambda request: bytes([0x41, request[2], 3, 0]),
    lambda _: bytes([0x10, 0]) + _DEVICE + b"\x22\4\0\x91\0\x21\7",
)
_QUESTIONS: tuple[Callable[[str, BACnetClient], Coroutine[Any, Any, object]], ...] = (
    lambda where, client: client.read(where, "analog-input,1", timeout_s=0.05),
    lambda where, client: client.read(where, "device,7", "object-list", timeout_s=0.05),
    lambda where, client: client.read_multiple(where, [BacnetRef("analog-input,1")] * 2, timeout_s=0.05),
    lambda where, client: client.read_priority_array(where, "analog-value,1", timeout_s=0.05),
    lambda where, client: client.write(where, "analog-value,1", 1.0, 9, timeout_s=0.05),
    lambda where, client: client.write_multiple(where, [BacnetWrite("analog-value,1", 1.0, 9)] * 2, timeout_s=0.05),
    lambda where, client: client.traits(where, afresh=True, timeout_s=0.05),
    lambda where, client: client.discover_points(where, timeout_s=0.05),
)


@pytest.fixture
def asking() -> Iterator[BACnetStack]:
    with stack(apdu_timeout_s=5.0, retries=0) as opened_stack:
        yield opened_stack


@pytest.mark.parametrize(
    "content",
    [b"", _VALUE[:3], _VALUE[:-1], opened(3) * 200, b"\x0d\xff\xff\xff\xff\xff", closed(0), b"\x2c" * 40],
)
def test_an_answer_that_cannot_be_read_is_a_refusal_at_once(asking: BACnetStack, content: bytes) -> None:
    with answering(lambda request: acknowledged(request, content)) as address, pytest.raises(DeviceError) as refused:
        asking.ask(lambda client: client.read(address, "analog-input,1", timeout_s=4.0))
    assert "no answer" not in str(refused.value)


def test_an_error_that_cannot_be_read_is_a_refusal_at_once(asking: BACnetStack) -> None:
    with (
        answering(lambda request: bytes([0x50, *request[2:4]]) + b"\x91") as address,
        pytest.raises((ObjectError, DeviceRefused)),
    ):
        asking.ask(lambda client: client.read(address, "analog-input,1", timeout_s=4.0))


@pytest.mark.parametrize(("first", "service"), [(0x20, _READ), (0x20, 15), (0x30, _READ_MULTIPLE), (0x30, 15)])
def test_an_answer_to_something_else_is_a_refusal_at_once(asking: BACnetStack, first: int, service: int) -> None:
    with (
        answering(lambda request: bytes([first, request[2], service]) + _VALUE) as address,
        pytest.raises(ObjectError, match="invalid-apdu-in-this-state"),
    ):
        asking.ask(lambda client: client.read(address, "analog-input,1", timeout_s=4.0))


@pytest.mark.slow
def test_a_storm_of_malformed_answers_leaves_no_trace(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    dice = random.Random(11)  # noqa: S311 - a storm that comes back

    def harm(request: bytes) -> bytes:
        whole = bytearray(dice.choice(_ANSWERS)(request))
        for _ in range(dice.randint(0, 3)):
            whole[dice.choice([0, *range(2, len(whole))])] ^= 1 << dice.randrange(8)
        tail = dice.randbytes(dice.choice([0, 0, 5]))
        return bytes(whole[: dice.randint(3, len(whole))]) + tail

    with stack(apdu_timeout_s=0.02, retries=0) as asking:
        with answering(harm) as address:
            for _ in range(80):
                for question in _QUESTIONS:
                    with contextlib.suppress(DeviceError):
                        asking.ask(functools.partial(question, address))
        assert asking.application.asap.clientTransactions == []
        assert asking.application._requests == {}
    gc.collect()
    assert [one.getMessage() for one in caplog.records if one.exc_info or one.levelname == "ERROR"] == []
    assert capfd.readouterr().err == ""


def test_whoever_cannot_broadcast_finds_no_router_and_prints_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with BACnetStack("127.0.0.1/32:0") as alone, pytest.raises(DeviceError, match="no router to network 5"):
        alone.ask(lambda client: client.read("5:12", "analog-input,1"))
    gc.collect()
    assert [one.getMessage() for one in caplog.records if one.exc_info] == []


@pytest.mark.parametrize("inside", [real(21.0), b"\x11", b"\x75\x06\0abcde", b"\x75\xfe\x01\x00" + bytes(256)])
@pytest.mark.parametrize("number", [3, 200])
def test_an_answer_that_is_cut_before_its_end_is_known_for_it(inside: bytes, number: int) -> None:
    whole = opened(number) + inside + closed(number)
    assert is_closed(whole)
    assert not any(is_closed(whole[:length]) for length in range(1, len(whole)))
    assert not is_closed(whole + closed(number))
