from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from math import exp
from statistics import pstdev

import pytest

from emulators.plants.machines import CurveChiller
from emulators.plants.multizone_office import OfficeParameters, layout
from emulators.plants.multizone_office.building import built
from emulators.plants.multizone_office.parameters import CP_WATER, ZONES, Zone, as_boptest
from emulators.plants.multizone_office.parts import boxes, coils, water
from emulators.plants.psychrometrics import CP_DRY_AIR, enthalpy
from emulators.plants.rooms import zones
from emulators.plants.rooms.envelope import AIR_DENSITY, ROOM_C, Envelope
from emulators.plants.weather import chicago_ohare
from tests.emulators.plants.multizone_office.driver import (
    AHU,
    COLD_DAY,
    DAY_S,
    MILD_DAY,
    OVERRIDE,
    SUMMER_DAY,
    WINTER_DAY,
    celsius,
    history,
    office,
    take,
    zone_temperatures,
)
from tests.emulators.plants.multizone_office.parts import WaterLoop, fit_usual_room, machine_run, settled


def building(day: float, hour: float, then_s: float = 1800.0) -> list[float]:
    return settled(day * DAY_S + hour * 3600.0, then_s)


def rooms(b: list[float], cell: int) -> list[float]:
    return [b[layout.ROOMS + number * zones.CELLS + cell] for number in range(len(ZONES))]


def box(b: list[float], number: int, cell: int) -> float:
    return b[layout.BOXES + number * boxes.CELLS + cell]


@pytest.mark.parametrize("day", [WINTER_DAY, COLD_DAY, MILD_DAY, SUMMER_DAY])
def test_the_embedded_control_holds_the_set_points_through_an_occupied_day(day: int) -> None:
    plant = office(day, 10.0)
    least = 18.9 if day == COLD_DAY else 19.4
    for state in history(plant, 600.0, 8 * 3600.0):
        assert all(least < temperature < 24.3 for temperature in zone_temperatures(state))
        assert 11.0 < celsius(state, "TSup_y") < 14.5
        assert all(400.0 < state[f"hvac_reaZon{zone}_CO2Zon_y"] < 1200.0 for zone in ("Cor", "Nor"))


def test_a_cold_morning_goes_warm_up_then_ventilation_then_less_reheat() -> None:
    plant = office(COLD_DAY, 5.0)
    asleep = plant.advance(1200.0, {})
    warming = plant.advance(1800.0, {})
    occupied = plant.advance(3600.0, {})
    afternoon = plant.advance(10 * 3600.0, {})
    assert asleep[AHU + "V_flow_sup_y"] == 0.0
    assert celsius(warming, "TSup_y") > 28.0
    assert warming[OVERRIDE + "yOA_u"] == 0.0
    assert occupied[OVERRIDE + "yOA_u"] > 0.3
    assert celsius(occupied, "TSup_y") == pytest.approx(12.0, abs=0.5)
    assert afternoon["hvac_oveZonActNor_yReaHea_u"] < occupied["hvac_oveZonActNor_yReaHea_u"]
    assert occupied["heaPum_reaPHeaPum_y"] > 10e3


def test_a_hot_morning_starts_with_a_peak_and_then_settles() -> None:
    plant = office(SUMMER_DAY, 6.0)
    states = list(history(plant, 60.0, 3 * 3600.0))
    fan = [state[AHU + "PFanSup_y"] for state in states]
    assert max(fan[:60]) == pytest.approx(9000.0, rel=0.15)
    assert max(fan[60:]) < 3000.0
    assert max(state["chi_reaPChi_y"] for state in states) < 60e3


def test_the_night_lets_the_rooms_drift_with_the_fan_off() -> None:
    state = office(WINTER_DAY, 19.0).advance(6 * 3600.0, {})
    assert state[AHU + "PFanSup_y"] == 0.0
    assert state["hvac_oveZonSupCor_TZonHeaSet_u"] == 285.15
    assert state["hvac_oveZonSupCor_TZonCooSet_u"] == 303.15
    assert all(15.0 < temperature < 24.0 for temperature in zone_temperatures(state))


@pytest.mark.parametrize("day", [WINTER_DAY, SUMMER_DAY])
def test_the_duct_pressure_stays_within_its_reset_range(day: int) -> None:
    plant = office(day, 8.0)
    pressures = [state[AHU + "dp_sup_y"] for state in history(plant, 300.0, 9 * 3600.0)]
    assert all(48.0 < pressure < 410.0 for pressure in pressures)


def test_the_economizer_mixes_what_it_shows() -> None:
    b = building(MILD_DAY, 14.0, 600.0)
    share = b[layout.OUTDOOR_SHARE]
    outdoor_c = chicago_ohare().at(b[layout.TIME_S]).dry_bulb_c
    balance = share * outdoor_c + (1.0 - share) * b[layout.RETURNED_C]
    assert b[layout.MIXED_C] == pytest.approx(balance, abs=0.05)


@pytest.mark.parametrize(("day", "hour"), [(SUMMER_DAY, 14.0), (COLD_DAY, 11.0), (MILD_DAY, 14.0)])
def test_the_energy_balance_closes_over_the_air_handler(day: int, hour: float) -> None:
    b = building(day, hour)
    flow, share = b[layout.FLOW], b[layout.OUTDOOR_SHARE]
    flows = b[layout.ZONE_FLOWS : layout.ZONE_FLOWS + len(ZONES)]
    returned = sum(humidity * each for humidity, each in zip(rooms(b, zones.HUMIDITY), flows, strict=True)) / flow
    mixed_humidity = share * b[layout.OUTDOOR_HUMIDITY] + (1.0 - share) * returned
    outdoor_c = chicago_ohare().at(b[layout.TIME_S]).dry_bulb_c
    mixed_c = share * outdoor_c + (1.0 - share) * b[layout.RETURNED_C]
    supplied = enthalpy(b[layout.SUPPLY_C], b[layout.SUPPLY_HUMIDITY])
    gained = flow * AIR_DENSITY * (supplied - enthalpy(mixed_c, mixed_humidity))
    given = b[layout.HEATING + coils.HEAT_W] - b[layout.COOLING + coils.HEAT_W] + b[layout.FAN_W]
    assert gained == pytest.approx(given, rel=0.03, abs=300.0)


def test_the_coils_give_the_air_what_the_loops_lose() -> None:
    b = building(COLD_DAY, 11.0)
    to_air = b[layout.HEATING + coils.HEAT_W] + sum(box(b, number, boxes.REHEAT_W) for number in range(len(ZONES)))
    flow, supply_c, return_c = (
        b[layout.HEAT_PUMP + cell] for cell in (water.FLOW_KG_S, water.SUPPLY_C, water.RETURN_C)
    )
    assert flow * CP_WATER * (supply_c - return_c) == pytest.approx(to_air, rel=0.02)
    assert b[layout.HEAT_PUMP + water.OUTPUT_W] == pytest.approx(to_air, rel=0.03)


def test_reheat_warms_the_air_by_just_its_heat() -> None:
    b = building(COLD_DAY, 11.0)
    for number in range(len(ZONES)):
        flow = b[layout.ZONE_FLOWS + number] * AIR_DENSITY
        gained = flow * CP_DRY_AIR * (box(b, number, boxes.DISCHARGE_C) - b[layout.SUPPLY_C])
        assert gained == pytest.approx(box(b, number, boxes.REHEAT_W), rel=0.03, abs=100.0)


@pytest.mark.parametrize("zone", ZONES, ids=lambda zone: zone.name)
def test_the_zone_air_answers_its_supply_within_5_to_15_minutes(zone: Zone) -> None:
    design = AIR_DENSITY * zone.design_flow_m3_s
    slopes = []
    for supply_c in (12.0, 22.0):
        room = [0.0] * zones.CELLS
        fit_usual_room(room, zone)
        zones.set_room_step(room, 0, 1.0)
        zones.step_room(room, 0, 1.0, design, supply_c, 0.005, 400.0)
        slopes.append(room[zones.AIR_C] - ROOM_C)
    pole_s = (22.0 - 12.0) / (slopes[1] - slopes[0])
    assert 5 * 60.0 < pole_s < 15 * 60.0


def test_people_raise_the_co2_and_outdoor_air_lowers_it() -> None:
    plant = office(WINTER_DAY, 8.0)
    morning = plant.advance(600.0, {})
    crowded = plant.advance(3 * 3600.0, {})
    flushed = plant.advance(3600.0, take(yOA=1.0, yRet=0.0))
    name = "hvac_reaZonCor_CO2Zon_y"
    assert crowded[name] > morning[name] + 100.0
    assert flushed[name] < crowded[name] - 50.0


def test_the_heat_pump_draws_what_the_boptest_case_draws_at_noon_of_day_0() -> None:
    loop = WaterLoop(OfficeParameters().heat_pump, sense=1.0)
    for _ in range(2000):
        loop.step(0.127448, 0.127448 * 21.26, -3.3)
    assert loop[water.POWER_W] == pytest.approx(6551.0, rel=0.05)
    assert water.loop_pump_power(loop.cells, 0) == pytest.approx(11.70, rel=0.01)
    assert loop[water.SUPPLY_C] == pytest.approx(45.0, abs=0.05)


def test_hot_water_leaves_the_heat_pump_at_its_set_point_while_what_the_coils_get_lags() -> None:
    loop = WaterLoop(OfficeParameters().heat_pump, sense=1.0)
    loop.cells[water.SUPPLY_C] = 40.0
    loop.step(1.0, 30.0, 0.0)
    assert loop[water.LEAVING_C] == pytest.approx(45.0)
    assert 40.0 < loop[water.SUPPLY_C] < 40.2


def test_the_water_before_the_heat_pump_follows_in_a_minute_of_the_coil_pump_s_flow() -> None:
    loop = WaterLoop(OfficeParameters().heat_pump, sense=1.0)
    for _ in range(12):
        loop.step(4.796, 4.796 * 40.0, 0.0)
    assert (loop[water.RETURN_C] - ROOM_C) / (40.0 - ROOM_C) == pytest.approx(1.0 - exp(-1.0), abs=0.01)


def test_the_core_of_the_furniture_stores_for_days_what_its_skin_takes_up_in_hours() -> None:
    room = [0.0] * zones.CELLS
    fit_usual_room(room, ZONES[0])
    zones.set_room_step(room, 0, 600.0)
    skin_c, core_c = [], []
    for _ in range(24 * 6):
        zones.hold_room(room, 0, 24.0)
        skin_c.append(room[zones.FURNITURE_C])
        core_c.append(room[zones.FURNITURE_CORE_C])
    assert skin_c[6 * 6 - 1] > core_c[6 * 6 - 1] + 0.3
    assert ROOM_C + 2.0 < core_c[-1] < 23.9


@pytest.mark.parametrize(("outdoor_c", "efficiency"), [(15.0, 5.6), (20.0, 4.7), (25.0, 4.0), (30.0, 3.5)])
def test_the_chiller_is_as_efficient_as_its_maker_says_at_any_load(outdoor_c: float, efficiency: float) -> None:
    for wanted_w in (10e3, 80e3):
        output_w, power_w = machine_run(CurveChiller(), wanted_w, 6.0, outdoor_c)
        assert output_w == wanted_w
        assert output_w / power_w == pytest.approx(efficiency, abs=0.06)


def test_a_chiller_that_is_asked_for_more_than_it_has_pays_for_it() -> None:
    full, beyond = (machine_run(CurveChiller(), wanted_w, 6.0, 30.0) for wanted_w in (106.8e3, 200e3))
    assert beyond[0] == pytest.approx(full[0], rel=1e-3)
    assert beyond[1] == pytest.approx(1.15 * full[1], rel=1e-3)


def test_open_doors_exchange_nothing_between_rooms_of_one_temperature() -> None:
    b = built(OfficeParameters())
    core, south = layout.ROOMS, layout.ROOMS + zones.CELLS
    zones.set_room_step(b, south, 600.0)
    b[core + zones.CO2_PPM] = 1000.0
    for warmer_k, least, most in ((0.0, 399.9, 400.1), (1.0, 600.0, 1000.0)):
        b[south + zones.AIR_C] = b[core + zones.AIR_C] + warmer_k
        zones.open_doors(b, layout.ROOMS, len(ZONES), Envelope().door_w_k, Envelope().door_laminar_k)
        b[south + zones.BOUNDARY_CO2] = 0.0
        zones.step_room(b, south, 600.0, 0.0, 20.0, 0.005, 400.0)
        assert least < b[south + zones.CO2_PPM] < most


def test_a_source_at_its_limit_lets_the_supply_temperature_go() -> None:
    machine = CurveChiller(capacity_w=20e3)
    loop = WaterLoop(replace(OfficeParameters().chiller, machine=machine), sense=-1.0)
    for _ in range(2000):
        loop.step(2.0, 2.0 * 18.0, 30.0)
    most_w, _ = machine_run(machine, 1e6, loop[water.SUPPLY_C], 30.0)
    assert loop[water.OUTPUT_W] == pytest.approx(most_w, rel=1e-3)
    assert 6.0 < loop[water.SUPPLY_C] < 18.0


def test_a_fan_stop_with_the_cooling_running_leaves_sane_temperatures() -> None:
    plant = office(SUMMER_DAY, 14.0)
    plant.advance(300.0, take(yCoo=1.0, yPumCoo=1.0))
    plant.advance(1.0, take(yFan=0.0))
    for state in history(plant, 10.0, 1200.0):
        assert 0.0 < celsius(state, "TSup_y") < 35.0
        assert all(0.0 < temperature < 35.0 for temperature in zone_temperatures(state))


def test_shut_boxes_leave_sane_temperatures() -> None:
    plant = office(SUMMER_DAY, 14.0)
    shut = {f"hvac_oveZonAct{zone}_yDam": 0.0 for zone in ("Cor", "Sou", "Eas", "Nor", "Wes")}
    body = {f"{name}_u": value for name, value in shut.items()} | {f"{name}_activate": 1.0 for name in shut}
    plant.advance(1.0, body)
    for state in history(plant, 10.0, 1200.0):
        assert 0.0 < celsius(state, "TSup_y") < 35.0


def test_the_heating_pump_starts_once_and_the_supply_air_does_not_cycle() -> None:
    plant = office(WINTER_DAY, 7.0)
    states = list(history(plant, 60.0, 2.4 * 3600.0))
    running = [state[OVERRIDE + "yPumHea_u"] for state in states]
    assert sum(before != after for before, after in pairwise(running)) <= 1
    assert pstdev(celsius(state, "TSup_y") for state in states[60:]) < 0.3


def test_the_oversized_heating_valve_works_at_the_very_bottom_of_its_stroke() -> None:
    positions = []
    for parameters in (OfficeParameters(), as_boptest()):
        plant = office(COLD_DAY, 7.5, replace(parameters, start="settled"))
        positions.append(plant.advance(3600.0, {})[OVERRIDE + "yHea_u"])
    assert positions[1] < 0.06 < 0.1 < positions[0]


def test_as_boptest_everything_starts_at_20_degrees_and_400_ppm() -> None:
    state = office(COLD_DAY, 2.0, as_boptest()).initialize(COLD_DAY * DAY_S)
    assert zone_temperatures(state) == [20.0] * 5
    assert celsius(state, "TMix_y") == celsius(state, "THeaCoiSup_y") == 20.0
    assert {state[f"hvac_reaZon{zone}_CO2Zon_y"] for zone in ("Cor", "Nor")} == {400.0}


@pytest.mark.slow
@pytest.mark.parametrize(("day", "within_k"), [(18, 1.0), (SUMMER_DAY, 0.2), (288, 0.7)])
def test_a_start_without_warm_up_is_as_warm_as_after_days_of_running(day: int, within_k: float) -> None:
    run = office(day - 2).advance(2 * DAY_S, {})
    started = office(day).initialize(day * DAY_S)
    assert zone_temperatures(started) == pytest.approx(zone_temperatures(run), abs=within_k)
    assert started["hvac_reaZonCor_CO2Zon_y"] == pytest.approx(run["hvac_reaZonCor_CO2Zon_y"], abs=150.0)
