"""Who is in a zone, by its sensor: five minutes to be empty, one to be populated, and no trust in silence."""

from __future__ import annotations

from supervisory.blocks.zones.population import Population, PopulationTimes

HOUR_S = 3600.0


def told(population: Population, *sees: tuple[float, bool | None]) -> list[bool]:
    return [population.step(time_s, people) for time_s, people in sees]


def emptied() -> Population:
    """A zone that has been empty since time 300."""
    population = Population(PopulationTimes())
    told(population, (0.0, False), (300.0, False))
    return population


def test_a_zone_is_empty_when_nobody_was_seen_for_five_minutes_without_a_break() -> None:
    population = Population(PopulationTimes())
    assert told(population, (0.0, False), (299.0, False), (300.0, False)) == [True, True, False]
    population = Population(PopulationTimes())
    assert told(population, (0.0, False), (290.0, True), (300.0, False), (599.0, False)) == [True] * 4
    assert population.step(600.0, False) is False


def test_it_is_populated_again_when_somebody_was_seen_for_a_minute_without_a_break() -> None:
    assert told(emptied(), (310.0, True), (369.0, True), (370.0, True)) == [False, False, True]
    assert told(emptied(), (310.0, True), (360.0, False), (370.0, True), (429.0, True)) == [False] * 4


def test_a_sensor_that_cannot_be_read_means_people_at_once_and_the_five_minutes_begin_anew() -> None:
    population = emptied()
    assert told(population, (310.0, None), (320.0, False), (610.0, False), (620.0, False)) == [True, True, True, False]


def test_the_five_minutes_begin_with_the_occupied_hours() -> None:
    population = Population(PopulationTimes())
    assert [population.step(time_s, False, is_occupied=False) for time_s in (0.0, 300.0, 600.0)] == [True] * 3
    assert told(population, (900.0, False), (1199.0, False), (1200.0, False)) == [True, True, False]
    assert population.step(1230.0, False, is_occupied=False)


def test_a_sensor_without_anybody_for_too_many_occupied_hours_is_stuck_until_it_sees_somebody() -> None:
    population = Population(PopulationTimes(silent_s=2 * HOUR_S))
    for hour in range(20):
        population.step(hour * HOUR_S, False, is_occupied=False)
    assert told(population, (20 * HOUR_S, False), (20.5 * HOUR_S, False), (20.9 * HOUR_S, False)) == [
        True,
        False,
        False,
    ]
    assert (population.step(22 * HOUR_S, False), population.is_stuck) == (True, True)
    assert told(population, (23 * HOUR_S, False), (23.1 * HOUR_S, True)) == [True, True]
    assert not population.is_stuck
