"""Which pace a key leads to."""

from __future__ import annotations

import pytest

from bridge.display.hands import faster, slower
from bridge.timing.time_in_hand import TimeRefused


@pytest.mark.parametrize(("scale", "then"), [(0.1, 0.2), (1.0, 2.0), (60.0, 100.0), (5000.0, 0.0)])
def test_faster_is_the_next_round_pace_and_in_the_end_as_fast_as_possible(scale: float, then: float) -> None:
    assert faster(scale) == pytest.approx(then)


@pytest.mark.parametrize(
    ("scale", "measured", "then"), [(60.0, 55.0, 50.0), (1.0, 1.0, 0.5), (0.0, 1234.0, 1000.0), (0.0, 9e9, 5000.0)]
)
def test_slower_is_the_one_before_or_what_was_measured_rounded_down(scale: float, measured: float, then: float) -> None:
    assert slower(scale, measured) == pytest.approx(then)


def test_beyond_either_end_there_is_none() -> None:
    with pytest.raises(TimeRefused, match="as fast as the peers allow"):
        faster(0.0)
    with pytest.raises(TimeRefused, match="slowest"):
        slower(0.1, 0.1)
