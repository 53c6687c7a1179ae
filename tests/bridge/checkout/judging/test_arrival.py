"""Arrival: the range of an object is the range of the simulation's input, in the same direction."""

from __future__ import annotations

import pytest

from bridge.checkout.judging import judge_arrival
from bridge.checkout.judging.arrival import commands_for
from bridge.checkout.results import MappingFault, PointFinding, PointVerdict
from points import Point
from tests.bridge.checkout.made_points import made_point
from utils.values import ObjectLimits, PointMetadata, Target

SHARE = PointMetadata("1", minimum=0.0, maximum=1.0, is_input=True)
KELVIN = PointMetadata("K", minimum=285.15, maximum=315.15, is_input=True)
NO_LIMITS = ObjectLimits()


def damper(**keys: object) -> Point:
    return made_point("AnalogOutput", "Damper", "oveDam", **keys)


def arrival(point: Point, told: PointMetadata | None = SHARE, limits: ObjectLimits = NO_LIMITS) -> PointFinding:
    target = Target("controller", point.object_type, point.ecy_point)
    return judge_arrival("VAV", point, target, limits, told)


def test_percent_arrive_as_a_share_of_the_input() -> None:
    found = arrival(damper())
    assert (found.verdict, found.direction) == (PointVerdict.PASS, "direct")
    assert found.says == "0 and 100 % of Damper arrive as 0 and 100 % of oveDam_u"
    assert [(one.shown, one.expected, one.found) for one in found.samples][:2] == [(0.0, 0.0, 0.0), (50.0, 0.5, 0.5)]


@pytest.mark.parametrize(
    ("keys", "fault", "says"),
    [
        ({"scale": 1.25, "offset": -25.0}, MappingFault.WRONG_SCALE, "arrive as -25 and 100 %"),
        ({"scale": 0.8, "offset": 20.0}, MappingFault.WRONG_SCALE, "as of 0-10 V where it is 2-10 V"),
        ({"reverse": True}, MappingFault.REVERSED, "open is shut for the simulation (the config says reverse)"),
        ({"scale": -1.0, "offset": 100.0}, MappingFault.REVERSED, "arrive as 100 and 0 %"),
        ({"scale": 0.1}, MappingFault.FACTOR, "(the config says scale 0.1)"),
        ({"scale": 10.0}, MappingFault.FACTOR, "10 times"),
        ({"scale": -1.0}, MappingFault.WRONG_SIGN, "the other sign"),
        ({"minimum": 20.0}, MappingFault.WRONG_SCALE, "cut at 20 (the config says minimum 20)"),
        ({"valid_max": 0.9}, MappingFault.WRONG_SCALE, "passes not all of it on"),
    ],
)
def test_what_the_config_makes_of_it_is_named(keys: dict[str, object], fault: MappingFault, says: str) -> None:
    found = arrival(damper(**keys))
    assert (found.verdict, found.fault) == (PointVerdict.FAIL, fault)
    assert says in found.says


def test_volts_have_the_range_that_the_object_tells() -> None:
    volts = made_point("AnalogOutput", "Damper", "oveDam", scale=0.1, si_unit="dimensionless")
    assert arrival(volts, limits=ObjectLimits(0.0, 10.0)).verdict is PointVerdict.PASS
    two_to_ten = made_point("AnalogOutput", "Damper", "oveDam", scale=0.125, offset=-0.25, si_unit="dimensionless")
    assert arrival(two_to_ten, limits=ObjectLimits(2.0, 10.0)).verdict is PointVerdict.PASS
    assert arrival(two_to_ten, limits=ObjectLimits(0.0, 10.0)).fault is MappingFault.WRONG_SCALE


def test_a_set_point_has_a_range_only_where_somebody_tells_it() -> None:
    set_point = made_point("AnalogOutput", "Setpoint", "oveTSet", unit="K", si_unit="degC")
    assert commands_for(set_point, NO_LIMITS) == ()
    assert arrival(set_point, KELVIN).verdict is PointVerdict.NOT_PROVABLE
    assert arrival(set_point, KELVIN, ObjectLimits(12.0, 42.0)).verdict is PointVerdict.PASS
    assert arrival(damper(), PointMetadata("1", is_input=True)).verdict is PointVerdict.NOT_PROVABLE
    assert arrival(damper(), None).verdict is PointVerdict.NOT_PROVABLE


def test_switches_and_stages() -> None:
    assert arrival(made_point("BinaryOutput", "Pump", "ovePum")).verdict is PointVerdict.PASS
    turned = arrival(made_point("BinaryOutput", "Pump", "ovePum", reverse=True))
    assert turned.fault is MappingFault.REVERSED
    assert turned.says.endswith("on is off for the simulation (the config says reverse)")
    stages = {"1": 0.0, "2": 0.5, "3": 1.0}
    assert arrival(made_point("MultiStateOutput", "Stage", "oveSta", states=stages)).verdict is PointVerdict.PASS
    assert arrival(made_point("MultiStateOutput", "Stage", "oveSta")).fault is MappingFault.WRONG_SCALE  # 2 of 0 to 1
    assert commands_for(made_point("MultiStateOutput", "Stage", "oveSta", states=stages), NO_LIMITS) == (1, 2, 3, 1)
