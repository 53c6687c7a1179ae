"""Load shift: where set-points are before, in and after a price window; what waits, what gives up, what stays out."""

from __future__ import annotations

from datetime import datetime

import pytest
from pydantic import ValidationError

from supervisory.blocks.power.price_window import PriceWindow, ShiftPhase, risen, stretch
from supervisory.programs.load_shift import LoadShift, LoadShiftSettings
from tests.supervisory.programs.fakes import FakeContext

ZONES = ("east", "north", "south")
WINDOW = {"from_h": 14.0, "to_h": 17.0}
MONDAY = datetime(2025, 7, 7, 11, 0)


def start(at: datetime = MONDAY, **settings: object) -> tuple[LoadShift, FakeContext]:
    """A hot Monday with a window from 14 to 17 h; zones at their own 24 degC, and all of them move together."""
    parameters = {"windows": [WINDOW], "shape": "linear", "spread_min": 0.0, "step_every_min": 10.0, **settings}
    ctx = FakeContext(LoadShift, at)
    ctx.show("zone_temperature", dict.fromkeys(ZONES, 24.0))
    ctx.show("zone_setpoint_in_force", dict.fromkeys(ZONES, 24.0))
    ctx.show("outdoor_air_temperature", 30.0)
    ctx.bind("zone_setpoint", *ZONES)
    program = LoadShift(LoadShiftSettings.model_validate(parameters))
    program.on_start(ctx)
    return program, ctx


def until(program: LoadShift, ctx: FakeContext, hour: int, minute: int = 0) -> None:
    """Run up to and with the step at this time; set-points in force follow what is commanded."""
    while ctx.now <= MONDAY.replace(hour=hour, minute=minute):
        ctx.step(program)
        ctx.show("zone_setpoint_in_force", {name: setpoints(ctx).get(name, 24.0) for name in ZONES})


def setpoints(ctx: FakeContext) -> dict[str, float]:
    return {name: float(value) for (role, name), value in ctx.slots.items() if role == "zone_setpoint"}


def all_at(degc: float) -> object:
    return pytest.approx(dict.fromkeys(ZONES, degc))


def test_a_day_goes_down_in_steps_up_along_a_line_and_back_in_steps() -> None:
    program, ctx = start()
    seen = {}
    for hour, minute in ((11, 59), (12, 0), (12, 9), (12, 10), (13, 59), (14, 0), (15, 30), (16, 59), (17, 0)):
        until(program, ctx, hour, minute)
        seen[hour, minute] = setpoints(ctx)
    assert seen == {
        (11, 59): {},
        (12, 0): all_at(23.5),
        (12, 9): all_at(23.5),
        (12, 10): all_at(23.0),
        (13, 59): all_at(23.0),
        (14, 0): all_at(24.0),
        (15, 30): all_at(25.0),
        (16, 59): all_at(24.0 + 2.0 * 179 / 180),
        (17, 0): all_at(24.0 + 2.0 * 179 / 180 - 0.5),
    }
    until(program, ctx, 17, 30)
    assert setpoints(ctx) == all_at(24.0)
    until(program, ctx, 17, 31)
    assert (setpoints(ctx), ctx.alarms) == ({}, [])


@pytest.mark.parametrize(
    ("shape", "share", "expected"),
    [
        ("linear", 0.25, 0.25),
        ("exponential", 0.0, 0.0),
        ("exponential", 0.2, 0.6364),  # (1 - e^-1) / (1 - e^-5)
        ("exponential", 0.5, 0.9241),  # (1 - e^-2.5) / (1 - e^-5)
        ("exponential", 1.0, 1.0),
        ("linear", 1.2, 1.0),
    ],
)
def test_the_rise_over_five_hours_with_a_time_constant_of_one(shape: str, share: float, expected: float) -> None:
    assert risen(shape, share, 5.0, 1.0) == pytest.approx(expected, abs=1e-4)  # type: ignore[arg-type]


def test_a_window_counts_in_its_months_only_and_comes_before_the_cooling_for_a_later_one() -> None:
    summer = PriceWindow(from_h=14.0, to_h=19.0, months=(6, 7, 8, 9))
    both = (PriceWindow(from_h=7.0, to_h=9.0), PriceWindow(from_h=10.0, to_h=12.0))
    assert stretch((summer,), 2.0, datetime(2025, 7, 7, 14)).phase is ShiftPhase.DEAR
    assert stretch((summer,), 2.0, datetime(2025, 5, 7, 14)).phase is ShiftPhase.OWN
    assert stretch(both, 2.0, datetime(2025, 7, 7, 8, 30)).phase is ShiftPhase.DEAR
    assert stretch(both, 2.0, datetime(2025, 7, 7, 9, 30)).share == pytest.approx(0.75)


def test_on_a_cool_day_zones_give_way_but_are_not_cooled_before() -> None:
    program, ctx = start()
    ctx.show("outdoor_air_temperature", 22.0)
    until(program, ctx, 13, 30)
    assert setpoints(ctx) == {}
    assert ctx.facts["why"] == "not warm enough outdoors to cool before the window"
    until(program, ctx, 15, 30)
    assert setpoints(ctx) == all_at(25.0)


def test_cooling_before_a_window_that_has_begun_goes_on_when_a_cloud_comes() -> None:
    program, ctx = start()
    until(program, ctx, 12, 0)
    ctx.show("outdoor_air_temperature", 21.0)
    until(program, ctx, 12, 30)
    assert setpoints(ctx) == all_at(23.0)


def test_zones_go_down_one_after_the_other_and_up_together() -> None:
    program, ctx = start(spread_min=10.0)
    until(program, ctx, 12, 6)
    assert sorted(setpoints(ctx).values()) == [23.5, 23.5, 24.0]
    until(program, ctx, 14, 30)
    assert len(set(setpoints(ctx).values())) == 1


def test_no_setpoint_goes_below_the_coldest_nor_above_comfort() -> None:
    program, ctx = start(precool_k=4.0, coldest_degc=22.8, comfort_degc=24.6)
    until(program, ctx, 13, 59)
    assert setpoints(ctx) == all_at(22.8)
    until(program, ctx, 16, 59)
    assert max(setpoints(ctx).values()) <= 24.6


def test_above_the_limit_no_setpoint_goes_down_before_the_window_or_after_it() -> None:
    program, ctx = start(limit_kw=40.0)
    ctx.show("electric_power", {"main": 41.0})
    until(program, ctx, 12, 40)
    assert setpoints(ctx) == all_at(24.0)
    ctx.show("electric_power", {"main": 30.0})
    until(program, ctx, 16, 59)
    ctx.show("electric_power", {"main": 60.0})
    until(program, ctx, 17, 40)
    assert setpoints(ctx) == all_at(24.0 + 2.0 * 179 / 180)
    assert ctx.facts["why"] == "coming back, and waiting for less demand"
    ctx.show("electric_power", {"main": 10.0})
    until(program, ctx, 18, 20)
    assert setpoints(ctx) == {}


def test_a_zone_beyond_comfort_in_the_window_is_given_back_for_the_rest_of_it() -> None:
    program, ctx = start()
    ctx.show("zone_temperature", {"south": 27.0})
    until(program, ctx, 13, 0)
    assert sorted(setpoints(ctx)) == list(ZONES)
    until(program, ctx, 14, 2)
    assert sorted(setpoints(ctx)) == ["east", "north"]
    assert ctx.facts["too_warm_or_unknown"] == ["south"]
    ctx.show("zone_temperature", {"south": 24.0})
    until(program, ctx, 16, 0)
    assert sorted(setpoints(ctx)) == ["east", "north"]


def test_a_zone_whose_temperature_is_lost_is_given_back_and_takes_part_the_next_day() -> None:
    program, ctx = start()
    until(program, ctx, 14, 30)
    ctx.lose("zone_temperature", "east")
    ctx.step(program)
    assert sorted(setpoints(ctx)) == ["north", "south"]
    ctx.show("zone_temperature", {"east": 24.0})
    until(program, ctx, 20, 0)
    ctx.now = MONDAY.replace(hour=14)
    ctx.run(program, minutes=3)
    assert sorted(setpoints(ctx)) == list(ZONES)


def test_a_setpoint_of_the_night_is_not_taken_for_an_occupied_one() -> None:
    program, ctx = start(datetime(2025, 7, 7, 5, 55), windows=[{"from_h": 8.0, "to_h": 10.0}])
    ctx.show("zone_setpoint_in_force", dict.fromkeys(ZONES, 30.0))
    ctx.run(program, minutes=8)
    assert setpoints(ctx) == {}
    ctx.show("zone_setpoint_in_force", dict.fromkeys(ZONES, 24.0))
    ctx.step(program)
    assert setpoints(ctx) == all_at(23.5)


@pytest.mark.parametrize("how", ["by a point", "by the hour"])
def test_when_people_leave_all_is_given_back_at_once(how: str) -> None:
    program, ctx = start(occupied_to_h=16.0 if how == "by the hour" else 19.0)
    until(program, ctx, 15, 58)
    assert len(setpoints(ctx)) == 3
    if how == "by a point":
        ctx.show("occupied", dict.fromkeys(ZONES, 0.0))
    until(program, ctx, 16, 0)
    assert (setpoints(ctx), ctx.facts["why"]) == ({}, "the building is not occupied")


def test_on_weekends_and_holidays_nothing_is_shifted() -> None:
    for day, settings in ((6, {}), (7, {"days": {"holidays": ["2025-07-07"]}})):
        program, ctx = start(datetime(2025, 7, day, 13, 50), **settings)
        ctx.run(program, minutes=30)
        assert setpoints(ctx) == {}


def test_a_window_that_the_present_price_denies_is_none() -> None:
    program, ctx = start(price_above=0.1)
    ctx.show("electricity_price", 0.0711)
    until(program, ctx, 14, 30)
    assert setpoints(ctx) == {}
    ctx.show("electricity_price", 0.16969)
    until(program, ctx, 15, 30)
    assert setpoints(ctx) == all_at(25.0)
    ctx.lose("electricity_price")
    until(program, ctx, 15, 40)
    assert len(setpoints(ctx)) == 3


def test_what_the_config_lacks_is_an_alarm_at_the_start() -> None:
    _, ctx = start(exempt=("nroth",), limit_kw=40.0)
    assert ctx.alarms == [
        "the parameters exempt zones that the config does not have: nroth",
        "limit_kw without electric_power holds nothing",
    ]


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({}, "windows"),
        ({"windows": [{"from_h": 19.0, "to_h": 14.0}]}, "to_h must be later"),
        ({"windows": [{**WINDOW, "months": [13]}]}, "1 to 12"),
        ({"windows": [{"from_h": 1.0, "to_h": 4.0}]}, "before midnight"),
        ({"windows": [WINDOW], "coldest_degc": 26.0}, "below comfort_degc"),
        ({"windows": [WINDOW], "spread_min": 20.0}, "longer than step_every_min"),
        ({"windows": [WINDOW], "shape": "step"}, "shape"),
    ],
)
def test_parameters_that_cannot_work_are_named(settings: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        LoadShiftSettings.model_validate(settings)
