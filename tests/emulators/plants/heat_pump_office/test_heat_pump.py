"""One unit: what it gives and takes by the outdoor temperature, its timers, frost, start, outage."""

from __future__ import annotations

import pytest

from emulators.plants.heat_pump_office import heat_pump as hp
from emulators.plants.heat_pump_office.heat_pump import performance
from emulators.plants.heat_pump_office.parameters import AirSourceHeatPump
from tests.emulators.plants.heat_pump_office.driver import AREA_M2, Unit

RATED_W = AirSourceHeatPump().rated_w(AREA_M2)


def test_it_is_rated_at_8_degrees() -> None:
    capacity_w, power_w = performance(Unit().cells, 0, 8.33)
    assert capacity_w == pytest.approx(RATED_W, rel=0.005)
    assert capacity_w / power_w == pytest.approx(3.4, rel=0.005)


def test_capacity_and_efficiency_fall_with_the_cold() -> None:
    each = [performance(Unit().cells, 0, outdoor_c) for outdoor_c in (10.0, 0.0, -10.0, -20.0)]
    capacities = [capacity_w for capacity_w, _ in each]
    assert capacities == sorted(capacities, reverse=True)
    assert capacities[2] / RATED_W == pytest.approx(0.494, abs=0.001)
    efficiencies = [capacity_w / power_w for capacity_w, power_w in each]
    assert efficiencies == sorted(efficiencies, reverse=True)


def test_heat_follows_a_start_within_minutes() -> None:
    unit = Unit()
    unit.run(60.0)
    capacity_w, _ = performance(unit.cells, 0, 0.0)
    assert unit[hp.HEAT_W] == pytest.approx(0.632 * capacity_w, rel=0.02)
    unit.run(300.0)
    assert unit[hp.HEAT_W] == pytest.approx(capacity_w, rel=0.02)


@pytest.mark.parametrize("dt_s", [1.0, 5.0, 15.0])
def test_a_start_takes_three_times_its_running_power_for_a_second_more_whatever_the_step(dt_s: float) -> None:
    unit = Unit(dt_s)
    unit.run(dt_s)
    _, power_w = performance(unit.cells, 0, 0.0)
    extra_j = (unit[hp.COMPRESSOR_W] - power_w) * dt_s
    assert extra_j == pytest.approx(3.0 * power_w * 1.0, rel=0.4 if dt_s == 1.0 else 0.01)
    unit.run(dt_s)
    assert unit[hp.COMPRESSOR_W] == pytest.approx(power_w, rel=0.01)


def test_the_compressor_runs_and_rests_for_its_shortest_times() -> None:
    unit = Unit()
    unit.run(10.0)
    unit.run(165.0, compressor=0.0)
    assert unit[hp.RUNS] == 1.0
    unit.run(10.0, compressor=0.0)
    assert unit[hp.RUNS] == 0.0
    unit.run(290.0)
    assert unit[hp.RUNS] == 0.0
    unit.run(15.0)
    assert unit[hp.RUNS] == 1.0


def test_the_fan_runs_with_what_heats_and_on_while_the_coil_is_warm() -> None:
    unit = Unit()
    unit.run(400.0)
    assert unit[hp.FAN_W] > 0.0
    unit.run(30.0, compressor=0.0)
    assert (unit[hp.RUNS], unit[hp.FAN_W] > 0.0) == (0.0, True)
    unit.run(200.0, compressor=0.0)
    assert (unit[hp.FAN_W], unit[hp.KG_S]) == (0.0, 0.0)
    unit.run(5.0, compressor=0.0, backup=0.5)
    assert unit[hp.BACKUP_W] == 0.5 * 45.0 * AREA_M2
    assert unit[hp.FAN_W] > 0.0


def test_below_the_lowest_temperature_it_stands_and_comes_back_only_above_it() -> None:
    unit = Unit()
    unit.run(200.0, outdoor_c=-20.5)
    assert unit[hp.RUNS] == 0.0
    unit.run(200.0, outdoor_c=-19.9)
    unit.run(200.0, outdoor_c=-20.5)
    assert unit[hp.RUNS] == 1.0
    unit.run(200.0, outdoor_c=-21.5)
    assert unit[hp.RUNS] == 0.0


def test_moist_air_around_freezing_makes_more_frost_than_dry_cold() -> None:
    frosts = []
    for outdoor_c, humidity in ((0.0, 0.9), (-12.0, 0.6), (12.0, 0.9)):
        unit = Unit()
        unit.run(1800.0, outdoor_c=outdoor_c, humidity=humidity)
        frosts.append(unit[hp.FROST])
    assert frosts[0] > 3.0 * frosts[1] > 0.0
    assert frosts[2] == 0.0


def test_a_coil_full_of_frost_gives_a_fifth_less() -> None:
    unit = Unit()
    clean_w, _ = performance(unit.cells, 0, 0.0)
    unit.cells[hp.FROST] = 1.0
    assert performance(unit.cells, 0, 0.0)[0] == pytest.approx(0.8 * clean_w)


def test_after_an_hour_of_frosting_it_defrosts_at_the_room_s_expense() -> None:
    unit = Unit()
    unit.run(3590.0)
    assert unit[hp.DEFROSTS] == 0.0
    unit.run(20.0)
    frost = unit[hp.FROST]
    unit.run(40.0)
    assert unit[hp.DEFROSTS] == 1.0
    _, power_w = performance(unit.cells, 0, 0.0)
    assert unit[hp.COMPRESSOR_W] == pytest.approx(0.7 * power_w)
    unit.run(60.0 + frost * 360.0 - 70.0)
    assert (unit[hp.DEFROSTS], unit[hp.HEAT_W] < 0.0) == (1.0, True)
    unit.run(30.0)
    assert (unit[hp.DEFROSTS], unit[hp.RUNS]) == (0.0, 1.0)
    assert unit[hp.FROST] < 0.01
    unit.run(3400.0)
    assert unit[hp.DEFROSTS] == 0.0


def test_an_outage_stops_everything_and_the_timer_begins_when_power_is_back() -> None:
    unit = Unit()
    unit.run(600.0, backup=1.0)
    unit.run(1200.0, backup=1.0, powered=False)
    assert [unit[cell] for cell in (hp.RUNS, hp.COMPRESSOR_W, hp.BACKUP_W, hp.FAN_W)] == [0.0] * 4
    unit.run(290.0)
    assert unit[hp.RUNS] == 0.0
    unit.run(20.0)
    assert unit[hp.RUNS] == 1.0
