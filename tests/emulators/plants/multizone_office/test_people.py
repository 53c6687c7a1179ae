"""Who is where in the bench's case."""

from __future__ import annotations

import pytest

from emulators.plants.multizone_office import BenchOffice
from emulators.plants.multizone_office.bench.people import (
    MEETING_ZONE,
    MOST_PEOPLE,
    SLOT_S,
    PeopledYear,
    people_at,
    peopled,
)
from emulators.plants.multizone_office.parameters import ZONES
from emulators.plants.weather import chicago_ohare
from tests.emulators.plants.multizone_office.driver import DAY_S

NAMES = [zone.name for zone in ZONES]
DAYS = range(0, 365, 7)
Day = tuple[float, ...]


@pytest.fixture(scope="module")
def year() -> PeopledYear:
    return peopled(chicago_ohare(), 1)


def day_of(year: PeopledYear, zone: str, day: int) -> Day:
    slots = range(int(DAY_S // SLOT_S))
    return tuple(people_at(year.table, NAMES.index(zone), day * DAY_S + slot * SLOT_S) for slot in slots)


def test_the_same_seed_has_the_same_people_and_another_one_others(year: PeopledYear) -> None:
    again, other = PeopledYear(chicago_ohare(), 1), PeopledYear(chicago_ohare(), 2)
    assert again.table == year.table
    assert again.fingerprint == year.fingerprint
    assert other.fingerprint != year.fingerprint
    for zone in NAMES:
        assert [day_of(other, zone, day) for day in DAYS] != [day_of(year, zone, day) for day in DAYS]


def test_the_first_people_of_a_seed_are_the_same_everywhere(year: PeopledYear) -> None:
    told = {zone: [int(count) for count in day_of(year, zone, 10)[96:216:12]] for zone in NAMES}
    assert told == {
        "cor": [6, 30, 40, 36, 35, 17, 40, 38, 40, 31],
        "sou": [3, 7, 9, 7, 0, 5, 9, 7, 7, 5],
        "eas": [2, 3, 5, 5, 2, 3, 6, 6, 5, 6],
        "nor": [1, 4, 5, 6, 6, 1, 0, 6, 5, 4],
        "wes": [0, 0, 0, 0, 0, 0, 18, 18, 22, 21],
    }


@pytest.mark.parametrize("zone", NAMES)
def test_no_two_days_of_a_zone_and_no_two_zones_of_a_day_are_alike(year: PeopledYear, zone: str) -> None:
    days = [day_of(year, zone, day) for day in DAYS]
    busy = [day for day in days if any(day)]
    assert len(set(busy)) == len(busy) > 0.7 * len(days)
    others = {day_of(year, other, 3) for other in NAMES if other != zone}
    assert day_of(year, zone, 3) not in others
    assert len(others) == len(NAMES) - 1


@pytest.mark.parametrize("zone", NAMES)
def test_people_are_whole_no_more_than_there_are_seats_and_gone_at_night(year: PeopledYear, zone: str) -> None:
    for day in DAYS:
        counts = day_of(year, zone, day)
        assert all(count == int(count) and 0 <= count <= MOST_PEOPLE[zone] for count in counts)
        assert not any(counts[: int(5.5 * 12)])
        assert not any(counts[int(21.5 * 12) :])


def test_a_team_is_out_for_a_while_on_many_days_and_the_meeting_rooms_are_empty_between_meetings(
    year: PeopledYear,
) -> None:
    core_hours = slice(9 * 12, 17 * 12)
    empty = {zone: [day_of(year, zone, day)[core_hours].count(0.0) for day in DAYS] for zone in NAMES}
    assert max(empty["cor"]) == 0
    for zone in ("sou", "eas", "nor"):
        assert sum(slots >= 6 for slots in empty[zone]) > 0.4 * len(DAYS)
        assert sum(slots == 0 for slots in empty[zone]) > 0.1 * len(DAYS)
    assert all(slots > 0 for slots in empty[MEETING_ZONE])
    assert max(max(day_of(year, MEETING_ZONE, day)) for day in DAYS) > 20


def test_the_years_people_repeat_with_its_weather(year: PeopledYear) -> None:
    assert people_at(year.table, 0, 10.5 * DAY_S) == people_at(year.table, 0, 375.5 * DAY_S) > 0
    assert year.at(10.5 * DAY_S) == chicago_ohare().at(10.5 * DAY_S)


def test_a_building_tells_the_people_of_its_seed() -> None:
    noon_s = 10.5 * DAY_S
    seeded = peopled(chicago_ohare(), 7)
    told = BenchOffice(start_time_s=noon_s, people_seed=7).advance(60.0, {})
    for number, zone in enumerate(NAMES):
        people = people_at(seeded.table, number, noon_s + 60.0)
        assert told[f"hvac_reaZon{zone.capitalize()}_nPeo_y"] == people
