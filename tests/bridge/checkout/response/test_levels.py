"""What nothing moves, by its level and variation over days that are made of numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from bridge.checkout.response.expecting.plan import ResponsePlan
from bridge.checkout.response.judging.evidence import Evidence
from bridge.checkout.response.judging.points import findings
from bridge.checkout.results import MappingFault, PointFinding, PointVerdict, Proof
from points import Point
from tests.bridge.checkout.response.made import box, measured, metadata, observed, sensor
from tests.bridge.checkout.response.mapped import Mapped, by_point
from utils.values import PointMetadata

DRY, WET, DEW = "weaSta_reaWeaTDryBul_y", "weaSta_reaWeaTWetBul_y", "weaSta_reaWeaTDewPoi_y"
RETURN = "hvac_reaAhu_TRet_y"
HOURS = range(24)


def swing(mean: float, by: float) -> list[float]:
    """A day that is warmest at three in the afternoon."""
    return [mean + by * math.cos((hour - 15) / 12 * math.pi) for hour in HOURS]


COURSES: Mapping[str, Sequence[float]] = {
    DRY: swing(280.0, 6.0),
    WET: swing(278.0, 4.0),
    DEW: swing(275.0, 1.0),
    RETURN: swing(294.2, 0.3),
    measured("Lef", "TZon"): swing(294.0, 0.5),
    measured("Rig", "TZon"): swing(294.5, 0.4),
    measured("Lef", "TSup"): swing(290.0, 3.0),
    measured("Rig", "TSup"): swing(291.0, 3.0),
}


def told_of(*points: Point, courses: Mapping[str, Sequence[float]] = COURSES) -> dict[str, PointFinding]:
    """Judged beside two boxes that are right, with a day of these courses."""
    known = metadata() | {name: PointMetadata("K") for name in courses}
    days = [[{name: course[hour] for name, course in courses.items()} for hour in HOURS]]
    mapped = (Mapped("AHU", points), box("Lef"), box("Rig"))
    return by_point(findings(Evidence(ResponsePlan(known, mapped), [observed()], days)))


def test_outdoor_air_is_the_warmest_of_what_nothing_moves() -> None:
    found = told_of(sensor(DRY, "OutdoorAirTemp"))["AHU/OutdoorAirTemp"]
    assert (found.verdict, found.proof) == (PointVerdict.PASS, Proof.LEVEL)


def test_a_dew_point_in_its_place_is_named() -> None:
    found = told_of(sensor(DEW, "OutdoorAirTemp"))["AHU/OutdoorAirTemp"]
    assert (found.verdict, found.fault, found.other) == (PointVerdict.FAIL, MappingFault.CROSSED, DRY)
    assert DRY in found.says


def test_a_room_is_no_outdoor_air_as_something_moves_it() -> None:
    found = told_of(sensor(measured("Lef", "TZon"), "OutdoorAirTemp"))["AHU/OutdoorAirTemp"]
    assert (found.verdict, found.other) == (PointVerdict.FAIL, DRY)


def test_two_that_fit_are_no_pass_and_are_named() -> None:
    twins = {**COURSES, "hvac_reaAhu_TOut_y": COURSES[DRY]}
    found = told_of(sensor(DRY, "OutdoorAirTemp"), courses=twins)["AHU/OutdoorAirTemp"]
    assert (found.verdict, found.other) == (PointVerdict.NOT_PROVABLE, "hvac_reaAhu_TOut_y")


def test_outdoor_air_that_never_changes_is_not_proved() -> None:
    found = told_of(sensor(DRY, "OutdoorAirTemp"), courses={**COURSES, DRY: [290.0] * 24})["AHU/OutdoorAirTemp"]
    assert found.verdict is not PointVerdict.PASS


def test_return_air_is_as_warm_as_the_rooms_for_most_of_a_day() -> None:
    assert told_of(sensor(RETURN, "RetAirTemp"))["AHU/RetAirTemp"].verdict is PointVerdict.PASS
    at_night = [280.0 if hour < 5 else value for hour, value in enumerate(COURSES[RETURN])]
    found = told_of(sensor(RETURN, "RetAirTemp"), courses={**COURSES, RETURN: at_night})
    assert found["AHU/RetAirTemp"].verdict is not PointVerdict.PASS  # 280 K is no air of a room, even where it stands
    cool = [288.0 if hour < 5 else value for hour, value in enumerate(COURSES[RETURN])]
    found = told_of(sensor(RETURN, "RetAirTemp"), courses={**COURSES, RETURN: cool})
    assert found["AHU/RetAirTemp"].verdict is PointVerdict.PASS


def test_what_is_told_in_part_of_a_day_is_judged_by_that_part() -> None:
    gaps = [math.nan if hour % 5 == 0 else value for hour, value in enumerate(COURSES[DRY])]
    found = told_of(sensor(DRY, "OutdoorAirTemp"), courses={**COURSES, DRY: gaps})
    assert found["AHU/OutdoorAirTemp"].verdict is PointVerdict.PASS


def test_what_has_no_level_of_its_own_is_not_provable() -> None:
    found = told_of(sensor("ele_reaPri_y", "Tariff"), courses={**COURSES, "ele_reaPri_y": swing(0.1, 0.05)})[
        "AHU/Tariff"
    ]
    assert (found.verdict, found.fault) == (PointVerdict.NOT_PROVABLE, None)


def test_configs_without_an_actuator_are_told_so() -> None:
    known = metadata() | {"ele_reaPri_y": PointMetadata("K")}
    tariff = sensor("ele_reaPri_y", "Tariff")
    alone, beside = (
        by_point(findings(Evidence(ResponsePlan(known, mapped), [observed()], [])))["AHU/Tariff"].says
        for mapped in ([Mapped("AHU", (tariff,))], [Mapped("AHU", (tariff,)), box("Lef")])
    )
    assert alone.startswith("these configs have no actuator that could move ")
    assert beside.startswith("nothing is known to move ")


def test_without_days_nothing_is_proved_by_level() -> None:
    known = metadata() | {DRY: PointMetadata("K")}
    plan = ResponsePlan(known, [Mapped("AHU", (sensor(DRY, "OutdoorAirTemp"),))])
    [found] = findings(Evidence(plan, [observed()]))
    assert found.verdict is PointVerdict.NOT_PROVABLE
