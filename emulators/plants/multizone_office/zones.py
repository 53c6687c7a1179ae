"""The five rooms: heat, moisture and CO2, each with its air, its furniture and its slab.

Every node is advanced by the exact solution for frozen neighbours (exponential Euler), which is stable at any step
and never overshoots.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, sqrt

from emulators.plants.multizone_office.boundary import ZoneUse
from emulators.plants.multizone_office.parameters import (
    AIR_DENSITY,
    OUTDOOR_CO2_PPM,
    ROOM_C,
    START_HUMIDITY,
    WINDOW_SHARE,
    Envelope,
    Zone,
)
from emulators.plants.psychrometrics import (
    CP_DRY_AIR,
    EVAPORATION_HEAT,
    saturation_humidity_ratio,
)
from emulators.plants.sun import facade_beam
from emulators.plants.weather import Weather

_CO2_TO_AIR_MOLAR_MASS = 1.519
_SMOOTHING_K2 = 0.0025
"""Keeps the exchange through an open door smooth where the temperatures meet."""


class Room:
    """One zone of the building. Temperatures in degC, humidity in kg/kg, CO2 in ppm."""

    __slots__ = (
        "_air_kg",
        "_air_storage",
        "_boundary_co2",
        "_boundary_conductance",
        "_boundary_heat",
        "_boundary_moisture",
        "_door_co2",
        "_door_conductance",
        "_door_heat",
        "_door_moisture",
        "_dt_s",
        "_envelope",
        "_furniture_conductance",
        "_furniture_gain_k",
        "_furniture_weight",
        "_infiltration",
        "_slab_conductance",
        "_slab_gain_k",
        "_slab_weight",
        "co2",
        "furniture",
        "humidity",
        "slab",
        "temperature",
        "zone",
    )

    def __init__(self, zone: Zone, envelope: Envelope) -> None:
        self.zone = zone
        self._envelope = envelope
        self._air_kg = AIR_DENSITY * zone.volume_m3
        self._air_storage = self._air_kg * CP_DRY_AIR * envelope.air_storage_factor
        self._furniture_conductance = envelope.furniture_w_m2k * envelope.furniture_m2_per_m2 * zone.area_m2
        self._slab_conductance = envelope.slab_w_m2k * zone.area_m2
        self.temperature = self.furniture = self.slab = ROOM_C
        self.humidity = START_HUMIDITY
        self.co2 = OUTDOOR_CO2_PPM

    def set_step(self, dt_s: float) -> None:
        """Prepare for steps of this length."""
        envelope, zone = self._envelope, self.zone
        furniture_storage = envelope.furniture_j_m2k * envelope.furniture_m2_per_m2 * zone.area_m2
        slab_storage = envelope.slab_j_m2k * zone.area_m2
        self._dt_s = dt_s
        self._furniture_weight = 1.0 - exp(-dt_s * self._furniture_conductance / furniture_storage)
        self._slab_weight = 1.0 - exp(-dt_s * self._slab_conductance / slab_storage)

    def set_boundary(self, weather: Weather, outdoor_humidity: float, use: ZoneUse) -> None:
        """Take over the weather and the use of the zone, held until the next call."""
        envelope, zone = self._envelope, self.zone
        window_m2 = WINDOW_SHARE * zone.wall_m2
        beam = facade_beam(weather.sun, weather.direct_normal).get(zone.name, 0.0)
        diffuse = 0.5 * (weather.diffuse_horizontal + envelope.ground_reflectance * weather.global_horizontal)
        transmitted = envelope.window_solar_gain * window_m2
        sun = transmitted * (envelope.beam_modifier * beam + envelope.diffuse_modifier * diffuse)
        warmed_wall_c = weather.dry_bulb_c + envelope.wall_absorptance * (beam + diffuse) / envelope.outside_film_w_m2k
        self._infiltration = infiltration = self._infiltrated(weather.wind_speed)
        direct = envelope.window_w_m2k * window_m2 + infiltration * CP_DRY_AIR
        wall = envelope.wall_w_m2k * (zone.wall_m2 - window_m2)
        to_air = use.convective + envelope.solar_to_air * sun
        self._boundary_conductance = direct + wall
        self._boundary_heat = direct * weather.dry_bulb_c + wall * warmed_wall_c + to_air
        self._boundary_moisture = infiltration * outdoor_humidity + use.latent / EVAPORATION_HEAT
        self._boundary_co2 = infiltration * OUTDOOR_CO2_PPM + use.co2 / _CO2_TO_AIR_MOLAR_MASS * 1e6
        radiant = use.radiant + (1.0 - envelope.solar_to_air) * sun
        self._slab_gain_k = envelope.radiant_to_slab * radiant / self._slab_conductance
        self._furniture_gain_k = (1.0 - envelope.radiant_to_slab) * radiant / self._furniture_conductance

    def _infiltrated(self, wind_speed: float) -> float:
        """kg/s of outdoor air; only zones with an outer wall leak."""
        envelope = self._envelope
        if not self.zone.wall_m2:
            return 0.0
        wind_factor = envelope.infiltration_calm + envelope.infiltration_per_wind * wind_speed
        return envelope.infiltration_ach / 3600.0 * self._air_kg * wind_factor

    def step(self, supply_kg_s: float, supply_c: float, supply_humidity: float, supply_co2: float) -> None:
        """One step with this supply air."""
        self._step_heat(supply_kg_s * CP_DRY_AIR, supply_c)
        self._step_air_quality(supply_kg_s, supply_humidity, supply_co2)

    def _step_heat(self, supply: float, supply_c: float) -> None:
        before = self.temperature
        to_furniture, to_slab = self._furniture_conductance, self._slab_conductance
        conductance = supply + self._boundary_conductance + to_furniture + to_slab + self._door_conductance
        heat = supply * supply_c + self._boundary_heat + self._door_heat
        settled = (heat + to_furniture * self.furniture + to_slab * self.slab) / conductance
        self.temperature = after = settled + (before - settled) * exp(-self._dt_s * conductance / self._air_storage)
        self._step_masses(0.5 * (before + after))

    def _step_air_quality(self, supply: float, supply_humidity: float, supply_co2: float) -> None:
        exchange = supply + self._infiltration + self._door_conductance / CP_DRY_AIR
        kept = exp(-self._dt_s * exchange / self._air_kg)
        humidity = (supply * supply_humidity + self._boundary_moisture + self._door_moisture) / exchange
        co2 = (supply * supply_co2 + self._boundary_co2 + self._door_co2) / exchange
        self.co2 = co2 + (self.co2 - co2) * kept
        humidity += (self.humidity - humidity) * kept
        self.humidity = min(humidity, saturation_humidity_ratio(self.temperature))

    def set_doors(self, conductance: float, heat: float, moisture: float, co2: float) -> None:
        """Exchange with the neighbours: W/K, and the sums of what they would bring (W, kg/s, ppm kg/s)."""
        self._door_conductance = conductance
        self._door_heat = heat
        self._door_moisture = moisture
        self._door_co2 = co2

    def settle(self, supply_kg_s: float, supply_c: float, fresh_share: float, humidity: float) -> float:
        """Where the air would come to rest with this supply air, degC, after one long step of moisture and CO2."""
        to_masses = self._furniture_conductance * self.furniture + self._slab_conductance * self.slab
        supply = supply_kg_s * CP_DRY_AIR
        conductance = self._boundary_conductance + self._furniture_conductance + self._slab_conductance
        conductance += self._door_conductance + supply
        self._step_air_quality(fresh_share * supply_kg_s, humidity, OUTDOOR_CO2_PPM)
        return (self._boundary_heat + self._door_heat + to_masses + supply * supply_c) / conductance

    def hold(self, temperature_c: float) -> None:
        """Hold the air at this temperature for one step, and let the masses follow."""
        self.temperature = temperature_c
        self._step_masses(temperature_c)

    def _step_masses(self, air_c: float) -> None:
        self.furniture += (air_c + self._furniture_gain_k - self.furniture) * self._furniture_weight
        self.slab += (air_c + self._slab_gain_k - self.slab) * self._slab_weight


def open_doors(rooms: Sequence[Room], door_w_k: float) -> None:
    """Set the exchange between the core (first) and the perimeter rooms from their present states."""
    core, *perimeter = rooms
    total = heat = moisture = co2 = 0.0
    for room in perimeter:
        difference = room.temperature - core.temperature
        conductance = door_w_k * sqrt(sqrt(difference * difference + _SMOOTHING_K2))
        air = conductance / CP_DRY_AIR
        room.set_doors(conductance, conductance * core.temperature, air * core.humidity, air * core.co2)
        total += conductance
        heat += conductance * room.temperature
        moisture += air * room.humidity
        co2 += air * room.co2
    core.set_doors(total, heat, moisture, co2)
