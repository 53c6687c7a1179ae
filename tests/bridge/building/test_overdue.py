"""An answer that is overdue, on an injected clock."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import pytest

from bridge.building.overdue import OverdueWatch
from utils.clocks import Clocks
from utils.pacing import Pacer


class Bench:
    """A watch whose time moves when told."""

    def __init__(self, period_s: float, answered_s: Sequence[float] = ()) -> None:
        self.now_s = 0.0
        self.pacer = Pacer(period_s, Clocks(lambda: self.now_s, lambda: self.now_s))
        self.watch = OverdueWatch(self.pacer, 300.0, lambda: self.now_s)
        for took_s in answered_s:
            self.answer(took_s)

    def answer(self, *looks_s: float) -> None:
        """One answer that comes with the last of these waits; a look after each."""
        with self.watch.awaiting():
            for seconds in looks_s:
                self.now_s += seconds
                self.watch.look()


@pytest.mark.parametrize(
    ("period_s", "answered_s", "in_time_s", "late_s"),
    [
        (0.0, [], 4.9, 5.1),
        (0.0, [0.1] * 9, 4.9, 5.1),
        (60.0, [0.1] * 9, 59.0, 61.0),
        (0.0, [4.0, 4.0, 4.0, 900.0], 11.9, 12.1),
    ],
    ids=["5 s at the least, also at first", "5 s at the least", "the period", "three times the median"],
)
def test_an_answer_is_overdue_by_the_longest_of_three_times(
    period_s: float, answered_s: Sequence[float], in_time_s: float, late_s: float, caplog: pytest.LogCaptureFixture
) -> None:
    punctual, late = Bench(period_s, answered_s), Bench(period_s, answered_s)
    before = late.pacer.late_steps
    caplog.clear()
    punctual.answer(in_time_s)
    assert "has not answered" not in caplog.text
    late.answer(late_s)
    assert "the simulation has not answered advance for" in caplog.text
    assert (punctual.pacer.late_steps, late.pacer.late_steps) == (before, before + 1)


def test_it_is_said_every_half_minute_with_what_is_left_and_counted_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    bench = Bench(0.0)
    bench.answer(6.0, 29.0, 2.0, 29.0, 1.0, 0.5)
    told = [message for message in caplog.messages if "has not answered" in message]
    left = [message.partition("waiting for another ")[2] for message in told]
    assert left == [f"{seconds} s (BOP_ADVANCE_TIMEOUT)" for seconds in (294, 263, 233)]
    assert "the simulation answers again, after 68 s" in caplog.text
    assert bench.pacer.late_steps == 1


def test_nothing_is_overdue_between_two_answers(caplog: pytest.LogCaptureFixture) -> None:
    bench = Bench(0.0, [0.1])
    bench.now_s += 3600.0
    bench.watch.look()
    assert not caplog.text
    bench.answer(0.2)
    assert bench.pacer.late_steps == 0
