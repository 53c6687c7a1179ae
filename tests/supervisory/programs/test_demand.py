"""The forecast of a demand window, the stages, and the spread of zones that come back."""

from __future__ import annotations

import pytest

from supervisory.blocks.power.demand import DemandWindow, Ladder, Stages, spread

QUARTER_S = 900.0
LADDER = Ladder(stages=3, up_above=0.95, down_below=0.85, stage_s=300.0, hold_s=900.0)


def test_constant_power_is_its_own_forecast() -> None:
    window = DemandWindow(QUARTER_S)
    assert [window.step(float(second), 40.0) for second in (0, 60, 450, 899)] == pytest.approx([40.0] * 4)


def test_the_forecast_is_energy_so_far_plus_power_times_the_time_left() -> None:
    window = DemandWindow(QUARTER_S)
    window.step(0.0, 30.0)
    window.step(300.0, 30.0)
    assert window.step(300.0, 60.0) == pytest.approx((30.0 * 300.0 + 60.0 * 600.0) / QUARTER_S)
    assert window.step(600.0, 60.0) == pytest.approx((30.0 * 300.0 + 60.0 * 600.0) / QUARTER_S)


def test_power_between_two_samples_is_their_mean() -> None:
    window = DemandWindow(QUARTER_S)
    window.step(0.0, 0.0)
    assert window.step(450.0, 100.0) == pytest.approx(0.5 * 50.0 + 0.5 * 100.0)


def test_a_new_window_begins_anew_and_the_last_one_is_told() -> None:
    window = DemandWindow(QUARTER_S)
    window.step(0.0, 80.0)
    window.step(840.0, 80.0)
    assert window.last_mean is None
    assert window.step(900.0, 20.0) == pytest.approx(20.0)
    assert window.last_mean == pytest.approx(80.0)


def test_a_start_in_the_middle_takes_the_first_power_for_all_that_was_missed() -> None:
    assert DemandWindow(QUARTER_S).step(600.0, 50.0) == pytest.approx(50.0)


def test_a_clock_that_was_set_back_begins_anew() -> None:
    window = DemandWindow(QUARTER_S)
    window.step(600.0, 90.0)
    assert window.step(300.0, 30.0) == pytest.approx(30.0)


def stages_over(shares: list[float], every_s: float = 60.0) -> list[int]:
    stages = Stages(LADDER)
    return [stages.step(tick * every_s, share) for tick, share in enumerate(shares)]


def test_stages_go_up_one_at_a_time_with_the_stage_time_between_them() -> None:
    assert stages_over([1.2] * 17) == [1] * 5 + [2] * 5 + [3] * 7


def test_between_the_thresholds_nothing_changes() -> None:
    assert stages_over([0.96, *[0.9] * 60]) == [1] * 61


def test_the_first_descent_waits_for_the_hold_and_the_next_for_the_stage_time() -> None:
    assert stages_over([1.0] * 6 + [0.5] * 24) == [1] * 5 + [2] * 15 + [1] * 5 + [0] * 5


def test_a_forecast_at_a_threshold_changes_nothing() -> None:
    assert stages_over([0.95] * 3) == [0] * 3
    assert stages_over([1.0, *[0.85] * 30]) == [1] * 31


def test_zones_come_back_evenly_over_the_time_and_alike_in_every_run() -> None:
    delays = spread(["a", "b", "c", "d"], 300.0)
    assert sorted(delays.values()) == [0.0, 100.0, 200.0, 300.0]
    assert spread(["d", "c", "b", "a"], 300.0) == delays


def test_a_single_zone_comes_back_at_once() -> None:
    assert spread(["only"], 300.0) == {"only": 0.0}
