"""What a recording tells of steps is what an environment told that went through the same."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("gymnasium")

import numpy as np

from emulators.boptest.server import BoptestServer
from emulators.plants.multizone_office import MultizoneOffice
from learning.environment import BuildingEnv
from learning.making import OFFICE_CASE, server_env
from learning.recorded import RecordedTransitions, spaces_for, transitions_of
from recording import open_run
from recording.columns import read_run
from tests.bridge.acting.rigged import SUPPLY, bench
from tests.bridge.rig import Rig, rig
from tests.learning.in_the_loop.looped import SPACES, looped, wanting, world_of
from tests.learning.rooms import Action, Said
from tests.ledger.guardian import light_guardian

KELVIN = 273.15
BROKEN = "with steps that are missing, or the end of the run in their midst"
SEEN = [
    {"point": "hvac_reaZonSou_TZon_y", "low": 280.0, "high": 310.0},
    {"point": "hvac_reaAhu_TSup_y", "low": 280.0, "high": 310.0},
]
ACTED = {
    "fan": ("hvac_oveAhu_yFan", 0.6),
    "pump": ("hvac_oveAhu_yPumCoo", 1.0),
    "damper": ("hvac_oveZonActSou_yDam", 0.3),
}
"""What the controllers command of themselves."""


@pytest.fixture(autouse=True)
def _light_guardian(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bridge.session.GUARDIAN", light_guardian.COMMAND)


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Rig]:
    with bench(tmp_path) as running:
        yield running


def told_of(file: Path | None, spaces: Path) -> RecordedTransitions:
    assert file is not None
    with open_run(file) as recorded:
        run = read_run(recorded)
    return transitions_of(run, spaces_for(run, spaces))


def gone(env: BuildingEnv, observation: Action, actions: list[Action]) -> list[Said]:
    """Each step as observation, action, reward, cost, next observation."""
    steps = []
    for action in actions:
        following, reward, _, _, info = env.step(action)
        steps.append((observation, action, reward, info["cost"], following))
        observation = following
    return steps


def assert_same(told: RecordedTransitions, steps: list[Said]) -> None:
    observations, actions, rewards, costs, following = (np.array(column) for column in zip(*steps, strict=True))
    assert told.observations == pytest.approx(observations, abs=1e-6)
    assert told.actions == pytest.approx(actions, abs=1e-6)
    assert told.rewards == pytest.approx(rewards, rel=1e-6, abs=1e-12)
    assert told.costs == pytest.approx(costs, rel=1e-6, abs=1e-12)
    assert told.next_observations == pytest.approx(following, abs=1e-6)
    assert len(set(told.rewards.tolist())) > 1


def test_episodes_on_controllers_in_the_loop(both: Rig) -> None:
    seen = [SEEN[0], {"point": SUPPLY, "low": 280.0, "high": 300.0}]
    changes = {"observations": seen, "cost": {"tdis_tot": 1.0, "cost_tot": 1.0}}
    actions = [wanting(kelvin + KELVIN) for kelvin in (17.0, 13.0, 15.0, 15.0, 12.0, 18.0, 16.0, 14.0)]
    with looped(both, changes) as env:
        first = gone(env, env.reset(seed=1)[0], actions)
        second = gone(env, env.reset(seed=2, options={"start": "01-09 08:00"})[0], actions[:4])
        run = world_of(env).run
        assert run is not None
    told = told_of(run.recording, both.folder / "spaces.json")
    assert told.observation_names == env.observation_names
    assert_same(told, [*first, *second[:3]])  # the last frame was never answered
    assert told.episodes.tolist() == [0] * 8 + [1] * 3
    assert told.times_s[[0, 1, 8]].tolist() == [186 * 86_400, 186 * 86_400 + 30, (8 * 24 + 8) * 3600]
    assert np.flatnonzero(told.truncated).tolist() == [7, 10]
    assert not told.terminated.any()
    assert told.dropped == {BROKEN: 1}
    assert told.action_masks.tolist() == [[1]] * 11


def test_a_run_in_which_controllers_commanded_the_building(tmp_path: Path) -> None:
    spaces = tmp_path / "spaces.json"
    actions = [{"name": name, "points": [point], "low": 0.0, "high": 1.0} for name, (point, _) in ACTED.items()]
    content = {
        **SPACES,
        "days": 1.0,
        "step_s": 60,
        "actions": actions,
        "observations": SEEN,
        "reward": {"ener_tot": 1e3},
    }
    spaces.write_text(json.dumps(content), encoding="utf-8")
    with rig(tmp_path) as peers:
        run = peers.run(steps=6 * 2 + 1, BOP_STEP_TIME="30", ECY_RAMP_STEPS="0", BOP_KPI_TIME="60")
        run.execute()
    with BoptestServer({OFFICE_CASE: MultizoneOffice}) as server:
        env = server_env(server.url, spaces, OFFICE_CASE)
        action = np.array([2.0 * value - 1.0 for _, value in ACTED.values()], np.float32)
        steps = gone(env, env.reset(options={"start": "07-06 10:00"})[0], [action] * 6)
        env.close()
    told = told_of(run.recording, spaces)
    assert_same(told, steps)
    assert told.dropped == {BROKEN: 1}
