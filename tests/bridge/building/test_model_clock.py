"""Model time as it must be, and as it is when somebody else drives the simulation too."""

from __future__ import annotations

import math

import pytest

from bridge.building.model_clock import ModelClock
from utils.errors import SimulationShared

STEP_S = 60.0


@pytest.fixture
def clock() -> ModelClock:
    return ModelClock(1000.0, STEP_S)


def test_one_step_after_the_other_is_as_it_should_be(clock: ModelClock) -> None:
    for step in range(1, 4):
        clock.tell(1000.0 + step * STEP_S)


@pytest.mark.parametrize("off_s", [-0.59, 0.59])
def test_a_hundredth_of_a_step_is_no_difference(clock: ModelClock, off_s: float) -> None:
    clock.tell(1000.0 + STEP_S + off_s)
    clock.tell(1000.0 + 2 * STEP_S + off_s)


@pytest.mark.parametrize("time_s", [0.0, 999.0, 1000.0, 1000.0 + STEP_S + 0.7, 1000.0 + 2 * STEP_S, math.inf, math.nan])
def test_what_is_not_one_step_later_is_somebody_elses_doing(clock: ModelClock, time_s: float) -> None:
    with pytest.raises(SimulationShared, match=r"somebody else drives this simulation: its time went from 1000 s to"):
        clock.tell(time_s)


@pytest.mark.parametrize("next_s", [1030.0, 1040.0, 1090.0])
def test_a_shorter_step_is_an_end_behind_which_nothing_may_come(clock: ModelClock, next_s: float) -> None:
    clock.tell(1030.0)
    with pytest.raises(SimulationShared, match="behind a shorter one"):
        clock.tell(next_s)
