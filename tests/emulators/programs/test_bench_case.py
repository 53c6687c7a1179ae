"""The standard applications on the bench's case: what they see of it, and what leads them there."""

from __future__ import annotations

import pytest

from emulators.plants.multizone_office import BenchOffice
from tests.emulators.programs.bench import BENCH, DAY, HOUR, ClosedLoop

COLD_AFTERNOON_S = 10 * DAY + 13.75 * HOUR
FROSTY_DAY_S = 36 * DAY + 5.0 * HOUR


@pytest.fixture
def loop() -> ClosedLoop:
    made = ClosedLoop(COLD_AFTERNOON_S, plant=BenchOffice(), configs=BENCH)
    made.couple()
    made.run(600.0)
    return made


def test_controllers_see_who_is_there_what_is_taken_in_and_what_it_costs(loop: ClosedLoop) -> None:
    loop.run(900.0)
    west, ahu, energy = (loop.controllers[name].objects for name in ("VAV_West", "AHU", "ENERGY"))
    assert west.read("People") == loop.state["hvac_reaZonWes_nPeo_y"] == 18.0
    assert west.read("OccSensor") == 1.0
    assert ahu.read("OutdoorAirFlow") == pytest.approx(loop.state["hvac_reaAhu_V_flow_out_y"])
    assert energy.read("Tariff") == pytest.approx(0.1599)


def test_a_led_minimum_flow_is_what_the_zone_gets(loop: ClosedLoop) -> None:
    west = loop.controllers["VAV_West"].objects
    west.hold(MinFlowSp=0.5)
    loop.run(1200.0)
    assert loop.state["hvac_reaZonWes_V_flow_y"] == pytest.approx(0.5, rel=0.1)
    west.hold(MinFlowSp=0.15)
    loop.run(1200.0)
    assert loop.state["hvac_reaZonWes_V_flow_y"] < 0.3


@pytest.mark.parametrize("wanted", [0.9, 1.3])
def test_the_air_handler_holds_a_minimum_of_outdoor_air_by_its_station(wanted: float) -> None:
    loop = ClosedLoop(199 * DAY + 14.0 * HOUR, plant=BenchOffice(), configs=BENCH)
    loop.couple()
    loop.controllers["AHU"].objects.hold(MinOutdoorAirFlowSp=wanted)
    rows = loop.run(2400.0)
    late = [row.state["hvac_reaAhu_V_flow_out_y"] for row in rows[-60:]]
    assert min(late) == pytest.approx(wanted, rel=0.05)
    assert max(late) == pytest.approx(wanted, rel=0.05)


def test_asked_for_no_outdoor_air_it_takes_none() -> None:
    loop = ClosedLoop(199 * DAY + 14.0 * HOUR, plant=BenchOffice(), configs=BENCH)
    loop.couple()
    loop.controllers["AHU"].objects.hold(MinOutdoorAirFlowSp=0.0)
    assert loop.run(2400.0)[-1].state["hvac_reaAhu_V_flow_out_y"] < 0.05


@pytest.mark.slow
def test_after_hours_of_frost_the_air_handler_takes_what_it_is_asked_for_and_no_more() -> None:
    loop = ClosedLoop(FROSTY_DAY_S, plant=BenchOffice(), configs=BENCH)
    loop.couple()
    loop.controllers["AHU"].objects.hold(MinOutdoorAirFlowSp=0.883)
    rows = loop.run(8.0 * HOUR)
    taken = [row.state["hvac_reaAhu_V_flow_out_y"] for row in rows if row.hour > 6.5]
    assert min(taken) < 0.8
    assert max(taken) == pytest.approx(0.883, rel=0.02)
    assert min(row.state["hvac_reaAhu_TMix_y"] for row in rows) > 273.15 + 5.0
    assert not any(row.ahu["LowLimitAlarm"] for row in rows)
