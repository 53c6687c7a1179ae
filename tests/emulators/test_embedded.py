"""The embedded building without a server: the numbers that a server tells, and its words where it refuses."""

from __future__ import annotations

from typing import Any

import pytest

from emulators.boptest.case.testcase import CaseEngine
from emulators.embedded import EmbeddedTest, office_with, parameter_problems
from emulators.plants.multizone_office import MultizoneOffice, OfficeFiles, OfficeParameters
from utils.errors import ConfigError, SimulationRefused

_OVERRIDE = {"hvac_oveAhu_TSupSet_u": 288.0, "hvac_oveAhu_TSupSet_activate": 1.0}


def office(parameters: dict[str, float]) -> EmbeddedTest:
    return EmbeddedTest(office_with(OfficeFiles(), parameters))


def test_it_tells_what_a_server_would() -> None:
    test, case = EmbeddedTest(), CaseEngine(MultizoneOffice())
    begin = {"start_time": 1_000_000.0, "warmup_period": 600.0}
    assert test.initialize(*begin.values()) == case.initialize(begin).payload
    test.set_step(60.0)
    case.set_step({"step": 60.0})
    assert test.advance(_OVERRIDE) == case.advance(_OVERRIDE).payload
    told: Any = case.get_kpis().payload
    assert {**test.kpis(), "time_rat": None} == told | {"time_rat": None}
    assert (test.identity, test.meta.name) == (case.plant.identity, "multizone_office_simple_air")  # type: ignore[attr-defined]


def test_what_a_server_would_refuse_is_refused_with_its_words() -> None:
    test = EmbeddedTest()
    with pytest.raises(SimulationRefused, match="Unexpected input variable: nothing"):
        test.advance({"nothing": 1.0})
    with pytest.raises(SimulationRefused, match="time_period is never"):
        test.set_scenario({"time_period": "never"})
    assert test.set_scenario({"electricity_price": "dynamic"}) is None


def test_parameters_are_replaced_by_their_paths() -> None:
    assert office({"envelope.window_w_m2k": 1.0}).identity != EmbeddedTest().identity
    assert (
        office({"envelope.window_w_m2k": OfficeParameters().envelope.window_w_m2k}).identity == EmbeddedTest().identity
    )


def test_a_parameter_that_the_building_has_not_or_cannot_have_is_told() -> None:
    told = dict(parameter_problems({"envelope.window": 1.0, "fan.shut_off_pa": -1.0, "chiller.set_point_c": 5.0}))
    assert "did you mean 'envelope.window_w_m2k'" in told["envelope.window"]
    assert "write a number above 0" in told["fan.shut_off_pa"]
    assert len(told) == 2
    with pytest.raises(ConfigError, match="no such parameter"):
        office({"envelope.window": 1.0})


def test_paths_take_what_a_file_of_parameters_takes() -> None:
    wrong = {
        "envelope.furniture_m2_per_m2": 0.0,
        "envelope.window_w_m2k": float("nan"),
        "envelope.wall_w_m2k": float("inf"),
        "envelope.emissivity": 1.5,
    }
    told = dict(parameter_problems({**wrong, "envelope.door_w_k": 0.0, "chiller.machine.efficiency": 3.0}))
    assert told.keys() == wrong.keys()
    assert told["envelope.window_w_m2k"] == "is NaN; write a number (it is 2.45 as a rule)"


def test_parameters_that_make_no_building_together_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"reheat\.rise_k: what differs there makes no building"):
        office({"reheat.rise_k": 2000.0})


def test_a_building_whose_numbers_are_lost_is_not_gone_on_with() -> None:
    test = EmbeddedTest(office_with(OfficeFiles(), {"fan.efficiency": 1e-9}))
    test.initialize(186.0 * 86_400.0, 0.0)
    test.set_step(12 * 3600.0)
    with pytest.raises(SimulationRefused, match="is no number any more; its parameters cannot be simulated"):
        test.advance({})
