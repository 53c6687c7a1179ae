"""Models that cannot run are refused by name, everything at once."""

from __future__ import annotations

from copy import deepcopy

import pytest

from hvac_templates.expand import expand
from hvac_templates.messages import Message
from tests.hvac_templates.boxes import Model, boxes, ideal_loads, packaged_units, variable_air_volume

ZONES = ["North", "South"]
ZONE, SYSTEM = "HVACTemplate:Zone:VAV", "HVACTemplate:System:VAV"


@pytest.fixture
def air() -> Model:
    return boxes(ZONES, variable_air_volume(ZONES))


def refusals(model: Model) -> list[Message]:
    before = deepcopy(model)
    result = expand(model)
    assert result.model is None
    assert model == before
    return [message for message in result.messages if message.severity == "error"]


def test_a_model_that_can_run_is_not_refused(air: Model) -> None:
    result = expand(air)
    assert result.model is not None
    assert [str(message) for message in result.messages] == []


def test_everything_that_is_wrong_is_said_at_once(air: Model) -> None:
    air[ZONE]["Template 1"]["template_vav_system_name"] = "Nowhere"
    air[ZONE]["Template 2"]["template_thermostat_name"] = "Nothing"
    places = {(message.template, message.name, message.field) for message in refusals(air)}
    assert {
        (ZONE, "Template 1", "template_vav_system_name"),
        (ZONE, "Template 2", "template_thermostat_name"),
    } <= places


def test_a_system_without_zones_is_refused(air: Model) -> None:
    air[SYSTEM]["Lonely"] = {}
    (message,) = refusals(air)
    assert (message.name, message.text.split(":")[0]) == ("Lonely", "serves no zone")


def test_a_zone_has_one_template(air: Model) -> None:
    air.update(packaged_units(["SOUTH"]) | {"Zone": air["Zone"]})
    texts = [message.text for message in refusals(air) if message.field == "zone_name"]
    assert texts == [f'{ZONE} "Template 2" has this zone too'] or texts == [
        'HVACTemplate:Zone:PTAC "Template 1" has this zone too'
    ]


def test_a_second_loop_of_a_kind_is_refused(air: Model) -> None:
    air["HVACTemplate:Plant:HotWaterLoop"]["Warm"] = {}
    refusals(air)
    texts = [message.text for message in expand(air, validate=False).errors if message.name == "Warm"]
    assert any("second loop" in text for text in texts)


def test_the_loops_of_one_kind_are_named_so_that_one_can_be_kept(air: Model) -> None:
    air["HVACTemplate:Plant:HotWaterLoop"]["Warm"] = {}
    (message,) = refusals(air)
    assert message.text == 'a model has one only, not 2: keep one of "Hot", "Warm"'


def test_two_systems_of_one_name_are_refused(air: Model) -> None:
    air["HVACTemplate:System:PackagedVAV"] = {"AIR": {}}
    assert ("HVACTemplate:System:PackagedVAV", "AIR", "name") in {
        (message.template, message.name, message.field) for message in refusals(air)
    }


def test_a_zone_without_a_thermostat_is_warned_of(air: Model) -> None:
    for unit in air[ZONE].values():
        del unit["template_thermostat_name"]
    warned = [message.name for message in expand(air).messages if message.severity == "warning"]
    assert warned == ["Template 1", "Template 2"]
    control = {"control_type_schedule_name": "Always", "control_1_name": "a"}
    control["control_1_object_type"] = "ThermostatSetpoint:DualSetpoint"
    air["ThermostatSetpoint:DualSetpoint"] = {"a": {}}
    air["ZoneList"] = {"Rooms": {"zones": [{"zone_name": "SOUTH"}]}}
    air["ZoneControl:Thermostat"] = {
        "One": {"zone_or_zonelist_name": "north", **control},
        "Two": {"zone_or_zonelist_name": "ROOMS", **control},
    }
    assert [str(message) for message in expand(air).messages] == []


@pytest.mark.parametrize("called", ["Mine", "South Thermostat"])
def test_a_zone_that_has_a_thermostat_gets_no_second_one(air: Model, called: str) -> None:
    air["ThermostatSetpoint:DualSetpoint"] = {"a": {}}
    air["ZoneList"] = {"Rooms": {"zones": [{"zone_name": "SOUTH"}]}}
    control = {"control_type_schedule_name": "Always", "control_1_object_type": "ThermostatSetpoint:DualSetpoint"}
    air["ZoneControl:Thermostat"] = {called: {"zone_or_zonelist_name": "rooms", "control_1_name": "a", **control}}
    (message,) = refusals(air)
    assert (message.name, message.field) == ("Template 2", "template_thermostat_name")
    assert message.text.startswith(f'ZoneControl:Thermostat "{called}" has the zone "South" already')


def test_a_zone_that_has_a_humidistat_gets_no_second_one() -> None:
    model = boxes(ZONES, ideal_loads(ZONES))
    model["HVACTemplate:Zone:IdealLoadsAirSystem"]["Template 1"]["dehumidification_control_type"] = "Humidistat"
    schedule = {"humidifying_relative_humidity_setpoint_schedule_name": "Always"}
    model["ZoneControl:Humidistat"] = {"Mine": {"zone_name": "north", **schedule}}
    (message,) = refusals(model)
    assert message.text.startswith('ZoneControl:Humidistat "Mine" has the zone "North" already')


@pytest.mark.parametrize("plenum", ["return_plenum_name", "supply_plenum_name"])
def test_a_plenum_of_two_systems_is_refused(air: Model, plenum: str) -> None:
    air["Zone"]["Loft"] = {}
    air["HVACTemplate:System:VAV"]["Air"][plenum] = "Loft"
    air["HVACTemplate:System:VAV"]["More"] = dict(air["HVACTemplate:System:VAV"]["Air"])
    air[ZONE]["Template 2"]["template_vav_system_name"] = "More"
    (message,) = refusals(air)
    assert (message.name, message.field) == ("More", plenum)
    assert message.text.startswith('HVACTemplate:System:VAV "Air" has the zone "Loft" already')


def test_two_references_to_one_object_are_refused(air: Model) -> None:
    air["Boiler:HotWater"] = {"Old": {"fuel_type": "NaturalGas", "nominal_thermal_efficiency": 0.8}}
    air["Boiler:HotWater"]["Old"] |= {"boiler_water_inlet_node_name": "a", "boiler_water_outlet_node_name": "b"}
    named = {"boiler_object_type": "Boiler:HotWater", "boiler_name": "Old"}
    air["HVACTemplate:Plant:Boiler:ObjectReference"] = {"One": named, "Two": {**named, "boiler_name": "OLD"}}
    (message,) = refusals(air)
    assert (message.name, message.field) == ("Two", "boiler_name")
    assert message.text == 'HVACTemplate:Plant:Boiler:ObjectReference "One" names this one too'


def test_a_thermostat_without_setpoints_is_named_once(air: Model) -> None:
    air["HVACTemplate:Thermostat"]["Office"] = {}
    (message,) = refusals(air)
    assert (message.template, message.name) == ("HVACTemplate:Thermostat", "Office")
    assert message.text.startswith("has no setpoint")


@pytest.mark.parametrize(("kind", "loop"), [("Boiler", "hot"), ("Tower", "chilled")])
def test_a_loop_that_was_chosen_for_a_blank_is_said(air: Model, kind: str, loop: str) -> None:
    plant = "HVACTemplate:Plant:"
    air[f"{plant}MixedWaterLoop"] = {"Ring": {}}
    for one in ("Boiler", "Tower"):
        (fields,) = air[plant + one].values()
        air[plant + one]["Second"] = {**fields, "template_plant_loop_type": "MixedWater"}
        if one != kind:
            fields["template_plant_loop_type"] = {"Boiler": "HotWater", "Tower": "ChilledWater"}[one]
    zone = air[ZONE].pop("Template 2")["zone_name"]
    air["HVACTemplate:Zone:WaterToAirHeatPump"] = {"Pump": {"zone_name": zone, "template_thermostat_name": "Office"}}
    (message,) = expand(air).messages
    assert (message.severity, message.name, message.field) == ("warning", kind, "template_plant_loop_type")
    assert message.text.endswith(f"left blank, it serves the {loop} water loop")


def test_a_template_without_a_name_of_its_own_is_called_by_its_zone(air: Model) -> None:
    named = {f"{ZONE} {number}": fields for number, fields in enumerate(air[ZONE].values(), start=1)}
    air[ZONE] = {name: {**fields, "reheat_coil_type": "Gaz"} for name, fields in named.items()}
    del air[ZONE][f"{ZONE} 2"]["zone_name"]
    assert [(one.name, one.field) for one in refusals(air)] == [
        ("North", "reheat_coil_type"),
        ("no. 2", "zone_name"),
        ("no. 2", "reheat_coil_type"),
    ]


def test_a_zone_template_without_a_zone_is_refused_even_unchecked(air: Model) -> None:
    del air[ZONE]["Template 1"]["zone_name"]
    (message,) = expand(air, validate=False).errors
    assert (message.name, message.field) == ("Template 1", "zone_name")


@pytest.mark.parametrize(
    ("missing", "template"),
    [
        ("HVACTemplate:Plant:Boiler", "HVACTemplate:Plant:HotWaterLoop"),
        ("HVACTemplate:Plant:Chiller", "HVACTemplate:Plant:ChilledWaterLoop"),
        ("HVACTemplate:Plant:Tower", "HVACTemplate:Plant:ChilledWaterLoop"),
        ("HVACTemplate:Plant:ChilledWaterLoop", SYSTEM),
        ("HVACTemplate:Plant:HotWaterLoop", ZONE),
    ],
)
def test_a_loop_that_lacks_a_part_is_refused(air: Model, missing: str, template: str) -> None:
    del air[missing]
    found = refusals(air)
    assert template in {message.template for message in found}
    assert all(f"; add {missing}" in message.text for message in found)
    assert len(set(found)) == len(found)


def test_a_loop_that_nobody_uses_is_refused(air: Model) -> None:
    for unit in air[ZONE].values():
        unit["reheat_coil_type"] = "None"
    air[SYSTEM]["Air"]["heating_coil_type"] = "None"
    (message,) = refusals(air)
    assert message.text.endswith("; take it out, or choose its water in a template")


def test_a_loop_of_an_unknown_make_is_refused_even_unchecked(air: Model) -> None:
    air["HVACTemplate:Plant:ChilledWaterLoop"]["Cold"]["chilled_water_pump_configuration"] = "Magic"
    (message,) = expand(air, validate=False).errors
    assert message.template == "HVACTemplate:Plant:ChilledWaterLoop"
    assert "look at its pump fields" in message.text


def test_a_control_zone_that_is_not_there_is_refused(air: Model) -> None:
    air[SYSTEM]["Air"] |= {"humidifier_type": "ElectricSteam", "night_cycle_control": "CycleOnControlZone"}
    fields = {message.field for message in refusals(air)}
    assert fields == {"humidifier_control_zone_name", "night_cycle_control_zone_name"}
    air[SYSTEM]["Air"] |= dict.fromkeys(fields, "NORTH")
    assert expand(air).model is not None


def test_limits_of_ideal_loads_need_their_values() -> None:
    model = boxes(ZONES, ideal_loads(ZONES))
    unit = model["HVACTemplate:Zone:IdealLoadsAirSystem"]["Template 1"]
    unit |= {"cooling_limit": "LimitFlowRateAndCapacity", "maximum_cooling_air_flow_rate": 0.0}
    (message,) = refusals(model)
    assert message.field == "maximum_total_cooling_capacity"
    unit["maximum_total_cooling_capacity"] = "Autosize"
    assert expand(model).model is not None


def test_heating_with_air_colder_than_cooling_is_refused() -> None:
    model = boxes(ZONES, packaged_units(ZONES))
    model["HVACTemplate:Zone:PTAC"]["Template 2"]["zone_heating_design_supply_air_temperature"] = 0
    (message,) = refusals(model)
    assert (message.name, message.field) == ("Template 2", "zone_heating_design_supply_air_temperature")


def test_a_name_that_the_model_uses_already_is_refused() -> None:
    model = boxes(ZONES, ideal_loads(ZONES))
    model["NodeList"] = {"Mine": {"nodes": [{"node_name": "a"}]}}
    model["ZoneHVAC:EquipmentList"] = {"north equipment": {"load_distribution_scheme": "SequentialLoad"}}
    (message,) = refusals(model)
    assert (message.template, message.name) == ("ZoneHVAC:EquipmentList", "North Equipment")
    assert "rename" in message.text


def test_a_schedule_of_a_constant_that_is_there_is_used() -> None:
    model = boxes(ZONES, ideal_loads(ZONES))
    mine = {"schedule_type_limits_name": "Any", "data": [{"field": "Through: 12/31"}, {"field": "For: AllDays"}]}
    model["Schedule:Compact"]["HVACTemplate-Always 4"] = mine
    expanded = expand(model).model
    assert expanded is not None
    assert expanded["Schedule:Compact"]["HVACTemplate-Always 4"] == mine


@pytest.mark.parametrize("number", [" 4", "4", " 18.0", " 2.05e1"])
def test_a_schedule_of_a_number_that_only_the_model_itself_names_is_made(number: str) -> None:
    model = boxes(ZONES, ideal_loads(ZONES))
    model["AvailabilityManager:Scheduled"] = {"Mine": {"schedule_name": f"HVACTemplate-Always{number}"}}
    expanded = expand(model).model
    assert expanded is not None
    assert expanded["Schedule:Compact"][f"HVACTemplate-Always{number}"]["data"][-1]["field"] == float(number)


@pytest.mark.parametrize(
    ("name", "severity"),
    [
        ("HVACTemplate-Always on", "error"),
        ("North Availability", "warning"),
        ("By Day", ""),
        ("HVACTemplate-Always 1", ""),
    ],
)
def test_what_the_model_itself_refers_to_and_nobody_makes_is_reported(name: str, severity: str) -> None:
    model = boxes(ZONES, ideal_loads(ZONES))
    model["AvailabilityManager:Scheduled"] = {"Mine": {"schedule_name": name}}
    text = f'AvailabilityManager:Scheduled "Mine" schedule_name: there is no schedule named "{name}" in the model'
    assert [str(one) for one in expand(model).messages] == ([f"{severity}: {text}"] if severity else [])


def test_what_the_model_itself_refers_to_may_be_what_the_templates_make() -> None:
    model = boxes(ZONES, ideal_loads(ZONES))
    model["ZoneList"] = {"Rooms": {"zones": [{"zone_name": "North"}, {"zone_name": "Loft"}]}}
    model["FaultModel:ThermostatOffset"] = {
        name: {"thermostat_name": name, "reference_thermostat_offset": 1}
        for name in ("North Thermostat", "Loft Thermostat")
    }
    said = [one.line for one in expand(model).messages]
    assert [line.partition(": there is no ")[0] for line in said] == [
        'ZoneList "Rooms" zones[2].zone_name',
        'FaultModel:ThermostatOffset "Loft Thermostat" thermostat_name',
    ]


def test_the_limits_of_the_schedules_that_are_made_are_in_the_model_too() -> None:
    result = expand(boxes(ZONES, ideal_loads(ZONES))).model
    assert result is not None
    made = {name: fields for name, fields in result["Schedule:Compact"].items() if name.startswith("HVACTemplate-")}
    limits = {fields["schedule_type_limits_name"] for fields in made.values()}
    assert made
    assert limits <= result["ScheduleTypeLimits"].keys() - {"Any"}


def test_limits_of_the_same_name_that_the_model_has_are_left_as_they_are() -> None:
    name = "HVACTemplate Any Number"
    model = boxes(ZONES, ideal_loads(ZONES))
    mine = model["ScheduleTypeLimits"][name] = {"numeric_type": "Continuous"}
    result = expand(model)
    assert result.model is not None, result.messages
    assert result.model["ScheduleTypeLimits"][name] == mine


def test_a_schedule_of_another_type_is_used_too() -> None:
    model = boxes(ZONES, ideal_loads(ZONES))
    model["Schedule:Constant"] = {"HVACTEMPLATE-ALWAYS 4": {"schedule_type_limits_name": "Any", "hourly_value": 4}}
    expanded = expand(model).model
    assert expanded is not None
    assert "HVACTemplate-Always 4" not in expanded["Schedule:Compact"]


def test_a_template_that_is_in_no_tree_is_refused() -> None:
    from hvac_templates.tree import Tree

    model = boxes(ZONES, ideal_loads(ZONES))
    result = expand(model, tree=Tree({"OptionTree": {}, "Parts": {}}))
    assert result.model is None
    assert {message.template for message in result.errors} == {kind for kind in model if kind.startswith("HVACT")}
