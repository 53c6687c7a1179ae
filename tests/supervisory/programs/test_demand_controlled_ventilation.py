"""Demand controlled ventilation: the boxes' minima, the air handler's, and what sensors are not believed."""

from __future__ import annotations

from datetime import datetime

import pytest
from pydantic import ValidationError

from supervisory.programs.demand_controlled_ventilation import DemandControlledVentilation, DemandVentilationSettings
from tests.supervisory.programs.fakes import FakeContext

ZONES = ("core", "west")
OFFICE = {"people_m3_s": 0.05, "area_m3_s": 0.03, "minimum_m3_s": 0.1, "fixed_minimum_m3_s": 0.2, "maximum_m3_s": 0.5}
DESIGN = {"design_uncorrected_m3_s": 0.16, "design_total_m3_s": 0.25}
INTAKE = "minimum_outdoor_airflow"
MINIMUM = "zone_minimum_airflow"


def start(
    at: datetime = datetime(2025, 5, 1, 8, 0), **settings: object
) -> tuple[DemandControlledVentilation, FakeContext]:
    """A running program at 8 a.m.: two like zones with people, cool supply air and little CO2."""
    zones = {"zones": dict.fromkeys(ZONES, OFFICE)}
    program = DemandControlledVentilation(DemandVentilationSettings.model_validate({**zones, **DESIGN, **settings}))
    ctx = FakeContext(DemandControlledVentilation, at)
    ctx.bind(MINIMUM, *ZONES)
    ctx.show("zone_co2", dict.fromkeys(ZONES, 600.0))
    ctx.show("zone_occupancy", dict.fromkeys(ZONES, True))
    ctx.show("zone_airflow", dict.fromkeys(ZONES, 0.3))
    ctx.show("zone_temperature", dict.fromkeys(ZONES, 23.0))
    ctx.show("zone_discharge_temperature", dict.fromkeys(ZONES, 14.0))
    program.on_start(ctx)
    return program, ctx


def commanded(ctx: FakeContext) -> tuple[float, ...]:
    """The air handler's outdoor air and the minima of both boxes, m3/s."""
    return (ctx.slot(INTAKE), *(ctx.slot(MINIMUM, zone) for zone in ZONES))


def test_without_co2_the_zones_get_air_for_their_floor_and_the_boxes_their_minimum() -> None:
    program, ctx = start()
    ctx.step(program)
    # Vou 0.06, Xs 0.1, Zp 0.03 / 0.3
    assert commanded(ctx) == pytest.approx((0.06, 0.1, 0.1))


def test_co2_raises_the_boxs_minimum_and_the_outdoor_air_side_by_side() -> None:
    program, ctx = start()
    ctx.show("zone_co2", {"west": 794.0})
    ctx.step(program)
    # core 0.03, west 0.03 + 0.025: Vou 0.085, Xs 0.1417, Zp 0.1833, Ev 0.9583
    assert commanded(ctx) == pytest.approx((0.088696, 0.1, 0.3), abs=1e-6)
    assert ctx.facts["critical_zone"] == "west"


def test_at_full_co2_the_design_is_not_passed_and_warm_air_counts_less() -> None:
    program, ctx = start()
    ctx.show("zone_co2", dict.fromkeys(ZONES, 1500.0))
    ctx.step(program)
    # Vou 0.16, Xs 0.2667, Zp 0.2667
    assert commanded(ctx) == pytest.approx((0.16, 0.5, 0.5))
    ctx.show("zone_discharge_temperature", dict.fromkeys(ZONES, 30.0))
    ctx.step(program)
    # Zp 0.1 / 0.3: Ev 0.9333
    assert commanded(ctx) == pytest.approx((0.171429, 0.5, 0.5), abs=1e-6)
    ctx.show("zone_airflow", {"west": 0.1})
    ctx.step(program)
    assert commanded(ctx) == pytest.approx((0.25, 0.5, 0.5))


def test_an_open_economizer_is_not_added_to_and_what_is_asked_for_does_not_follow_it() -> None:
    program, ctx = start()
    ctx.show("zone_co2", dict.fromkeys(ZONES, 1500.0))
    asked = []
    for outdoor_m3_s in (0.16, 0.6):
        ctx.show("outdoor_airflow", outdoor_m3_s)
        ctx.step(program)
        asked.append(commanded(ctx))
    assert asked[0] == asked[1] == pytest.approx((0.16, 0.5, 0.5))


def test_an_empty_zone_needs_no_air_after_five_minutes_and_has_it_back_after_one() -> None:
    program, ctx = start()
    ctx.show("zone_occupancy", {"west": False})
    ctx.run(program, minutes=5)
    assert commanded(ctx) == pytest.approx((0.06, 0.1, 0.1))
    ctx.step(program)
    # core alone: Vou 0.03, Xs 0.05 of what both boxes still bring, Zp 0.1, Ev 0.95
    assert commanded(ctx) == pytest.approx((0.031579, 0.1, 0.0), abs=1e-6)
    ctx.show("zone_occupancy", {"west": True})
    ctx.run(program, minutes=1)
    assert ctx.slot(MINIMUM, "west") == 0.0
    ctx.step(program)
    assert commanded(ctx) == pytest.approx((0.06, 0.1, 0.1))


def test_an_empty_zone_without_standby_keeps_its_minimum_and_the_air_for_its_floor() -> None:
    program, ctx = start(zones={"core": OFFICE, "west": {**OFFICE, "permits_standby": False}})
    ctx.show("zone_co2", {"west": 1500.0})
    ctx.show("zone_occupancy", {"west": False})
    ctx.run(program, minutes=5.5)
    assert commanded(ctx) == pytest.approx((0.06, 0.1, 0.1))
    assert "empty, but 62.1 does not permit standby: Vbz-P is 0, Vmin stays" in str(ctx.facts["rules"])


@pytest.mark.parametrize("co2_ppm", [250.0, 6000.0, None])
def test_co2_that_cannot_be_true_gives_design_outdoor_air_and_an_alarm(co2_ppm: float | None) -> None:
    program, ctx = start()
    if co2_ppm is None:
        ctx.lose("zone_co2", "west")
    else:
        ctx.show("zone_co2", {"west": co2_ppm})
    ctx.step(program)
    # west 0.08 of 0.3: Vou 0.11, Xs 0.1833, Zp 0.2667, Ev 0.9167
    assert commanded(ctx) == pytest.approx((0.12, 0.1, 0.2))
    assert "west: CO2" in ctx.alarms[0]
    assert "design outdoor air" in ctx.alarms[0]


def test_co2_that_stands_still_is_not_believed_after_two_hours() -> None:
    program, ctx = start()
    for number in range(250):
        ctx.show("zone_co2", {"core": 600.0 + number})
        ctx.step(program)
    assert ctx.slot(MINIMUM, "west") == 0.2
    assert {alarm.partition(";")[0] for alarm in ctx.alarms} == {"west: CO2 does not move"}
    ctx.show("zone_co2", {"west": 650.0})
    ctx.step(program)
    assert ctx.slot(MINIMUM, "west") == 0.1


def test_zones_without_sensors_are_populated_and_get_their_design() -> None:
    program = DemandControlledVentilation(
        DemandVentilationSettings.model_validate({"zones": {"core": OFFICE}, **DESIGN})
    )
    ctx = FakeContext(DemandControlledVentilation)
    ctx.bind(MINIMUM, "core")
    program.on_start(ctx)
    ctx.run(program, minutes=30)
    assert (ctx.slot(INTAKE), ctx.slot(MINIMUM, "core")) == (0.25, 0.2)
    assert ctx.alarms == []


def test_an_occupancy_sensor_that_sees_nobody_for_days_is_not_believed() -> None:
    program, ctx = start(silent_after_h=1.0)
    ctx.show("zone_occupancy", {"west": False})
    ctx.run(program, minutes=59)
    assert ctx.slot(MINIMUM, "west") == 0.0
    ctx.run(program, minutes=2)
    assert ctx.slot(MINIMUM, "west") == 0.1
    assert "west: the occupancy sensor has seen nobody" in ctx.alarms[0]


def test_slots_are_empty_outside_of_the_occupied_hours() -> None:
    program, ctx = start(datetime(2025, 5, 1, 5, 59))
    ctx.step(program)
    assert ctx.slots == {}
    ctx.run(program, minutes=1)
    assert len(ctx.slots) == 3
    ctx.show("occupied", False)
    ctx.step(program)
    assert ctx.slots == {}


def test_too_little_outdoor_air_is_an_alarm_after_a_while() -> None:
    program, ctx = start()
    ctx.show("outdoor_airflow", 0.05)
    ctx.run(program, minutes=15)
    assert ctx.alarms == []
    ctx.step(program)
    assert ctx.alarms == ["the air handler takes in less outdoor air than it is asked for"]
    ctx.show("outdoor_airflow", 0.06)
    ctx.step(program)
    assert len(ctx.alarms) == 1


def test_zones_without_a_design_are_named() -> None:
    program, ctx = start()
    ctx.bind(MINIMUM, *ZONES, "attic")
    program.on_start(ctx)
    ctx.step(program)
    assert ctx.alarms == ["the parameters design no air for these zones, which get none: attic"]
    assert (MINIMUM, "attic") not in ctx.slots


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"design_total_m3_s": 0.1}, "must not be below design_uncorrected_m3_s"),
        ({"co2_lowest_ppm": 6000.0}, "must be below co2_highest_ppm"),
        ({"zones": {}}, "zones"),
        ({"co2_setpoint": 900.0}, "co2_setpoint"),
    ],
)
def test_parameters_of_ventilation_that_cannot_work_are_named(settings: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        DemandVentilationSettings.model_validate({"zones": {"core": OFFICE}, **DESIGN, **settings})
