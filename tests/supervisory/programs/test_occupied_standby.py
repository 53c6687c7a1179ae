"""Occupied standby: five minutes to set back, one to come back, and what is not risked for it."""

from __future__ import annotations

from datetime import datetime

import pytest
from pydantic import ValidationError

from supervisory.programs.occupied_standby import OccupiedStandby, OccupiedStandbySettings
from tests.supervisory.programs.fakes import FakeContext

ZONES = ("east", "west")
HEATING, COOLING, AIR = "zone_heating_setpoint", "zone_cooling_setpoint", "zone_minimum_airflow"


def start(at: datetime = datetime(2025, 5, 1, 8, 0), **settings: object) -> tuple[OccupiedStandby, FakeContext]:
    """A running program at 8 a.m.: two zones with people between their set-points of 20 and 24 degC."""
    program = OccupiedStandby(OccupiedStandbySettings.model_validate(settings))
    ctx = FakeContext(OccupiedStandby, at)
    for role in (HEATING, COOLING, AIR):
        ctx.bind(role, *ZONES)
    ctx.show("zone_occupancy", dict.fromkeys(ZONES, True))
    ctx.show("zone_temperature", dict.fromkeys(ZONES, 22.0))
    ctx.show("zone_heating_setpoint_in_force", dict.fromkeys(ZONES, 20.0))
    ctx.show("zone_cooling_setpoint_in_force", dict.fromkeys(ZONES, 24.0))
    program.on_start(ctx)
    ctx.step(program)
    return program, ctx


def leave(program: OccupiedStandby, ctx: FakeContext, zone: str = "west") -> None:
    """Everybody leaves a zone, and five minutes pass."""
    ctx.show("zone_occupancy", {zone: False})
    ctx.run(program, minutes=5.5)


def come_back(program: OccupiedStandby, ctx: FakeContext, zone: str = "west") -> None:
    """Somebody comes in, and a minute passes."""
    ctx.show("zone_occupancy", {zone: True})
    ctx.run(program, minutes=1.5)


def of_west(ctx: FakeContext) -> tuple[float, ...]:
    """What is commanded of the western zone: heating and cooling set-point, and its lowest flow."""
    return tuple(ctx.slot(role, "west") for role in (HEATING, COOLING, AIR) if (role, "west") in ctx.slots)


def test_an_empty_zone_is_set_back_and_shut_off_after_five_minutes_and_not_before() -> None:
    program, ctx = start()
    ctx.show("zone_occupancy", {"west": False})
    ctx.run(program, minutes=5)
    assert ctx.slots == {}
    ctx.step(program)
    assert of_west(ctx) == pytest.approx((19.4, 24.6, 0.0))
    assert [name for _, name in ctx.slots] == ["west"] * 3
    assert ctx.facts["standby"] == {
        "west": "set-points set back (90.1 6.5.3.8, G36 5.3.2); air off (90.1 6.5.3.8, as 62.1 permits standby)"
    }


def test_it_has_everything_back_a_minute_after_somebody_came() -> None:
    program, ctx = start()
    leave(program, ctx)
    ctx.show("zone_occupancy", {"west": True})
    ctx.run(program, minutes=1)
    assert len(ctx.slots) == 3
    ctx.step(program)
    assert ctx.slots == {}


def test_setpoints_in_force_that_are_ours_are_not_set_back_again() -> None:
    program, ctx = start()
    leave(program, ctx)
    for _ in range(2):
        ctx.show("zone_heating_setpoint_in_force", {"west": 19.4})
        ctx.show("zone_cooling_setpoint_in_force", {"west": 24.6})
        ctx.run(program, minutes=3)
        assert of_west(ctx) == pytest.approx((19.4, 24.6, 0.0))
        ctx.show("zone_occupancy", {"west": True})
        ctx.run(program, minutes=1.5)
        ctx.show("zone_heating_setpoint_in_force", {"west": 20.0})
        ctx.show("zone_cooling_setpoint_in_force", {"west": 24.0})
        leave(program, ctx)


def test_where_62_1_does_not_permit_standby_setpoints_are_set_back_and_the_air_stays() -> None:
    program, ctx = start(no_standby=("west",))
    leave(program, ctx)
    assert of_west(ctx) == pytest.approx((19.4, 24.6))
    assert (AIR, "west") not in ctx.slots
    rules = "set-points set back (G36 5.3.2); Vmin stays and Vbz-P is 0 (62.1 does not permit standby)"
    assert ctx.facts["standby"] == {"west": rules}


def test_a_room_that_recovers_too_slowly_is_set_back_no_more_that_day_but_its_air_is_shut_off() -> None:
    program, ctx = start()
    leave(program, ctx)
    ctx.show("zone_temperature", {"west": 24.6})
    come_back(program, ctx)
    ctx.run(program, minutes=15)
    assert ctx.alarms == []
    ctx.run(program, minutes=1)
    assert set(ctx.alarms) == {"west took too long to recover: it is set back no more today"}
    leave(program, ctx)
    assert of_west(ctx) == (0.0,)
    assert "own set-points: it recovers too slowly" in str(ctx.facts["standby"])
    ctx.show("occupied", False)
    ctx.step(program)
    ctx.show("occupied", True)
    ctx.run(program, minutes=5.5)
    assert of_west(ctx) == pytest.approx((19.4, 24.6, 0.0))


@pytest.mark.parametrize("degc", [19.8, 24.2])
def test_a_room_that_recovers_in_time_is_set_back_again(degc: float) -> None:
    program, ctx = start()
    leave(program, ctx)
    ctx.show("zone_temperature", {"west": 25.0})
    come_back(program, ctx)
    ctx.run(program, minutes=10)
    ctx.show("zone_temperature", {"west": degc})
    ctx.run(program, minutes=10)
    ctx.show("zone_temperature", {"west": 25.0})
    leave(program, ctx)
    assert len(of_west(ctx)) == 3
    assert ctx.alarms == []


def test_standby_does_not_follow_standby_within_the_dwell_time() -> None:
    program, ctx = start(dwell_min=20.0)
    leave(program, ctx)
    come_back(program, ctx)
    leave(program, ctx)
    ctx.run(program, minutes=14)
    assert ctx.slots == {}
    ctx.run(program, minutes=1)
    assert len(ctx.slots) == 3


def test_a_sensor_that_cannot_be_read_means_people() -> None:
    program, ctx = start()
    leave(program, ctx)
    ctx.lose("zone_occupancy", "west")
    ctx.step(program)
    assert ctx.slots == {}


def test_a_sensor_that_sees_nobody_for_days_means_people() -> None:
    program, ctx = start(silent_after_h=1.0)
    ctx.show("zone_occupancy", {"west": False})
    ctx.run(program, minutes=59)
    assert len(ctx.slots) == 3
    ctx.run(program, minutes=2)
    assert ctx.slots == {}
    assert "west: the occupancy sensor has seen nobody" in ctx.alarms[0]


@pytest.mark.parametrize(
    "role", ["zone_temperature", "zone_heating_setpoint_in_force", "zone_cooling_setpoint_in_force"]
)
def test_a_zone_that_cannot_be_read_keeps_its_setpoints(role: str) -> None:
    program, ctx = start()
    ctx.lose(role, "west")
    program.on_start(ctx)
    leave(program, ctx)
    assert of_west(ctx) == (0.0,)
    assert "own set-points: temperature or set-points cannot be read" in str(ctx.facts["standby"])


def test_outside_of_the_occupied_hours_nothing_is_commanded() -> None:
    program, ctx = start(datetime(2025, 5, 1, 18, 50))
    leave(program, ctx)
    assert len(ctx.slots) == 3
    ctx.run(program, minutes=4.5)
    assert ctx.slots == {}


def test_in_the_morning_the_setpoints_of_the_day_are_set_back_and_not_those_of_the_night() -> None:
    program, ctx = start(datetime(2025, 5, 1, 5, 30))
    ctx.show("zone_occupancy", {"west": False})
    ctx.show("zone_heating_setpoint_in_force", {"west": 12.0})
    ctx.show("zone_cooling_setpoint_in_force", {"west": 30.0})
    ctx.run(program, minutes=29.5)
    ctx.show("zone_heating_setpoint_in_force", {"west": 20.0})
    ctx.show("zone_cooling_setpoint_in_force", {"west": 24.0})
    ctx.run(program, minutes=5)
    assert ctx.slots == {}
    ctx.run(program, minutes=1)
    assert of_west(ctx) == pytest.approx((19.4, 24.6, 0.0))


def test_exempt_zones_and_unknown_names() -> None:
    program, ctx = start(exempt=("west",), no_standby=("attic",))
    leave(program, ctx)
    assert ctx.slots == {}
    assert "attic" in ctx.alarms[0]


def test_a_commanded_zone_without_a_sensor_in_the_config_is_said_and_left_alone() -> None:
    program = OccupiedStandby(OccupiedStandbySettings())
    ctx = FakeContext(OccupiedStandby, datetime(2025, 5, 1, 8, 0))
    ctx.bind(AIR, *ZONES)
    ctx.show("zone_occupancy", {"west": False})
    program.on_start(ctx)
    ctx.run(program, minutes=6)
    assert ctx.alarms == ["the config has no occupancy sensor of these zones, which are left alone: east"]
    assert ctx.slots == {(AIR, "west"): 0.0}


@pytest.mark.parametrize("set_back_k", [0.5, 0.55])
def test_a_set_back_below_one_degree_fahrenheit_is_refused(set_back_k: float) -> None:
    with pytest.raises(ValidationError, match="set_back_k"):
        OccupiedStandbySettings(set_back_k=set_back_k)
    assert OccupiedStandbySettings(set_back_k=5 / 9).set_back_k == 5 / 9
