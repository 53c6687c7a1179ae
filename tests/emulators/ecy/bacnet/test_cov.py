"""Subscriptions to an emulated controller: what is told, when, and to whom no longer."""

from __future__ import annotations

from typing import Any

import pytest
from bacpypes3.apdu import ConfirmedCOVNotificationRequest, UnconfirmedCOVNotificationRequest
from bacpypes3.primitivedata import Boolean, Enumerated, Real, Unsigned

from emulators.ecy.bacnet_profile import BacnetProfile
from emulators.ecy.profile import Profile
from emulators.program import ObjectSpec
from tests.emulators.ecy.bacnet.client import BacnetBench, Value, bacnet_bench, refusal
from tests.emulators.ecy.client import SOME_OBJECTS
from tests.waiting import eventually

UNCONFIRMED, CONFIRMED = UnconfirmedCOVNotificationRequest, ConfirmedCOVNotificationRequest


def values(notifications: list[Any], datatype: type) -> list[Any]:
    return [one.listOfValues[0].value.cast_out(datatype) for one in notifications]


def told(bench: BacnetBench, count: int, datatype: type = Real, kind: type = UNCONFIRMED) -> list[Any]:
    """The values that have been told, as soon as there are so many."""
    return values(bench.client.heard(kind, count), datatype)


def test_a_subscriber_is_told_at_once_and_of_every_change() -> None:
    with bacnet_bench() as bench:
        bench.client.subscribe("analog-value,3")
        assert told(bench, 1) == [21.0]
        bench.controller.objects.command("Setpoint", 22.0, 8)
        assert told(bench, 2) == [21.0, 22.0]
        [first, _] = bench.client.heard(UNCONFIRMED, 2)
        assert first.subscriberProcessIdentifier == 7
        assert first.initiatingDeviceIdentifier[1] == 1
        assert str(first.monitoredObjectIdentifier) == "analog-value,3"
        assert 0 < first.timeRemaining <= 60


@pytest.mark.parametrize(
    ("target", "name", "value", "datatype"),
    [
        ("analog-input,1", "Outdoor temperature", 5.0, Real),
        ("binary-input,3", "Fan status", 1.0, Enumerated),
        ("multi-state-input,1", "Switch", 2.0, Unsigned),
    ],
)
def test_inputs_of_every_kind_tell_what_they_measure(target: str, name: str, value: float, datatype: type) -> None:
    switch = ObjectSpec("MultiStateInput", "Switch", states=("a", "b"))
    with bacnet_bench(objects=(*SOME_OBJECTS, switch)) as bench:
        bench.client.subscribe(target)
        told(bench, 1, datatype)
        bench.controller.objects.measure(name, value)
        assert told(bench, 2, datatype)[1] == value


@pytest.mark.parametrize(
    ("target", "value", "datatype"),
    [
        ("analog-output,1", Real(40.0), Real),
        ("binary-output,1", Enumerated(1), Enumerated),
        ("binary-value,9", Enumerated(0), Enumerated),
        ("multi-state-value,4", Unsigned(3), Unsigned),
    ],
)
def test_commands_of_every_kind_are_told(target: str, value: Value, datatype: type) -> None:
    with bacnet_bench() as bench:
        bench.client.subscribe(target)
        told(bench, 1, datatype)
        bench.client.command(target, value, 8)
        assert told(bench, 2, datatype)[1] == value


def test_a_change_is_told_when_it_adds_up_to_the_increment() -> None:
    with bacnet_bench() as bench:
        bench.client.write("analog-value,3", "cov-increment", Real(1.0))
        bench.client.subscribe("analog-value,3")
        told(bench, 1)
        for value in (21.5, 21.75, 22.0, 22.5, 20.75, 30.0):
            bench.client.command("analog-value,3", Real(value), 8)
        assert told(bench, 4) == [21.0, 22.0, 20.75, 30.0]


def test_a_change_of_the_status_is_told_whatever_the_value() -> None:
    with bacnet_bench() as bench:
        bench.client.subscribe("analog-input,1")
        told(bench, 1)
        bench.client.write("analog-input,1", "out-of-service", Boolean(True))
        assert told(bench, 2) == [-40.0, -40.0]
        flags = bench.client.heard(UNCONFIRMED, 2)[1].listOfValues[1]
        assert str(flags.propertyIdentifier) == "status-flags"
        bench.client.write("analog-input,1", "out-of-service", Boolean(False))
        bench.controller.objects.measure("Outdoor temperature", float("nan"))
        eventually(lambda: str(told(bench, 1)[-1]) == "nan")


def test_a_command_that_is_outranked_is_not_told() -> None:
    with bacnet_bench() as bench:
        bench.controller.objects.command("Setpoint", 25.0, 5)
        bench.client.subscribe("analog-value,3")
        told(bench, 1)
        bench.client.command("analog-value,3", Real(10.0), 8)
        bench.client.command("analog-value,3", Real(26.0), 4)
        assert told(bench, 2) == [25.0, 26.0]


def test_one_confirmation_is_awaited_and_then_the_newest_value_is_told() -> None:
    with bacnet_bench() as bench:
        bench.client.app.silent = True
        bench.client.subscribe("analog-value,3", confirmed=True)
        told(bench, 1, kind=CONFIRMED)
        for value in (22.0, 23.0, 24.0):
            bench.client.command("analog-value,3", Real(value), 8)
        assert told(bench, 1, kind=CONFIRMED) == [21.0]
        bench.client.app.silent = False
        assert told(bench, 2, kind=CONFIRMED) == [21.0, 24.0]


def test_a_subscriber_that_does_not_confirm_does_not_hold_up_the_controller() -> None:
    objects = [ObjectSpec("AnalogValue", f"Point {number}", "percent", instance=number) for number in range(1, 41)]
    with bacnet_bench(objects=objects) as bench:
        bench.client.app.silent = True
        for number in range(1, 41):
            bench.client.subscribe(f"analog-value,{number}", confirmed=True)
        bench.client.heard(CONFIRMED, 8)
        assert bench.client.read("analog-value,40") == 0.0
        assert len(bench.client.heard(CONFIRMED, 1)) == 8


def test_a_cancelled_subscription_is_silent() -> None:
    with bacnet_bench() as bench:
        bench.client.subscribe("analog-value,3")
        bench.client.subscribe("analog-output,1")
        told(bench, 2)
        bench.client.subscribe("analog-value,3", confirmed=None, lifetime_s=None)
        bench.controller.objects.command("Setpoint", 25.0, 8)
        bench.controller.objects.command("Valve", 50.0, 8)
        assert told(bench, 3) == [21.0, 0.0, 50.0]
        bench.client.subscribe("analog-value,3", confirmed=None, lifetime_s=None)


def test_a_subscription_ends_with_its_lifetime_unless_it_is_renewed() -> None:
    time = Clock()
    with bacnet_bench(monotonic=time) as bench:
        bench.client.subscribe("analog-value,3", lifetime_s=60)
        bench.client.subscribe("analog-output,1", lifetime_s=60)
        told(bench, 2)
        time.now_s = 59.0
        bench.client.subscribe("analog-output,1", lifetime_s=60)
        told(bench, 3)
        time.now_s = 61.0
        assert len(bench.client.read("device,1", "active-cov-subscriptions")) == 1
        bench.controller.objects.command("Setpoint", 25.0, 8)
        bench.controller.objects.command("Valve", 50.0, 8)
        assert told(bench, 4) == [21.0, 0.0, 0.0, 50.0]


def test_the_device_lists_its_subscriptions() -> None:
    with bacnet_bench() as bench:
        bench.client.subscribe("analog-value,3", confirmed=True, lifetime_s=0)
        [one] = bench.client.read("device,1", "active-cov-subscriptions")
        assert one.recipient.processIdentifier == 7
        assert str(one.monitoredPropertyReference.objectIdentifier) == "analog-value,3"
        assert bool(one.issueConfirmedNotifications)
        assert one.timeRemaining == 0


def test_a_reboot_forgets_subscriptions() -> None:
    time = Clock()
    with bacnet_bench(Profile(reboot_s=5.0), monotonic=time) as bench:
        bench.client.subscribe("analog-value,3", lifetime_s=0)
        told(bench, 1)
        bench.controller.reboot()
        time.now_s = 6.0
        bench.controller.objects.command("Setpoint", 25.0, 8)
        assert len(bench.client.read("device,1", "active-cov-subscriptions")) == 0
        assert told(bench, 1) == [21.0]


@pytest.mark.parametrize(
    ("target", "answer"),
    [
        ("analog-value,99", "object: unknown-object"),
        ("trend-log,1", "object: unknown-object"),
        ("device,1", "services: cov-subscription-failed"),
    ],
)
def test_what_cannot_be_watched_is_refused(target: str, answer: str) -> None:
    with bacnet_bench() as bench:
        assert refusal(lambda: bench.client.subscribe(target)) == answer


def test_there_is_room_for_so_many_subscriptions_and_no_more() -> None:
    with bacnet_bench(Profile(bacnet=BacnetProfile(cov_subscriptions=1))) as bench:
        bench.client.subscribe("analog-value,3")
        answer = refusal(lambda: bench.client.subscribe("analog-output,1"))
        assert answer == "resources: no-space-to-add-list-element"
        bench.client.subscribe("analog-value,3")


def test_a_controller_without_cov_rejects_subscriptions() -> None:
    with bacnet_bench(Profile(bacnet=BacnetProfile(cov=False))) as bench:
        assert refusal(lambda: bench.client.subscribe("analog-value,3")) == "unrecognized-service"


class Clock:
    """A monotonic clock that the test moves."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s
