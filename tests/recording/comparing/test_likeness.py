"""What is said of an output that was played again."""

from __future__ import annotations

import math

from recording import Signal
from recording.comparing import EXACT, Likeness, Tolerance
from recording.comparing.likeness import judge, noise_of

NAN = math.nan
VALVE = Signal("AHU.CoolingValve [percent]", "percent")
TIMES_S = [0.0, 5.0, 10.0, 15.0]
RAMP = [0.0, 10.0, 20.0, 30.0]


def test_what_was_commanded_again_is_the_same() -> None:
    found = judge(VALVE, TIMES_S, RAMP, RAMP, EXACT)
    assert (found.likeness, found.compared, found.steps) == (Likeness.SAME, 4, 0)


def test_the_first_and_the_largest_difference_are_told() -> None:
    found = judge(VALVE, TIMES_S, RAMP, [0.0, 10.5, 23.0, 30.0], EXACT)
    assert (found.likeness, found.steps, found.first_s, found.largest) == (Likeness.DIFFERENT, 2, 5.0, 3.0)


def test_within_the_tolerances_in_value_and_in_time_it_is_the_same() -> None:
    assert judge(VALVE, TIMES_S, RAMP, [0.0, 10.5, 20.5, 30.5], Tolerance(0.5)).likeness is Likeness.SAME
    lagging = [0.0, 0.0, 10.0, 20.0]
    assert judge(VALVE, TIMES_S, RAMP, lagging, EXACT).likeness is Likeness.DIFFERENT
    assert judge(VALVE, TIMES_S, RAMP, lagging, Tolerance(0.0, 5.0)).likeness is Likeness.SAME


def test_what_the_same_controller_does_by_itself_is_no_difference() -> None:
    noise = noise_of(TIMES_S, [RAMP, [0.0, 12.0, 20.0, 30.0], [0.0, 10.0, 17.0, 30.0]], 0.0)
    assert noise == 3.0
    assert judge(VALVE, TIMES_S, RAMP, [0.0, 10.0, 23.0, 30.0], EXACT, noise).likeness is Likeness.SAME
    assert judge(VALVE, TIMES_S, RAMP, [0.0, 10.0, 23.1, 30.0], EXACT, noise).likeness is Likeness.DIFFERENT


def test_the_noise_is_the_same_in_whatever_order_the_rounds_were_played() -> None:
    """A last step that is lower is within reach of the one before; seen from there it is beyond the highest."""
    rounds = [RAMP, [0.0, 10.0, 20.0, 33.0]]
    assert noise_of(TIMES_S, rounds, 10.0) == noise_of(TIMES_S, rounds[::-1], 10.0) == 3.0


def test_one_round_has_no_noise() -> None:
    assert noise_of(TIMES_S, [RAMP], 0.0) == 0.0
    assert noise_of(TIMES_S, [], 0.0) == 0.0


def test_an_output_that_wanders_by_itself_says_nothing_of_a_change() -> None:
    found = judge(VALVE, TIMES_S, RAMP, RAMP, EXACT, noise=6.1)
    assert found.likeness is Likeness.NOT_COMPARABLE
    assert "spreads by 6.1; in the recording it moves by 30" in found.why


def test_an_output_that_was_hardly_heard_is_not_the_same() -> None:
    found = judge(VALVE, TIMES_S, RAMP, [0.0, 10.0, 20.0, NAN], EXACT)
    assert (found.likeness, found.why) == (Likeness.NOT_COMPARABLE, "heard in 3 of 4 steps")


def test_what_was_never_recorded_cannot_be_compared() -> None:
    assert judge(VALVE, TIMES_S, [NAN] * 4, RAMP, EXACT).likeness is Likeness.NOT_COMPARABLE
