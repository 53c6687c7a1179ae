from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from equipment.config import LoadedEquipment, load_equipment_files, read_equipment_files
from points import ActivationPoint, Point, UnitSystem
from utils.errors import ConfigError
from utils.unit_conversion import UnitConverter
from utils.values import Role

SEED = Path(__file__).parent / "data" / "AHU.json"
CONFIGS = Path(__file__).parents[2] / "configs"
CONVERTER = UnitConverter()

SENSOR = {"bop_point": "reaT_y", "ecy_point": "Temp", "object_type": "AnalogInput", "unit": "K", "us_unit": "degF"}
FAN = {
    "bop_point": "oveFan_u",
    "bop_override_point": "oveFan_activate",
    "ecy_point": "Fan",
    "object_type": "AnalogOutput",
}
Keys = dict[str, object]
Save = Callable[..., Path]


@pytest.fixture
def save(tmp_path: Path) -> Save:
    """Write an equipment config; ``points`` and other keys replace those of a sound one."""

    def save(name: str = "AHU.json", **keys: object) -> Path:
        config = {"equipment_name": name.removesuffix(".json"), "device_ip": "10.0.0.1", "points": [SENSOR], **keys}
        file = tmp_path / name
        file.write_text(json.dumps(config), encoding="utf-8")
        return file

    return save


def load(folder: Path, unit_system: UnitSystem = "SI") -> tuple[LoadedEquipment, ...]:
    return load_equipment_files(folder, unit_system, CONVERTER)


def problems(folder: Path) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(folder)
    return [str(problem) for problem in caught.value.problems]


def by_name(points: tuple[Point, ...]) -> dict[str, Point]:
    return {point.ecy_point: point for point in points}


def test_the_seeds_air_handler_loads_as_it_is() -> None:
    (ahu,) = load(SEED.parent, "US")
    points = by_name(ahu.points)
    assert (ahu.config.equipment_name, ahu.config.device_ip, ahu.file) == ("AHU", "10.168.15.12", SEED)
    assert len(points) == 17
    assert [role.name for role in Role if sum(point.role is role for point in ahu.points)] == [
        "FORCED",
        "COMMANDED",
        "READ",
    ]
    assert points["OutdoorAirTemp"].process_bop_value(294.15) == pytest.approx(69.8)
    assert points["OutdoorAirHumidity"].process_bop_value(0.63) == 63.0
    assert points["SupplyAirFlow"].process_bop_value(2.38176) == pytest.approx(5046.66, rel=1e-5)
    assert points["DischAirPress"].process_bop_value(249.0889) == pytest.approx(1.0, rel=1e-6)
    assert points["HeatingPumpStatus"].process_bop_value(2.9) is False
    assert points["DischFanStatus"].process_bop_value(0.6) is True
    assert points["DischFanSpeed"].process_ecy_value(43.8) == pytest.approx(0.438)
    assert points["DischFanSpeed"].activation == ActivationPoint("hvac_oveAhu_yFan_activate")
    assert points["CoolingPumpCmd"].process_ecy_value(True) == 1.0


def test_in_si_the_seeds_air_handler_gets_si_units() -> None:
    (ahu,) = load(SEED.parent, "SI")
    points = by_name(ahu.points)
    assert {points[name].device_unit for name in ("OutdoorAirTemp", "DischAirTemp")} == {"degC"}
    assert points["DischAirPress"].process_bop_value(250.0) == 250.0


def test_a_controller_may_have_its_own_unit_system(save: Save) -> None:
    folder = save("a.json", unit_system="US").parent
    save("b.json", device_ip="10.0.0.2")
    assert [equipment.points[0].device_unit for equipment in load(folder, "SI")] == ["degF", "K"]


def test_files_come_in_the_order_of_their_names_and_without_sub_folders(save: Save) -> None:
    folder = save("b.json").parent
    save("a.json", device_ip="10.0.0.2")
    (folder / "demo").mkdir()
    (folder / "demo" / "c.json").write_text("no JSON", encoding="utf-8")
    (folder / "notes.txt").write_text("no JSON", encoding="utf-8")
    assert [equipment.file.name for equipment in load(folder)] == ["a.json", "b.json"]


@pytest.mark.skipif(os.name != "posix", reason="making a link needs rights there")
def test_a_link_that_leads_nowhere_is_not_passed_over(save: Save) -> None:
    folder = save().parent
    (folder / "VAV.json").symlink_to(folder / "gone.json")
    with pytest.raises(ConfigError, match=r"VAV\.json: cannot be read: No such file"):
        load(folder)


def test_every_optional_key_of_an_equipment_is_taken(save: Save) -> None:
    keys: Keys = {
        "$schema": "./schema/equipment.schema.json",
        "unit_system": "US",
        "group": "air handlers",
        "enabled": True,
        "username_env": "AHU_USER",
        "password_env": "AHU_PASSWORD",
        "timeout_s": 3,
    }
    config = load(save(**keys).parent)[0].config
    assert (config.group, config.username_env, config.password_env) == ("air handlers", "AHU_USER", "AHU_PASSWORD")
    assert (config.unit_system, config.timeout_s) == ("US", 3.0)


def test_what_is_disabled_is_left_alone(save: Save) -> None:
    folder = save("a.json", points=[SENSOR, {**FAN, "enabled": False}]).parent
    save("b.json", enabled=False)
    (only,) = load(folder)
    assert [point.ecy_point for point in only.points] == ["Temp"]


def test_what_is_disabled_is_checked_all_the_same(save: Save) -> None:
    folder = save(points=[{**SENSOR, "unit": "degX", "enabled": False}]).parent
    assert problems(folder)[0].startswith("AHU.json: points[0].unit: 'degX' is not a known unit")


def test_a_byte_order_mark_does_no_harm(save: Save) -> None:
    file = save()
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert len(load(file.parent)) == 1


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (b'{\n  "points": [,1]\n}', "AHU.json: line 2 column 14: is not JSON: Expecting value"),
        (b'{\n  "a": [],\n}', "AHU.json: line 2 column 10: is not JSON: there is nothing between this comma and }"),
        (b"", "AHU.json: line 1 column 1: is not JSON: Expecting value"),
        (b'{"equipment_name": "B\xfcro"}', "AHU.json: is not UTF-8 at byte 21; save it as UTF-8"),
        (b"[]", "AHU.json: must be an object in braces"),
    ],
)
def test_a_file_that_is_no_json_object_is_told_with_its_place(tmp_path: Path, text: bytes, problem: str) -> None:
    (tmp_path / "AHU.json").write_bytes(text)
    assert problems(tmp_path) == [problem]


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
@pytest.mark.parametrize("depth", [60, 900, 5_000, 200_000])
def test_brackets_without_end_are_one_problem_with_line_and_key(
    tmp_path: Path, opening: str, closing: str, depth: int
) -> None:
    text = '{\n"equipment_name": "}",\n"points": ' + opening * depth + "1" + closing * depth + "}"
    (tmp_path / "AHU.json").write_text(text, encoding="utf-8")
    [problem] = problems(tmp_path)
    key = "points" if opening == "[" else "a"
    assert problem.startswith("AHU.json: line 3 column ")
    assert problem.endswith(f"has more than 50 brackets within brackets, in '{key}'")


@pytest.mark.parametrize("digits", [301, 4_000, 5_000])
def test_numbers_without_end_are_named_by_file_and_field(save: Save, digits: int) -> None:
    file = save(timeout_s=1.5, points=[{**SENSOR, "scale": 2.5}])
    text = file.read_text(encoding="utf-8").replace("1.5", "9" * digits).replace("2.5", "-" + "9" * digits)
    file.write_text(text, encoding="utf-8")
    told = "is a number of more than 300 digits"
    assert problems(file.parent) == [f"AHU.json: points[0].scale: {told}", f"AHU.json: timeout_s: {told}"]


@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        ({"equipmentname": "A"}, "AHU.json: equipmentname: is not a known key, did you mean 'equipment_name'?"),
        ({"zzz": 1}, "AHU.json: zzz: is not a known key; remove it"),
        ({"device_ip": 10}, "AHU.json: device_ip: must be a text in quotes"),
        ({"device_ip": "https://10.0.0.1"}, "AHU.json: device_ip: 'https://10.0.0.1' is more than an address; leave"),
        ({"equipment_name": ""}, "AHU.json: equipment_name: '' is not a name that can be used here"),
        ({"unit_system": "us"}, "AHU.json: unit_system: 'us' is none of SI, US, did you mean 'US'?"),
        ({"enabled": 1}, "AHU.json: enabled: must be true or false"),
        ({"timeout_s": 0}, "AHU.json: timeout_s: must be more than 0"),
        ({"username_env": "AHU USER"}, "AHU.json: username_env: 'AHU USER' is not a name"),
        ({"points": {}}, "AHU.json: points: must be a list in square brackets"),
        ({"points": []}, "AHU.json: points: must not be empty"),
        ({"points": ["Temp"]}, "AHU.json: points[0]: must be an object in braces"),
    ],
)
def test_a_wrong_key_of_an_equipment_is_told_with_its_remedy(save: Save, keys: Keys, problem: str) -> None:
    found = problems(save(**keys).parent)
    assert len(found) == 1
    assert found[0].startswith(problem)


@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        ({"usunit": "degF"}, "usunit: is not a known key, did you mean 'us_unit'?"),
        ({"object_type": "analoginput"}, "object_type: 'analoginput' is none of AnalogInput, AnalogOutput, "),
        ({"priority": "14"}, "priority: must be a whole number, without quotes"),
        ({"priority": True}, "priority: must be a whole number, without quotes"),
        ({"priority": 0}, "priority: must not be less than 1"),
        ({"priority": 17}, "priority: must not be more than 16"),
        ({"priority": 6}, "priority: 6 is reserved by BACnet for minimum on and off times"),
        ({"scale": "2"}, "scale: must be a number, without quotes"),
        ({"offset": float("inf")}, "offset: must be a finite number"),
        ({"ecy_point": "Temp "}, "ecy_point: 'Temp ' is not a name that can be used here"),
        ({"us_unit": "degG"}, "us_unit: 'degG' is not a known unit, did you mean"),
        ({"us_unit": "psi"}, "us_unit: 'psi' does not measure the same as the simulation's 'K'"),
    ],
)
def test_a_wrong_key_of_a_point_is_told_with_its_place(save: Save, keys: Keys, problem: str) -> None:
    found = problems(save(points=[FAN, {**SENSOR, **keys}]).parent)
    assert len(found) == 1
    assert found[0].startswith(f"AHU.json: points[1].{problem}")


def test_a_misspelt_object_type_finds_the_one_that_was_meant(save: Save) -> None:
    (found,) = problems(save(points=[{**SENSOR, "object_type": "analogInput"}]).parent)
    assert found.endswith("did you mean 'AnalogInput'?")


def test_a_wrong_state_number_is_told_with_its_place(save: Save) -> None:
    mode = {"bop_point": "reaMode_y", "ecy_point": "Mode", "object_type": "MultiStateInput", "states": {"0": 1}}
    assert problems(save(points=[mode]).parent)[0].startswith("AHU.json: points[0].states.0: '0' is not a name")


def test_a_missing_key_is_told(save: Save) -> None:
    sensor = {key: value for key, value in SENSOR.items() if key != "ecy_point"}
    assert problems(save(points=[sensor]).parent) == ["AHU.json: points[0].ecy_point: is missing; add it"]


def test_an_override_without_its_activation_names_the_one_it_needs(save: Save) -> None:
    fan = {key: value for key, value in FAN.items() if key != "bop_override_point"}
    (found,) = problems(save(points=[fan]).parent)
    assert found == ('AHU.json: points[0].bop_override_point: is missing: add "bop_override_point": "oveFan_activate"')


def test_a_key_that_is_written_twice_is_told_with_its_place(save: Save) -> None:
    file = save()
    file.write_text(file.read_text(encoding="utf-8").replace('"unit": "K"', '"unit": "Pa", "unit": "K"'), "utf-8")
    assert problems(file.parent) == ["AHU.json: points[0].unit: is written twice in the same object; keep one"]


def test_all_problems_of_all_files_are_told_at_once(save: Save) -> None:
    folder = save("a.json", colour="blue", points=[{**SENSOR, "unit": "degX"}, {**SENSOR, "prio": 3}]).parent
    save("b.json", points=[{**SENSOR, "us_unit": "Pa"}])
    (folder / "c.json").write_text("{", encoding="utf-8")
    places = [problem.split(": ")[:2] for problem in problems(folder)]
    assert places == [
        ["a.json", "points[0].unit"],
        ["a.json", "points[1].prio"],
        ["a.json", "colour"],
        ["b.json", "points[0].us_unit"],
        ["c.json", "line 1 column 2"],
    ]


def test_config_errors_end_the_program_with_two(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path)
    assert caught.value.exit_code == 2


def test_an_empty_folder_says_what_to_put_into_it(tmp_path: Path) -> None:
    (found,) = problems(tmp_path)
    assert found.startswith(f"{tmp_path}: has no equipment config; put a .json file into it")


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    (found,) = problems(tmp_path / "config")
    assert "is not a folder" in found


def test_where_every_equipment_is_switched_off_the_lines_to_remove_are_named(save: Save) -> None:
    file = save(enabled=False, points=[{**SENSOR, "enabled": False}])
    file.write_text(json.dumps(json.loads(file.read_text("utf-8")), indent=2).replace('"points', '\n"points'), "utf-8")
    save("b.json", enabled=False)
    (found,) = problems(file.parent)
    assert found.endswith('remove the line "enabled": false from AHU.json (line 15) or b.json (line 1)')


def test_the_shipped_example_is_the_seeds_but_for_the_line_that_switches_it_off() -> None:
    seed, shipped = (file.read_text(encoding="utf-8").split("\n") for file in (SEED, CONFIGS / "AHU.json"))
    switched_on = [line.strip() for line in shipped if line != '  "enabled": false,']
    assert switched_on == [line.strip() for line in seed]
    assert len(shipped) == len(seed) + 1


class TestInPart:
    """What is wrong in a file hides nothing of the rest, and is not told by its effects."""

    def test_duplicates_are_told_with_everything_else(self, save: Save) -> None:
        folder = save("a.json", colour="blue", points=[SENSOR, {**SENSOR, "unit": "degX", "ecy_point": "T"}]).parent
        save("b.json", points=[{**SENSOR, "prio": 3}, SENSOR])
        assert [problem.partition(": ")[2].partition(";")[0] for problem in problems(folder)] == [
            "points[1].unit: 'degX' is not a known unit, did you mean 'deg'? (python main.py units lists them)",
            "colour: is not a known key",
            "points[0].prio: is not a known key, did you mean 'priority'?",
            "points[1].ecy_point: Temp is already written by a.json: points[0].ecy_point",
        ]

    def test_the_sound_points_of_a_file_can_be_used(self, save: Save) -> None:
        folder = save("a.json", points=[{**SENSOR, "unit": "degX"}, FAN]).parent
        save("b.json", unit_sytem="US", points=[SENSOR])
        read = read_equipment_files(folder, "SI", CONVERTER)
        assert [[point.ecy_point for point in one.points] for one in read.equipments] == [["Fan"]]
        assert len(read.problems) == 2

    def test_a_misspelt_key_is_told_once(self, save: Save) -> None:
        sensor = {key: value for key, value in SENSOR.items() if key != "ecy_point"}
        assert problems(save(points=[{**sensor, "ecypoint": "Temp"}]).parent) == [
            "AHU.json: points[0].ecypoint: is not a known key, did you mean 'ecy_point'?"
        ]

    def test_a_placeholder_is_no_address(self, save: Save) -> None:
        (found,) = problems(save(device_ip="XXX.XXX.XXX.XXX").parent)
        assert found.startswith("AHU.json: device_ip: 'XXX.XXX.XXX.XXX' is a placeholder")
