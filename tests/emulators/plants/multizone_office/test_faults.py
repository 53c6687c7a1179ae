"""Faults of the air handler as parameters: each has its signature, and none leaves every number as it was."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import pairwise

import pytest

from emulators.plants.multizone_office import MultizoneOffice, OfficeParameters
from emulators.plants.multizone_office.engine import OfficeEngine, fast, plain
from emulators.plants.multizone_office.parameters import AirHandlerFaults
from tests.emulators.plants.multizone_office.both import ENGINES, needs_numba
from tests.emulators.plants.multizone_office.driver import DAY_S, KELVIN, MILD_DAY, celsius, take

SOUND = AirHandlerFaults()
NIGHT_S = MILD_DAY * DAY_S + 2 * 3600.0
SHUT = {"yFan": 0.5, "yOA": 0.0, "yRet": 1.0, "yHea": 0.0, "yCoo": 0.0, "yPumHea": 1.0, "yPumCoo": 1.0}
"""At night: the fan runs, the air goes round, and water goes round in both coils."""
OPEN = {"yOA": 1.0, "yRet": 0.0}
OUTDOOR = "weaSta_reaWeaTDryBul_y"


def at_night(
    faults: AirHandlerFaults = SOUND, positions: Mapping[str, float] = SHUT, engine: OfficeEngine | None = None
) -> Mapping[str, float]:
    """The building after half an hour in these positions; others stay as in ``SHUT``."""
    parameters = OfficeParameters(faults=faults)
    plant = MultizoneOffice(parameters, engine=engine or plain(), start_time_s=NIGHT_S)
    return plant.advance(1800.0, take(**{**SHUT, **positions}))


def outdoor_share(state: Mapping[str, float]) -> float:
    returned = celsius(state, "TRet_y")
    return (celsius(state, "TMix_y") - returned) / (state[OUTDOOR] - KELVIN - returned)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_leaking_valve_warms_or_cools_the_air_that_a_shut_one_lets_pass(engine: Callable[[], OfficeEngine]) -> None:
    sound = at_night(engine=engine())
    heated = at_night(AirHandlerFaults(heating_valve_leakage=0.03), engine=engine())
    cooled = at_night(AirHandlerFaults(cooling_valve_leakage=0.03), engine=engine())
    for state, least_k, most_k in ((sound, 0.1, 0.6), (heated, 2.0, 8.0), (cooled, -8.0, -1.0)):
        assert least_k < celsius(state, "TSup_y") - celsius(state, "TMix_y") < most_k


def test_the_more_a_valve_leaks_the_warmer_the_air_and_none_without_a_pump() -> None:
    leaks = [AirHandlerFaults(heating_valve_leakage=share) for share in (0.0, 0.005, 0.02, 0.1)]
    warmer = [celsius(at_night(one), "TSup_y") for one in leaks]
    assert all(one + 0.3 < other for one, other in pairwise(warmer))
    still = [celsius(at_night(one, {"yPumHea": 0.0}), "TSup_y") for one in leaks]
    assert max(still) - min(still) < 0.05


def test_a_leak_does_not_change_what_an_open_valve_does() -> None:
    for name, valve in (("heating_valve_leakage", "yHea"), ("cooling_valve_leakage", "yCoo")):
        leaking = at_night(AirHandlerFaults(**{name: 0.03}), {valve: 1.0})
        assert celsius(leaking, "TSup_y") == pytest.approx(celsius(at_night(SOUND, {valve: 1.0}), "TSup_y"), abs=0.01)


@pytest.mark.parametrize(
    ("faults", "shut", "open_"),
    [
        (AirHandlerFaults(), (0.0, 0.01), (0.99, 1.01)),
        (AirHandlerFaults(outdoor_damper_shuts_to=1.0), (0.4, 0.5), (0.99, 1.01)),
        (AirHandlerFaults(return_damper_shuts_to=1.0), (0.0, 0.01), (0.4, 0.5)),
    ],
)
def test_a_stuck_damper_shows_in_the_share_of_outdoor_air(
    faults: AirHandlerFaults, shut: tuple[float, float], open_: tuple[float, float]
) -> None:
    assert shut[0] - 0.01 < outdoor_share(at_night(faults)) < shut[1]
    assert open_[0] < outdoor_share(at_night(faults, OPEN)) < open_[1]


def test_an_outdoor_damper_that_opens_no_further_than_a_third_starves_the_fan() -> None:
    stuck = AirHandlerFaults(outdoor_damper_opens_to=0.3)
    assert at_night(stuck)["hvac_reaAhu_V_flow_sup_y"] == at_night()["hvac_reaAhu_V_flow_sup_y"]
    assert at_night(stuck, OPEN)["hvac_reaAhu_V_flow_sup_y"] < 0.9 * at_night(SOUND, OPEN)["hvac_reaAhu_V_flow_sup_y"]


@pytest.mark.parametrize("name", ["mixed_air", "return_air", "supply_air", "outdoor_air"])
def test_a_biased_sensor_shows_that_much_more_and_changes_nothing_else_while_others_command(name: str) -> None:
    shown = {"mixed_air": "TMix", "return_air": "TRet", "supply_air": "TSup"}
    point = f"hvac_reaAhu_{shown[name]}_y" if name in shown else OUTDOOR
    sound, biased = at_night(), at_night(AirHandlerFaults(**{f"{name}_bias_k": 2.5}))
    assert biased[point] - sound[point] == pytest.approx(2.5)
    measured = [name for name in sound if name.endswith("_y") and name != point]
    assert [biased[name] for name in measured] == [sound[name] for name in measured]


def test_the_buildings_own_control_goes_by_what_its_sensors_show() -> None:
    """An outdoor sensor in the sun locks the economizer of a cool morning; a warm supply sensor has it cool more."""

    def morning(**faults: float) -> Mapping[str, float]:
        parameters = OfficeParameters(faults=AirHandlerFaults(**faults))
        return MultizoneOffice(parameters, start_time_s=MILD_DAY * DAY_S + 9 * 3600.0).advance(3600.0, {})

    sound = morning()
    assert sound["hvac_oveAhu_yOA_u"] > 0.5 > morning(outdoor_air_bias_k=20.0)["hvac_oveAhu_yOA_u"]
    assert celsius(morning(supply_air_bias_k=3.0), "TSup_y") == pytest.approx(celsius(sound, "TSup_y"), abs=0.5)
    assert morning(supply_air_bias_k=3.0)["chi_reaPChi_y"] > sound["chi_reaPChi_y"]


def test_where_a_damper_cannot_open_as_far_as_it_shuts_it_is_stuck_where_it_shuts() -> None:
    crossed = AirHandlerFaults(outdoor_damper_shuts_to=0.6, outdoor_damper_opens_to=0.2)
    stuck = AirHandlerFaults(outdoor_damper_shuts_to=0.6, outdoor_damper_opens_to=0.6)
    assert at_night(crossed, OPEN) == at_night(stuck, OPEN)


@needs_numba
def test_both_engines_have_the_same_faults() -> None:
    every = AirHandlerFaults(0.02, 0.01, 0.1, 0.8, 0.05, 0.9, 1.0, -1.0, 2.0, -2.0)
    as_read, compiled = at_night(every), at_night(every, engine=fast())
    assert all(as_read[name] == pytest.approx(compiled[name], rel=1e-9, abs=1e-9) for name in as_read)


def test_faults_make_another_building_and_none_the_same_one() -> None:
    usual = MultizoneOffice().identity
    assert MultizoneOffice(replace(OfficeParameters(), faults=AirHandlerFaults())).identity == usual
    leaking = AirHandlerFaults(heating_valve_leakage=0.01), AirHandlerFaults(cooling_valve_leakage=0.01)
    assert len({usual, *(MultizoneOffice(OfficeParameters(faults=faults)).identity for faults in leaking)}) == 3
