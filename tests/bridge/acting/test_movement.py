"""Where a set-point is led: bounds count more than rates, and rates from where it stood."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bridge.acting.movement import Movement
from equipment.set_points import SetPoint

FREE = SetPoint("AHU", "Sp", 10.0, 20.0)
SLOW = replace(FREE, rate_per_h=60.0)
"""One in a minute."""
MINUTE_S = 60.0


@pytest.mark.parametrize(("wanted", "led"), [(15.0, 15.0), (25.0, 20.0), (5.0, 10.0)])
def test_one_without_a_rate_goes_at_once_wherever_it_was(wanted: float, led: float) -> None:
    assert Movement(FREE).lead(wanted, None, 0.0) == led


def test_one_with_a_rate_goes_from_where_it_was_found_and_then_from_where_it_was_led() -> None:
    subject = Movement(SLOW)
    assert [subject.lead(18.0, found, MINUTE_S) for found in (15.0, 11.0, 11.0, 11.0)] == [16.0, 17.0, 18.0, 18.0]
    assert subject.lead(12.0, 11.0, 2 * MINUTE_S) == 16.0


def test_one_that_was_found_beyond_its_bounds_is_brought_back_at_once() -> None:
    assert Movement(SLOW).lead(15.0, 40.0, MINUTE_S) == 20.0


def test_one_with_a_rate_of_which_nobody_knows_where_it_stands_is_not_led() -> None:
    subject = Movement(SLOW)
    assert subject.lead(15.0, None, MINUTE_S) is None
    assert subject.value is None


def test_one_that_was_left_begins_from_where_it_is_found() -> None:
    subject = Movement(SLOW)
    subject.lead(15.0, 15.0, MINUTE_S)
    subject.leave()
    assert subject.value is None
    assert subject.lead(20.0, 11.0, MINUTE_S) == 12.0
