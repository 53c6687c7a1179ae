from __future__ import annotations

import itertools
from math import exp

import pytest

from emulators.plants.multizone_office.parameters import ZONES, Coil, cooling_coil, heating_coil
from emulators.plants.multizone_office.parts import boxes
from emulators.plants.multizone_office.parts.coils import saturated_temperature
from emulators.plants.multizone_office.use import modes
from emulators.plants.psychrometrics import CP_DRY_AIR, enthalpy, saturation_humidity_ratio
from tests.emulators.plants.multizone_office.parts import (
    AirHandlerControl,
    BoxControl,
    ModeMachine,
    PumpHysteresis,
    WaterCoil,
)

HOUR = 3600.0


@pytest.mark.parametrize(
    ("hour", "zone_c", "outdoor_c", "mode"),
    [
        (12.0, 15.0, 0.0, modes.OCCUPIED),
        (6.0, 22.0, 0.0, modes.OCCUPIED),
        (19.0, 22.0, 0.0, modes.OFF),
        (5.4, 18.0, 0.0, modes.OFF),
        (5.6, 18.0, 0.0, modes.WARM_UP),
        (5.6, 21.0, 0.0, modes.OFF),
        (5.6, 26.6, 10.0, modes.PRE_COOL),
        (5.6, 25.9, 10.0, modes.OFF),
        (5.51, 18.0, 0.0, modes.OFF),
        (5.6, 26.6, 20.0, modes.OFF),
        (2.0, 11.0, -20.0, modes.NIGHT_SET_BACK),
        (2.0, 31.0, 25.0, modes.NIGHT_SET_UP),
    ],
    ids=lambda value: modes.MODES[value] if isinstance(value, int) else str(value),
)
def test_the_mode_follows_the_clock_and_the_rooms(hour: float, zone_c: float, outdoor_c: float, mode: int) -> None:
    assert ModeMachine().step(hour * HOUR, [zone_c] * 5, outdoor_c) == mode


def test_a_night_run_lasts_half_an_hour_and_until_the_rooms_have_recovered() -> None:
    machine = ModeMachine()
    assert machine.step(2.0 * HOUR, [11.0] * 5, -20.0) == modes.NIGHT_SET_BACK
    assert machine.step(2.4 * HOUR, [14.0] * 5, -20.0) == modes.NIGHT_SET_BACK
    assert machine.step(2.6 * HOUR, [12.4] * 5, -20.0) == modes.NIGHT_SET_BACK
    assert machine.step(2.7 * HOUR, [12.6] * 5, -20.0) == modes.OFF


def test_a_warm_up_lasts_until_the_coldest_room_is_warm_enough_or_people_come() -> None:
    machine, slow = ModeMachine(), ModeMachine()
    assert machine.step(5.6 * HOUR, [19.0] * 5, 0.0) == modes.WARM_UP
    assert machine.step(5.65 * HOUR, [21.0] * 4 + [19.4], 0.0) == modes.WARM_UP
    assert machine.step(5.7 * HOUR, [21.0] * 4 + [19.6], 0.0) == modes.OCCUPIED
    assert machine.step(5.8 * HOUR, [19.0] * 5, 0.0) == modes.OCCUPIED
    assert slow.step(5.6 * HOUR, [19.0] * 5, 0.0) == modes.WARM_UP
    assert slow.step(6.0 * HOUR, [19.0] * 5, 0.0) == modes.OCCUPIED


def test_a_pre_cooling_lasts_until_the_coldest_room_is_cool_enough() -> None:
    machine = ModeMachine()
    assert machine.step(5.6 * HOUR, [27.0] * 5, 10.0) == modes.PRE_COOL
    assert machine.step(5.7 * HOUR, [27.0] * 5, 10.0) == modes.PRE_COOL
    assert machine.step(5.8 * HOUR, [27.0] * 4 + [26.4], 10.0) == modes.OCCUPIED


def test_the_supply_air_loop_begins_at_the_edge_of_heating_whenever_the_fan_starts() -> None:
    control = controller()
    run_for(control, modes.OCCUPIED, sensors(supply_c=20.0), 1000)
    run_for(control, modes.OFF, sensors(supply_c=20.0), 10)
    run_for(control, modes.WARM_UP, sensors(supply_c=20.0), 13)
    assert control.heating_valve == pytest.approx(0.16, abs=0.05)


def test_a_pump_once_started_is_held_for_hours() -> None:
    pump = PumpHysteresis()
    assert not pump.step(0.0, 0.09, air_proven=True)
    assert pump.step(10.0, 0.11, air_proven=True)
    assert pump.step(20.0, 0.0, air_proven=True)
    assert pump.step(3.9 * HOUR, 0.0, air_proven=True)
    assert pump.step(4.1 * HOUR, 0.05, air_proven=True)
    assert not pump.step(4.1 * HOUR, 0.0, air_proven=True)


def test_a_pump_stops_with_the_air() -> None:
    pump = PumpHysteresis()
    assert pump.step(0.0, 1.0, air_proven=True)
    assert not pump.step(10.0, 1.0, air_proven=False)


def controller() -> AirHandlerControl:
    return AirHandlerControl()


def sensors(**seen: float) -> dict[str, float]:
    usual = {
        "fan_speed": 0.5, "flow": 3.0, "mixed_c": 15.0, "most_open_box": 0.9,
        "outdoor_c": 10.0, "return_c": 22.0, "supply_c": 12.0,
    }  # fmt: skip
    return usual | seen


def run_for(control: AirHandlerControl, mode: int, seen: dict[str, float], steps: int) -> None:
    for step in range(steps):
        control.step(step * 5.0, mode, seen)


def test_the_sequence_heats_then_opens_the_economizer_then_cools() -> None:
    cold, warm = controller(), controller()
    run_for(cold, modes.OCCUPIED, sensors(supply_c=7.0), 1000)
    assert (cold.heating_valve, cold.cooling_valve) == (1.0, 0.0)
    run_for(warm, modes.OCCUPIED, sensors(supply_c=15.0), 740)
    assert warm.cooling_valve == 0.0
    assert warm.outdoor_damper > 0.6
    run_for(warm, modes.OCCUPIED, sensors(supply_c=15.0), 1000)
    assert (warm.heating_valve, warm.outdoor_damper) == (0.0, 1.0)
    assert warm.cooling_valve == 1.0


def test_a_warm_day_locks_the_economizer_to_its_minimum() -> None:
    control = controller()
    run_for(control, modes.OCCUPIED, sensors(supply_c=15.0, outdoor_c=30.0, return_c=24.0), 1000)
    assert control.outdoor_damper == pytest.approx(0.454, abs=0.01)
    assert control.return_damper == pytest.approx(1.0 - control.outdoor_damper)


def test_the_economizer_is_released_with_a_band() -> None:
    control = controller()
    run_for(control, modes.OCCUPIED, sensors(supply_c=15.0, outdoor_c=25.0, return_c=24.0), 800)
    run_for(control, modes.OCCUPIED, sensors(supply_c=15.0, outdoor_c=23.5, return_c=24.0), 5)
    assert control.outdoor_damper < 0.5
    run_for(control, modes.OCCUPIED, sensors(supply_c=15.0, outdoor_c=22.5, return_c=24.0), 5)
    assert control.outdoor_damper > 0.5


def test_the_freeze_loop_closes_the_outdoor_damper_before_the_freeze_stat_trips() -> None:
    control = controller()
    run_for(control, modes.OCCUPIED, sensors(mixed_c=3.5), 3000)
    assert control.outdoor_damper < 0.2
    assert control.heating_valve == 0.0


def test_the_freeze_stat_opens_the_heating_coil_and_holds_it() -> None:
    control = controller()
    control.step(0.0, modes.OFF, sensors(mixed_c=2.9, flow=0.0))
    assert (control.heating_valve, control.heating_pump) == (1.0, 1.0)
    control.step(600.0, modes.OFF, sensors(mixed_c=10.0, flow=0.0))
    assert control.heating_valve == 1.0
    control.step(1000.0, modes.OFF, sensors(mixed_c=10.0, flow=0.0))
    assert control.heating_valve == 0.0


def test_the_pressure_reset_gives_the_most_open_box_what_it_needs() -> None:
    starving, sated = controller(), controller()
    run_for(starving, modes.OCCUPIED, sensors(most_open_box=1.0), 2000)
    run_for(sated, modes.OCCUPIED, sensors(most_open_box=0.5), 2000)
    assert starving.fan_speed(200.0) > 0.1
    assert sated.fan_speed(200.0) == pytest.approx(0.1)


def test_a_zone_cools_with_air_and_heats_with_reheat_at_its_heating_flow() -> None:
    zone = ZONES[1]
    control = BoxControl(zone)
    warm = [control.step(modes.OCCUPIED, 26.0) for _ in range(2000)][-1]
    neutral = [control.step(modes.OCCUPIED, 22.0) for _ in range(2000)][-1]
    cold = [control.step(modes.OCCUPIED, 19.0) for _ in range(2000)][-1]
    assert warm == (1.0, 0.0)
    assert neutral == pytest.approx((zone.minimum_share, 0.0))
    assert cold == pytest.approx((0.3, 1.0))


def test_a_zone_keeps_its_heating_flow_until_it_is_half_a_kelvin_above() -> None:
    control = BoxControl(ZONES[1])
    flows = [control.step(modes.OCCUPIED, temperature)[0] for temperature in (19.9, 20.4, 20.6, 20.1)]
    assert flows == pytest.approx([0.3, 0.3, ZONES[1].minimum_share, ZONES[1].minimum_share])


def running(coil: Coil, valve: float, dt_s: float = 60.0) -> WaterCoil:
    made = WaterCoil(coil, dt_s)
    made.put(valve, 1.0)
    return made


def test_a_heating_coil_meets_its_design_heat() -> None:
    coil = running(heating_coil(), 1.0)
    outlet_c = [coil.heat_air(4.0, 6.714, 45.0) for _ in range(100)][-1]
    assert coil.heat == pytest.approx(85.8e3, rel=0.35)
    assert outlet_c == pytest.approx(4.0 + coil.heat / (6.714 * 1006.0), abs=0.01)


def test_a_cooling_coil_dries_humid_air_along_the_saturation_line() -> None:
    coil = running(cooling_coil(), 1.0)
    outlet_c = [coil.cool_air(27.0, 0.012, 4.0, 6.0) for _ in range(100)][-1]
    outlet_humidity = coil.humidity
    assert 6.0 < outlet_c < 14.0
    assert 0.9 < outlet_humidity / saturation_humidity_ratio(outlet_c) <= 1.01
    assert 4.0 * (enthalpy(27.0, 0.012) - enthalpy(outlet_c, outlet_humidity)) == pytest.approx(coil.heat, rel=0.02)


def test_a_cooling_coil_leaves_dry_air_as_dry_as_it_was() -> None:
    coil = running(cooling_coil(), 0.5)
    for _ in range(100):
        coil.cool_air(24.0, 0.003, 4.0, 6.0)
    assert coil.humidity == pytest.approx(0.003)


def test_the_cooling_outlet_has_no_jump_between_dry_and_wet() -> None:
    outlets = []
    for step in range(200):
        coil = running(cooling_coil(), 0.6)
        outlets.append([coil.cool_air(25.0, 0.004 + step * 4e-5, 4.0, 6.0) for _ in range(50)][-1])
    assert max(abs(after - before) for before, after in itertools.pairwise(outlets)) < 0.25


def test_a_coil_in_still_air_keeps_its_temperature() -> None:
    coil = WaterCoil(heating_coil(), 3600.0)
    assert coil.heat_air(4.0, 0.0, 45.0) == pytest.approx(20.0, abs=0.1)


def test_air_that_is_warmer_than_the_water_of_a_heating_coil_is_cooled_by_it_in_the_first_minutes() -> None:
    coil = running(heating_coil(), 0.0, dt_s=5.0)
    outlets_c = [coil.heat_air(25.0, 4.0, 45.0) for _ in range(360)]
    assert outlets_c[10] < 24.0
    assert outlets_c[-1] == pytest.approx(25.0, abs=0.3)


def test_the_air_behind_a_cooling_coil_follows_what_the_coil_stores_of_heat() -> None:
    coil = WaterCoil(cooling_coil(), 1.0)
    lag_s = cooling_coil().storage_j_k / (4.0 * CP_DRY_AIR)
    outlets_c = [coil.cool_air(30.0, 0.003, 4.0, 6.0) for _ in range(round(lag_s))]
    assert 30.0 < lag_s < 90.0
    assert (outlets_c[-1] - 20.0) / (30.0 - 20.0) == pytest.approx(1.0 - exp(-1.0), abs=0.03)


def test_the_reheat_valve_follows_its_signal_at_once_and_the_damper_takes_its_time() -> None:
    control = BoxControl(ZONES[1])
    control.travel(1.0, 1.0)
    assert control.cells[boxes.VALVE] == pytest.approx(1.0)
    assert control.cells[boxes.DAMPER] < 0.4


def test_a_coil_whose_valve_has_shut_goes_on_for_minutes_with_the_water_that_it_has() -> None:
    coil = running(heating_coil(), 1.0, dt_s=5.0)
    heats = []
    for valve, steps in ((1.0, 120), (0.0, 24), (0.0, 240)):
        coil.put(valve, 1.0)
        for _ in range(steps):
            coil.heat_air(15.0, 4.0, 45.0)
        heats.append(coil.heat)
    assert heats[0] > heats[1] > 0.2 * heats[0]
    assert heats[2] < 0.05 * heats[0]


@pytest.mark.parametrize("temperature_c", [-15.0, 0.3, 6.0, 12.7, 24.0])
def test_the_saturation_curve_is_read_backwards(temperature_c: float) -> None:
    saturated = enthalpy(temperature_c, saturation_humidity_ratio(temperature_c))
    assert saturated_temperature(saturated) == pytest.approx(temperature_c, abs=0.02)
