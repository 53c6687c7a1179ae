from __future__ import annotations

import pytest

from equipment.config_conflicts import Claimant, conflicts
from equipment.config_model import EquipmentConfig
from points import PointConfig

Keys = dict[str, object]
TEMP: Keys = {"bop_point": "reaT_y", "ecy_point": "Temp", "object_type": "AnalogInput"}
FAN: Keys = {
    "bop_point": "oveFan_u",
    "bop_override_point": "oveFan_activate",
    "ecy_point": "Fan",
    "object_type": "AnalogOutput",
}


def equipment(name: str, *points: Keys, device_ip: str = "10.0.0.1") -> EquipmentConfig:
    configs = tuple(PointConfig.model_validate(point) for point in points)
    return EquipmentConfig(equipment_name=name, device_ip=device_ip, points=configs)


def found(**equipments: EquipmentConfig) -> list[str]:
    claimants = {f"{file}.json": Claimant.of(config) for file, config in equipments.items()}
    return [str(problem) for problem in conflicts(claimants)]


def test_two_equipments_may_not_share_a_name() -> None:
    assert found(a=equipment("AHU", TEMP), b=equipment("ahu", FAN)) == [
        "b.json: equipment_name: the name 'ahu' is taken by a.json: equipment_name; keep one of the two"
    ]


@pytest.mark.parametrize("object_type", ["AnalogInput", "AnalogValue", "BinaryValue"])
def test_an_object_is_written_by_one_point_only(object_type: str) -> None:
    other = {**TEMP, "bop_point": "reaOther_y", "object_type": object_type}
    assert found(a=equipment("A", TEMP, other)) == [
        "a.json: points[1].ecy_point: Temp is already written by a.json: points[0].ecy_point; keep one of the two"
    ]


def test_files_of_one_controller_share_its_objects() -> None:
    assert found(a=equipment("A", TEMP), b=equipment("B", TEMP, device_ip="10.0.0.1")) == [
        "b.json: points[0].ecy_point: Temp is already written by a.json: points[0].ecy_point; keep one of the two"
    ]


def test_controllers_may_have_objects_of_the_same_name() -> None:
    assert found(a=equipment("A", TEMP), b=equipment("B", TEMP, device_ip="10.0.0.2")) == []


def test_one_measurement_may_be_shown_in_many_places() -> None:
    assert found(a=equipment("A", TEMP, {**TEMP, "ecy_point": "Copy"})) == []


def test_an_input_of_the_simulation_is_driven_by_one_output_of_all_files() -> None:
    other = {**FAN, "ecy_point": "OtherFan"}
    assert found(a=equipment("A", FAN), b=equipment("B", other, device_ip="10.0.0.2")) == [
        "b.json: points[0].bop_point: oveFan_u is already driven by a.json: points[0].bop_point; keep one of the two"
    ]


def test_one_output_may_drive_several_inputs_of_the_simulation() -> None:
    other = {**FAN, "bop_point": "oveRet_u", "bop_override_point": "oveRet_activate", "reverse": True}
    assert found(a=equipment("A", FAN, other)) == []


def test_a_disabled_point_is_in_nobodys_way() -> None:
    assert found(a=equipment("A", TEMP, {**TEMP, "enabled": False}, {**FAN, "enabled": False}, FAN)) == []
