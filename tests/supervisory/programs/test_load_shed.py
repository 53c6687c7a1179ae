"""Load shed: which zones give way by how much, when they come back, and what comfort forbids."""

from __future__ import annotations

from datetime import datetime

import pytest
from pydantic import ValidationError

from supervisory.programs.load_shed import LoadShed, LoadShedSettings
from tests.supervisory.programs.fakes import FakeContext

ZONES = ("east", "north", "south")


def start(at: datetime = datetime(2025, 7, 7, 13, 0), **settings: object) -> tuple[LoadShed, FakeContext]:
    """A running program at 1 p.m.; 50 kW of a limit of 100, zones at 24 degC."""
    program = LoadShed(LoadShedSettings.model_validate({"limit_kw": 100.0, **settings}))
    ctx = FakeContext(LoadShed, at)
    ctx.show("electric_power", {"main": 50.0})
    ctx.show("zone_temperature", dict.fromkeys(ZONES, 24.0))
    ctx.show("zone_setpoint_in_force", dict.fromkeys(ZONES, 24.0))
    ctx.bind("zone_setpoint", *ZONES)
    program.on_start(ctx)
    ctx.run(program, minutes=5)
    return program, ctx


def setpoints(ctx: FakeContext) -> dict[str, float]:
    return {name: float(value) for (role, name), value in ctx.slots.items() if role == "zone_setpoint"}


def settled(ctx: FakeContext, program: LoadShed, minutes: float) -> None:
    """Run; the zones' set-points in force follow what is commanded, as real ones do."""
    for _ in range(int(minutes)):
        ctx.step(program)
        ctx.show("zone_setpoint_in_force", {name: setpoints(ctx).get(name, 24.0) for name in ZONES})


def test_below_the_limit_nothing_is_commanded() -> None:
    program, ctx = start()
    ctx.run(program, minutes=60)
    assert setpoints(ctx) == {}


def test_each_stage_moves_the_setpoints_from_the_zones_own_and_not_from_each_other() -> None:
    program, ctx = start()
    ctx.show("electric_power", {"main": 130.0})
    settled(ctx, program, minutes=5)
    assert setpoints(ctx) == dict.fromkeys(ZONES, 24.5)
    settled(ctx, program, minutes=5)
    assert setpoints(ctx) == dict.fromkeys(ZONES, 25.0)
    settled(ctx, program, minutes=20)
    assert setpoints(ctx) == dict.fromkeys(ZONES, 26.0)


def test_heating_gives_way_downwards() -> None:
    program, ctx = start(shed="heating", comfort_degc=18.0)
    ctx.show("electric_power", {"main": 130.0})
    settled(ctx, program, minutes=3)
    assert setpoints(ctx) == dict.fromkeys(ZONES, 23.5)


def test_zones_come_back_one_stage_at_a_time_and_one_after_the_other() -> None:
    program, ctx = start()
    ctx.show("electric_power", {"main": 130.0})
    settled(ctx, program, minutes=7)
    ctx.show("electric_power", {"main": 40.0})
    seen: list[list[float]] = []
    for _ in range(40):
        settled(ctx, program, minutes=1)
        shown = sorted(setpoints(ctx).values())
        if not seen or shown != seen[-1]:
            seen.append(shown)
    assert seen == [
        [25.0, 25.0, 25.0],
        [24.5, 25.0, 25.0],
        [24.5, 24.5, 25.0],
        [24.5, 24.5],
        [24.5],
        [],
    ]


def test_an_exempt_zone_never_gives_way() -> None:
    program, ctx = start(exempt=("north",))
    ctx.show("electric_power", {"main": 130.0})
    settled(ctx, program, minutes=30)
    assert sorted(setpoints(ctx)) == ["east", "south"]


def test_a_zone_beyond_comfort_is_given_back_for_the_rest_of_the_event() -> None:
    program, ctx = start(comfort_degc=26.0)
    ctx.show("electric_power", {"main": 130.0})
    settled(ctx, program, minutes=3)
    ctx.show("zone_temperature", {"south": 26.2})
    settled(ctx, program, minutes=1)
    assert sorted(setpoints(ctx)) == ["east", "north"]
    assert ctx.facts["too_warm_or_cold"] == ["south"]
    ctx.show("zone_temperature", {"south": 25.0})
    settled(ctx, program, minutes=20)
    assert sorted(setpoints(ctx)) == ["east", "north"]


def test_a_zone_that_was_beyond_comfort_in_one_event_gives_way_again_in_the_next() -> None:
    program, ctx = start(comfort_degc=26.0)
    ctx.show("electric_power", {"main": 130.0})
    settled(ctx, program, minutes=3)
    ctx.show("zone_temperature", {"south": 26.2})
    settled(ctx, program, minutes=1)
    ctx.show("zone_temperature", {"south": 24.0})
    ctx.show("electric_power", {"main": 40.0})
    settled(ctx, program, minutes=60)
    assert (setpoints(ctx), ctx.facts["too_warm_or_cold"]) == ({}, [])
    ctx.show("electric_power", {"main": 130.0})
    settled(ctx, program, minutes=15)
    assert sorted(setpoints(ctx)) == sorted(ZONES)


def test_a_zone_that_is_too_warm_before_the_event_does_not_take_part() -> None:
    program, ctx = start()
    ctx.show("zone_temperature", {"south": 27.5})
    ctx.show("electric_power", {"main": 130.0})
    settled(ctx, program, minutes=5)
    assert sorted(setpoints(ctx)) == ["east", "north"]


def test_a_zone_whose_temperature_is_lost_is_given_back() -> None:
    program, ctx = start()
    ctx.show("electric_power", {"main": 130.0})
    settled(ctx, program, minutes=3)
    ctx.lose("zone_temperature", "east")
    ctx.step(program)
    assert sorted(setpoints(ctx)) == ["north", "south"]


def test_a_zone_whose_own_setpoint_was_never_read_is_left_alone() -> None:
    program, ctx = start()
    ctx.bind("zone_setpoint", *ZONES, "west")
    program.on_start(ctx)
    ctx.run(program, minutes=3)
    ctx.show("electric_power", {"main": 400.0})
    settled(ctx, program, minutes=3)
    assert sorted(setpoints(ctx)) == sorted(ZONES)
    assert any("no zone_temperature" in alarm and "west" in alarm for alarm in ctx.alarms)


def test_at_the_end_of_the_hours_everything_is_given_back_at_once() -> None:
    program, ctx = start(datetime(2025, 7, 7, 18, 50))
    ctx.show("electric_power", {"main": 400.0})
    settled(ctx, program, minutes=4)
    assert len(setpoints(ctx)) == 3
    settled(ctx, program, minutes=2)
    assert setpoints(ctx) == {}


def test_a_released_setpoint_is_not_taken_for_the_zones_own_before_it_has_settled() -> None:
    program, ctx = start(datetime(2025, 7, 7, 18, 50), to_h=19.0)
    ctx.show("electric_power", {"main": 400.0})
    settled(ctx, program, minutes=4)
    ctx.show("zone_setpoint_in_force", dict.fromkeys(ZONES, 26.0))
    ctx.run(program, minutes=2)
    program.settings = program.settings.model_copy(update={"to_h": 24.0})
    ctx.step(program)
    assert setpoints(ctx) == dict.fromkeys(ZONES, 24.5)


def test_a_limit_that_a_point_tells_counts_more_than_the_parameter() -> None:
    program, ctx = start()
    ctx.show("demand_limit", 40.0)
    ctx.step(program)
    assert setpoints(ctx) == dict.fromkeys(ZONES, 24.5)
    assert ctx.facts["limit_kw"] == 40.0


@pytest.mark.parametrize("nonsense", [0.0, -5.0])
def test_a_limit_that_cannot_be_meant_is_ignored(nonsense: float) -> None:
    program, ctx = start()
    ctx.show("demand_limit", nonsense)
    ctx.step(program)
    assert ctx.facts["limit_kw"] == 100.0


def test_meters_are_summed() -> None:
    program, ctx = start()
    ctx.show("electric_power", {"main": 60.0, "annex": 60.0})
    ctx.step(program)
    assert ctx.facts["power_kw"] == 120.0


def test_a_lost_meter_keeps_the_stage_with_one_alarm_and_later_brings_it_down() -> None:
    program, ctx = start()
    ctx.show("electric_power", {"main": 130.0})
    settled(ctx, program, minutes=7)
    ctx.lose("electric_power", "main")
    settled(ctx, program, minutes=9)
    assert setpoints(ctx) == dict.fromkeys(ZONES, 25.0)
    assert ctx.alarms == ["the demand is not known: a meter cannot be read"]
    settled(ctx, program, minutes=30)
    assert setpoints(ctx) == {}


def test_a_last_stage_that_does_not_suffice_is_an_alarm_once() -> None:
    program, ctx = start()
    ctx.show("electric_power", {"main": 130.0})
    settled(ctx, program, minutes=40)
    assert ctx.alarms == ["stage 3 is the last, and the forecast of 130 kW is above 100 kW"]


def test_a_misspelt_exempt_zone_is_an_alarm() -> None:
    _, ctx = start(exempt=("nroth",))
    assert ctx.alarms == ["the parameters exempt zones that the config does not have: nroth"]


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({}, "limit_kw"),
        ({"limit_kw": 0.0}, "limit_kw"),
        ({"limit_kw": 9.0, "down_below_share": 0.95}, "below up_above_share"),
        ({"limit_kw": 9.0, "offsets_k": [1.0, 0.5]}, "rise from stage to stage"),
        ({"limit_kw": 9.0, "offsets_k": [0.0, 0.5]}, "above 0"),
        ({"limit_kw": 9.0, "offsets_k": []}, "offsets_k"),
        ({"limit_kw": 9.0, "spread_min": 6.0}, "longer than stage_min"),
        ({"limit_kw": 9.0, "shed": "lights"}, "shed"),
    ],
)
def test_parameters_that_cannot_work_are_named(settings: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        LoadShedSettings.model_validate(settings)
