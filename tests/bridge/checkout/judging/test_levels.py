"""Levels: what an object held before it was taken, against what such a point can have."""

from __future__ import annotations

import pytest

from bridge.checkout.judging.levels import judge_level
from bridge.checkout.results import PointFinding, PointVerdict, Proof
from points import Point
from tests.bridge.checkout.made_points import ROOM, made_point
from utils.values import ObjectState, PointValue, Quality, Sample

ROOM_POINT = made_point("AnalogInput", "SpaceTemp", "hvac_reaZonSou_TZon_y", **ROOM)
WATER = made_point("AnalogInput", "HeatPumpSupplyTemp", "hvac_reaHeaPum_TSup_y", **ROOM)
PRESSURE = made_point("AnalogInput", "DischAirPress", "hvac_reaAhu_dp_sup_y", unit="Pa", si_unit="kPa")


def doubts(point: Point, value: PointValue | None, units: str | None = "degrees-celsius") -> list[PointFinding]:
    return list(judge_level("VAV", point, ObjectState(Sample(value), units=units)))


def test_a_room_that_held_71_6_degrees_celsius_is_doubted_although_its_units_are_said_to_be_celsius() -> None:
    [found] = doubts(ROOM_POINT, 71.6)
    assert (found.proof, found.verdict, found.fault) == (Proof.LEVEL, PointVerdict.NOT_PROVABLE, None)
    assert "it held 71.6 before it was taken: no level of such a point in degC, but one in degF" in found.says


@pytest.mark.parametrize("value", [21.5, 0.0, None, -40.0, 1e6])
def test_what_it_may_have_held_or_what_no_unit_explains_is_not_doubted(value: float | None) -> None:
    assert doubts(ROOM_POINT, value) == []


def test_hot_water_is_not_a_room() -> None:
    assert doubts(WATER, 60.0) == []


def test_a_pressure_that_was_in_pascals_is_no_kilopascal() -> None:
    [found] = doubts(PRESSURE, 250.0, "kilopascals")
    assert "but one in Pa" in found.says


def test_no_units_are_not_provable_and_a_number_without_a_dimension_needs_none() -> None:
    [found] = doubts(ROOM_POINT, 21.5, None)
    assert found.says.startswith("the controller tells no units of SpaceTemp")
    assert doubts(made_point("AnalogInput", unit="1", si_unit="dimensionless"), 5.0, None) == []


def test_a_bad_value_and_a_switch_say_nothing() -> None:
    bad = ObjectState(Sample(None, Quality.BAD), units="degrees-celsius")
    assert list(judge_level("VAV", ROOM_POINT, bad)) == []
    assert list(judge_level("VAV", ROOM_POINT, None)) == []
    assert doubts(made_point("BinaryInput"), True, None) == []
