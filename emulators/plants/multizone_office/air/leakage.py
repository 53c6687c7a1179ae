"""Outdoor air through the cracks of the facades, driven by the wind against the pressure in the rooms.

As the rooms of the BOPTEST case leak (RoomLeakage: an air change per hour at 50 Pa for each room with a facade).
While the fan runs, the return path holds the rooms above outdoors, and little comes in; while it stands, what the wind
presses in on one side leaves on the others.
"""

from __future__ import annotations

from math import cos, inf, log, radians, sin, sqrt

from emulators.plants.cells import Cells
from emulators.plants.components import larger, smaller
from emulators.plants.multizone_office.layout import FACING_COEFFICIENT, ROOM_PA, ROOMS, TESTED_PA, ZONE_COUNT
from emulators.plants.multizone_office.parameters import AIR_DENSITY
from emulators.plants.multizone_office.parts import zones
from emulators.plants.multizone_office.parts.zones import AZIMUTH_DEG, BOUNDARY_LEAK, LEAK_KG_S, SIDE_RATIO_LOG, WIND_PA
from emulators.plants.weather import Weather

_END = ROOMS + ZONE_COUNT * zones.CELLS
_MADE_BY_A_FAN_PA = 0.1
_HALVINGS = 8
_MOST_FACING = 1.01
"""More than the fit of wind pressures has anywhere, of the coefficient of a facade that faces the wind."""


def set_leaks(b: Cells, weather: Weather) -> None:
    """Set what leaks into each room, kg/s, by the wind and by the rooms' pressure at the last balance."""
    head_pa = 0.5 * AIR_DENSITY * weather.wind_speed * weather.wind_speed
    inside_pa = b[ROOM_PA]
    if inside_pa > head_pa * b[FACING_COEFFICIENT] * _MOST_FACING:
        for r in range(ROOMS, _END, zones.CELLS):
            b[r + BOUNDARY_LEAK] = 0.0
        return
    for r in range(ROOMS, _END, zones.CELLS):
        b[r + WIND_PA] = head_pa * _coefficient(b, r, weather.wind_direction_deg)
    if inside_pa <= _MADE_BY_A_FAN_PA:
        inside_pa = _balanced(b)
    for r in range(ROOMS, _END, zones.CELLS):
        pressing = larger(0.0, b[r + WIND_PA] - inside_pa) / b[TESTED_PA]
        b[r + BOUNDARY_LEAK] = b[r + LEAK_KG_S] * sqrt(pressing)


def _coefficient(b: Cells, r: int, wind_from_deg: float) -> float:
    """Wind pressure on a facade as a share of the dynamic pressure: Swami and Chandra's fit for low-rise buildings.

    (ASHRAE Transactions 94, 1988; in Modelica Buildings as CpLowRise.)
    """
    angle = radians(abs((wind_from_deg - b[r + AZIMUTH_DEG] + 180.0) % 360.0 - 180.0))
    ratio = b[r + SIDE_RATIO_LOG]
    half, whole, twice = 0.5 * angle, sin(angle), sin(2.0 * ratio * angle)
    sine, cosine = sin(half), cos(half)
    shape = 1.248 - 0.703 * sine - 1.175 * whole * whole + 0.131 * twice * twice * twice
    shape += 0.769 * cosine + 0.07 * (ratio * sine) * (ratio * sine) + 0.717 * cosine * cosine
    return b[FACING_COEFFICIENT] * log(shape)


def _balanced(b: Cells) -> float:
    """The pressure in rooms that are open to each other at which as much comes in as goes out, Pa."""
    low, high = inf, -inf
    for r in range(ROOMS, _END, zones.CELLS):
        if b[r + LEAK_KG_S] > 0.0:
            low, high = smaller(low, b[r + WIND_PA]), larger(high, b[r + WIND_PA])
    if low > high:
        return 0.0
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        if _net_inflow(b, middle) > 0.0:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


def _net_inflow(b: Cells, inside_pa: float) -> float:
    """What comes in through all facades less what goes out, in kg/s per square root of the tested pressure."""
    net = 0.0
    for r in range(ROOMS, _END, zones.CELLS):
        difference = b[r + WIND_PA] - inside_pa
        root = sqrt(difference) if difference > 0.0 else -sqrt(-difference)
        net += b[r + LEAK_KG_S] * root
    return net
