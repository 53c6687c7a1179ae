"""Trim and respond against the check vectors of Guideline 36 5.1.14 (supervisory section 7.1)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from supervisory.blocks.air_handlers.trim_and_respond import Reset, TrimAndRespond, TrimPhase, weighted

DUCT = Reset(initial=120.0, minimum=25.0, maximum=400.0, trim=-12.0, respond=15.0, respond_max=32.0)
AIR = Reset(initial=18.0, minimum=12.0, maximum=18.0, trim=0.1, respond=-0.2, respond_max=-0.6)
PLANT = Reset(100.0, 0.0, 100.0, trim=-2.0, respond=3.0, respond_max=7.0, delay_s=900.0, step_s=300.0)


@pytest.mark.parametrize(("requests", "setpoint"), [(0, 108), (2, 108), (3, 123), (4, 138), (6, 140), (10, 140)])
def test_one_step_from_120_pa_goes_where_the_guideline_says(requests: float, setpoint: float) -> None:
    assert DUCT.after(120.0, requests) == pytest.approx(setpoint)


@pytest.mark.parametrize(("requests", "setpoint"), [(2, 15.1), (3, 14.9), (4, 14.7), (5, 14.5), (9, 14.5)])
def test_a_temperature_trims_upwards_and_responds_downwards(requests: float, setpoint: float) -> None:
    assert AIR.after(15.0, requests) == pytest.approx(setpoint)


@pytest.mark.parametrize(("start", "requests", "setpoint"), [(100, 3, 100), (50, 3, 51), (50, 9, 55), (1, 0, 0)])
def test_a_plant_reset_moves_in_per_cent_and_stays_within_0_to_100(
    start: float, requests: float, setpoint: float
) -> None:
    assert PLANT.after(start, requests) == pytest.approx(setpoint)


def test_the_setpoint_stays_within_its_limits() -> None:
    assert DUCT.after(30.0, 0) == 25.0
    assert DUCT.after(399.0, 10) == 400.0


def test_a_loop_whose_device_is_off_stands_at_its_initial_setpoint() -> None:
    loop = TrimAndRespond(DUCT)
    run(loop, minutes=60, requests=10)
    assert loop.step(1e5, device_on=False, requests=10) == 120.0
    assert loop.phase is TrimPhase.OFF


def run(loop: TrimAndRespond, minutes: int, requests: float, from_s: float = 0.0) -> list[float]:
    """The set-point at every half minute, the first one included."""
    return [loop.step(from_s + 30.0 * tick, device_on=True, requests=requests) for tick in range(2 * minutes + 1)]


def test_the_first_change_comes_a_delay_and_a_time_step_after_the_start() -> None:
    loop = TrimAndRespond(DUCT)
    setpoints = run(loop, minutes=14, requests=0)
    assert setpoints[: 2 * 12] == [120.0] * 24
    assert setpoints[2 * 12 : 2 * 14] == [108.0] * 4
    assert setpoints[2 * 14] == 96.0


def test_the_delay_counts_again_after_the_device_was_off() -> None:
    loop = TrimAndRespond(DUCT)
    run(loop, minutes=30, requests=0)
    loop.step(1830.0, device_on=False, requests=0)
    assert run(loop, minutes=11, requests=0, from_s=1860.0) == [120.0] * 23
    assert loop.phase is TrimPhase.DELAY


def test_time_steps_that_passed_unseen_count_as_one() -> None:
    loop = TrimAndRespond(DUCT)
    run(loop, minutes=12, requests=0)
    assert loop.step(12 * 60.0 + 3600.0, device_on=True, requests=0) == 96.0
    assert loop.step(12 * 60.0 + 3630.0, device_on=True, requests=0) == 96.0
    assert loop.step(12 * 60.0 + 3720.0, device_on=True, requests=0) == 84.0


def test_a_step_that_comes_late_does_not_shift_those_after_it() -> None:
    loop = TrimAndRespond(DUCT)
    loop.step(0.0, device_on=True, requests=0)
    assert loop.step(745.0, device_on=True, requests=0) == 108.0
    assert loop.step(840.0, device_on=True, requests=0) == 96.0


def test_a_held_loop_keeps_its_setpoint_and_goes_on_from_there() -> None:
    loop = TrimAndRespond(DUCT)
    run(loop, minutes=12, requests=0)
    assert loop.step(840.0, device_on=True, requests=10, hold=True) == 108.0
    assert loop.phase is TrimPhase.HOLD
    assert loop.step(960.0, device_on=True, requests=3) == 111.0


def test_importance_weighs_a_zones_requests_and_0_leaves_it_out() -> None:
    requests = {"server room": 3, "lobby": 2, "office": 1}
    assert weighted(requests, {"server room": 2.0, "lobby": 0.0}) == 7.0


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"respond": -15.0, "respond_max": -32.0}, "opposite sign of trim"),
        ({"respond_max": -32.0}, "sign of respond"),
        ({"respond_max": 10.0}, "smaller than respond"),
        ({"trim": 0.0}, "must not be 0"),
        ({"respond": 0.0}, "must not be 0"),
        ({"minimum": 500.0}, "below maximum"),
        ({"initial": 20.0}, "between minimum and maximum"),
        ({"step_s": 0.0}, "time step"),
        ({"delay_s": -1.0}, "delay"),
        ({"ignored": -1}, "ignored requests"),
    ],
)
def test_variables_that_contradict_each_other_are_refused(change: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        replace(DUCT, **change)
