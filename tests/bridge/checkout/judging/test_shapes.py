"""Shapes: what values that do not follow are, as people say it."""

from __future__ import annotations

import pytest

from bridge.checkout.judging.shapes import follows, is_bent, listed, misfit, rounding, switched
from bridge.checkout.results import MappingFault
from utils.values import PointValue

SHOWN = (21.0, 16.0, 29.5)


@pytest.mark.parametrize(
    ("way", "unit", "fault", "says"),
    [
        (lambda v: v * 1.8 + 32, "degC", MappingFault.WRONG_UNIT, "these are degF"),
        (lambda v: v + 273.15, "degC", MappingFault.WRONG_UNIT, "these are kelvin"),
        (lambda v: v * 0.00401463, "Pa", MappingFault.WRONG_UNIT, "these are inH2O"),
        (lambda v: v * 2118.88, "m**3/s", MappingFault.WRONG_UNIT, "these are ft**3/min"),
        (lambda v: v * 3600.0, "m**3/s", MappingFault.WRONG_UNIT, "these are m**3/h"),
        (lambda v: v * 10, "degC", MappingFault.FACTOR, "10 times what they should be"),
        (lambda v: v / 1000, "W", MappingFault.FACTOR, "0.001 times"),
        (lambda v: v / 100, "percent", MappingFault.FACTOR, "0.01 times"),
        (lambda v: -v, "degC", MappingFault.WRONG_SIGN, "the other sign"),
        (lambda v: 100 - v, "percent", MappingFault.REVERSED, "reversed"),
        (lambda v: -3 * v + 7, "degC", MappingFault.REVERSED, "reversed"),
        (lambda v: 0.8 * v + 20, "percent", MappingFault.WRONG_SCALE, "as of 0-10 V where it is 2-10 V"),
        (lambda v: 1.25 * v - 25, "percent", MappingFault.WRONG_SCALE, "as of 2-10 V where it is 0-10 V"),
        (lambda v: 1.25 * v - 25, "degC", MappingFault.WRONG_SCALE, "1.25 times that - 25"),
        (lambda v: v + 1.5, "degC", MappingFault.WRONG_SCALE, "1 times that + 1.5"),
        (lambda v: min(v, 25.0), "degC", MappingFault.WRONG_SCALE, "cut at 25"),
        (lambda v: max(v, 18.0), "degC", MappingFault.WRONG_SCALE, "cut at 18"),
        (lambda v: 18.5, "degC", MappingFault.DEAD, "stays at 18.5 whatever is shown"),
        (lambda v: 21.0, "degC", MappingFault.STUCK, "followed once and stays at 21"),
        (lambda v: 16.0 if v > 21.0 else v, "degC", MappingFault.STUCK, "followed 2 times and stays at 16"),
        (lambda v: {21.0: 33.0, 16.0: 34.0, 29.5: 2.0}[v], "degC", MappingFault.DEAD, "something else writes it"),
    ],
)
def test_what_is_wrong_is_named(way: object, unit: str, fault: MappingFault, says: str) -> None:
    found = misfit(SHOWN, [way(value) for value in SHOWN], unit)  # type: ignore[operator]
    assert (found.fault, says in found.says) == (fault, True), found


def test_what_holds_what_it_had_before_is_dead_even_where_the_first_value_was_just_that() -> None:
    assert misfit(SHOWN, [21.0] * 3, "degC", before=21.0).fault is MappingFault.DEAD


def test_small_differences_are_none_and_larger_ones_are() -> None:
    assert follows(SHOWN, [value + 0.05 for value in SHOWN])
    assert not follows(SHOWN, [value + 0.1 for value in SHOWN])
    assert follows([0.0, 0.0, 0.0], [0.0, 0.0, 0.0])


@pytest.mark.parametrize("step", [0.1, 0.5, 1.0])
def test_a_controller_that_rounds_is_told_from_one_that_is_wrong(step: float) -> None:
    shown = (21.37, 16.82, 29.51)
    assert rounding(shown, [round(value / step) * step for value in shown]) == step
    assert rounding(shown, [round(value / step) * step + 3 * step for value in shown]) is None


def test_whole_numbers_that_do_not_move_are_not_rounded() -> None:
    assert rounding((0.31, 0.12, 0.44), (0.0, 0.0, 0.0)) is None


@pytest.mark.parametrize(
    ("expected", "found", "fault"),
    [
        ((True, False, True), (False, True, False), MappingFault.REVERSED),
        ((True, False, True), (False, False, False), MappingFault.DEAD),
        ((True, False, True), (True, True, True), MappingFault.DEAD),
        ((True, True, False), (True, True, True), MappingFault.STUCK),
        ((1, 3, 2), (1, 3, 3), MappingFault.STUCK),
        ((1, 3, 2), (2, 1, 3), MappingFault.DEAD),
        ((True, False, True, True), (True, True, False, False), MappingFault.DEAD),
    ],
)
def test_states_follow_or_do_not(
    expected: tuple[PointValue, ...], found: tuple[PointValue, ...], fault: MappingFault
) -> None:
    assert switched(expected, found).fault is fault


def test_what_comes_of_what_was_sent_is_known_by_its_line() -> None:
    assert is_bent((0.0, 50.0, 100.0, 50.0), (-25.0, 37.5, 100.0, 37.5))
    assert not is_bent((0.0, 50.0, 100.0, 50.0), (12.0, 12.0, 12.0, 12.0))
    assert not is_bent((0.0, 50.0, 100.0, 50.0), (12.0, 12.000001, 12.000002, 12.000001))
    assert not is_bent((0.0, 50.0, 100.0, 50.0), (12.0, 50.0, 3.0, 50.0))
    assert not is_bent((0.0, 50.0, 100.0), (0.0, 50.0, None))


def test_values_are_listed_with_the_digits_that_they_need() -> None:
    assert listed((21.0, 22.5, None)) == "21.00, 22.50, nothing"
    assert listed((0.125, 0.5)) == "0.1250, 0.5000"
    assert listed((True, False, None)) == "on, off, nothing"
    assert listed((1, 3)) == "1, 3"
