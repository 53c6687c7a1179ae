"""The benchmark's lists, in every naming style: what is said to be sure is right."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from benchmarks.mapping import LISTS, Truth, points_for, read, tally
from mapping import propose
from tests.mapping.office import office

FILES = {file.stem: file for file in sorted(LISTS.glob("*.csv"))}
STYLES = [style for style in FILES if "." not in style]
OTHER_CASES = [style for style in FILES if "." in style]
_PLACE = re.compile(r"(?:Nor|Sou|Eas|Wes|Cor)(?=[_A-Z])")


def test_there_are_lists_of_every_style() -> None:
    assert {"brick", "distech", "french", "german", "guideline36", "niagara", "short_codes"} <= set(STYLES)
    assert len({style.split(".")[0] for style in OTHER_CASES}) >= 6


@pytest.mark.parametrize("style", STYLES)
def test_nothing_sure_is_wrong_and_nearly_all_is_right_first(style: str) -> None:
    told = tally(office(), read(FILES[style]))
    assert told.sure_wrong == 0
    assert told.right_first >= 0.9 * told.points
    assert told.within_three == told.points
    assert told.sure >= told.points / 2


@pytest.mark.parametrize("style", OTHER_CASES)
def test_in_another_building_nothing_sure_is_wrong_and_most_is_right_first(style: str) -> None:
    told = tally(points_for(FILES[style]), read(FILES[style]))
    assert told.sure_wrong == 0
    assert told.right_first >= 0.6 * told.points


@pytest.mark.slow
@pytest.mark.parametrize("style", FILES)
def test_nothing_is_sure_of_another_when_its_own_is_not_there(style: str) -> None:
    """Each of the simulation's points is left out in turn, in all zones at once."""
    simulation, truths = points_for(FILES[style]), read(FILES[style])
    for gone in _same_in_all_zones(truths):
        made = propose([point for point in simulation if point.name not in gone], [one.point for one in truths])
        wrong = [
            one.controller.name
            for one, truth in zip(made.points, truths, strict=True)
            if one.is_sure and truth.bop_point in gone
        ]
        assert wrong == []


@pytest.mark.parametrize(
    "modifier",
    [
        *("Setpoint", "Limit", "Alarm", "Max", "Avg", "Override", "Offset", "Status", "Hours", "Reheat", "Mixed"),
        *("Exhaust", "Inlet", "Cooling", "Speed", "2", "Spare", "Demand", "Enthalpy", "B", "Before", "Bypass"),
    ],
)
def test_a_temperature_with_a_word_more_is_another_one(modifier: str) -> None:
    """A zone temperature that is called "exhaust", or "alarm", is not what it seems to be."""
    sure = []
    for style in ("distech", "niagara", "plain", "short_codes"):
        sensors = [truth.point for truth in read(FILES[style]) if _is_air_temperature(truth)]
        assert len(sensors) > 5
        points = [replace(point, name=f"{point.name} {modifier}") for point in sensors]
        sure += [one.controller.name for one in propose(office(), points).points if one.is_sure]
    assert sure == []


def _is_air_temperature(truth: Truth) -> bool:
    return truth.bop_point is not None and truth.bop_point.endswith(("_TZon_y", "_TMix_y", "_TSup_y", "_TDryBul_y"))


def _same_in_all_zones(truths: list[Truth]) -> Iterator[set[str]]:
    alike: dict[str, set[str]] = {}
    for truth in truths:
        if truth.bop_point is not None:
            alike.setdefault(_PLACE.sub("", truth.bop_point), set()).add(truth.bop_point)
    yield from alike.values()
