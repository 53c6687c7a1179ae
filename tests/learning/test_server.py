"""The same building behind a server: the same observations, KPIs and rewards for the same actions."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("gymnasium")

import numpy as np

from learning.environment import BuildingEnv
from learning.world import WorldClosed
from tests.learning.rooms import SMALL, Action, Said, embedded, random_actions, served
from utils.errors import ConfigError


def gone_through(env: BuildingEnv, actions: list[Action], **options: Said) -> list[Said]:
    observation, info = env.reset(seed=5, options=options)
    told = [(observation, 0.0, info)]
    for action in actions:
        observation, reward, terminated, truncated, info = env.step(action)
        told.append((observation, reward, info))
        assert not terminated
        if truncated:
            break
    return told


def same(one: BuildingEnv, other: BuildingEnv, count: int, **options: Said) -> int:
    actions = random_actions(one, count)
    first, second = gone_through(one, actions, **options), gone_through(other, actions, **options)
    assert len(first) == len(second)
    for (seen, reward, info), (seen_too, reward_too, info_too) in zip(first, second, strict=True):
        assert seen == pytest.approx(seen_too, abs=1e-6)
        assert reward == pytest.approx(reward_too, rel=1e-6, abs=1e-9)
        for name, value in info["kpis"].items():
            assert value == pytest.approx(info_too["kpis"][name], rel=1e-9, abs=1e-12), name
        assert info["action_mask"].tolist() == info_too["action_mask"].tolist()
        assert info["cost"] == pytest.approx(info_too["cost"], rel=1e-6, abs=1e-9)
    return len(first)


@pytest.mark.parametrize("step_s", [900, 300, 3600])
def test_in_process_and_over_http_are_one_building(tmp_path: Path, step_s: int) -> None:
    with served(tmp_path, step_s=step_s) as remote:
        assert same(embedded(tmp_path, step_s=step_s), remote, 12, start="07-05 17:00") == min(12, 10_800 // step_s) + 1


def test_forecasts_carry_the_same_errors(tmp_path: Path) -> None:
    uncertain = {**SMALL["forecasts"], "temperature_uncertainty": "high", "solar_uncertainty": "low"}
    with served(tmp_path, forecasts=uncertain) as remote:
        here = embedded(tmp_path, forecasts=uncertain)
        same(here, remote, 6)
        certain = embedded(tmp_path)
        assert not np.allclose(certain.reset(seed=5)[0], here.reset(seed=5)[0])


@pytest.mark.slow
def test_a_period_is_one_of_boptests_to_its_end(tmp_path: Path) -> None:
    changes = {"step_s": 43_200, "warmup_days": 1.0, "days": 1.0}
    with served(tmp_path, **changes) as remote:
        assert same(embedded(tmp_path, **changes), remote, 40, period="mix_day") == 29


def test_warming_up_is_the_servers(tmp_path: Path) -> None:
    with served(tmp_path, warmup_days=0.25) as remote:
        same(embedded(tmp_path, warmup_days=0.25), remote, 2, start="07-05 12:00")


def test_a_server_takes_no_parameters(tmp_path: Path) -> None:
    with served(tmp_path) as remote, pytest.raises(ConfigError, match="leave them out"):
        remote.reset(options={"parameters": {"envelope.window_w_m2k": 1.0}})


def test_a_server_that_is_lost_ends_the_episode_and_says_why(tmp_path: Path) -> None:
    with served(tmp_path) as remote:
        seen, _ = remote.reset(seed=1)
        world = remote.world
        world._client.stop()  # type: ignore[attr-defined]
        last, reward, terminated, truncated, info = remote.step(remote.action_space.sample())
        assert (terminated, truncated, reward) == (True, False, 0.0)
        assert "no test is selected" in info["reason"]
        assert last.tolist() == seen.tolist()


def test_once_it_is_closed_it_says_so(tmp_path: Path) -> None:
    with served(tmp_path) as env:
        env.reset(seed=1)
        env.close()
        with pytest.raises(WorldClosed, match="the environment is closed, and its test given back; make another one"):
            env.reset(seed=1)
        with pytest.raises(RuntimeError, match="there is no episode"):
            env.step(env.action_space.sample())
