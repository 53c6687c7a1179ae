"""The linear model: it predicts the building about where it was made, and says what it holds."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

pytest.importorskip("gymnasium")

import numpy as np

from emulators.door import MultizoneOffice, OfficeModel
from learning.linear import LinearModel, linearize
from tests.learning.rooms import ZONES
from utils.errors import ConfigError

DAY_S, STEP_S = 86_400.0, 900.0
SUPPLY, PRESSURE = "hvac_oveAhu_TSupSet", "hvac_oveAhu_dpSet"
COOLING = [f"hvac_oveZonSup{zone}_TZonCooSet" for zone in ZONES]
ROOMS = [f"hvac_reaZon{zone}_TZon_y" for zone in ZONES]
HELD = {SUPPLY: 286.15, PRESSURE: 200.0, **dict.fromkeys(COOLING, 297.15)}


def taken(inputs: Mapping[str, float]) -> dict[str, float]:
    return {f"{name}_u": value for name, value in inputs.items()} | {f"{name}_activate": 1.0 for name in inputs}


def running(inputs: Mapping[str, float], hours: int = 4) -> MultizoneOffice:
    """A July noon, after some hours with these inputs."""
    plant = MultizoneOffice(start_time_s=186 * DAY_S + (12 - hours) * 3600.0)
    for _ in range(hours * 4):
        plant.advance(STEP_S, taken(inputs))
    return plant


def predicted(model: LinearModel, plant: MultizoneOffice, inputs: Mapping[str, float], steps: int) -> np.ndarray:
    acting = OfficeModel(plant)
    outside = [acting.disturbances(model.time_s + number * STEP_S, STEP_S) for number in range(steps)]
    _, outputs = model.predict(np.array([[*inputs.values()]] * steps), np.array(outside))
    return outputs


def test_four_hours_are_predicted_within_a_fifth_of_a_kelvin() -> None:
    plant = running(HELD)
    model = linearize(plant, HELD, ROOMS)
    changed = {**HELD, **dict.fromkeys(COOLING, 296.85)}
    told = predicted(model, plant, changed, 16)
    states = [plant.advance(STEP_S, taken(changed)) for _ in range(16)]
    real = np.array([[state[name] for name in ROOMS] for state in states])
    assert np.abs(told - real).max() < 0.2
    assert np.abs(real[-1, 1:] - model.y1[1:]).min() > 0.2
    assert model.switched == ()


def test_a_step_without_moves_is_the_plants_own() -> None:
    plant = running(HELD, hours=1)
    before = plant.snapshot()
    model = linearize(plant, HELD, ROOMS)
    assert plant.snapshot() == before
    told = plant.advance(STEP_S, taken(HELD))
    assert model.y1.tolist() == [told[name] for name in ROOMS]
    sizes = [len(names) for names in (model.states, model.inputs, model.disturbances, model.outputs)]
    assert [*model.a.shape, *model.b.shape] == [sizes[0], sizes[0], sizes[0], sizes[1]]
    assert model.e.shape == (sizes[0], sizes[2])
    assert (model.c.shape, model.d.shape, model.f.shape) == tuple((sizes[3], size) for size in sizes[:3])


def test_states_have_names_and_units_the_hidden_ones_too() -> None:
    model = linearize(running(HELD, hours=1), HELD, ROOMS)
    states = dict(model.states)
    assert len(states) == len(model.states) == model.a.shape[0]
    assert states["room cor: slab"] == "degC"
    assert states["box wes: cooling integral"] == "1"
    assert dict(model.inputs)[SUPPLY] == "K"
    place = [name for name, _ in model.states].index("room cor: slab")
    assert 0.9 < model.a[place, place] < 1.0


def test_an_input_at_its_limit_is_moved_inwards_only() -> None:
    coldest = {**HELD, SUPPLY: 285.15}
    model = linearize(running(coldest, hours=1), coldest, ["hvac_reaAhu_TSup_y"])
    assert 0.2 < model.d[0, 0] < 1.5


def test_what_switches_in_the_step_is_named() -> None:
    plant = MultizoneOffice(start_time_s=186 * DAY_S + 6 * 3600.0)
    model = linearize(plant, {PRESSURE: 200.0}, ROOMS)
    assert "operating mode" in model.switched
    assert model.latches["operating mode"] == 1.0


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(ConfigError) as raised:
        linearize(MultizoneOffice(), {"hvac_oveAhu_TSup": 290.0, PRESSURE: 1000.0}, ["hvac_reaZonCor_TZon"], -900.0)
    told = str(raised.value)
    for wanted in (
        "step_s: is -900; write seconds above 0",
        "is no input, did you mean",
        "write a number from 50 to 410",
        "is no measurement, did you mean",
    ):
        assert wanted in told


@pytest.mark.parametrize(("inputs", "disturbances"), [((3, 2), (3, 5)), ((3,), (3, 5)), ((3, 1), (3, 1))])
def test_rows_of_another_shape_are_refused_and_not_spread(
    inputs: tuple[int, ...], disturbances: tuple[int, ...]
) -> None:
    model = linearize(MultizoneOffice(), {PRESSURE: 200.0}, ROOMS)
    with pytest.raises(ValueError, match=r"have the shape .* in the place of \(steps, \d+\)"):
        model.predict(np.zeros(inputs), np.zeros(disturbances))
