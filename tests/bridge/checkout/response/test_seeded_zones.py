"""Errors in the mappings of three boxes, judged by what an emulated building did when their actuators were moved."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import pairwise

import pytest

from bridge.checkout.response.expecting.plan import ResponsePlan
from bridge.checkout.response.judging.evidence import Evidence
from bridge.checkout.response.judging.points import findings
from bridge.checkout.response.seeing.courses import Frames
from bridge.checkout.response.seeing.winners import Observed
from bridge.checkout.results import MappingFault, PointFinding, PointVerdict, Proof
from emulators.cases import STANDARD_CASE
from tests.bridge.checkout.response.mapped import Seeds, building, by_point, failed, paired, seeded, swapped, watched
from utils.values import PointMetadata

BOXES = ("VAV_East", "VAV_North", "VAV_South")
SOUTH_TEMPERATURE = str(paired("VAV_South/SpaceTemp")["bop_point"])
SOUTH_FLOW = str(paired("VAV_South/AirFlow")["bop_point"])


@pytest.fixture(scope="module")
def seen() -> Iterator[tuple[Mapping[str, PointMetadata], Observed]]:
    """What the simulation tells of its points, and the courses with all actuators of three boxes."""
    with building(STANDARD_CASE) as client:
        yield client.get_metadata(), watched(client, seeded({}, only=BOXES))


Judge = Callable[..., dict[str, PointFinding]]


@pytest.fixture
def judge(seen: tuple[Mapping[str, PointMetadata], Observed]) -> Judge:
    """Judges a mapping with errors, whose simulation may tell something else than it told."""
    metadata, observed = seen

    def judged(seeds: Seeds, told: Callable[[Frames], Frames] = lambda frames: frames) -> dict[str, PointFinding]:
        plan = ResponsePlan(metadata, seeded(seeds, only=BOXES))
        again = Observed(told(observed.base), observed.measures)
        again.moved += [
            replace(one, at_low=told(one.at_low), at_high=told(one.at_high), _told={}) for one in observed.moved
        ]
        return by_point(findings(Evidence(plan, [again])))

    return judged


def faults(found: Mapping[str, PointFinding]) -> dict[str, tuple[MappingFault | None, str | None]]:
    return {name: (one.fault, one.other) for name, one in failed(found).items()}


def test_what_ships_passes_with_sign_and_delay(judge: Judge) -> None:
    found = judge({})
    assert {one.verdict for one in found.values()} == {PointVerdict.PASS}
    assert {one.proof for one in found.values()} == {Proof.RESPONSE}
    assert {one.direction for one in found.values()} == {"direct"}
    flow = found["VAV_South/AirFlow"]
    assert flow.delay_s is not None
    assert flow.delay_s <= 120.0
    assert SOUTH_FLOW in flow.says
    assert "VAV_South/DamperCmd" in flow.says


@pytest.mark.parametrize("name", ["SpaceTemp", "DischAirTemp", "AirFlow", "SpaceCO2", "DamperCmd", "ReheatValve"])
def test_two_zones_that_are_swapped_name_each_other_and_nobody_else(judge: Judge, name: str) -> None:
    south, east = f"VAV_South/{name}", f"VAV_East/{name}"
    found = judge(swapped(south, east))
    wrong = MappingFault.WRONG_ZONE
    assert faults(found) == {south: (wrong, east), east: (wrong, south)}


def test_the_evidence_of_a_wrong_zone_has_numbers_of_both(judge: Judge) -> None:
    says = judge(swapped("VAV_South/SpaceTemp", "VAV_East/SpaceTemp"))["VAV_South/SpaceTemp"].says
    assert f"{SOUTH_TEMPERATURE} rose by" in says
    assert f"{paired('VAV_East/SpaceTemp')['bop_point']}, which this config pairs, moved by" in says


def test_three_that_are_crossed_in_a_ring_are_named_each(judge: Judge) -> None:
    ring = {f"{one}/AirFlow": paired(f"{other}/AirFlow") for one, other in pairwise((*BOXES, BOXES[0]))}
    wrong = dict.fromkeys(ring, MappingFault.WRONG_ZONE)
    assert {where: fault for where, (fault, _) in faults(judge(ring)).items()} == wrong


def test_a_second_crossing_is_found_beside_the_first(judge: Judge) -> None:
    seeds = swapped("VAV_South/SpaceTemp", "VAV_East/SpaceTemp") | swapped("VAV_South/AirFlow", "VAV_North/AirFlow")
    assert set(faults(judge(seeds))) == set(seeds)


def test_one_wrong_zone_is_told_where_nobody_has_the_right_one(judge: Judge) -> None:
    found = judge({"VAV_South/SpaceTemp": paired("VAV_East/SpaceTemp")})
    assert faults(found) == {"VAV_South/SpaceTemp": (MappingFault.WRONG_ZONE, SOUTH_TEMPERATURE)}


def test_the_zone_of_a_box_that_has_no_config_is_another_one_too(judge: Judge) -> None:
    found = judge({"VAV_South/DischAirTemp": paired("VAV_West/DischAirTemp")})
    assert set(faults(found)) == {"VAV_South/DischAirTemp"}


@pytest.mark.parametrize("names", [("SpaceTemp", "DischAirTemp"), ("DamperCmd", "ReheatValve")])
def test_two_points_of_one_box_that_are_swapped_are_crossed(judge: Judge, names: tuple[str, str]) -> None:
    one, other = (f"VAV_South/{name}" for name in names)
    crossed = MappingFault.CROSSED
    assert faults(judge(swapped(one, other))) == {one: (crossed, other), other: (crossed, one)}


@pytest.mark.parametrize("keys", [{"reverse": True}, {"scale": -1.0, "offset": 100.0}])
def test_a_reversed_damper_is_no_wrong_zone(judge: Judge, keys: Mapping[str, object]) -> None:
    found = judge({"VAV_South/DamperCmd": keys})
    assert faults(found) == {"VAV_South/DamperCmd": (MappingFault.REVERSED, None)}
    assert found["VAV_South/DamperCmd"].direction == "reverse"


def test_a_temperature_that_falls_for_the_controller_as_it_rises_has_the_wrong_sign(judge: Judge) -> None:
    found = judge({"VAV_South/SpaceTemp": {"scale": -1.0}})
    assert faults(found) == {"VAV_South/SpaceTemp": (MappingFault.WRONG_SIGN, None)}


@pytest.mark.parametrize(
    ("keys", "fault"),
    [({"scale": 0.0}, MappingFault.DEAD), ({"minimum": 21.0, "maximum": 21.0}, MappingFault.STUCK)],
)
def test_a_config_that_lets_nothing_through_is_dead_or_stuck(
    judge: Judge, keys: Mapping[str, object], fault: MappingFault
) -> None:
    assert faults(judge({"VAV_South/SpaceTemp": keys})) == {"VAV_South/SpaceTemp": (fault, None)}


@pytest.mark.parametrize("name", [SOUTH_TEMPERATURE, SOUTH_FLOW])
@pytest.mark.parametrize(
    ("value", "fault"), [(0.0, MappingFault.DEAD), (math.nan, MappingFault.DEAD), (294.0, MappingFault.STUCK)]
)
def test_a_measurement_that_never_changes_is_named_and_no_other_one(
    judge: Judge, name: str, value: float, fault: MappingFault
) -> None:
    found = judge({}, lambda frames: [{**frame, name: value} for frame in frames])
    [(where, one)] = failed(found).items()
    assert where.startswith("VAV_South/")
    assert (one.fault, name in one.says) == (fault, True)


def test_a_measurement_that_lacks_in_every_frame_is_dead(judge: Judge) -> None:
    def without(frames: Frames) -> Frames:
        return [{name: value for name, value in frame.items() if name != SOUTH_FLOW} for frame in frames]

    assert faults(judge({}, without)) == {"VAV_South/AirFlow": (MappingFault.DEAD, None)}


@pytest.mark.parametrize("gone", [lambda frame: frame | {SOUTH_FLOW: math.nan}, lambda frame: {}])
def test_a_half_answer_changes_nothing(judge: Judge, gone: Callable[[dict[str, float]], dict[str, float]]) -> None:
    def with_a_gap(frames: Frames) -> Frames:
        return [gone(dict(frame)) if number == 1 else frame for number, frame in enumerate(frames)]

    assert {one.verdict for one in judge({}, with_a_gap).values()} == {PointVerdict.PASS}


def test_two_measurements_that_move_alike_are_no_pass_of_either(judge: Judge) -> None:
    east = str(paired("VAV_East/AirFlow")["bop_point"])
    found = judge({}, lambda frames: [{**frame, east: frame[SOUTH_FLOW]} for frame in frames])
    assert failed(found) == {}
    assert found["VAV_South/AirFlow"].verdict is PointVerdict.NOT_PROVABLE
    assert east in found["VAV_South/AirFlow"].says
    assert found["VAV_South/SpaceTemp"].verdict is PointVerdict.PASS
