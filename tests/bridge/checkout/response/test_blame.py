"""Who is wrong where two do not belong together, in a building of two rooms that is made of numbers."""

from __future__ import annotations

import pytest

from bridge.checkout.results import MappingFault, PointVerdict
from tests.bridge.checkout.response.made import box, driven, judged, measured, observed, only
from tests.bridge.checkout.response.mapped import failed

WRONG_ZONE = MappingFault.WRONG_ZONE


def test_what_belongs_together_passes() -> None:
    told = judged([box("Lef"), box("Rig")], observed())
    assert {one.verdict for one in told.values()} == {PointVerdict.PASS}


def test_a_sensor_is_blamed_where_its_actuators_fit_with_others() -> None:
    told = failed(judged([box("Lef", V_flow=measured("Rig", "V_flow")), box("Rig")], observed()))
    assert {name: one.fault for name, one in told.items()} == {"Lef/AirFlow": WRONG_ZONE}


def test_an_actuator_is_blamed_where_all_its_sensors_fit_with_others() -> None:
    told = failed(judged([box("Lef", yReaHea=driven("Rig", "yReaHea")), box("Rig")], observed()))
    assert {name: one.fault for name, one in told.items()} == {"Lef/ReheatValve": WRONG_ZONE}


def test_a_draw_blames_both_and_says_so() -> None:
    lonely = only(box("Lef", V_flow=measured("Rig", "V_flow")), "AirFlow", "DamperCmd")
    told = failed(judged([lonely], observed()))
    assert set(told) == {"Lef/AirFlow", "Lef/DamperCmd"}
    assert "whether this or Lef/DamperCmd is wrong cannot be told" in told["Lef/AirFlow"].says
    assert "whether this or Lef/AirFlow is wrong cannot be told" in told["Lef/DamperCmd"].says


def test_a_sensor_whose_actuator_is_wrong_is_proved_by_the_right_one_that_somebody_else_has() -> None:
    left, right = box("Lef", yDam=driven("Rig", "yDam")), box("Rig", yDam=driven("Lef", "yDam"))
    told = judged([left, right], observed())
    assert set(failed(told)) == {"Lef/DamperCmd", "Rig/DamperCmd"}
    assert told["Lef/AirFlow"].verdict is PointVerdict.PASS
    assert driven("Lef", "yDam") in told["Lef/AirFlow"].says


def test_a_sensor_whose_actuator_is_wrong_and_that_no_other_one_moves_is_no_pass() -> None:
    nobody_moves_it = {driven("Lef", "yDam"): {measured("Lef", "TSup"): -9.0}}
    left, right = box("Lef", yDam=driven("Rig", "yDam")), box("Rig", yDam=driven("Lef", "yDam"))
    told = judged([left, right], observed(nobody_moves_it))
    assert told["Lef/AirFlow"].verdict is not PointVerdict.PASS


def test_an_actuator_that_does_nothing_is_not_proved_and_its_sensor_has_stopped() -> None:
    told = judged([box("Lef"), box("Rig")], observed({driven("Lef", "yDam"): {}}))
    assert told["Lef/DamperCmd"].verdict is PointVerdict.NOT_PROVABLE
    assert told["Lef/AirFlow"].fault is MappingFault.STUCK


def test_an_actuator_that_moves_its_room_the_wrong_way_has_the_wrong_sign() -> None:
    backwards = {driven("Lef", "yDam"): {measured("Lef", "V_flow"): -0.3, measured("Lef", "TSup"): 9.0}}
    told = judged([box("Lef"), box("Rig")], observed(backwards))
    assert told["Lef/DamperCmd"].fault is MappingFault.WRONG_SIGN
    assert set(failed(told)) == {"Lef/DamperCmd"}


@pytest.mark.parametrize("share", [0.6, 1.0])
def test_two_rooms_that_answer_alike_are_no_pass_and_no_failure(share: float) -> None:
    both = {driven("Lef", "yDam"): {measured("Lef", "V_flow"): 0.3, measured("Rig", "V_flow"): 0.3 * share}}
    told = judged([box("Lef"), box("Rig")], observed(both))
    assert told["Lef/AirFlow"].verdict is PointVerdict.NOT_PROVABLE
    assert measured("Rig", "V_flow") in told["Lef/AirFlow"].says
    assert failed(told) == {}


def test_one_box_alone_is_tried_against_rooms_that_nobody_moves() -> None:
    told = judged([box("Lef", TZon=measured("Rig", "TZon"))], observed())
    assert told["Lef/SpaceTemp"].fault is WRONG_ZONE
    assert told["Lef/SpaceTemp"].other == measured("Lef", "TZon")
