"""Step responses whose figures are known by formula."""

from __future__ import annotations

import math

import pytest

from page.seeing.step_response import in_words, reversals, step_response

TIMES = [float(time) for time in range(601)]


def first_order(tau_s: float) -> list[float]:
    return [1.0 - math.exp(-time / tau_s) for time in TIMES]


def second_order(damping: float, omega: float) -> list[float]:
    damped = omega * math.sqrt(1 - damping**2)
    return [
        1 - math.exp(-damping * omega * t) * (math.cos(damped * t) + damping * omega / damped * math.sin(damped * t))
        for t in TIMES
    ]


def test_a_lag_rises_in_two_point_two_time_constants_and_never_passes() -> None:
    found = step_response(TIMES, first_order(50.0), target=1.0)
    assert found is not None
    assert found.rise_s == pytest.approx(math.log(9) * 50, abs=0.5)
    assert found.settling_s == pytest.approx(math.log(20) * 50, abs=1.0)
    assert found.overshoot_percent == 0.0


def test_an_oscillation_passes_by_as_much_as_its_damping_says() -> None:
    found = step_response(TIMES, second_order(0.3, 0.1), target=1.0)
    assert found is not None
    assert found.overshoot_percent == pytest.approx(100 * math.exp(-math.pi * 0.3 / math.sqrt(1 - 0.09)), abs=0.2)


def test_a_step_down_is_judged_as_a_step_up() -> None:
    up, down = (step_response(TIMES, [sign * value for value in first_order(30.0)]) for sign in (1.0, -1.0))
    assert up is not None
    assert down is not None
    assert (down.rise_s, down.overshoot_percent, down.settling_s) == (up.rise_s, up.overshoot_percent, up.settling_s)


def test_without_a_set_point_it_ends_where_the_values_end() -> None:
    found = step_response(TIMES, [20 + 4 * value for value in first_order(40.0)])
    assert found is not None
    assert found.begins == 20.0
    assert found.ends == pytest.approx(24.0, abs=0.01)


def test_what_never_gets_there_has_no_rise_and_does_not_settle() -> None:
    found = step_response(TIMES, [0.001 * time for time in TIMES], target=5.0)
    assert found is not None
    assert (found.rise_s, found.settling_s) == (None, None)
    assert "does not get there" in in_words("a", "%", 0, found)


@pytest.mark.parametrize("values", [[], [1.0, 2.0], [3.0] * 601, [math.nan] * 601])
def test_where_nothing_moves_there_is_no_step(values: list[float]) -> None:
    found = step_response(TIMES[: len(values)], values)
    assert found is None
    assert "no step" in in_words("a", "%", 0, found)


def test_turns_are_counted_and_noise_is_not() -> None:
    swings = [math.sin(math.pi * time / 50) for time in TIMES]
    assert reversals(swings) == 12
    assert reversals([value + 0.005 * (-1) ** place for place, value in enumerate(first_order(50.0))]) == 0
    assert reversals([]) == reversals([1.0, 2.0, 3.0]) == 0


def test_gaps_are_passed_over() -> None:
    values = first_order(50.0)
    holes = [math.nan if place % 7 == 3 else value for place, value in enumerate(values)]
    whole, holed = step_response(TIMES, values, 1.0), step_response(TIMES, holes, 1.0)
    assert whole is not None
    assert holed is not None
    assert holed.rise_s == pytest.approx(whole.rise_s, abs=1.5)
