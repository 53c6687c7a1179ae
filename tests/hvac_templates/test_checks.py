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
    air["ZoneList"] = {"Rooms": {"zones": [{"zone_name": "SOUTH"}]}}
    air["ZoneControl:Thermostat"] = {
        "One": {"zone_or_zonelist_name": "north", **control},
        "Two": {"zone_or_zonelist_name": "ROOMS", **control},
    }
    assert [str(message) for message in expand(air).messages] == []


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
    model["Schedule:Compact"]["HVACTemplate-Always4"] = mine
    expanded = expand(model).model
    assert expanded is not None
    assert expanded["Schedule:Compact"]["HVACTemplate-Always4"] == mine


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
    model["Schedule:Constant"] = {"HVACTEMPLATE-ALWAYS4": {"schedule_type_limits_name": "Any", "hourly_value": 4}}
    expanded = expand(model).model
    assert expanded is not None
    assert "HVACTemplate-Always4" not in expanded["Schedule:Compact"]


def test_a_template_that_is_in_no_tree_is_refused() -> None:
    from hvac_templates.tree import Tree

    model = boxes(ZONES, ideal_loads(ZONES))
    result = expand(model, tree=Tree({"OptionTree": {}, "Parts": {}}))
    assert result.model is None
    assert {message.template for message in result.errors} == {kind for kind in model if kind.startswith("HVACT")}
