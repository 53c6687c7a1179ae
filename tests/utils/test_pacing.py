"""The pace: absolute deadlines on injected clocks."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import pytest

from utils.pacing import Clocks, HostSlept, Pacer


@dataclass
class FakeTime:
    """Monotonic and wall time that only move when told. Waiting on the stop event moves both."""

    now: float = 1000.0
    wall_ahead: float = 500.0

    @property
    def clocks(self) -> Clocks:
        return Clocks(lambda: self.now, lambda: self.now + self.wall_ahead)


class FakeStop(threading.Event):
    """A stop event on which waiting takes no real time."""

    def __init__(self, time: FakeTime) -> None:
        super().__init__()
        self._time = time

    def wait(self, timeout: float | None = None) -> bool:
        self._time.now += timeout or 0.0
        return self.is_set()


def paced(period_s: float) -> tuple[FakeTime, FakeStop, Pacer]:
    time = FakeTime()
    pacer = Pacer(period_s, time.clocks)
    pacer.start()
    return time, FakeStop(time), pacer


def test_steps_fall_on_multiples_of_the_period_however_long_the_work_takes() -> None:
    time, stop, pacer = paced(2.0)
    moments = []
    for work_s in (0.1, 1.9, 0.0, 1.0):
        time.now += work_s
        pacer.wait(stop)
        moments.append(time.now - 1000.0)
    assert moments == pytest.approx([2.0, 4.0, 6.0, 8.0])
    assert pacer.late_steps == 0


def test_a_slightly_late_step_is_counted_and_made_up_for() -> None:
    time, stop, pacer = paced(2.0)
    time.now += 2.5
    pacer.wait(stop)
    pacer.wait(stop)
    assert (pacer.late_steps, pacer.slipped_s, time.now) == (1, 0.0, 1004.0)


def test_a_step_late_by_more_than_a_period_lets_the_wall_clock_slip() -> None:
    time, stop, pacer = paced(2.0)
    time.now += 7.0
    pacer.wait(stop)
    pacer.wait(stop)
    assert pacer.slipped_s == pytest.approx(5.0)
    assert time.now == pytest.approx(1009.0)


def test_a_period_of_zero_never_waits_and_is_never_late() -> None:
    time, stop, pacer = paced(0.0)
    pacer.wait(stop)
    assert (time.now, pacer.late_steps, pacer.remaining_s) == (1000.0, 0, 0.0)


def test_what_remains_of_a_step_shrinks_to_zero() -> None:
    time, _, pacer = paced(2.0)
    time.now += 1.5
    assert pacer.remaining_s == pytest.approx(0.5)
    time.now += 1.5
    assert pacer.remaining_s == 0.0


def test_a_host_that_slept_ends_the_run() -> None:
    time, stop, pacer = paced(2.0)
    pacer.wait(stop)
    time.wall_ahead += 3600.0
    with pytest.raises(HostSlept, match="slept for about 3600 s"):
        pacer.wait(stop)


def test_a_small_correction_of_the_wall_clock_is_no_sleep() -> None:
    time, stop, pacer = paced(2.0)
    time.wall_ahead += 3.0
    pacer.wait(stop)
