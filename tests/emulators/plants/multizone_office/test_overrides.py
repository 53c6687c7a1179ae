from __future__ import annotations

import pytest

from tests.emulators.plants.multizone_office.driver import (
    AHU,
    COLD_DAY,
    KELVIN,
    MILD_DAY,
    OVERRIDE,
    SUMMER_DAY,
    WINTER_DAY,
    celsius,
    office,
    take,
    taken,
)

HOUR = 3600.0


def test_an_override_is_sticky_until_it_is_released() -> None:
    plant = office(MILD_DAY, 14.0)
    plant.advance(30.0, take(yFan=0.6))
    assert plant.advance(300.0, {})[OVERRIDE + "yFan_u"] == 0.6
    state = plant.advance(30.0, {OVERRIDE + "yFan_activate": 0.0})
    assert state[OVERRIDE + "yFan_activate"] == 0.0
    assert state[OVERRIDE + "yFan_u"] < 0.6


def test_a_value_without_activation_waits_for_it() -> None:
    plant = office(MILD_DAY, 14.0)
    own = plant.advance(30.0, {OVERRIDE + "yFan_u": 0.9})[OVERRIDE + "yFan_u"]
    assert own < 0.7
    assert plant.advance(30.0, {OVERRIDE + "yFan_activate": 1.0})[OVERRIDE + "yFan_u"] == 0.9
    assert plant.advance(30.0, {OVERRIDE + "yFan_u": 0.8})[OVERRIDE + "yFan_u"] == 0.8


def test_the_value_in_force_comes_back_to_the_last_digit() -> None:
    state = office(SUMMER_DAY, 14.0).advance(30.0, take(TSupSet=289.6171))
    assert state[OVERRIDE + "TSupSet_u"] == 289.6171


def test_a_warmer_supply_set_point_warms_the_supply_air() -> None:
    plant = office(SUMMER_DAY, 14.0)
    assert celsius(plant.advance(60.0, {}), "TSup_y") == pytest.approx(12.0, abs=0.3)
    assert celsius(plant.advance(1800.0, take(TSupSet=289.15)), "TSup_y") == pytest.approx(16.0, abs=0.8)


def test_more_fan_speed_raises_pressure_and_power_more_than_the_flow() -> None:
    plant = office(MILD_DAY, 14.0)
    before = plant.advance(60.0, {})
    after = plant.advance(300.0, take(yFan=0.6))
    assert after[AHU + "dp_sup_y"] > 2.0 * before[AHU + "dp_sup_y"]
    assert after[AHU + "PFanSup_y"] > 1.8 * before[AHU + "PFanSup_y"]
    risen_pa = after[AHU + "dp_sup_y"] - before[AHU + "dp_sup_y"]
    risen_m3_s = after[AHU + "V_flow_sup_y"] - before[AHU + "V_flow_sup_y"]
    assert 0.0 < risen_m3_s < 0.0005 * risen_pa * 8.0


def test_the_fan_holds_a_pressure_set_point_from_outside() -> None:
    plant = office(MILD_DAY, 14.0)
    assert plant.advance(60.0, take(dpSet=200.0))[AHU + "dp_sup_y"] == pytest.approx(200.0, abs=12.0)
    assert plant.advance(240.0, {})[AHU + "dp_sup_y"] == pytest.approx(200.0, abs=1.0)


def test_a_fan_run_at_night_moves_air_through_boxes_at_their_minimum() -> None:
    plant = office(WINTER_DAY, 2.0)
    assert plant.advance(30.0, {})[AHU + "V_flow_sup_y"] == 0.0
    state = plant.advance(300.0, take(yFan=0.5))
    assert 1.36 < state[AHU + "V_flow_sup_y"] < 1.36 + 0.0005 * state[AHU + "dp_sup_y"] * 8.0
    assert state[AHU + "dp_sup_y"] > 100.0


@pytest.mark.parametrize(("valve", "colder"), [(0.5, False), (1.0, True)])
def test_the_cooling_valve_moves_the_supply_air(valve: float, colder: bool) -> None:
    plant = office(SUMMER_DAY, 14.0)
    before = plant.advance(60.0, {})
    after = plant.advance(300.0, take(yCoo=valve))
    assert (after[AHU + "TSup_y"] < before[AHU + "TSup_y"] - 1.0) is colder
    assert (after["chi_reaPChi_y"] > before["chi_reaPChi_y"]) is colder


def test_a_stopped_cooling_pump_loses_the_cooling_and_the_fan_runs_away() -> None:
    plant = office(SUMMER_DAY, 14.0)
    state = plant.advance(1800.0, take(yPumCoo=0.0))
    assert state[AHU + "PPumCoo_y"] == pytest.approx(0.0, abs=1e-3)
    assert celsius(state, "TSup_y") > 24.0
    assert state[OVERRIDE + "yFan_u"] == 1.0
    assert state[AHU + "PFanSup_y"] == pytest.approx(9000.0, rel=0.1)


def test_a_valve_signal_below_a_tenth_opens_nothing_until_it_was_once_above() -> None:
    plant = office(MILD_DAY, 14.0)
    assert plant.advance(600.0, take(yHea=0.09))[AHU + "PPumHea_y"] == 0.0
    assert plant.advance(60.0, take(yHea=0.11))[AHU + "PPumHea_y"] > 20.0
    warm = plant.advance(600.0, take(yHea=0.09))
    assert warm[AHU + "PPumHea_y"] > 20.0
    assert warm[AHU + "THeaCoiSup_y"] - warm[AHU + "THeaCoiRet_y"] > 0.2


def test_no_coil_pump_starts_without_air_flow() -> None:
    plant = office(SUMMER_DAY, 2.0)
    state = plant.advance(300.0, take(yCoo=1.0, yHea=1.0))
    assert state[AHU + "PPumCoo_y"] == 0.0
    assert state[AHU + "PPumHea_y"] == 0.0
    assert state[OVERRIDE + "yCoo_u"] == 1.0


def test_a_pump_override_comes_behind_the_hysteresis() -> None:
    plant = office(SUMMER_DAY, 2.0)
    state = plant.advance(300.0, take(yPumHea=0.5))
    assert state[AHU + "PPumHea_y"] == pytest.approx(29.36 / 8.0, rel=0.01)
    assert state[OVERRIDE + "yPumHea_u"] == 0.5


def test_a_pump_override_stops_a_pump_that_the_hysteresis_runs() -> None:
    plant = office(COLD_DAY, 11.0)
    assert plant.advance(60.0, {})[AHU + "PPumHea_y"] > 20.0
    assert plant.advance(120.0, take(yPumHea=0.0))[AHU + "PPumHea_y"] == pytest.approx(0.0, abs=0.01)


def test_the_freeze_stat_beats_both_heating_overrides() -> None:
    plant = office(COLD_DAY, 10.0)
    state = plant.advance(600.0, take(yHea=0.0, yPumHea=0.0, yOA=1.0, yRet=0.0))
    assert celsius(state, "TMix_y") < -10.0
    assert state[OVERRIDE + "yHea_u"] == 0.0
    assert state[AHU + "PPumHea_y"] == pytest.approx(29.36, rel=0.01)
    assert celsius(state, "THeaCoiSup_y") > 30.0
    assert celsius(state, "TSup_y") > 5.0


def test_the_outdoor_damper_alone_raises_the_outdoor_air() -> None:
    plant = office(WINTER_DAY, 14.0)
    before = celsius(plant.advance(60.0, {}), "TMix_y")
    assert celsius(plant.advance(120.0, take(yOA=0.9)), "TMix_y") < before - 2.0


def test_shut_mixing_dampers_stop_all_but_a_trickle() -> None:
    state = office(SUMMER_DAY, 14.0).advance(300.0, take(yOA=0.0, yRet=0.0))
    assert 0.0 < state[AHU + "V_flow_sup_y"] < 0.3


def test_a_zone_cooling_set_point_from_outside_draws_more_air() -> None:
    plant = office(SUMMER_DAY, 10.0)
    before = plant.advance(60.0, {})["hvac_reaZonSou_V_flow_y"]
    state = plant.advance(1800.0, taken({"hvac_oveZonSupSou_TZonCooSet": 294.15}))
    assert state["hvac_reaZonSou_V_flow_y"] > before + 0.2
    assert state["hvac_reaZonSou_TZon_y"] < 24.0 + KELVIN - 0.3


def test_a_zone_heating_set_point_from_outside_starts_the_reheat() -> None:
    plant = office(COLD_DAY, 14.0)
    before = plant.advance(60.0, {})
    state = plant.advance(900.0, taken({"hvac_oveZonSupSou_TZonHeaSet": 299.15}))
    assert state["hvac_oveZonActSou_yReaHea_u"] > before["hvac_oveZonActSou_yReaHea_u"] + 0.5
    assert state["hvac_oveZonActSou_yDam_u"] == pytest.approx(0.3)
    assert state["hvac_reaZonSou_TSup_y"] > before["hvac_reaZonSou_TSup_y"] + 10.0


def test_a_reheat_valve_from_outside_warms_the_discharge() -> None:
    plant = office(SUMMER_DAY, 14.0)
    before = plant.advance(60.0, {})["hvac_reaZonSou_TSup_y"]
    assert plant.advance(300.0, taken({"hvac_oveZonActSou_yReaHea": 0.5}))["hvac_reaZonSou_TSup_y"] > before + 3.0


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
def test_a_box_damper_from_outside_is_a_share_of_the_design_flow(share: float) -> None:
    state = office(SUMMER_DAY, 14.0).advance(300.0, taken({"hvac_oveZonActEas_yDam": share}))
    excess_pa = state[AHU + "dp_sup_y"] - 150.0 * share**2
    passed = state["hvac_reaZonEas_V_flow_y"] / 0.9002
    assert 0.98 * share <= passed <= share + 0.0005 * excess_pa + 0.001
