"""Who is where: whole people in each zone for each five minutes of the year, drawn from a seed.

Every day is a working day, as for the standard case, but no two are alike. In the offices each desk has somebody who
comes on a share of the days, at a time of their own, goes out for lunch, and leaves it for a while now and then. The
west zone has become meeting rooms: empty but for some meetings, which have more people than it was designed for.
To the bit the same everywhere.
"""

from __future__ import annotations

from functools import lru_cache
from random import Random

from emulators.plants.cells import Table
from emulators.plants.multizone_office.parameters import ZONES
from emulators.plants.multizone_office.use.modes import DAY_S
from emulators.plants.weather import TABLE_SIZE, YEAR_S, WeatherYear

USUAL_SEED = 1
SLOT_S = 300.0
SLOTS, _DAY_SLOTS = int(YEAR_S // SLOT_S), int(DAY_S // SLOT_S)
_PER_HOUR = int(3600.0 // SLOT_S)

MOST_PEOPLE = {"cor": 49, "sou": 10, "eas": 6, "nor": 10, "wes": 24}
"""Desks, 0.05 a square metre as in the standard case; in the west zone, chairs of the largest meeting."""
MEETING_ZONE = "wes"
_COMES, _DAY_SPREAD = 0.75, 0.18
"""How many of the desks have somebody on a day, and its spread over days."""
_TEAM, _AWAY_DAY, _OUT_TOGETHER, _OUT_H = 10, 0.08, 0.6, (0.75, 1.75)
"""A zone of so few desks is a team: on some days it is away altogether, on many it is out together for a while."""
_COMES_H, _GOES_H, _LUNCH_H = (8.6, 0.6), (17.4, 0.8), (12.3, 0.4)
"""Mean and spread of when somebody comes, goes, and is out for lunch."""
_LUNCH_LASTS_H, _ABSENCES, _ABSENT_H = (0.4, 1.0), 2, (0.25, 2.0)
_MEETINGS, _MEETING_H, _PEOPLE_MET = (2, 5), (0.5, 2.0), (4, 24)
_FIRST_MEETING_H, _LAST_MEETING_H = 8.5, 16.5


class PeopledYear(WeatherYear):
    """A year of weather with the people of that year behind its table."""

    def __init__(self, year: WeatherYear, seed: int) -> None:
        self.location = year.location
        self.table = [*year.table, *(float(count) for zone in ZONES for count in _year_of(zone.name, seed))]
        self.fingerprint = f"{year.fingerprint} people {seed}"


@lru_cache(maxsize=8)
def peopled(year: WeatherYear, seed: int) -> PeopledYear:
    """The year with its people, made once."""
    return PeopledYear(year, seed)


def people_at(table: Table, zone: int, time_s: float) -> float:
    """How many are in a zone, by its number, from the table of a :class:`PeopledYear`."""
    return table[TABLE_SIZE + zone * SLOTS + int(time_s % YEAR_S // SLOT_S)]


def _year_of(zone: str, seed: int) -> list[int]:
    random = Random(f"{seed} {zone}")  # noqa: S311 - people, not a secret
    people = [0] * SLOTS
    for first in range(0, SLOTS, _DAY_SLOTS):
        day = _meetings(random) if zone == MEETING_ZONE else _desks(random, MOST_PEOPLE[zone])
        people[first : first + _DAY_SLOTS] = day
    return people


def _desks(random: Random, desks: int) -> list[int]:
    """A day of an office."""
    people = [0] * _DAY_SLOTS
    is_team = desks <= _TEAM
    if is_team and random.random() < _AWAY_DAY:
        return people
    out = _out_together(random) if is_team else set()
    comes = min(max(random.gauss(_COMES, _DAY_SPREAD), 0.1), 1.0)
    for _ in range(desks):
        if random.random() < comes:
            for slot in _person(random) - out:
                people[slot] += 1
    return people


def _out_together(random: Random) -> set[int]:
    if random.random() >= _OUT_TOGETHER:
        return set()
    leaves_h = random.uniform(_COMES_H[0] + 0.5, _GOES_H[0] - 1.0)
    return _slots(leaves_h, leaves_h + random.uniform(*_OUT_H))


def _person(random: Random) -> set[int]:
    """The slots of a day in which somebody is at their desk."""
    there = _slots(random.gauss(*_COMES_H), random.gauss(*_GOES_H))
    lunch_h = random.gauss(*_LUNCH_H)
    there -= _slots(lunch_h, lunch_h + random.uniform(*_LUNCH_LASTS_H))
    for _ in range(random.randint(0, _ABSENCES)):
        leaves_h = random.uniform(_COMES_H[0], _GOES_H[0])
        there -= _slots(leaves_h, leaves_h + random.uniform(*_ABSENT_H))
    return there


def _meetings(random: Random) -> list[int]:
    """A day of the meeting rooms; of meetings at once, the largest counts."""
    people = [0] * _DAY_SLOTS
    for _ in range(random.randint(*_MEETINGS)):
        begins_h = random.uniform(_FIRST_MEETING_H, _LAST_MEETING_H)
        count = random.randint(*_PEOPLE_MET)
        for slot in _slots(begins_h, begins_h + random.uniform(*_MEETING_H)):
            people[slot] = max(people[slot], count)
    return people


def _slots(from_h: float, to_h: float) -> set[int]:
    first, last = round(from_h * _PER_HOUR), round(to_h * _PER_HOUR)
    return set(range(max(first, 0), min(last, _DAY_SLOTS)))
