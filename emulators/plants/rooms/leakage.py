"""Outdoor air through the cracks of the facades, driven by the wind against the pressure in the rooms.

As the rooms of the BOPTEST case leak (RoomLeakage: an air change per hour at 50 Pa for each room with a facade).
While the fan runs, the return path holds the rooms above outdoors, and little comes in; while it stands, what the wind
presses in on one side leaves on the others.
"""

from __future__ import annotations

from math import cos, inf, log, radians, sin, sqrt

from emulators.plants.cells import Cells
from emulators.plants.components import larger, smaller
from emulators.plants.rooms import zones
from emulators.plants.rooms.envelope import AIR_DENSITY
from emulators.plants.rooms.zones import AZIMUTH_DEG, BOUNDARY_LEAK, LEAK_KG_S, SIDE_RATIO_LOG, WIND_PA
from emulators.plants.weather import Weather

_MADE_BY_A_FAN_PA = 0.1
_HALVINGS = 8
_MOST_FACING = 1.01
"""More than the fit of wind pressures has anywhere, of the coefficient of a facade that faces the wind."""


def set_leaks(
    b: Cells, rooms: int, end: int, weather: Weather, room_pa: float, facing_coefficient: float, tested_pa: float
) -> None:
    """Set what leaks into each of the rooms from cell ``rooms`` to before ``end``, kg/s, by the wind.

    ``room_pa`` is their pressure over outdoors as a fan makes it; 0 where none does.
    """
    head_pa = 0.5 * AIR_DENSITY * weather.wind_speed * weather.wind_speed
    inside_pa = room_pa
    if inside_pa > head_pa * facing_coefficient * _MOST_FACING:
        for r in range(rooms, end, zones.CELLS):
            b[r + BOUNDARY_LEAK] = 0.0
        return
    for r in range(rooms, end, zones.CELLS):
        b[r + WIND_PA] = head_pa * (facing_coefficient * _facing(b, r, weather.wind_direction_deg))
    if inside_pa <= _MADE_BY_A_FAN_PA:
        inside_pa = _balanced(b, rooms, end)
    for r in range(rooms, end, zones.CELLS):
        pressing = larger(0.0, b[r + WIND_PA] - inside_pa) / tested_pa
        b[r + BOUNDARY_LEAK] = b[r + LEAK_KG_S] * sqrt(pressing)


def _facing(b: Cells, r: int, wind_from_deg: float) -> float:
    """Wind pressure on a facade as a share of that on one that faces the wind.

    Swami and Chandra's fit for low-rise buildings (ASHRAE Transactions 94, 1988; in Modelica Buildings as CpLowRise.)
    """
    angle = radians(abs((wind_from_deg - b[r + AZIMUTH_DEG] + 180.0) % 360.0 - 180.0))
    ratio = b[r + SIDE_RATIO_LOG]
    half, whole, twice = 0.5 * angle, sin(angle), sin(2.0 * ratio * angle)
    sine, cosine = sin(half), cos(half)
    shape = 1.248 - 0.703 * sine - 1.175 * whole * whole + 0.131 * twice * twice * twice
    shape += 0.769 * cosine + 0.07 * (ratio * sine) * (ratio * sine) + 0.717 * cosine * cosine
    return log(shape)


def _balanced(b: Cells, rooms: int, end: int) -> float:
    """The pressure in rooms that are open to each other at which as much comes in as goes out, Pa."""
    low, high = inf, -inf
    for r in range(rooms, end, zones.CELLS):
        if b[r + LEAK_KG_S] > 0.0:
            low, high = smaller(low, b[r + WIND_PA]), larger(high, b[r + WIND_PA])
    if low > high:
        return 0.0
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        if _net_inflow(b, rooms, end, middle) > 0.0:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


def _net_inflow(b: Cells, rooms: int, end: int, inside_pa: float) -> float:
    """What comes in through all facades less what goes out, in kg/s per square root of the tested pressure."""
    net = 0.0
    for r in range(rooms, end, zones.CELLS):
        difference = b[r + WIND_PA] - inside_pa
        root = sqrt(difference) if difference > 0.0 else -sqrt(-difference)
        net += b[r + LEAK_KG_S] * root
    return net
