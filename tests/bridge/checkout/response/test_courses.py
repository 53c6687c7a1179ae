"""Courses of measurements: what a step of an actuator did to them, through noise and half-answers."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

import pytest

from bridge.checkout.response.seeing.courses import MovedActuator, noise_in
from bridge.checkout.response.seeing.winners import STANDS_OUT, Observed
from points.meanings import Measure

STEP_S = 60.0
NAMES = ("one", "other", "third")


def course(**values: Sequence[float]) -> list[dict[str, float]]:
    """Frames of some measurements; what is None there lacks in the frame."""
    frames = zip(*values.values(), strict=True)
    return [{name: value for name, value in zip(values, row, strict=True) if value is not None} for row in frames]


def moved(low: list[dict[str, float]], high: list[dict[str, float]], name: str = "damper") -> MovedActuator:
    return MovedActuator(name, 0.0, 1.0, low, high, STEP_S)


def test_a_response_is_what_differs_at_the_end_of_its_time() -> None:
    one = moved(course(one=[20.0] * 4), course(one=[20.0, 21.0, 22.0, 22.0]))
    assert one.response("one", 240.0) == 2.0
    assert one.response("one", 60.0) == 0.0


def test_a_spike_in_one_frame_is_no_response() -> None:
    one = moved(course(one=[20.0] * 6), course(one=[20.0, 20.0, 20.0, 90.0, 20.0, 20.0]))
    assert one.response("one", 360.0) == 0.0


@pytest.mark.parametrize("gap", [math.nan, math.inf, None])
def test_a_frame_without_a_number_is_left_out_alone(gap: float) -> None:
    one = moved(course(one=[20.0] * 4), course(one=[20.0, 21.0, 22.0, gap]))
    assert one.response("one", 240.0) == 22.0 - 20.0
    assert one.at_end("one", 240.0) == (20.0, 22.0)


def test_where_only_the_last_frame_counts_and_lacks_the_others_tell() -> None:
    one = moved(course(one=[20.0, 20.0]), course(one=[23.0, math.nan]))
    assert one.response("one", 120.0) == 3.0


def test_a_measurement_that_is_in_no_frame_is_not_known() -> None:
    one = moved(course(one=[20.0]), course(one=[20.0]))
    assert math.isnan(one.response("nobody", 60.0))
    assert one.delay_s("nobody", 60.0, 0.1) is None
    assert one.at_end("nobody", 60.0) is None


def test_the_delay_is_that_of_the_first_frame_that_counts() -> None:
    one = moved(course(one=[20.0] * 4), course(one=[20.0, 20.05, 20.5, 22.0]))
    assert one.delay_s("one", 240.0, 0.1) == 180.0
    assert one.delay_s("one", 120.0, 0.1) is None


def test_a_run_that_ended_early_is_compared_as_far_as_both_came() -> None:
    one = moved(course(one=[20.0] * 4), course(one=[21.0, 22.0]))
    assert one.response("one", 120.0) == 2.0
    assert one.response("one", 240.0) == 1.5


def test_noise_is_measured_and_drift_is_none() -> None:
    rng = random.Random(1)  # noqa: S311
    noisy = course(one=[20.0 + 0.01 * step + rng.gauss(0.0, 0.3) for step in range(400)])
    assert noise_in(noisy, "one") == pytest.approx(0.3, rel=0.15)
    assert noise_in(course(one=[20.0 + 0.1 * step for step in range(400)]), "one") == pytest.approx(0.0, abs=1e-9)
    assert noise_in([], "one") == 0.0


def test_what_is_within_the_noise_has_not_answered() -> None:
    rng = random.Random(2)  # noqa: S311

    def noisy(level: float) -> list[dict[str, float]]:
        return course(one=[level + rng.gauss(0.0, 0.5) for _ in range(60)])

    observed = Observed(noisy(20.0), {"one": Measure.TEMPERATURE})
    quiet, loud = moved(noisy(20.0), noisy(20.4)), moved(noisy(20.0), noisy(26.0))
    observed.moved += [quiet, loud]
    assert observed.ranking(quiet, ["one"], 3600.0, 0, STANDS_OUT) is None
    found = observed.ranking(loud, ["one"], 3600.0, 0, STANDS_OUT)
    assert found is not None
    assert found.first.response == pytest.approx(6.0, abs=0.5)


def ranked(responses: Sequence[float], sign: int = 0) -> tuple[str, bool] | None:
    """Who answered first of three, in which each was once moved by 10."""
    low = course(**{name: [20.0] * 2 for name in NAMES})
    tried = moved(low, course(**{name: [20.0 + by] * 2 for name, by in zip(NAMES, responses, strict=True)}))
    observed = Observed(low, dict.fromkeys(NAMES, Measure.TEMPERATURE))
    observed.moved += [tried, moved(low, course(**{name: [30.0] * 2 for name in NAMES}), "fan")]
    found = observed.ranking(tried, NAMES, 120.0, sign, STANDS_OUT)
    return (found.first.name, found.is_clear) if found is not None else None


def test_the_one_that_moved_most_stands_out() -> None:
    assert ranked((2.0, 0.3, -0.2)) == ("one", True)


def test_a_tie_is_clear_to_nobody() -> None:
    assert ranked((2.0, 2.0, 0.0)) == ("one", False)
    assert ranked((2.0, -1.9, 0.0)) == ("one", False)


def test_who_goes_the_wrong_way_is_not_asked_where_the_way_is_known() -> None:
    assert ranked((-5.0, 1.0, 0.0), sign=+1) == ("other", True)
    assert ranked((-5.0, 0.0, 0.0), sign=+1) is None


def test_nothing_moved_is_no_answer() -> None:
    assert ranked((0.05, 0.0, 0.0)) is None


def test_a_large_box_that_is_moved_a_little_gives_way_to_a_small_one_that_is_moved_much() -> None:
    low = course(large=[3.0] * 2, small=[0.3] * 2)
    tried = moved(low, course(large=[2.8] * 2, small=[0.48] * 2))
    observed = Observed(low, {"large": Measure.FLOW, "small": Measure.FLOW})
    observed.moved += [tried, moved(low, course(large=[4.5] * 2, small=[0.3] * 2), "the large one's")]
    found = observed.ranking(tried, ["large", "small"], 120.0, 0, STANDS_OUT)
    assert found is not None
    assert (found.first.name, found.is_clear) == ("small", True)
