"""Our own device, as strangers meet it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from bacpypes3.local.analog import AnalogValueObject

from clients.bacnet.stack import BACnetStack
from supervisory.switch import objects as make
from supervisory.switch.objects import SwitchObject
from tests.clients.bacnet.server import stack
from tests.malformed import (
    READ,
    SIMPLE_ACK,
    SUBSCRIBE_COV,
    WRITE,
    Peer,
    identifier,
    kind_of,
    read,
    real,
    subscribe,
    write,
)
from tests.strangers import WRONG_TYPE, Strangers, error_of

ANALOG_VALUE, BINARY_VALUE = 2, 5


class _Broken(AnalogValueObject):  # type: ignore[misc]
    async def read_property(self, *_: object, **__: object) -> object:
        raise ZeroDivisionError


@pytest.fixture
def served() -> Iterator[BACnetStack]:
    async def obeyed(_: SwitchObject) -> None:
        """Nothing has to be done."""

    def switches() -> list[object]:
        one = make.switch(1, "optimization-enabled", "the switch", default=True, slots={})
        one.watch(obeyed)
        return [one, make.number(1, "overrides", "a count"), make.text(1, "reason", "words")]

    with stack(instance=77) as opened:
        opened.add(switches)
        yield opened


class TestOurDevice(Strangers):
    @pytest.fixture
    def peer(self, served: BACnetStack) -> Iterator[Peer]:
        with Peer(served.address) as one:
            yield one

    @pytest.fixture
    def switch(self) -> bytes:
        return identifier(BINARY_VALUE, 1)

    @pytest.fixture
    def counts(self, served: BACnetStack) -> Callable[[], int]:
        access = served.application.asap
        return lambda: len(access.serverTransactions) + len(access.clientTransactions)

    def test_an_error_of_our_own_is_answered_and_logged_once(
        self, served: BACnetStack, peer: Peer, caplog: pytest.LogCaptureFixture
    ) -> None:
        served.add(lambda: [_Broken(objectIdentifier="analog-value,9", objectName="broken", presentValue=0.0)])
        broken = identifier(ANALOG_VALUE, 9)
        assert error_of(peer.ask(READ, read(broken))) == (0, 25), "device: operational problem"
        assert len([one for one in caplog.records if one.exc_info]) == 1

    def test_a_value_that_cannot_be_commanded_has_no_priority_and_nothing_to_take_back(
        self, served: BACnetStack, peer: Peer
    ) -> None:
        served.add(lambda: [AnalogValueObject(objectIdentifier="analog-value,8", objectName="x", presentValue=0.0)])
        plain = identifier(ANALOG_VALUE, 8)
        assert kind_of(peer.ask(WRITE, write(plain, real(2.0), 8))) == SIMPLE_ACK
        assert real(2.0) in peer.ask(READ, read(plain))
        assert error_of(peer.ask(WRITE, write(plain, b"\0", 8))) == WRONG_TYPE

    def test_there_is_room_for_so_many_subscriptions(self, peer: Peer, switch: bytes) -> None:
        for process in range(100):
            answer = peer.ask(SUBSCRIBE_COV, subscribe(switch, process=process, confirmed=True), invoke_id=process)
            assert kind_of(answer) == SIMPLE_ACK
        assert error_of(peer.ask(SUBSCRIBE_COV, subscribe(switch, process=100))) == (3, 19), "no space"
