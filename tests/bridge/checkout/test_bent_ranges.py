"""What a controller makes of commands when its range is another one, and bent at its ends."""

from __future__ import annotations

import pytest

from bridge.checkout.judging.shapes import misfit
from bridge.checkout.results import MappingFault

COMMANDED = (0.0, 50.0, 100.0, 50.0, 0.0)


@pytest.mark.parametrize(
    "found", [(0.0, 37.5, 100.0, 37.5, 0.0), (0.0, 0.0, 60.0, 0.0, 0.0), (0.0, 80.0, 90.0, 80.0, 0.0)]
)
def test_what_goes_with_commands_and_is_no_line_is_a_wrong_range(found: tuple[float, ...]) -> None:
    wrong = misfit(COMMANDED, found, "percent")
    assert wrong.fault is MappingFault.WRONG_SCALE
    assert "not in proportion" in wrong.says


@pytest.mark.parametrize(
    "found", [(0.0, 37.5, 100.0, 12.0, 0.0), (0.0, 70.0, 30.0, 70.0, 0.0), (5.0, 30.0, 70.0, 10.0, 55.0)]
)
def test_what_does_not_go_with_them_is_none(found: tuple[float, ...]) -> None:
    assert misfit(COMMANDED, found, "percent").fault is not MappingFault.WRONG_SCALE


def test_of_values_none_of_which_came_again_nothing_of_the_kind_is_said() -> None:
    assert misfit((20.0, 15.0, 30.0), (3.0, 1.0, 50.0), "degC").fault is MappingFault.DEAD
