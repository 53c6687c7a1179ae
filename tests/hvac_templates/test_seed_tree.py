"""A tree in the words of the seed: types below each other, actions chosen by a field, AirLoop."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hvac_templates.trees import ZONE, made, tree_of

TEXT = """
OptionTree:
  HVACTemplate:
    Zone:
      PTAC:
        Name: '{zone_name}'
        BuildPath:
          Inlet: '{} In'
          BaseObjects:
            - OutdoorAir:Mixer:
                Fields: {name: '{} Mixer'}
                Connectors: {AirLoop: {Inlet: return_air_stream_node_name, Outlet: mixed_air_node_name}}
            - Coil:Heating:Electric:
                Fields: {name: '{} Coil'}
                Connectors: {AirLoop: {Inlet: air_inlet_node_name, Outlet: air_outlet_node_name}}
          Actions:
            - supply_fan_placement:
                None: &Behind
                  Location: -1
                  ActionType: Insert
                  Objects:
                    - Fan:OnOff:
                        Fields: {name: '{} Fan'}
                        Connectors: {AirLoop: {Inlet: air_inlet_node_name, Outlet: air_outlet_node_name}}
                  Transitions:
                    - Fan:.*: {supply_fan_delta_pressure: pressure_rise}
                DrawThrough: *Behind
                AnyValue:
                  <<: *Behind
                  ObjectReference: OutdoorAir:Mixer
                  Location: After
        BaseObjects:
          - SetpointManager:Scheduled:
              Fields:
                setpoint_node_or_nodelist_name: {BuildPathReference: , Location: -1, ValueLocation: Outlet}
    Thermostat:
      BaseObjects: []
"""


@pytest.mark.parametrize(("placement", "last"), [("DrawThrough", "Z Fan Outlet"), ("BlowThrough", "Z Coil Outlet")])
def test_a_tree_in_the_seeds_own_form_is_read(tmp_path: Path, placement: str, last: str) -> None:
    unit = {"zone_name": "Z", "supply_fan_placement": placement, "supply_fan_delta_pressure": 90}
    model = made(tmp_path, TEXT, {ZONE: {"unit": unit}})
    assert model["Fan:OnOff"]["Z Fan"]["pressure_rise"] == 90
    (manager,) = model["SetpointManager:Scheduled"].values()
    assert manager["setpoint_node_or_nodelist_name"] == last


def test_types_below_each_other_are_the_types_of_energyplus(tmp_path: Path) -> None:
    tree = tree_of(tmp_path, tree=TEXT)
    assert list(tree) == [ZONE, "HVACTemplate:Thermostat"]
    assert tree.faults() == {}


def test_an_action_that_a_field_chooses_has_no_other_condition(tmp_path: Path) -> None:
    text = TEXT.replace("                  ActionType: Insert", "                  When: {zone_name: AnyValue}")
    ((_, what),) = tree_of(tmp_path, tree=text).faults()[ZONE]
    assert what == "supply_fan_placement / None: chosen by a field, an action has no When, too"


@pytest.mark.parametrize("text", ["max(18, {supply_fan_delta_pressure}+5.2)", "= {supply_fan_delta_pressure} + 5.2"])
def test_a_formula_may_have_its_fields_in_braces(tmp_path: Path, text: str) -> None:
    tree = TEXT.replace("SetpointManager:Scheduled:", "SetpointManager:Warmest:").replace(
        "              Fields:\n", f"              Fields:\n                maximum_setpoint_temperature: '{text}'\n"
    )
    (manager,) = made(tmp_path, tree, {ZONE: {"unit": {"zone_name": "Z", "supply_fan_delta_pressure": 90}}})[
        "SetpointManager:Warmest"
    ].values()
    assert manager["maximum_setpoint_temperature"] == pytest.approx(95.2)


def test_the_templates_name_is_no_number(tmp_path: Path) -> None:
    model = made(tmp_path, TEXT.replace("'{} Fan'", "'max({})'"), {ZONE: {"unit": {"zone_name": "Z"}}})
    assert list(model["Fan:OnOff"]) == ["max(Z)"]
