"""The heat pump stagger: when it holds, whom it starts, what it gives back; power cuts and missing readings."""

from __future__ import annotations

from datetime import datetime

import pytest
from pydantic import ValidationError

from supervisory.programs.heat_pump_stagger import HeatPumpStagger, HeatPumpStaggerSettings
from tests.supervisory.programs.fakes import FakeContext

UNITS = ("cafe", "library", "open")
MONDAY = datetime(2018, 1, 15)
ROLES = ("unit_enable", "warm_up", "backup_lockout")
PARAMETERS: dict[str, object] = {
    "limit_kw": 20.0,
    "unit_kw": {"cafe": 4.0, "library": 4.0, "open": 8.0},
    "backup_kw": {"cafe": 6.0, "library": 6.0, "open": 10.0},
    "share_per_k": 0.0,
    "defrost_share": 0.0,
    "warm_up_k_per_h": 4.0,
}
COLD = {"cafe": 17.5, "library": 16.0, "open": 17.0}


def start(hour: float = 3.5, day: datetime = MONDAY, **settings: object) -> tuple[HeatPumpStagger, FakeContext]:
    """A running program on a cold Monday; lights take 1 kW, the zones are 2 to 3.5 K below 19.5 degC."""
    program = HeatPumpStagger(HeatPumpStaggerSettings.model_validate({**PARAMETERS, **settings}))
    ctx = FakeContext(HeatPumpStagger, day.replace(hour=int(hour), minute=round(hour % 1.0 * 60.0)))
    ctx.show("electric_power", {"site": 1.0})
    ctx.show("outdoor_temperature", -10.0)
    ctx.show("zone_temperature", COLD)
    for role in ROLES:
        ctx.bind(role, *UNITS)
    program.on_start(ctx)
    return program, ctx


def commands(ctx: FakeContext) -> dict[str, str]:
    """What each unit is told: held (h), led (l), warming up (w)."""
    told = {}
    for name in UNITS:
        enable, warm_up, lockout = (ctx.slots.get((role, name)) for role in ROLES)
        assert (enable, warm_up) in {(0.0, None), (None, 1.0), (None, None)}
        assert (lockout == 1.0) == (enable == 0.0 or warm_up == 1.0 or lockout is not None)
        told[name] = "h" if enable == 0.0 else "w" if warm_up == 1.0 else "l" if lockout == 1.0 else ""
    return told


def until(program: HeatPumpStagger, ctx: FakeContext, name: str, minutes: int = 240) -> str:
    """Step until a unit is no longer held; the time of that."""
    for _ in range(minutes):
        moment = f"{ctx.now:%H:%M}"
        ctx.step(program)
        if ctx.slots.get(("unit_enable", name)) is None and ctx.slots:
            return moment
    raise AssertionError(f"{name} is held to the end")


def test_at_night_nothing_is_commanded() -> None:
    program, ctx = start(1.0)
    ctx.run(program, minutes=170)
    assert ctx.slots == {}
    assert ctx.facts["why"] == "nothing is held"


def test_three_hours_before_people_come_all_are_held_with_their_back_up_locked_out() -> None:
    program, ctx = start(3.9)
    ctx.run(program, minutes=10)
    assert commands(ctx) == dict.fromkeys(UNITS, "h")
    assert ctx.facts["why"] == "a cold morning: held, there is time"
    assert ctx.facts["all_at_once_kw"] == 1.0 + 16.0 + 22.0 + 1.0  # the base is not measured: 2 kW


def test_starts_are_as_late_as_they_can_coldest_first_and_minutes_apart() -> None:
    program, ctx = start(4.5)
    # the library needs 3.5 K / 4 K/h = 52.5 min, ten minutes before seven
    assert [until(program, ctx, name) for name in ("library", "open", "cafe")] == ["05:58", "06:02", "06:06"]
    assert commands(ctx) == dict.fromkeys(UNITS, "w")


def test_a_unit_that_does_not_fit_waits_for_one_that_is_warm() -> None:
    program, ctx = start(4.5, limit_kw=12.5, base_kw=1.0)
    ctx.show("electric_power", {"site": 5.0})
    first = until(program, ctx, "library")
    assert first < "05:30"
    ctx.run(program, minutes=30)
    assert commands(ctx) == {"library": "w", "open": "h", "cafe": "h"}
    ctx.show("electric_power", {"site": 4.0})
    ctx.show("zone_temperature", {"library": 19.6})
    ctx.run(program, minutes=1)
    assert commands(ctx)["open"] == "w"


def test_a_limit_that_a_point_tells_counts_more_than_the_parameter() -> None:
    program, ctx = start(4.5)
    ctx.show("demand_limit", 90.0)
    ctx.run(program, minutes=120)
    assert ctx.slots == {}
    ctx.show("demand_limit", -1.0)
    ctx.step(program)
    assert ctx.facts["limit_kw"] == 20.0


def test_a_morning_that_stays_under_the_limit_is_left_to_the_building() -> None:
    program, ctx = start(4.5, limit_kw=25.0)
    ctx.show("outdoor_temperature", 6.0)  # no back-up comes on, and compressors alone take 16 kW
    ctx.run(program, minutes=120)
    assert ctx.slots == {}


@pytest.mark.parametrize("day", [13, 14])
def test_on_days_without_people_nothing_is_held(day: int) -> None:
    program, ctx = start(4.5, MONDAY.replace(day=day))
    ctx.run(program, minutes=240)
    assert ctx.slots == {}


def test_when_people_come_warm_zones_are_their_own_again_and_cold_ones_keep_the_lock_out_for_half_an_hour() -> None:
    program, ctx = start(6.5)
    ctx.run(program, minutes=29)
    ctx.show("zone_temperature", {"cafe": 20.0, "library": 19.6, "open": 18.0})
    ctx.run(program, minutes=3)
    assert commands(ctx) == {"cafe": "", "library": "", "open": "l"}
    assert ctx.alarms == ["zones are not warm yet under this limit"]
    ctx.run(program, minutes=27)
    assert commands(ctx)["open"] == "l"
    ctx.run(program, minutes=5)
    assert ctx.slots == {}
    ctx.run(program, minutes=60)
    assert ctx.slots == {}


def test_the_next_morning_is_staggered_too() -> None:
    program, ctx = start(6.8)
    ctx.run(program, minutes=10)
    ctx.show("zone_temperature", dict.fromkeys(UNITS, 20.0))
    ctx.run(program, minutes=30)
    assert ctx.slots == {}
    ctx.show("zone_temperature", COLD)
    ctx.wait(20.5 * 3600.0)
    ctx.run(program, minutes=5)
    assert commands(ctx) == dict.fromkeys(UNITS, "h")


@pytest.mark.parametrize("hour", [2.0, 5.0, 11.0])
def test_a_power_cut_holds_all_and_its_end_starts_the_stagger_anew_at_any_hour(hour: float) -> None:
    program, ctx = start(hour)
    ctx.run(program, minutes=5)
    ctx.show("electric_power", {"site": 0.0})
    ctx.run(program, minutes=10)
    assert commands(ctx) == dict.fromkeys(UNITS, "h")
    assert "there is no power, or the meter has failed" in ctx.alarms
    ctx.show("electric_power", {"site": 1.0})
    ctx.step(program)
    assert [commands(ctx)[name] for name in UNITS].count("h") == 2
    assert commands(ctx)["library"] == ("w" if hour == 5.0 else "l")
    ctx.run(program, minutes=8)
    assert [commands(ctx)[name] for name in UNITS].count("h") == 0
    assert ctx.facts["why"] == "the power is back"


def test_so_does_a_site_that_fell_silent_altogether() -> None:
    program, ctx = start(11.0)
    ctx.run(program, minutes=5)
    ctx.lose("electric_power", "site")
    ctx.lose("outdoor_temperature")
    for name in UNITS:
        ctx.lose("zone_temperature", name)
    ctx.run(program, minutes=3)
    assert ctx.slots == {}
    ctx.run(program, minutes=2)
    assert commands(ctx) == dict.fromkeys(UNITS, "h")
    ctx.show("electric_power", {"site": 1.0})
    ctx.show("zone_temperature", COLD)
    ctx.step(program)
    assert commands(ctx) == {"cafe": "h", "library": "l", "open": "h"}


def test_a_meter_that_stays_at_nothing_has_failed_and_holds_nobody_for_longer_than_half_an_hour() -> None:
    program, ctx = start(11.0)
    ctx.run(program, minutes=5)
    ctx.show("electric_power", {"site": 0.0})
    ctx.run(program, minutes=30)
    assert commands(ctx) == dict.fromkeys(UNITS, "h")
    ctx.run(program, minutes=2)
    assert ctx.slots == {}


def test_a_meter_that_flickers_does_not_hold_the_building_down() -> None:
    program, ctx = start(11.0)
    for minute in range(40):
        ctx.show("electric_power", {"site": 5.0 * (minute % 2)})
        ctx.step(program)
    assert "the power seems to come and go: nothing is held for that any more" in ctx.alarms
    ctx.show("zone_temperature", dict.fromkeys(UNITS, 20.0))
    ctx.run(program, minutes=20)
    assert ctx.slots == {}


def test_a_lost_meter_is_told_once_and_units_are_counted_by_their_ratings() -> None:
    program, ctx = start(4.5, limit_kw=13.0, base_kw=1.0)
    ctx.lose("electric_power", "site")
    until(program, ctx, "open")
    ctx.run(program, minutes=30)
    assert commands(ctx)["cafe"] == "h"
    assert ctx.alarms == ["the demand is not known: units are counted by their ratings"]


def test_a_zone_of_unknown_temperature_counts_as_the_coldest() -> None:
    program, ctx = start(4.5)
    ctx.lose("zone_temperature", "cafe")
    assert [until(program, ctx, name) for name in ("cafe", "library", "open")] == ["05:54", "05:58", "06:02"]
    assert ctx.alarms == ["zones of unknown temperature count as the coldest: cafe"]


def test_without_any_temperature_all_are_started_all_the_same() -> None:
    program, ctx = start(4.5)
    for name in UNITS:
        ctx.lose("zone_temperature", name)
    ctx.lose("outdoor_temperature")
    ctx.run(program, minutes=140)
    assert commands(ctx) == dict.fromkeys(UNITS, "w")


def test_a_zone_that_is_about_to_freeze_is_not_held() -> None:
    program, ctx = start(4.1)
    ctx.show("zone_temperature", {"cafe": 12.9})
    ctx.run(program, minutes=2)
    assert commands(ctx) == {"cafe": "w", "library": "h", "open": "h"}


def test_a_zone_has_the_set_point_that_a_point_tells() -> None:
    program, ctx = start(4.5)
    ctx.show("occupied_setpoint", {"cafe": 23.0})
    assert until(program, ctx, "cafe") < until(program, ctx, "library")


def test_where_all_units_are_measured_so_is_everything_else() -> None:
    program, ctx = start(4.5)
    ctx.show("electric_power", {"site": 6.5})
    ctx.show("unit_power", {"cafe": 1.5, "library": 0.0, "open": 0.0})
    ctx.step(program)
    assert ctx.facts["all_at_once_kw"] == 5.0 + 16.0 + 22.0


def test_a_back_up_that_cannot_be_locked_out_is_counted_with_its_unit() -> None:
    program, ctx = start(4.5, limit_kw=19.0)
    ctx.bind("backup_lockout", "cafe", "library")
    program.on_start(ctx)
    ctx.run(program, minutes=120)
    assert "these units have no backup_lockout: open" in ctx.alarms
    assert ctx.facts["waiting"] == ["open"]
    assert ctx.facts["next_kw"] == 18.0


def test_what_a_morning_taught_is_used_on_the_next_and_after_a_restart() -> None:
    program, ctx = start(4.5)
    until(program, ctx, "library")
    ctx.run(program, minutes=30)
    ctx.show("zone_temperature", {"library": 19.6})
    ctx.run(program, minutes=2)
    assert 4.0 < ctx.state["k_per_h"]["library"] < 7.0
    assert "open" not in ctx.state["k_per_h"]


def test_units_that_are_led_teach_what_they_take() -> None:
    program, ctx = start(4.5, warm_up_k_per_h=1.0)
    ctx.show("unit_power", {"cafe": 0.0, "library": 3.0, "open": 0.0})
    ctx.run(program, minutes=60)
    assert ctx.state["loads"]["library"]["count"] == 4
    assert ctx.state["loads"]["library"]["mean_y"] == 3.0
    assert "cafe" not in ctx.state["loads"]


def test_misspelt_units_are_an_alarm_at_the_start() -> None:
    _, ctx = start(unit_kw={"opne": 3.0})
    assert ctx.alarms == ["the parameters rate units that the config does not have: opne"]


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({}, "limit_kw"),
        ({"limit_kw": 0.0}, "limit_kw"),
        ({"limit_kw": 9.0, "interval_min": 1.0}, "interval_min"),
        ({"limit_kw": 9.0, "occupied_from_h": 2.0}, "over midnight"),
        ({"limit_kw": 9.0, "days": [7]}, r"0 \(Monday\) to 6"),
        ({"limit_kw": 9.0, "margin_min": 180.0}, "shorter than earliest_h"),
    ],
)
def test_parameters_that_cannot_work_are_named(settings: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        HeatPumpStaggerSettings.model_validate(settings)
