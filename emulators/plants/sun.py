"""Where the sun is, in the equations and names of the weather reader that BOPTEST's models use.

Times are seconds from 1 January 00:00 of the local standard time. Angles are radians. Nothing is folded to one day:
solar time and hour angle grow through the year, as in the original.
"""

from __future__ import annotations

from math import asin, cos, pi, radians, sin
from typing import NamedTuple

DAY_S = 86400.0
_OBLIQUITY = radians(23.45)


class Location(NamedTuple):
    """A place on earth; east is positive."""

    latitude: float
    longitude: float
    utc_offset_s: float


class Sun(NamedTuple):
    """The sun at one moment. ``south`` and ``west`` are the components of the unit vector towards it."""

    solar_time_s: float
    declination: float
    hour_angle: float
    altitude: float
    south: float
    west: float


def equation_of_time_s(time_s: float) -> float:
    """Apparent minus mean solar time (Duffie and Beckman's short form)."""
    angle = 2 * pi * (time_s / DAY_S + 1 - 81) / 364
    return 60.0 * (9.87 * sin(2 * angle) - 7.53 * cos(angle) - 1.5 * sin(angle))


def declination(time_s: float) -> float:
    """Angle of the sun above the equator."""
    return asin(-sin(_OBLIQUITY) * cos((time_s / DAY_S + 10) * 2 * pi / 365.25))


def sun_at(location: Location, time_s: float) -> Sun:
    """The sun over a place."""
    mean_time_s = time_s + location.longitude * DAY_S / (2 * pi) - location.utc_offset_s
    solar_time_s = mean_time_s + equation_of_time_s(time_s)
    delta = declination(time_s)
    hour_angle = (solar_time_s / DAY_S - 0.5) * 2 * pi
    sin_lat, cos_lat = sin(location.latitude), cos(location.latitude)
    sin_dec, cos_dec = sin(delta), cos(delta)
    up = sin_lat * sin_dec + cos_lat * cos_dec * cos(hour_angle)
    return Sun(
        solar_time_s,
        delta,
        hour_angle,
        asin(max(-1.0, min(1.0, up))),
        cos_dec * cos(hour_angle) * sin_lat - sin_dec * cos_lat,
        cos_dec * sin(hour_angle),
    )


def facade_beam(sun: Sun, direct_normal: float, faces_south: float, faces_west: float) -> tuple[float, float]:
    """Direct radiation on a vertical wall, W/m2, and the cosine of its angle of incidence.

    There is none while the sun is (nearly) down. The wall's outward normal is given by its components; 0 and 0 are no
    outer wall.
    """
    normal = direct_normal * min(1.0, max(0.0, sun.altitude / _GRAZING))
    cosine = max(0.0, sun.south * faces_south + sun.west * faces_west)
    return normal * cosine, cosine


_GRAZING = 0.02
"""Below this altitude (rad) the beam fades out: hourly data are too coarse for it."""
