"""The keys of a config that supervise the coupling: who may not share an object, and what is found for a name."""

from __future__ import annotations

from pathlib import Path

import pytest

from equipment.config import load_equipment_files
from equipment.supervision import HeartbeatObject, PermitObject, heartbeats_of, permits_of, supervision_problems
from tests import bench
from utils.errors import ConfigError
from utils.unit_conversion import UnitConverter
from utils.values import Endpoint, ObjectRef, ObjectType, Target

DEVICE = "10.0.0.1"
POINT = bench.analog_input("x_y", "Outdoor", object_type="AnalogValue")
KNOWN = {
    name: Endpoint(ObjectRef(kind, 4), name)
    for name, kind in {
        "Enable": ObjectType.BINARY_INPUT,
        "Level": ObjectType.ANALOG_OUTPUT,
        "Mode": ObjectType.MULTI_STATE_VALUE,
        "Beat": ObjectType.ANALOG_VALUE,
        "Pulse": ObjectType.BINARY_VALUE,
    }.items()
}


def load(folder: Path, *configs: dict[str, object]) -> list[str]:
    """The problems of some configs."""
    with pytest.raises(ConfigError) as caught:
        load_equipment_files(bench.write_configs(folder, *configs), "SI", UnitConverter())
    return [str(problem) for problem in caught.value.problems]


def ahu(**keys: object) -> dict[str, object]:
    return bench.equipment("AHU", DEVICE, [POINT], **keys)


@pytest.mark.parametrize(
    ("keys", "problems"),
    [
        ({}, []),
        ({"activate_when": "Enable", "heartbeat": "Beat"}, []),
        ({"activate_when": "Level", "heartbeat": "Pulse"}, []),
        ({"activate_when": "Mode"}, ["AHU.json: activate_when: is MultiStateValue, whose states begin at 1"]),
        ({"heartbeat": "Enable"}, ["AHU.json: heartbeat: is BinaryInput; use an AnalogValue or a BinaryValue"]),
        ({"activate_when": "Enabel"}, ["no object named Enabel; did you mean Enable?"]),
        ({"heartbeat": "Xyzzy"}, ["AHU.json: heartbeat: the controller has no object named Xyzzy"]),
    ],
)
def test_names_have_to_be_those_of_fitting_objects(
    tmp_path: Path, keys: dict[str, object], problems: list[str]
) -> None:
    [loaded] = load_equipment_files(bench.write_configs(tmp_path, ahu(**keys)), "SI", UnitConverter())
    found = [str(problem) for problem in supervision_problems(loaded, KNOWN)]
    assert len(found) == len(problems)
    assert all(part in text for part, text in zip(problems, found, strict=True))


def test_objects_are_found_by_name_alone(tmp_path: Path) -> None:
    config = ahu(activate_when="Level", heartbeat="Pulse", heartbeat_priority=12)
    [loaded] = load_equipment_files(bench.write_configs(tmp_path, config), "SI", UnitConverter())
    ref = ObjectRef(ObjectType.ANALOG_OUTPUT, 4)
    target = Target(DEVICE, ObjectType.ANALOG_OUTPUT, "Level")
    assert list(permits_of(loaded, DEVICE, KNOWN)) == [PermitObject(target, ref)]
    pulse = HeartbeatObject("Pulse", ObjectRef(ObjectType.BINARY_VALUE, 4), 12)
    assert list(heartbeats_of(loaded, KNOWN)) == [pulse]


def test_a_heartbeat_may_not_be_a_point_as_well(tmp_path: Path) -> None:
    [problem] = load(tmp_path, ahu(heartbeat="Outdoor"))
    assert "AHU.json: heartbeat: Outdoor is already written by AHU.json: points[0].ecy_point" in problem


def test_two_files_may_not_beat_the_same_object_of_one_controller(tmp_path: Path) -> None:
    other = bench.equipment("VAV", DEVICE, [{**POINT, "ecy_point": "Other"}], heartbeat="Beat")
    [problem] = load(tmp_path, ahu(heartbeat="Beat"), other)
    assert "Beat is already written by" in problem


def test_the_heartbeat_does_not_take_the_reserved_priority(tmp_path: Path) -> None:
    [problem] = load(tmp_path, ahu(heartbeat="Beat", heartbeat_priority=6))
    assert "6 is reserved by BACnet" in problem
