"""Changes of value, subscribed to, renewed, lost and given up."""

from __future__ import annotations

import queue
from collections.abc import Iterator

import pytest

from clients.bacnet.cov import Subscription
from clients.bacnet.errors import BacnetRefusal
from clients.bacnet.results import BacnetReading
from clients.bacnet.stack import BACnetStack
from tests.clients.bacnet.server import Server, device, stack
from tests.ports import free_port
from tests.waiting import DEADLINE_S
from utils.errors import DeviceUnreachable
from utils.values import Quality

INPUT = "analog-input,1"


class Heard:
    """What a subscription has told, to be waited for."""

    def __init__(self) -> None:
        self._readings: queue.SimpleQueue[BacnetReading] = queue.SimpleQueue()

    def __call__(self, reading: BacnetReading) -> None:
        self._readings.put(reading)

    def next(self, name: str = "present-value") -> BacnetReading:
        while (reading := self._readings.get(timeout=DEADLINE_S)).property != name:
            pass
        return reading

    @property
    def is_empty(self) -> bool:
        return self._readings.empty()


@pytest.fixture(scope="module")
def ours() -> Iterator[BACnetStack]:
    with stack() as opened:
        yield opened


@pytest.fixture
def peer() -> Iterator[Server]:
    with device() as server:
        yield server


def subscribed(ours: BACnetStack, peer: Server, heard: Heard, *, confirmed: bool = False) -> Subscription:
    return ours.ask(lambda client: client.subscribe_cov(peer.address, INPUT, heard, confirmed=confirmed))


@pytest.mark.parametrize("confirmed", [False, True])
def test_the_present_state_is_told_at_once_and_each_change_after_it(
    ours: BACnetStack, peer: Server, confirmed: bool
) -> None:
    heard = Heard()
    subscription = subscribed(ours, peer, heard, confirmed=confirmed)
    first = heard.next()
    assert (first.value, first.object, first.address, first.quality) == (12.5, INPUT, peer.address, Quality.GOOD)
    assert heard.next("status-flags").value == ""
    for value in (13.0, 14.0):
        peer.set(INPUT, "presentValue", value)
        assert heard.next().value == value
    ours.ask(lambda _: subscription.close())


def test_a_change_below_the_increment_is_not_told(ours: BACnetStack, peer: Server) -> None:
    heard = Heard()
    subscription = subscribed(ours, peer, heard)
    heard.next()
    peer.set(INPUT, "presentValue", 12.55)
    peer.set(INPUT, "presentValue", 15.0)
    assert heard.next().value == 15.0
    ours.ask(lambda _: subscription.close())


def test_after_closing_the_device_has_nobody_to_tell(ours: BACnetStack, peer: Server) -> None:
    heard = Heard()
    subscription = subscribed(ours, peer, heard)
    heard.next("status-flags")
    ours.ask(lambda _: subscription.close())
    ours.ask(lambda _: subscription.close())
    assert not peer.application._cov_detections
    assert heard.is_empty


def test_several_subscribers_to_one_object_are_all_told(ours: BACnetStack, peer: Server) -> None:
    one, two = Heard(), Heard()
    first, second = subscribed(ours, peer, one), subscribed(ours, peer, two)
    one.next(), two.next()
    ours.ask(lambda _: first.close())
    peer.set(INPUT, "presentValue", 16.0)
    assert two.next().value == 16.0
    ours.ask(lambda _: second.close())


def test_an_object_that_cannot_be_subscribed_to_says_so(ours: BACnetStack, peer: Server) -> None:
    with pytest.raises(BacnetRefusal, match="unknown-object"):
        ours.ask(lambda client: client.subscribe_cov(peer.address, "analog-input,999", Heard()))
    assert not ours.application.subscriptions


def test_a_subscription_to_nobody_is_unreachable(ours: BACnetStack) -> None:
    with pytest.raises(DeviceUnreachable):
        ours.ask(lambda client: client.subscribe_cov(f"127.0.0.1:{free_port()}", INPUT, Heard(), timeout_s=0.2))
    assert not ours.application.subscriptions


def test_a_subscription_is_renewed_and_its_loss_told_once(
    ours: BACnetStack, peer: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("clients.bacnet.cov._LEAST_WAIT_S", 0.02)
    heard = Heard()
    subscription = ours.ask(
        lambda client: client.subscribe_cov(peer.address, INPUT, heard, lifetime_s=0, timeout_s=0.5)
    )
    heard.next()
    assert heard.next().value == 12.5, "each renewal is answered with the present state"
    peer.faults.is_silent = True
    while (lost := heard.next()).quality is Quality.GOOD:
        pass
    assert (lost.quality, lost.value, isinstance(lost.error, DeviceUnreachable)) == (Quality.MISSING, None, True)
    peer.faults.is_silent = False
    assert heard.next().quality is Quality.GOOD
    ours.ask(lambda _: subscription.close())
    assert sum("cannot be renewed" in record.message for record in caplog.records) == 1


def test_a_notification_that_nobody_asked_for_is_refused(ours: BACnetStack, peer: Server) -> None:
    heard = Heard()
    subscription = subscribed(ours, peer, heard, confirmed=True)
    heard.next("status-flags")
    ours.post(ours.application.subscriptions.clear)
    peer.set(INPUT, "presentValue", 17.0)
    assert ours.ask(lambda client: client.read(peer.address, INPUT)).value == 17.0
    assert heard.is_empty
    ours.ask(lambda _: subscription.close())
