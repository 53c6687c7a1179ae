"""Dual ducts, packaged VAV and terminals with fans on small models of our own: built, refused, and run."""

from __future__ import annotations

import pytest

from hvac_templates.expand import expand
from tests.hvac_templates.boxes import Model
from tests.hvac_templates.families import changed, expanded, model_of, refusal
from tests.hvac_templates.topology import problems

DUCTS, PACKAGED = "HVACTemplate:System:DualDuct", "HVACTemplate:System:PackagedVAV"
FAN_POWERED = "HVACTemplate:Zone:VAV:FanPowered"


def components(model: Model, branch: str) -> list[str]:
    return [component["component_object_type"] for component in model["Branch"][branch]["components"]]


def test_a_fan_stands_in_each_duct_or_once_before_both() -> None:
    model = expanded(model_of("dual_ducts"))
    assert components(model, "Air Hot Branch") == ["Fan:VariableVolume", "Coil:Heating:Water"]
    assert components(model, "Air Cold Branch") == ["Coil:Cooling:Water", "Fan:VariableVolume"]
    assert components(model, "Clean Main Branch")[-1] == "Fan:ConstantVolume"
    assert components(model, "Clean Cold Branch") == ["Coil:Cooling:Water"]


def test_a_humidifier_comes_behind_the_fan_of_the_hot_duct() -> None:
    model = changed("dual_ducts", DUCTS, "Clean", system_configuration_type="DualFanConstantVolume")
    made = expanded(model)
    wanted = ["Coil:Heating:Fuel", "Fan:ConstantVolume", "Humidifier:Steam:Electric"]
    assert components(made, "Clean Hot Branch") == wanted
    assert problems(made) == []


def test_a_duct_without_coil_fan_or_humidifier_is_a_duct() -> None:
    model = changed("dual_ducts", DUCTS, "Clean", heating_coil_type="None", humidifier_type="None")
    made = expanded(model)
    assert components(made, "Clean Hot Branch") == ["Duct"]
    assert problems(made) == []


@pytest.mark.parametrize(
    ("configuration", "kind"),
    [("SingleFanConstantVolume", "ConstantVolume"), ("DualFanVariableVolume", "VAV")],
)
def test_the_terminal_goes_with_the_system(configuration: str, kind: str) -> None:
    model = changed("dual_ducts", DUCTS, "Clean", system_configuration_type=configuration)
    assert "Theatre Dual Duct" in expanded(model)[f"AirTerminal:DualDuct:{kind}"]


def test_a_plenum_in_one_duct_leaves_the_other_as_it_is() -> None:
    terminal = expanded(model_of("dual_ducts"))["AirTerminal:DualDuct:VAV"]["West Dual Duct"]
    assert terminal["cold_air_inlet_node_name"] == "West Terminal Unit Cold Inlet"
    assert terminal["hot_air_inlet_node_name"] == "West Zone Equip Hot Inlet"


@pytest.mark.parametrize(("typed", "expected"), [(None, "Plate"), ("Rotary", "Rotary")])
def test_a_heat_exchanger_is_what_was_typed_or_what_is_documented(typed: str | None, expected: str) -> None:
    model = changed("dual_ducts", DUCTS, "Clean", heat_recovery_heat_exchanger_type=typed)
    (exchanger,) = expanded(model)["HeatExchanger:AirToAir:SensibleAndLatent"].values()
    assert exchanger["heat_exchanger_type"] == expected


def test_a_schedule_that_is_missing_leaves_the_design_setpoint_and_a_warning() -> None:
    result = expand(changed("dual_ducts", DUCTS, "Clean", cooling_coil_setpoint_control_type="Scheduled"))
    assert result.model is not None
    assert [(one.severity, one.field) for one in result.messages] == [
        ("warning", "cooling_coil_setpoint_schedule_name")
    ]
    managers = result.model["SetpointManager:Scheduled"]
    assert managers["Clean Cooling Supply Air Temp Manager"]["schedule_name"] == "HVACTemplate-Always 12.8"


@pytest.mark.parametrize("duct", ["hot", "cold"])
def test_the_largest_flow_of_a_duct_is_said_to_be_unused(duct: str) -> None:
    field = f"{duct}_duct_supply_fan_maximum_flow_rate"
    result = expand(changed("dual_ducts", DUCTS, "Air", **{field: 1.5}))
    assert [(one.severity, one.field) for one in result.messages] == [("warning", field)]


@pytest.mark.parametrize(
    ("chosen", "field"),
    [
        ({"dehumidification_control_type": "CoolReheat"}, "dehumidification_control_zone_name"),
        ({"night_cycle_control": "CycleOnControlZone"}, "night_cycle_control_zone_name"),
        ({"heating_coil_design_setpoint": 10}, "zone_heating_design_supply_air_temperature_input_method"),
        (
            {
                "cooling_coil_type": "None",
                "dehumidification_control_type": "CoolReheat",
                "dehumidification_control_zone_name": "Theatre",
            },
            "dehumidification_control_type",
        ),
    ],
)
def test_what_a_dual_duct_cannot_be_is_refused_by_its_field(chosen: dict[str, object], field: str) -> None:
    assert refusal(changed("dual_ducts", DUCTS, "Clean", **chosen))[0] == field


def test_a_dual_duct_without_zones_is_refused() -> None:
    model = model_of("dual_ducts")
    model["HVACTemplate:Zone:DualDuct"].pop("Ward 1")
    model["HVACTemplate:Zone:DualDuct"].pop("Ward 2")
    (said,) = [message for message in expand(model).messages if message.template == DUCTS]
    assert said.name == "Air"
    assert "serves no zone" in said.text


def test_the_two_speed_coil_stands_in_its_system() -> None:
    model = expanded(model_of("packaged_vav"))
    assert components(model, "Roof Main Branch")[1] == "CoilSystem:Cooling:DX"
    coil = model["Coil:Cooling:DX:TwoSpeed"]["Roof Cooling Coil"]
    system = model["CoilSystem:Cooling:DX"]["Roof System"]
    assert system["dx_cooling_coil_system_outlet_node_name"] == coil["air_outlet_node_name"]


def test_the_flows_of_the_fan_limit_the_heating_and_the_turndown() -> None:
    model = expanded(model_of("packaged_vav"))
    manager = model["SetpointManager:WarmestTemperatureFlow"]["Roof Cooling Supply Air Temp Manager"]
    assert manager["minimum_turndown_ratio"] == 0.125
    assert model["Sizing:System"]["Roof Sizing"]["central_heating_maximum_system_air_flow_ratio"] == 0.125


def test_a_least_flow_of_zero_is_a_value() -> None:
    terminals = expanded(model_of("packaged_vav"))["AirTerminal:SingleDuct:VAV:HeatAndCool:Reheat"]
    assert terminals["Physics VAV Heat Cool Reheat"]["zone_minimum_air_flow_fraction"] == 0


def test_a_ratio_that_is_too_small_for_dehumidification_is_refused_by_its_field() -> None:
    model = changed("packaged_vav", PACKAGED, "Roof 2", cooling_coil_gross_rated_sensible_heat_ratio=0.5)
    assert refusal(model)[0] == "cooling_coil_gross_rated_sensible_heat_ratio"


@pytest.mark.parametrize(("lower", "wanted"), [(None, "HVACTemplate-Always 5"), (3, "HVACTemplate-Always 3")])
@pytest.mark.parametrize("upper", [None, 21])
def test_heat_recovery_aims_at_the_economizers_lower_limit_or_at_five_degrees(
    lower: float | None, wanted: str, upper: float | None
) -> None:
    limits = {f"economizer_{end}imum_limit_dry_bulb_temperature": one for end, one in (("min", lower), ("max", upper))}
    model = changed("packaged_vav", PACKAGED, "Roof", heat_recovery_type="Enthalpy", **limits)
    manager = expanded(model)["SetpointManager:Scheduled"]["Roof Heat Recovery Air Temp Manager"]
    assert manager["schedule_name"] == wanted


def test_a_terminal_draws_from_the_zone_or_from_a_plenum() -> None:
    model = expanded(model_of("fan_powered"))
    exhausts = {
        one["zone_name"]: one.get("zone_air_exhaust_node_or_nodelist_name")
        for one in model["ZoneHVAC:EquipmentConnections"].values()
    }
    assert exhausts == {"North": "North PIU Secondary Inlet", "South": None, "Lobby": None}
    plenums = model["AirLoopHVAC:ReturnPlenum"]
    field = "induced_air_outlet_node_or_nodelist_name"
    assert plenums["Tower Return Plenum"][field] == "South PIU Secondary Inlet"
    assert plenums["Lobby Return Plenum"][field] == "Lobby PIU Secondary Inlet"


def test_a_terminal_that_draws_from_a_plenum_needs_one() -> None:
    model = model_of("fan_powered")
    del model[PACKAGED]["Tower"]["return_plenum_name"]
    field, text = refusal(model)
    assert field == "return_plenum_name"
    assert "ParallelFromPlenum" in text


def test_heating_air_that_is_colder_than_the_systems_air_is_refused() -> None:
    model = changed("fan_powered", FAN_POWERED, "Series", zone_heating_design_supply_air_temperature=0)
    assert refusal(model)[0] == "zone_heating_design_supply_air_temperature"
