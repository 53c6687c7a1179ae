"""A typical year of hourly weather, told at any moment.

State values stand at the end of the hour that the record closes, radiation in the middle of it; between them values
are interpolated linearly, and the year wraps around.
"""

from __future__ import annotations

import csv
import gzip
from functools import cache
from hashlib import sha256
from importlib import resources
from math import pi, radians
from typing import NamedTuple

from emulators.plants.cells import Table
from emulators.plants.psychrometrics import ATMOSPHERE_PA, KELVIN, wet_bulb
from emulators.plants.sun import Location, Sun, sun_at

HOUR_S = 3600.0
HOURS = 8760
YEAR_S = HOURS * HOUR_S
STEFAN_BOLTZMANN = 5.67e-8
"""W/(m2 K4)."""
_UNLIMITED_CEILING_M = 20000.0
_CEILING_WHEN_UNLIMITED_M = 2000.0
"""BOPTEST reports 2000 m where the file has no ceiling (boptest-api section 12, noon of day 0)."""


class Weather(NamedTuple):
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
    """Hourly columns of one year at one place; ``table`` is all of it in one flat array (:func:`weather_at`)."""

    def __init__(self, location: Location, columns: dict[str, tuple[float, ...]], fingerprint: str) -> None:
        self.location = location
        self.fingerprint = fingerprint
        self.table = [*location, *(value for name in _COLUMNS for value in columns[name])]

    def at(self, time_s: float) -> Weather:
        """The weather at a time, in seconds from 1 January 00:00; years repeat."""
        return weather_at(self.table, time_s)


_COLUMNS = (
    "dry_bulb_c",
    "dew_point_c",
    "relative_humidity_percent",
    "horizontal_infrared_w_m2",
    "global_horizontal_w_m2",
    "direct_normal_w_m2",
    "diffuse_horizontal_w_m2",
    "wind_direction_deg",
    "wind_speed_m_s",
    "total_sky_cover_tenths",
    "opaque_sky_cover_tenths",
    "ceiling_height_m",
)
"""In the order of :class:`Weather`."""
_SCALES = {"relative_humidity_percent": 0.01, "total_sky_cover_tenths": 0.1, "opaque_sky_cover_tenths": 0.1}
_FIRST = len(Location._fields)
"""Cell of the first column, behind the location."""
TABLE_SIZE = _FIRST + len(_COLUMNS) * HOURS


def weather_at(table: Table, time_s: float) -> Weather:
    """The weather at a time by the table of a year."""
    in_year = time_s % YEAR_S
    hour, mid = in_year / HOUR_S - 1.0, in_year / HOUR_S - 0.5
    return Weather(
        in_year,
        _told(table, 0, hour),
        _told(table, 1, hour),
        _told(table, 2, hour),
        _told(table, 3, hour),
        _told(table, 4, mid),
        _told(table, 5, mid),
        _told(table, 6, mid),
        _told(table, 7, hour),
        _told(table, 8, hour),
        _told(table, 9, hour),
        _told(table, 10, hour),
        _told(table, 11, hour),
        sun_at(Location(table[0], table[1], table[2]), in_year),
    )


def _told(table: Table, column: int, position: float) -> float:
    """A value between two records; ``position`` counts records, and the last is followed by the first."""
    record = int(position // 1.0)
    first = _FIRST + column * HOURS
    before, after = table[first + record % HOURS], table[first + (record + 1) % HOURS]
    return before + (after - before) * (position - record)


WEATHER_POINTS = (
    "TDryBul", "TDewPoi", "TWetBul", "TBlaSky", "relHum", "pAtm", "HGloHor", "HDirNor", "HDifHor", "HHorIR", "winDir",
    "winSpe", "nTot", "nOpa", "ceiHei", "cloTim", "lat", "lon", "solAlt", "solZen", "solDec", "solHouAng", "solTim",
)  # fmt: skip
"""BOPTEST's forecast names; a measurement is ``weaSta_reaWea<Name>_y``."""


def weather_values(table: Table, weather: Weather) -> tuple[float, ...]:
    """The weather in SI units, in the order of ``WEATHER_POINTS``."""
    sun = weather.sun
    return (
        weather.dry_bulb_c + KELVIN,
        weather.dew_point_c + KELVIN,
        wet_bulb(weather.dry_bulb_c, weather.relative_humidity) + KELVIN,
        (weather.horizontal_infrared / STEFAN_BOLTZMANN) ** 0.25,
        weather.relative_humidity,
        ATMOSPHERE_PA,
        weather.global_horizontal,
        weather.direct_normal,
        weather.diffuse_horizontal,
        weather.horizontal_infrared,
        radians(weather.wind_direction_deg),
        weather.wind_speed,
        weather.total_sky_cover,
        weather.opaque_sky_cover,
        weather.ceiling_height,
        weather.time_s,
        table[0],
        table[1],
        sun.altitude,
        pi / 2 - sun.altitude,
        sun.declination,
        sun.hour_angle,
        sun.solar_time_s,
    )


def boptest_points(year: WeatherYear, time_s: float) -> dict[str, float]:
    """The weather at a time under BOPTEST's forecast names, in SI units."""
    return dict(zip(WEATHER_POINTS, weather_values(year.table, year.at(time_s)), strict=True))


@cache
def chicago_ohare() -> WeatherYear:
    """The TMY3 year of Chicago O'Hare that the BOPTEST case uses (data/README.md)."""
    return _read("chicago_ohare_tmy3.csv.gz")


def _read(name: str) -> WeatherYear:
    packed = resources.files("emulators.plants").joinpath("data", name).read_bytes()
    text = gzip.decompress(packed).decode("utf-8")
    return weather_year(text, sha256(text.encode("utf-8")).hexdigest())


def weather_year(table: str, fingerprint: str) -> WeatherYear:
    """A year of weather from a table as they ship (data/README.md), whose numbers are sound."""
    place, names, *records = csv.reader(table.splitlines())
    latitude, longitude, utc_offset_h = (float(field) for field in place[5:8])
    location = Location(radians(latitude), radians(longitude), utc_offset_h * HOUR_S)
    columns = {name: _column(name, values) for name, values in zip(names, zip(*records, strict=True), strict=True)}
    return WeatherYear(location, columns, fingerprint)


def _column(name: str, values: tuple[str, ...]) -> tuple[float, ...]:
    if name == "ceiling_height_m":
        return tuple(_ceiling(float(value)) for value in values)
    scale = _SCALES.get(name, 1.0)
    return tuple(float(value) * scale for value in values)


def _ceiling(height_m: float) -> float:
    return _CEILING_WHEN_UNLIMITED_M if height_m > _UNLIMITED_CEILING_M else height_m
