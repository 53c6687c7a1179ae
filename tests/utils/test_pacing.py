"""The pace: absolute deadlines on injected clocks."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.waiting import DEADLINE_S
from utils.clocks import Clocks
from utils.pacing import HostSlept, Pacer, TooLate, WhenLate


@dataclass
class FakeTime:
    """Monotonic and wall time that only move when told. Waiting on the stop event moves both."""

    now: float = 1000.0
    wall_ahead: float = 500.0
    overslept_s: float = 0.0
    """How much longer than asked for the next wait takes."""

    @property
    def clocks(self) -> Clocks:
        return Clocks(lambda: self.now, lambda: self.now + self.wall_ahead)


class FakeStop(threading.Event):
    """A stop event on which waiting takes no real time."""

    def __init__(self, time: FakeTime) -> None:
        super().__init__()
        self._time = time
        self.on_wait: Callable[[], object] = lambda: None

    def wait(self, timeout: float | None = None) -> bool:
        self.on_wait()
        self._time.now += (timeout or 0.0) + self._time.overslept_s
        return self.is_set()


def paced(period_s: float, when_late: WhenLate = "stretch") -> tuple[FakeTime, FakeStop, Pacer]:
    time = FakeTime()
    pacer = Pacer(period_s, time.clocks, when_late)
    pacer.start()
    return time, FakeStop(time), pacer


def test_a_step_that_was_overdue_is_not_counted_again_when_it_has_ended() -> None:
    time, stop, pacer = paced(2.0)
    pacer.wait(stop)
    time.now += 7.0
    pacer.overdue()
    assert pacer.late_steps == 1
    pacer.wait(stop)
    assert pacer.late_steps == 1
    time.now += 3.0
    pacer.wait(stop)
    assert pacer.late_steps == 2


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


@pytest.mark.parametrize("when_late", ["stretch", "stop"])
def test_as_fast_as_possible_no_step_is_too_late(when_late: WhenLate) -> None:
    time, stop, pacer = paced(0.0, when_late)
    time.now += 3600.0
    pacer.wait(stop)
    assert (pacer.late_steps, pacer.slipped_s) == (0, 0.0)


def test_where_the_settings_say_so_a_step_late_by_more_than_a_period_ends_the_run() -> None:
    time, stop, pacer = paced(2.0, "stop")
    time.now += 3.9
    pacer.wait(stop)
    time.now += 2.2
    with pytest.raises(TooLate, match=r"late by 2\.1 s.*BOP_WHEN_LATE=stop"):
        pacer.wait(stop)


def test_a_run_that_is_stopping_is_not_too_late() -> None:
    time, stop, pacer = paced(2.0, "stop")
    time.now += 60.0
    stop.set()
    pacer.wait(stop)
    assert pacer.late_steps == 1


def test_lateness_is_said_once_when_it_begins_and_when_it_has_been_over_for_a_minute(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    time, stop, pacer = paced(2.0)
    for work_s in [1.0] + [7.0, *[0.5] * 20, 7.0] + [0.5] * 40:
        time.now += work_s
        pacer.wait(stop)
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]
    assert "late by 5 s" in caplog.messages[0]
    assert caplog.messages[1] == "on time again; 2 steps were late, the wall clock slipped 10.0 s"


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


def test_a_sleep_in_the_wait_for_the_next_step_is_noticed_before_that_step() -> None:
    time, stop, pacer = paced(2.0)
    stop.on_wait = lambda: setattr(time, "wall_ahead", 4100.0)
    with pytest.raises(HostSlept, match="slept for about 3600 s"):
        pacer.wait(stop)


def test_a_sleep_that_monotonic_time_counts_is_noticed_by_the_wait_that_takes_too_long() -> None:
    time, stop, pacer = paced(2.0)
    pacer.wait(stop)
    time.overslept_s = 3600.0
    with pytest.raises(HostSlept, match="slept for about 3600 s"):
        pacer.wait(stop)
    with pytest.raises(HostSlept):
        pacer.pause(stop, 0.5)


def test_a_simulator_that_takes_minutes_is_late_and_no_sleep() -> None:
    time, stop, pacer = paced(2.0)
    time.now += 600.0
    time.overslept_s = 5.0
    pacer.wait(stop)
    pacer.wait(stop)
    assert pacer.slipped_s == pytest.approx(598.0)


def test_a_small_correction_of_the_wall_clock_is_no_sleep() -> None:
    time, stop, pacer = paced(2.0)
    time.wall_ahead += 3.0
    pacer.wait(stop)


def stand_still(time: FakeTime, pacer: Pacer, seconds: float) -> None:
    """Ctrl+Z, and fg after so long: for both clocks time goes on."""
    with pacer.standstill.hold():
        time.now += seconds


class TestStandstill:
    """A process that was stopped with Ctrl+Z."""

    def test_in_the_middle_of_a_step_it_is_neither_late_nor_has_it_slept_and_the_pace_starts_anew(self) -> None:
        time, stop, pacer = paced(2.0, "stop")
        pacer.wait(stop)
        stand_still(time, pacer, 600.0)
        pacer.wait(stop)
        assert (time.now - 1000.0, pacer.late_steps, pacer.slipped_s) == (2.0 + 600.0 + 2.0, 0, 0.0)

    def test_in_the_middle_of_a_wait_too(self) -> None:
        time, stop, pacer = paced(2.0, "stop")
        stop.on_wait = lambda: stand_still(time, pacer, 600.0)
        pacer.wait(stop)
        stop.on_wait = lambda: None
        began = time.now
        pacer.wait(stop)
        assert (time.now - began, pacer.late_steps) == (2.0, 0)

    def test_a_suspend_during_it_ends_the_run_all_the_same(self) -> None:
        time, stop, pacer = paced(2.0)
        stand_still(time, pacer, 1.0)
        time.wall_ahead += 3600.0
        with pytest.raises(HostSlept):
            pacer.wait(stop)

    def test_nothing_is_begun_while_the_process_is_about_to_stop_and_what_is_under_way_is_waited_for(self) -> None:
        pacer = Pacer(2.0)
        order: list[str] = []
        has_begun, may_end, has_stopped = threading.Event(), threading.Event(), threading.Event()

        def call() -> None:
            with pacer.standstill.under_way():
                has_begun.set()
                assert may_end.wait(DEADLINE_S)
                order.append("the call in flight has ended")
            assert has_stopped.wait(DEADLINE_S)
            with pacer.standstill.under_way() as count:
                order.append(f"the next begins after {count} standstill")

        thread = threading.Thread(target=call)
        thread.start()
        assert has_begun.wait(DEADLINE_S)
        threading.Timer(0.05, may_end.set).start()
        with pacer.standstill.hold(DEADLINE_S):
            order.append("stopped")
            has_stopped.set()
        thread.join(DEADLINE_S)
        assert order == ["the call in flight has ended", "stopped", "the next begins after 1 standstill"]

    def test_a_call_that_does_not_end_does_not_keep_it_from_stopping(self) -> None:
        pacer = Pacer(2.0)
        with pacer.standstill.under_way(), pacer.standstill.hold(patience_s=0.0):
            pass
        assert pacer.standstill.count == 1
