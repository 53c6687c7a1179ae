"""Rows with names that people copy."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from bridge.display.rows import print_rows

ROWS = [("hvac_reaAhu_TSup_y", "K", "Supply air temperature"), ("short", "", "")]


def printed(width: int, *, terminal: bool, spare: tuple[str, ...] = ()) -> list[str]:
    console = Console(file=io.StringIO(), width=width, force_terminal=terminal, color_system=None, soft_wrap=True)
    print_rows(console, "Measurements", ("Name", "unit", "description"), ROWS, spare)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


@pytest.mark.parametrize(("width", "terminal"), [(20, False), (48, True)])
def test_where_they_fit_and_where_there_is_no_edge_they_are_columns(width: int, terminal: bool) -> None:
    assert printed(width, terminal=terminal) == [
        "Measurements",
        "Name                unit  description",
        "hvac_reaAhu_TSup_y  K     Supply air temperature",
        "short",
    ]


def test_on_a_narrow_screen_a_line_breaks_between_cells_and_never_in_one() -> None:
    assert printed(26, terminal=True) == [
        "Measurements",
        "Name                unit",
        "    description",
        "hvac_reaAhu_TSup_y  K",
        "    Supply air temperature",
        "short",
    ]


def test_where_one_column_would_leave_the_others_no_room_the_cells_stand_behind_each_other() -> None:
    assert printed(23, terminal=True)[1:3] == ["Name  unit  description", "hvac_reaAhu_TSup_y  K"]


def test_a_narrow_screen_does_without_what_is_spare_and_a_wide_one_has_it() -> None:
    assert printed(26, terminal=True, spare=("description",)) == [
        "Measurements",
        "Name                unit",
        "hvac_reaAhu_TSup_y  K",
        "short",
    ]
    assert "Supply air temperature" in printed(80, terminal=True, spare=("description",))[2]


def test_one_cell_that_is_wider_than_the_screen_breaks_between_its_words() -> None:
    console = Console(file=io.StringIO(), width=24, force_terminal=True, color_system=None, soft_wrap=True)
    print_rows(console, "", ("unit", "also written"), [("cfm", "cu ft/min, cubic_feet_per_minute, ft3/min")])
    assert isinstance(console.file, io.StringIO)
    assert console.file.getvalue().splitlines()[1:] == ["cfm   cu ft/min,", "    cubic_feet_per_minute,", "    ft3/min"]
