"""Flush before occupancy: when, how much air is counted and by what, when it is enough, and what breaks it off."""

from __future__ import annotations

from datetime import datetime

import pytest
from pydantic import ValidationError

from supervisory.programs.air_quality_flush import AirQualityFlush, FlushSettings
from tests.supervisory.programs.fakes import FakeContext

COMMANDED = {("run", "ahu"): 1.0}


def start(at: datetime = datetime(2025, 3, 3, 5, 0), **settings: object) -> tuple[AirQualityFlush, FakeContext]:
    """A Monday at 5, an hour before people come to 3600 m3; 1 m3/s comes in through the station while it runs."""
    ctx = FakeContext(AirQualityFlush, at)
    ctx.bind("run", "ahu")
    ctx.show("outdoor_airflow", 1.0)
    ctx.show("mixed_air_temperature", {"ahu": 12.0})
    program = AirQualityFlush(FlushSettings.model_validate({"volume_m3": 3600.0, **settings}))
    program.on_start(ctx)
    return program, ctx


def test_the_lesser_of_minimum_outdoor_air_and_three_air_changes_is_wanted() -> None:
    by_minimum = FlushSettings(volume_m3=3600.0, minimum_outdoor_air_m3_s=0.8)
    by_changes = FlushSettings(volume_m3=3600.0, minimum_outdoor_air_m3_s=4.0)
    assert (by_minimum.target_m3, by_changes.target_m3) == (2880.0, 10800.0)
    assert FlushSettings(volume_m3=3600.0, air_changes=2.0).target_m3 == 7200.0


def test_it_runs_from_an_hour_before_until_it_is_enough_and_then_gives_back() -> None:
    program, ctx = start(datetime(2025, 3, 3, 4, 59), minimum_outdoor_air_m3_s=0.8)
    ctx.step(program)
    assert ctx.slots == {}
    ctx.run(program, minutes=48)
    assert (ctx.slots, ctx.facts["air_changes"]) == (COMMANDED, 0.78)
    ctx.step(program)
    assert (ctx.slots, ctx.facts["why"], ctx.facts["air_changes"]) == ({}, "done", 0.8)
    ctx.run(program, minutes=30)
    assert (ctx.slots, ctx.alarms) == ({}, [])


def test_a_higher_rate_is_enough_sooner_by_air_changes() -> None:
    program, ctx = start(minimum_outdoor_air_m3_s=9.0)
    ctx.show("outdoor_airflow", 6.0)
    ctx.run(program, minutes=30)
    assert ctx.slots == COMMANDED
    ctx.step(program)
    assert (ctx.slots, ctx.facts["why"]) == ({}, "done")


def test_when_people_come_it_gives_back_and_too_little_is_an_alarm() -> None:
    program, ctx = start()
    ctx.run(program, minutes=60)
    assert ctx.slots == COMMANDED
    ctx.step(program)
    assert ctx.slots == {}
    assert ctx.alarms == ["only 1.0 of 3.00 air changes were counted before people came"]


def test_nine_tenths_of_what_was_wanted_pass() -> None:
    program, ctx = start(minimum_outdoor_air_m3_s=1.0)
    ctx.show("outdoor_airflow", 0.91)
    ctx.run(program, minutes=62)
    assert ctx.alarms == []


def test_every_morning_is_counted_anew_and_weekends_and_holidays_are_none() -> None:
    program, ctx = start(minimum_outdoor_air_m3_s=0.5, days={"holidays": ["2025-03-05"]})
    ran = {}
    for day in range(3, 10):
        ctx.now = datetime(2025, 3, day, 4, 58)
        ctx.run(program, minutes=10)
        ran[day] = ctx.slots == COMMANDED
        ctx.run(program, minutes=60)
        assert ctx.slots == {}
    assert [day for day, did in ran.items() if did] == [3, 4, 6, 7]


def test_without_a_station_the_balance_of_the_mixed_air_tells_the_share() -> None:
    program, ctx = start()
    ctx.lose("outdoor_airflow")
    ctx.show("supply_airflow", 2.0)
    ctx.show("return_air_temperature", 22.0)
    ctx.show("outdoor_air_temperature", 2.0)
    ctx.run(program, minutes=3)
    assert ctx.facts["clean_m3_s"] == 1.0
    ctx.show("outdoor_air_temperature", 19.0)
    ctx.step(program)
    assert ctx.facts["clean_m3_s"] is None


def test_what_cannot_be_measured_is_not_counted_unless_a_share_is_assumed() -> None:
    program, ctx = start(minimum_outdoor_air_m3_s=1.0)
    ctx.lose("outdoor_airflow")
    ctx.show("supply_airflow", 2.0)
    ctx.run(program, minutes=61)
    assert ctx.alarms == ["only 0.0 of 1.00 air changes were counted before people came"]
    program, ctx = start(minimum_outdoor_air_m3_s=1.0, assumed_outdoor_share=0.6)
    ctx.lose("outdoor_airflow")
    ctx.show("supply_airflow", 2.0)
    ctx.run(program, minutes=61)
    assert (ctx.alarms, ctx.facts["air_changes"]) == ([], 1.0)


def test_filtered_air_that_goes_round_counts_for_its_share() -> None:
    program, ctx = start(cleaned_share=0.75)
    ctx.show("supply_airflow", 5.0)
    ctx.step(program)
    assert ctx.facts["clean_m3_s"] == 4.0


def test_cold_mixed_air_breaks_it_off_for_this_morning() -> None:
    program, ctx = start()
    ctx.run(program, minutes=6)
    ctx.show("mixed_air_temperature", {"ahu": 4.9})
    ctx.step(program)
    ctx.show("mixed_air_temperature", {"ahu": 12.0})
    ctx.run(program, minutes=30)
    assert ctx.slots == {}
    assert ctx.alarms == ["the flush was broken off after 0.1 air changes: mixed air below 5 degC, or not known: ahu"]


def test_outputs_are_driven_as_the_parameters_say() -> None:
    program, ctx = start(fan_speed_percent=45.0, outdoor_air_percent=70.0, zone_airflow_percent=80.0)
    for role, name in (
        ("fan_speed", "supply"),
        ("outdoor_air_damper", "ahu"),
        ("return_air_damper", "ahu"),
        ("zone_airflow_share", "core"),
    ):
        ctx.bind(role, name)
    ctx.step(program)
    assert ctx.slots == COMMANDED | {
        ("fan_speed", "supply"): 45.0,
        ("outdoor_air_damper", "ahu"): 70.0,
        ("return_air_damper", "ahu"): 30.0,
        ("zone_airflow_share", "core"): 80.0,
    }


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({}, "volume_m3"),
        ({"volume_m3": 100.0, "occupied_from_h": 2.0, "hours": 3.0}, "before midnight"),
        ({"volume_m3": 100.0, "cleaned_share": 1.1}, "cleaned_share"),
    ],
)
def test_parameters_that_cannot_work_are_named(settings: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        FlushSettings.model_validate(settings)
