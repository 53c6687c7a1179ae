"""The hand-off between the two threads."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.waiting import DEADLINE_S
from utils.handoff import Closed, LatestValue


def test_a_waiter_gets_the_value_it_waits_for_and_not_an_older_one() -> None:
    slot: LatestValue[int] = LatestValue()
    slot.publish(1)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(slot.wait_until, lambda value: value >= 3, 5.0)
        for value in (2, 3):
            slot.publish(value)
        assert waiting.result() == 3


def test_only_the_newest_value_is_kept() -> None:
    slot: LatestValue[int] = LatestValue()
    for value in range(5):
        slot.publish(value)
    assert slot.wait_until(lambda value: True) == 4


def test_waiting_longer_than_allowed_is_a_timeout() -> None:
    slot: LatestValue[int] = LatestValue()
    with pytest.raises(TimeoutError):
        slot.wait_until(lambda value: True, timeout_s=0.0)


def test_closing_wakes_everybody_who_waits() -> None:
    slot: LatestValue[int] = LatestValue()
    started = threading.Barrier(4)

    def wait() -> None:
        started.wait(DEADLINE_S)
        slot.wait_until(lambda value: value > 100, 5.0)

    with ThreadPoolExecutor(3) as pool:
        waiting = [pool.submit(wait) for _ in range(3)]
        started.wait(DEADLINE_S)
        slot.close()
        assert [type(future.exception()) for future in waiting] == [Closed] * 3


def test_a_closed_slot_takes_no_values_and_gives_none() -> None:
    slot: LatestValue[int] = LatestValue()
    slot.close()
    slot.publish(1)
    with pytest.raises(Closed):
        slot.wait_until(lambda value: True, timeout_s=1.0)
