"""The studies behind the pages: a morning of one of them for real, and the files that they write."""

from __future__ import annotations

import csv
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks.programs import air, figures
from benchmarks.programs.__main__ import main, write
from benchmarks.programs.days import Day, State, day_alone, day_with, day_with_all, mean
from benchmarks.programs.studies.air_handler_commissioning import SEEDED, TESTS, results
from benchmarks.programs.studies.rogue_zones import TurnedDown
from benchmarks.programs.studies.study import (
    EIGHTH_OF_MAY,
    FIFTEENTH_OF_JANUARY,
    FIRST_OF_MAY,
    SIXTH_OF_JULY,
    Study,
    degc,
)
from emulators.plants.heat_pump_office import HeatPumpOffice
from emulators.plants.multizone_office import BenchOffice, MultizoneOffice
from recording.charts import Curve, Panel

MORNING_H = (5.5, 10.0)
EIGHTEENTH_OF_JUNE = 168
VENTILATION, STANDBY = "demand_controlled_ventilation", "occupied_standby"


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
def test_a_purge_cools_all_zones_over_night_without_chiller_or_heat_and_gives_all_back() -> None:
    hours = (20.0, 29.5)
    alone, purged = day_alone(EIGHTEENTH_OF_JUNE, hours=hours), day_with(EIGHTEENTH_OF_JUNE, "night_purge", hours=hours)
    coldest = [min(figures.zone_degc(day, zone)[-70] for zone in figures.ZONES) for day in (alone, purged)]
    assert 20.0 < coldest[1] < coldest[0] - 0.8
    assert figures.kwh(purged, (*figures.CHILLER, *figures.HEAT_PUMP)) < 0.1
    assert [name for name, value in purged.states[-1].items() if name.endswith("_activate") and value] == []
    assert purged.alarms == ()


@pytest.mark.slow
def test_a_load_shift_takes_a_quarter_out_of_the_first_dear_hours_and_no_zone_beyond_comfort() -> None:
    hours = (11.5, 17.0)
    alone, shifted = day_alone(SIXTH_OF_JULY, hours=hours), day_with(SIXTH_OF_JULY, "load_shift", hours=hours)
    dear_h = (14.0, 17.0)
    assert figures.kwh(shifted, figures.ALL, dear_h) < 0.75 * figures.kwh(alone, figures.ALL, dear_h)
    assert figures.kwh(shifted, figures.ALL, (12.0, 14.0)) > figures.kwh(alone, figures.ALL, (12.0, 14.0))
    assert figures.warmest_degc(shifted, dear_h) < 26.1
    assert shifted.alarms == ()


def test_what_is_held_for_some_hours_is_the_buildings_own_after_them() -> None:
    held = day_alone(SIXTH_OF_JULY, {"hvac_oveAhu_yFan": 0.4}, (1.0, 2.0), held_h=(1.25, 1.5))
    speeds = [state["hvac_oveAhu_yFan_u"] for state in held.states]
    assert [speed == 0.4 for speed in speeds] == [30 <= number < 60 for number in range(120)]


def test_a_cost_is_the_price_of_each_half_minute_times_its_energy() -> None:
    state = dict.fromkeys(figures.ALL, 0.0)
    states = [state | {figures.FAN[0]: 1000.0}] * 120 + [state | {figures.FAN[0]: 3000.0}] * 120
    day = Day(tuple(states), from_h=13.0)
    price = {13: 0.1, 14: 0.2}
    assert figures.cost(day, 5, lambda time_s: price[int(time_s % 86400 // 3600)]) == pytest.approx(0.7)
    assert figures.kwh(day, figures.ALL, (14.0, 15.0)) == pytest.approx(3.0)


@pytest.mark.slow
def test_a_rogue_zone_costs_fan_energy_until_it_is_left_out_and_then_its_own_comfort() -> None:
    days = [
        day_with_all(
            SIXTH_OF_JULY,
            {
                "rogue_zones": {"judged_after_h": 1.0, "pressure_importance": importance},
                "duct_static_reset": {"importance": importance},
            },
            MORNING_H,
            TurnedDown,
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


@pytest.mark.slow
def test_a_staggered_morning_has_half_the_peak_and_is_warm_when_people_come() -> None:
    hours = (3.5, 7.0)
    own = day_alone(FIFTEENTH_OF_JANUARY, hours=hours, plant=HeatPumpOffice)
    staggered = day_with(FIFTEENTH_OF_JANUARY, "heat_pump_stagger", hours=hours, plant=HeatPumpOffice)
    before, after = (max(_quarters_kw(day)) for day in (own, staggered))
    assert after < 0.55 * before
    zones_k = [value for name, value in staggered.states[-1].items() if name.endswith("TZon_y")]
    assert min(zones_k) > 273.15 + 19.8
    assert staggered.alarms == ()


def _quarters_kw(day: Day) -> list[float]:
    power = day.column("sit_reaMet_PEle_y")
    return [sum(power[first : first + 30]) / 30e3 for first in range(0, len(power), 30)]


@pytest.mark.slow
def test_high_co2_adds_no_outdoor_air_to_an_open_economizer() -> None:
    """It takes as much as makes 12 degC, more than the minimum: more would be colder, or have to be heated."""
    late_morning_h = (10.0, 11.5)
    own = day_alone(FIFTEENTH_OF_JANUARY, hours=late_morning_h, plant=BenchOffice)
    led = day_with_all(
        FIFTEENTH_OF_JANUARY, {VENTILATION: {}}, late_morning_h, BenchOffice, lambda state: _with_co2(state, 840.0)
    )
    last = led.states[-1]
    assert last["hvac_reaZonCor_V_flow_y"] > 1.2 * own.states[-1]["hvac_reaZonCor_V_flow_y"]
    assert last["hvac_reaAhu_V_flow_out_y"] > 1.2 * last["hvac_oveAhu_VOutMinSet_u"] > 0.6
    for day in (own, led):
        supply_degc = mean(degc([state["hvac_reaAhu_TSup_y"] for state in day.states[-30:]]))
        assert supply_degc == pytest.approx(12.0, abs=0.3)
        assert max(state["hvac_oveAhu_yHea_u"] for state in day.states[-30:]) == 0.0


@pytest.mark.slow
def test_ventilation_by_demand_saves_chilling_on_a_summer_morning_and_no_zone_passes_its_co2_setpoint() -> None:
    morning_h = (8.0, 11.0)
    own = day_alone(SIXTH_OF_JULY, hours=morning_h, plant=BenchOffice)
    led = day_with(SIXTH_OF_JULY, VENTILATION, hours=morning_h, plant=BenchOffice)
    assert figures.kwh(led, figures.CHILLER) < 0.9 * figures.kwh(own, figures.CHILLER)
    assert air.ppm_hours(led) == 0.0
    assert led.alarms == ()


@pytest.mark.slow
def test_between_two_meetings_the_room_is_shut_off_and_has_its_air_back_in_time() -> None:
    day = day_with(FIRST_OF_MAY, STANDBY, hours=(10.5, 13.5), plant=BenchOffice)
    left, back = _between_meetings(day)
    in_standby = day.states[left + 2 * 10 : back]
    assert len(in_standby) > 10
    assert all(293.15 < state["hvac_reaZonWes_TZon_y"] < 297.15 for state in in_standby)
    assert max(state["hvac_reaZonWes_V_flow_y"] for state in in_standby) < 0.05 * 0.7
    assert {round(state["hvac_oveZonSupWes_TZonCooSet_u"] - 273.15, 1) for state in in_standby} == {24.6}
    three_steps_later = day.states[back + 3]
    assert three_steps_later["hvac_oveZonSupWes_VMinSet_activate"] == 0.0
    assert three_steps_later["hvac_oveZonSupWes_TZonCooSet_u"] == pytest.approx(297.15)


def _between_meetings(day: Day) -> tuple[int, int]:
    """The steps in which the western rooms have just emptied after the first meeting, and just filled again."""
    populated = [air.people(state, "west") > 0.0 for state in day.states]
    left = populated.index(False, populated.index(True))
    return left, populated.index(True, left)


def _with_co2(state: State, co2_ppm: float) -> State:
    """A state whose CO2 sensors all show the same."""
    return {name: co2_ppm if name.endswith("_CO2Zon_y") else value for name, value in state.items()}


@pytest.mark.slow
def test_a_leaking_valve_is_found_at_night_and_a_sound_air_handler_passes() -> None:
    night_h = (0.0, 2.0)
    sound, leaking = (
        results(day_with(EIGHTH_OF_MAY, "air_handler_commissioning", hours=night_h, plant=plant))
        for plant in (MultizoneOffice, lambda: MultizoneOffice(SEEDED["heating valve leaks 3 %"].parameters))
    )
    assert set(sound) == set(TESTS)
    assert set(sound.values()) == {"passed"}
    assert [test for test, said in leaking.items() if said == "failed"] == ["heating valve shuts"]


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
