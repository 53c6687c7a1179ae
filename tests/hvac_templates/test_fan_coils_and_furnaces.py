"""Fan coils, dedicated outdoor air and furnaces on small models of our own: what is built and refused, that it runs."""

from __future__ import annotations

from typing import Any

import pytest

from hvac_templates.expand import expand
from hvac_templates.judge.schema import Schema
from hvac_templates.judge.validation import check_output
from tests.hvac_templates.boxes import Model
from tests.hvac_templates.families import changed, expanded, model_of, refusal

FAN_COIL = "HVACTemplate:Zone:FanCoil"
OUTDOOR_AIR = "HVACTemplate:System:DedicatedOutdoorAir"
FURNACE = "HVACTemplate:System:Unitary"
DX_COILS = ("TwoSpeedDX", "TwoStageDX", "TwoStageHumidityControlDX")


def outdoor_air(**fields: object) -> Model:
    return changed("dedicated_outdoor_air", OUTDOOR_AIR, "Fresh", **fields)


def furnace(**fields: object) -> Model:
    return changed("furnaces", FURNACE, "Ground", **fields)


def warnings(model: Model) -> list[tuple[str, str]]:
    """What an expansion that succeeds warns of: template's name and field."""
    result = expand(model)
    assert result.model is not None, [str(message) for message in result.messages]
    return [(message.name, message.field) for message in result.messages if message.severity == "warning"]


def stream(model: Model, branch: str) -> list[str]:
    """The types of what the air passes on a branch, in order."""
    return [entry["component_object_type"] for entry in model["Branch"][branch]["components"]]


def test_a_fan_of_several_speeds_says_its_power_at_each() -> None:
    fan = expanded(model_of("fan_coils"))["Fan:SystemModel"]["Ward A Supply Fan"]
    powers = [speed["speed_electric_power_fraction"] for speed in fan["speed_fractions"]]
    assert fan["number_of_speeds"] == len(powers) == 3
    assert powers == sorted(powers)
    assert powers[0] == pytest.approx(0.119797, abs=1e-6)
    assert powers[-1] == 1


def test_a_fan_that_varies_without_steps_has_a_power_curve_and_a_plain_one_has_none() -> None:
    model = expanded(model_of("fan_coils"))
    curve = "electric_power_function_of_flow_fraction_curve_name"
    assert model["Fan:SystemModel"]["Ward B Supply Fan"][curve] in model["Curve:Cubic"]
    assert curve not in model["Fan:SystemModel"]["Dispensary Supply Fan"]


def test_the_air_passes_the_heat_exchanger_before_and_after_the_coil() -> None:
    model = expanded(model_of("fan_coils"))
    exchanger = model["HeatExchanger:AirToAir:SensibleAndLatent"]["Dispensary Cooling Coil Heat Exchanger"]
    coil = model["Coil:Cooling:Water"]["Dispensary Cooling Coil"]
    assert exchanger["supply_air_outlet_node_name"] == coil["air_inlet_node_name"]
    assert exchanger["exhaust_air_inlet_node_name"] == coil["air_outlet_node_name"]
    unit = model["ZoneHVAC:FourPipeFanCoil"]["Dispensary Fan Coil"]
    assert unit["cooling_coil_object_type"] == "CoilSystem:Cooling:Water:HeatExchangerAssisted"
    assert unit["cooling_coil_name"] in model[unit["cooling_coil_object_type"]]


@pytest.mark.parametrize(("said", "built"), [(None, "CyclingFan"), ("MultiSpeedFan", "MultiSpeedFan")])
def test_beside_outdoor_air_of_its_own_a_fan_coil_takes_none_and_cycles_unless_told_otherwise(
    said: str | None, built: str
) -> None:
    model = changed(
        "fan_coils", FAN_COIL, "Unit A", dedicated_outdoor_air_system_name="Air", capacity_control_method=said
    )
    model[OUTDOOR_AIR] = {"Air": {}}
    unit = expanded(model)["ZoneHVAC:FourPipeFanCoil"]["Ward A Fan Coil"]
    assert (unit["maximum_outdoor_air_flow_rate"], unit["capacity_control_method"]) == (0, built)


def test_a_fan_coil_without_fan_pressure_is_refused_by_the_name_of_its_field() -> None:
    field, text = refusal(changed("fan_coils", FAN_COIL, "Unit A", supply_fan_delta_pressure=0))
    assert field == "supply_fan_delta_pressure"
    assert "more than 0" in text


def test_outdoor_air_for_no_zone_is_refused() -> None:
    model = model_of("dedicated_outdoor_air")
    model[OUTDOOR_AIR]["Third"] = {"heating_coil_type": "Gas", "cooling_coil_type": "TwoSpeedDX"}
    assert "serves no zone" in refusal(model)[1]


@pytest.mark.parametrize("coil", DX_COILS)
def test_a_reheat_coil_on_waste_heat_stands_behind_the_dx_coil_and_is_held_to_the_setpoint(coil: str) -> None:
    model = expanded(outdoor_air(cooling_coil_type=coil))
    types = stream(model, "Fresh Main Branch")
    assert types.index("Coil:Heating:Desuperheater") == types.index("CoilSystem:Cooling:DX") + 1
    held = [entry["node_name"] for entry in model["NodeList"]["Fresh Cooling Setpoint Nodes"]["nodes"]]
    assert held[0] == model["Coil:Heating:Desuperheater"]["Fresh Reheat Coil"]["air_outlet_node_name"]
    assert model["CoilSystem:Cooling:DX"]["Fresh DX Cooling System"]["dehumidification_control_type"] == "CoolReheat"


def test_a_dx_coil_with_a_heat_exchanger_is_one_system_from_the_exchanger_and_back_to_it() -> None:
    result = expand(outdoor_air(cooling_coil_type="HeatExchangerAssistedDX"))
    assert result.model is not None, [str(message) for message in result.messages]
    system = result.model["CoilSystem:Cooling:DX"]["Fresh DX Cooling System"]
    exchanger = result.model["HeatExchanger:AirToAir:SensibleAndLatent"]["Fresh Cooling Coil Heat Exchanger"]
    coil = result.model["Coil:Cooling:DX:SingleSpeed"]["Fresh Cooling Coil"]
    reheat = result.model["Coil:Heating:Desuperheater"]["Fresh Reheat Coil"]
    assert system["dx_cooling_coil_system_inlet_node_name"] == exchanger["supply_air_inlet_node_name"]
    assert exchanger["supply_air_outlet_node_name"] == coil["air_inlet_node_name"]
    assert exchanger["exhaust_air_inlet_node_name"] == coil["air_outlet_node_name"]
    assert system["dx_cooling_coil_system_outlet_node_name"] == exchanger["exhaust_air_outlet_node_name"]
    assert reheat["air_inlet_node_name"] == exchanger["exhaust_air_outlet_node_name"]
    assert reheat["heating_source_name"] == "Fresh Cooling Coil"


@pytest.mark.parametrize(
    ("coil", "control"), [("None", "CoolReheatDesuperheater"), ("TwoSpeedDX", "Multimode"), ("TwoStageDX", "Multimode")]
)
def test_a_control_of_humidity_that_the_coil_cannot_do_is_left_out_with_a_warning(coil: str, control: str) -> None:
    model = outdoor_air(cooling_coil_type=coil, dehumidification_control_type=control)
    assert warnings(model) == [("Fresh", "dehumidification_control_type")]
    made = expanded(model)
    assert "Coil:Heating:Desuperheater" not in made
    assert "Fresh Dehumidification Setpoint Manager" not in made["SetpointManager:Scheduled"]


def test_a_scheduled_setpoint_follows_its_schedule_and_without_one_holds_the_design_value_with_a_warning() -> None:
    manager = "Fresh Cooling Supply Air Temp Manager"
    said = outdoor_air(cooling_coil_setpoint_control_type="Scheduled", cooling_coil_setpoint_schedule_name="By Day")
    assert warnings(said) == []
    assert expanded(said)["SetpointManager:Scheduled"][manager]["schedule_name"] == "By Day"
    blank = outdoor_air(cooling_coil_setpoint_control_type="Scheduled", cooling_coil_design_setpoint=0)
    assert warnings(blank) == [("Fresh", "cooling_coil_setpoint_schedule_name")]
    assert expanded(blank)["SetpointManager:Scheduled"][manager]["schedule_name"] == "HVACTemplate-Always 0"


def test_where_nothing_cools_the_economizer_works_towards_the_heating_setpoint() -> None:
    model = expanded(outdoor_air(cooling_coil_type="None", dehumidification_control_type=None))
    economizer = model["SetpointManager:MixedAir"]["Fresh Heat Recovery Economizer Temp Manager"]
    heating = model["SetpointManager:OutdoorAirReset"]["Fresh Heating Supply Air Temp Manager"]
    assert economizer["reference_setpoint_node_name"] == heating["setpoint_node_or_nodelist_name"]


def test_heat_recovery_beside_no_heating_coil_is_warned_of_and_held_to_the_cooling_setpoint() -> None:
    model = outdoor_air(heating_coil_type="None")
    assert warnings(model) == [("Fresh", "heat_recovery_type")]
    made = expanded(model)
    recovery = made["SetpointManager:MixedAir"]["Fresh Heat Recovery Air Temp Manager"]
    cooling = made["SetpointManager:Scheduled"]["Fresh Cooling Supply Air Temp Manager"]
    assert recovery["reference_setpoint_node_name"] == cooling["setpoint_node_or_nodelist_name"]


def test_a_fixed_flow_of_outdoor_air_is_both_the_least_and_the_most() -> None:
    made = expanded(outdoor_air(supply_fan_flow_rate=0.4))
    controller = made["Controller:OutdoorAir"]["Fresh OA Controller"]
    assert (controller["minimum_outdoor_air_flow_rate"], controller["maximum_outdoor_air_flow_rate"]) == (0.4, 0.4)
    assert made["Sizing:System"]["Fresh Sizing"]["cooling_supply_air_flow_rate"] == 0.4


@pytest.mark.parametrize("control", ["CoolReheatHeatingCoil", "CoolReheatDesuperheater"])
def test_a_furnace_that_reheats_cools_first_and_one_that_does_not_heats_first(control: str) -> None:
    drying = expanded(furnace(dehumidification_control_type=control))
    plain = expanded(furnace(dehumidification_control_type=None))
    cooling, heating = (
        ("Coil:Cooling:DX:SingleSpeed", "Ground Cooling Coil"),
        ("Coil:Heating:Fuel", "Ground Heating Coil"),
    )
    assert _nodes(drying, *cooling)[1] == _nodes(drying, *heating)[0]
    assert _nodes(plain, *heating)[1] == _nodes(plain, *cooling)[0]


def _nodes(model: Model, kind: str, name: str) -> tuple[Any, Any]:
    fields = model[kind][name]
    return fields["air_inlet_node_name"], fields["air_outlet_node_name"]


def test_a_furnace_without_cooling_only_heats_and_warns_that_it_cannot_dry() -> None:
    model = furnace(cooling_coil_type="None")
    assert warnings(model) == [("Ground", "dehumidification_control_type")]
    made = expanded(model)
    assert "AirLoopHVAC:Unitary:Furnace:HeatCool" not in made
    assert set(made["AirLoopHVAC:Unitary:Furnace:HeatOnly"]) == {"Ground Furnace", "Annex Furnace"}
    assert list(made["ZoneControl:Humidistat"]) == ["Annex Humidification Humidistat"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"control_zone_or_thermostat_location_name": "Workshop"}, "control_zone_or_thermostat_location_name"),
        ({"control_zone_or_thermostat_location_name": "Attic"}, "control_zone_or_thermostat_location_name"),
        ({"humidifier_type": "ElectricSteam"}, "humidifier_control_zone_name"),
        ({"night_cycle_control": "CycleOnControlZone"}, "night_cycle_control_zone_name"),
    ],
)
def test_a_furnace_without_a_zone_that_it_needs_is_refused(fields: dict[str, str], field: str) -> None:
    assert refusal(furnace(**fields))[0] == field


def test_a_reheat_coil_of_a_type_that_the_lists_of_the_schema_forget_has_to_be_there_all_the_same() -> None:
    schema, base = Schema.shipped(), model_of("furnaces")
    made = expanded(base)
    assert check_output(made, schema, base) == []
    del made["Coil:Heating:Desuperheater"]
    (message,) = check_output(made, schema, base)
    assert message.field == "reheat_coil_name"
    assert message.text == 'there is no Coil:Heating:Desuperheater named "Ground Reheat Coil" in the model'
