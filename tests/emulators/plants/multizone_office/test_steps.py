from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulators.plants.multizone_office import MultizoneOffice
from emulators.plants.multizone_office.interface.points import points
from tests.emulators.plants.multizone_office.driver import (
    AHU,
    DAY_S,
    SUMMER_DAY,
    WINTER_DAY,
    ZONES,
    celsius,
    history,
    office,
    take,
    zone_temperatures,
)

INPUTS = points().inputs


@st.composite
def bodies(draw: st.DrawFn) -> dict[str, float]:
    """Any few inputs, each within its limits."""
    names = draw(st.lists(st.sampled_from(sorted(INPUTS)), max_size=8, unique=True))
    return {name: draw(_value(name)) for name in names}


def _value(name: str) -> st.SearchStrategy[float]:
    meta = INPUTS[name]
    if meta.minimum is None or meta.maximum is None:
        return st.sampled_from([0.0, 1.0])
    return st.floats(meta.minimum, meta.maximum)


STEPS = st.sampled_from([0.1, 1.0, 4.9, 5.1, 30.0, 300.0, 1800.0, 3600.0])
CALLS = st.lists(st.tuples(STEPS, bodies()), min_size=1, max_size=5)
STARTS = st.sampled_from([day * DAY_S for day in (0.0, 14.25, 84.54, 196.58, 364.9)])


def assert_physical(state: Mapping[str, float]) -> None:
    assert all(math.isfinite(value) for value in state.values())
    assert all(-30.0 < temperature < 70.0 for temperature in zone_temperatures(state))
    assert all(-40.0 < celsius(state, name) < 70.0 for name in ("TSup_y", "TMix_y", "TRet_y"))
    assert all(-40.0 < celsius(state, f"T{coil}Coi{end}_y") < 70.0 for coil in ("Hea", "Coo") for end in ("Sup", "Ret"))
    assert 0.0 <= state[AHU + "V_flow_ret_y"] <= state[AHU + "V_flow_sup_y"] < 9.0
    assert 0.0 <= state[AHU + "dp_sup_y"] < 1700.0
    assert all(0.0 <= state[name] < 200e3 for name in state if "_reaP" in name)
    assert all(390.0 < state[f"hvac_reaZon{zone}_CO2Zon_y"] < 5000.0 for zone in ZONES)


@pytest.fixture(scope="module")
def shared() -> MultizoneOffice:
    return MultizoneOffice()


@pytest.mark.slow
@settings(max_examples=20, deadline=None, derandomize=True)
@given(start=STARTS, calls=CALLS)
def test_any_inputs_in_any_order_with_any_step_stay_physical(
    shared: MultizoneOffice, start: float, calls: list[tuple[float, dict[str, float]]]
) -> None:
    assert_physical(shared.initialize(start))
    for step_s, body in calls:
        assert_physical(shared.advance(step_s, body))


@settings(max_examples=10, deadline=None, derandomize=True)
@given(start=STARTS, body=bodies())
def test_nothing_jumps_within_a_second_of_any_change(
    shared: MultizoneOffice, start: float, body: dict[str, float]
) -> None:
    shared.initialize(start)
    states = [shared.advance(1.0, {}), shared.advance(1.0, body), *history(shared, 1.0, 30.0)]
    for before, after in pairwise(states):
        change = [abs(b - a) for a, b in zip(zone_temperatures(before), zone_temperatures(after), strict=True)]
        assert max(change) < 0.2
        assert abs(after[AHU + "TSup_y"] - before[AHU + "TSup_y"]) < 2.0
        assert abs(after[AHU + "V_flow_sup_y"] - before[AHU + "V_flow_sup_y"]) < 1.0


def test_the_same_calls_give_the_same_numbers() -> None:
    def run() -> list[Mapping[str, float]]:
        plant = office(SUMMER_DAY, 13.0)
        return [plant.advance(step_s, take(yCoo=0.3)) for step_s in (1.0, 30.0, 7.7, 900.0)]

    assert run() == run()


def test_initialize_forgets_whatever_was_before() -> None:
    used, fresh = office(WINTER_DAY, 9.0), office(SUMMER_DAY, 9.0)
    used.advance(1800.0, take(yOA=1.0, yHea=0.0))
    assert used.initialize(SUMMER_DAY * DAY_S) == fresh.initialize(SUMMER_DAY * DAY_S)
    assert used.advance(600.0, {}) == fresh.advance(600.0, {})


@pytest.mark.parametrize("step_s", [1.0, 2.5, 30.0, 600.0])
def test_the_step_of_the_caller_does_not_change_the_building(step_s: float) -> None:
    whole, parts = office(SUMMER_DAY, 13.0), office(SUMMER_DAY, 13.0)
    expected = whole.advance(1800.0, take(TSupSet=288.15))
    parts.advance(step_s, take(TSupSet=288.15))
    *_, reached = history(parts, step_s, 1800.0 - step_s)
    assert zone_temperatures(reached) == pytest.approx(zone_temperatures(expected), abs=0.02)
    assert reached[AHU + "TSup_y"] == pytest.approx(expected[AHU + "TSup_y"], abs=0.1)
    assert reached[AHU + "dp_sup_y"] == pytest.approx(expected[AHU + "dp_sup_y"], abs=2.0)


@pytest.mark.parametrize("step_s", [0.1, 1.0, 7.3, 3600.0])
def test_time_moves_by_just_the_step(step_s: float) -> None:
    plant = office(0)
    assert plant.advance(step_s, {})["weaSta_reaWeaCloTim_y"] == step_s


def test_the_simulation_runs_on_past_the_end_of_the_year() -> None:
    plant = office(364, 23.0)
    state = plant.advance(2 * 3600.0, {})
    assert_physical(state)
    assert state["weaSta_reaWeaCloTim_y"] == 3600.0
