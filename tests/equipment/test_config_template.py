"""One file for several equipments that are alike."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from equipment.config import LoadedEquipment, load_equipment_files, read_equipment_files
from equipment.equipment_manager import EquipmentManager
from tests import bench
from utils.errors import ConfigError
from utils.unit_conversion import UnitConverter

ENTRIES: list[dict[str, Any]] = [
    {"ZONE": "Sou", "name": "VAV_South", "address": "10.0.0.11", "patience": 2.5},
    {"ZONE": "Eas", "name": "VAV_East", "address": "10.0.0.12", "patience": 10},
]
TEMPLATE: dict[str, Any] = {
    "equipment_name": "${name}",
    "device_ip": "${address}",
    "timeout_s": "${patience}",
    "points": [
        {**bench.analog_input("hvac_reaZon${ZONE}_TZon_y", "SpaceTemp")},
        {**bench.output("hvac_oveZonAct${ZONE}_yDam", "Damper")},
    ],
}


def save(folder: Path, entries: object = ENTRIES, **keys: object) -> Path:
    file = folder / "VAV.json"
    file.write_text(json.dumps({"for_each": entries, **TEMPLATE, **keys}), encoding="utf-8")
    return file


def load(folder: Path) -> tuple[LoadedEquipment, ...]:
    return load_equipment_files(folder, "SI", UnitConverter())


def problems(folder: Path) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(folder)
    return [str(problem) for problem in caught.value.problems]


def test_each_entry_is_an_equipment_as_if_it_had_a_file_of_its_own(tmp_path: Path) -> None:
    save(tmp_path)
    south, east = load(tmp_path)
    assert [one.config.equipment_name for one in (south, east)] == ["VAV_South", "VAV_East"]
    assert [one.config.device for one in (south, east)] == ["10.0.0.11", "10.0.0.12"]
    assert [point.bop_point for point in east.points] == ["hvac_reaZonEas_TZon_y", "hvac_oveZonActEas_yDam_u"]
    assert (south.config.timeout_s, east.config.timeout_s) == (2.5, 10.0), "a number stays one"


def test_they_are_controllers_of_their_own(tmp_path: Path) -> None:
    folder = tmp_path / "configs"
    folder.mkdir()
    save(folder)
    manager: EquipmentManager = bench.manager(tmp_path, bench.settings(tmp_path))
    assert [controller.address for controller in manager.controllers] == ["10.0.0.11", "10.0.0.12"]
    manager.close()


def test_what_is_wrong_in_all_is_told_once_and_of_the_file(tmp_path: Path) -> None:
    save(tmp_path, grop="West")
    assert problems(tmp_path) == ["VAV.json: grop: is not a known key, did you mean 'group'?"]


def test_what_is_wrong_in_one_is_told_with_its_place(tmp_path: Path) -> None:
    save(tmp_path, [ENTRIES[0], {**ENTRIES[1], "address": "https://10.0.0.12"}])
    [problem] = problems(tmp_path)
    assert problem.startswith("VAV.json (for_each[1]): device_ip: 'https://10.0.0.12' is more than an address")


def test_two_that_want_the_same_are_told_apart(tmp_path: Path) -> None:
    save(tmp_path, [ENTRIES[0], {**ENTRIES[1], "ZONE": "Sou"}])
    assert problems(tmp_path) == [
        "VAV.json (for_each[1]): points[1].bop_point: hvac_oveZonActSou_yDam_u is already driven by VAV.json "
        "(for_each[0]): points[1].bop_point; keep one of the two"
    ]


@pytest.mark.parametrize(
    ("entries", "told"),
    [
        ([], "VAV.json: for_each: must be a list with an object for each equipment"),
        ({"ZONE": "Sou"}, "VAV.json: for_each: must be a list with an object for each equipment"),
        (["Sou"], "VAV.json: for_each[0]: must be an object in braces"),
        ([{**ENTRIES[0], "ZONE": None}], "VAV.json: for_each[0].ZONE: must be a text, a number, true or false"),
        ([{**ENTRIES[0], "ZONE": ["Sou"]}], "VAV.json: for_each[0].ZONE: must be a text, a number, true or false"),
        ([{**ENTRIES[0], "a zone": 1}], "VAV.json: for_each[0].a zone: is not a name that can be used here"),
        ([{**ENTRIES[0], "floor": 1}], "VAV.json: for_each[0].floor: is not used: nothing in the file is ${floor}"),
    ],
)
def test_entries_that_are_none_are_refused(tmp_path: Path, entries: object, told: str) -> None:
    save(tmp_path, entries)
    [problem] = problems(tmp_path)
    assert problem.startswith(told)


def test_a_name_that_an_entry_does_not_say_is_told_with_what_may_be_meant(tmp_path: Path) -> None:
    misspelt = {"ZON": "Eas", **{name: value for name, value in ENTRIES[1].items() if name != "ZONE"}}
    save(tmp_path, [ENTRIES[0], misspelt])
    assert problems(tmp_path) == [
        "VAV.json: for_each[1]: does not say what ${ZONE} is, did you mean 'ZON'?",
        "VAV.json: for_each[1].ZON: is not used: nothing in the file is ${ZON}",
    ]


def test_a_key_that_is_written_twice_is_still_told(tmp_path: Path) -> None:
    file = save(tmp_path)
    text = file.read_text(encoding="utf-8").replace('"ecy_point": "Damper"', '"ecy_point": "Damper", "ecy_point": "D"')
    file.write_text(text, encoding="utf-8")
    assert problems(tmp_path) == ["VAV.json: points[1].ecy_point: is written twice in the same object; keep one"]


def test_one_that_is_off_leaves_the_others(tmp_path: Path) -> None:
    entries = [{**ENTRIES[0], "on": True}, {**ENTRIES[1], "on": False}]
    save(tmp_path, entries, enabled="${on}")
    assert [one.config.equipment_name for one in load(tmp_path)] == ["VAV_South"]


def test_the_sound_ones_can_be_used_beside_one_that_is_not(tmp_path: Path) -> None:
    save(tmp_path, [ENTRIES[0], {**ENTRIES[1], "patience": -1}])
    read = read_equipment_files(tmp_path, "SI", UnitConverter())
    assert [one.config.equipment_name for one in read.equipments] == ["VAV_South"]
    assert len(read.problems) == 1


def test_without_it_dollars_and_braces_are_text(tmp_path: Path) -> None:
    config = {**TEMPLATE, "equipment_name": "costs ${5}", "device_ip": "10.0.0.1", "timeout_s": 1}
    (tmp_path / "A.json").write_text(json.dumps(config), encoding="utf-8")
    assert load(tmp_path)[0].config.equipment_name == "costs ${5}"
