"""The air handling unit's program against sensors that the test moves by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

import pytest

from emulators.programs.ahu import AhuProgram
from emulators.programs.ahu.outdoor_air import MINIMUM_POSITION, EconomizerLockout, OutdoorAirDamper, enthalpy_kj_per_kg
from emulators.programs.ahu.points import AhuMode
from emulators.programs.ahu.temperature import AirTemperatures, Means, SupplyAirTemperature
from emulators.programs.objects import UNITS, Quantity, UnitSystem
from tests.emulators.programs.bench import Objects

SUMMER: Mapping[str, float] = {
    "OutdoorAirTemp": 30.0,
    "OutdoorAirHumidity": 50.0,
    "SupplyAirFlow": 3.0,
    "DischAirTemp": 12.0,
    "RetAirTemp": 24.0,
    "MixedAirTemp": 26.0,
    "DischAirPress": 180.0,
    "DischFanStatus": 0.0,
}
MILD: Mapping[str, float] = {**SUMMER, "OutdoorAirTemp": 10.0, "MixedAirTemp": 14.0, "DischAirTemp": 14.0}
WINTER: Mapping[str, float] = {
    **SUMMER,
    "OutdoorAirTemp": -10.0,
    "RetAirTemp": 21.0,
    "MixedAirTemp": 10.0,
    "DischAirTemp": 17.0,
}
OUTPUTS = ("DischFanSpeed", "OutdoorAirDamper", "HeatingValve", "CoolingValve", "HeatingPumpCmd", "CoolingPumpCmd")


class Rig:
    """The program, its objects and its clock. Fan and pumps prove themselves unless a status is held."""

    def __init__(self, held: Mapping[str, float], start: str = "12:00", unit_system: UnitSystem = "SI") -> None:
        self.program = AhuProgram(unit_system)
        self.objects = Objects(self.program)
        self.now = datetime.fromisoformat(f"2023-07-06 {start}:00")
        self.objects.hold(**held)

    def run(self, seconds: float, scan_s: float = 1.0, **held: float) -> Rig:
        self.objects.hold(**held)
        for _ in range(round(seconds / scan_s)):
            self.now += timedelta(seconds=scan_s)
            self.program.scan(self.objects, self.now, scan_s)
        return self

    def running(self, seconds: float = 30.0) -> Rig:
        return self.run(seconds, DischFanStatus=1.0)

    def __getitem__(self, name: str) -> float:
        return self.objects.read(name)

    def mode(self) -> AhuMode:
        return AhuMode(int(self["OperatingMode"]))

    def is_quiet(self) -> bool:
        return all(self[name] == 0.0 for name in OUTPUTS) and self["ReturnAirDamper"] == 100.0


def test_a_controller_that_sees_no_building_yet_does_nothing_and_latches_nothing() -> None:
    rig = Rig({}).run(3600.0)
    assert rig.is_quiet()
    assert rig.mode() is AhuMode.SENSOR_FAULT
    rig.run(2.0, **{**SUMMER, "DischFanStatus": 1.0})
    assert rig.mode() is AhuMode.OCCUPIED
    assert [rig[name] for name in ("SensorAlarm", "FanAlarm", "LowLimitAlarm")] == [0.0, 0.0, 0.0]


@pytest.mark.parametrize("time", ["05:00", "19:30", "00:00"])
def test_a_unit_that_is_off_is_quiet(time: str) -> None:
    rig = Rig(SUMMER, time).run(60.0)
    assert rig.is_quiet()
    assert rig.mode() is AhuMode.OFF


def test_the_day_begins_with_the_lead_time_and_ends_with_occupancy() -> None:
    rig = Rig(SUMMER, "05:00")
    changes = []
    while rig.now.hour < 20:
        was_running = rig["DischFanSpeed"] > 0.0
        rig.run(60.0, 20.0, DischFanStatus=1.0)
        if (rig["DischFanSpeed"] > 0.0) is not was_running:
            changes.append(rig.now.strftime("%H:%M"))
    assert changes == ["05:30", "19:00"]


def test_a_cold_morning_starts_earlier_and_stays_started_when_it_gets_warmer() -> None:
    rig = Rig({**WINTER, "OutdoorAirTemp": -15.0}, "04:20").run(1.0)
    assert rig["DischFanSpeed"] > 0.0
    assert rig.run(1.0, OutdoorAirTemp=10.0)["DischFanSpeed"] > 0.0


def test_an_operator_may_command_occupancy() -> None:
    assert Rig({**SUMMER, "OccupiedCmd": 1.0}, "23:00").running().mode() is AhuMode.OCCUPIED
    assert Rig({**SUMMER, "OccupiedCmd": 0.0}, "12:00").running().is_quiet()


def test_the_fan_ramps_to_its_start_speed_and_waits_for_its_proof() -> None:
    rig = Rig({**SUMMER, "DischAirPress": 0.0}).run(10.0)
    assert rig["DischFanSpeed"] == pytest.approx(10.0)
    assert rig.run(35.0)["DischFanSpeed"] == pytest.approx(30.0)
    assert rig.mode() is AhuMode.START
    assert rig["OutdoorAirDamper"] == 0.0
    assert rig.run(10.0, DischFanStatus=1.0)["DischFanSpeed"] > 30.0


def test_a_fan_without_proof_is_stopped_told_and_tried_again() -> None:
    rig = Rig(SUMMER).run(60.0)
    assert rig["FanAlarm"] == 1.0
    assert rig.mode() is AhuMode.FAN_FAULT
    assert rig.is_quiet()
    assert rig.run(298.0)["DischFanSpeed"] == 0.0
    assert rig.run(5.0)["DischFanSpeed"] > 0.0
    assert rig["FanAlarm"] == 0.0


def test_a_fan_that_loses_its_proof_closes_the_valves_at_once_and_fails_later() -> None:
    rig = Rig(SUMMER).running()
    assert rig.run(1.0, DischAirTemp=20.0)["CoolingValve"] > 0.0
    assert rig.run(1.0, DischFanStatus=0.0)["CoolingValve"] == 0.0
    assert rig.run(60.0)["FanAlarm"] == 1.0


def test_a_fan_that_runs_already_is_caught_near_its_speed() -> None:
    rig = Rig({**SUMMER, "DuctPressSp": 180.0}).running(1.0)
    assert rig["DischFanSpeed"] == pytest.approx(100.0 * 3.0 / 5.595)


@pytest.mark.parametrize(("pressure_pa", "direction"), [(100.0, 1), (300.0, -1)])
def test_the_fan_follows_the_duct_pressure(pressure_pa: float, direction: int) -> None:
    rig = Rig(SUMMER).running()
    before = rig["DischFanSpeed"]
    assert (rig.run(30.0, DischAirPress=pressure_pa)["DischFanSpeed"] - before) * direction > 1.0


def test_the_set_points_in_force_are_those_that_somebody_commands() -> None:
    rig = Rig(SUMMER).running()
    before = rig["DischFanSpeed"]
    assert rig.run(30.0, DuctPressSp=250.0)["DischFanSpeed"] > before
    valve = rig["CoolingValve"]
    assert rig.run(30.0, SupplyAirTempSp=16.0)["CoolingValve"] < valve
    assert rig.run(600.0, MinOutdoorAirSp=80.0)["OutdoorAirDamper"] == pytest.approx(80.0)
    assert rig.run(600.0, MinOutdoorAirSp=500.0)["OutdoorAirDamper"] == pytest.approx(100.0)


@pytest.mark.parametrize("sensor", ["DischAirTemp", "MixedAirTemp", "RetAirTemp", "DischAirPress"])
@pytest.mark.parametrize("nonsense", [-500.0, 9999.0, float("nan")])
def test_a_broken_sensor_stops_the_unit_after_a_while_and_starts_it_when_it_is_back(
    sensor: str, nonsense: float
) -> None:
    rig = Rig(SUMMER).running()
    speed = rig["DischFanSpeed"]
    assert rig.run(10.0, **{sensor: nonsense})["DischFanSpeed"] == pytest.approx(speed, abs=0.5)
    rig.run(30.0)
    assert rig.is_quiet() or rig["CoolingPumpCmd"] == 1.0
    assert rig.mode() is AhuMode.SENSOR_FAULT
    assert rig["SensorAlarm"] == 1.0
    rig.run(2.0, **{sensor: SUMMER[sensor]})
    assert rig.mode() is AhuMode.OCCUPIED
    assert rig["SensorAlarm"] == 0.0


@pytest.mark.parametrize("sensor", ["OutdoorAirTemp", "OutdoorAirHumidity"])
def test_without_outdoor_values_the_unit_runs_on_without_the_economizer(sensor: str) -> None:
    rig = Rig(MILD).running()
    assert rig["EconomizerEnabled"] == 1.0
    rig.run(40.0, **{sensor: 999.0})
    assert rig.mode() is AhuMode.OCCUPIED
    assert rig["EconomizerEnabled"] == 0.0
    assert rig["SupplyAirTempSp"] == pytest.approx(12.0)


def test_the_dampers_always_make_one_whole() -> None:
    for held in (SUMMER, MILD, WINTER):
        rig = Rig(held).running(300.0)
        assert rig["OutdoorAirDamper"] + rig["ReturnAirDamper"] == pytest.approx(100.0)


def test_the_less_air_the_larger_is_the_minimum_share_of_outdoor_air() -> None:
    few = Rig({**SUMMER, "SupplyAirFlow": 1.4}).running(600.0)["OutdoorAirDamper"]
    many = Rig({**SUMMER, "SupplyAirFlow": 5.6}).running(600.0)["OutdoorAirDamper"]
    assert few == pytest.approx(100.0 * MINIMUM_POSITION.at(0.25), abs=0.1)
    assert many == pytest.approx(100.0 * MINIMUM_POSITION.at(1.0), abs=0.1)


@pytest.mark.parametrize(
    ("start", "held", "mode"),
    [
        ("05:40", {**WINTER, "RetAirTemp": 18.0}, AhuMode.WARM_UP),
        ("05:40", {**SUMMER, "RetAirTemp": 27.0}, AhuMode.COOL_DOWN),
        ("06:10", {**WINTER, "RetAirTemp": 18.0}, AhuMode.OCCUPIED),
    ],
)
def test_the_return_air_decides_how_the_day_begins(start: str, held: Mapping[str, float], mode: AhuMode) -> None:
    rig = Rig(held, start).running()
    assert rig.mode() is mode
    assert (rig["OutdoorAirDamper"] > 0.0) is (mode is AhuMode.OCCUPIED)


def test_warm_up_heats_with_return_air_and_never_cools() -> None:
    rig = Rig({**WINTER, "RetAirTemp": 18.0, "MixedAirTemp": 18.0, "DischAirTemp": 18.0}, "05:35").running(120.0)
    assert rig["SupplyAirTempSp"] == pytest.approx(32.0)
    assert rig["HeatingValve"] > 10.0
    rig.run(1200.0, RetAirTemp=23.0, MixedAirTemp=23.0, DischAirTemp=23.0)
    assert rig.mode() is AhuMode.WARM_UP
    assert [rig[name] for name in ("HeatingValve", "CoolingValve", "OutdoorAirDamper")] == [0.0, 0.0, 0.0]


def test_the_low_limit_throttles_the_outdoor_air_without_an_alarm() -> None:
    rig = Rig(WINTER).running(600.0)
    before = rig["OutdoorAirDamper"]
    rig.run(300.0, MixedAirTemp=5.0)
    assert rig["OutdoorAirDamper"] < before - 5.0
    assert rig["LowLimitAlarm"] == 0.0


def test_frost_behind_the_dampers_shuts_them_opens_the_heating_and_resets_by_itself() -> None:
    rig = Rig(WINTER).running(600.0)
    assert rig.run(19.0, MixedAirTemp=3.0)["LowLimitAlarm"] == 0.0
    rig.run(2.0)
    assert rig["LowLimitAlarm"] == 1.0
    assert rig["OutdoorAirDamper"] == 0.0
    assert rig["ReturnAirDamper"] == 100.0
    assert rig["HeatingValve"] == 100.0
    assert rig["DischFanSpeed"] > 0.0
    assert rig.run(590.0, MixedAirTemp=18.0, DischAirTemp=25.0)["LowLimitAlarm"] == 1.0
    assert rig["HeatingValve"] < 100.0
    assert rig.run(20.0)["LowLimitAlarm"] == 0.0
    assert rig["OutdoorAirDamper"] > 0.0


def test_cold_standing_air_is_no_reason_for_a_low_limit_alarm() -> None:
    assert Rig({**WINTER, "MixedAirTemp": -5.0}, "22:00").run(600.0)["LowLimitAlarm"] == 0.0


def test_a_pump_runs_with_its_valve_and_a_quarter_of_an_hour_longer() -> None:
    rig = Rig({**SUMMER, "DischAirTemp": 20.0}).running()
    assert (rig["CoolingPumpCmd"], rig["HeatingPumpCmd"]) == (1.0, 0.0)
    rig.run(1.0, OccupiedCmd=0.0)
    assert rig.run(890.0)["CoolingPumpCmd"] == 1.0
    assert rig.run(20.0)["CoolingPumpCmd"] == 0.0


def test_a_pump_without_proof_is_told() -> None:
    rig = Rig({**SUMMER, "DischAirTemp": 20.0}).running(110.0)
    assert rig["CoolingPumpAlarm"] == 0.0
    assert rig.run(15.0)["CoolingPumpAlarm"] == 1.0
    assert rig.run(1.0, CoolingPumpStatus=1.0)["CoolingPumpAlarm"] == 0.0


def test_both_unit_systems_give_the_same_outputs() -> None:
    def us(name: str, value: float) -> float:
        quantities = {"SupplyAirFlow": Quantity.AIR_FLOW, "DischAirPress": Quantity.PRESSURE}
        quantity = Quantity.TEMPERATURE if name.endswith("Temp") else quantities.get(name)
        return UNITS["US"][quantity].from_si(value) if quantity else value

    for held in (SUMMER, MILD, WINTER):
        si_rig = Rig(held).running(300.0)
        us_rig = Rig({name: us(name, value) for name, value in held.items()}, unit_system="US").running(300.0)
        assert [us_rig[name] for name in OUTPUTS] == pytest.approx([si_rig[name] for name in OUTPUTS], abs=0.01)


@pytest.mark.parametrize("nonsense", [-1e30, -40.0, 0.0, 999.0, 1e30, float("nan"), float("inf")])
def test_outputs_stay_in_range_whatever_all_sensors_show(nonsense: float) -> None:
    rig = Rig(MILD).running()
    rig.run(120.0, **dict.fromkeys((name for name in MILD if name != "DischFanStatus"), nonsense))
    assert all(0.0 <= rig[name] <= 100.0 for name in OUTPUTS)


@pytest.mark.parametrize(
    ("outdoor_c", "humidity", "return_c", "allowed"),
    [(15.0, 0.5, 24.0, True), (23.5, 0.3, 24.0, False), (26.0, 0.5, 24.0, False), (23.0, 1.0, 25.0, False)],
)
def test_the_economizer_needs_colder_and_not_too_moist_air(
    outdoor_c: float, humidity: float, return_c: float, allowed: bool
) -> None:
    assert EconomizerLockout().step(outdoor_c, humidity, return_c) is allowed


@pytest.mark.parametrize(
    ("temperature_c", "humidity", "kj_per_kg"), [(20.0, 0.5, 38.6), (30.0, 0.6, 71.4), (0.0, 1, 9.4)]
)
def test_enthalpy_agrees_with_the_psychrometric_chart(temperature_c: float, humidity: float, kj_per_kg: float) -> None:
    assert enthalpy_kj_per_kg(temperature_c, humidity) == pytest.approx(kj_per_kg, abs=0.5)


def sweep(sequence: SupplyAirTemperature, error_k: float, means: Means) -> Iterator[tuple[float, float, float]]:
    for _ in range(1000):
        shares = sequence.step(error_k, 1.0, means, 5.0)
        yield shares.heating, shares.economizer, shares.cooling


def test_heating_economizer_and_cooling_follow_each_other() -> None:
    sequence = SupplyAirTemperature()
    sequence.start(AirTemperatures(0.0, -10.0, 15.0), Means.VALVES_AND_ECONOMIZER)
    for heating, economizer, cooling in sweep(sequence, 1.0, Means.VALVES_AND_ECONOMIZER):
        assert heating == 0.0 or economizer == cooling == 0.0
        assert cooling == 0.0 or economizer == 1.0
    assert (heating, economizer, cooling) == pytest.approx((0.0, 1.0, 1.0))


@pytest.mark.parametrize(("before", "after"), [tuple(Means)[1:], tuple(Means)[:0:-1]])
def test_the_cooling_valve_stays_where_it_is_when_the_economizer_comes_or_goes(before: Means, after: Means) -> None:
    sequence = SupplyAirTemperature()
    sequence.start(AirTemperatures(25.0, 20.0, 12.0), before)
    valve = sequence.step(1.0, 1.0, before, 1.0).cooling
    assert 0.2 < valve < 0.9
    assert sequence.step(1.0, 1.0, after, 0.0).cooling == pytest.approx(valve, abs=1e-6)


def test_the_heating_valve_stays_where_it_is_when_the_means_change() -> None:
    sequence = SupplyAirTemperature()
    sequence.start(AirTemperatures(5.0, -10.0, 17.0), Means.HEATING_ONLY)
    valve = sequence.step(0.0, 1.0, Means.HEATING_ONLY, 1.0).heating
    assert valve > 0.2
    assert sequence.step(0.0, 1.0, Means.VALVES_AND_ECONOMIZER, 1.0).heating == pytest.approx(valve)


def test_an_opening_damper_takes_its_time_and_a_closing_one_does_not() -> None:
    damper = OutdoorAirDamper()
    assert damper.step(0.5, 0.0, 20.0, 60.0) == pytest.approx(0.12)
    assert damper.shut() == 0.0


STATION: Mapping[str, float] = {**WINTER, "OutdoorAirFlow": 0.6}


def test_a_minimum_of_outdoor_air_in_flow_opens_the_damper_while_the_station_shows_less() -> None:
    rig = Rig(STATION).running(600.0)
    by_position = rig["MinOutdoorAirSp"]
    assert by_position == pytest.approx(100.0 * MINIMUM_POSITION.at(3.0 / 5.595))
    opening = rig.run(30.0, MinOutdoorAirFlowSp=1.2)["MinOutdoorAirSp"]
    assert by_position < opening < by_position + 10.0
    assert rig.run(900.0)["MinOutdoorAirSp"] > opening
    closing = rig.run(120.0, OutdoorAirFlow=1.5)["MinOutdoorAirSp"]
    assert rig.run(600.0)["MinOutdoorAirSp"] < closing
    rig.objects.let_go("MinOutdoorAirFlowSp")
    assert rig.run(5.0)["MinOutdoorAirSp"] == pytest.approx(by_position)


def test_no_outdoor_air_is_a_set_point_and_a_negative_one_is_nobodys() -> None:
    rig = Rig(STATION).running(600.0)
    by_position = rig["MinOutdoorAirSp"]
    assert rig["MinOutdoorAirFlowSp"] == -1.0
    assert rig.run(3600.0, MinOutdoorAirFlowSp=0.0)["MinOutdoorAirSp"] == 0.0
    assert rig.run(5.0, MinOutdoorAirFlowSp=-1.0)["MinOutdoorAirSp"] == pytest.approx(by_position)


def test_a_minimum_in_flow_does_not_wind_up_while_the_mixed_air_throttles_the_damper() -> None:
    rig = Rig({**STATION, "MinOutdoorAirFlowSp": 1.2}).running(600.0)
    throttled = rig.run(1200.0, MixedAirTemp=5.0)
    assert throttled["OutdoorAirDamper"] < 40.0
    assert throttled["MinOutdoorAirSp"] < throttled["OutdoorAirDamper"] + 5.0


def test_nor_does_it_wind_down_while_the_economizer_has_the_damper_wider() -> None:
    rig = Rig({**MILD, "OutdoorAirFlow": 1.2, "MinOutdoorAirFlowSp": 1.2}).running(600.0)
    before = rig["MinOutdoorAirSp"]
    rig.run(1200.0, OutdoorAirFlow=2.5, DischAirTemp=25.0)
    assert rig["OutdoorAirDamper"] == pytest.approx(100.0)
    assert rig["MinOutdoorAirSp"] == pytest.approx(before, abs=8.0)


@pytest.mark.parametrize("shown", [None, -1.0], ids=["not wired", "signal lost"])
def test_without_a_station_the_minimum_stays_by_position_whatever_is_asked_for(shown: float | None) -> None:
    held = WINTER if shown is None else {**WINTER, "OutdoorAirFlow": shown}
    rig = Rig({**held, "MinOutdoorAirFlowSp": 1.2}).running(900.0)
    assert rig["MinOutdoorAirSp"] == pytest.approx(100.0 * MINIMUM_POSITION.at(3.0 / 5.595))


def test_outside_of_occupancy_no_outdoor_air_is_asked_for_in_flow_either() -> None:
    rig = Rig({**STATION, "MinOutdoorAirFlowSp": 1.2}, start="03:00").running(60.0)
    assert rig["MinOutdoorAirSp"] == 0.0
    assert rig["OutdoorAirDamper"] == 0.0
