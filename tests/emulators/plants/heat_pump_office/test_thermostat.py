"""A unit's own control: stages, lock-outs, and what others may ask of it."""

from __future__ import annotations

import pytest

from emulators.plants.heat_pump_office import thermostat as th
from emulators.plants.psychrometrics import KELVIN
from tests.emulators.plants.heat_pump_office.driver import Controller


def test_the_compressor_keeps_the_zone_within_half_a_kelvin_of_its_set_point() -> None:
    controller = Controller()
    commands = [controller.step(zone_c)[0] for zone_c in (20.1, 19.9, 20.1, 20.9, 21.1, 20.1)]
    assert commands == [0.0, 1.0, 1.0, 1.0, 0.0, 0.0]


def test_nobody_there_the_zone_may_be_colder_and_the_fan_stands() -> None:
    controller = Controller()
    assert controller.step(17.0, in_use=0.0) == (0.0, 0.0, 0.0)
    assert controller.step(15.4, in_use=0.0)[0] == 1.0
    assert controller.step(17.0, in_use=1.0) == (1.0, 0.0, 1.0)


def test_the_back_up_waits_ten_minutes_and_goes_at_the_band() -> None:
    controller = Controller()
    commands = [controller.step(18.0)[1] for _ in range(12)]
    assert commands == [0.0] * 10 + [1.0] * 2
    assert [controller.step(zone_c)[1] for zone_c in (19.9, 20.1, 19.9)] == [1.0, 0.0, 0.0]


def test_a_zone_that_is_warm_enough_in_between_starts_the_wait_anew() -> None:
    controller = Controller()
    temperatures = [18.0] * 8 + [19.1] + [18.0] * 9
    assert [controller.step(zone_c)[1] for zone_c in temperatures] == [0.0] * 18


def test_no_back_up_in_mild_air() -> None:
    controller = Controller()
    assert {controller.step(17.0, outdoor_c=5.1)[1] for _ in range(30)} == {0.0}


def test_a_lock_out_holds_the_back_up_and_the_wait_begins_when_it_is_over() -> None:
    controller = Controller()
    controller.override(th.BACKUP_LOCKOUT, 1.0)
    assert {controller.step(17.0)[1] for _ in range(30)} == {0.0}
    assert controller.step(20.5, defrosts=1.0)[1] == 0.0
    controller.cells[th.BACKUP_LOCKOUT + 1] = 0.0
    assert [controller.step(17.0)[1] for _ in range(11)] == [0.0] * 9 + [1.0] * 2


def test_the_air_of_a_defrost_is_tempered() -> None:
    assert Controller().step(20.5, defrosts=1.0)[1] == 1.0


def test_a_unit_that_may_not_run_calls_for_nothing() -> None:
    controller = Controller()
    controller.override(th.ENABLE, 0.0)
    assert {controller.step(12.0) for _ in range(20)} == {(0.0, 0.0, 0.0)}


def test_warming_up_is_the_occupied_set_point_at_any_hour() -> None:
    controller = Controller()
    controller.override(th.WARM_UP, 1.0)
    assert controller.step(18.0, in_use=0.0)[0] == 1.0


@pytest.mark.parametrize(("set_point_c", "expected"), [(22.0, 1.0), (16.0, 0.0)])
def test_a_set_point_from_outside_is_the_one_that_counts(set_point_c: float, expected: float) -> None:
    controller = Controller()
    controller.override(th.HEATING_SET, set_point_c + KELVIN)
    assert controller.step(19.0)[0] == expected


def test_outputs_can_be_commanded_each() -> None:
    controller = Controller()
    for place, value in ((th.COMPRESSOR, 1.0), (th.BACKUP, 0.3), (th.FAN, 0.0)):
        controller.override(place, value)
    assert controller.step(23.0) == (1.0, 0.3, 0.0)
