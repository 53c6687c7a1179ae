"""Outdoor air by 62.1 against vectors worked out by hand (Guideline 36, 5.2.1.3 and 5.16.3.1)."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from supervisory.blocks.air_handlers.ventilation import (
    IntakeDesign,
    VentilationDesign,
    VentilationRule,
    ZoneAir,
    co2_share,
    outdoor_intake,
    zone_air,
)
from supervisory.blocks.zones.co2_sensor import Co2Limits, Co2Sensor, Co2Verdict

_FLOWS = {
    "people_m3_s": 0.05,
    "area_m3_s": 0.03,
    "minimum_m3_s": 0.1,
    "fixed_minimum_m3_s": 0.2,
    "maximum_m3_s": 0.5,
}
OFFICE = VentilationDesign.model_validate(_FLOWS)
LOBBY = VentilationDesign.model_validate({**_FLOWS, "permits_standby": False})
INTAKE = IntakeDesign(0.2, 0.3)
ROOMY = ZoneAir(VentilationRule.CO2, 0.05, 0.03, 0.1, 1.0)
TIGHT = ZoneAir(VentilationRule.CO2, 0.05, 0.03, 0.1, 0.8)
EMPTY = ZoneAir(VentilationRule.OFF, 0.0, 0.0, 0.0, 1.0)


@pytest.mark.parametrize(("co2_ppm", "share"), [(400, 0), (694, 0), (794, 0.5), (894, 1), (1500, 1)])
def test_the_co2_loop_begins_200_ppm_below_its_setpoint(co2_ppm: float, share: float) -> None:
    assert co2_share(co2_ppm, 894.0) == pytest.approx(share)


@pytest.mark.parametrize(
    ("populated", "share", "air"),
    [
        (True, 0.0, (VentilationRule.CO2, 0.0, 0.03, 0.1)),
        (True, 0.5, (VentilationRule.CO2, 0.025, 0.03, 0.3)),
        (True, 1.0, (VentilationRule.CO2, 0.05, 0.03, 0.5)),
        (True, None, (VentilationRule.DESIGN, 0.05, 0.03, 0.2)),
        (False, 1.0, (VentilationRule.OFF, 0.0, 0.0, 0.0)),
        (False, None, (VentilationRule.OFF, 0.0, 0.0, 0.0)),
    ],
)
def test_a_zones_air_goes_by_its_people(
    populated: bool, share: float | None, air: tuple[VentilationRule, float, float, float]
) -> None:
    found = zone_air(OFFICE, populated, share, 1.0)
    assert (found.rule, found.people_m3_s, found.area_m3_s, found.minimum_m3_s) == pytest.approx(air)


def test_where_standby_is_not_permitted_only_the_peoples_part_goes() -> None:
    found = zone_air(LOBBY, False, 1.0, 1.0)
    assert (found.rule, found.breathing_zone_m3_s, found.minimum_m3_s) == (VentilationRule.EMPTY, 0.03, 0.1)


@pytest.mark.parametrize(
    ("discharge_degc", "zone_degc", "outdoor_m3_s"),
    [(14.0, 22.0, 0.08), (22.0, 22.0, 0.08), (30.0, 22.0, 0.1), (None, 22.0, 0.1), (14.0, None, 0.1)],
)
def test_warm_air_needs_more_of_it_and_so_does_air_of_unknown_temperature(
    discharge_degc: float | None, zone_degc: float | None, outdoor_m3_s: float
) -> None:
    effectiveness = OFFICE.effectiveness(discharge_degc, zone_degc)
    assert zone_air(OFFICE, True, 1.0, effectiveness).outdoor_m3_s == pytest.approx(outdoor_m3_s)


def test_the_multiple_spaces_equation_is_led_by_the_zone_with_the_largest_share_of_outdoor_air() -> None:
    found = outdoor_intake(INTAKE, {"roomy": ROOMY, "tight": TIGHT}, {"roomy": 0.4, "tight": 0.2, "other": 9.0})
    assert found.uncorrected_m3_s == pytest.approx(0.16)
    assert found.efficiency == pytest.approx(1.0 + 0.16 / 0.6 - 0.5)
    assert found.total_m3_s == pytest.approx(0.208696, abs=1e-6)
    assert found.critical_zone == "tight"


def test_diversity_caps_the_sum_and_the_design_caps_the_whole() -> None:
    flows = {"roomy": 0.4, "tight": 0.2}
    diverse = outdoor_intake(IntakeDesign(0.15, 0.3), {"roomy": ROOMY, "tight": TIGHT}, flows)
    assert (diverse.efficiency, diverse.total_m3_s) == pytest.approx((0.75, 0.2))
    assert outdoor_intake(IntakeDesign(0.2, 0.205), {"roomy": ROOMY, "tight": TIGHT}, flows).total_m3_s == 0.205


@pytest.mark.parametrize("flows", [{"roomy": 0.4}, {"roomy": 0.4, "tight": 0.0}, {"roomy": 0.4, "tight": 0.01}])
def test_a_starved_zone_and_one_of_unknown_flow_take_the_design(flows: dict[str, float]) -> None:
    assert outdoor_intake(INTAKE, {"roomy": ROOMY, "tight": TIGHT}, flows).total_m3_s == 0.3


def test_the_floor_under_the_efficiency_holds() -> None:
    design = IntakeDesign(0.2, 9.0, least_efficiency=0.5)
    assert outdoor_intake(design, {"a": ROOMY, "b": TIGHT}, {"a": 0.4, "b": 0.0}).total_m3_s == pytest.approx(0.32)


def test_an_empty_building_takes_no_air_and_an_empty_zone_leaves_the_others_theirs() -> None:
    assert outdoor_intake(INTAKE, {"a": EMPTY, "b": EMPTY}, {}).total_m3_s == 0.0
    found = outdoor_intake(INTAKE, {"a": EMPTY, "b": ROOMY}, {"a": 0.0, "b": 0.4})
    assert (found.efficiency, found.total_m3_s) == pytest.approx((1.0, 0.08))


def test_a_stopped_fan_is_no_division_by_zero() -> None:
    assert outdoor_intake(INTAKE, {"a": ROOMY}, {"a": 0.0}).total_m3_s == pytest.approx(0.08)


def test_minima_in_the_wrong_order_are_refused() -> None:
    with pytest.raises(ValidationError, match="must not be above fixed_minimum_m3_s"):
        VentilationDesign.model_validate({**_FLOWS, "minimum_m3_s": 0.3})


class TestSensor:
    @pytest.mark.parametrize(
        ("co2_ppm", "verdict"),
        [
            (None, Co2Verdict.MISSING),
            (299.0, Co2Verdict.IMPLAUSIBLE),
            (300.0, Co2Verdict.GOOD),
            (5000.0, Co2Verdict.GOOD),
            (5001.0, Co2Verdict.IMPLAUSIBLE),
        ],
    )
    def test_what_no_room_can_have_is_not_believed(self, co2_ppm: float | None, verdict: Co2Verdict) -> None:
        assert Co2Sensor(Co2Limits()).step(0.0, co2_ppm, True) is verdict

    def test_a_reading_that_stands_still_among_people_is_stuck_until_it_moves(self) -> None:
        sensor = Co2Sensor(Co2Limits())
        told = [sensor.step(float(time_s), 600.0 + time_s % 2 * 0.4, True) for time_s in (0, 3601, 7199, 7200)]
        assert told == [Co2Verdict.GOOD] * 3 + [Co2Verdict.STUCK]
        assert sensor.step(7230.0, 601.0, True) is Co2Verdict.GOOD

    def test_in_an_empty_room_it_may_stand_still(self) -> None:
        sensor = Co2Sensor(Co2Limits())
        assert {sensor.step(hour * 3600.0, 420.0, False) for hour in range(12)} == {Co2Verdict.GOOD}
        assert sensor.step(12 * 3600.0, 420.0, True) is Co2Verdict.GOOD
        assert sensor.step(14 * 3600.0, 420.0, True) is Co2Verdict.STUCK

    def test_silence_begins_the_watch_anew(self) -> None:
        sensor = Co2Sensor(Co2Limits())
        readings = [(0.0, 600.0), (7000.0, None), (7100.0, 600.0), (7300.0, 600.0)]
        assert sensor.step(*readings[0], True) is Co2Verdict.GOOD
        assert [sensor.step(*reading, True) for reading in readings[1:]] == [
            Co2Verdict.MISSING,
            Co2Verdict.GOOD,
            Co2Verdict.GOOD,
        ]
