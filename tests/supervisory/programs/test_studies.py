"""The studies behind the pages: a morning of one of them for real, and the files that they write."""

from __future__ import annotations

import csv
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks.programs import figures
from benchmarks.programs.__main__ import main, write
from benchmarks.programs.days import Day, day_alone, day_with
from benchmarks.programs.studies.rogue_zones import TurnedDown
from benchmarks.programs.studies.study import SIXTH_OF_JULY, Study
from recording.charts import Curve, Panel

MORNING_H = (5.5, 10.0)


@pytest.mark.slow
def test_trim_and_respond_saves_fan_energy_on_a_summer_morning_and_no_zone_is_warmer() -> None:
    fixed = day_alone(SIXTH_OF_JULY, {"hvac_oveAhu_dpSet": 250.0}, MORNING_H)
    reset = day_with(SIXTH_OF_JULY, "duct_static_reset", hours=MORNING_H)
    assert len(reset.states) == len(fixed.states)
    after_start = (7.0, 10.0)
    assert _fan_kwh(reset, after_start) < 0.7 * _fan_kwh(fixed, after_start)
    before, after = (figures.kelvin_hours(day, 24.2, MORNING_H) for day in (fixed, reset))
    assert after <= before + 0.02
    assert reset.alarms == ()


@pytest.mark.slow
def test_a_rogue_zone_costs_fan_energy_until_it_is_left_out_and_then_its_own_comfort() -> None:
    days = [
        day_with(
            SIXTH_OF_JULY,
            "rogue_zones",
            {"judged_after_h": 1.0, "pressure_importance": importance},
            MORNING_H,
            TurnedDown,
            {"duct_static_reset": {"importance": importance}},
        )
        for importance in ({}, {"south": 0.0})
    ]
    counted, excluded = days
    after_start = (7.0, 10.0)
    assert _fan_kwh(excluded, after_start) < 0.8 * _fan_kwh(counted, after_start)
    missed = [figures.kelvin_hours(day, 21.0, after_start, ["south"]) for day in days]
    assert missed[1] > missed[0] + 1.0
    told = ["asks for duct pressure" in " ".join(day.alarms) for day in days]
    assert told == [True, False]


def _fan_kwh(day: Day, hours: tuple[float, float]) -> float:
    return sum(state["hvac_reaAhu_PFanSup_y"] for state in day.between(*hours)) * 30.0 / 3.6e6


def test_a_study_becomes_a_picture_of_the_working_day_and_a_table_of_the_whole(tmp_path: Path) -> None:
    hours = [number / 120.0 for number in range(1, 2881)]
    lines = [Curve("fixed & dull", [250.0] * 2880, dashed=True), Curve("reset", [hour * 10.0 for hour in hours])]
    study = Study("A day <of tests>", (), (), hours, [Panel("Pressure, Pa", lines)])
    write(study, tmp_path / "study")
    svg = ElementTree.fromstring((tmp_path / "study.svg").read_text(encoding="utf-8"))  # noqa: S314 - our own
    texts = [item.text for item in svg.iter("{http://www.w3.org/2000/svg}text")]
    assert "A day <of tests>" in texts
    assert {"05:00", "19:00", "fixed & dull"} <= set(texts)
    assert "03:00" not in texts
    with (tmp_path / "study.csv").open(encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["hour", "Pressure, Pa: fixed & dull", "Pressure, Pa: reset"]
    assert len(rows) == 1 + 288
    assert rows[-1] == ["24.000", "250.000", "240.000"]


def test_an_unknown_study_is_refused_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["duct_static"])
    assert caught.value.code == 2
    assert "no study of duct_static; there is duct_static_reset" in capsys.readouterr().err
