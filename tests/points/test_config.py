from __future__ import annotations

import pytest
from pydantic import ValidationError

from points import PointConfig, point_problems
from utils.unit_conversion import UnitConverter

CONVERTER = UnitConverter()
OUTPUT = {"bop_point": "oveFan_u", "bop_override_point": "oveFan_activate"}


def config(object_type: str, /, **keys: object) -> PointConfig:
    return PointConfig.model_validate({"bop_point": "reaT_y", "ecy_point": "Temp", "object_type": object_type, **keys})


@pytest.mark.parametrize(
    ("object_type", "keys"),
    [
        ("AnalogInput", {"unit": "K", "si_unit": "degC", "us_unit": "degF", "deadband": 0.1, "priority": 14}),
        ("AnalogInput", {"unit": "1", "si_unit": "percent", "reverse": True}),
        ("AnalogValue", {"bop_point": "cost_tot", "take_occupied": True, "minimum": 1, "maximum": 1}),
        ("AnalogOutput", OUTPUT),
        ("AnalogOutput", {**OUTPUT, "si_unit": "1", "reverse": True, "scale": 2, "offset": -1}),
        ("AnalogOutput", {**OUTPUT, "unit": "K", "us_unit": "degF", "valid_min": 273.15, "valid_max": 320}),
        ("BinaryInput", {"unit": "W", "threshold": 3, "hysteresis": 1, "reverse": True}),
        ("BinaryOutput", {**OUTPUT, "reverse": True}),
        ("MultiStateValue", {"states": {"1": 0, "2": 1}}),
        ("MultiStateOutput", {**OUTPUT, "states": {"1": 0, "2": 0}}),
    ],
)
def test_a_sensible_point_has_no_problem(object_type: str, keys: dict[str, object]) -> None:
    assert point_problems(config(object_type, **keys), CONVERTER) == ()


@pytest.mark.parametrize(
    ("object_type", "keys", "key", "what"),
    [
        ("AnalogInput", {"unit": "degX"}, "unit", "'degX' is not a known unit, did you mean"),
        ("AnalogInput", {"unit": "K", "si_unit": "degCC"}, "si_unit", "'degCC' is not a known unit"),
        (
            "AnalogInput",
            {"unit": "K", "us_unit": "Pa"},
            "us_unit",
            "'Pa' does not measure the same as the simulation's",
        ),
        ("AnalogInput", {"unit": "rad", "si_unit": "percent"}, "si_unit", "does not measure the same"),
        ("AnalogInput", {"si_unit": "degC"}, "unit", "is missing: si_unit needs to know"),
        ("AnalogOutput", {**OUTPUT, "us_unit": "degF"}, "us_unit", "'degF' does not measure the same"),
        ("AnalogInput", {"minimum": 2.0, "maximum": 1.0}, "minimum", "2 is above maximum 1"),
        ("BinaryInput", {"valid_min": 2.0, "valid_max": 1.0}, "valid_min", "2 is above valid_max 1"),
        ("BinaryOutput", {**OUTPUT, "valid_max": 1.0}, "valid_max", "means nothing"),
        ("AnalogInput", {"unit": "K", "reverse": True}, "reverse", "needs percent or a fraction"),
        ("AnalogInput", {"reverse": True}, "reverse", "needs percent or a fraction"),
        ("AnalogInput", {"threshold": 1.0}, "threshold", "means nothing for an object of type AnalogInput: remove it"),
        ("AnalogInput", {"bop_override_point": "x_activate"}, "bop_override_point", "means nothing"),
        ("AnalogOutput", {**OUTPUT, "priority": 14}, "priority", "means nothing"),
        ("AnalogOutput", {**OUTPUT, "deadband": 1.0}, "deadband", "means nothing"),
        ("BinaryInput", {"unit": "W", "si_unit": "kW"}, "si_unit", "means nothing"),
        ("BinaryOutput", {**OUTPUT, "threshold": 1.0}, "threshold", "means nothing"),
        ("MultiStateOutput", {**OUTPUT, "reverse": True}, "reverse", "means nothing"),
        (
            "AnalogOutput",
            {"bop_point": "x_u"},
            "bop_override_point",
            'is missing: add "bop_override_point": "x_activate"',
        ),
        (
            "BinaryOutput",
            {"bop_point": "x_u", "bop_override_point": "z_activate"},
            "bop_override_point",
            '\'z_activate\' is another\'s: add "bop_override_point": "x_activate"',
        ),
        ("AnalogOutput", {"bop_point": "reaT_y"}, "bop_point", "is not an input of the simulation"),
        ("AnalogOutput", {"bop_point": "cost_tot"}, "bop_point", "is a KPI"),
        ("MultiStateInput", {"states": {"1": 0, "2": 0}}, "states", "0 stands for 2 states"),
    ],
)
def test_what_cannot_work_is_told_with_its_key(object_type: str, keys: dict[str, object], key: str, what: str) -> None:
    problems = point_problems(config(object_type, **keys), CONVERTER)
    assert [found for found, _ in problems] == [key]
    assert problems[0][1].startswith(what) or what in problems[0][1]


def test_all_problems_of_a_point_are_told_at_once() -> None:
    found = point_problems(config("AnalogOutput", unit="X", threshold=1.0, minimum=1, maximum=0), CONVERTER)
    assert [key for key, _ in found] == ["threshold", "unit", "bop_point", "minimum"]


@pytest.mark.parametrize(
    "keys",
    [
        {"priority": "14"},
        {"priority": True},
        {"priority": 14.0},
        {"priority": 0},
        {"priority": 17},
        {"priority": 6},
        {"threshold": "1"},
        {"threshold": False},
        {"scale": float("nan")},
        {"convert_to_us": 1},
        {"deadband": -1.0},
        {"hysteresis": -1.0},
        {"ecy_point": " Temp"},
        {"bop_point": ""},
        {"states": {}},
        {"states": {"0": 1.0}},
        {"states": {"1": "off"}},
        {"colour": "blue"},
    ],
)
def test_keys_are_of_their_exact_type_and_in_range(keys: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        config("AnalogValue", **keys)


def test_object_types_are_spelled_as_in_the_controller() -> None:
    with pytest.raises(ValidationError, match="AnalogInput"):
        config("analogInput")


def test_a_whole_number_will_do_for_a_number() -> None:
    assert config("BinaryInput", threshold=3).threshold == 3.0


def test_a_config_cannot_be_changed_after_it_was_checked() -> None:
    with pytest.raises(ValidationError):
        config("AnalogInput").priority = 3  # type: ignore[misc]
