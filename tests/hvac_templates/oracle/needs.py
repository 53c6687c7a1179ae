"""What a choice needs beside it before a model can run: the plant of its water, the zone that controls it, a limit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, TypeAlias

from hvac_templates.judge.schema import TEMPLATE_PREFIX

Model: TypeAlias = dict[str, dict[str, dict[str, Any]]]
Value: TypeAlias = str | float
Part: TypeAlias = Literal["all", "first", "others"]
"""Which of the templates of a type get a value."""
PLANT = f"{TEMPLATE_PREFIX}Plant:"
OWN_ZONE, OWN_SCHEDULE = "(own zone)", "(own schedule)"
"""Stand for a zone that the template serves, and for a schedule of fractions of the example."""
PLANTS: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    "HotWater": {
        "HotWaterLoop": {"hot_water_pump_configuration": "ConstantFlow"},
        "Boiler": {
            "boiler_type": "HotWaterBoiler",
            "fuel_type": "NaturalGas",
            "efficiency": 0.8,
            "template_plant_loop_type": "HotWater",
        },
    },
    "ChilledWater": {
        "ChilledWaterLoop": {"chilled_water_pump_configuration": "ConstantPrimaryNoSecondary"},
        "Chiller": {
            "chiller_type": "ElectricReciprocatingChiller",
            "condenser_type": "WaterCooled",
            "nominal_cop": 3.2,
        },
        "Tower": {"tower_type": "SingleSpeed"},
    },
    "MixedWater": {"MixedWaterLoop": {}, "Boiler": {}, "Tower": {}},
}
"""The plant templates of each water."""
BESIDE: Mapping[str, Mapping[str, Value]] = {
    "night_cycle_control": {"night_cycle_control_zone_name": OWN_ZONE},
    "dehumidification_control_type": {"dehumidification_control_zone_name": OWN_ZONE},
    "humidifier_type": {"humidifier_control_zone_name": OWN_ZONE},
    "cooling_coil_setpoint_control_type": {"cooling_coil_control_zone_name": OWN_ZONE},
    "heating_coil_setpoint_control_type": {"heating_coil_control_zone_name": OWN_ZONE},
    "heating_limit": {"maximum_heating_air_flow_rate": 0.15, "maximum_sensible_heating_capacity": 2500.0},
    "cooling_limit": {"maximum_cooling_air_flow_rate": 0.15, "maximum_total_cooling_capacity": 2500.0},
    "zone_minimum_air_flow_input_method": {"minimum_air_flow_fraction_schedule_name": OWN_SCHEDULE},
    "master_thermostat_priority_control_type": {
        "zone_name_for_master_thermostat_location": OWN_ZONE,
        "thermostat_priority_schedule_name": OWN_SCHEDULE,
    },
    "cooling_coil_type": {"number_of_speeds_for_cooling": 3},
    "heating_coil_type": {"number_of_speeds_or_stages_for_heating": 3},
    "supplemental_heating_or_reheat_coil_type": {"cooling_coil_type": "SingleSpeedDX"},
    "high_speed_nominal_capacity": {"free_convection_capacity": 9000.0, "low_speed_nominal_capacity": 20000.0},
}
"""By a field that asks for more, the fields that its choices ask for."""


def with_loop_for(value: str, model: Model) -> Model:
    """Give a model the plant of the water that a choice names. Boilers that it has stay on the mixed loop."""
    for word, plant in PLANTS.items():
        if word in value and f"{PLANT}{word}Loop" not in model:
            for fields in model.get(f"{PLANT}Boiler", {}).values() if f"{PLANT}MixedWaterLoop" in model else ():
                fields.setdefault("template_plant_loop_type", "MixedWater")
            for kind, added in plant.items():
                model.setdefault(PLANT + kind, {})[f"Added {kind}"] = dict(added)
    return model


def part_of(objects: Mapping[str, Any], part: Part) -> list[str]:
    """The names of that part of the templates of a type."""
    names = list(objects)
    return {"all": names, "first": names[:1], "others": names[1:]}[part]


def put(model: Model, kind: str, field: str, value: Value, part: Part = "all") -> None:
    """Set a field of all objects of a type, or of a part of them; an empty value takes it away."""
    for name in part_of(model[kind], part):
        fields = model[kind][name]
        fields.pop(field, None)
        if value != "":
            fields[field] = _meant(value, name, fields, model)


def schedules(model: Model, limits: str = "Fraction") -> list[str]:
    """The example's own schedules of that kind."""
    return [name for name, one in model["Schedule:Compact"].items() if one["schedule_type_limits_name"] == limits]


def zone_templates(model: Model) -> Iterator[Mapping[str, Any]]:
    """The fields of all zone templates."""
    return (
        fields
        for kind, objects in model.items()
        if kind.startswith(f"{TEMPLATE_PREFIX}Zone:")
        for fields in objects.values()
    )


def _meant(value: Value, name: str, fields: Mapping[str, Any], model: Model) -> Value:
    if value == OWN_SCHEDULE:
        return schedules(model)[0]
    if value != OWN_ZONE:
        return value
    if "zone_name" in fields:
        return str(fields["zone_name"])
    mine = [zone for zone in zone_templates(model) if name.casefold() in (str(one).casefold() for one in zone.values())]
    return str((mine or list(zone_templates(model)))[0]["zone_name"])
