"""What is refused, and in which words; what is put right."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from hvac_templates.judge.schema import Schema
from hvac_templates.judge.validation import check_input, check_output, normalised
from tests.hvac_templates.boxes import boxes, ideal_loads, packaged_units, zone_names

SCHEMA = Schema.shipped()
ZONES = zone_names(2)
Made = dict[str, dict[str, dict[str, Any]]]
KIND = "HVACTemplate:Zone:PTAC"


def model(**fields: object) -> Made:
    """A building with packaged units, the first with other fields."""
    made = boxes(ZONES, packaged_units(ZONES))
    made[KIND]["Template 1"].update(fields)
    return made


def said(changed: Made) -> list[str]:
    return [str(message) for message in check_input(changed, SCHEMA)]


def test_a_right_model_is_not_complained_about() -> None:
    assert said(model()) == []
    assert said(boxes(ZONES, ideal_loads(ZONES))) == []


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        ("heating_coil_type", "Oil", '"Oil" is not one of its choices: Electric, Gas, HotWater'),
        ("cooling_coil_gross_rated_cooling_cop", -1, "-1 is out of range; it must be more than 0"),
        ("supply_fan_total_efficiency", 1.5, "1.5 is out of range; it must be more than 0 and at most 1"),
        ("supply_fan_total_efficiency", "good", 'a number is needed, not "good"'),
        ("supply_fan_total_efficiency", True, "a number is needed, not true"),
        ("supply_fan_total_efficiency", [1], "a number is needed, not a list or an object"),
        ("supply_fan_total_efficiency", float("nan"), "a number is needed, not nan"),
        ("supply_fan_total_efficiency", "1_0", 'a number is needed, not "1_0"'),
        ("cooling_supply_air_flow_rate", "large", 'a number or Autosize is needed, not "large"'),
        ("zone_name", "Zone 3", 'there is no Zone named "Zone 3" in the model'),
        ("zone_name", 5, 'a text is needed; write the name 5 in quotes: "5"'),
        ("zone_name", "", "this field is required"),
        ("system_availability_schedule_name", "Nights", 'there is no schedule named "Nights" in the model'),
        ("cooling_coil_tipe", "None", "there is no such field, did you mean 'cooling_coil_type'?"),
        ("Cooling_Coil_Type", "SingleSpeedDX", ""),
        ("cooling_coil_type", "singlespeeddx", ""),
        ("cooling_supply_air_flow_rate", "AUTOSIZE", ""),
        ("template_thermostat_name", 2, 'a text is needed; write the name 2 in quotes: "2"'),
        ("supply_fan_total_efficiency", "0.5", ""),
        ("supply_fan_delta_pressure", 0, ""),
        ("zone_name", "ZONE 2", ""),
        ("system_availability_schedule_name", "by day", ""),
        ("system_availability_schedule_name", "HVACTemplate-Always 1", ""),
        ("heat_pump_name", None, "there is no such field"),
        ("baseboard_heating_type", None, ""),
        ("idf_order", 5, ""),
    ],
)
def test_a_field_of_a_template_is_held_to_the_schema(field: str, value: object, text: str) -> None:
    found = said(model(**{field: value}))
    expected = [f'error: {KIND} "Template 1" {field}: {text}'] if text else []
    assert [line[: len(expected[0])] if expected else line for line in found] == expected


def test_everything_that_is_wrong_is_said_at_once() -> None:
    wrong = model(zone_name="Nowhere", cooling_coil_type="X", supply_fan_total_efficiency=7)
    wrong["HVACTemplate:Zone:PTAX"] = {"A": {}}
    assert len(said(wrong)) == 4


def test_an_unknown_template_is_refused_with_the_nearest_known_one() -> None:
    wrong = model()
    wrong["HVACTemplate:Zone:PTACS"] = wrong.pop(KIND)
    assert said(wrong) == [
        "error: HVACTemplate:Zone:PTACS: EnergyPlus has no such object type, did you mean 'HVACTemplate:Zone:PTAC'?"
    ]


def test_other_objects_are_warned_of_for_unknown_fields_and_refused_for_wrong_values() -> None:
    wrong = model()
    wrong["Zone"]["Zone 1"] |= {"colour": "red", "x_origin": "5"}
    found = check_input(wrong, SCHEMA)
    assert [(one.severity, one.field) for one in found] == [("warning", "colour"), ("error", "x_origin")]


def test_references_of_other_objects_are_their_own_business() -> None:
    mine = model()
    mine["ElectricEquipment"]["Zone 1 Equipment"]["schedule_name"] = "Elsewhere"
    assert said(mine) == []


def test_names_that_differ_by_letter_case_only_are_one_name() -> None:
    wrong = model()
    wrong["Zone"]["ZONE 1"] = {}
    assert [line for line in said(wrong) if "letter case" in line] == [
        'error: Zone "Zone 1" name: several objects have this name; letter case does not tell them apart',
        'error: Zone "ZONE 1" name: several objects have this name; letter case does not tell them apart',
    ]


def test_a_type_in_two_letter_cases_is_refused() -> None:
    wrong = model()
    wrong[KIND.upper()] = {"Another": {"zone_name": "Zone 2"}}
    assert any("several times, in different letter case" in line for line in said(wrong))


def test_a_field_in_two_letter_cases_is_refused() -> None:
    assert any("stands here twice" in line for line in said(model(Zone_Name="Zone 2")))


@pytest.mark.parametrize(
    ("kind", "objects", "text"),
    [
        ("Zone", ["A"], "error: Zone: objects with their names are needed here, in braces"),
        ("Zone", {"A": 5}, 'error: Zone "A": fields with their values are needed here, in braces'),
        ("Building", {"A": {}, "B": {}}, "error: Building: a model has one only, not 2"),
        ("HVACTemplate:Thermostat", {" ": {}}, 'error: HVACTemplate:Thermostat " " name: a name is needed'),
        ("NodeList", {"N": {"nodes": "A"}}, 'error: NodeList "N" nodes: a list of objects in braces is needed'),
        ("NodeList", {"N": {"nodes": [{}]}}, 'error: NodeList "N" nodes[1].node_name: this field is required'),
        ("NodeList", {"N": {"nodes": [{"node_name": 1}]}}, 'error: NodeList "N" nodes[1].node_name: a text is needed'),
    ],
)
def test_what_is_not_formed_like_a_model_is_refused(kind: str, objects: dict[str, Any], text: str) -> None:
    assert text in "\n".join(said({kind: objects}))


@pytest.mark.parametrize(("version", "warned"), [("25.2", 0), ("25.2.0", 0), ("9.6", 1), ("25.20", 1)])
def test_a_model_of_another_version_is_warned_of(version: str, warned: int) -> None:
    made = model()
    made["Version"]["Version"]["version_identifier"] = version
    found = check_input(made, SCHEMA)
    assert [one.severity for one in found] == ["warning"] * warned


def test_another_version_is_said_in_place_of_what_comes_of_it() -> None:
    made = model(cooling_coil_tipe="None")
    made["Version"]["Version"]["version_identifier"] = "9.4"
    (only,) = said(made)
    assert only.startswith('error: Version "Version" version_identifier: the model is of EnergyPlus 9.4')
    assert only.endswith("(1 more error(s), most of which may come of that)")


def test_normalising_spells_templates_as_the_engine_does() -> None:
    given = {
        "HVACTEMPLATE:zone:ptac": {
            "A": {
                "ZONE_NAME": " Zone 1 ",
                "cooling_coil_type": "singlespeeddx",
                "supply_fan_total_efficiency": "0.5",
                "cooling_supply_air_flow_rate": "autosize",
                "supply_fan_delta_pressure": 0,
                "template_thermostat_name": "",
                "heating_coil_type": None,
                "idf_order": 3,
            }
        }
    }
    before = copy.deepcopy(given)
    assert normalised(given, SCHEMA) == {
        KIND: {
            "A": {
                "zone_name": "Zone 1",
                "cooling_coil_type": "SingleSpeedDX",
                "supply_fan_total_efficiency": 0.5,
                "cooling_supply_air_flow_rate": "Autosize",
                "supply_fan_delta_pressure": 0,
            }
        }
    }
    assert given == before


def test_normalising_leaves_other_objects_as_they_are() -> None:
    given = {"zone": {"A": {"x_origin": "", "Anything": 1}}}
    assert normalised(given, SCHEMA) == {"Zone": given["zone"]}
    assert normalised(given, SCHEMA)["Zone"]["A"] is given["zone"]["A"]


def test_whole_numbers_are_made_whole() -> None:
    kind = "HVACTemplate:System:UnitarySystem"
    field = "number_of_speeds_for_cooling"
    result = normalised({kind: {"A": {field: 2.0}}}, SCHEMA)[kind]["A"][field]
    assert (result, type(result)) == (2, int)


def output(**fields: object) -> list[str]:
    fan = {
        "air_inlet_node_name": "In",
        "air_outlet_node_name": "Out",
        "pressure_rise": 75.0,
        "maximum_flow_rate": "Autosize",
        **fields,
    }
    return [str(message) for message in check_output({"Fan:OnOff": {"F": fan}}, SCHEMA)]


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        ("colour", "red", "there is no such field"),
        ("pressure_rise", "", "this field is required"),
        ("pressure_rise", "75", 'a number is needed, not "75"'),
        ("maximum_flow_rate", "autosize", 'a number or Autosize is needed, not "autosize"'),
        ("maximum_flow_rate", "Autocalculate", "a number or Autosize is needed"),
        ("availability_schedule_name", "Nights", 'there is no schedule named "Nights" in the model'),
    ],
)
def test_the_output_is_held_to_the_schema_as_strictly_as_the_engine_reads(field: str, value: object, text: str) -> None:
    assert len(output(**{field: value})) == 1
    assert f'error: Fan:OnOff "F" {field}: {text}' in output(**{field: value})[0]


def test_a_right_output_is_not_complained_about() -> None:
    assert output() == []


def test_whole_numbers_of_the_output_must_be_whole() -> None:
    boiler = {"name": "B", "maximum_number_of_warmup_days": 25.0}
    found = check_output(
        {"Building": {"B": {"maximum_number_of_warmup_days": boiler["maximum_number_of_warmup_days"]}}}, SCHEMA
    )
    assert [one.text for one in found] == ["a whole number is needed, without a decimal point, not 25.0"]


def test_what_came_with_the_model_is_not_checked_again_in_the_output() -> None:
    base = {"Zone": {"Z": {"colour": "red"}}}
    assert check_output({"Zone": {"Z": {"colour": "red"}}}, SCHEMA, base) == []
    assert len(check_output({"Zone": {"Z": {"colour": "blue"}}}, SCHEMA, base)) == 1


def test_a_template_that_is_left_in_the_output_is_an_error() -> None:
    assert [one.template for one in check_output({KIND: {"A": {}}}, SCHEMA)] == [KIND]


def test_a_reference_to_a_type_must_be_one_that_may_stand_there() -> None:
    def found(kind: str) -> list[str]:
        component = {
            "component_object_type": kind,
            "component_name": "P",
            "component_inlet_node_name": "A",
            "component_outlet_node_name": "B",
        }
        pipe = {"inlet_node_name": "A", "outlet_node_name": "B"}
        branches: Made = {"Pipe:Adiabatic": {"P": pipe}, "Branch": {"X": {"components": [component]}}}
        return [one.field for one in check_output(branches, SCHEMA)]

    assert found("Pipe:Adiabatic") == []
    assert found("Zone") == ["components[1].component_object_type"]
