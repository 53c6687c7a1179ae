"""Air paths wire themselves, actions change them, and objects join what they belong to."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from textwrap import indent
from typing import Any

import pytest

from tests.hvac_templates.trees import BOILER, LOOP, SYSTEM, ZONE, Templates, made, result_of

FAN = "Connectors: {Air: {Inlet: air_inlet_node_name, Outlet: air_outlet_node_name}}"
PATH = f"""
OptionTree:
  {ZONE}:
    Name: '{{zone_name}}'
    BuildPath:
      Inlet: '{{}} In'
      Outlet: '{{}} Out'
      Branch: '{{}} Branch'
      BaseObjects:
        - Coil:Heating:Electric: {{As: First, Fields: {{name: '{{}} One'}}, {FAN}}}
        - Curve:Cubic: {{Fields: {{name: beside the path}}}}
        - Coil:Heating:Electric: {{Fields: {{name: '{{}} Two'}}, {FAN}}}
        - Coil:Cooling:Water: {{Fields: {{name: '{{}} Three', air_outlet_node_name: Named}}, {FAN}}}
        - Coil:Heating:Fuel: {{Fields: {{name: '{{}} Four'}}, {FAN}}}
"""
ACTION = f"""
      Actions:
        - When: {{supply_fan_placement: BlowThrough}}
%s
          Objects:
            - Fan:OnOff: {{Fields: {{name: '{{}} Fan'}}, {FAN}}}
"""


def path(folder: Path, text: str, **fields: object) -> list[tuple[str, str, str]]:
    """Name, inlet and outlet of the components on the branch."""
    model = made(folder, text, {ZONE: {"unit": {"zone_name": "Z", **fields}}})
    words = ("name", "inlet_node_name", "outlet_node_name")
    components = model["Branch"]["Z Branch"]["components"]
    return [tuple(component[f"component_{word}"] for word in words) for component in components]


def names(folder: Path, action: str) -> list[str]:
    """The components of a path after an action, without the zone's name."""
    text = PATH + ACTION % indent(action.strip(), " " * 10)
    assert len(path(folder, text)) == 4, "the action has a condition"
    return [name[2:] for name, _, _ in path(folder, text, supply_fan_placement="BlowThrough")]


def test_neighbours_share_a_node(tmp_path: Path) -> None:
    assert path(tmp_path, PATH) == [
        ("Z One", "Z In", "Z One Outlet"),
        ("Z Two", "Z One Outlet", "Z Two Outlet"),
        ("Z Three", "Z Two Outlet", "Named"),
        ("Z Four", "Named", "Z Out"),
    ]


def test_the_nodes_are_in_the_objects_too_and_what_has_no_air_is_not_in_the_path(tmp_path: Path) -> None:
    model = made(tmp_path, PATH, {ZONE: {"unit": {"zone_name": "Z"}}})
    fields = model["Coil:Cooling:Water"]["Z Three"]
    assert fields == {"air_inlet_node_name": "Z Two Outlet", "air_outlet_node_name": "Named"}
    assert "beside the path" in model["Curve:Cubic"]


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("{ActionType: Insert, Location: After, ObjectReference: First}", "One Fan Two Three Four"),
        ("{Location: Before, ObjectReference: 'Coil:Cooling:Water'}", "One Two Fan Three Four"),
        ("{Location: After, ObjectReference: 'Coil:Heating:*', Occurrence: 2}", "One Two Fan Three Four"),
        ("{Location: After, ObjectReference: 'Coil:Heating:*', Occurrence: -1}", "One Two Three Four Fan"),
        ("{Location: 0}", "Fan One Two Three Four"),
        ("{Location: -1}", "One Two Three Four Fan"),
        ("{ActionType: Replace, ObjectReference: First}", "Fan Two Three Four"),
        ("{ActionType: Remove, ObjectReference: 'Coil:Cooling:*'}", "One Two Four"),
    ],
)
def test_actions_change_a_path(tmp_path: Path, action: str, expected: str) -> None:
    lines = "\n".join(action.strip("{}").split(", "))
    assert names(tmp_path, lines) == expected.split()


def test_what_an_action_removes_is_not_made(tmp_path: Path) -> None:
    action = "          ActionType: Remove\n          ObjectReference: First"
    model = made(
        tmp_path, PATH + ACTION % action, {ZONE: {"u": {"zone_name": "Z", "supply_fan_placement": "BlowThrough"}}}
    )
    assert list(model["Coil:Heating:Electric"]) == ["Z Two"]


def test_an_action_that_finds_nothing_is_refused(tmp_path: Path) -> None:
    action = "          Location: After\n          ObjectReference: First\n          Occurrence: 2"
    unit = {"zone_name": "Z", "supply_fan_placement": "BlowThrough"}
    (message,) = result_of(tmp_path, PATH + ACTION % action, {ZONE: {"u": unit}}).errors
    assert "no First (occurrence 2)" in message.text


def test_places_in_a_path_can_be_referred_to(tmp_path: Path) -> None:
    text = (
        PATH
        + """
    BaseObjects:
      - NodeList:
          Fields:
            name: nodes
            nodes:
              - {node_name: {BuildPathReference: {Location: 0, ValueLocation: Inlet}}}
              - {node_name: {BuildPathReference: {Location: -1, ValueLocation: Outlet}}}
              - {node_name: {BuildPathReference: {Location: 'Coil:Heating:*', Occurrence: 2, ValueLocation: key}}}
              - {node_name: {BuildPathReference: {Location: First, ValueLocation: self}}}
              - {node_name: {BuildPathReference: {Location: 9, ValueLocation: key}}}
"""
    )
    model = made(tmp_path, text, {ZONE: {"unit": {"zone_name": "Z"}}})
    found = [item["node_name"] for item in model["NodeList"]["nodes"]["nodes"]]
    assert found == ["Z In", "Z Out", "Z Two", "Coil:Heating:Electric"]


def test_the_air_may_pass_through_a_path_inside_a_component(tmp_path: Path) -> None:
    text = f"""
OptionTree:
  {ZONE}:
    Name: '{{zone_name}}'
    BuildPaths:
      Outdoor:
        Inlet: '{{}} Outdoors'
        BaseObjects:
          - Coil:Heating:Electric: {{Fields: {{name: preheat}}, {FAN}}}
          - OutdoorAir:Mixer:
              As: Mixer
              Fields: {{name: mixer, mixed_air_node_name: mixed}}
              Connectors: {{Air: {{Inlet: outdoor_air_stream_node_name, Outlet: mixed_air_node_name}}}}
      Unit:
        BaseObjects:
          - Coil:Heating:Fuel: {{Fields: {{name: inside}}, {FAN}}}
      Main:
        Inlet: '{{}} In'
        Outlet: '{{}} Out'
        Branch: '{{}} Branch'
        BaseObjects:
          - AirLoopHVAC:OutdoorAirSystem:
              Fields: {{name: outdoor air}}
              Connectors: {{Air: {{Inlet: {{Mixer: return_air_stream_node_name}}, Through: Outdoor}}}}
          - AirLoopHVAC:UnitarySystem:
              Fields: {{name: unit}}
              Connectors: {{Air: {{Inlet: air_inlet_node_name, Outlet: air_outlet_node_name, Through: Unit}}}}
"""
    assert path(tmp_path, text) == [("outdoor air", "Z In", "mixed"), ("unit", "mixed", "Z Out")]
    model = made(tmp_path, text, {ZONE: {"unit": {"zone_name": "Z"}}})
    assert model["OutdoorAir:Mixer"]["mixer"] == {
        "mixed_air_node_name": "mixed",
        "outdoor_air_stream_node_name": "preheat Outlet",
        "return_air_stream_node_name": "Z In",
    }
    assert model["Coil:Heating:Fuel"]["inside"] == {"air_inlet_node_name": "mixed", "air_outlet_node_name": "Z Out"}
    assert model["AirLoopHVAC:UnitarySystem"]["unit"]["air_outlet_node_name"] == "Z Out"


JOINS = f"""
OptionTree:
  {ZONE}:
    Name: '{{zone_name}}'
    Links: {{System: {{Field: dedicated_outdoor_air_system_name, Types: {SYSTEM}}}}}
    BaseObjects:
      - Fan:OnOff:
          Fields: {{air_inlet_node_name: '{{}} Node', air_outlet_node_name: '{{}} Back'}}
          Connectors:
            System:
              - {{Side: Supply, Inlet: air_inlet_node_name, Priority: '{{zone_heating_sizing_factor}}'}}
              - {{When: {{supply_fan_placement: BlowThrough}}, Side: Return, Outlet: air_outlet_node_name}}
  {SYSTEM}:
    BaseObjects:
      - AirLoopHVAC:ZoneSplitter:
          Fields: {{name: '{{}} Splitter'}}
          Listed: {{Joined: Supply, Into: nodes, Fields: {{outlet_node_name: Inlet}}}}
      - AirLoopHVAC:ZoneMixer:
          As: Mixer
          Fields: {{name: '{{}} Mixer'}}
          Listed: {{Joined: Return, Into: nodes, Fields: {{inlet_node_name: Outlet}}}}
      - AirLoopHVAC:ControllerList:
          Fields: {{name: '{{}} List', controller_1_name: {{Mixer: key}}}}
          Numbered: {{Joined: Supply, Fields: {{'controller_#_object_type': self, 'controller_#_name': key}}}}
      - AirLoopHVAC:
          Fields:
            name: '{{}} Loop'
            availability_manager_list_name: {{Mixer: key}}
            demand_side_inlet_node_names: {{NodeList: '{{}} Nodes', Nodes: [One], Joined: Supply, ValueLocation: Inlet}}
"""


def joined(folder: Path, units: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, dict[str, Any]]]:
    return made(folder, JOINS, {ZONE: units, SYSTEM: {"Air": {}}})


def test_what_joined_stands_in_lists_by_priority(tmp_path: Path) -> None:
    given = {"A": 3, "B": 1, "C": None}
    units: dict[str, dict[str, Any]] = {
        zone: {"zone_name": zone, "dedicated_outdoor_air_system_name": "air"}
        | ({"zone_heating_sizing_factor": factor} if factor else {})
        for zone, factor in given.items()
    }
    model = joined(tmp_path, units)
    nodes = model["AirLoopHVAC:ZoneSplitter"]["Air Splitter"]["nodes"]
    assert [node["outlet_node_name"] for node in nodes] == ["B Node", "A Node", "C Node"]
    listed = model["AirLoopHVAC:ControllerList"]["Air List"]
    assert listed["controller_3_object_type"] == "Fan:OnOff"
    assert listed["controller_3_name"] == "C Fan:OnOff"
    assert model["NodeList"]["Air Nodes"]["nodes"][-1] == {"node_name": "One"}


def test_an_object_whose_list_is_empty_is_not_made_nor_referred_to(tmp_path: Path) -> None:
    model = joined(tmp_path, {"A": {"zone_name": "A", "dedicated_outdoor_air_system_name": "Air"}})
    assert "AirLoopHVAC:ZoneMixer" not in model
    assert "availability_manager_list_name" not in model["AirLoopHVAC"]["Air Loop"]
    unit = {"zone_name": "A", "dedicated_outdoor_air_system_name": "Air", "supply_fan_placement": "BlowThrough"}
    assert joined(tmp_path, {"A": unit})["AirLoopHVAC"]["Air Loop"]["availability_manager_list_name"] == "Air Mixer"


def test_one_node_stays_a_node(tmp_path: Path) -> None:
    model = joined(tmp_path, {"A": {"zone_name": "A"}})
    assert model["AirLoopHVAC"]["Air Loop"]["demand_side_inlet_node_names"] == "One"
    assert "NodeList" not in model


WATER = f"""
OptionTree:
  {ZONE}:
    Name: '{{zone_name}}'
    BaseObjects:
      - Coil:Heating:Water:
          Fields: {{name: '{{}} Coil', water_inlet_node_name: '{{}} W In', water_outlet_node_name: '{{}} W Out'}}
          Connectors: {{HotWater: {{Side: Demand, Inlet: water_inlet_node_name, Outlet: water_outlet_node_name}}}}
  {BOILER}:
    BaseObjects:
      - Boiler:HotWater:
          Fields: {{name: '{{}}', boiler_water_inlet_node_name: '{{}} In', boiler_water_outlet_node_name: '{{}} Out'}}
          Connectors:
            HotWater:
              Side: Supply
              Inlet: boiler_water_inlet_node_name
              Outlet: boiler_water_outlet_node_name
              Branch: '{{}} Way'
      - Pump:ConstantSpeed:
          Fields: {{name: '{{}} Pump', inlet_node_name: '{{}} Begin', outlet_node_name: '{{}} In'}}
          Connectors:
            HotWater: {{Side: SupplyPump, Inlet: inlet_node_name, Outlet: outlet_node_name, Branch: '{{}} Way'}}
  {LOOP}:
    Loops: {{HotWater: HW}}
    BaseObjects:
      - {{Use: Pipe, With: {{side: SupplyInlet}}}}
      - {{Use: Pipe, With: {{side: SupplyOutlet}}}}
      - {{Use: Pipe, With: {{side: DemandInlet}}}}
      - {{Use: Pipe, With: {{side: DemandOutlet}}}}
      - {{Use: Pipe, With: {{side: DemandBypass}}}}
Parts:
  Pipe:
    Objects:
      - Pipe:Adiabatic:
          Fields: {{name: <side>, inlet_node_name: <side> a, outlet_node_name: <side> b}}
          Connectors:
            HotWater: {{Side: <side>, Inlet: inlet_node_name, Outlet: outlet_node_name, Branch: <side> Branch}}
"""


def test_a_loop_is_made_of_the_branches_that_joined_it(tmp_path: Path) -> None:
    zones = {name: {"zone_name": name} for name in "AB"}
    model = made(tmp_path, WATER, {ZONE: zones, BOILER: {"Boiler": {}}, LOOP: {"Hot": {}}})
    branches = {name: [item["branch_name"] for item in one["branches"]] for name, one in model["BranchList"].items()}
    assert branches == {
        "Hot HW Demand Side Branches": [
            "DemandInlet Branch",
            "A Coil HW Branch",
            "B Coil HW Branch",
            "DemandBypass Branch",
            "DemandOutlet Branch",
        ],
        "Hot HW Supply Side Branches": ["SupplyInlet Branch", "Boiler Way", "SupplyOutlet Branch"],
    }
    on_way = [
        (item["component_name"], item["component_inlet_node_name"])
        for item in model["Branch"]["Boiler Way"]["components"]
    ]
    assert on_way == [("Boiler Pump", "Boiler Begin"), ("Boiler", "Boiler In")]
    splitter = model["Connector:Splitter"]["Hot HW Demand Splitter"]
    assert splitter["inlet_branch_name"] == "DemandInlet Branch"
    assert [item["outlet_branch_name"] for item in splitter["branches"]] == branches["Hot HW Demand Side Branches"][
        1:-1
    ]
    assert model["Connector:Mixer"]["Hot HW Supply Mixer"]["outlet_branch_name"] == "SupplyOutlet Branch"
    assert set(model["ConnectorList"]) == {"Hot HW Demand Side Connectors", "Hot HW Supply Side Connectors"}


@pytest.mark.parametrize(
    ("model", "template", "words"),
    [
        ({BOILER: {"B": {}}, LOOP: {"Hot": {}}}, LOOP, "nothing uses it"),
        ({ZONE: {"A": {"zone_name": "A"}}, LOOP: {"Hot": {}}}, LOOP, "nothing serves it"),
        ({ZONE: {"A": {"zone_name": "A"}}}, ZONE, "needs a HotWater loop"),
    ],
)
def test_a_loop_that_cannot_run_is_refused(tmp_path: Path, model: Templates, template: str, words: str) -> None:
    (message,) = result_of(tmp_path, WATER, model).errors
    assert message.template == template
    assert words in message.text
