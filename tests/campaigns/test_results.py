"""What comes of a campaign: a table for other programs, and a page for people."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from campaigns.engines import Failed
from campaigns.results import overview, results_table
from campaigns.results.effects import effects_of, indicators_of
from campaigns.store import CampaignStore
from tests.campaigns.studies import Here, Said, begin, go_through, result, study


def store_with(folder: Path, *kpis: float, **content: Said) -> CampaignStore:
    """A campaign whose cells have these energies; NaN for one that fails."""
    outcomes = {
        number: [result(number, ener_tot=value, pgas_tot=0.0) if value == value else Failed(number, "<b>no</b> idea")]
        for number, value in enumerate(kpis, start=1)
    }
    store = begin(study(folder, **content))
    go_through(store, Here(outcomes))
    return store


GRID = {"day": ["07-06", "01-10"], "plant.envelope.window_w_m2k": [1.5, 2.2], "price": ["constant", "dynamic"]}
ENERGIES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 1 / 3)


def test_the_table_has_a_row_for_each_cell_and_numbers_that_can_be_read_back(tmp_path: Path) -> None:
    rows = [*csv.DictReader(results_table(store_with(tmp_path, *ENERGIES, grid=GRID).rows()).decode().splitlines())]
    assert [float(row["ener_tot"]) for row in rows] == [*ENERGIES]
    assert [row["cell"] for row in rows] == [*"12345678"]
    assert (rows[1]["price"], rows[1]["day"], rows[1]["plant.envelope.window_w_m2k"]) == ("dynamic", "07-06", "1.5")
    assert not {"attempts", "began", "wall_s", "worker", "engine"} & rows[0].keys()


def test_with_everything_the_table_has_failed_cells_and_what_differs_from_run_to_run(tmp_path: Path) -> None:
    rows = store_with(tmp_path, 0.1, float("nan"), grid={"day": [1, 2]}).rows()
    assert len(results_table(rows).splitlines()) == 2
    _, second = csv.DictReader(results_table(rows, everything=True).decode().splitlines())
    assert (second["state"], second["error"], second["attempts"]) == ("failed", "<b>no</b> idea", "1")


def test_the_effect_of_a_parameter_is_that_of_all_cells_with_each_of_its_values(tmp_path: Path) -> None:
    rows = store_with(tmp_path, *ENERGIES, grid=GRID).rows()
    assert indicators_of(rows) == ["ener_tot"]
    day, window, price = effects_of(rows, ["ener_tot"])
    assert [(level.words, level.cells) for level in day.levels] == [("01-10", 4), ("07-06", 4)]
    assert [level.spreads["ener_tot"].mean for level in window.levels] == pytest.approx([0.35, 1.3 / 3])
    assert [level.words for level in price.levels] == ["as usual", "dynamic"]
    assert price.levels[1].changes == {
        "ener_tot": pytest.approx((0.2 + 0.4 + 0.6 + 1 / 3) / (0.1 + 0.3 + 0.5 + 0.7) - 1)
    }
    assert price.levels[0].changes == {"ener_tot": 0.0}
    assert (day.is_drawn, window.is_drawn, price.is_drawn) == (True, True, False)
    assert (window.levels[0].spreads["ener_tot"].low, window.levels[0].spreads["ener_tot"].high) == (0.1, 0.6)


def test_the_page_draws_what_lies_on_an_axis_and_tells_the_rest(tmp_path: Path) -> None:
    store = store_with(tmp_path, *ENERGIES, grid=GRID, title="Windows & prices")
    page = overview("Windows & prices", store.facts, store.rows())
    assert "<h1>Windows &amp; prices</h1>" in page
    assert page.count("<svg") == 2
    assert [*re.findall(r"<h2>(.*?)</h2>", page)] == [
        "What was run", "Indicators", "By day", "By plant.envelope.window_w_m2k", "By price", "All cells",
    ]  # fmt: skip
    assert "0.1000" in page
    assert "Building bench: a campaign" in page


def test_words_of_others_are_text_on_the_page(tmp_path: Path) -> None:
    store = store_with(tmp_path, float("nan"), 0.1, grid={"day": [1, 2]}, title="<script>")
    page = overview("<script>", store.facts, store.rows())
    assert "<script>" not in page
    assert "&lt;b&gt;no&lt;/b&gt; idea" in page
    assert "No indicator differs between the cells." in page


def test_a_page_of_nothing_yet_says_so(tmp_path: Path) -> None:
    store = begin(study(tmp_path, grid={"day": [1, 2]}))
    assert "No cell is done yet." in overview("study", store.facts, store.rows())
