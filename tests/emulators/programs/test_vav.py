"""The VAV terminal's program against sensors that the test moves by hand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest

from emulators.programs.objects import ObjectTable, UnitSystem
from emulators.programs.vav import BOXES, VavReheatProgram
from emulators.programs.vav.points import VAV_POINTS, BoxMode
from tests.emulators.programs.bench import Objects, real32

SIZE = BOXES["VAV_South"]
MINIMUM_PERCENT = 100.0 * SIZE.minimum_m3_s / SIZE.design_m3_s
HEATING_PERCENT = 100.0 * SIZE.heating_m3_s / SIZE.design_m3_s
COMFORTABLE: Mapping[str, float] = {"SpaceTemp": 22.0, "DischAirTemp": 13.0, "AirFlow": 0.2, "SpaceCO2": 600.0}


class Rig:
    """The program of one box, its objects and its clock."""

    def __init__(self, held: Mapping[str, float], start: str = "12:00", unit_system: UnitSystem = "SI") -> None:
        self.program = VavReheatProgram(unit_system, SIZE)
        self.objects = Objects(self.program)
        self.now = datetime.fromisoformat(f"2023-07-06 {start}:00")
        self.objects.hold(**held)

    def run(self, seconds: float, **held: float) -> Rig:
        self.objects.hold(**held)
        for _ in range(round(seconds)):
            self.now += timedelta(seconds=1.0)
            self.program.scan(self.objects, self.now, 1.0)
        return self

    def __getitem__(self, name: str) -> float:
        return self.objects.read(name)

    def mode(self) -> BoxMode:
        return BoxMode(int(self["OperatingMode"]))


def test_a_box_that_sees_no_zone_yet_keeps_its_minimum_and_its_reheat_shut() -> None:
    rig = Rig({}).run(3600.0)
    assert rig["DamperCmd"] == pytest.approx(MINIMUM_PERCENT)
    assert rig["ReheatValve"] == 0.0
    assert rig.mode() is BoxMode.SENSOR_FAULT
    assert rig.run(2.0, **COMFORTABLE).mode() is BoxMode.DEADBAND
    assert rig["SensorAlarm"] == 0.0


def test_between_the_set_points_there_is_the_minimum_flow() -> None:
    rig = Rig(COMFORTABLE).run(600.0)
    assert rig["DamperCmd"] == pytest.approx(MINIMUM_PERCENT)
    assert rig["ReheatValve"] == 0.0
    assert rig["AirFlowSp"] == pytest.approx(SIZE.minimum_m3_s)


def test_a_warm_zone_gets_more_air_up_to_the_design_flow() -> None:
    rig = Rig(COMFORTABLE).run(10.0)
    assert rig.run(10.0, SpaceTemp=24.5)["DamperCmd"] > MINIMUM_PERCENT
    assert rig.mode() is BoxMode.COOLING
    assert rig.run(7200.0)["DamperCmd"] == pytest.approx(100.0)
    assert rig["ReheatValve"] == 0.0


def test_a_cold_zone_gets_warmer_air_first_and_then_more_of_it() -> None:
    rig = Rig(COMFORTABLE).run(10.0)
    rig.run(60.0, SpaceTemp=19.0)
    assert rig.mode() is BoxMode.HEATING
    assert rig["ReheatValve"] > 0.0
    assert rig["DamperCmd"] == pytest.approx(MINIMUM_PERCENT)
    rig.run(7200.0)
    assert rig["DamperCmd"] == pytest.approx(HEATING_PERCENT)
    assert rig["DischAirTempSp"] == pytest.approx(37.0)


def test_the_reheat_valve_follows_the_discharge_temperature() -> None:
    rig = Rig({**COMFORTABLE, "SpaceTemp": 19.0}).run(300.0)
    opened = rig["ReheatValve"]
    assert rig.run(60.0, DischAirTemp=45.0)["ReheatValve"] < opened


def test_without_a_discharge_temperature_the_zone_drives_the_reheat_valve() -> None:
    rig = Rig({**COMFORTABLE, "SpaceTemp": 19.0}).run(300.0)
    assert rig.run(60.0, DischAirTemp=999.0)["ReheatValve"] > 10.0


@pytest.mark.parametrize("flow", [0.0, -3.0, float("nan")])
def test_the_reheat_valve_stays_shut_without_air(flow: float) -> None:
    rig = Rig({**COMFORTABLE, "SpaceTemp": 18.0}).run(300.0)
    assert rig["ReheatValve"] > 0.0
    assert rig.run(40.0, AirFlow=flow)["ReheatValve"] == 0.0


@pytest.mark.parametrize(
    ("time", "cool", "heat", "mode"),
    [("12:00", 24.0, 20.0, BoxMode.COOLING), ("05:45", 24.0, 20.0, BoxMode.COOLING), ("22:00", 30.0, 12.0, None)],
)
def test_the_set_points_follow_the_box_s_own_clock(time: str, cool: float, heat: float, mode: BoxMode | None) -> None:
    rig = Rig({**COMFORTABLE, "SpaceTemp": 26.0}, time).run(10.0)
    assert (rig["EffCoolSp"], rig["EffHeatSp"]) == (cool, heat)
    assert rig.mode() is (mode or BoxMode.UNOCCUPIED)


@pytest.mark.parametrize(("zone_c", "in_use"), [(15.0, True), (18.9, False), (22.0, False)])
def test_a_cold_zone_starts_its_morning_earlier(zone_c: float, in_use: bool) -> None:
    rig = Rig({**COMFORTABLE, "SpaceTemp": zone_c}, "04:30").run(10.0)
    assert (rig["EffHeatSp"] == 20.0) is in_use


def test_set_points_in_force_may_be_commanded() -> None:
    rig = Rig(COMFORTABLE).run(10.0)
    assert rig.run(60.0, EffCoolSp=21.0)["DamperCmd"] > MINIMUM_PERCENT + 20.0
    assert rig.run(1.0, AirFlowSp=0.474)["DamperCmd"] == pytest.approx(50.0)
    assert rig.run(1.0, AirFlowSp=99.0)["DamperCmd"] == 100.0


def test_stale_air_raises_the_minimum_flow() -> None:
    rig = Rig(COMFORTABLE).run(10.0)
    assert rig.run(10.0, SpaceCO2=950.0)["DamperCmd"] == pytest.approx((MINIMUM_PERCENT + 100.0) / 2.0)
    assert rig.run(60.0, SpaceCO2=0.0)["DamperCmd"] == pytest.approx(MINIMUM_PERCENT)


@pytest.mark.parametrize("nonsense", [-40.0, 999.0, float("nan")])
def test_a_broken_zone_sensor_ends_in_the_minimum_flow(nonsense: float) -> None:
    rig = Rig({**COMFORTABLE, "SpaceTemp": 25.0}).run(600.0)
    held = rig["DamperCmd"]
    assert rig.run(10.0, SpaceTemp=nonsense)["DamperCmd"] == pytest.approx(held, abs=1.0)
    rig.run(30.0)
    assert rig["DamperCmd"] == pytest.approx(MINIMUM_PERCENT)
    assert rig["SensorAlarm"] == 1.0


def test_a_box_in_cooling_is_taken_over_at_its_flow() -> None:
    rig = Rig({**COMFORTABLE, "SpaceTemp": 24.0, "AirFlow": 0.7}).run(5.0)
    assert rig["AirFlowSp"] == pytest.approx(0.7, abs=0.01)


def test_a_box_in_heating_is_taken_over_at_its_discharge_temperature() -> None:
    rig = Rig({**COMFORTABLE, "SpaceTemp": 19.9, "DischAirTemp": 28.0}).run(1.0)
    assert rig["DischAirTempSp"] == pytest.approx(28.0, abs=2.0)
    assert rig["ReheatValve"] > 40.0


@pytest.mark.parametrize("zone_c", [-9.0, -6.0, 0.0])
def test_a_frozen_zone_is_taken_over_like_any_other(zone_c: float) -> None:
    rig = Rig({**COMFORTABLE, "SpaceTemp": zone_c, "DischAirTemp": 5.0}).run(1.0)
    assert rig.mode() is BoxMode.HEATING


def test_both_unit_systems_give_the_same_outputs() -> None:
    si = Rig({**COMFORTABLE, "SpaceTemp": 19.0}).run(300.0)
    us_held = {"SpaceTemp": 66.2, "DischAirTemp": 55.4, "AirFlow": 0.2 * 2118.88, "SpaceCO2": 600.0}
    us = Rig(us_held, unit_system="US").run(300.0)
    for name in ("DamperCmd", "ReheatValve"):
        assert us[name] == pytest.approx(si[name], abs=0.01)
    assert us["OccCoolSp"] == pytest.approx(75.2)


@pytest.mark.parametrize("name", BOXES)
def test_every_box_has_its_flows_in_order(name: str) -> None:
    size = BOXES[name]
    assert 0.0 < size.minimum_m3_s < size.heating_m3_s < size.design_m3_s


def test_the_minimum_flow_is_shown_and_being_rounded_there_changes_nothing() -> None:
    rig = Rig(COMFORTABLE).run(60.0)
    assert rig["MinFlowSp"] == real32(SIZE.minimum_m3_s) != SIZE.minimum_m3_s
    assert rig["AirFlowSp"] == real32(SIZE.minimum_m3_s)
    io, table = rig.objects, ObjectTable(VAV_POINTS, "SI")
    assert table.lead(io, "MinFlowSp", SIZE.minimum_m3_s) == SIZE.minimum_m3_s
    io.hold(MinFlowSp=0.2)
    assert table.lead(io, "MinFlowSp", SIZE.minimum_m3_s) == real32(0.2)


def test_whoever_commands_the_minimum_flow_leads_the_box_past_schedule_and_co2_and_gives_it_back() -> None:
    rig = Rig({**COMFORTABLE, "SpaceCO2": 2000.0}).run(60.0)
    assert rig["DamperCmd"] == pytest.approx(100.0)
    led = rig.run(60.0, MinFlowSp=0.3 * SIZE.design_m3_s)
    assert led["DamperCmd"] == pytest.approx(30.0)
    assert led.run(60.0, MinFlowSp=0.0)["DamperCmd"] == 0.0
    rig.objects.let_go("MinFlowSp")
    assert rig.run(60.0)["DamperCmd"] == pytest.approx(100.0)


def test_a_led_minimum_is_what_cooling_begins_at() -> None:
    rig = Rig({**COMFORTABLE, "SpaceTemp": 24.2, "MinFlowSp": 0.0}).run(5.0)
    assert 0.0 < rig["DamperCmd"] < MINIMUM_PERCENT
    assert rig.mode() is BoxMode.COOLING


def test_a_box_whose_occupancy_sensor_is_not_wired_is_occupied() -> None:
    assert Rig({})["OccSensor"] == 1.0
