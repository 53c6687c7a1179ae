"""A building of any number of boxes, without systems: what small tests and big measurements put templates on.

Each zone is a box of 10 m x 10 m x 3 m with a window to the south, people-like gains by day, and air that leaks in.
All is our own; Chicago design days are the usual 99.6 % and 1 % ones, rounded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Model = dict[str, dict[str, dict[str, Any]]]
ALWAYS, DAY = "Always", "By Day"
_WIDTH, _HEIGHT, _PITCH = 10.0, 3.0, 20.0
_ROW = 32
_WALLS = {"South": ((0, 0), (1, 0)), "East": ((1, 0), (1, 1)), "North": ((1, 1), (0, 1)), "West": ((0, 1), (0, 0))}


def boxes(zones: Sequence[str], templates: Mapping[str, Mapping[str, Mapping[str, Any]]] | None = None) -> Model:
    """The building, and the templates that stand on it."""
    model: Model = {
        "Version": {"Version": {"version_identifier": "25.2"}},
        "Building": {"Boxes": {"terrain": "Suburbs", "maximum_number_of_warmup_days": 25}},
        "GlobalGeometryRules": {
            "Rules": {
                "coordinate_system": "Relative",
                "starting_vertex_position": "LowerLeftCorner",
                "vertex_entry_direction": "Counterclockwise",
            }
        },
        "Timestep": {"Timestep": {"number_of_timesteps_per_hour": 4}},
        **_periods(),
        **_schedules(),
        **_envelope(),
    }
    for number, zone in enumerate(zones):
        _add_zone(model, zone, _PITCH * (number % _ROW), _PITCH * (number // _ROW))
    for kind, objects in (templates or {}).items():
        model[kind] = {name: dict(fields) for name, fields in objects.items()}
    return model


def zone_names(count: int) -> list[str]:
    """Names for so many zones."""
    return [f"Zone {number}" for number in range(1, count + 1)]


def ideal_loads(zones: Sequence[str]) -> dict[str, dict[str, dict[str, Any]]]:
    """Templates that heat and cool every zone without equipment."""
    return {**thermostat(), **_on_each("HVACTemplate:Zone:IdealLoadsAirSystem", zones)}


def packaged_units(zones: Sequence[str]) -> dict[str, dict[str, dict[str, Any]]]:
    """Templates with a packaged unit in every zone, heated by electricity."""
    return {**thermostat(), **_on_each("HVACTemplate:Zone:PTAC", zones, heating_coil_type="Electric")}


def variable_air_volume(zones: Sequence[str]) -> dict[str, dict[str, dict[str, Any]]]:
    """Templates with one air system for all zones, cooled by a chiller with a tower, heated by a boiler."""
    system = {"template_vav_system_name": "Air", "reheat_coil_type": "HotWater"}
    return {
        **thermostat(),
        **_on_each("HVACTemplate:Zone:VAV", zones, **system),
        "HVACTemplate:System:VAV": {"Air": {"heating_coil_type": "HotWater"}},
        "HVACTemplate:Plant:ChilledWaterLoop": {"Cold": {}},
        "HVACTemplate:Plant:HotWaterLoop": {"Hot": {}},
        "HVACTemplate:Plant:Chiller": {"Chiller": {"chiller_type": "ElectricReciprocatingChiller", "nominal_cop": 3.2}},
        "HVACTemplate:Plant:Tower": {"Tower": {"tower_type": "SingleSpeed"}},
        "HVACTemplate:Plant:Boiler": {"Boiler": {"boiler_type": "HotWaterBoiler", "fuel_type": "NaturalGas"}},
    }


def furnaces(zones: Sequence[str]) -> dict[str, dict[str, dict[str, Any]]]:
    """Templates with a system of its own for each zone: a furnace with a cooling coil."""
    systems = {
        f"Furnace {zone}": {"control_zone_or_thermostat_location_name": zone, "heating_coil_type": "Gas"}
        for zone in zones
    }
    terminals = _on_each("HVACTemplate:Zone:Unitary", zones)
    for fields in terminals["HVACTemplate:Zone:Unitary"].values():
        fields["template_unitary_system_name"] = f"Furnace {fields['zone_name']}"
    return {**thermostat(), **terminals, "HVACTemplate:System:Unitary": systems}


def thermostat() -> dict[str, dict[str, dict[str, Any]]]:
    """One thermostat: 20 and 26 degrees."""
    setpoints = {"constant_heating_setpoint": 20.0, "constant_cooling_setpoint": 26.0}
    return {"HVACTemplate:Thermostat": {"Office": setpoints}}


def _on_each(kind: str, zones: Sequence[str], **fields: object) -> dict[str, dict[str, dict[str, Any]]]:
    given = {"template_thermostat_name": "Office", **fields}
    return {kind: {f"Template {number}": {"zone_name": zone, **given} for number, zone in enumerate(zones, start=1)}}


def _periods() -> Model:
    asked = {
        "do_zone_sizing_calculation": "Yes",
        "do_system_sizing_calculation": "Yes",
        "do_plant_sizing_calculation": "Yes",
        "run_simulation_for_sizing_periods": "No",
        "run_simulation_for_weather_file_run_periods": "Yes",
    }
    day = {"humidity_condition_type": "WetBulb", "barometric_pressure": 99063.0, "wind_direction": 230.0}
    winter = {"month": 1, "day_of_month": 21, "day_type": "WinterDesignDay", "maximum_dry_bulb_temperature": -20.0}
    summer = {"month": 7, "day_of_month": 21, "day_type": "SummerDesignDay", "maximum_dry_bulb_temperature": 32.0}
    return {
        "SimulationControl": {"Control": asked},
        "Site:Location": {"Chicago": {"latitude": 41.98, "longitude": -87.92, "time_zone": -6.0, "elevation": 201.0}},
        "SizingPeriod:DesignDay": {
            "Winter": day | winter | {"wetbulb_or_dewpoint_at_maximum_dry_bulb": -20.0, "wind_speed": 5.0},
            "Summer": day
            | summer
            | {"wetbulb_or_dewpoint_at_maximum_dry_bulb": 23.0, "wind_speed": 5.0}
            | {"daily_dry_bulb_temperature_range": 10.0, "sky_clearness": 1.0},
        },
        "RunPeriod": {name: _run_day(month) for name, month in (("January", 1), ("July", 7))},
    }


def _run_day(month: int) -> dict[str, Any]:
    at = {"begin_month": month, "begin_day_of_month": 14, "end_month": month, "end_day_of_month": 14}
    return {**at, "day_of_week_for_start_day": "Tuesday"}


def _schedules() -> Model:
    always = ["Through: 12/31", "For: AllDays", "Until: 24:00", 1.0]
    by_day = ["Through: 12/31", "For: AllDays", "Until: 7:00", 0.0, "Until: 19:00", 1.0, "Until: 24:00", 0.0]
    activity = [*always[:-1], 120.0]
    lines = {ALWAYS: always, DAY: by_day, "Activity": activity}
    return {
        "ScheduleTypeLimits": {"Any": {}},
        "Schedule:Compact": {
            name: {"schedule_type_limits_name": "Any", "data": [{"field": line} for line in text]}
            for name, text in lines.items()
        },
    }


def _envelope() -> Model:
    heavy = {"roughness": "Rough", "thickness": 0.15, "conductivity": 0.5, "density": 1400.0, "specific_heat": 1000.0}
    return {
        "Material": {"Block": heavy},
        "Material:NoMass": {"Insulation": {"roughness": "Rough", "thermal_resistance": 2.0}},
        "WindowMaterial:SimpleGlazingSystem": {"Pane": {"u_factor": 2.0, "solar_heat_gain_coefficient": 0.5}},
        "Construction": {
            "Opaque": {"outside_layer": "Insulation", "layer_2": "Block"},
            "Clear": {"outside_layer": "Pane"},
        },
    }


def _add_zone(model: Model, zone: str, x: float, y: float) -> None:
    model.setdefault("Zone", {})[zone] = {"x_origin": x, "y_origin": y}
    surfaces = model.setdefault("BuildingSurface:Detailed", {})
    for side, (start, end) in _WALLS.items():
        surfaces[f"{zone} {side}"] = _surface(zone, "Wall", _upright(start, end, 0.0, _HEIGHT))
    corners = [(0, 0), (1, 0), (1, 1), (0, 1)]
    surfaces[f"{zone} Roof"] = _surface(zone, "Roof", [(a, b, _HEIGHT) for a, b in corners])
    surfaces[f"{zone} Floor"] = _surface(zone, "Floor", [(a, b, 0.0) for a, b in reversed(corners)])
    model.setdefault("FenestrationSurface:Detailed", {})[f"{zone} Window"] = {
        "surface_type": "Window",
        "construction_name": "Clear",
        "building_surface_name": f"{zone} South",
        "number_of_vertices": 4,
        **_window_vertices(),
    }
    _add_loads(model, zone)


def _window_vertices() -> dict[str, float]:
    corners = [(2.0, 0.0, 1.0), (8.0, 0.0, 1.0), (8.0, 0.0, 2.0), (2.0, 0.0, 2.0)]
    return {
        f"vertex_{number}_{axis}_coordinate": value
        for number, corner in enumerate(corners, start=1)
        for axis, value in zip("xyz", corner, strict=True)
    }


def _upright(start: Sequence[int], end: Sequence[int], low: float, high: float) -> list[tuple[float, float, float]]:
    return [(a, b, height) for (a, b), height in ((start, low), (end, low), (end, high), (start, high))]


def _surface(zone: str, kind: str, corners: Sequence[tuple[float, float, float]]) -> dict[str, Any]:
    vertices = [
        {"vertex_x_coordinate": a * _WIDTH, "vertex_y_coordinate": b * _WIDTH, "vertex_z_coordinate": height}
        for a, b, height in corners
    ]
    outside = {"outside_boundary_condition": "Adiabatic" if kind == "Floor" else "Outdoors"}
    exposure = {} if kind != "Floor" else {"sun_exposure": "NoSun", "wind_exposure": "NoWind"}
    about = {"surface_type": kind, "construction_name": "Opaque", "zone_name": zone, "vertices": vertices}
    return {**about, **outside, **exposure}


def _add_loads(model: Model, zone: str) -> None:
    model.setdefault("ElectricEquipment", {})[f"{zone} Equipment"] = {
        "zone_or_zonelist_or_space_or_spacelist_name": zone,
        "schedule_name": DAY,
        "design_level_calculation_method": "EquipmentLevel",
        "design_level": 1500.0,
    }
    model.setdefault("ZoneInfiltration:DesignFlowRate", {})[f"{zone} Leaks"] = {
        "zone_or_zonelist_or_space_or_spacelist_name": zone,
        "schedule_name": ALWAYS,
        "design_flow_rate_calculation_method": "AirChanges/Hour",
        "air_changes_per_hour": 0.3,
    }
    people = {"zone_or_zonelist_or_space_or_spacelist_name": zone, "number_of_people_schedule_name": DAY}
    count = {"number_of_people_calculation_method": "People", "number_of_people": 5.0}
    model.setdefault("People", {})[f"{zone} People"] = people | count | {"activity_level_schedule_name": "Activity"}
