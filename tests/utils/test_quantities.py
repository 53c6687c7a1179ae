"""What units measure, and which units buildings have."""

from __future__ import annotations

import pytest

from utils.quantities import find_units, named_units, quantity_of
from utils.unit_conversion import UnitConverter, UnitError


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        ("degF", "temperature"),
        ("delta_degF", "temperature difference"),
        ("percent", "fraction"),
        ("inH2O", "pressure"),
        ("cfm", "volume flow"),
        ("kWh", "energy"),
        ("rad", "angle"),
        ("ampere", "current"),
        ("J/K", "[mass] * [length] ** 2 / [temperature] / [time] ** 2"),
    ],
)
def test_units_are_told_by_what_they_measure(unit: str, expected: str) -> None:
    assert sorted(quantity_of(unit)) == sorted(expected)


def test_every_name_of_a_unit_is_the_same_unit() -> None:
    parse = UnitConverter().parse
    for unit in named_units():
        assert len({parse(spelling) for spelling in unit.spellings}) == 1, unit


def test_a_spelling_is_answered_with_the_unit_and_all_its_names() -> None:
    for text in ("cfm", "cubic-feet-per-minute", "ft3/min"):
        [unit] = find_units(text)
        assert unit.quantity == "volume flow"
        assert {"cfm", "ft**3/min", "cu ft/min"} <= set(unit.spellings)
        assert unit.bacnet == ("cubic-feet-per-minute",)


def test_a_quantity_is_answered_with_its_units() -> None:
    assert {unit.quantity for unit in find_units("flow")} == {"volume flow", "mass flow"}


def test_a_part_of_a_name_will_do() -> None:
    assert [unit.spellings[0] for unit in find_units("w.g")] == ["inH2O"]


def test_a_unit_that_only_pint_knows_is_found_too() -> None:
    [unit] = find_units("furlong")
    assert (unit.quantity, unit.bacnet) == ("length", ())


def test_what_is_no_unit_is_said_with_the_nearest_one() -> None:
    with pytest.raises(UnitError, match="did you mean 'cfm'"):
        find_units("cfmm")
