from __future__ import annotations

from itertools import pairwise
from statistics import pstdev

import pytest

from emulators.plants.multizone_office import OfficeParameters
from emulators.plants.multizone_office.boundary import ZoneUse
from emulators.plants.multizone_office.building import OfficeBuilding
from emulators.plants.multizone_office.overrides import OfficeOverrides
from emulators.plants.multizone_office.parameters import (
    AIR_DENSITY,
    CP_WATER,
    HEATING_VALVE_OVERSIZED_KG_S,
    ZONES,
    Envelope,
    WaterSource,
    Zone,
    heating_coil,
)
from emulators.plants.multizone_office.points import points
from emulators.plants.multizone_office.water import WaterLoop
from emulators.plants.multizone_office.zones import Room, open_doors
from emulators.plants.psychrometrics import CP_DRY_AIR, enthalpy
from emulators.plants.weather import chicago_ohare
from tests.emulators.plants.driver import (
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

NO_USE = ZoneUse(radiant=0.0, convective=0.0, latent=0.0, people=0.0, co2=0.0)


def building(day: float, hour: float) -> OfficeBuilding:
    started = OfficeBuilding(
        OfficeParameters(), chicago_ohare(), OfficeOverrides(points().inputs), day * DAY_S + hour * 3600.0
    )
    started.start()
    return started


@pytest.mark.parametrize("day", [WINTER_DAY, COLD_DAY, MILD_DAY, SUMMER_DAY])
def test_the_embedded_control_holds_the_set_points_through_an_occupied_day(day: int) -> None:
    plant = office(day, 10.0)
    for state in history(plant, 600.0, 8 * 3600.0):
        assert all(19.4 < temperature < 24.3 for temperature in zone_temperatures(state))
        assert 11.0 < celsius(state, "TSup_y") < 14.5
        assert all(400.0 < state[f"hvac_reaZon{zone}_CO2Zon_y"] < 1200.0 for zone in ("Cor", "Nor"))


def test_a_cold_morning_goes_warm_up_then_ventilation_then_less_reheat() -> None:
    plant = office(COLD_DAY, 5.0)
    asleep = plant.advance(1200.0, {})
    warming = plant.advance(1800.0, {})
    occupied = plant.advance(3600.0, {})
    afternoon = plant.advance(8 * 3600.0, {})
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
    settled = building(MILD_DAY, 14.0)
    settled.run(600.0)
    handler, share = settled.handler, settled.air.outdoor_share
    outdoor_c = chicago_ohare().at(settled.time_s).dry_bulb_c
    balance = share * outdoor_c + (1.0 - share) * handler.returned.value
    assert handler.mixed.value == pytest.approx(balance, abs=0.05)


@pytest.mark.parametrize(("day", "hour"), [(SUMMER_DAY, 14.0), (COLD_DAY, 11.0), (MILD_DAY, 14.0)])
def test_the_energy_balance_closes_over_the_air_handler(day: int, hour: float) -> None:
    settled = building(day, hour)
    settled.run(1800.0)
    handler, flow = settled.handler, settled.air.flow * AIR_DENSITY
    returned = [room.humidity * share for room, share in zip(settled.rooms, settled.air.zone_flows, strict=True)]
    weather = chicago_ohare().at(settled.time_s)
    outdoor_humidity = settled.outdoor[1]
    share = settled.air.outdoor_share
    mixed_humidity = share * outdoor_humidity + (1.0 - share) * sum(returned) / settled.air.flow
    mixed_c = share * weather.dry_bulb_c + (1.0 - share) * handler.returned.value
    gained = flow * (enthalpy(handler.supply_c, handler.supply_humidity) - enthalpy(mixed_c, mixed_humidity))
    given = handler.heating.heat - handler.cooling.heat + settled.air.fan_power
    assert gained == pytest.approx(given, rel=0.03, abs=300.0)


def test_the_coils_give_the_air_what_the_loops_lose() -> None:
    settled = building(COLD_DAY, 11.0)
    settled.run(1800.0)
    to_air = settled.handler.heating.heat + sum(box.heat for box in settled.boxes)
    loop = settled.heat_pump
    assert loop.flow * CP_WATER * (loop.supply_c - loop.return_c) == pytest.approx(to_air, rel=0.02)
    assert loop.output == pytest.approx(to_air, rel=0.03)


def test_reheat_warms_the_air_by_just_its_heat() -> None:
    settled = building(COLD_DAY, 11.0)
    settled.run(1800.0)
    for box, flow in zip(settled.boxes, settled.air.zone_flows, strict=True):
        gained = flow * AIR_DENSITY * CP_DRY_AIR * (box.discharge.value - settled.handler.supply_c)
        assert gained == pytest.approx(box.heat, rel=0.03, abs=100.0)


@pytest.mark.parametrize("zone", ZONES, ids=lambda zone: zone.name)
def test_the_zone_air_answers_its_supply_within_5_to_15_minutes(zone: Zone) -> None:
    design = AIR_DENSITY * zone.design_flow_m3_s
    slopes = []
    for supply_c in (12.0, 22.0):
        rooms = [Room(each, Envelope()) for each in ZONES]
        for room in rooms:
            room.set_step(1.0)
            room.set_boundary(chicago_ohare().at(0.0), 0.004, NO_USE)
        open_doors(rooms, Envelope().door_w_k)
        room = next(room for room in rooms if room.zone is zone)
        before = room.temperature
        room.step(design, supply_c, 0.005, 400.0)
        slopes.append(room.temperature - before)
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
    for part in loop.dynamics():
        part.set_step(5.0)
    for _ in range(2000):
        loop.step(0.127448, 0.127448 * 21.26, -3.3)
    assert loop.power == pytest.approx(6551.0, rel=0.05)
    assert loop.pump_power == pytest.approx(11.70, rel=0.01)
    assert loop.supply_c == pytest.approx(45.0, abs=0.05)


@pytest.mark.parametrize(("outdoor_c", "least", "most"), [(35.0, 2.5, 4.0), (20.0, 4.0, 7.0)])
def test_the_chiller_does_better_in_cool_weather(outdoor_c: float, least: float, most: float) -> None:
    loop = WaterLoop(OfficeParameters().chiller, sense=-1.0)
    for part in loop.dynamics():
        part.set_step(5.0)
    for _ in range(2000):
        loop.step(2.0, 2.0 * 18.0, outdoor_c)
    assert least < loop.output / loop.power < most


def test_a_source_at_its_limit_lets_the_supply_temperature_go() -> None:
    loop = WaterLoop(WaterSource(set_point_c=6.0, capacity_w=20e3, carnot_share=0.5), sense=-1.0)
    for part in loop.dynamics():
        part.set_step(5.0)
    for _ in range(2000):
        loop.step(2.0, 2.0 * 18.0, 30.0)
    assert loop.output == 20e3
    assert 6.0 < loop.supply_c < 18.0


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
    states = list(history(plant, 60.0, 3 * 3600.0))
    running = [state[OVERRIDE + "yPumHea_u"] for state in states]
    assert sum(before != after for before, after in pairwise(running)) <= 1
    assert pstdev(celsius(state, "TSup_y") for state in states[60:]) < 0.3


@pytest.mark.parametrize(("valve_kg_s", "hunts"), [(None, False), (HEATING_VALVE_OVERSIZED_KG_S, True)])
def test_only_the_oversized_heating_valve_hunts(valve_kg_s: float | None, hunts: bool) -> None:
    parameters = OfficeParameters() if valve_kg_s is None else OfficeParameters(heating_coil=heating_coil(valve_kg_s))
    plant = office(WINTER_DAY, 7.5, parameters)
    supply = [celsius(state, "TSup_y") for state in history(plant, 10.0, 3600.0)]
    assert (pstdev(supply) > 0.2) is hunts
    assert hunts or pstdev(supply) < 0.05


@pytest.mark.slow
@pytest.mark.parametrize(("day", "within_k"), [(18, 1.0), (SUMMER_DAY, 0.2), (288, 0.7)])
def test_a_start_without_warm_up_is_as_warm_as_after_days_of_running(day: int, within_k: float) -> None:
    run = office(day - 2).advance(2 * DAY_S, {})
    started = office(day).initialize(day * DAY_S)
    assert zone_temperatures(started) == pytest.approx(zone_temperatures(run), abs=within_k)
    assert started["hvac_reaZonCor_CO2Zon_y"] == pytest.approx(run["hvac_reaZonCor_CO2Zon_y"], abs=150.0)
