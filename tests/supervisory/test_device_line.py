"""One controller's line: jobs one after the other, on a client that has connected."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import cast

import pytest

from clients.device_client import DeviceClient
from supervisory.guard.device_line import DeviceLine
from tests.waiting import DEADLINE_S
from utils.errors import AccountRefused, DeviceRefused, DeviceUnreachable

DEVICE = "10.0.0.1"


class Client:
    """Counts how often it is connected, and lets calls wait until it is told to abandon them."""

    def __init__(self) -> None:
        self.connects = 0
        self.error: Exception | None = None
        self.abandoned = threading.Event()

    def connect(self) -> None:
        self.connects += 1
        if self.error is not None:
            raise self.error

    def abort(self) -> None:
        self.abandoned.set()

    def resume(self) -> None:
        self.abandoned.clear()

    def close(self) -> None:
        """There is nothing to close."""


@pytest.fixture
def client() -> Client:
    return Client()


@pytest.fixture
def line(client: Client) -> Iterator[DeviceLine]:
    subject = DeviceLine(DEVICE, cast("DeviceClient", client))
    yield subject
    subject.close()


def fails(error: Exception) -> None:
    raise error


def test_it_connects_once(line: DeviceLine, client: Client) -> None:
    assert [line.submit(lambda _: 1).result(DEADLINE_S), line.submit(lambda _: 2).result(DEADLINE_S)] == [1, 2]
    assert client.connects == 1


def test_after_a_lost_connection_it_connects_again(line: DeviceLine, client: Client) -> None:
    lost = line.submit(lambda _: fails(DeviceUnreachable(DEVICE, "no answer")))
    assert isinstance(lost.exception(DEADLINE_S), DeviceUnreachable)
    line.submit(lambda _: None).result(DEADLINE_S)
    assert client.connects == 2


def test_a_refusal_of_one_thing_is_no_lost_connection(line: DeviceLine, client: Client) -> None:
    refused = line.submit(lambda _: fails(DeviceRefused(DEVICE, "read-only")))
    assert isinstance(refused.exception(DEADLINE_S), DeviceRefused)
    line.submit(lambda _: None).result(DEADLINE_S)
    assert client.connects == 1


def test_an_account_that_was_refused_is_not_tried_again_at_once(line: DeviceLine, client: Client) -> None:
    client.error = AccountRefused(DEVICE, "401")
    for _ in range(3):
        assert isinstance(line.submit(lambda _: None).exception(DEADLINE_S), AccountRefused)
    assert client.connects == 1


def test_one_that_is_away_is_tried_each_time(line: DeviceLine, client: Client) -> None:
    client.error = DeviceUnreachable(DEVICE, "no answer")
    for _ in range(2):
        assert isinstance(line.submit(lambda _: None).exception(DEADLINE_S), DeviceUnreachable)
    client.error = None
    line.submit(lambda _: None).result(DEADLINE_S)
    assert client.connects == 3


def test_closing_abandons_what_is_in_flight_and_what_waits_and_ends_the_thread(client: Client) -> None:
    subject, begun = DeviceLine(DEVICE, cast("DeviceClient", client)), threading.Event()

    def job(_client: DeviceClient) -> bool:
        begun.set()
        return client.abandoned.wait(DEADLINE_S)

    in_flight, waiting = subject.submit(job), subject.submit(lambda _: True)
    assert begun.wait(DEADLINE_S)
    subject.close()
    assert in_flight.result(0)
    assert waiting.cancelled()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith(f"gate-{DEVICE}")]


class TestAnUrgentJob:
    def test_has_what_is_in_flight_abandoned_when_it_has_waited_long_enough(
        self, line: DeviceLine, client: Client
    ) -> None:
        in_flight = line.submit(lambda _: client.abandoned.wait(DEADLINE_S))
        urgent = line.submit_urgent(lambda _: "done")
        urgent.hurry(time.monotonic())
        assert in_flight.result(DEADLINE_S)
        assert urgent.result() == "done"
        assert not client.abandoned.is_set()

    def test_is_not_abandoned_itself(self, line: DeviceLine, client: Client) -> None:
        begun, go_on = threading.Event(), threading.Event()

        def job(_client: DeviceClient) -> bool:
            begun.set()
            return go_on.wait(DEADLINE_S)

        urgent = line.submit_urgent(job)
        assert begun.wait(DEADLINE_S)
        urgent.hurry(time.monotonic())
        assert not client.abandoned.is_set()
        go_on.set()
        assert urgent.result()
