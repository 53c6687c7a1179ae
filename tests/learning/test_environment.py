"""The environment over the embedded building, by Gymnasium's own rules and by ours."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

gymnasium = pytest.importorskip("gymnasium")

import numpy as np
from gymnasium.utils.env_checker import check_env

from emulators.plants.multizone_office import MultizoneOffice, OfficeFiles
from learning.identities import OFFICES, office_id
from learning.making import office_env
from tests.learning.rooms import SMALL, Said, embedded, random_actions
from utils.errors import BeginningRefused, ConfigError, SimulationError, UnknownPeriod

MADE = f"learning:{office_id()}"


def test_gymnasium_finds_nothing_to_complain_of() -> None:
    check_env(gymnasium.make(MADE, render_mode="ansi").unwrapped)


def test_the_ids_version_rises_with_the_buildings_numbers() -> None:
    """A change of the plant adds its identity to ``OFFICES``: results of two versions are not to be compared."""
    assert MultizoneOffice().identity == OFFICES[-1]
    assert len(set(OFFICES)) == len(OFFICES)
    env = gymnasium.make(MADE)
    assert env.spec is not None
    assert env.spec.kwargs["plant"] == env.unwrapped.plant == OFFICES[-1]


def test_an_id_of_another_building_is_refused() -> None:
    with pytest.raises(ConfigError, match="the id stands for 'older'"):
        office_env("older")


def test_the_same_seed_is_the_same_to_the_bit(tmp_path: Path) -> None:
    told = []
    for _ in range(2):
        env = embedded(tmp_path)
        env.reset(seed=3)
        told.append([env.step(action)[:2] for action in random_actions(env, 5)])
    for (seen, reward), (seen_too, reward_too) in zip(*told, strict=True):
        assert (seen.tobytes(), reward) == (seen_too.tobytes(), reward_too)


def test_seeds_choose_days_within_the_files(tmp_path: Path) -> None:
    env = embedded(tmp_path, start_days=[[10, 11], [200, 201]])
    days = {env.reset(seed=seed)[1]["time_s"] / 86_400 for seed in range(30)}
    assert days == {10.0, 11.0, 200.0, 201.0}


def test_going_back_to_a_start_goes_back_to_the_bit(tmp_path: Path) -> None:
    env = embedded(tmp_path)
    first = env.reset(options={"start": "07-06 08:00"})
    one = [env.step(action)[0].tobytes() for action in random_actions(env, 4)]
    again = env.reset(options={"start": (31 + 28 + 31 + 30 + 31 + 30 + 5) * 86_400 + 8 * 3600})
    assert first[0].tobytes() == again[0].tobytes()
    assert [env.step(action)[0].tobytes() for action in random_actions(env, 4)] == one


def test_parameters_make_another_building_for_an_episode(tmp_path: Path) -> None:
    env = embedded(tmp_path)
    told = [
        env.reset(options={"start": "01-20", "parameters": parameters})[0]
        for parameters in ({}, {"envelope.window_w_m2k": 6.0}, {})
    ]
    assert told[0].tobytes() == told[2].tobytes() != told[1].tobytes()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"start": "the first"}, "is no start"),
        ({"start": -5.0}, "-5.0 is no start; write seconds of the year, from 0 to 31535999"),
        ({"begin": 1}, "there is no 'begin'"),
        ({"parameters": {"envelope.windows": 1.0}}, "the building has no such parameter"),
        ({"parameters": 5}, "is a mapping of paths"),
        ({"start": 0, "period": "mix_day"}, "takes no start beside it"),
        ({"parameters": {"envelope.window_w_m2k": float("nan")}}, "envelope.window_w_m2k is nan; write a number"),
        ({"parameters": {"envelope.window_w_m2k": "1.2"}}, "envelope.window_w_m2k is '1.2'; write a number"),
        ({"parameters": {"envelope": {"window_w_m2k": 1.2}}}, r"envelope is \{.*; write a number"),
        ({"parameters": {"reheat.rise_k": 0.0}}, "is 0.0; write a number above 0"),
        ({"own_control": "no"}, "is 'no'; write True or False"),
        ({"start": "2023-07-06T05:30:00+02:00"}, "is no start .model time has no zone; leave it out"),
        ({"start": datetime(2023, 7, 6, tzinfo=UTC)}, "model time has no zone; leave it out"),
        (["start"], "write a mapping of start, period, parameters, own_control"),
    ],
)
def test_options_that_cannot_be_are_refused(tmp_path: Path, options: Said, told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        embedded(tmp_path).reset(options=options)


def test_starts_that_the_building_cannot_begin_at_are_refused(tmp_path: Path) -> None:
    env = embedded(tmp_path)
    with pytest.raises(BeginningRefused, match="write a multiple of 900 s"):
        env.reset(options={"start": 30.0})
    with pytest.raises(UnknownPeriod, match="did you mean 'mix_day'"):
        env.reset(options={"period": "mixday"})


def test_where_the_world_did_not_begin_there_is_no_episode(tmp_path: Path) -> None:
    env = embedded(tmp_path)
    env.reset(seed=1)
    with pytest.raises(BeginningRefused):
        env.reset(options={"start": 30.0})
    with pytest.raises(RuntimeError, match="there is no episode to step in; call reset"):
        env.step(env.action_space.sample())


@pytest.mark.parametrize("shape", [(), (1,), (3,), (1, 2)])
def test_an_action_of_another_shape_is_refused_and_not_spread(tmp_path: Path, shape: tuple[int, ...]) -> None:
    env = embedded(tmp_path)
    env.reset(seed=1)
    with pytest.raises(ValueError, match=r"has the shape .* in the place of \(2,\): supply air, cooling"):
        env.step(np.zeros(shape, np.float32))


def test_an_action_that_is_no_number_is_refused_where_it_is_taken(tmp_path: Path) -> None:
    env = embedded(tmp_path)
    _, info = env.reset(options={"start": "07-06 05:30"})
    assert info["action_mask"].tolist() == [0, 1]
    with pytest.raises(ValueError, match="takes no NaN"):
        env.step(np.array([0.0, np.nan], np.float32))
    env.step(np.array([np.nan, 0.0], np.float32))


def test_a_building_whose_numbers_are_lost_is_not_learned_from(tmp_path: Path) -> None:
    env = embedded(tmp_path)
    with pytest.raises(SimulationError, match="is no number any more; its parameters"):
        env.reset(options={"start": "07-06 12:00", "parameters": {"chiller.set_point_c": 600.0}})


def test_a_servers_building_takes_no_files(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="are of the embedded building, and a server has its own"):
        office_env(OFFICES[-1], files=OfficeFiles(as_boptest=True), server="http://127.0.0.1:1")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"spaces": {"step_s": 900}}, "spaces: are a dict; write them to a file, and name that"),
        ({"files": "town.epw"}, "files: are 'town.epw'; write an OfficeFiles"),
        ({"render_mode": "human"}, "render_mode: is 'human'; write 'ansi', which is text, or None"),
    ],
)
def test_what_a_world_cannot_be_made_of_is_said(given: Said, told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        gymnasium.make(MADE, **given)


def test_an_episode_is_truncated_at_its_end_and_goes_no_further(tmp_path: Path) -> None:
    env = embedded(tmp_path)
    env.reset(seed=1)
    ends = [env.step(action)[2:4] for action in random_actions(env, 12)]
    assert ends == [(False, False)] * 11 + [(False, True)]
    with pytest.raises(RuntimeError, match="call reset"):
        env.step(env.action_space.sample())


def test_a_limit_ends_the_episode_with_its_reason(tmp_path: Path) -> None:
    env = embedded(tmp_path, limits=[{"point": "hvac_reaZonCor_TZon_y", "low": 280.0, "high": 281.0}])
    env.reset(seed=1)
    *_, terminated, truncated, info = env.step(env.action_space.sample())
    assert (terminated, truncated) == (True, False)
    assert info["reason"].startswith("hvac_reaZonCor_TZon_y is 29")


def test_out_of_its_hours_an_action_is_masked_and_the_buildings_own_control_acts(tmp_path: Path) -> None:
    env = embedded(tmp_path)
    told = []
    for supply_air in (-1.0, 1.0):
        _, info = env.reset(options={"start": "07-06 05:30"})
        masks = [info["action_mask"].tolist()]
        seen = []
        for _ in range(4):
            observation, *_, info = env.step(np.array([supply_air, 0.0], np.float32))
            seen.append(observation[:2].tobytes())
            masks.append(info["action_mask"].tolist())
        assert masks == [[0, 1], [0, 1], [1, 1], [1, 1], [1, 1]]
        told.append(seen)
    assert told[0][:2] == told[1][:2]
    assert told[0][3] != told[1][3]


def test_an_action_moves_no_faster_than_its_rate(tmp_path: Path) -> None:
    actions = [{**SMALL["actions"][0], "rate_per_h": 4.0}]
    env = embedded(tmp_path, actions=actions)
    env.reset(options={"start": "07-06 08:00"})
    in_force = [env.step(np.array([1.0], np.float32))[0][-1] for _ in range(4)]
    before = env.observation_names.index("supply air")
    assert before == len(env.observation_names) - 1
    steps_k = np.diff(in_force) * 4.0
    assert steps_k == pytest.approx([1.0] * 3, abs=1e-4)


def test_rewards_and_costs_add_up_to_the_kpis(tmp_path: Path) -> None:
    env = embedded(tmp_path)
    _, info = env.reset(options={"start": "07-06 10:00"})
    begun = info["kpis"]
    rewards, costs = 0.0, 0.0
    for action in random_actions(env, 8):
        _, reward, *_, info = env.step(action)
        rewards, costs = rewards + reward, costs + info["cost"]
    grown = {name: value - begun[name] for name, value in info["kpis"].items()}
    assert rewards == pytest.approx(-1000.0 * grown["cost_tot"] - 100.0 * grown["pele_tot"])
    assert costs == pytest.approx(grown["tdis_tot"])
    assert grown["cost_tot"] > 0.0


def test_the_running_peak_and_the_hour_are_seen(tmp_path: Path) -> None:
    env = embedded(tmp_path)
    seen, info = env.reset(options={"start": "07-06 06:00"})
    hour, peak = (env.observation_names.index(name) for name in ("hour (sine)", "running peak"))
    assert seen[hour] == pytest.approx(1.0)
    for action in random_actions(env, 8):
        seen, *_, info = env.step(action)
        assert (seen[peak] + 1.0) / 2.0 * 0.05 == pytest.approx(info["kpis"]["pele_tot"], rel=1e-5)


def test_it_is_rendered_as_text(tmp_path: Path) -> None:
    env = embedded(tmp_path)
    assert "call reset" in env.render()
    env.reset(options={"start": "07-06 06:00"})
    assert env.render().startswith("06 Jul 06:00\nhvac_reaZonCor_TZon_y")


@pytest.mark.parametrize("make", [lambda: gymnasium.make(MADE), lambda: gymnasium.make_vec(MADE, num_envs=2)])
@pytest.mark.parametrize("copied", [pickle.dumps, copy.deepcopy])
def test_it_is_neither_pickled_nor_copied_which_is_said(
    make: Callable[[], Said], copied: Callable[[Said], object]
) -> None:
    with pytest.raises(TypeError, match="is neither pickled nor copied, as it holds what it acts on; make another one"):
        copied(make())
