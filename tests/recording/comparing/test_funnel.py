"""A funnel is as wide as its tolerances, and no wider."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from recording.comparing import Tolerance
from recording.comparing.funnel import funnel

_VALUES = st.lists(st.one_of(st.floats(-100, 100), st.just(math.nan)), min_size=1, max_size=40)


def around(values: list[float], tolerance: Tolerance) -> list[tuple[float, float]]:
    found = funnel([5.0 * place for place in range(len(values))], values, tolerance)
    return list(zip(found.lower, found.upper, strict=True))


def test_without_a_tolerance_a_funnel_is_the_series_itself() -> None:
    assert around([1.0, 3.0, 2.0], Tolerance()) == [(1.0, 1.0), (3.0, 3.0), (2.0, 2.0)]


def test_in_time_it_reaches_to_what_the_series_has_nearby_and_no_further() -> None:
    assert around([0.0, 0.0, 1.0, 1.0], Tolerance(0.0, 5.0)) == [(0, 0), (0, 1), (0, 1), (1, 1)]
    assert around([0.0, 0.0, 1.0, 1.0], Tolerance(0.0, 4.9)) == [(0, 0), (0, 0), (1, 1), (1, 1)]


def test_in_value_it_is_wider_on_both_sides() -> None:
    assert around([10.0], Tolerance(0.5)) == [(9.5, 10.5)]


def test_where_nothing_was_recorded_nothing_can_be_said() -> None:
    found = funnel([0.0, 5.0, 10.0], [1.0, math.nan, 2.0], Tolerance(0.0, 5.0))
    assert math.isnan(found.excess(1, 1.5))
    assert math.isnan(found.excess(0, math.nan))
    assert found.excess(0, 1.5) == 0.5, "a neighbour that was not recorded widens nothing"


@given(_VALUES, st.floats(0, 5), st.sampled_from([0.0, 5.0, 12.0]))
def test_it_is_what_looking_at_every_neighbour_finds(values: list[float], value: float, reach_s: float) -> None:
    times_s = [5.0 * place for place in range(len(values))]
    for place, (lower, upper) in enumerate(around(values, Tolerance(value, reach_s))):
        near = [
            v for t, v in zip(times_s, values, strict=True) if abs(t - times_s[place]) <= reach_s and not math.isnan(v)
        ]
        if math.isnan(values[place]):
            assert math.isnan(lower)
        else:
            assert (lower, upper) == (min(near) - value, max(near) + value)
