"""The judge of the embedded building: who keeps which bar, on files like those that BOPTEST has published."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from benchmarks.baseline.fit import solved
from benchmarks.baseline.judging import judge_course, judge_windows, residuals_of_course, residuals_of_window
from benchmarks.baseline.published import VARIABLE, Trajectory, Window, courses, folder_of_data, split, windows
from benchmarks.baseline.simulated import Simulated, simulate_course, simulate_window
from emulators.plants.multizone_office.parameters import as_boptest

DAY_S = 86400.0
ZONE, CO2 = "hvac_reaZonCor_TZon_y", "hvac_reaZonCor_CO2Zon_y"
KPIS = {"tdis_tot": 4.0, "idis_tot": 0.0, "ener_tot": 1.0, "emis_tot": 0.3, "pele_tot": 0.02}


def window(middle_day: int, **kpis: float) -> Window:
    start_s = (middle_day - 7) * DAY_S
    return Window(middle_day, start_s, 14 * DAY_S, 7 * DAY_S, KPIS | kpis)


def course(days: float, values: list[float]) -> Trajectory:
    times_s = [days * DAY_S * index / (len(values) - 1) for index in range(len(values))]
    return Trajectory("made", 7 * DAY_S, 7 * DAY_S, times_s, {ZONE: values, CO2: values})


def verdicts(ours: dict[str, float]) -> dict[tuple[str, str], bool | None]:
    return {(line.where, line.what): line.keeps for line in judge_windows([(window(50), Simulated(KPIS | ours, {}))])}


def test_a_window_keeps_its_bars_by_share_or_by_the_least_difference() -> None:
    found = verdicts({"ener_tot": 1.19, "pele_tot": 0.0245, "tdis_tot": 4.9})
    assert found["day 50", "ener_tot"] is True
    assert found["day 50", "pele_tot"] is False
    assert found["day 50", "tdis_tot"] is True
    assert found["median", "ener_tot"] is False


def test_air_quality_is_told_and_not_judged() -> None:
    assert verdicts({"idis_tot": 80.0})["day 50", "idis_tot"] is None


def test_a_course_is_judged_after_its_first_two_days() -> None:
    theirs = course(9.0, [300.0] * 91)
    early = [310.0] * 20 + [300.1] * 71
    lines = {line.what: line for line in judge_course(theirs, Simulated({}, {ZONE: early, CO2: early}))}
    assert lines[ZONE].keeps is True
    assert lines[ZONE].off == "rms 0.10 K"
    late = [300.0] * 50 + [301.0] * 41
    assert [line.keeps for line in judge_course(theirs, Simulated({}, {ZONE: late, CO2: late}))] == [False, True]


def test_a_course_of_less_than_two_days_is_told_and_not_judged() -> None:
    theirs = course(1.0, [300.0] * 11)
    ours = Simulated({}, {ZONE: [310.0] * 11, CO2: [310.0] * 11})
    assert {line.keeps for line in judge_course(theirs, ours)} <= {None}


def test_windows_to_judge_share_no_day_with_what_was_fitted_on() -> None:
    every = [window(day) for day in range(7, 358)]
    shown = [course(9.0, [300.0] * 10)]
    to_fit, to_judge = split(every, shown)
    fitted = {day for one in to_fit for day in one.days} | set(shown[0].days)
    assert 15 in {one.middle_day for one in to_fit}
    assert 150 in {one.middle_day for one in to_judge}
    assert all(fitted.isdisjoint(one.days) for one in to_judge)


def test_the_fit_looks_at_a_window_s_energy_and_peak_in_units_of_their_bars() -> None:
    ours = Simulated(KPIS | {"ener_tot": 1.05, "pele_tot": 0.018, "tdis_tot": 9.0}, {})
    assert residuals_of_window(window(50), ours) == pytest.approx([1.0, -1.0])


def test_the_fit_looks_at_a_course_once_it_has_settled() -> None:
    theirs = course(9.0, [300.0] * 91)
    early = [310.0] * 20 + [300.3] * 71
    off = residuals_of_course(theirs, Simulated({}, {ZONE: early, CO2: [300.0] * 91}))
    assert sum(value * value for value in off) == pytest.approx(1.0)


def test_the_fit_solves_its_equations() -> None:
    assert solved([[4.0, 1.0], [1.0, 3.0]], [1.0, 2.0]) == pytest.approx([1.0 / 11.0, 7.0 / 11.0])


def test_without_the_published_files_it_is_said_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    with pytest.raises(SystemExit, match=f"name its folder with --data or {VARIABLE}"):
        folder_of_data(tmp_path)


@pytest.fixture
def data() -> Path:
    if not os.environ.get(VARIABLE):
        pytest.skip(f"the published baseline is no part of the project; {VARIABLE} says where it is")
    return folder_of_data()


@pytest.mark.slow
def test_a_january_day_is_that_of_the_boptest_case(data: Path) -> None:
    shown = next(one for one in courses(data) if one.name == "initialize_advance")
    ours = simulate_course(as_boptest(), shown)
    off = {line.what: float(line.off.split()[1]) for line in judge_course(shown, ours)}
    assert all(value < 0.35 for name, value in off.items() if name.endswith("TZon_y"))
    assert all(value < 40.0 for name, value in off.items() if name.endswith("CO2Zon_y"))
    assert off["hvac_reaAhu_TSup_y"] < 0.5
    assert off["hvac_reaAhu_dp_sup_y"] < 2.0


@pytest.mark.slow
@pytest.mark.parametrize("middle_day", [38, 142, 230, 282, 330])
def test_a_fortnight_needs_the_energy_and_the_power_that_the_boptest_case_needs(data: Path, middle_day: int) -> None:
    theirs = next(one for one in windows(data) if one.middle_day == middle_day)
    ours = simulate_window(as_boptest(), theirs)
    assert ours.kpis["ener_tot"] == pytest.approx(theirs.kpis["ener_tot"], rel=0.05)
    assert ours.kpis["pele_tot"] == pytest.approx(theirs.kpis["pele_tot"], rel=0.15)
    assert all(line.keeps is not False for line in judge_windows([(theirs, ours)]) if line.where != "median")
