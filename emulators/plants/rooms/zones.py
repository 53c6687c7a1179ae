"""Rooms: heat, moisture and CO2, each with its air, its furniture and its slab.

Every node is advanced by the exact solution for frozen neighbours (exponential Euler), which is stable at any step
and never overshoots.
"""

from __future__ import annotations

from math import exp, log, sqrt
from typing import TypeAlias

from emulators.plants.cells import Cells
from emulators.plants.diffuse_sun import on_wall
from emulators.plants.psychrometrics import (
    CP_DRY_AIR,
    EVAPORATION_HEAT,
    saturation_humidity_ratio,
)
from emulators.plants.rooms.envelope import (
    AIR_DENSITY,
    OUTDOOR_CO2_PPM,
    ROOM_C,
    START_HUMIDITY,
    WINDOW_SHARE,
    Envelope,
    Leakage,
    Room,
    ZoneUse,
)
from emulators.plants.rooms.outside import angle_modifier
from emulators.plants.sun import facade_beam
from emulators.plants.weather import Weather

_CO2_TO_AIR_MOLAR_MASS = 1.519
_STILL_KG_S = 1e-4
"""What a room exchanges with itself: gives air a meaning where nothing flows, and changes nothing."""

(
    AIR_KG,
    AIR_J_K,
    FURNITURE_W_K,
    FURNITURE_J_K,
    FURNITURE_CORE_W_K,
    FURNITURE_CORE_J_K,
    SLAB_W_K,
    SLAB_J_K,
    WINDOW_W_K,
    WALL_W_K,
    FACES_SOUTH,
    FACES_WEST,
    AZIMUTH_DEG,
    SIDE_RATIO_LOG,
    LEAK_KG_S,
    SOLAR_M2,
    DIFFUSE_MODIFIER,
    GROUND_REFLECTANCE,
    WALL_SUN_K,
    SUN_TO_AIR,
    SUN_TO_SLAB,
    RADIANT_TO_SLAB,
    RADIANT_TO_AIR,
    RADIANT_W,
    CONVECTIVE_W,
    MOISTURE_KG_S,
    BREATHED_CO2,
    MINIMUM_KG_S,
    FURNITURE_WEIGHT,
    FURNITURE_CORE_WEIGHT,
    SLAB_WEIGHT,
    WIND_PA,
    BOUNDARY_LEAK,
    BOUNDARY_W_K,
    BOUNDARY_W,
    BOUNDARY_MOISTURE,
    BOUNDARY_CO2,
    SLAB_GAIN_K,
    FURNITURE_GAIN_K,
    DOOR_W_K,
    DOOR_W,
    DOOR_MOISTURE,
    DOOR_CO2,
    AIR_C,
    FURNITURE_C,
    FURNITURE_CORE_C,
    SLAB_C,
    HUMIDITY,
    CO2_PPM,
    CELLS,
) = range(50)
"""A room: what it is made of, the weights of its masses, what acts from outside and through its door, and its state.

W, W/K, kg/s, ppm kg/s; state in degC, kg/kg and ppm.
"""


def fit_room(b: Cells, r: int, room: Room, envelope: Envelope, leakage: Leakage, full: ZoneUse) -> None:
    """Write what a room is made of and what its full use gives off, and its state before the building is settled."""
    furniture_m2 = envelope.furniture_m2_per_m2 * room.area_m2
    b[r + AIR_KG] = AIR_DENSITY * room.volume_m3
    b[r + AIR_J_K] = b[r + AIR_KG] * CP_DRY_AIR * envelope.air_storage_factor
    b[r + FURNITURE_W_K] = envelope.furniture_w_m2k * furniture_m2
    b[r + FURNITURE_J_K] = envelope.furniture_j_m2k * furniture_m2
    b[r + FURNITURE_CORE_W_K] = envelope.furniture_core_w_m2k * furniture_m2
    b[r + FURNITURE_CORE_J_K] = envelope.furniture_core_j_m2k * furniture_m2
    b[r + SLAB_W_K] = envelope.slab_w_m2k * room.area_m2
    b[r + SLAB_J_K] = envelope.slab_j_m2k * room.area_m2
    b[r + SUN_TO_SLAB] = envelope.solar_to_slab
    b[r + RADIANT_TO_SLAB] = envelope.radiant_to_slab
    b[r + RADIANT_TO_AIR] = envelope.radiant_to_air
    b[r + RADIANT_W] = full.radiant
    b[r + CONVECTIVE_W] = full.convective
    b[r + MOISTURE_KG_S] = full.latent / EVAPORATION_HEAT
    b[r + BREATHED_CO2] = full.co2 / _CO2_TO_AIR_MOLAR_MASS * 1e6
    b[r + MINIMUM_KG_S] = room.minimum_kg_s
    b[r + AIR_C] = b[r + FURNITURE_C] = b[r + FURNITURE_CORE_C] = b[r + SLAB_C] = ROOM_C
    b[r + HUMIDITY] = START_HUMIDITY
    b[r + CO2_PPM] = OUTDOOR_CO2_PPM
    _fit_facade(b, r, room, envelope, leakage)


def _fit_facade(b: Cells, r: int, room: Room, envelope: Envelope, leakage: Leakage) -> None:
    facade, window_m2 = room.facade, WINDOW_SHARE * room.wall_m2
    b[r + FACES_SOUTH], b[r + FACES_WEST], b[r + AZIMUTH_DEG] = facade.south, facade.west, facade.azimuth_deg
    b[r + WINDOW_W_K] = envelope.window_w_m2k * window_m2
    b[r + WALL_W_K] = envelope.wall_w_m2k * (room.wall_m2 - window_m2)
    b[r + SOLAR_M2] = envelope.window_solar_gain * window_m2
    b[r + DIFFUSE_MODIFIER] = envelope.diffuse_modifier
    b[r + GROUND_REFLECTANCE] = envelope.ground_reflectance
    b[r + WALL_SUN_K] = envelope.wall_absorptance / envelope.outside_film_w_m2k
    b[r + SUN_TO_AIR] = envelope.solar_to_air
    b[r + SIDE_RATIO_LOG] = facade.length * log(leakage.side_ratio)
    b[r + LEAK_KG_S] = b[r + AIR_KG] * leakage.air_changes_per_h / 3600.0 if room.wall_m2 else 0.0


Sky: TypeAlias = tuple[float, float, float]
"""Shares of its light from around the sun and from the horizon, and by how much it cools outer surfaces, K."""
RoomUse: TypeAlias = tuple[float, float, float, float]
"""What people, lights and plugs give off: radiant and convective heat, moisture, and CO2 (W, W, kg/s, ppm kg/s)."""


def set_room_step(b: Cells, r: int, dt_s: float) -> None:
    """Prepare a room for steps of this length."""
    to_core = b[r + FURNITURE_CORE_W_K]
    b[r + FURNITURE_WEIGHT] = 1.0 - exp(-dt_s * (b[r + FURNITURE_W_K] + to_core) / b[r + FURNITURE_J_K])
    b[r + FURNITURE_CORE_WEIGHT] = 1.0 - exp(-dt_s * to_core / b[r + FURNITURE_CORE_J_K])
    b[r + SLAB_WEIGHT] = 1.0 - exp(-dt_s * b[r + SLAB_W_K] / b[r + SLAB_J_K])


def room_use(b: Cells, r: int, share: float) -> RoomUse:
    """The use of a room as a share of its full use."""
    return (
        share * b[r + RADIANT_W],
        share * b[r + CONVECTIVE_W],
        share * b[r + MOISTURE_KG_S],
        share * b[r + BREATHED_CO2],
    )


def set_room_boundary(b: Cells, r: int, weather: Weather, sky: Sky, outdoor_humidity: float, use: RoomUse) -> None:
    """Take over weather and sky, and the use of the room.

    What leaks in is there already (``set_leaks``). All of it holds until the next call.
    """
    around, at_horizon, sky_k = sky
    radiant, convective, moisture, breathed = use
    beam, cosine = facade_beam(weather.sun, weather.direct_normal, b[r + FACES_SOUTH], b[r + FACES_WEST])
    ground = 0.5 * b[r + GROUND_REFLECTANCE] * weather.global_horizontal
    diffuse = on_wall(weather.sun, around, at_horizon, cosine, weather.diffuse_horizontal) + ground
    direct = 0.0
    if beam > 0.0:
        direct = beam * angle_modifier(cosine)
    sun = b[r + SOLAR_M2] * (direct + b[r + DIFFUSE_MODIFIER] * diffuse)
    outdoor_c, leak = weather.dry_bulb_c, b[r + BOUNDARY_LEAK]
    window_c = outdoor_c - sky_k
    wall_c = window_c + b[r + WALL_SUN_K] * (beam + diffuse)
    air, window, wall = leak * CP_DRY_AIR, b[r + WINDOW_W_K], b[r + WALL_W_K]
    to_air = convective + b[r + RADIANT_TO_AIR] * radiant + b[r + SUN_TO_AIR] * sun
    b[r + BOUNDARY_W_K] = air + window + wall
    b[r + BOUNDARY_W] = air * outdoor_c + window * window_c + wall * wall_c + to_air
    b[r + BOUNDARY_MOISTURE] = leak * outdoor_humidity + moisture
    b[r + BOUNDARY_CO2] = leak * OUTDOOR_CO2_PPM + breathed
    radiant *= 1.0 - b[r + RADIANT_TO_AIR]
    sun *= 1.0 - b[r + SUN_TO_AIR]
    to_slab = b[r + RADIANT_TO_SLAB] * radiant + b[r + SUN_TO_SLAB] * sun
    b[r + SLAB_GAIN_K] = to_slab / b[r + SLAB_W_K]
    b[r + FURNITURE_GAIN_K] = (radiant + sun - to_slab) / b[r + FURNITURE_W_K]


def step_room(b: Cells, r: int, dt_s: float, kg_s: float, supply_c: float, humidity: float, co2: float) -> None:
    """One step with this supply air."""
    before = b[r + AIR_C]
    supply, to_furniture, to_slab = kg_s * CP_DRY_AIR, b[r + FURNITURE_W_K], b[r + SLAB_W_K]
    conductance = supply + b[r + BOUNDARY_W_K] + to_furniture + to_slab + b[r + DOOR_W_K]
    heat = supply * supply_c + b[r + BOUNDARY_W] + b[r + DOOR_W]
    settled = (heat + to_furniture * b[r + FURNITURE_C] + to_slab * b[r + SLAB_C]) / conductance
    b[r + AIR_C] = after = settled + (before - settled) * exp(-dt_s * conductance / b[r + AIR_J_K])
    _step_masses(b, r, 0.5 * (before + after))
    _step_air_quality(b, r, dt_s, kg_s, humidity, co2)


def _step_masses(b: Cells, r: int, air_c: float) -> None:
    furniture_c, core_c, slab_c = b[r + FURNITURE_C], b[r + FURNITURE_CORE_C], b[r + SLAB_C]
    to_air, to_core = b[r + FURNITURE_W_K], b[r + FURNITURE_CORE_W_K]
    settled_c = (to_air * (air_c + b[r + FURNITURE_GAIN_K]) + to_core * core_c) / (to_air + to_core)
    b[r + FURNITURE_C] = after_c = furniture_c + (settled_c - furniture_c) * b[r + FURNITURE_WEIGHT]
    between_c = 0.5 * (furniture_c + after_c)
    b[r + FURNITURE_CORE_C] = core_c + (between_c - core_c) * b[r + FURNITURE_CORE_WEIGHT]
    b[r + SLAB_C] = slab_c + (air_c + b[r + SLAB_GAIN_K] - slab_c) * b[r + SLAB_WEIGHT]


def _step_air_quality(b: Cells, r: int, dt_s: float, supply: float, supply_humidity: float, supply_co2: float) -> None:
    before, co2_before = b[r + HUMIDITY], b[r + CO2_PPM]
    exchanged = supply + b[r + BOUNDARY_LEAK] + b[r + DOOR_W_K] / CP_DRY_AIR + _STILL_KG_S
    kept = exp(-dt_s * exchanged / b[r + AIR_KG])
    moisture = supply * supply_humidity + b[r + BOUNDARY_MOISTURE] + b[r + DOOR_MOISTURE] + _STILL_KG_S * before
    humidity = moisture / exchanged
    co2 = (supply * supply_co2 + b[r + BOUNDARY_CO2] + b[r + DOOR_CO2] + _STILL_KG_S * co2_before) / exchanged
    b[r + CO2_PPM] = co2 + (co2_before - co2) * kept
    humidity += (before - humidity) * kept
    saturated = saturation_humidity_ratio(b[r + AIR_C])
    b[r + HUMIDITY] = saturated if saturated < humidity else humidity


def open_doors(b: Cells, rooms: int, count: int, door_w_k: float, laminar_k: float) -> None:
    """Set the exchange between the core (first) and the perimeter rooms from their present states."""
    core_c, core_humidity, core_co2 = b[rooms + AIR_C], b[rooms + HUMIDITY], b[rooms + CO2_PPM]
    total = heat = moisture = co2 = 0.0
    for r in range(rooms + CELLS, rooms + count * CELLS, CELLS):
        room_c = b[r + AIR_C]
        difference = abs(room_c - core_c)
        conductance = door_w_k * difference / sqrt(difference + laminar_k)
        air = conductance / CP_DRY_AIR
        b[r + DOOR_W_K] = conductance
        b[r + DOOR_W] = conductance * core_c
        b[r + DOOR_MOISTURE] = air * core_humidity
        b[r + DOOR_CO2] = air * core_co2
        total += conductance
        heat += conductance * room_c
        moisture += air * b[r + HUMIDITY]
        co2 += air * b[r + CO2_PPM]
    b[rooms + DOOR_W_K] = total
    b[rooms + DOOR_W] = heat
    b[rooms + DOOR_MOISTURE] = moisture
    b[rooms + DOOR_CO2] = co2


def settle_room(
    b: Cells, r: int, dt_s: float, supply_kg_s: float, supply_c: float, fresh_share: float, humidity: float
) -> float:
    """Where the air would come to rest with this supply air, degC, after one long step of moisture and CO2."""
    to_masses = b[r + FURNITURE_W_K] * b[r + FURNITURE_C] + b[r + SLAB_W_K] * b[r + SLAB_C]
    supply = supply_kg_s * CP_DRY_AIR
    conductance = b[r + BOUNDARY_W_K] + b[r + FURNITURE_W_K] + b[r + SLAB_W_K] + b[r + DOOR_W_K] + supply
    _step_air_quality(b, r, dt_s, fresh_share * supply_kg_s, humidity, OUTDOOR_CO2_PPM)
    return (b[r + BOUNDARY_W] + b[r + DOOR_W] + to_masses + supply * supply_c) / conductance


def hold_room(b: Cells, r: int, temperature_c: float) -> None:
    """Hold the air at this temperature for one step, and let the masses follow."""
    b[r + AIR_C] = temperature_c
    _step_masses(b, r, temperature_c)
