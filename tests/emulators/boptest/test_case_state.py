"""A test is saved, and goes on from its state elsewhere, to the last bit."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from emulators.boptest.case.testcase import CaseEngine, perform
from emulators.plant import Plant
from emulators.plants.multizone_office import MultizoneOffice, OfficeParameters
from emulators.plants.multizone_office.layout import FAN_WEIGHT, OPERATION, SIZE, TIME_S
from emulators.states import ForeignStateError, SavedStateError, StateFile
from tests.emulators.boptest.going_on import ask, go_on, gone_on, new_case, started
from tests.emulators.boptest.plant import AIR, TOY, ToyPlant

ROOT = Path(__file__).parents[3]
PLAIN = ("meta", "inputs", "measurements", "forecast_points", "initialize", "advance", "forecast")
UNCERTAIN = {"electricity_price": "dynamic", "temperature_uncertainty": "high", "solar_uncertainty": "low"}


def in_the_middle_of_an_hour() -> CaseEngine:
    case = started()
    go_on(case, 200)
    return case


def with_errors_of_a_seed() -> CaseEngine:
    case = started()
    ask(case, "set_scenario", {**UNCERTAIN, "seed": 7})
    go_on(case, 20)
    return case


def with_errors_of_its_own() -> CaseEngine:
    case = started()
    ask(case, "set_scenario", dict(UNCERTAIN))
    go_on(case, 20)
    return case


def with_an_override_that_no_step_has_seen() -> CaseEngine:
    case = started(step_s=0.0)
    ask(case, "advance", {"hvac_oveAhu_yFan_u": 0.7, "hvac_oveAhu_yFan_activate": 1})
    ask(case, "set_step", {"step": 60})
    return case


def in_a_period() -> CaseEngine:
    case = new_case()
    ask(case, "set_step", {"step": 60})
    ask(case, "set_scenario", {**UNCERTAIN, "time_period": "peak_cool_day", "seed": 3})
    go_on(case, 30)
    return case


def in_another_process(case: CaseEngine, steps: int, folder: Path) -> str:
    file = folder / "test.state"
    file.write_bytes(case.save().packed())
    command = [sys.executable, "-m", "tests.emulators.boptest.going_on", str(file), str(steps)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout  # noqa: S603


@pytest.mark.parametrize(
    ("begun", "steps"),
    [
        pytest.param(in_the_middle_of_an_hour, 500, marks=pytest.mark.slow),
        (started, 60),
        (with_errors_of_a_seed, 130),
        (with_errors_of_its_own, 130),
        (with_an_override_that_no_step_has_seen, 20),
        pytest.param(in_a_period, 60, marks=pytest.mark.slow),
    ],
)
def test_a_test_goes_on_from_its_state_to_the_last_bit(
    begun: Callable[[], CaseEngine], steps: int, tmp_path: Path
) -> None:
    case = begun()
    elsewhere = in_another_process(case, steps, tmp_path)
    assert elsewhere == go_on(case, steps)


def test_a_test_that_has_ended_has_ended_in_its_state_too() -> None:
    case = started(step_s=60.0, final_time=186 * 86_400 + 5.7 * 3600 + 90)
    for _ in range(2):
        ask(case, "advance", {})
    other = new_case()
    other.prepare(StateFile.unpacked(case.save().packed()))()
    for ended in (case, other):
        assert perform(ended, "advance", {}).payload == {}
        assert ask(ended, "get_scenario")["seed"] == "none"
    assert ask(other, "get_kpis") == ask(case, "get_kpis")


def test_a_test_that_goes_back_does_the_same_again() -> None:
    case = started()
    packed = case.save().packed()
    first = go_on(case, 40)
    case.prepare(StateFile.unpacked(packed))()
    assert go_on(case, 40) == first


def test_the_steps_before_a_state_are_not_touched_by_those_after_it() -> None:
    case = started()
    state = StateFile.unpacked(case.save().packed())
    case.prepare(state)()
    go_on(case, 5)
    case.prepare(state)()
    assert case.save().samples == state.samples


def test_the_time_a_client_takes_goes_on_with_a_state() -> None:
    now = 100.0
    case = CaseEngine(ToyPlant(AIR), replace(new_case()._options, clock=lambda: now))
    ask(case, "set_step", {"step": 10})
    ask(case, "advance", {})
    now = 105.0
    packed = case.save().packed()
    now = 900.0
    case.prepare(StateFile.unpacked(packed))()
    ask(case, "advance", {})
    assert ask(case, "get_kpis")["time_rat"] == pytest.approx(0.5)


def test_a_test_that_could_not_be_initialized_has_no_state() -> None:
    case = CaseEngine(ToyPlant(AIR))
    assert perform(case, "initialize", {"start_time": -1, "warmup_period": 0}).status == 400
    with pytest.raises(SavedStateError, match="was not initialized"):
        case.save()


def test_a_building_that_offers_no_states_says_so() -> None:
    case = CaseEngine(cast("Plant", SimpleNamespace(**{name: getattr(ToyPlant(AIR), name) for name in PLAIN})))
    with pytest.raises(ForeignStateError, match="can neither be saved nor"):
        case.save()


def test_a_state_of_another_building_is_refused_by_name() -> None:
    packed = started().save()
    oversized = CaseEngine(MultizoneOffice(replace(OfficeParameters(), heating_coil=OfficeParameters().cooling_coil)))
    with pytest.raises(ForeignStateError, match=r"the state is of 'multizone_office .*; this is multizone_office "):
        oversized.prepare(packed)
    with pytest.raises(ForeignStateError, match="this is toy of testcase1"):
        CaseEngine(ToyPlant(TOY)).prepare(packed)


def spoilt(state: StateFile, path: str, value: object) -> StateFile:
    document = json.loads(json.dumps(state.document))
    *parents, last = path.split("/")
    inner = document
    for name in parents:
        inner = inner[name]
    if value is None:
        del inner[last]
    else:
        inner[last] = value
    return StateFile(document, state.samples)


def told_by_plant(cell: int, value: object) -> list[object]:
    """The cells of a new office, one of them spoilt."""
    cells: list[object] = [0.0] * SIZE
    cells[cell] = value
    return cells


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("building", 5, "state.building has to be a text"),
        ("building", None, "state.building is missing"),
        ("plant/cells", None, "the building.cells is missing"),
        ("plant/cells", [1.0], "of another version (1 cells"),
        ("plant/cells", "soon", "the building.cells has to be a list of numbers"),
        ("plant/cells", told_by_plant(TIME_S, "nan"), "its time has to be a number"),
        ("plant/cells", told_by_plant(OPERATION, 1e9), "its mode has to be one of 0 to 5"),
        ("simulation/pending", {"nobody_u": 1.0}, "are not those of this building"),
        ("simulation/test_start", 10**9, "are not those of this building"),
        ("simulation/time_s", "nan", "are not those of this building"),
        ("simulation/test_start", -1, "test_start has to be a whole number from 0 up"),
        ("simulation", [], "state.simulation has to be an object"),
        ("kpis/next", 10**9, "samples that it does not have"),
        ("kpis/totals", {}, "state.kpis.totals.tdis_tot is missing"),
        ("pace/sum", [], "state.pace.sum has to be a number"),
        ("scenario/values", {}, "scenario is none that this building has"),
        ("scenario/values/seed", -3, "scenario is none that this building has"),
        ("scenario/values/time_period", ["peak"], "scenario is none that this building has"),
        ("forecast/drawn", {"solar_uncertainty": {"hour": 1, "horizon_s": 7200, "errors": [0.1]}}, "their horizon"),
        ("forecast/drawn", {"solar_uncertainty": {"hour": 1, "horizon_s": 3600, "errors": "x"}}, "list of numbers"),
    ],
)
def test_a_state_that_somebody_has_spoilt_changes_nothing(path: str, value: object, words: str) -> None:
    case = started()
    before = case.save().packed()
    with pytest.raises(SavedStateError) as refused:
        case.prepare(spoilt(case.save(), path, value))
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)
    assert case.save().packed() == before


def test_what_follows_from_the_length_of_a_step_is_not_believed() -> None:
    case = started()
    state = case.save()
    honest = gone_on(state.packed(), 3)
    cells = list(state.document["plant"]["cells"])  # type: ignore[index]
    cells[FAN_WEIGHT] = 5.0
    assert gone_on(spoilt(state, "plant/cells", cells).packed(), 3) == honest
