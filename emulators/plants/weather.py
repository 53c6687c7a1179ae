"""A typical year of hourly weather, told at any moment.

State values stand at the end of the hour that the record closes, radiation in the middle of it; between them values
are interpolated linearly, and the year wraps around.
"""

from __future__ import annotations

import csv
import gzip
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib import resources
from math import radians

from emulators.plants.psychrometrics import ATMOSPHERE_PA, KELVIN, wet_bulb
from emulators.plants.sun import Location, Sun, sun_at

HOUR_S = 3600.0
YEAR_S = 8760 * HOUR_S
_STEFAN_BOLTZMANN = 5.67e-8
_UNLIMITED_CEILING_M = 20000.0
_CEILING_WHEN_UNLIMITED_M = 2000.0
"""BOPTEST reports 2000 m where the file has no ceiling (boptest-api section 12, noon of day 0)."""


@dataclass(frozen=True, slots=True)
class Weather:
    """The weather at one moment: degC, fractions, W/m2, degrees, m/s, m."""

    time_s: float
    dry_bulb_c: float
    dew_point_c: float
    relative_humidity: float
    horizontal_infrared: float
    global_horizontal: float
    direct_normal: float
    diffuse_horizontal: float
    wind_direction_deg: float
    wind_speed: float
    total_sky_cover: float
    opaque_sky_cover: float
    ceiling_height: float
    sun: Sun


class WeatherYear:
    """Hourly columns of one year at one place."""

    def __init__(self, location: Location, columns: dict[str, tuple[float, ...]], fingerprint: str) -> None:
        self.location = location
        self.fingerprint = fingerprint
        self._hourly = [columns[name] for name in _AT_THE_HOUR]
        self._mid_hour = [columns[name] for name in _MID_HOUR]

    def at(self, time_s: float) -> Weather:
        """The weather at a time, in seconds from 1 January 00:00; years repeat."""
        in_year = time_s % YEAR_S
        dry_bulb, dew_point, humidity, infrared, wind_direction, wind, total, opaque, ceiling = _interpolated(
            self._hourly, in_year / HOUR_S - 1.0
        )
        global_horizontal, direct_normal, diffuse = _interpolated(self._mid_hour, in_year / HOUR_S - 0.5)
        return Weather(
            time_s=in_year,
            dry_bulb_c=dry_bulb,
            dew_point_c=dew_point,
            relative_humidity=humidity,
            horizontal_infrared=infrared,
            global_horizontal=global_horizontal,
            direct_normal=direct_normal,
            diffuse_horizontal=diffuse,
            wind_direction_deg=wind_direction,
            wind_speed=wind,
            total_sky_cover=total,
            opaque_sky_cover=opaque,
            ceiling_height=ceiling,
            sun=sun_at(self.location, in_year),
        )


_AT_THE_HOUR = (
    "dry_bulb_c",
    "dew_point_c",
    "relative_humidity_percent",
    "horizontal_infrared_w_m2",
    "wind_direction_deg",
    "wind_speed_m_s",
    "total_sky_cover_tenths",
    "opaque_sky_cover_tenths",
    "ceiling_height_m",
)
_MID_HOUR = ("global_horizontal_w_m2", "direct_normal_w_m2", "diffuse_horizontal_w_m2")
_SCALES = {"relative_humidity_percent": 0.01, "total_sky_cover_tenths": 0.1, "opaque_sky_cover_tenths": 0.1}


def _interpolated(columns: list[tuple[float, ...]], position: float) -> list[float]:
    """Values between two records; ``position`` counts records, and the last is followed by the first."""
    record = int(position // 1.0)
    share = position - record
    before, after = record % 8760, (record + 1) % 8760
    return [column[before] + (column[after] - column[before]) * share for column in columns]


def boptest_points(location: Location, weather: Weather) -> dict[str, float]:
    """The weather under BOPTEST's forecast names, in SI units; a measurement is ``weaSta_reaWea<Name>_y``."""
    sun = weather.sun
    return {
        "TDryBul": weather.dry_bulb_c + KELVIN,
        "TDewPoi": weather.dew_point_c + KELVIN,
        "TWetBul": wet_bulb(weather.dry_bulb_c, weather.relative_humidity) + KELVIN,
        "TBlaSky": (weather.horizontal_infrared / _STEFAN_BOLTZMANN) ** 0.25,
        "relHum": weather.relative_humidity,
        "pAtm": ATMOSPHERE_PA,
        "HGloHor": weather.global_horizontal,
        "HDirNor": weather.direct_normal,
        "HDifHor": weather.diffuse_horizontal,
        "HHorIR": weather.horizontal_infrared,
        "winDir": radians(weather.wind_direction_deg),
        "winSpe": weather.wind_speed,
        "nTot": weather.total_sky_cover,
        "nOpa": weather.opaque_sky_cover,
        "ceiHei": weather.ceiling_height,
        "cloTim": weather.time_s,
        "lat": location.latitude,
        "lon": location.longitude,
        "solAlt": sun.altitude,
        "solZen": sun.zenith,
        "solDec": sun.declination,
        "solHouAng": sun.hour_angle,
        "solTim": sun.solar_time_s,
    }


@cache
def chicago_ohare() -> WeatherYear:
    """The TMY3 year of Chicago O'Hare that the BOPTEST case uses (data/README.md)."""
    return _read("chicago_ohare_tmy3.csv.gz")


def _read(name: str) -> WeatherYear:
    packed = resources.files("emulators.plants").joinpath("data", name).read_bytes()
    table = gzip.decompress(packed).decode("utf-8")
    place, names, *records = csv.reader(table.splitlines())
    latitude, longitude, utc_offset_h = (float(field) for field in place[5:8])
    location = Location(radians(latitude), radians(longitude), utc_offset_h * HOUR_S)
    columns = {name: _column(name, values) for name, values in zip(names, zip(*records, strict=True), strict=True)}
    return WeatherYear(location, columns, sha256(table.encode("utf-8")).hexdigest())


def _column(name: str, values: tuple[str, ...]) -> tuple[float, ...]:
    if name == "ceiling_height_m":
        return tuple(_ceiling(float(value)) for value in values)
    scale = _SCALES.get(name, 1.0)
    return tuple(float(value) * scale for value in values)


def _ceiling(height_m: float) -> float:
    return _CEILING_WHEN_UNLIMITED_M if height_m > _UNLIMITED_CEILING_M else height_m
