"""The duct static pressure program: what it reads, what it commands, and what it does when it is told nothing."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from supervisory.programs.duct_static_reset import DuctStaticReset, DuctStaticSettings
from tests.supervisory.programs.fakes import FakeContext

ZONES = ("core", "north", "south", "west")


def start(**settings: object) -> tuple[DuctStaticReset, FakeContext]:
    """A running program; the fan is on, and every zone gets the air that it wants."""
    program = DuctStaticReset(DuctStaticSettings.model_validate({"maximum_pa": 400.0, **settings}))
    ctx = FakeContext(DuctStaticReset)
    ctx.show("supply_airflow", 3.0)
    ctx.show("zone_airflow", dict.fromkeys(ZONES, 0.5))
    ctx.show("zone_airflow_setpoint", dict.fromkeys(ZONES, 0.5))
    program.on_start(ctx)
    return program, ctx


def test_a_satisfied_site_is_trimmed_down_to_the_lowest_pressure() -> None:
    program, ctx = start()
    ctx.run(program, minutes=12)
    assert ctx.slot("duct_static_setpoint") == 120.0
    ctx.run(program, minutes=1)
    assert ctx.slot("duct_static_setpoint") == 108.0
    ctx.run(program, minutes=30)
    assert ctx.slot("duct_static_setpoint") == 25.0


def test_a_starving_zone_raises_the_pressure_by_its_requests() -> None:
    program, ctx = start()
    ctx.show("zone_airflow", {"west": 0.2})
    ctx.run(program, minutes=12.5)
    assert ctx.slot("duct_static_setpoint") == 123.0
    assert ctx.facts["asking"] == {"west": 3}


def test_dampers_that_are_read_decide_when_a_box_is_wide_open() -> None:
    program, ctx = start(ignored_requests=1)
    ctx.show("zone_damper", {"west": 98.0, "north": 97.0, "south": 50.0})
    ctx.run(program, minutes=12.5)
    assert ctx.slot("duct_static_setpoint") == 123.0


def test_a_zone_without_importance_is_not_heard() -> None:
    program, ctx = start(importance={"west": 0.0})
    ctx.show("zone_airflow", {"west": 0.2})
    ctx.run(program, minutes=12.5)
    assert ctx.slot("duct_static_setpoint") == 108.0


def test_a_share_of_the_design_flow_serves_as_setpoint() -> None:
    program = DuctStaticReset(
        DuctStaticSettings(maximum_pa=400.0, design_airflow_m3_s={"west": 0.8}, ignored_requests=0)
    )
    ctx = FakeContext(DuctStaticReset)
    ctx.show("supply_airflow", 3.0)
    ctx.show("zone_airflow", {"west": 0.24})
    ctx.show("zone_airflow_share", {"west": 50.0})
    program.on_start(ctx)
    ctx.run(program, minutes=12.5)
    assert ctx.facts["asking"] == {"west": 2}


def test_a_fan_that_stops_brings_the_setpoint_back_to_its_start() -> None:
    program, ctx = start()
    ctx.run(program, minutes=30)
    ctx.show("supply_airflow", 0.0)
    ctx.step(program)
    assert ctx.slot("duct_static_setpoint") == 120.0


def test_a_fan_status_counts_more_than_the_air_flow() -> None:
    program, ctx = start()
    ctx.show("fan_status", False)
    ctx.run(program, minutes=30)
    assert ctx.slot("duct_static_setpoint") == 120.0


def test_too_few_readable_zones_hold_the_setpoint_with_one_alarm() -> None:
    program, ctx = start()
    ctx.run(program, minutes=13)
    for zone in ("core", "north", "south"):
        ctx.lose("zone_airflow", zone)
    ctx.run(program, minutes=10)
    assert ctx.slot("duct_static_setpoint") == 108.0
    assert len(ctx.alarms) == 1
    assert "1 of 4" in ctx.alarms[0]


def test_a_site_that_stays_silent_gets_its_own_setpoint_back_and_is_taken_up_again_from_the_start() -> None:
    program, ctx = start()
    ctx.run(program, minutes=20)
    for zone in ZONES:
        ctx.lose("zone_airflow", zone)
    ctx.run(program, minutes=16)
    assert ("duct_static_setpoint", "") not in ctx.slots
    ctx.show("zone_airflow", dict.fromkeys(ZONES, 0.5))
    ctx.step(program)
    assert ctx.slot("duct_static_setpoint") == 120.0


def test_a_fan_that_nothing_tells_about_counts_as_a_silent_site() -> None:
    program, ctx = start()
    ctx.run(program, minutes=13)
    ctx.lose("supply_airflow")
    ctx.run(program, minutes=10)
    assert ctx.slot("duct_static_setpoint") == 108.0
    ctx.run(program, minutes=6)
    assert ("duct_static_setpoint", "") not in ctx.slots


def test_a_zone_that_is_lost_alone_makes_no_requests_and_the_others_go_on() -> None:
    program, ctx = start()
    ctx.show("zone_airflow", {"west": 0.1})
    ctx.lose("zone_airflow_setpoint", "west")
    ctx.run(program, minutes=12.5)
    assert ctx.slot("duct_static_setpoint") == 108.0


def test_a_restarted_program_begins_with_the_delay() -> None:
    program, ctx = start()
    ctx.run(program, minutes=30)
    program.on_start(ctx)
    ctx.run(program, minutes=11)
    assert ctx.slot("duct_static_setpoint") == 120.0


def test_a_misspelt_zone_is_an_alarm_that_lists_the_known_ones() -> None:
    _, ctx = start(importance={"wets": 2.0})
    assert ctx.alarms == [
        "the parameters name zones that have no zone_airflow: wets; the config has: core, north, south, west"
    ]


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({}, "maximum_pa"),
        ({"maximum_pa": 100.0}, "initial must lie between"),
        ({"maximum_pa": 400.0, "respond_pa": -15.0}, "opposite sign"),
        ({"maximum_pa": 400.0, "respond_pressure": 15.0}, "respond_pressure"),
        ({"maximum_pa": float("nan")}, "finite"),
    ],
)
def test_parameters_that_cannot_work_are_named(settings: dict[str, float], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        DuctStaticSettings.model_validate(settings)
