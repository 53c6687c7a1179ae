"""Paced, the reads come as late as they safely can: from the first step on, however far away a controller is."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, cast

import pytest

from bridge.device_loop import Course, DeviceLoop
from bridge.link import ControllerLink
from utils.clocks import Clocks
from utils.pacing import Pacer
from utils.values import Frame

PERIOD_S = 1.0


class Passing(threading.Event):
    """An event that nobody sets, with the clocks whose time passes where somebody waits for it, or works."""

    def __init__(self) -> None:
        super().__init__()
        self.now_s = 0.0
        self.host = Clocks(monotonic=lambda: self.now_s, wall=lambda: self.now_s)

    def wait(self, timeout: float | None = None) -> bool:
        self.now_s += timeout or 0.0
        return self.is_set()


class FarAway:
    """A controller as the device loop sees it, each of whose round trips takes its time."""

    def __init__(self, clocks: Passing, trip_s: float) -> None:
        self._clocks = clocks
        self._trip_s = trip_s
        self.is_present, self.is_due, self.clock = True, False, None
        self.calls: Any = _Calls()
        self.read_at_s: list[float] = []

    def exchange(self, frame: Frame) -> dict[Any, Any]:
        self._clocks.now_s += 2 * self._trip_s
        return {}

    def write(self, frame: Frame) -> dict[Any, Any]:
        self._clocks.now_s += self._trip_s
        return {}

    def read(self) -> dict[Any, Any]:
        self.read_at_s.append(self._clocks.now_s)
        self._clocks.now_s += self._trip_s
        return {}


class _Calls:
    def cut(self, *, writing_too: bool) -> None:
        pass

    def resume(self) -> None:
        pass


@contextmanager
def stepping(trip_s: float) -> Iterator[tuple[DeviceLoop, Pacer, FarAway, Passing]]:
    passing = Passing()
    pacer = Pacer(PERIOD_S, passing.host)
    link = FarAway(passing, trip_s)
    with ThreadPoolExecutor(1) as pool:
        loop = DeviceLoop([cast(ControllerLink, link)], pacer, None, pool, passing, passing, passing.host)
        with loop.answering():
            yield loop, pacer, link, passing
        loop.wait_for_tasks()


def frame(number: int) -> Frame:
    return cast(Frame, _Frame(number))


class _Frame:
    def __init__(self, number: int) -> None:
        self.number = number
        self.time_s = 0.0


@pytest.mark.parametrize("trip_s", [0.01, 0.12, 0.2])
def test_no_step_is_late_from_the_first_one_on(trip_s: float) -> None:
    with stepping(trip_s) as (loop, pacer, link, passing):
        loop.show(frame(0), Course.COUPLING)
        loop.answer(lambda: None)
        pacer.start()
        for number in range(1, 8):
            began_s = passing.now_s
            loop.show(frame(number))
            loop.answer(lambda: None)
            assert link.read_at_s[-1] - began_s > 0.99 * trip_s, "behind the writes"
            pacer.wait(passing)
    assert pacer.late_steps == 0


def test_what_a_first_read_may_take_leaves_most_of_the_step_to_the_controllers() -> None:
    with stepping(3.0) as (loop, _, link, passing):
        loop.show(frame(0), Course.COUPLING)
        loop.answer(lambda: None)
        link._trip_s = 0.01
        loop._pacer.start()
        began_s = passing.now_s
        loop.show(frame(1))
        loop.answer(lambda: None)
    assert link.read_at_s[0] - began_s > 0.4 * PERIOD_S
