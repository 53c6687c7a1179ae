"""The building on real days: a cold Monday, a weekend, an outage; and the contract of every plant."""

from __future__ import annotations

import json
from itertools import pairwise
from math import isfinite

import pytest

from emulators.boptest.case.testcase import CaseEngine
from emulators.boptest.replies import BoptestReply
from emulators.plant import RestorablePlant
from emulators.plants.heat_pump_office import HeatPumpOffice, HeatPumpOfficeParameters
from emulators.plants.heat_pump_office.parameters import AirSourceHeatPump
from emulators.plants.heat_pump_office.use import is_working_day, occupied
from emulators.states import SavedStateError
from tests.emulators.plants.heat_pump_office.driver import (
    COLD_MONDAY,
    DAY_S,
    HOUR_S,
    NAMES,
    office,
    running,
    taken,
    zones_c,
)

METER = "sit_reaMet_PEle_y"


def test_on_a_cold_monday_all_units_start_at_once_with_their_back_up_and_the_zones_are_warm_at_seven() -> None:
    plant = office(COLD_MONDAY, 4.0)
    night = [plant.advance(300.0, {}) for _ in range(11)]
    assert max(running(state) for state in night) <= 5
    started = [plant.advance(60.0, {}) for _ in range(30)]
    assert running(started[20]) == len(NAMES)
    assert all(started[20][f"hvac_reaZon{name}_PAux_y"] > 0.0 for name in NAMES)
    assert max(state[METER] for state in started) > 65e3
    assert all(20.0 <= degc < 21.2 for degc in zones_c(plant.advance(5700.0, {})).values())


def test_without_its_back_up_the_same_morning_takes_a_third_of_the_power() -> None:
    plant = office(COLD_MONDAY, 4.0)
    locked = taken({f"hvac_oveZonSup{name}_yAuxLoc": 1.0 for name in NAMES})
    assert max(plant.advance(60.0, locked)[METER] for _ in range(180)) < 30e3


def test_on_a_weekend_everything_stays_at_the_set_back() -> None:
    plant = office(COLD_MONDAY - 2, 6.0)
    states = [plant.advance(HOUR_S, {}) for _ in range(24)]
    assert [state for state in states if state["hvac_reaZonLib_TZon_y"] > 273.15 + 19.0] == []
    assert [state["sit_reaMet_PBas_y"] for state in states] == pytest.approx([0.08 * 12.0 * 1000.0] * 24)


def test_day_0_is_a_monday() -> None:
    assert [is_working_day(day * DAY_S + 1.0) for day in range(7)] == [True] * 5 + [False] * 2
    assert [occupied(hour * HOUR_S) for hour in (6.9, 7.0, 17.9, 18.0)] == [False, True, True, False]
    assert [occupied(hour * HOUR_S, 2.0) for hour in (4.9, 5.0)] == [False, True]


def test_zones_differ_by_the_sun_their_people_and_their_size() -> None:
    states = [office(COLD_MONDAY, 12.0).advance(7200.0, {}), office(COLD_MONDAY, 3.0).advance(600.0, {})]
    noon, night = (zones_c(state) for state in states)
    assert noon["Rec"] > noon["Ope"] + 0.5
    assert max(night.values()) - min(night.values()) > 0.5
    assert states[0]["hvac_reaZonTra_CO2Zon_y"] > states[0]["hvac_reaZonArc_CO2Zon_y"] + 500.0


def test_the_meter_shows_all_units_lights_and_plugs() -> None:
    state = office(COLD_MONDAY, 9.0).advance(60.0, {})
    units = sum(state[f"hvac_reaZon{name}_PHeaPum_y"] for name in NAMES)
    parts = sum(state[f"hvac_reaZon{name}_P{part}_y"] for name in NAMES for part in ("Com", "Aux", "Fan"))
    assert state[METER] == pytest.approx(units + state["sit_reaMet_PBas_y"])
    assert parts == pytest.approx(units)


def test_heat_that_is_given_is_found_again_in_the_room() -> None:
    warm, cold = (office(COLD_MONDAY, 1.0) for _ in range(2))
    heated = taken({"hvac_oveZonActArc_yAux": 0.2, **{f"hvac_oveZonSup{name}_yEna": 0.0 for name in NAMES}})
    still = taken({f"hvac_oveZonSup{name}_yEna": 0.0 for name in NAMES})
    before, after = (zones_c(plant.advance(HOUR_S, inputs)) for plant, inputs in ((cold, still), (warm, heated)))
    assert after["Arc"] > before["Arc"] + 1.0
    assert after["Lib"] == before["Lib"]


def test_a_longer_internal_step_makes_no_difference_that_is_seen() -> None:
    coarse, fine = (office(COLD_MONDAY, 9.0) for _ in range(2))
    [one] = [coarse.advance(1800.0, {})]
    for _ in range(360):
        other = fine.advance(5.0, {})
    assert zones_c(one) == pytest.approx(zones_c(other), abs=0.25)


def test_in_an_outage_the_meter_stands_and_afterwards_all_units_start_within_minutes() -> None:
    plant = office(COLD_MONDAY, 8.0)
    dark = [plant.advance(600.0, taken({"sit_oveMet_yGri": 0.0})) for _ in range(6)]
    assert {state[METER] for state in dark} == {0.0}
    temperatures = [zones_c(state)["Ope"] for state in dark]
    assert all(later < earlier for earlier, later in pairwise(temperatures))
    light = {"sit_oveMet_yGri_activate": 0.0}
    assert running(plant.advance(240.0, light)) == 0
    assert running(plant.advance(120.0, light)) == len(NAMES)


def test_the_same_calls_give_the_same_numbers_and_a_new_start_forgets_all() -> None:
    first, second = (office(COLD_MONDAY, 5.0) for _ in range(2))
    locked = taken({"hvac_oveZonSupOpe_yAuxLoc": 1.0})
    assert first.advance(900.0, locked) == second.advance(900.0, locked)
    begun = first.initialize(COLD_MONDAY * DAY_S)
    assert begun == second.initialize(COLD_MONDAY * DAY_S)
    assert [name for name, value in begun.items() if name.endswith("_activate") and value] == []


def test_it_can_be_saved_and_goes_on_as_it_would_have() -> None:
    plant: RestorablePlant = office(COLD_MONDAY, 5.0)
    plant.advance(900.0, taken({"hvac_oveZonSupOpe_yEna": 0.0}))
    saved = json.loads(json.dumps(plant.remember()))
    expected = [plant.advance(450.0, {}) for _ in range(3)]
    other = HeatPumpOffice()
    other.prepare(saved)()
    assert [other.advance(450.0, {}) for _ in range(3)] == expected
    assert other.identity == plant.identity
    with pytest.raises(SavedStateError, match="another version"):
        other.prepare({"cells": saved["cells"][1:]})


def test_other_parameters_are_another_building() -> None:
    smaller = HeatPumpOffice(HeatPumpOfficeParameters(heat_pump=AirSourceHeatPump(rated_w_m2=60.0)))
    assert smaller.identity != HeatPumpOffice().identity


def test_its_own_control_tells_what_it_would_do_in_place_of_others_and_is_not_disturbed() -> None:
    plant = office(COLD_MONDAY, 9.0)
    plant.advance(60.0, taken({"hvac_oveZonActOpe_yCom": 0.0, "hvac_oveZonSupOpe_TZonHeaSet": 280.0}))
    before = plant.remember()
    told = plant.own_control()
    assert set(told) == {"hvac_oveZonActOpe_yCom_u", "hvac_oveZonSupOpe_TZonHeaSet_u"}
    assert told["hvac_oveZonSupOpe_TZonHeaSet_u"] == 273.15 + 20.5
    assert plant.remember() == before


def test_every_point_has_a_value_and_every_forecast_an_answer() -> None:
    plant = HeatPumpOffice()
    state = plant.advance(30.0, {})
    assert set(state) == set(plant.measurements) | set(plant.inputs)
    assert all(isfinite(value) for value in state.values())
    known = plant.forecast(list(plant.forecast_points), [0.0, 10 * HOUR_S])
    assert {len(values) for values in known.values()} == {2}
    assert known["LowerSetp[ope]"] == [273.15 + 14.0, 273.15 + 20.0]
    assert known["Occupancy[tra]"] == [0.0, 20.0]
    with pytest.raises(KeyError):
        plant.forecast(["nosuch"], [0.0])


@pytest.mark.parametrize(
    ("inputs", "error"),
    [
        ({"nosuch_u": 1.0}, KeyError),
        ({"hvac_oveZonSupOpe_yEna_u": 1.1}, ValueError),
        ({"hvac_oveZonSupOpe_TZonHeaSet_u": float("nan")}, ValueError),
    ],
)
def test_inputs_that_cannot_be_meant_are_refused_and_nothing_is_simulated(
    inputs: dict[str, float], error: type[Exception]
) -> None:
    plant = HeatPumpOffice()
    before = plant.remember()
    with pytest.raises(error):
        plant.advance(60.0, taken({"hvac_oveZonSupMee_yEna": 0.0}) | inputs)
    assert plant.remember() == before
    with pytest.raises(ValueError, match="cannot be simulated"):
        plant.advance(0.0, {})


def test_kpis_count_the_meter() -> None:
    case = CaseEngine(HeatPumpOffice())
    case.initialize({"start_time": COLD_MONDAY * DAY_S + 5 * HOUR_S, "warmup_period": 0})
    case.set_step({"step": 900.0})
    told(case.advance({}))
    state = told(case.advance({}))
    kpis = told(case.get_kpis())
    assert 55.0 / 1000.0 < kpis["pele_tot"] < 72.0 / 1000.0
    assert kpis["ener_tot"] > 0.0
    assert kpis["tdis_tot"] == 0.0
    assert state["time"] == COLD_MONDAY * DAY_S + 5.5 * HOUR_S


def told(reply: BoptestReply) -> dict[str, float]:
    assert reply.status == 200
    assert isinstance(reply.payload, dict)
    return reply.payload
