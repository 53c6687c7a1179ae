"""The sun's diffuse light on a vertical wall: brighter around the sun and at the horizon than an even sky.

Perez, Ineichen, Seals, Michalsky and Stewart, Solar Energy 44 (1990): the model by which the BOPTEST case's rooms get
their diffuse light (Modelica Buildings, DiffusePerez).
"""

from __future__ import annotations

from math import cos, degrees, pi, sin

from emulators.plants.sun import DAY_S, Sun

_SOLAR_CONSTANT = 1367.0
_CLEARNESS_LIMITS = (1.065, 1.23, 1.5, 1.95, 2.8, 4.5, 6.2)
_CIRCUMSOLAR = (
    (-0.008, 0.588, -0.062),
    (0.130, 0.683, -0.151),
    (0.330, 0.487, -0.221),
    (0.568, 0.187, -0.295),
    (0.873, -0.392, -0.362),
    (1.132, -1.237, -0.412),
    (1.060, -1.600, -0.359),
    (0.678, -0.327, -0.250),
)
_HORIZON = (
    (-0.060, 0.072, -0.022),
    (-0.019, 0.066, -0.029),
    (0.055, -0.064, -0.026),
    (0.109, -0.152, -0.014),
    (0.226, -0.462, 0.001),
    (0.288, -0.823, 0.056),
    (0.264, -1.127, 0.131),
    (0.156, -1.377, 0.251),
)
_ZENITH_WEIGHT = 5.535e-6
_LOWEST_SUN = cos(85.0 * pi / 180.0)
_LEAST_W_M2 = 1.0
"""Below this there is no sky to speak of."""


def brightening(sun: Sun, time_s: float, direct_normal: float, diffuse_horizontal: float) -> tuple[float, float]:
    """Shares of the sky's light that come from around the sun, and (added) from the horizon."""
    if diffuse_horizontal < _LEAST_W_M2:
        return 0.0, 0.0
    zenith = min(0.5 * pi - sun.altitude, 0.5 * pi)
    weight = _ZENITH_WEIGHT * degrees(zenith) ** 3
    clearness = ((diffuse_horizontal + direct_normal) / diffuse_horizontal + weight) / (1.0 + weight)
    row = 0
    for limit in _CLEARNESS_LIMITS:
        if clearness >= limit:
            row += 1
    outside = _SOLAR_CONSTANT * (1.0 + 0.033 * cos(2.0 * pi * (time_s / DAY_S + 1.0) / 365.0))
    air_mass = 1.0 / (max(sin(sun.altitude), 0.0) + 0.15 * (93.9 - degrees(zenith)) ** -1.253)
    brightness = air_mass * diffuse_horizontal / outside
    one, two, three = _CIRCUMSOLAR[row]
    around = max(0.0, one + two * brightness + three * zenith)
    first, second, third = _HORIZON[row]
    return around, first + second * brightness + third * zenith


def on_wall(sun: Sun, around: float, at_horizon: float, cosine: float, diffuse_horizontal: float) -> float:
    """Light of the sky on a vertical wall, W/m2; ``cosine`` is that of the sun's angle of incidence, 0 behind it."""
    height = max(_LOWEST_SUN, sin(sun.altitude))
    return max(0.0, diffuse_horizontal * (0.5 * (1.0 - around) + around * cosine / height + at_horizon))
