"""Results of checkouts, made up: a box with each verdict, and buildings of many points."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bridge.checkout.results import (
    CheckoutResult,
    MappingFault,
    PointFinding,
    PointVerdict,
    Proof,
    ShownValue,
    TriedPoint,
)

BEGAN = datetime(2026, 7, 6, 9, 30, tzinfo=UTC)
NOT_TESTED = (
    "Wiring, terminals, types of sensors and their ranges in the controllers: values were forced behind them.",
    "VAV_East is left out: its controller does not answer.",
)


def finding(
    point: str, proof: Proof, verdict: PointVerdict = PointVerdict.PASS, says: str = "as expected", **more: object
) -> PointFinding:
    """What came of one way of South's."""
    return replace(PointFinding("VAV_South", point, proof, verdict, says), **more)  # type: ignore[arg-type]


def tried(point: str, *findings: PointFinding, **more: object) -> TriedPoint:
    """A temperature of South's, or something else."""
    made = TriedPoint(
        equipment="VAV_South",
        point=point,
        controller=f"AnalogInput 101 {point}",
        simulation="hvac_reaZonSou_TZon_y",
        controller_unit="degC",
        simulation_unit="K",
        scale=None,
        offset=None,
        is_input=True,
        findings=findings,
    )
    return replace(made, **more)  # type: ignore[arg-type]


READ_BACK = finding(
    "SpaceTemp", Proof.READ_BACK, samples=(ShownValue(294.15, 21.0, 21.0), ShownValue(303.25, 30.1, 30.100000381469727))
)
SWAPPED = finding(
    "DischAirTemp",
    Proof.RESPONSE,
    PointVerdict.FAIL,
    "with South's valve at 100 % VAV_East's moved by 6.2 K, this one by 0.0 K",
    fault=MappingFault.CROSSED,
    other="VAV_East/DischAirTemp",
    direction="direct",
    delay_s=35.0,
)
ARRIVED = finding("DamperCmd", Proof.ARRIVAL, samples=(ShownValue(50.0, 0.5, 0.5),))
COMMANDED = finding("DamperCmd", Proof.COMMAND, samples=(ShownValue(50.0, 50.0, 50.0),))
DAMPER = tried(
    "DamperCmd",
    COMMANDED,
    ARRIVED,
    controller="AnalogOutput 201 DamperCmd",
    simulation="hvac_oveZonActSou_yDam_u",
    controller_unit="%",
    simulation_unit="1",
    scale=0.8,
    offset=2.0,
    is_input=False,
)
POINTS = (
    tried("SpaceTemp", READ_BACK),
    tried("DischAirTemp", READ_BACK, SWAPPED),
    tried("SpaceCO2", finding("SpaceCO2", Proof.LEVEL, PointVerdict.NOT_PROVABLE, "nothing moves it")),
    DAMPER,
    tried("ReheatValve", finding("ReheatValve", Proof.COMMAND, PointVerdict.DEFERRED, "minimum off time: 120 s left")),
    tried("Spare"),
)


def result(*points: TriedPoint, **more: object) -> CheckoutResult:
    """A checkout of a minute and a half."""
    made = CheckoutResult(
        began=BEGAN,
        ended=BEGAN + timedelta(seconds=90.5),
        test_case="multizone_office_simple_air",
        controllers=("VAV_South: ECY-VAV at 10.0.0.5, software 1.2",),
        not_tested=NOT_TESTED,
        points=points or POINTS,
        given_back="All 12 of what was taken was given back.",
    )
    return replace(made, **more)  # type: ignore[arg-type]


def many(points: int, equipments: int = 6) -> CheckoutResult:
    """A building of boxes, all of them alike."""
    boxes = [f"VAV_{number + 1:02}" for number in range(equipments)]
    made = [
        replace(POINTS[number % len(POINTS)], equipment=boxes[number * equipments // points])
        for number in range(points)
    ]
    return result(*made)
