"""Unitary systems and heat pumps on small models of our own: what is built, what is refused, and that it runs."""

from __future__ import annotations

from typing import Any

import pytest

from hvac_templates.expand import expand
from tests.hvac_templates.boxes import Model, boxes
from tests.hvac_templates.families import changed, expanded, model_of, refusal
from tests.hvac_templates.topology import problems

SYSTEM = "HVACTemplate:System:UnitarySystem"
HEAT_PUMP = "HVACTemplate:System:UnitaryHeatPump:AirToAir"
WATER_HEAT_PUMP = "HVACTemplate:Zone:WaterToAirHeatPump"


def system(**fields: object) -> Model:
    """One zone with one UnitarySystem."""
    zone = {"zone_name": "Room", "template_unitary_system_name": "Unit", "template_thermostat_name": "Office"}
    templates: dict[str, dict[str, dict[str, Any]]] = {
        "HVACTemplate:Thermostat": {"Office": {"constant_heating_setpoint": 20, "constant_cooling_setpoint": 25}},
        "HVACTemplate:Zone:Unitary": {"Zone": zone},
        SYSTEM: {"Unit": {"control_zone_or_thermostat_location_name": "Room", **fields}},
    }
    return boxes(["Room"], templates)


def test_each_coil_of_a_water_heat_pump_has_its_branch_on_the_ring() -> None:
    model = expanded(model_of("water_heat_pumps"))
    names = [entry["branch_name"] for entry in model["BranchList"]["Ring Mixed Demand Side Branches"]["branches"]]
    for zone in ("Ground", "Upper"):
        for side in ("Cooling", "Heating"):
            assert f"{zone} {side} Condenser Branch" in names
            (component,) = model["Branch"][f"{zone} {side} Condenser Branch"]["components"]
            assert component["component_name"] == f"{zone} WAHP {side} Coil"


@pytest.mark.parametrize(
    ("family", "gone", "left"), [("water_heat_pumps", "Boiler", "Cooling"), ("vrf", "Tower", "Heating")]
)
def test_a_ring_that_only_heats_or_only_cools_has_one_operation_scheme(family: str, gone: str, left: str) -> None:
    model = model_of(family)
    del model[f"HVACTemplate:Plant:{gone}"]
    made = expanded(model)
    (schemes,) = made["PlantEquipmentOperationSchemes"].values()
    assert schemes["control_scheme_1_object_type"] == f"PlantEquipmentOperation:{left}Load"
    assert "control_scheme_2_name" not in schemes
    assert problems(made) == []


def test_a_ring_that_nothing_cools_is_refused_for_heat_pumps_and_warned_of_for_others() -> None:
    pumps, others = model_of("water_heat_pumps"), model_of("vrf")
    for model in (pumps, others):
        del model["HVACTemplate:Plant:Tower"]
    assert refusal(pumps)[1].startswith("nothing cools it, and heat pumps give their heat to it")
    assert [(one.severity, one.text.partition(":")[0]) for one in expand(others).messages] == [
        ("warning", "nothing cools it")
    ]


def test_the_sensible_capacity_is_the_ratio_of_the_total_and_autosize_passes_through() -> None:
    model = model_of("water_heat_pumps")
    sized = model[WATER_HEAT_PUMP]["Ground floor"]
    sized |= {
        "cooling_coil_gross_rated_total_capacity": 8000,
        "cooling_coil_gross_rated_sensible_heat_ratio": 0.75,
    }
    coils = expanded(model)["Coil:Cooling:WaterToAirHeatPump:EquationFit"]
    assert coils["Ground WAHP Cooling Coil"]["gross_rated_sensible_cooling_capacity"] == 6000
    assert coils["Upper WAHP Cooling Coil"]["gross_rated_sensible_cooling_capacity"] == "Autosize"


def test_a_capacity_without_its_ratio_is_warned_about() -> None:
    model = model_of("water_heat_pumps")
    model[WATER_HEAT_PUMP]["Ground floor"]["cooling_coil_gross_rated_total_capacity"] = 8000
    result = expand(model)
    assert result.model is not None
    assert [(message.severity, message.field) for message in result.messages] == [
        ("warning", "cooling_coil_gross_rated_sensible_heat_ratio")
    ]


def test_a_control_zone_in_other_letters_is_the_same_zone() -> None:
    parents = expanded(model_of("unitary_heat_pumps"))["AirLoopHVAC:UnitaryHeatPump:AirToAir"]
    assert parents["Roof 2 Heat Pump"]["controlling_zone_or_thermostat_location"].casefold() == "florist"


@pytest.mark.parametrize(
    ("zone", "expected"),
    [("Florist", "is not a zone of this system"), ("Nowhere", "there is no ")],
)
def test_a_control_zone_of_another_system_is_refused(zone: str, expected: str) -> None:
    model = model_of("unitary_heat_pumps")
    model[HEAT_PUMP]["Roof 1"]["control_zone_or_thermostat_location_name"] = zone
    field, text = refusal(model)
    assert field == "control_zone_or_thermostat_location_name"
    assert expected in text


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"humidifier_type": "ElectricSteam"}, "humidifier_control_zone_name"),
        ({"night_cycle_control": "CycleOnControlZone"}, "night_cycle_control_zone_name"),
    ],
)
def test_a_heat_pump_asks_for_the_zone_that_a_choice_needs(given: dict[str, str], missing: str) -> None:
    model = model_of("unitary_heat_pumps")
    model[HEAT_PUMP]["Roof 1"] |= given
    assert refusal(model)[0] == missing


@pytest.mark.parametrize(("given", "pressure"), [(None, 300), (500, 500), (0, 0)])
def test_the_return_fan_has_the_pressure_of_the_manual_where_the_schema_says_otherwise(
    given: float | None, pressure: float
) -> None:
    model = changed("unitary_heat_pumps", HEAT_PUMP, "Roof 2", return_fan_delta_pressure=given)
    assert expanded(model)["Fan:ConstantVolume"]["Roof 2 Return Fan"]["pressure_rise"] == pressure


@pytest.mark.parametrize(
    ("choice", "kind"),
    [
        ("SingleSpeedDX", "Coil:Cooling:DX:SingleSpeed"),
        ("TwoSpeedDX", "Coil:Cooling:DX:TwoSpeed"),
        ("TwoStageDX", "Coil:Cooling:DX:TwoStageWithHumidityControlMode"),
        ("HeatExchangerAssistedDX", "CoilSystem:Cooling:DX:HeatExchangerAssisted"),
    ],
)
def test_the_parent_knows_its_cooling_coil(choice: str, kind: str) -> None:
    model = expanded(system(cooling_coil_type=choice))
    parent = model["AirLoopHVAC:UnitarySystem"]["Unit Unitary System"]
    assert parent["cooling_coil_object_type"] == kind
    assert parent["cooling_coil_name"] in model[kind]
    assert problems(model) == []


@pytest.mark.parametrize("choice", ["TwoSpeedDX", "HeatExchangerAssistedDX"])
def test_curves_of_a_unitary_system_reach_farther_than_those_of_a_packaged_one(choice: str) -> None:
    curves = expanded(system(cooling_coil_type=choice))["Curve:Biquadratic"]
    limits = {(curve["minimum_value_of_x"], curve["maximum_value_of_x"]) for curve in curves.values()}
    assert limits == {(0, 50)}


def test_each_speed_has_its_share_of_the_capacity() -> None:
    chosen = {
        "cooling_coil_type": "MultiSpeedDX",
        "number_of_speeds_for_cooling": 3,
        "dx_cooling_coil_gross_rated_total_capacity": 9000,
    }
    model = expanded(system(**chosen))
    coil = model["Coil:Cooling:DX:MultiSpeed"]["Unit Cooling Coil"]
    capacities = [coil.get(f"speed_{speed}_gross_rated_total_cooling_capacity") for speed in (1, 2, 3, 4)]
    assert capacities == [3000, 6000, 9000, None]
    performance = model["UnitarySystemPerformance:Multispeed"]["Unit Unitary System MultiSpeed Performance"]
    assert performance["no_load_supply_air_flow_rate_ratio"] == pytest.approx(1 / 3)


def test_coils_of_several_speeds_have_fans_that_follow() -> None:
    constant = expanded(system(return_fan="Yes"))
    assert {"Fan:OnOff", "Fan:ConstantVolume"} <= constant.keys()
    following = expanded(system(return_fan="Yes", cooling_coil_type="TwoSpeedDX"))
    assert following["Fan:VariableVolume"].keys() == {"Unit Supply Fan", "Unit Return Fan"}
    assert not {"Fan:OnOff", "Fan:ConstantVolume"} & following.keys()


def test_a_fan_that_holds_a_supply_temperature_never_stops() -> None:
    field = "supply_air_fan_operating_mode_schedule_name"
    modes = [
        expanded(system(control_type=kind))["AirLoopHVAC:UnitarySystem"]["Unit Unitary System"][field]
        for kind in ("Load", "SetPoint")
    ]
    assert modes == ["HVACTemplate-Always 0", "HVACTemplate-Always 1"]


def test_one_zone_has_one_humidistat() -> None:
    dry = {"dehumidification_control_type": "CoolReheat"}
    wet = {"humidifier_type": "ElectricSteam", "humidifier_control_zone_name": "room"}
    names = [list(expanded(system(**chosen))["ZoneControl:Humidistat"]) for chosen in (dry, wet, dry | wet)]
    assert names == [["Unit Dehumidification Humidistat"], ["Unit Humidification Humidistat"], ["Unit Humidistat"]]


@pytest.mark.parametrize(
    ("chosen", "field"),
    [
        ({"control_zone_or_thermostat_location_name": ""}, "control_zone_or_thermostat_location_name"),
        ({"cooling_coil_type": "MultiSpeedDX"}, "number_of_speeds_for_cooling"),
        ({"cooling_coil_type": "MultiSpeedDX", "number_of_speeds_for_cooling": 5}, "number_of_speeds_for_cooling"),
        ({"heating_coil_type": "MultiSpeedDXHeatPumpAirSource"}, "number_of_speeds_or_stages_for_heating"),
        (
            {"heating_coil_type": "MultiStageGas", "number_of_speeds_or_stages_for_heating": 5},
            "number_of_speeds_or_stages_for_heating",
        ),
        (
            {"cooling_coil_type": "ChilledWater", "supplemental_heating_or_reheat_coil_type": "DesuperHeater"},
            "supplemental_heating_or_reheat_coil_type",
        ),
        ({"cooling_coil_type": "ChilledWaterDetailedFlatModel"}, "cooling_coil_type"),
        ({"humidifier_type": "ElectricSteam"}, "humidifier_control_zone_name"),
    ],
)
def test_what_a_unitary_system_cannot_be_is_refused_by_its_field(chosen: dict[str, object], field: str) -> None:
    assert refusal(system(**chosen))[0] == field


def test_heating_air_that_is_colder_than_cooling_air_is_refused() -> None:
    field, text = refusal(system(heating_design_supply_air_temperature=10))
    assert field == "zone_heating_design_supply_air_temperature_input_method"
    assert "10" in text
    assert "12.8" in text
