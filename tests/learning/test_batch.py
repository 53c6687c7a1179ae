"""Many buildings as one environment: so many single ones, each with its own episodes."""

from __future__ import annotations

from pathlib import Path

import pytest

gymnasium = pytest.importorskip("gymnasium")

import numpy as np
from gymnasium.vector import AutoresetMode

from learning.environment import BuildingBatch
from learning.identities import OFFICES, office_id
from learning.making import office_batch
from tests.learning.rooms import Action, Said, embedded, spaces_file
from utils.errors import ConfigError, SimulationError


def batch(folder: Path, count: int, threads: int = 1, **changes: Said) -> BuildingBatch:
    return office_batch(OFFICES[-1], count, spaces_file(folder, **changes), threads=threads)


def rows_of_actions(env: BuildingBatch, count: int) -> list[Action]:
    random = np.random.default_rng(2)
    return [random.uniform(-1.0, 1.0, env.action_space.shape or ()).astype(np.float32) for _ in range(count)]


@pytest.mark.parametrize("threads", [1, 2])
def test_a_batch_is_so_many_environments(tmp_path: Path, threads: int) -> None:
    many = batch(tmp_path, 3, threads)
    seen, info = many.reset(seed=7)
    singles = [embedded(tmp_path) for _ in range(3)]
    for number, single in enumerate(singles):
        alone, told = single.reset(seed=7 + number)
        assert alone.tobytes() == seen[number].tobytes()
        assert told["time_s"] == info["time_s"][number]
    for actions in rows_of_actions(many, 12):
        seen, rewards, terminated, truncated, info = many.step(actions)
        for number, single in enumerate(singles):
            alone, reward, *ends, told = single.step(actions[number])
            assert alone.tobytes() == seen[number].tobytes()
            assert reward == pytest.approx(rewards[number])
            assert told["cost"] == pytest.approx(info["cost"][number])
            assert ends == [terminated[number], truncated[number]]
            assert told["action_mask"].tolist() == info["action_mask"][number].tolist()
            assert list(told["kpis"].values()) == info["kpis"][number].tolist()
    many.close()


def test_the_step_after_the_last_begins_the_next_episode(tmp_path: Path) -> None:
    many = batch(tmp_path, 2, days=0.03125)
    assert many.metadata["autoreset_mode"] is AutoresetMode.NEXT_STEP
    _, info = many.reset(seed=1)
    begun = info["time_s"].copy()
    told = [many.step(actions) for actions in rows_of_actions(many, 4)]
    assert [step[3].tolist() for step in told] == [[False] * 2, [False] * 2, [True] * 2, [False] * 2]
    _, rewards, _, _, info = told[-1]
    assert rewards.tolist() == [0.0, 0.0]
    assert (info["time_s"] % 86_400).tolist() == [0.0, 0.0]
    assert (info["time_s"] != begun + 900 * 4).all()


def test_episodes_end_each_for_itself(tmp_path: Path) -> None:
    many = batch(tmp_path, 2, limits=[{"point": "hvac_reaZonCor_TZon_y", "low": 294.0, "high": 310.0}])
    many.reset(seed=1, options={"start": ["01-26 05:00", "07-06 12:00"]})
    *_, terminated, truncated, info = many.step(many.action_space.sample())
    assert terminated.tolist() == [True, False]
    assert not truncated.any()
    assert info["_reason"].tolist() == [True, False]
    assert info["reason"][0].startswith("hvac_reaZonCor_TZon_y is 2")


def test_each_building_may_have_parameters_of_its_own(tmp_path: Path) -> None:
    many = batch(tmp_path, 2)
    seen, _ = many.reset(options={"start": "01-20", "parameters": [{}, {"envelope.window_w_m2k": 6.0}]})
    assert seen[0].tolist() != seen[1].tolist()
    with pytest.raises(ConfigError, match="has 1 values for 2 buildings"):
        many.reset(options={"start": ["01-20"]})


def test_options_are_those_of_one_environment_and_no_others(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no 'strat', did you mean 'start'"):
        batch(tmp_path, 2).reset(options={"strat": "07-06"})


def test_a_reset_that_one_building_cannot_follow_leaves_no_episodes(tmp_path: Path) -> None:
    many = batch(tmp_path, 2)
    for first in (True, False):
        with pytest.raises(ConfigError, match="'the first' is no start"):
            many.reset(seed=1, options={"start": ["07-06", "the first"]})
        with pytest.raises(RuntimeError, match="there are no episodes to step in; call reset"):
            many.step(many.action_space.sample())
        if first:
            many.reset(seed=1)


def test_a_building_whose_numbers_were_lost_keeps_no_later_reset_from_beginning(tmp_path: Path) -> None:
    many = batch(tmp_path, 2)
    lost = {"start": "07-06 12:00", "parameters": [{}, {"chiller.set_point_c": 600.0}]}
    with pytest.raises(SimulationError, match=r"office 1: .* is no number any more"):
        many.reset(options=lost)
    many.reset(seed=1)
    many.step(many.action_space.sample())


@pytest.mark.parametrize("shape", [(), (2,), (1, 2), (3, 2), (2, 1)])
def test_actions_of_another_shape_are_refused_and_not_spread(tmp_path: Path, shape: tuple[int, ...]) -> None:
    many = batch(tmp_path, 2)
    many.reset(seed=1)
    with pytest.raises(ValueError, match=r"in the place of \(2, 2\)"):
        many.step(np.zeros(shape, np.float32))


def test_seeds_are_one_or_one_for_each(tmp_path: Path) -> None:
    many = batch(tmp_path, 3)
    said: list[Said] = [4, np.int64(4), [4, 5, 6], np.array([4, 5, 6])]
    days = [many.reset(seed=seed)[1]["time_s"].tolist() for seed in said]
    assert days[0] == days[1] == days[2] == days[3]
    for seeds in ([4, 5], [4, 5, 6, 7], []):
        with pytest.raises(ValueError, match=f"there are {len(seeds)} seeds for 3 buildings"):
            many.reset(seed=seeds)


def test_a_batch_has_a_building_and_a_thread_at_least() -> None:
    with pytest.raises(ConfigError) as refused:
        office_batch(OFFICES[-1], 0, threads=-1)
    told = str(refused.value)
    assert "num_envs: is 0; write a number from 1 on" in told
    assert "threads: is -1; write a number from 1 on" in told
    with pytest.raises(ConfigError, match=r"threads: is 1.5; write a number from 1 on"):
        office_batch(OFFICES[-1], 2, threads=1.5)  # type: ignore[arg-type]


def test_gymnasium_makes_the_batch_itself() -> None:
    many = gymnasium.make_vec(f"learning:{office_id()}", num_envs=2)
    seen, _ = many.reset(seed=1)
    assert many.observation_space.contains(seen)
    assert isinstance(many, BuildingBatch)
    many.close()
