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
    assert template in {message.template for message in refusals(air)}


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


def test_a_template_that_is_in_no_tree_is_refused() -> None:
    from hvac_templates.tree import Tree

    model = boxes(ZONES, ideal_loads(ZONES))
    result = expand(model, tree=Tree({"OptionTree": {}, "Parts": {}}))
    assert result.model is None
    assert {message.template for message in result.errors} == {kind for kind in model if kind.startswith("HVACT")}
