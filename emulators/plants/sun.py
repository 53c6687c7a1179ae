"""Where the sun is, in the equations and names of the weather reader that BOPTEST's models use.

Times are seconds from 1 January 00:00 of the local standard time. Angles are radians. Nothing is folded to one day:
solar time and hour angle grow through the year, as in the original.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import asin, cos, pi, radians, sin

DAY_S = 86400.0
_OBLIQUITY = radians(23.45)


@dataclass(frozen=True, slots=True)
class Location:
    """A place on earth; east is positive."""

    latitude: float
    longitude: float
    utc_offset_s: float


@dataclass(frozen=True, slots=True)
class Sun:
    """The sun at one moment. ``south`` and ``west`` are the components of the unit vector towards it."""

    solar_time_s: float
    declination: float
    hour_angle: float
    altitude: float
    south: float
    west: float

    @property
    def zenith(self) -> float:
        """Angle from the vertical."""
        return pi / 2 - self.altitude


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
        solar_time_s=solar_time_s,
        declination=delta,
        hour_angle=hour_angle,
        altitude=asin(max(-1.0, min(1.0, up))),
        south=cos_dec * cos(hour_angle) * sin_lat - sin_dec * cos_lat,
        west=cos_dec * sin(hour_angle),
    )


def facade_beam(sun: Sun, direct_normal: float) -> dict[str, float]:
    """Direct radiation on vertical walls by their orientation, W/m2; none while the sun is (nearly) down."""
    beam = direct_normal * min(1.0, max(0.0, sun.altitude / _GRAZING))
    return {
        "sou": beam * max(0.0, sun.south),
        "nor": beam * max(0.0, -sun.south),
        "wes": beam * max(0.0, sun.west),
        "eas": beam * max(0.0, -sun.west),
    }


_GRAZING = 0.02
"""Below this altitude (rad) the beam fades out: hourly data are too coarse for it."""
