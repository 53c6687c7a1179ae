"""Rogue zones against Guideline 36 5.1.14.2: what is counted and when, who is told of, resets and restarts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from pydantic import ValidationError

from supervisory.program import Read
from supervisory.programs.rogue_zones import RogueSettings, RogueZones
from tests.supervisory.programs.fakes import FakeContext

ZONES = ("core", "north", "south")
DAY_AND_NIGHT = {"occupied_from_h": 0.0, "occupied_to_h": 24.0}
PROPOSAL = "importance 0 in duct_static_reset for south, duct pressure: 100 % of"


def context() -> FakeContext:
    """The fan runs, and every box has the air that it wants."""
    ctx = FakeContext(RogueZones, datetime(2025, 7, 7, 8, 0))
    ctx.show("supply_airflow", 3.0)
    ctx.show("zone_airflow", dict.fromkeys(ZONES, 1.0))
    ctx.show("zone_airflow_setpoint", dict.fromkeys(ZONES, 1.0))
    ctx.show("zone_temperature", dict.fromkeys(ZONES, 24.0))
    ctx.show("zone_cooling_setpoint", dict.fromkeys(ZONES, 24.0))
    return ctx


def begun(ctx: FakeContext, **settings: object) -> RogueZones:
    program = RogueZones(RogueSettings.model_validate({**DAY_AND_NIGHT, **settings}))
    program.on_start(ctx)
    return program


def starve(ctx: FakeContext, zone: str = "south", share: float = 0.9) -> None:
    """The box gets only so much of what it wants: one request after a minute."""
    ctx.show("zone_airflow", {zone: share})


def minutes(ctx: FakeContext, zone: str = "south", kind: str = "duct pressure") -> list[float]:
    kept: dict[str, Any] = ctx.state["minutes"]
    return list(kept[kind][zone])


def test_it_commands_nothing() -> None:
    assert all(isinstance(role, Read) for role in RogueZones.points.values())


def test_requests_are_counted_every_five_minutes_and_not_in_between() -> None:
    ctx = context()
    program = begun(ctx)
    starve(ctx)
    ctx.run(program, minutes=5)
    assert minutes(ctx) == [0.0, 0.0]
    ctx.step(program)
    assert minutes(ctx) == [5.0, 5.0]
    starve(ctx, share=0.4)
    ctx.run(program, minutes=5)
    assert minutes(ctx) == [20.0, 10.0]
    assert minutes(ctx, "core") == [0.0, 10.0]


@pytest.mark.parametrize(
    ("role", "value", "why"),
    [
        ("supply_airflow", 0.0, "not counted: the fan is off"),
        ("fan_status", False, "not counted: the fan is off"),
        ("occupied", False, "not counted: unoccupied"),
    ],
)
def test_nothing_is_counted_while_the_system_is_off_or_the_building_unoccupied(
    role: str, value: float, why: str
) -> None:
    ctx = context()
    program = begun(ctx)
    starve(ctx)
    ctx.show(role, value)
    ctx.run(program, minutes=60)
    assert minutes(ctx) == [0.0, 0.0]
    assert ctx.facts["why"] == why


def test_by_night_nothing_is_counted_where_no_point_tells_of_occupancy() -> None:
    ctx = context()
    program = begun(ctx, occupied_from_h=6.0, occupied_to_h=9.0)
    ctx.run(program, minutes=60)
    ctx.run(program, minutes=21 * 60)
    assert minutes(ctx) == [0.0, 55.0]
    ctx.run(program, minutes=2 * 60)
    assert minutes(ctx) == [0.0, 175.0]


def test_a_fan_that_nobody_knows_of_counts_as_no_running_system() -> None:
    ctx = context()
    program = begun(ctx)
    ctx.lose("supply_airflow")
    ctx.run(program, minutes=30)
    assert minutes(ctx) == [0.0, 0.0]
    assert ctx.facts["why"] == "not counted: it is not known whether the fan runs"


def test_a_zone_that_cannot_be_read_has_neither_asked_nor_run() -> None:
    ctx = context()
    program = begun(ctx)
    ctx.lose("zone_airflow", "south")
    ctx.run(program, minutes=31)
    assert minutes(ctx) == [0.0, 0.0]
    assert minutes(ctx, kind="colder air") == [0.0, 30.0]
    assert minutes(ctx, "core") == [0.0, 30.0]


def test_steps_that_were_missed_are_not_made_up_for() -> None:
    ctx = context()
    program = begun(ctx)
    ctx.run(program, minutes=6)
    ctx.wait(3600.0)
    ctx.run(program, minutes=6)
    assert minutes(ctx) == [0.0, 15.0]


def test_above_70_pct_and_40_hours_a_zone_is_rogue_and_not_before() -> None:
    ctx = context()
    program = begun(ctx)
    starve(ctx)
    ctx.run(program, minutes=40 * 60)
    ctx.step(program)
    assert (minutes(ctx), ctx.alarms, ctx.facts["proposed"]) == ([2400.0, 2400.0], [], [])
    ctx.run(program, minutes=5)
    assert set(ctx.alarms) == {
        "level 4: south asks for duct pressure in more than 70 % of its run-hours; "
        "mend it, or give it importance 0 in duct_static_reset"
    }
    assert ctx.facts["proposed"] == [f"{PROPOSAL} 40.1 h"]


def quick(ctx: FakeContext, **settings: object) -> RogueZones:
    """Judged after an hour already."""
    return begun(ctx, judged_after_h=1.0, **settings)


def test_a_zone_at_70_pct_is_not_rogue_and_one_above_is() -> None:
    told = []
    for asked in (14.0, 14.1):
        ctx = context()
        ctx.state["minutes"] = {"duct pressure": {"south": [asked * 60.0, 20.0 * 60.0]}}
        ctx.step(quick(ctx))
        told.append(len(ctx.alarms))
    assert told == [0, 1]


def test_the_alarm_stands_as_long_as_the_zone_is_rogue_and_is_over_when_it_was_mended() -> None:
    ctx = context()
    program = quick(ctx)
    starve(ctx)
    ctx.run(program, minutes=70)
    ctx.alarms.clear()
    ctx.step(program)
    assert len(ctx.alarms) == 1
    starve(ctx, share=1.0)
    ctx.run(program, minutes=60)
    ctx.alarms.clear()
    ctx.step(program)
    assert ctx.alarms == []


def test_a_hot_zone_is_rogue_for_colder_air() -> None:
    ctx = context()
    program = quick(ctx)
    ctx.show("zone_temperature", {"north": 27.5})
    ctx.run(program, minutes=70)
    assert ctx.facts["proposed"] == [
        "importance 0 in supply_air_temperature_reset for north, colder air: 300 % of 1.1 h"
    ]


def test_zones_are_ranked_by_their_share_and_those_that_never_ask_are_named() -> None:
    ctx = context()
    program = quick(ctx)
    starve(ctx, "north")
    starve(ctx, "south", share=0.6)
    ctx.run(program, minutes=70)
    assert ctx.facts["ranking"] == ["south, duct pressure: 200 % of 1.1 h", "north, duct pressure: 100 % of 1.1 h"]
    assert ctx.facts["never"] == ["core, duct pressure", *(f"{zone}, colder air" for zone in ZONES)]
    assert ctx.state["report"][0] == "south, duct pressure: 200 % of 1.1 h"


def test_nobody_is_named_as_never_asking_before_there_are_enough_hours() -> None:
    ctx = context()
    ctx.run(quick(ctx), minutes=60)
    assert ctx.facts["never"] == []


def test_a_zone_of_importance_0_is_ranked_and_no_alarm() -> None:
    ctx = context()
    program = quick(ctx, pressure_importance={"south": 0.0})
    starve(ctx)
    ctx.run(program, minutes=70)
    assert ctx.facts["ranking"] == ["south, duct pressure: 100 % of 1.1 h, importance 0"]
    assert (ctx.alarms, ctx.facts["proposed"]) == ([], [])


def test_an_importance_for_one_reset_says_nothing_of_the_other() -> None:
    ctx = context()
    program = quick(ctx, cooling_importance={"south": 0.0})
    starve(ctx)
    ctx.run(program, minutes=70)
    assert len(set(ctx.alarms)) == 1


def test_the_operators_reset_begins_all_zones_anew_once() -> None:
    ctx = context()
    program = quick(ctx)
    starve(ctx)
    ctx.run(program, minutes=71)
    ctx.press("reset")
    ctx.alarms.clear()
    ctx.step(program)
    assert ctx.facts["why"] == "the operator's reset: counting begins anew"
    assert (minutes(ctx), minutes(ctx, "core"), ctx.alarms) == ([0.0, 0.0], [0.0, 0.0], [])
    ctx.run(program, minutes=6)
    assert minutes(ctx) == [5.0, 5.0]


def test_400_run_hours_begin_a_zone_anew() -> None:
    ctx = context()
    ctx.state["minutes"] = {"duct pressure": {"south": [23_000.0, 24_000.0], "core": [0.0, 60.0]}}
    ctx.run(quick(ctx), minutes=6)
    assert (minutes(ctx), minutes(ctx, "core")) == ([0.0, 0.0], [0.0, 65.0])


def test_a_restart_goes_on_and_forgets_zones_that_are_gone() -> None:
    ctx = context()
    program = begun(ctx)
    starve(ctx)
    ctx.run(program, minutes=31)
    ctx.state["minutes"]["duct pressure"]["attic"] = [5.0, 5.0]
    ctx.run(begun(ctx), minutes=6)
    assert minutes(ctx) == [35.0, 35.0]
    assert "attic" not in ctx.state["minutes"]["duct pressure"]


def test_what_is_not_bound_is_not_counted() -> None:
    ctx = FakeContext(RogueZones)
    ctx.show("supply_airflow", 3.0)
    ctx.run(begun(ctx), minutes=6)
    assert ctx.state["minutes"] == {"duct pressure": {}, "colder air": {}}
    assert ctx.alarms == ["neither zone_airflow nor zone_temperature is bound to anything: there is nothing to count"]


def test_misspelt_zones_are_an_alarm_at_the_start() -> None:
    ctx = context()
    begun(ctx, pressure_importance={"suoth": 0.0}, cooling_importance={"noth": 0.0})
    assert ["suoth" in ctx.alarms[0], "noth" in ctx.alarms[1]] == [True, True]


@pytest.mark.parametrize("settings", [{"rogue_above_pct": 0.0}, {"count_every_min": 0.0}, {"reset_after_h": 40.0}])
def test_limits_that_make_no_sense_are_refused(settings: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        RogueSettings.model_validate(settings)
