"""Inputs: expected by the units of both sides, whatever the config makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from bridge.checkout.judging import InputTry, judge_inputs
from bridge.checkout.results import MappingFault, PointFinding, PointVerdict, Proof
from points import Point
from tests.bridge.checkout.made_points import ROOM, made_point
from utils.values import ObjectState, PointValue, PriorityArray, Role, Sample

SHOWN = (294.15, 289.15, 302.65)
DEGC, NOTHING = "degrees-celsius", (None,) * 16


def held(value: PointValue | None, units: str | None = DEGC, **more: object) -> ObjectState:
    return replace(ObjectState(Sample(value), True, None, units), **more)  # type: ignore[arg-type]


def tried(
    point: Point, found: Sequence[PointValue | None], units: str | None = DEGC, unit: str = "K", **more: object
) -> InputTry:
    """A point that was shown three rounds, by its config, and what was read back."""
    sent = tuple(point.process_bop_value(value) for value in SHOWN)
    state = {"priority_array": NOTHING, "out_of_service": False} if point.role is Role.COMMANDED else {}
    seen = tuple(held(value, units, **state) for value in found)
    return replace(InputTry("VAV", point, unit, SHOWN, sent, seen, held(20.5, units)), **more)  # type: ignore[arg-type]


def read_back(*tries: InputTry) -> list[PointFinding]:
    return [one for one in judge_inputs(tries) if one.proof is Proof.READ_BACK]


def only(one: InputTry) -> PointFinding:
    [found] = read_back(one)
    return found


ROOM_POINT = made_point("AnalogInput", **ROOM)
GOOD = (21.0, 16.0, 29.5)


def test_what_holds_what_was_shown_passes_and_says_so_in_its_own_unit() -> None:
    found = only(tried(ROOM_POINT, GOOD))
    assert (found.verdict, found.fault) == (PointVerdict.PASS, None)
    assert found.says == "21.00, 16.00, 29.50 degC were shown; SpaceTemp holds 21.00, 16.00, 29.50"
    assert next((one.shown, one.expected, one.found) for one in found.samples) == pytest.approx((294.15, 21.0, 21.0))


def test_degrees_fahrenheit_in_a_controller_are_named_with_the_evidence() -> None:
    found = only(tried(ROOM_POINT, [value * 1.8 + 32 for value in GOOD]))
    assert (found.verdict, found.fault) == (PointVerdict.FAIL, MappingFault.WRONG_UNIT)
    assert found.says.endswith("SpaceTemp holds 69.80, 60.80, 85.10: these are degF")


@pytest.mark.parametrize(
    ("keys", "fault", "key"),
    [
        ({"scale": 10.0}, MappingFault.FACTOR, "scale 10"),
        ({"scale": -1.0}, MappingFault.WRONG_SIGN, "scale -1"),
        ({"offset": 3.0}, MappingFault.WRONG_SCALE, "offset 3"),
        ({"scale": 1.8, "offset": 32.0}, MappingFault.WRONG_UNIT, "scale 1.8, offset 32"),
    ],
)
def test_what_the_config_itself_makes_wrong_is_found_by_the_unit_that_the_controller_tells(
    keys: dict[str, float], fault: MappingFault, key: str
) -> None:
    point = made_point("AnalogInput", **ROOM, **keys)
    wrong = [float(point.process_bop_value(value)) for value in SHOWN]
    found = only(tried(point, wrong))
    assert (found.verdict, found.fault) == (PointVerdict.FAIL, fault)
    assert found.says.endswith(f"; so the config makes it ({key})")


def test_where_the_controller_tells_no_units_the_config_is_believed_and_that_is_said() -> None:
    point = made_point("AnalogInput", scale=10.0, **ROOM)
    wrong = [float(point.process_bop_value(value)) for value in SHOWN]
    found = judge_inputs([tried(point, wrong, units=None)])
    assert [(one.proof, one.verdict) for one in found] == [
        (Proof.READ_BACK, PointVerdict.PASS),
        (Proof.LEVEL, PointVerdict.NOT_PROVABLE),
    ]


def test_a_config_without_a_device_unit_writes_kelvins_into_degrees() -> None:
    point = made_point("AnalogInput")
    found = only(tried(point, SHOWN))
    assert (found.fault, "these are kelvin" in found.says) == (MappingFault.WRONG_UNIT, True)


def test_an_absolute_pressure_that_is_shown_as_gauge_is_meant_so() -> None:
    point = made_point("AnalogInput", unit="Pa", si_unit="Pa", offset=-101325.0)
    shown = (101400.0, 101450.0, 101600.0)
    sent = tuple(point.process_bop_value(value) for value in shown)
    one = replace(tried(point, sent, "pascals", "Pa"), shown=shown, sent=sent)
    assert only(one).verdict is PointVerdict.PASS
    moved = made_point("AnalogInput", unit="Pa", si_unit="Pa", offset=-500.0)
    sent = tuple(moved.process_bop_value(value) for value in shown)
    one = replace(tried(moved, sent, "pascals", "Pa"), shown=shown, sent=sent)
    assert only(one).fault is MappingFault.WRONG_SCALE


def test_a_crossed_pair_names_both() -> None:
    other_point = made_point("AnalogInput", "DischAirTemp", "reaTSup_y", **ROOM)
    others = (14.0, 26.0, 17.5)
    one = tried(ROOM_POINT, others)
    other = replace(tried(other_point, GOOD), shown=tuple(value + 273.15 for value in others), sent=others)
    found = read_back(one, other)
    assert [(each.fault, each.other) for each in found] == [
        (MappingFault.CROSSED, "VAV/DischAirTemp"),
        (MappingFault.CROSSED, "VAV/SpaceTemp"),
    ]


def test_one_that_holds_anothers_while_that_holds_its_own_is_crossed_alone() -> None:
    other_point = made_point("AnalogInput", "DischAirTemp", "reaTSup_y", **ROOM)
    others = (14.0, 26.0, 17.5)
    other = replace(tried(other_point, others), shown=tuple(value + 273.15 for value in others), sent=others)
    found = read_back(tried(ROOM_POINT, others), other)
    assert [(each.verdict, each.fault) for each in found] == [
        (PointVerdict.FAIL, MappingFault.CROSSED),
        (PointVerdict.PASS, None),
    ]


def test_two_objects_of_one_measurement_are_not_crossed() -> None:
    twin = made_point("AnalogInput", "OutdoorTemp2", **ROOM)
    found = read_back(tried(ROOM_POINT, (1.0, 1.0, 1.0)), tried(twin, GOOD))
    assert found[0].fault is MappingFault.DEAD


def test_a_refused_write_is_told_in_the_controllers_words() -> None:
    found = only(tried(ROOM_POINT, (20.5,) * 3, refusal="write-access-denied"))
    assert (found.verdict, found.fault) == (PointVerdict.FAIL, MappingFault.NOT_WRITTEN)
    assert found.says.endswith("the controller refuses it: write-access-denied")


def test_an_input_that_stays_in_service_was_not_taken() -> None:
    seen = tuple(held(20.5, out_of_service=False) for _ in SHOWN)
    assert only(replace(tried(ROOM_POINT, GOOD), seen=seen)).fault is MappingFault.NOT_WRITTEN


def test_whose_value_is_in_force_is_told_by_its_slot() -> None:
    array: PriorityArray = tuple(18.0 if slot == 9 else None for slot in range(1, 17))
    point = made_point("AnalogValue", **ROOM)
    seen = tuple(held(18.0, priority_array=array) for _ in SHOWN)
    found = only(replace(tried(point, GOOD), seen=seen))
    assert found.fault is MappingFault.WRONG_SLOT
    assert found.says.endswith("slot 9 holds 18, and the config's priority is 14")


def test_a_weaker_slot_of_somebodys_is_no_fault() -> None:
    array: PriorityArray = tuple(18.0 if slot == 15 else None for slot in range(1, 17))
    point = made_point("AnalogValue", **ROOM)
    seen = tuple(held(value, priority_array=array) for value in GOOD)
    assert only(replace(tried(point, GOOD), seen=seen)).verdict is PointVerdict.PASS


def test_dead_stuck_and_one_that_tells_nothing() -> None:
    assert only(tried(ROOM_POINT, (20.5,) * 3)).fault is MappingFault.DEAD
    assert only(tried(ROOM_POINT, (21.0, 21.0, 21.0))).fault is MappingFault.STUCK
    assert only(tried(ROOM_POINT, (21.0, None, 29.5))).fault is MappingFault.DEAD
    assert only(tried(ROOM_POINT, (None, None, None))).verdict is PointVerdict.NOT_TESTED


def test_what_was_not_tried_says_why_and_other_units_fail_unwritten() -> None:
    assert only(tried(ROOM_POINT, GOOD, obstacle="VAV is unreachable")).says == "VAV is unreachable"
    found = only(tried(ROOM_POINT, (), sent=(), shown=(), other_units="we exchange degF but it is in °C"))
    assert (found.verdict, found.fault) == (PointVerdict.FAIL, MappingFault.WRONG_UNIT)


def test_a_controller_that_rounds_passes_and_that_is_said() -> None:
    found = only(tried(ROOM_POINT, (21.0, 16.0, 30.0)))
    assert (found.verdict, found.says.endswith("; the controller rounds to 1")) == (PointVerdict.PASS, True)


def test_switches_are_judged_by_their_states() -> None:
    point = made_point("BinaryInput", threshold=290.0)
    assert only(tried(point, (True, False, True), None)).verdict is PointVerdict.PASS
    assert only(tried(point, (False, True, False), None)).fault is MappingFault.REVERSED
    assert only(tried(point, (False, False, False), None)).fault is MappingFault.DEAD
