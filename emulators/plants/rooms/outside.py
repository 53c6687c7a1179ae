"""What reaches the facades: the sun through glass, and the cold of the sky.

As in the BOPTEST case's rooms (Modelica Buildings, ThermalZones.Detailed.MixedAir), in one node per facade: beam by its
angle of incidence, a sky that is brighter around the sun, ground, long-wave exchange with half a sky.
"""

from __future__ import annotations

from math import acos, pi

from emulators.plants.psychrometrics import KELVIN
from emulators.plants.rooms.envelope import Envelope
from emulators.plants.weather import STEFAN_BOLTZMANN, Weather

_PANES, _CLEAR_GLASS = 2.0, 4.0
_GENTLE, _STEEP = 0.25 / _CLEAR_GLASS, 5.2 + 0.7 * _CLEAR_GLASS
_LATE = (5.26 + 0.06 * _PANES) + (0.73 + 0.04 * _PANES) * _CLEAR_GLASS


def sky_loss(envelope: Envelope) -> float:
    """By how much half a clear sky cools an outer surface below the air, K per W/m2 that it gives back too little."""
    return envelope.sky_view * envelope.emissivity / envelope.outside_film_w_m2k


def sky_deficit(weather: Weather) -> float:
    """What the sky gives back too little of the radiation of a black surface at air temperature, W/m2."""
    air_k = weather.dry_bulb_c + KELVIN
    return STEFAN_BOLTZMANN * air_k * air_k * air_k * air_k - weather.horizontal_infrared


def angle_modifier(cosine: float) -> float:
    """Solar gain at an angle of incidence as a share of that at normal: two panes of clear glass.

    The polynomial of Karlsson and Roos (Solar Energy 68, 2000), by which panes and glass stand for the whole curve.
    """
    share = acos(min(1.0, max(0.0, cosine))) / (0.5 * pi)
    steep: float = 8.0 * share**_STEEP
    late: float = (1.0 - 8.0 - _GENTLE) * share**_LATE
    return 1.0 - steep - _GENTLE * share * share - late
