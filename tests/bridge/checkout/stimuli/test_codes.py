"""Codes: no two measurements of a unit are alike in any round, nor over all rounds."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import pytest

from bridge.checkout.judging.shapes import same_sequence
from bridge.checkout.stimuli import Stimulus, coded

SPAN = (285.15, 305.15)


def rooms(count: int) -> list[Stimulus]:
    return [Stimulus(f"T{number}", "K", SPAN) for number in range(count)]


def switches(count: int) -> list[Stimulus]:
    return [Stimulus(f"b{number}", None, states=(0.0, 1.0)) for number in range(count)]


def sequences(stimuli: Sequence[Stimulus]) -> list[list[float]]:
    rounds = coded(stimuli).rounds
    return [[one[stimulus.name] for one in rounds] for stimulus in stimuli]


@pytest.mark.parametrize("count", [1, 2, 3, 4, 7, 25, 100, 301])
def test_in_each_round_a_number_is_of_one_measurement_alone_and_within_its_span(count: int) -> None:
    for one in coded(rooms(count)).rounds:
        assert len(set(one.values())) == count
        assert all(SPAN[0] < value < SPAN[1] for value in one.values())


@pytest.mark.parametrize("count", [2, 25, 300])
def test_no_sequence_is_taken_for_another_by_whoever_allows_for_rounding(count: int) -> None:
    told = sequences(rooms(count))
    assert not any(same_sequence(one, other) for one, other in itertools.permutations(told, 2))


def test_three_rounds_do_for_numbers_and_each_number_moves_far_in_each() -> None:
    told = sequences(rooms(25))
    assert {len(one) for one in told} == {3}
    steps = [abs(after - before) for one in told for before, after in itertools.pairwise(one)]
    assert min(steps) > 0.06 * (SPAN[1] - SPAN[0])


def test_the_first_is_neither_the_lowest_nor_the_highest_so_that_stuck_is_not_cut() -> None:
    assert all(min(one) < one[0] < max(one) for one in sequences(rooms(40)))


@pytest.mark.parametrize(("count", "rounds"), [(1, 3), (6, 3), (7, 4), (14, 4), (15, 5), (62, 6), (254, 8), (255, 8)])
def test_switches_take_as_many_rounds_as_tell_them_apart(count: int, rounds: int) -> None:
    told = sequences(switches(count))
    assert {len(one) for one in told} == {rounds}
    assert len({tuple(one) for one in told}) == min(count, 254)
    assert all(set(one) == {0.0, 1.0} for one in told)


def test_stages_go_round_and_differ() -> None:
    stages = [Stimulus(f"m{number}", None, states=(1.0, 2.0, 3.0, 4.0)) for number in range(6)]
    told = sequences(stages)
    assert len({tuple(one) for one in told}) == 6
    assert all(set(one) <= {1.0, 2.0, 3.0, 4.0} and len(set(one)) > 1 for one in told)


def test_numbers_go_on_being_coded_where_switches_need_more_rounds() -> None:
    told = sequences([*rooms(5), *switches(30)])[:5]
    assert {len(one) for one in told} == {5}
    assert all(len(set(values)) == 5 for values in zip(*told, strict=True))


def test_a_measurement_that_is_a_status_too_is_below_its_threshold_in_some_round_and_above_in_another() -> None:
    fans = [Stimulus(f"P{number}", "W", (400.0, 4000.0), off=(0.1, 0.9)) for number in range(5)]
    for one in sequences(fans):
        assert min(one) < 1.0 < max(one)
    assert len({tuple(value < 1 for value in one) for one in sequences(fans)}) == 5
    assert all(len(set(values)) == 5 for values in zip(*sequences(fans), strict=True))


def test_what_may_be_nothing_is_left_out() -> None:
    told = coded([*rooms(1), Stimulus("nothing", "K")])
    assert told.left_out == {"nothing"}
    assert all(one.keys() == {"T0"} for one in told.rounds)


def test_nothing_to_show_is_three_rounds_of_nothing() -> None:
    assert [dict(one) for one in coded([]).rounds] == [{}, {}, {}]
