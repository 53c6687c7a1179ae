"""Night purge: when it begins, what ends it, what it commands, and that it neither heats nor runs for nothing."""

from __future__ import annotations

from datetime import datetime

import pytest
from pydantic import ValidationError

from supervisory.programs.night_purge import NightPurge, NightPurgeSettings
from tests.supervisory.programs.fakes import FakeContext

ZONES = ("core", "south")
COMMANDED = {
    ("run", "ahu"): 1.0,
    ("fan_speed", "supply"): 40.0,
    ("outdoor_air_damper", "ahu"): 100.0,
    ("return_air_damper", "ahu"): 0.0,
    ("duct_static_setpoint", "ahu"): 25.0,
    ("supply_air_setpoint", "ahu"): 12.0,
    ("valve_kept_shut", "cooling_coil"): 0.0,
    **{("zone_cooling_setpoint", zone): 21.0 for zone in ZONES},
}


def context(at: datetime = datetime(2025, 6, 18, 23, 0)) -> FakeContext:
    """A warm building in a cool, dry night, everything bound; the fan would cool 10 times its power."""
    ctx = FakeContext(NightPurge, at)
    for role, *names in [*{(role, name) for role, name in COMMANDED if role != "zone_cooling_setpoint"}]:
        ctx.bind(role, *names)
    ctx.bind("zone_cooling_setpoint", *ZONES)
    ctx.show("zone_temperature", dict.fromkeys(ZONES, 24.5))
    ctx.show("zone_heating_setpoint", dict.fromkeys(ZONES, 12.0))
    ctx.show("outdoor_air_temperature", 15.0)
    ctx.show("outdoor_dew_point", 9.0)
    ctx.show("mixed_air_temperature", {"ahu": 15.0})
    ctx.show("supply_airflow", 3.0)
    ctx.show("supply_air_temperature", 15.5)
    ctx.show("return_air_temperature", 24.5)
    ctx.show("fan_power", {"supply": 3.0})
    return ctx


def start(ctx: FakeContext | None = None, **settings: object) -> tuple[NightPurge, FakeContext]:
    ctx = ctx or context()
    program = NightPurge(NightPurgeSettings.model_validate(settings))
    program.on_start(ctx)
    ctx.step(program)
    return program, ctx


def why(ctx: FakeContext) -> str:
    return str(ctx.facts["why"])


def test_in_a_cool_dry_night_the_unit_runs_and_each_box_cools_to_heating_plus_one_kelvin() -> None:
    _, ctx = start()
    assert ctx.slots == COMMANDED
    assert ctx.facts == {"why": "purging", "purging": True, "zones_degc": 24.5, "cooling_per_fan": 10.9}
    assert ctx.alarms == []


FORBIDDEN = [
    ("outdoor_air_temperature", 10.0, "too cold"),
    ("outdoor_dew_point", 13.0, "too damp"),
    ("zone_heating_setpoint", {"south": 24.0}, "near heating: south"),
    ("mixed_air_temperature", {"ahu": 6.9}, "mixed air"),
    ("interlock", {"freeze_stat": 1.0}, "interlock on, or not known: freeze_stat"),
    ("occupied", {"core": 1.0}, "occupied"),
]
Shown = float | dict[str, float]


@pytest.mark.parametrize(
    ("role", "shown", "told"),
    [
        *FORBIDDEN,
        ("zone_temperature", dict.fromkeys(ZONES, 23.0), "need no cooling"),
        ("outdoor_air_temperature", 20.5, "too warm"),
    ],
)
def test_each_condition_alone_keeps_it_from_beginning(role: str, shown: Shown, told: str) -> None:
    ctx = context()
    ctx.show(role, shown)
    start(ctx)
    assert ctx.slots == {}
    assert told in why(ctx)


@pytest.mark.parametrize(("role", "shown", "told"), FORBIDDEN)
def test_what_keeps_it_from_beginning_ends_it_at_once(role: str, shown: Shown, told: str) -> None:
    program, ctx = start()
    ctx.show(role, shown)
    ctx.step(program)
    assert ctx.slots == {}
    assert told in why(ctx)


def test_what_breaks_it_off_is_an_alarm_and_an_ordinary_end_is_none() -> None:
    program, ctx = start()
    ctx.show("zone_temperature", dict.fromkeys(ZONES, 21.0))
    ctx.step(program)
    assert (ctx.slots, ctx.alarms) == ({}, [])
    program, ctx = start()
    ctx.show("interlock", {"freeze_stat": 1.0})
    ctx.run(program, minutes=3)
    assert ctx.alarms == ["the purge was broken off: interlock on, or not known: freeze_stat"]


def test_it_goes_on_with_less_difference_than_it_begins_with_and_with_cooler_zones() -> None:
    program, ctx = start()
    ctx.show("outdoor_air_temperature", 19.9)
    ctx.show("zone_temperature", dict.fromkeys(ZONES, 22.0))
    ctx.step(program)
    assert ctx.slots == COMMANDED
    ctx.show("outdoor_air_temperature", 20.0)
    ctx.step(program)
    assert ctx.slots == {}


def test_one_zone_at_its_heating_setpoint_ends_it_though_the_mean_is_warm() -> None:
    program, ctx = start()
    ctx.show("zone_temperature", {"south": 20.0})
    ctx.step(program)
    assert (ctx.slots, why(ctx)) == ({}, "near heating: south")


def test_a_box_that_is_set_to_heat_is_near_heating_half_a_kelvin_before() -> None:
    program, ctx = start()
    ctx.show("zone_heating_setpoint", {"south": 22.0})
    ctx.show("zone_temperature", {"south": 22.6})
    ctx.step(program)
    assert ctx.slots == COMMANDED
    ctx.show("zone_temperature", {"south": 22.5})
    ctx.step(program)
    assert why(ctx) == "near heating: south"


def test_a_fan_that_costs_too_much_ends_it_after_a_quarter_of_an_hour_and_not_before() -> None:
    program, ctx = start()
    ctx.show("supply_air_temperature", 21.2)  # 3 m3/s, 3.3 K: 11.95 kW for 3 kW
    ctx.run(program, minutes=15)
    assert ctx.slots == COMMANDED
    ctx.step(program)
    assert (ctx.slots, why(ctx)) == ({}, "cooling per fan power is 4.0, and should be 4")


def test_a_gust_of_costly_minutes_does_not_end_it() -> None:
    program, ctx = start()
    for supply in (21.2, 15.5, 21.2):
        ctx.show("supply_air_temperature", supply)
        ctx.run(program, minutes=14)
    assert ctx.slots == COMMANDED


def test_what_cannot_be_measured_ends_it_unless_the_config_knows_the_fans_power() -> None:
    ctx = context()
    ctx.lose("fan_power", "supply")
    program, ctx = start(ctx)
    ctx.run(program, minutes=16)
    assert (ctx.slots, why(ctx)) == ({}, "cooling per fan power could not be measured, and should be 4")
    program, ctx = start(context(), fan_kw=2.0)
    ctx.lose("fan_power", "supply")
    ctx.run(program, minutes=30)
    assert (ctx.slots, ctx.facts["cooling_per_fan"]) == (COMMANDED, 16.3)


def test_after_an_end_it_rests_for_an_hour() -> None:
    program, ctx = start()
    ctx.show("outdoor_dew_point", 14.0)
    ctx.step(program)
    ctx.show("outdoor_dew_point", 9.0)
    ctx.run(program, minutes=59)
    assert (ctx.slots, why(ctx)) == ({}, "resting after the last purge")
    ctx.step(program)
    assert ctx.slots == COMMANDED


def test_at_the_end_of_the_hours_all_is_given_back() -> None:
    program, ctx = start(context(datetime(2025, 6, 18, 4, 58)))
    ctx.step(program)
    assert ctx.slots == COMMANDED
    ctx.step(program)
    assert (ctx.slots, why(ctx), ctx.alarms) == ({}, "outside the hours of the purge", [])


@pytest.mark.parametrize("role", ["outdoor_air_temperature", "outdoor_dew_point"])
def test_a_lost_measurement_is_bridged_for_some_minutes_but_nothing_begins_without_it(role: str) -> None:
    ctx = context()
    ctx.lose(role)
    _, ctx = start(ctx)
    assert ctx.slots == {}
    program, ctx = start()
    ctx.lose(role)
    ctx.run(program, minutes=5)
    assert ctx.slots == COMMANDED
    ctx.step(program)
    assert ctx.slots == {}


def test_without_half_of_the_zones_nothing_is_known() -> None:
    ctx = context()
    ctx.show("zone_temperature", dict.fromkeys(("north", "east", "west"), 24.5))
    for zone in ("north", "east", "west"):
        ctx.lose("zone_temperature", zone)
    _, ctx = start(ctx)
    assert ctx.slots == {}


def test_the_dew_point_follows_from_the_humidity_where_no_point_tells_it() -> None:
    ctx = context()
    ctx.lose("outdoor_dew_point")
    ctx.show("outdoor_humidity", 80.0)  # 11.6 degC
    program, ctx = start(ctx)
    assert ctx.slots == COMMANDED
    ctx.show("outdoor_humidity", 90.0)  # 13.4 degC
    ctx.step(program)
    assert "too damp" in why(ctx)


def test_a_config_without_a_fan_is_an_alarm() -> None:
    ctx = FakeContext(NightPurge)
    NightPurge(NightPurgeSettings()).on_start(ctx)
    assert ctx.alarms == ["the config binds neither run nor fan_speed: nothing will move any air"]


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"start_below_cooling_k": 3.0}, "end where it begins"),
        ({"keep_below_zones_k": 4.5}, "not be above outdoor_below_zones_k"),
        ({"cooling_per_fan": 0.0}, "cooling_per_fan"),
    ],
)
def test_parameters_that_cannot_work_are_named(settings: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        NightPurgeSettings.model_validate(settings)
