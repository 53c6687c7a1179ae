"""What the shipped tree makes of small models, as a person would look at it."""

from __future__ import annotations

import pytest

from hvac_templates.expand import expand
from tests.hvac_templates.boxes import Model, boxes, ideal_loads, packaged_units, variable_air_volume

ZONES = ["North", "South"]
PTAC = "HVACTemplate:Zone:PTAC"


def expanded(model: Model) -> Model:
    result = expand(model)
    assert result.model is not None, result.messages
    return result.model


def unit(**fields: object) -> Model:
    """One zone with a packaged unit."""
    model = boxes(["Room"], packaged_units(["Room"]))
    model[PTAC]["Template 1"] |= fields
    return expanded(model)


def test_ideal_loads_are_the_zones_equipment() -> None:
    model = expanded(boxes(ZONES, ideal_loads(ZONES)))
    (equipment,) = model["ZoneHVAC:EquipmentList"]["North Equipment"]["equipment"]
    assert equipment["zone_equipment_name"] == "North Ideal Loads Air System"
    connections = model["ZoneHVAC:EquipmentConnections"]["North Connections"]
    assert connections["zone_air_inlet_node_or_nodelist_name"] == "North Ideal Loads Supply Inlet"
    assert not any(kind.startswith("HVACTemplate") for kind in model)


@pytest.mark.parametrize(
    ("fields", "sized"),
    [
        ({}, []),
        ({"heating_limit": "LimitFlowRate", "maximum_heating_air_flow_rate": 0.2}, []),
        ({"cooling_limit": "LimitCapacity", "maximum_total_cooling_capacity": "autosize"}, ZONES),
        ({"outdoor_air_method": "Flow/Person"}, ZONES),
    ],
)
def test_ideal_loads_are_sized_in_every_zone_or_in_none(fields: dict[str, object], sized: list[str]) -> None:
    model = boxes(ZONES, ideal_loads(ZONES))
    model["HVACTemplate:Zone:IdealLoadsAirSystem"]["Template 2"] |= fields
    zones = [one["zone_or_zonelist_name"] for one in expanded(model).get("Sizing:Zone", {}).values()]
    assert zones == sized


@pytest.mark.parametrize(
    ("gone", "control", "schedule"),
    [
        ("", "ThermostatSetpoint:DualSetpoint", 4),
        ("constant_cooling_setpoint", "ThermostatSetpoint:SingleHeating", 1),
        ("constant_heating_setpoint", "ThermostatSetpoint:SingleCooling", 2),
    ],
)
def test_a_thermostat_controls_what_it_has_setpoints_for(gone: str, control: str, schedule: int) -> None:
    model = boxes(["Room"], ideal_loads(["Room"]))
    model["HVACTemplate:Thermostat"]["Office"].pop(gone, None)
    result = expanded(model)
    thermostat = result["ZoneControl:Thermostat"]["Room Thermostat"]
    assert thermostat["control_1_object_type"] == control
    assert thermostat["control_1_name"] in result[control]
    assert thermostat["control_type_schedule_name"] == f"HVACTemplate-Always {schedule}"


def test_the_fan_stands_where_it_is_placed() -> None:
    draws, blows = (unit(supply_fan_placement=place) for place in ("DrawThrough", "BlowThrough"))
    coil, fan = "Room PTAC Heating Coil", "Room PTAC Supply Fan"
    assert draws["Fan:OnOff"][fan]["air_inlet_node_name"] == f"{coil} Outlet"
    assert draws["Fan:OnOff"][fan]["air_outlet_node_name"] == "Room PTAC Supply Inlet"
    assert blows["Fan:OnOff"][fan]["air_inlet_node_name"] == "Room PTAC Mixed Air Outlet"
    assert blows["Coil:Heating:Electric"][coil]["air_outlet_node_name"] == "Room PTAC Supply Inlet"


def test_zero_is_a_value_and_a_default_fills_a_blank() -> None:
    assert unit(supply_fan_delta_pressure=0)["Fan:OnOff"]["Room PTAC Supply Fan"]["pressure_rise"] == 0
    assert unit()["Fan:OnOff"]["Room PTAC Supply Fan"]["pressure_rise"] == 75


def test_the_coil_is_what_was_chosen_and_its_parent_knows() -> None:
    model = unit(heating_coil_type="gas", gas_heating_coil_efficiency=0.7)
    assert model["Coil:Heating:Fuel"]["Room PTAC Heating Coil"]["burner_efficiency"] == 0.7
    parent = model["ZoneHVAC:PackagedTerminalAirConditioner"]["Room PTAC"]
    assert parent["heating_coil_object_type"] == "Coil:Heating:Fuel"
    assert "Coil:Heating:Electric" not in model


def test_a_named_specification_is_used_instead_of_one_of_ours() -> None:
    model = boxes(["Room"], packaged_units(["Room"]))
    model["DesignSpecification:OutdoorAir"] = {"Mine": {"outdoor_air_flow_per_person": 0.01}}
    chosen = {"outdoor_air_method": "DetailedSpecification", "design_specification_outdoor_air_object_name": "Mine"}
    model[PTAC]["Template 1"] |= chosen
    result = expanded(model)
    assert result["Sizing:Zone"]["Room Sizing"]["design_specification_outdoor_air_object_name"] == "Mine"
    assert list(result["DesignSpecification:OutdoorAir"]) == ["Mine"]


def test_a_baseboard_is_the_last_of_the_equipment() -> None:
    names = [
        item["zone_equipment_name"]
        for item in unit(baseboard_heating_type="Electric")["ZoneHVAC:EquipmentList"]["Room Equipment"]["equipment"]
    ]
    assert names == ["Room PTAC", "Room Baseboard Heat"]


def test_the_condenser_loop_is_there_for_chillers_that_need_one() -> None:
    templates = variable_air_volume(ZONES)
    model = expanded(boxes(ZONES, templates))
    demand = model["BranchList"]["Cold CndW Demand Side Branches"]["branches"]
    assert {"branch_name": "Chiller CndW Branch"} in demand
    templates["HVACTemplate:Plant:Chiller"]["Chiller"]["condenser_type"] = "AirCooled"
    del templates["HVACTemplate:Plant:Tower"]
    assert "CondenserLoop" not in expanded(boxes(ZONES, templates))


def test_an_air_system_reaches_its_zones_and_back() -> None:
    model = expanded(boxes(ZONES, variable_air_volume(ZONES)))
    nodes = model["AirLoopHVAC:ZoneSplitter"]["Air Zone Splitter"]["nodes"]
    assert [node["outlet_node_name"] for node in nodes] == [f"{zone} Zone Equip Inlet" for zone in ZONES]
    mixed = model["AirLoopHVAC:ZoneMixer"]["Air Zone Mixer"]["nodes"]
    assert [node["inlet_node_name"] for node in mixed] == [f"{zone} Return Outlet" for zone in ZONES]
    on_branch = [item["component_name"] for item in model["Branch"]["Air Main Branch"]["components"]]
    assert on_branch == ["Air OA System", "Air Cooling Coil", "Air Heating Coil", "Air Supply Fan"]


@pytest.mark.parametrize("written", [str, int])
def test_equipment_comes_in_the_order_of_its_priority(written: type) -> None:
    templates = variable_air_volume(ZONES)
    boiler = templates["HVACTemplate:Plant:Boiler"]["Boiler"]
    templates["HVACTemplate:Plant:Boiler"] = {
        name: boiler | ({"priority": written(number)} if number else {})
        for name, number in (("Last", 0), ("Second", 10), ("First", 9))
    }
    model = expanded(boxes(ZONES, templates))
    listed = model["PlantEquipmentList"]["Hot All Equipment"]["equipment"]
    assert [item["equipment_name"] for item in listed] == ["First", "Second", "Last"]


def test_equipment_that_the_model_has_is_connected_where_it_stands() -> None:
    templates = variable_air_volume(ZONES)
    del templates["HVACTemplate:Plant:Boiler"]
    named = {"boiler_object_type": "Boiler:HotWater", "boiler_name": "MY BOILER"}
    templates["HVACTemplate:Plant:Boiler:ObjectReference"] = {"Reference": named}
    model = boxes(ZONES, templates)
    mine = {"boiler_water_inlet_node_name": "Here", "boiler_water_outlet_node_name": "There", "fuel_type": "NaturalGas"}
    model["Boiler:HotWater"] = {"My Boiler": mine | {"nominal_thermal_efficiency": 0.8}}
    result = expanded(model)
    (component,) = result["Branch"]["My Boiler HW Branch"]["components"]
    assert (component["component_name"], component["component_outlet_node_name"]) == ("My Boiler", "There")
    assert result["Boiler:HotWater"] == model["Boiler:HotWater"]
    assert {"node_name": "There"} in result["NodeList"]["Hot HW Supply Setpoint Nodes"]["nodes"]
    del model["Boiler:HotWater"]
    assert [message.field for message in expand(model).errors] == ["boiler_name"]


def test_autosize_is_spelled_as_the_object_wants_it() -> None:
    templates = variable_air_volume(ZONES)
    templates["HVACTemplate:Zone:VAV"]["Template 1"]["maximum_flow_fraction_during_reheat"] = "Autocalculate"
    templates["HVACTemplate:Plant:Tower"]["Tower"]["low_speed_fan_power"] = "Autosize"
    templates["HVACTemplate:Plant:Tower"]["Tower"]["tower_type"] = "TwoSpeed"
    model = expanded(boxes(ZONES, templates))
    terminal = model["AirTerminal:SingleDuct:VAV:Reheat"]["North VAV Reheat"]
    tower = model["CoolingTower:TwoSpeed"]["Tower"]
    assert terminal["maximum_flow_fraction_during_reheat"] == "Autosize"
    assert tower["low_fan_speed_fan_power"] == "Autocalculate"


def test_the_bypass_stands_in_the_mixer_where_the_engine_is_given_it_by_expandobjects() -> None:
    model = expanded(boxes(ZONES, variable_air_volume(ZONES)))
    mixers = {
        name: [branch["inlet_branch_name"] for branch in one["branches"]]
        for name, one in model["Connector:Mixer"].items()
    }
    first = {name for name, branches in mixers.items() if branches[0].endswith("Bypass Branch")}
    last = {name for name, branches in mixers.items() if branches[-1].endswith("Bypass Branch")}
    assert last == {"Hot HW Supply Mixer"}
    assert first == set(mixers) - last
    listed = [branch["branch_name"] for branch in model["BranchList"]["Hot HW Demand Side Branches"]["branches"]]
    assert listed[-2] == "Hot HW Demand Bypass Branch"


def test_a_condenser_loop_that_is_not_there_needs_no_operation_schemes() -> None:
    templates = variable_air_volume(ZONES)
    templates["HVACTemplate:Plant:ChilledWaterLoop"]["Cold"]["condenser_plant_operation_scheme_type"] = "UserDefined"
    fields = {message.field for message in expand(boxes(ZONES, templates)).errors}
    assert fields == {"condenser_equipment_operation_schemes_name"}
    templates["HVACTemplate:Plant:Chiller"]["Chiller"]["condenser_type"] = "AirCooled"
    del templates["HVACTemplate:Plant:Tower"]
    assert expand(boxes(ZONES, templates)).model is not None
