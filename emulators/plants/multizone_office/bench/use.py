"""What people, lights and plugs give off where people are counted.

Moisture and CO2 are the people's, as many to each as in the standard case. So is a part of the sensible heat; what
is left of the full gains is lights' and plugs', which go on by the clock of the standard case.
"""

from __future__ import annotations

from emulators.plants.cells import Cells, Table
from emulators.plants.multizone_office.bench.layout import CELLS, FULL_PEOPLE, PERSON_W, ZONES_BEYOND
from emulators.plants.multizone_office.bench.people import people_at
from emulators.plants.multizone_office.parameters import ZONES, Gains, OfficeParameters, Zone
from emulators.plants.multizone_office.use.boundary import gain_share, told_share, use_points, zone_use
from emulators.plants.rooms import zones
from emulators.plants.rooms.envelope import ZoneUse
from emulators.plants.rooms.zones import RoomUse

SENSIBLE_W = 75.0
"""Of a person at office work, half of it radiant (ASHRAE Handbook - Fundamentals 2017, chapter 18, table 1)."""


def fit_people(b: Cells, parameters: OfficeParameters) -> None:
    """Write what a person gives off, and how many the full use of each zone stands for."""
    b[PERSON_W] = 0.5 * SENSIBLE_W
    for number, zone in enumerate(ZONES):
        b[ZONES_BEYOND + number * CELLS + FULL_PEOPLE] = parameters.gains.people_per_m2 * zone.area_m2


def peopled_use(b: Table, zone: int, r: int, year: Table, time_s: float) -> RoomUse:
    """What the use of a room gives off: radiant and convective W, kg/s of moisture, and CO2."""
    people, full = people_at(year, zone, time_s), b[ZONES_BEYOND + zone * CELLS + FULL_PEOPLE]
    share, each = gain_share(time_s), b[PERSON_W]
    of_people = each * (people - share * full)
    return (
        share * b[r + zones.RADIANT_W] + of_people,
        share * b[r + zones.CONVECTIVE_W] + of_people,
        people / full * b[r + zones.MOISTURE_KG_S],
        people / full * b[r + zones.BREATHED_CO2],
    )


def peopled_use_points(gains: Gains, year: Table, time_s: float) -> dict[str, float]:
    """What a forecast tells of it."""
    share = told_share(time_s)
    return use_points(
        _zone_use(zone, gains, share, people_at(year, number, time_s)) for number, zone in enumerate(ZONES)
    )


def _zone_use(zone: Zone, gains: Gains, share: float, people: float) -> ZoneUse:
    by_clock, full = zone_use(zone, gains, share), zone_use(zone, gains, 1.0)
    of_people = 0.5 * SENSIBLE_W * (people - share * full.people)
    return ZoneUse(
        radiant=by_clock.radiant + of_people,
        convective=by_clock.convective + of_people,
        latent=people / full.people * full.latent,
        people=people,
        co2=gains.co2_kg_s_per_person * people,
    )
