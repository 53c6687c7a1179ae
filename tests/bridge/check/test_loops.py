"""Single ends of a loop overridden."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bridge.check.loops import LOOPS, loop_findings
from bridge.check.views import PointView
from bridge.findings import Severity, Topic
from tests import bench
from tests.bridge.check.views import limits, point_view
from utils.values import PointMetadata

AIR = json.loads(
    (Path(__file__).parents[3] / "emulators/plants/multizone_office/interface/points.json").read_text("utf-8")
)
METADATA = {name: limits(0, 1) for name in AIR["inputs"]} | {name: PointMetadata("K") for name in AIR["measurements"]}
AHU, SOUTH = "hvac_oveAhu_", "hvac_oveZonActSou_"
SEQUENCE = tuple(f"{AHU}{end}" for end in ("yHea", "yCoo", "yOA", "yRet"))


def views(*bases: str, group: str = "AHU") -> list[PointView]:
    return [point_view(bench.output(base, base), group=group) for base in bases]


@pytest.mark.parametrize(
    ("taken", "left"),
    [
        ([f"{AHU}yHea"], ["yCoo", "yOA", "yRet"]),
        ([f"{AHU}yHea", f"{AHU}yCoo"], ["yOA", "yRet"]),
        ([f"{SOUTH}yDam"], ["yReaHea"]),
        (["hvac_oveZonSupEas_TZonCooSet"], ["TZonHeaSet"]),
    ],
)
def test_the_ends_that_are_left_to_the_building_are_named(taken: list[str], left: list[str]) -> None:
    [finding] = loop_findings(views(*taken), METADATA)
    assert (finding.severity, finding.topic) == (Severity.WARNING, Topic.LOOP)
    assert set(finding.where.split(", ")) == {f"{base}_u" for base in taken}
    assert all(end in finding.what for end in left)


@pytest.mark.parametrize(
    "taken", [SEQUENCE, (f"{AHU}yFan", f"{AHU}yPumCoo"), (f"{SOUTH}yDam", f"{SOUTH}yReaHea"), (f"{AHU}TSupSet",), ()]
)
def test_a_whole_loop_and_what_is_no_end_of_one_are_fine(taken: tuple[str, ...]) -> None:
    assert not list(loop_findings(views(*taken), METADATA))


def test_ends_in_groups_that_are_released_one_by_one_are_told() -> None:
    both = [*views(f"{SOUTH}yDam", group="dampers"), *views(f"{SOUTH}yReaHea", group="valves")]
    [finding] = loop_findings(both, METADATA)
    assert "the groups dampers, valves" in finding.what


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("floor1_duaFanAirHanUni_cooCoi_yCoo_u", "floor1_duaFanAirHanUni_mixingBox_mixBox_yOA_u"),
        ("floor2_fivZonVAV_vAV3_oveZonLoc_yDam_u", "floor2_fivZonVAV_vAV3_oveZonLoc_yReaHea_u"),
        ("con_oveTSetCoo_u", "con_oveTSetHea_u"),
        ("oveTSetRooCoo_u", "oveTSetRooHea_u"),
        ("bms_oveTZonSetMinNz_u", "bms_oveTZonSetMaxNz_u"),
        ("bms_oveValPosAhuCooSz_u", "bms_oveValPosAhuHeaSz_u"),
    ],
)
def test_the_names_of_other_test_cases_are_known_too(one: str, other: str) -> None:
    units = [(loop.unit_of(one), loop.unit_of(other)) for loop in LOOPS]
    [(first, second)] = [pair for pair in units if any(pair)]
    assert first == second


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hvac_oveZonActSou_yDam_u", "hvac_oveZonActEas_yReaHea_u"),
        ("floor1_duaFanAirHanUni_cooCoi_yCoo_u", "floor2_duaFanAirHanUni_mixingBox_mixBox_yOA_u"),
        ("bms_oveTZonSetMinNz_u", "bms_oveTZonSetMaxSz_u"),
    ],
)
def test_zones_and_floors_are_kept_apart(one: str, other: str) -> None:
    assert all(loop.unit_of(one) != loop.unit_of(other) or loop.unit_of(one) is None for loop in LOOPS)
