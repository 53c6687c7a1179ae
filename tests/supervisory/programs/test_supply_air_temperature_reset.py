"""The supply air temperature program: T-max by requests, the set-point by outdoor air, and its own hours."""

from __future__ import annotations

from datetime import datetime

import pytest
from pydantic import ValidationError

from supervisory.programs.supply_air_temperature_reset import SupplyAirSettings, SupplyAirTemperatureReset
from tests.supervisory.programs.fakes import FakeContext

ZONES = ("core", "north", "south")
SLOT = "supply_air_setpoint"


def start(
    at: datetime = datetime(2025, 5, 1, 8, 0), **settings: object
) -> tuple[SupplyAirTemperatureReset, FakeContext]:
    """A running program on a cool day; the fan is on, and every zone is at its set-point."""
    program = SupplyAirTemperatureReset(SupplyAirSettings.model_validate(settings))
    ctx = FakeContext(SupplyAirTemperatureReset, at)
    ctx.show("supply_airflow", 3.0)
    ctx.show("outdoor_air_temperature", 10.0)
    ctx.show("zone_temperature", dict.fromkeys(ZONES, 24.0))
    ctx.show("zone_cooling_setpoint", dict.fromkeys(ZONES, 24.0))
    program.on_start(ctx)
    return program, ctx


@pytest.mark.parametrize(("outdoor_degc", "setpoint"), [(10, 17), (16, 17), (18.5, 14.5), (21, 12), (35, 12)])
def test_outdoor_air_leads_the_setpoint_from_t_max_to_the_coldest(outdoor_degc: float, setpoint: float) -> None:
    assert SupplyAirSettings().setpoint_degc(17.0, outdoor_degc) == pytest.approx(setpoint)


def test_a_cool_day_without_requests_gets_the_warmest_air() -> None:
    program, ctx = start()
    ctx.run(program, minutes=30)
    assert ctx.slot(SLOT) == 18.0


def test_a_warm_day_gets_the_coldest_air() -> None:
    program, ctx = start()
    ctx.show("outdoor_air_temperature", 28.0)
    ctx.step(program)
    assert ctx.slot(SLOT) == 12.0


def test_a_hot_zone_brings_t_max_down_and_its_relief_up_again() -> None:
    program, ctx = start()
    ctx.show("zone_temperature", {"south": 27.5})
    ctx.run(program, minutes=12.5)
    assert ctx.slot(SLOT) == pytest.approx(17.9)
    assert ctx.facts["asking"] == {"south": 3}
    ctx.run(program, minutes=4)
    assert ctx.slot(SLOT) == pytest.approx(17.7)
    ctx.show("zone_temperature", {"south": 24.0})
    ctx.run(program, minutes=2)
    assert ctx.slot(SLOT) == pytest.approx(17.8)


def test_full_cooling_loops_ask_for_colder_air() -> None:
    program, ctx = start(ignored_requests=1)
    ctx.show("zone_cooling_loop", dict.fromkeys(ZONES, 100.0))
    ctx.run(program, minutes=12.5)
    assert ctx.slot(SLOT) == pytest.approx(17.7)


def test_a_new_zone_setpoint_silences_the_zone_for_a_while() -> None:
    program, ctx = start(ignored_requests=0)
    ctx.run(program, minutes=10)
    ctx.show("zone_cooling_setpoint", dict.fromkeys(ZONES, 22.0))
    ctx.run(program, minutes=17)
    assert ctx.slot(SLOT) == 18.0
    ctx.run(program, minutes=4)
    assert ctx.slot(SLOT) < 18.0


def test_t_max_goes_no_lower_than_its_own_limit() -> None:
    program, ctx = start(warmest_at_least_degc=17.0)
    ctx.show("zone_temperature", dict.fromkeys(ZONES, 30.0))
    ctx.run(program, minutes=60)
    assert ctx.slot(SLOT) == 17.0


def test_the_slot_is_empty_outside_the_occupied_hours_and_taken_at_their_beginning() -> None:
    program, ctx = start(datetime(2025, 5, 1, 5, 58))
    ctx.run(program, minutes=1.5)
    assert ctx.slots == {}
    ctx.run(program, minutes=1)
    assert ctx.slot(SLOT) == 18.0
    ctx.run(program, minutes=13 * 60)
    assert ctx.slots == {}


def test_an_occupancy_point_counts_more_than_the_hours() -> None:
    program, ctx = start(datetime(2025, 5, 1, 3, 0))
    ctx.show("occupied", True)
    ctx.step(program)
    assert ctx.slot(SLOT) == 18.0
    ctx.show("occupied", False)
    ctx.step(program)
    assert ctx.slots == {}


@pytest.mark.parametrize("role", ["fan_status", "supply_airflow"])
def test_a_fan_that_is_off_leaves_the_slot_empty(role: str) -> None:
    program, ctx = start()
    ctx.step(program)
    ctx.show(role, 0.0)
    ctx.step(program)
    assert ctx.slots == {}


def test_a_fan_that_nothing_tells_about_leaves_the_slot_empty() -> None:
    program, ctx = start()
    ctx.step(program)
    ctx.lose("supply_airflow")
    ctx.step(program)
    assert ctx.slots == {}


def test_a_silent_site_holds_t_max_and_later_gets_its_own_setpoint_back() -> None:
    program, ctx = start()
    ctx.show("zone_temperature", {"south": 27.5})
    ctx.run(program, minutes=12.5)
    for zone in ZONES:
        ctx.lose("zone_temperature", zone)
    ctx.run(program, minutes=10)
    assert ctx.slot(SLOT) == pytest.approx(17.9)
    ctx.run(program, minutes=6)
    assert ctx.slots == {}
    assert len(ctx.alarms) == 2


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"outdoor_cool_degc": 21.0}, "outdoor_cool_degc must be below"),
        ({"trim_k": -0.1}, "opposite sign"),
        ({"warmest_degc": 11.0}, "below maximum"),
        ({"warmest_at_least_degc": 19.0}, "below maximum"),
        ({"trim_f": 0.2}, "trim_f"),
    ],
)
def test_parameters_that_cannot_work_are_named(settings: dict[str, float], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        SupplyAirSettings.model_validate(settings)
