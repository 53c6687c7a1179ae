"""What an output does otherwise on the same day, by what happens."""

from __future__ import annotations

import math

import pytest

from recording.comparing.behaviour import behaviour, differences

STEP_S = 60.0
HOURS = 3
TIMES_S = [STEP_S * number for number in range(HOURS * 60 + 1)]
RAMP = [min(100.0, number / 1.2) for number in range(len(TIMES_S))]


def otherwise(one: list[float], other: list[float]) -> list[str]:
    return differences(TIMES_S, one, TIMES_S, other, STEP_S)


def switched(at: int) -> list[float]:
    return [float(number >= at) for number in range(len(TIMES_S))]


def test_a_loop_that_parts_a_little_in_every_step_does_the_same() -> None:
    near = [value + 0.5 * math.sin(number / 20) for number, value in enumerate(RAMP)]
    assert near != RAMP
    assert otherwise(RAMP, near) == []


def test_a_switch_may_come_two_minutes_and_a_step_later_and_no_more() -> None:
    assert otherwise(switched(30), switched(33)) == []
    assert otherwise(switched(30), switched(34)) == ["switches to 1 240 s later, at 1 Jan 00:34"]


def test_a_switch_too_many_is_told() -> None:
    twice = [0.0 if 60 <= number < 70 else value for number, value in enumerate(switched(30))]
    assert otherwise(switched(30), twice) == ["switches 3 times instead of 1"]


def test_a_stage_that_is_another_is_told() -> None:
    assert otherwise(switched(30), [2 * value for value in switched(30)]) == ["goes to 2 instead of 1 at 1 Jan 00:30"]


def test_a_value_that_settles_elsewhere_is_told_with_its_hour() -> None:
    [first, *_] = otherwise(RAMP, [value - (6.0 if number > 130 else 0.0) for number, value in enumerate(RAMP)])
    assert first.startswith("settles at ")
    assert "(mean of hour 3)" in first


def test_an_overshoot_is_told() -> None:
    over = [value + (15.0 if 125 <= number < 130 else 0.0) for number, value in enumerate(RAMP)]
    assert "highest 115 instead of 100" in otherwise(RAMP, over)


def test_a_loop_that_hunts_is_told_by_its_travel_and_its_turns() -> None:
    hunting = [value + (2.0 if number % 4 < 2 else -2.0) for number, value in enumerate(RAMP)]
    words = otherwise(RAMP, hunting)
    assert any(one.startswith("travels ") for one in words)
    assert any(one.startswith("turns ") for one in words)


def test_what_was_never_heard_has_nothing_to_say() -> None:
    assert otherwise([math.nan] * len(TIMES_S), [math.nan] * len(TIMES_S)) == []


def test_what_an_output_did_is_counted_in_its_own_unit() -> None:
    seen = behaviour(TIMES_S, RAMP, 100.0)
    assert (seen.lowest, seen.highest, seen.turns, seen.stages) == (0.0, 100.0, 0, ())
    assert seen.travel == pytest.approx(100.0)
    assert seen.hours == pytest.approx((25.0, 75.0, 100.0), abs=0.01)
