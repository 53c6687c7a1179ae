"""What may stand as a field's value, seen in the objects that are made."""

from __future__ import annotations

from pathlib import Path

import pytest

from hvac_templates.language.text import TreeFault, parse_value
from tests.hvac_templates.trees import SYSTEM, ZONE, fields_of, made, result_of


def test_a_field_keeps_its_type_and_zero_is_a_value(tmp_path: Path) -> None:
    fields = fields_of(tmp_path, "Fields: {pressure_rise: '{supply_fan_delta_pressure}'}", supply_fan_delta_pressure=0)
    assert fields["pressure_rise"] == 0


def test_a_field_that_is_not_given_has_its_default(tmp_path: Path) -> None:
    assert fields_of(tmp_path, "Fields: {pressure_rise: '{supply_fan_delta_pressure}'}") == {"pressure_rise": 75.0}


def test_a_value_of_a_blank_field_leaves_the_field_out(tmp_path: Path) -> None:
    body = """
    Fields:
      availability_schedule_name: '{system_availability_schedule_name}'
      end_use_subcategory: 'Fan of {system_availability_schedule_name}'
      pressure_rise: '= zone_heating_sizing_factor * 2'
      motor_efficiency: 0.9
    """
    assert fields_of(tmp_path, body) == {"motor_efficiency": 0.9}


def test_a_name_is_put_into_a_text_as_it_stands(tmp_path: Path) -> None:
    hostile = "{zone_name} = 1+1 <x> __import__('os') *"
    body = "Fields: {name: '{} Fan', end_use_subcategory: '{system_availability_schedule_name}: {}'}"
    fields = fields_of(tmp_path, body, system_availability_schedule_name=hostile, zone_name=hostile)
    assert fields == {"end_use_subcategory": f"{hostile}: {hostile}"}


@pytest.mark.parametrize("name", ["5", "3-1", "0101", "1E5", "id", "None"])
def test_names_that_look_like_numbers_are_names(tmp_path: Path, name: str) -> None:
    assert fields_of(tmp_path, "Fields: {end_use_subcategory: '{zone_name}'}", zone_name=name) == {
        "end_use_subcategory": name
    }


@pytest.mark.parametrize("space", [" ", ""])
def test_a_number_in_a_name_has_no_needless_digits(tmp_path: Path, space: str) -> None:
    text = f"""
    OptionTree:
      {ZONE}:
        Name: '{{zone_name}}'
        BaseObjects:
          - Fan:OnOff:
              Fields: {{availability_schedule_name: 'HVACTemplate-Always{space}{{supply_fan_delta_pressure}}'}}
    """
    numbers = (10.0, -2.5, 0, 1e-6)
    units = {str(number): {"zone_name": str(number), "supply_fan_delta_pressure": number} for number in numbers}
    model = made(tmp_path, text, {ZONE: units})
    values = {name: fields["data"][-1]["field"] for name, fields in model["Schedule:Compact"].items()}
    assert values == {
        f"HVACTemplate-Always{space}10": 10.0,
        f"HVACTemplate-Always{space}-2.5": -2.5,
        f"HVACTemplate-Always{space}0": 0.0,
        f"HVACTemplate-Always{space}1e-06": 1e-6,
    }


def test_of_several_values_the_last_that_is_one_counts(tmp_path: Path) -> None:
    body = """
    Fields: {motor_efficiency: 0.5, availability_schedule_name: Always, pressure_rise: 1}
    Transitions:
      system_availability_schedule_name: availability_schedule_name
      supply_fan_motor_efficiency: motor_efficiency
    Cases:
      - When: {supply_fan_placement: DrawThrough}
        Fields: {pressure_rise: 2}
    Mappings:
      supply_fan_placement:
        BlowThrough: {pressure_rise: 3}
    """
    assert fields_of(tmp_path, body) == {
        "motor_efficiency": 0.9,
        "availability_schedule_name": "Always",
        "pressure_rise": 2,
    }
    assert fields_of(tmp_path, body, supply_fan_placement="BlowThrough")["pressure_rise"] == 3


def test_a_transition_may_reformat_and_set_another_field(tmp_path: Path) -> None:
    body = """
    Fields: {pressure_rise: 100}
    Transitions:
      zone_heating_sizing_factor: {pressure_rise: '= zone_heating_sizing_factor * 1000', end_use_subcategory: Heated}
    """
    assert fields_of(tmp_path, body) == {"pressure_rise": 100}
    fields = fields_of(tmp_path, body, zone_heating_sizing_factor=1.5)
    assert fields == {"pressure_rise": 1500.0, "end_use_subcategory": "Heated"}


def test_an_empty_text_takes_a_value_away(tmp_path: Path) -> None:
    body = """
    Fields: {pressure_rise: 1, motor_efficiency: 0.9}
    Mappings:
      supply_fan_placement:
        DrawThrough: {pressure_rise: ''}
    """
    assert fields_of(tmp_path, body) == {"motor_efficiency": 0.9}


def test_the_first_of_several_is_taken(tmp_path: Path) -> None:
    body = "Fields: {availability_schedule_name: {FirstOf: ['{system_availability_schedule_name}', Always]}}"
    assert fields_of(tmp_path, body) == {"availability_schedule_name": "Always"}
    fields = fields_of(tmp_path, body, system_availability_schedule_name="Mine")
    assert fields == {"availability_schedule_name": "Mine"}


def test_objects_refer_to_each_other_whatever_their_order(tmp_path: Path) -> None:
    text = f"""
    OptionTree:
      {ZONE}:
        BaseObjects:
          - NodeList:
              Fields:
                name: a
                nodes: [{{node_name: {{Fan: air_inlet_node_name}}}}, {{node_name: {{'Coil:*': key}}}}]
          - NodeList:
              Fields: {{name: b, nodes: [{{node_name: {{NodeList: key}}}}, {{node_name: {{Unchosen: key}}}}]}}
          - Fan:OnOff:
              As: Fan
              Fields: {{name: f, air_inlet_node_name: {{'Coil:Heating:*': air_outlet_node_name}}}}
          - Coil:Heating:Electric:
              Fields: {{name: c, air_outlet_node_name: n}}
          - When: {{heating_coil_type: Gas}}
            Objects:
              - Coil:Heating:Fuel:
                  As: Unchosen
    """
    nodes = made(tmp_path, text, {ZONE: {"unit": {"zone_name": "Z"}}})["NodeList"]
    assert nodes == {
        "a": {"nodes": [{"node_name": "n"}, {"node_name": "c"}]},
        "b": {"nodes": [{"node_name": "a"}]},
    }


def test_fields_that_refer_to_each_other_in_a_circle_are_refused(tmp_path: Path) -> None:
    text = f"""
    OptionTree:
      {ZONE}:
        BaseObjects:
          - Fan:OnOff:
              As: Fan
              Fields:
                name: f
                air_inlet_node_name: {{Fan: air_outlet_node_name}}
                air_outlet_node_name: {{Fan: air_inlet_node_name}}
    """
    (message,) = result_of(tmp_path, text, {ZONE: {"unit": {"zone_name": "Z"}}}).errors
    assert "refers to itself" in message.text


def test_a_linked_template_is_found_whatever_the_letter_case(tmp_path: Path) -> None:
    text = f"""
    OptionTree:
      {ZONE}:
        Name: '{{zone_name}}'
        Links: {{DOAS: dedicated_outdoor_air_system_name}}
        BaseObjects:
          - Fan:OnOff:
              Fields:
                pressure_rise: '{{DOAS.supply_fan_delta_pressure}}'
                end_use_subcategory: '{{DOAS}} {{DOAS.Type}}'
      {SYSTEM}: {{}}
    """
    unit = {"zone_name": "Z", "dedicated_outdoor_air_system_name": "AIR"}
    model = made(tmp_path, text, {ZONE: {"u": unit}, SYSTEM: {"Air": {}}})
    assert model["Fan:OnOff"]["Z Fan:OnOff"] == {
        "pressure_rise": 1000.0,
        "end_use_subcategory": f"Air {SYSTEM}",
    }


@pytest.mark.parametrize(
    "raw",
    [None, True, "{a", "a}", "{a{b}}", "= a +", {"A": "key", "B": "key"}, {"A": 1}, [1], {"FirstOf": [], "x": 1}],
)
def test_what_is_no_value_is_refused(raw: object) -> None:
    with pytest.raises(TreeFault):
        parse_value(raw)
