"""From a campaign's file to its cells: every combination once, and everything that is wrong at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from campaigns.cell import CellParameters
from campaigns.reading import plan_campaign
from campaigns.running.times import start_of, steps_of
from tests.campaigns.studies import CONFIGS, SHORT, four_cells, problems_of, says, study
from tests.supervisory.files import config, program

IDLE = """
    from supervisory import Program

    class Mine(Program):
        def on_step(self, ctx): ...
"""
RESET = str(CONFIGS / "duct_static_reset.simulation.json")


def test_every_combination_is_a_cell_in_the_order_of_the_file(tmp_path: Path) -> None:
    cells = says(four_cells(tmp_path))
    assert [(cell["day"], cell["plant"]) for cell in cells] == [
        (day, {"envelope.window_w_m2k": window}) for day in (10, 186) for window in (1.5, 2.2)
    ]


def test_listed_cells_are_each_combined_with_the_grid_and_win_over_the_base(tmp_path: Path) -> None:
    base = {**SHORT, "day": 5, "hold": {"hvac_oveAhu_dpSet": 200}}
    listed = [{"price": "dynamic"}, {"day": 6, "hold": {"hvac_oveAhu_TSupSet": 286.0}}]
    cells = says(study(tmp_path, base=base, cells=listed, grid={"seed": {"from": 1, "to": 5, "step": 2}}))
    assert [(cell["day"], cell.get("seed", 0)) for cell in cells] == [(5, 1), (5, 3), (5, 5), (6, 1), (6, 3), (6, 5)]
    assert cells[-1]["hold"] == {"hvac_oveAhu_dpSet": 200.0, "hvac_oveAhu_TSupSet": 286.0}


def test_a_path_reaches_a_programs_parameter(tmp_path: Path) -> None:
    grid = {"parameters.duct_static_reset.maximum_pa": [200, 240]}
    base = {"days": 0.02, "day": 10, "supervise": RESET}
    cells = says(study(tmp_path, base=base, grid=grid))
    assert [cell["parameters"] for cell in cells] == [{"duct_static_reset": {"maximum_pa": pa}} for pa in (200, 240)]


@pytest.mark.parametrize(
    ("written", "day", "year"),
    [(186, 186.0, 2023), ("07-06", 186.0, 2023), ("2021-07-06", 186.0, 2021), ("7-6 06:00", 186.25, 2023)],
)
def test_a_day_is_a_date_or_a_number_of_the_year(written: str | int, day: float, year: int) -> None:
    start = start_of(written)
    assert (start.time_s / 86_400, start.year) == (day, year)


@pytest.mark.parametrize("written", ["02-29", "2024-02-29", "02-30", "13-01", "tomorrow", 365, -1, "07-06 25:00"])
def test_a_day_that_is_none_is_refused(tmp_path: Path, written: str | int) -> None:
    [problem] = problems_of(study(tmp_path, cells=[{"day": written}]))
    assert problem.startswith("study.yaml: cells[0]: day: ")


def test_dates_of_yaml_are_days_as_they_are_written(tmp_path: Path) -> None:
    file = tmp_path / "study.yaml"
    file.write_text("base: {days: 0.02}\ngrid:\n  day: [2023-01-10, 07-06]\n", encoding="utf-8")
    assert [cell["day"] for cell in says(file)] == ["2023-01-10", "07-06"]


def test_the_last_step_is_not_cut_off() -> None:
    cell = CellParameters(day=1, days=0.5)
    assert [steps_of(cell, step_s) for step_s in (900.0, 700.0)] == [48, 62]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ({"girds": {}}, "girds: is not a known key, did you mean 'grid'?"),
        ({}, "study.yaml: has neither grid nor cells"),
        ({"grid": {}}, "grid: has no axis"),
        ({"cells": []}, "cells: is empty"),
        ({"grid": {"day": []}}, "grid.day: is an empty list"),
        ({"grid": {"day": 5}}, "grid.day: must be a list of values, or a range"),
        ({"grid": {"day": [5, 6, 5]}}, "grid.day: has 5 twice"),
        ({"grid": {"day": {"from": 5, "too": 9}}}, "grid.day.too: is not a known key, did you mean 'to'?"),
        ({"grid": {"day": {"from": 9, "to": 5}}}, "grid.day: from 9 to 5 in steps of 1 has no number in it"),
        ({"grid": {"dayy": [5]}}, "grid.dayy: is not a known key, did you mean 'day'?"),
        ({"grid": {"day.of": [5]}}, "grid.day.of: there is nothing below day"),
        ({"cells": [{"day": 5, "prise": "dynamic"}]}, "cells[0].prise: is not a known key, did you mean 'price'?"),
        (
            {"cells": [{"day": 5, "plant.envelope.window_w_m2k": 2}]},
            "cells[0].plant.envelope.window_w_m2k: is a path, as the grid has them; write plant: "
            "{envelope.window_w_m2k: ...}",
        ),
        (
            {"base": {"parameters.reset.maximum_pa": 240}, "cells": [{"day": 5}]},
            "base.parameters.reset.maximum_pa: is a path, as the grid has them; write parameters: "
            "{reset: {maximum_pa: ...}}",
        ),
        ({"cells": [{"day": 5}, {"day": 5}]}, "cells[1]: is the same cell as number 1"),
        (
            {"grid": {"day": {"from": 0, "to": 364}, "seed": {"from": 1, "to": 2740}}},
            "makes 1,000,100 cells (365 x 2740)",
        ),
        ({"cells": [{"day": 5, "price": "dinamic"}]}, "price: 'dinamic' is none of constant, dynamic"),
        ({"cells": [{"day": 5, "days": "two"}]}, "days: must be a number"),
        ({"cells": [{"day": 5, "seed": -1}]}, "seed: must not be less than 0"),
        ({"cells": [{"day": True}]}, "day: True is no day"),
        ({"cells": [{}]}, "day: or period says when a cell is"),
        ({"cells": [{"day": 5, "period": "peak_heat_day"}]}, "day: or period says when a cell is"),
        (
            {"base": {}, "cells": [{"period": "peak_heet_day"}]},
            "did you mean 'peak_heat_day'?",
        ),
        ({"base": {}, "cells": [{"period": "peak_heat_day", "days": 20}]}, "days: a period ends after 14 days"),
        ({"cells": [{"day": 5, "plant": {"envelop.window_w_m2k": 2}}]}, "did you mean 'envelope.window_w_m2k'?"),
        (
            {"cells": [{"day": 5, "plant": {"envelope.window_w_m2k": -1}}]},
            "is -1.0; write a number above 0",
        ),
        ({"cells": [{"day": 5, "hold": {"hvac_oveAhu_dpSett": 2}}]}, "did you mean 'hvac_oveAhu_dpSet'?"),
        (
            {"cells": [{"day": 5, "hold": {"hvac_oveAhu_dpSet": 2e6}}]},
            "hvac_oveAhu_dpSet: 2e+06 is outside of",
        ),
        ({"cells": [{"day": 5, "building": "embeded"}]}, "'embeded' is no building, did you mean 'embedded'?"),
        ({"cells": [{"day": 5, "building": "http://me:you@x"}]}, "it holds an account, and is printed"),
        (
            {"cells": [{"day": 5, "building": "http://x", "plant": {"a": 1}}]},
            "plant: only the embedded",
        ),
        ({"cells": [{"day": 5, "programs": ["x"]}]}, "programs: belongs to programs; say with supervise"),
        ({"cells": [{"day": 5, "supervise": "absent.json"}]}, "supervise: absent.json: cannot be read"),
        ({"cells": [{"day": 5, "controllers": "absent"}]}, "absent is no folder"),
    ],
)
def test_what_is_wrong_is_told_with_its_place_and_what_was_meant(
    tmp_path: Path, content: dict[str, Any], told: str
) -> None:
    problems = problems_of(study(tmp_path, **content))
    assert any(told in problem for problem in problems), problems
    assert all(problem.startswith("study.yaml") for problem in problems)


def test_everything_that_is_wrong_is_told_at_once_and_each_thing_once(tmp_path: Path) -> None:
    base = {"days": 0.02, "price": "constnt", "supervise": RESET}
    grid = {"day": [10, "02-29"], "parameters.duct_static_reset.maximum_paa": [200, 240]}
    price, parameter, day = problems_of(study(tmp_path, base=base, grid=grid))
    assert "price: 'constnt' is none of" in price
    assert "(and in 3 more cells)" in price
    assert "maximum_paa: is not a known key, did you mean 'maximum_pa'?" in parameter
    assert "day: 29 February" in day


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("grid: [", "is not YAML: line 1"),
        ("grid:\n  day: [1]\n  day: [2]\n", "line 3: 'day' is written twice"),
        ("just words", "has no keys at its top"),
        ("base: {days: .nan}\ncells: [{day: 1}]", "neither text, number"),
        ("a: !!python/object:os.system x", "is not YAML"),
        ("grid: &all [1]\ncells: *all", "line 2: *all stands for something else"),
    ],
)
def test_what_is_no_campaign_is_told_in_a_line(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "study.yaml"
    file.write_text(text, encoding="utf-8")
    [problem] = problems_of(file)
    assert told in problem


def test_a_file_that_is_not_there_is_told_with_the_nearest(tmp_path: Path) -> None:
    four_cells(tmp_path)
    [problem] = problems_of(tmp_path / "studdy.yaml")
    assert problem == "studdy.yaml: cannot be read: No such file or directory, did you mean 'study.yaml'?"


def test_a_program_that_does_not_load_is_told_with_its_line(tmp_path: Path) -> None:
    program(tmp_path, "mine", "from supervisory import Program\nclass Mine(Program\n")
    config(tmp_path, programs={"mine": {"program": "mine.py"}})
    [problem] = problems_of(study(tmp_path, base={"days": 0.02}, cells=[{"day": 1, "supervise": "config.json"}]))
    assert f"supervise: {tmp_path / 'mine.py'}: cannot be imported" in problem
    assert "line 2" in problem


def test_what_a_cell_depends_on_is_in_its_digest(tmp_path: Path) -> None:
    file = program(
        tmp_path, "mine", "from supervisory import Program\nclass Mine(Program):\n    def on_step(self, ctx): ...\n"
    )
    config(tmp_path, programs={"mine": {"program": "mine.py"}})
    campaign = study(tmp_path, base={"days": 0.02}, cells=[{"day": 1, "supervise": "config.json"}])
    [before] = plan_campaign(campaign).cells
    file.write_text(file.read_text(encoding="utf-8") + "# changed\n", encoding="utf-8")
    [after] = plan_campaign(campaign).cells
    assert before.digest != after.digest
    assert (before.hashes.config, before.hashes.program) != (after.hashes.config, after.hashes.program)
    assert before.hashes.config == after.hashes.config


def test_weather_and_prices_of_ones_own_are_read_before_anything_is_run(tmp_path: Path) -> None:
    (tmp_path / "prices.csv").write_text("none\n", encoding="utf-8")
    weather, prices = problems_of(study(tmp_path, cells=[{"day": 1, "weather": "absent.epw", "prices": "prices.csv"}]))
    assert "absent.epw" in weather
    assert "prices.csv" in prices


def test_a_cell_as_boptest_is_another_cell(tmp_path: Path) -> None:
    usual, cold = plan_campaign(study(tmp_path, base={"day": 1}, grid={"as_boptest": [False, True]})).cells
    assert usual.digest != cold.digest
