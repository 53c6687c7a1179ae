"""Variable refrigerant flow and constant volume on small models of our own: built, refused, and run."""

from __future__ import annotations

import pytest

from hvac_templates.expand import expand
from tests.hvac_templates.boxes import Model
from tests.hvac_templates.families import changed, expanded, model_of
from tests.hvac_templates.topology import problems

OUTDOOR_UNIT, TERMINAL_UNIT = "HVACTemplate:System:VRF", "HVACTemplate:Zone:VRF"
SYSTEM, ZONE = "HVACTemplate:System:ConstantVolume", "HVACTemplate:Zone:ConstantVolume"


def said(model: Model) -> list[tuple[str, str]]:
    return [(message.severity, message.field) for message in expand(model).messages]


def components(model: Model, branch: str) -> list[str]:
    return [component["component_object_type"] for component in model["Branch"][branch]["components"]]


def test_an_outdoor_unit_knows_the_terminal_units_of_its_zones() -> None:
    model = expanded(model_of("vrf"))
    lists = {
        one["zone_terminal_unit_list_name"]: [unit["zone_terminal_unit_name"] for unit in one["terminal_units"]]
        for one in model["ZoneTerminalUnitList"].values()
    }
    unit = model["AirConditioner:VariableRefrigerantFlow"]["Loop Unit VRF Heat Pump"]
    wanted = ["Kitchen VRF Terminal Unit", "Dining VRF Terminal Unit"]
    assert lists[unit["zone_terminal_unit_list_name"]] == wanted


def test_only_a_water_cooled_unit_is_on_the_loop() -> None:
    model = expanded(model_of("vrf"))
    kind = "AirConditioner:VariableRefrigerantFlow"
    assert components(model, "Loop Unit VRF Condenser Branch") == [kind]
    assert "Roof Unit VRF Condenser Branch" not in model["Branch"]
    assert "Roof Unit Condenser Inlet Node" in model["OutdoorAir:Node"]
    heating = {
        name: fields["heating_performance_curve_outdoor_temperature_type"] for name, fields in model[kind].items()
    }
    assert heating == {
        "Loop Unit VRF Heat Pump": "DryBulbTemperature",
        "Roof Unit VRF Heat Pump": "WetBulbTemperature",
    }


def test_a_reversing_unit_has_a_curve_for_it() -> None:
    model = expanded(model_of("vrf"))
    field = "defrost_energy_input_ratio_modifier_function_of_temperature_curve_name"
    units = model["AirConditioner:VariableRefrigerantFlow"]
    assert field not in units["Loop Unit VRF Heat Pump"]
    assert units["Roof Unit VRF Heat Pump"][field] in model["Curve:Biquadratic"]


def test_the_fan_of_a_terminal_unit_stands_where_it_is_placed() -> None:
    fans, coils = (expanded(model_of("vrf"))[kind] for kind in ("Fan:OnOff", "Coil:Cooling:DX:VariableRefrigerantFlow"))
    behind, before = fans["Kitchen VRF Supply Fan"], fans["Dining VRF Supply Fan"]
    assert behind["air_outlet_node_name"] == "Kitchen VRF Supply Inlet"
    assert before["air_outlet_node_name"] == coils["Dining VRF Cooling Coil"]["coil_air_inlet_node"]


def test_outdoor_air_that_is_typed_is_used_and_none_beside_a_dedicated_system() -> None:
    units = expanded(model_of("vrf"))["ZoneHVAC:TerminalUnit:VariableRefrigerantFlow"]
    fields = [f"{mode}_outdoor_air_flow_rate" for mode in ("cooling", "heating", "no_load")]
    flows = {name.split(" VRF")[0]: [unit[field] for field in fields] for name, unit in units.items()}
    assert flows == {
        "Kitchen": ["Autosize"] * 3,
        "Dining": [0.05, 0.05, 0],
        "Suite": [0, 0, 0],
        "Server Room": ["Autosize"] * 3,
    }


def test_a_unit_that_only_cools_has_no_heating_coil() -> None:
    model = expanded(model_of("vrf"))
    unit = model["ZoneHVAC:TerminalUnit:VariableRefrigerantFlow"]["Server Room VRF Terminal Unit"]
    assert "heating_coil_object_name" not in unit
    assert "Server Room VRF Heating Coil" not in model["Coil:Heating:DX:VariableRefrigerantFlow"]


def test_a_blank_capacity_is_sized() -> None:
    coil = expanded(model_of("vrf"))["Coil:Cooling:DX:VariableRefrigerantFlow"]["Kitchen VRF Cooling Coil"]
    assert coil["gross_rated_total_cooling_capacity"] == "Autosize"


@pytest.mark.parametrize(
    ("chosen", "field"),
    [
        ({"zone_name_for_master_thermostat_location": ""}, "zone_name_for_master_thermostat_location"),
        ({"master_thermostat_priority_control_type": "Scheduled"}, "thermostat_priority_schedule_name"),
    ],
)
def test_an_outdoor_unit_needs_what_its_thermostats_priority_asks_for(chosen: dict[str, object], field: str) -> None:
    assert said(changed("vrf", OUTDOOR_UNIT, "Roof Unit", **chosen)) == [("error", field)]


@pytest.mark.parametrize(
    ("field", "value"), [("cooling_coil_type", "None"), ("zone_heating_design_supply_air_temperature", 0)]
)
def test_what_a_terminal_unit_cannot_be_is_refused_by_its_field(field: str, value: object) -> None:
    assert said(changed("vrf", TERMINAL_UNIT, "Unit 4", **{field: value})) == [("error", field)]


def test_a_thermostat_in_another_systems_zone_is_a_warning() -> None:
    field = "zone_name_for_master_thermostat_location"
    assert said(changed("vrf", OUTDOOR_UNIT, "Roof Unit", **{field: "Dining"})) == [("warning", field)]


def test_an_outdoor_unit_without_heat_serves_only_units_that_cool() -> None:
    model = changed("vrf", OUTDOOR_UNIT, "Roof Unit", gross_rated_heating_capacity=0)
    assert said(model) == [("error", "heat_pump_heating_coil_type")]
    model[TERMINAL_UNIT]["Unit 3"]["heat_pump_heating_coil_type"] = "None"
    assert said(model) == []


def test_an_outdoor_unit_without_zones_is_refused() -> None:
    model = model_of("vrf")
    model[OUTDOOR_UNIT]["Spare"] = {"master_thermostat_priority_control_type": "LoadPriority"}
    (message,) = expand(model).errors
    assert (message.template, message.name) == (OUTDOOR_UNIT, "Spare")
    assert "serves no zone" in message.text


def test_a_water_cooled_unit_needs_the_loop() -> None:
    model = model_of("vrf")
    for kind in ("MixedWaterLoop", "Tower", "Boiler"):
        del model[f"HVACTemplate:Plant:{kind}"]
    (message,) = expand(model).errors
    assert (message.template, message.name) == (OUTDOOR_UNIT, "Loop Unit")


def test_the_components_of_a_constant_volume_system_stand_in_their_order() -> None:
    model = expanded(model_of("constant_volume"))
    fan, outdoor = "Fan:ConstantVolume", "AirLoopHVAC:OutdoorAirSystem"
    assert components(model, "Hall Air Main Branch") == [
        *(fan, outdoor, "Coil:Cooling:Water", "Coil:Heating:Water", fan),
    ]
    assert components(model, "Lab Air Main Branch") == [
        *(outdoor, "Humidifier:Steam:Electric", fan, "CoilSystem:Cooling:Water:HeatExchangerAssisted"),
        "Coil:Heating:Fuel",
    ]


def test_the_valve_of_a_coil_in_a_heat_exchanger_looks_behind_the_exchanger() -> None:
    model = expanded(model_of("constant_volume"))
    valve = model["Controller:WaterCoil"]["Lab Air Cooling Coil Controller"]
    assert valve["sensor_node_name"] == "Lab Air Cooling Coil HX Unit Outlet"
    coil = model["Coil:Cooling:Water"]["Lab Air Cooling Coil"]
    assert valve["actuator_node_name"] == coil["water_inlet_node_name"]


def test_the_supply_temperature_follows_the_zone_between_the_design_temperatures() -> None:
    model = expanded(model_of("constant_volume"))
    cooling = model["SetpointManager:SingleZone:Cooling"]["Hall Air Cooling Supply Air Temp Manager"]
    heating = model["SetpointManager:SingleZone:Heating"]["Hall Air Heating Supply Air Temp Manager"]
    limits = [
        (one["minimum_supply_air_temperature"], one["maximum_supply_air_temperature"]) for one in (cooling, heating)
    ]
    assert limits == [(12.8, 46), (pytest.approx(11.8), 45)]


@pytest.mark.parametrize(
    ("heating", "cooling", "low", "high"),
    [(15, 12.8, 9.8, 18), (20, 11, 10, 21), (17.5, 11, 10, 18.5), (16.5, 13, 11.3, 18)],
)
def test_the_limits_keep_apart_from_the_other_coils_temperature(
    heating: float, cooling: float, low: float, high: float
) -> None:
    fields = {"heating_coil_design_setpoint": heating, "cooling_coil_design_setpoint_temperature": cooling}
    model = expanded(changed("constant_volume", SYSTEM, "Hall Air", **fields))
    manager = model["SetpointManager:SingleZone:Heating"]["Hall Air Heating Supply Air Temp Manager"]
    assert manager["minimum_supply_air_temperature"] == pytest.approx(low)
    manager = model["SetpointManager:SingleZone:Cooling"]["Hall Air Cooling Supply Air Temp Manager"]
    assert manager["maximum_supply_air_temperature"] == pytest.approx(high)


def test_without_a_cooling_coil_the_temperature_is_held_behind_the_fan() -> None:
    fields = {"cooling_coil_type": "None", "supply_fan_placement": "BlowThrough"}
    model = expanded(changed("constant_volume", SYSTEM, "Hall Air", **fields))
    manager = model["SetpointManager:SingleZone:Cooling"]["Hall Air Cooling Supply Air Temp Manager"]
    assert manager["setpoint_node_or_nodelist_name"] == "Hall Air Supply Fan Outlet"
    assert problems(model) == []


def test_a_system_without_heating_does_not_change_the_sizing_of_the_next() -> None:
    model = changed("constant_volume", SYSTEM, "Hall Air", heating_coil_type="None", preheat_coil_type="Electric")
    field = "central_heating_design_supply_air_temperature"
    sizing = expanded(model)["Sizing:System"]
    assert [sizing[f"{name} Sizing"][field] for name in ("Hall Air", "Lab Air")] == [7.2, 10]


def test_a_plenum_before_a_terminal_is_where_it_draws_from() -> None:
    model = expanded(model_of("constant_volume"))
    terminals = model["AirTerminal:SingleDuct:ConstantVolume:Reheat"]
    inlets = {name: fields["air_inlet_node_name"] for name, fields in terminals.items()}
    assert inlets == {
        "Wet Lab CV Reheat": "Wet Lab Terminal Unit Inlet",
        "Dry Lab CV Reheat": "Dry Lab Zone Equip Inlet",
    }
    coil = model["Coil:Heating:Water"]["Wet Lab Reheat Coil"]
    assert coil["air_inlet_node_name"] == "Wet Lab Terminal Unit Inlet"
    assert model["AirLoopHVAC:SupplyPlenum"]["Wet Lab Supply Plenum"]["nodes"] == [
        {"outlet_node_name": "Wet Lab Terminal Unit Inlet"}
    ]


def test_a_plenum_before_a_terminal_without_reheat_works_too() -> None:
    model = expanded(changed("constant_volume", ZONE, "Lab 1", reheat_coil_type="None"))
    assert problems(model) == []


@pytest.mark.parametrize(
    ("chosen", "field"),
    [
        ({"cooling_coil_control_zone_name": ""}, "cooling_coil_control_zone_name"),
        ({"heating_coil_control_zone_name": ""}, "heating_coil_control_zone_name"),
        ({"dehumidification_control_type": "CoolReheat"}, "dehumidification_control_zone_name"),
        ({"humidifier_type": "ElectricSteam"}, "humidifier_control_zone_name"),
        ({"night_cycle_control": "CycleOnControlZone"}, "night_cycle_control_zone_name"),
        (
            {
                "cooling_coil_type": "None",
                "dehumidification_control_type": "CoolReheat",
                "dehumidification_control_zone_name": "Hall",
            },
            "dehumidification_control_type",
        ),
    ],
)
def test_what_a_constant_volume_system_cannot_be_is_refused_by_its_field(chosen: dict[str, object], field: str) -> None:
    assert said(changed("constant_volume", SYSTEM, "Hall Air", **chosen)) == [("error", field)]


@pytest.mark.parametrize("coil", ["cooling_coil", "heating_coil"])
def test_what_is_doubtful_about_a_setpoint_is_a_warning_and_the_design_setpoint_is_held(coil: str) -> None:
    zone = {f"{coil}_control_zone_name": "Wet Lab"}
    assert said(changed("constant_volume", SYSTEM, "Hall Air", **zone)) == [("warning", f"{coil}_control_zone_name")]
    scheduled = changed("constant_volume", SYSTEM, "Hall Air", **{f"{coil}_setpoint_control_type": "Scheduled"})
    assert said(scheduled) == [("warning", f"{coil}_setpoint_schedule_name")]
    wanted = {"cooling_coil": "HVACTemplate-Always 12.8", "heating_coil": "HVACTemplate-Always 45"}
    manager = f"Hall Air {coil.split('_')[0].capitalize()} Supply Air Temp Manager"
    assert expanded(scheduled)["SetpointManager:Scheduled"][manager]["schedule_name"] == wanted[coil]


def test_heating_air_that_is_colder_than_the_systems_air_is_refused() -> None:
    field = "zone_heating_design_supply_air_temperature"
    assert said(changed("constant_volume", ZONE, "Lab 1", **{field: 12})) == [("error", field)]


def test_a_constant_volume_system_without_zones_is_refused() -> None:
    model = model_of("constant_volume")
    model[SYSTEM]["Spare"] = {}
    (message,) = expand(model).errors
    assert (message.template, message.name) == (SYSTEM, "Spare")
