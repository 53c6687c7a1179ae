"""Zone requests against Guideline 36 5.6.8 and 5.1.20, request-hours against 5.1.14.2 (supervisory section 7)."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from supervisory.blocks.zones.requests import CoolingRequests, RequestHours, StaticPressureRequests, Suppression


def pressure_requests(flow: float, damper_pct: float | None, setpoint: float = 1.0, seconds: float = 60.0) -> int:
    zone = StaticPressureRequests()
    zone.step(0.0, flow, setpoint, damper_pct)
    return zone.step(seconds, flow, setpoint, damper_pct)


@pytest.mark.parametrize(
    ("flow", "damper_pct", "requests"),
    [(0.49, 96.0, 3), (0.5, 96.0, 2), (0.69, 96.0, 2), (0.7, 96.0, 1), (1.0, 96.0, 1), (1.0, 94.0, 0), (0.4, 94.0, 0)],
)
def test_a_box_asks_for_pressure_by_its_damper_and_flow(flow: float, damper_pct: float, requests: int) -> None:
    assert pressure_requests(flow, damper_pct) == requests


def test_a_starving_box_whose_damper_has_begun_to_close_makes_the_single_request() -> None:
    zone = StaticPressureRequests()
    assert [zone.step(second, 0.3, 1.0, damper) for second, damper in ((0.0, 96.0), (60.0, 90.0))] == [1, 1]
    assert zone.step(120.0, 0.3, 1.0, 90.0) == 1


def test_a_starving_box_makes_one_request_until_a_minute_has_passed() -> None:
    assert pressure_requests(0.3, 100.0, seconds=59.0) == 1
    assert pressure_requests(0.3, 100.0, seconds=60.0) == 3


def test_a_break_in_starving_begins_the_minute_anew() -> None:
    zone = StaticPressureRequests()
    zone.step(0.0, 0.3, 1.0, 100.0)
    zone.step(50.0, 1.0, 1.0, 100.0)
    assert zone.step(60.0, 0.3, 1.0, 100.0) == 1


def test_the_single_request_lasts_until_the_damper_is_below_85_pct() -> None:
    zone = StaticPressureRequests()
    dampers = (96.0, 90.0, 85.0, 84.9, 90.0)
    assert [zone.step(0.0, 1.0, 1.0, damper) for damper in dampers] == [1, 1, 1, 0, 0]


def test_a_box_that_wants_no_air_asks_for_nothing_but_an_open_damper() -> None:
    assert pressure_requests(0.0, 96.0, setpoint=0.0) == 1
    assert pressure_requests(0.0, None, setpoint=0.0) == 0


@pytest.mark.parametrize(("flow", "requests"), [(0.49, 3), (0.69, 2), (0.94, 1), (0.95, 0), (1.0, 0)])
def test_without_a_damper_position_a_shortfall_tells(flow: float, requests: int) -> None:
    assert pressure_requests(flow, None) == requests


def test_a_shortfall_counts_after_a_minute_and_until_98_pct_are_there() -> None:
    zone = StaticPressureRequests()
    told = [zone.step(30.0 * tick, flow, 1.0) for tick, flow in enumerate((0.9, 0.9, 0.9, 0.97, 0.981, 0.97))]
    assert told == [0, 0, 1, 1, 0, 0]


def cooling_requests(zone_c: float, seconds: float = 120.0, loop_pct: float | None = None) -> int:
    zone = CoolingRequests()
    zone.step(0.0, zone_c, 24.0, loop_pct)
    return zone.step(seconds, zone_c, 24.0, loop_pct)


@pytest.mark.parametrize(
    ("zone_c", "loop_pct", "requests"),
    [(27.0, None, 3), (26.9, None, 2), (26.0, 100.0, 2), (25.9, 96.0, 1), (25.9, 95.0, 0), (25.9, None, 0)],
)
def test_a_zone_asks_for_colder_air_by_how_warm_it_is(zone_c: float, loop_pct: float | None, requests: int) -> None:
    assert cooling_requests(zone_c, loop_pct=loop_pct) == requests


def test_a_warm_zone_waits_two_minutes_before_it_asks() -> None:
    assert cooling_requests(27.5, seconds=119.0) == 0
    assert cooling_requests(27.5, seconds=120.0) == 3


def test_a_full_cooling_loop_asks_until_it_is_below_85_pct() -> None:
    zone = CoolingRequests()
    assert [zone.step(0.0, 24.0, 24.0, loop) for loop in (96.0, 86.0, 84.0, 90.0)] == [1, 1, 0, 0]


@pytest.mark.parametrize(("zone_c", "silent_min"), [(26.0, 18), (25.0, 9), (30.0, 30), (22.0, 18)])
def test_a_new_setpoint_silences_for_9_min_per_kelvin_and_30_at_most(zone_c: float, silent_min: float) -> None:
    suppression = Suppression()
    assert not suppression.step(0.0, zone_c, 30.0)
    assert suppression.step(60.0, zone_c, 24.0)
    assert suppression.step(60.0 + silent_min * 60.0 - 1.0, zone_c, 24.0)
    assert not suppression.step(60.0 + silent_min * 60.0, zone_c, 24.0)


def test_a_setpoint_that_hardly_moves_silences_nothing() -> None:
    suppression = Suppression()
    suppression.step(0.0, 27.0, 24.0)
    assert not suppression.step(60.0, 27.0, 24.04)


def test_a_silenced_zone_still_asks_with_a_full_loop() -> None:
    zone = CoolingRequests()
    zone.step(0.0, 28.0, 30.0, 100.0)
    assert [zone.step(minute * 60.0, 28.0, 24.0, 100.0) for minute in (1, 10, 30, 31)] == [1, 1, 1, 3]


def counted(requests: Sequence[int], hours: float, reset_after_h: float = 400.0) -> RequestHours:
    """So many hours of a zone whose requests go round, counted every five minutes."""
    zone = RequestHours()
    for number in range(round(hours * 12)):
        zone.count(requests[number % len(requests)], 5.0, reset_after_h)
    return zone


@pytest.mark.parametrize(
    ("requests", "pct"), [((0,), 0.0), ((1,), 100.0), ((1, 0), 50.0), ((3, 0, 0, 0), 75.0), ((3,), 300.0)]
)
def test_request_hours_are_a_share_of_run_hours(requests: tuple[int, ...], pct: float) -> None:
    zone = counted(requests, 40.0)
    assert (zone.run_h, zone.pct) == (40.0, pct)


def test_a_zone_that_has_not_run_has_asked_for_nothing() -> None:
    assert RequestHours().pct == 0.0


def test_counting_begins_anew_above_400_run_hours_and_not_at_them() -> None:
    assert counted((1,), 400.0).minutes == [24_000.0, 24_000.0]
    assert counted((1,), 400.0 + 1 / 12).minutes == [0.0, 0.0]
    assert counted((1,), 400.0 + 2 / 12).minutes == [5.0, 5.0]


def test_request_hours_go_on_from_what_was_remembered() -> None:
    zone = RequestHours.remembered(counted((2,), 10.0).minutes)
    zone.count(0, 5.0, 400.0)
    assert zone.minutes == [1200.0, 605.0]
