"""The applications against the embedded plant: whole mornings and days, taken over from its own control."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import fmean, pstdev

import pytest

from emulators.programs.ahu.points import AhuMode
from emulators.programs.objects import UnitSystem
from tests.emulators.programs.bench import DAY, HOUR, ClosedLoop, Row

SUMMER_DAY = 186
WINTER_DAY = 20
COLD_DAY = 26
SPRING_DAY = 115
ZERO_C = 273.15
DESIGN_OUTDOOR_AIR_M3_S = 0.859


def pressure_pa(row: Row) -> float:
    return row.state["hvac_reaAhu_dp_sup_y"]


def supply_error_k(row: Row) -> float:
    return row.state["hvac_reaAhu_TSup_y"] - ZERO_C - row.ahu["SupplyAirTempSp"]


def mixed_c(row: Row) -> float:
    return row.state["hvac_reaAhu_TMix_y"] - ZERO_C


def outdoor_air_m3_s(row: Row) -> float:
    """From the mixing temperatures; only where indoors and outdoors differ."""
    state = row.state
    share = (state["hvac_reaAhu_TMix_y"] - state["hvac_reaAhu_TRet_y"]) / (
        state["weaSta_reaWeaTDryBul_y"] - state["hvac_reaAhu_TRet_y"]
    )
    return share * state["hvac_reaAhu_V_flow_sup_y"]


def between(rows: Sequence[Row], start_h: float, stop_h: float) -> list[Row]:
    return [row for row in rows if start_h <= row.hour < stop_h]


def every(rows: Sequence[Row], value: Callable[[Row], float]) -> list[float]:
    assert rows
    return [value(row) for row in rows]


def assert_steady(rows: Sequence[Row], pressure_sp_pa: float = 180.0) -> None:
    pressures = every(rows, pressure_pa)
    assert fmean(pressures) == pytest.approx(pressure_sp_pa, rel=0.02)
    assert pstdev(pressures) < 0.05 * pressure_sp_pa
    assert pstdev(every(rows, supply_error_k)) < 0.5
    assert abs(fmean(every(rows, supply_error_k))) < 0.2


def assert_healthy(rows: Sequence[Row]) -> None:
    assert not any(row.ahu["FanAlarm"] or row.ahu["LowLimitAlarm"] for row in rows)
    assert all(row.ahu["OperatingMode"] != AhuMode.SENSOR_FAULT for row in rows)


@pytest.mark.slow
def test_a_hot_summer_day_is_cooled_in_time_and_held_until_the_evening() -> None:
    loop = ClosedLoop(SUMMER_DAY * DAY + 5.25 * HOUR, scan_s=5.0)
    loop.couple()
    rows = loop.run(14.25 * HOUR)
    assert_healthy(rows)
    assert {row.ahu["OperatingMode"] for row in between(rows, 5.0, 5.5)} == {AhuMode.OFF}
    for row in between(rows, 6.0, 19.0):
        assert all(20.0 - 0.7 < zone < 24.0 + 0.7 for zone in row.zones_c()), row.hour
    assert_steady(between(rows, 9.0, 18.5))
    assert min(every(between(rows, 10.0, 17.0), outdoor_air_m3_s)) > DESIGN_OUTDOOR_AIR_M3_S
    evening = between(rows, 19.1, 19.5)
    assert max(every(evening, lambda row: row.state["hvac_reaAhu_V_flow_sup_y"])) < 0.1


@pytest.mark.slow
def test_a_winter_day_is_warmed_up_in_time_and_ventilated() -> None:
    loop = ClosedLoop(WINTER_DAY * DAY + 4.75 * HOUR, scan_s=5.0)
    loop.couple()
    rows = loop.run(9.0 * HOUR)
    assert_healthy(rows)
    assert {row.ahu["OperatingMode"] for row in between(rows, 5.5, 5.9)} == {AhuMode.WARM_UP}
    for row in between(rows, 6.0, 19.0):
        assert all(20.0 - 0.7 < zone < 24.0 + 0.7 for zone in row.zones_c()), row.hour
    assert_steady(between(rows, 7.0, 14.0))
    assert min(every(between(rows, 7.0, 14.0), outdoor_air_m3_s)) > DESIGN_OUTDOOR_AIR_M3_S


@pytest.mark.slow
def test_the_coldest_morning_starts_early_and_without_frost_behind_the_dampers() -> None:
    loop = ClosedLoop(COLD_DAY * DAY + 3.75 * HOUR, scan_s=5.0)
    loop.couple()
    rows = loop.run(4.25 * HOUR)
    assert_healthy(rows)
    assert {row.ahu["OperatingMode"] for row in between(rows, 4.5, 5.9)} == {AhuMode.WARM_UP}
    assert min(every(rows, mixed_c)) > 5.0
    assert min(zone for row in between(rows, 6.0, 9.0) for zone in row.zones_c()) > 20.0 - 1.0
    assert_steady(between(rows, 7.0, 8.0))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("day", "hour", "unit_system"),
    [
        (SUMMER_DAY, 14.0, "SI"),
        (SUMMER_DAY, 14.0, "US"),
        (WINTER_DAY, 10.0, "SI"),
        (COLD_DAY, 10.0, "US"),
        (SPRING_DAY, 10.0, "SI"),
    ],
)
def test_a_running_building_is_taken_over_without_a_bump_even_at_ten_seconds(
    day: int, hour: float, unit_system: UnitSystem
) -> None:
    loop = ClosedLoop(day * DAY + hour * HOUR, exchange_s=10.0, unit_system=unit_system)
    before = Row(loop.time_s, loop.state, {}).zones_c()
    loop.couple()
    rows = loop.run(0.75 * HOUR)
    assert_healthy(rows)
    assert min(every(rows, mixed_c)) > 5.0
    for row in rows:
        assert all(abs(zone - was) < 1.7 for zone, was in zip(row.zones_c(), before, strict=True))
    late = every(between(rows, hour + 0.4, hour + 1.0), pressure_pa)
    assert fmean(late) == pytest.approx(180.0, rel=0.02)
    assert pstdev(late) < 5.0
    assert max(every(rows, pressure_pa)) < 300.0


def test_the_fan_of_a_building_at_rest_starts_with_its_proof() -> None:
    loop = ClosedLoop(SUMMER_DAY * DAY + 5.48 * HOUR)
    loop.couple()
    rows = loop.run(600.0)
    modes = [row.ahu["OperatingMode"] for row in rows]
    assert modes[0] == AhuMode.OFF
    assert modes[-1] == AhuMode.COOL_DOWN
    started = modes.index(AhuMode.START)
    assert all(row.ahu["DischFanSpeed"] <= 30.0 for row in rows if row.ahu["OperatingMode"] == AhuMode.START)
    assert AhuMode.OFF not in modes[started:]
    assert_healthy(rows)
    assert max(every(rows, pressure_pa)) < 300.0


def test_a_duct_pressure_set_point_of_250_pa_is_reached_and_held_at_ten_seconds() -> None:
    loop = ClosedLoop(SUMMER_DAY * DAY + 14.0 * HOUR, exchange_s=10.0)
    loop.controllers["AHU"].objects.hold(DuctPressSp=250.0)
    loop.couple()
    loop.run(900.0)
    late = every(loop.run(900.0), pressure_pa)
    assert fmean(late) == pytest.approx(250.0, rel=0.02)
    assert pstdev(late) < 5.0
