"""The example: what it learns from and is judged on, how it searches, and how few runs are told."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("gymnasium")

import numpy as np

from learning.embedded.buildings import Buildings, known_points
from learning.embedded.tally import KPIS
from learning.embedded.world import EmbeddedWorld
from learning.environment import BuildingBatch, BuildingEnv
from learning.example.__main__ import Effort, compared, trained, written
from learning.example.comparing import OWN
from learning.example.guideline import week_by_resets
from learning.example.kept import CONSTANT, LEARNED
from learning.example.policy import SEEN, USUAL, Policy
from learning.example.single import episode
from learning.example.statistics import interquartile_mean, interval
from learning.example.training import Search, run
from learning.example.weeks import HELD_OUT, SEASONS, WEEK_DAYS, training_day
from learning.example.weeks import LEARNED as LEARNED_WEEKS
from learning.spaces import SpacesFile, read_spaces, shipped_spaces

HOURS = 2


@pytest.fixture(scope="module")
def short() -> SpacesFile:
    """What ships, with episodes of two hours from the morning on: everything acts."""
    spaces = read_spaces(shipped_spaces(), known_points())
    actions = [action.model_copy(update={"hours": None}) for action in spaces.actions]
    return spaces.model_copy(update={"days": HOURS / 24, "actions": actions})


def test_no_day_that_is_judged_on_is_learned_from() -> None:
    random = np.random.default_rng(0)
    days = {training_day(season, random) for season in range(SEASONS) for _ in range(300)}
    assert {day // WEEK_DAYS for day in days} <= set(LEARNED_WEEKS)
    assert not set(LEARNED_WEEKS) & set(HELD_OUT)
    assert len(HELD_OUT) == 9


def test_a_policy_begins_with_the_usual_set_points(short: SpacesFile) -> None:
    names = BuildingEnv(EmbeddedWorld(short), short).observation_names
    policy = Policy(names, 4)
    assert policy.size == 4 * (len(SEEN) + 4)
    observations = np.random.default_rng(0).uniform(-1.0, 1.0, (3, len(names))).astype(np.float32)
    assert policy.act(np.repeat(policy.usual[None], 3, 0), observations) == pytest.approx(np.array([USUAL] * 3))
    weights = np.stack([policy.usual, policy.usual + 0.1])
    one, other = policy.act(weights, observations[:2]), policy.act(weights[::-1], observations[1::-1])
    assert one == pytest.approx(other[::-1])


def test_constant_set_points_look_at_nothing(short: SpacesFile) -> None:
    policy = Policy(["a", "b"], 4, looks=False)
    seen = np.random.default_rng(0).uniform(-1.0, 1.0, (5, 2)).astype(np.float32)
    assert np.ptp(policy.act(np.tile([0.1, 0.2, 0.3, 0.4], (5, 1)), seen), axis=0).max() == 0.0


def test_a_search_is_the_same_for_the_same_seed(short: SpacesFile) -> None:
    batch = BuildingBatch(Buildings(short, 4 * SEASONS), short)
    policy = Policy(batch.observation_names, 4, looks=False)
    told: list[float] = []
    search = Search(batch, candidates=3, elite=2, generations=2)
    found = [search.best(policy, seed, lambda _, score: told.append(score)) for seed in (5, 5, 6)]
    assert found[0].tolist() == found[1].tolist() != policy.usual.tolist()
    assert found[2].tolist() != found[0].tolist()
    assert told[:2] == told[2:4] != told[4:]


def test_an_episode_of_one_environment_is_a_row_of_the_batch(short: SpacesFile) -> None:
    env = BuildingEnv(EmbeddedWorld(short), short)
    policy = Policy(env.observation_names, 4)
    batch = BuildingBatch(Buildings(short, 2), short)
    kpis = run(batch, policy, np.repeat(policy.usual[None], 2, 0), [10, 190], [False, True])
    for row, day, parameters in ((0, 10, policy.usual), (1, 190, None)):
        gone = episode(env, policy, parameters, {"start": day * 86_400.0})
        assert list(gone.kpis.values()) == kpis[row].tolist()
        assert len(gone.hours) == len(gone.told) == HOURS * 4
        assert gone.hours[-1] == HOURS


def test_the_middle_half_speaks() -> None:
    values = np.array([[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 1000.0]])
    assert interquartile_mean(values) == 3.5
    few, many = (interval(np.random.default_rng(1).normal(size=(seeds, 9))) for seeds in (2, 40))
    assert few[0] < few[1]
    assert many[1] - many[0] < few[1] - few[0]


def test_the_page_has_every_way_of_control_and_a_week(short: SpacesFile, tmp_path: Path) -> None:
    policies = trained(Effort(seeds=1, generations=1, candidates=1, constant_generations=1), short)
    result = compared(policies, short, resets=False)
    assert set(result.kpis) == {OWN, LEARNED, CONSTANT}
    assert result.kpis[LEARNED].shape == (1, len(HELD_OUT), len(KPIS))
    assert result.saved(OWN, "cost_tot").tolist() == [[0.0] * len(HELD_OUT)]
    written(tmp_path / "page.html", result, policies, short)
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    for wanted in (LEARNED, CONSTANT, "<svg", "peak saved", "Week 28 of the year, held out"):
        assert wanted in text


@pytest.mark.slow
def test_the_guidelines_resets_run_in_process_and_act() -> None:
    day, days = 190, 0.375
    spaces = read_spaces(shipped_spaces(), known_points()).model_copy(update={"days": days})
    resets = week_by_resets(day, days, "dynamic", KPIS)
    batch = BuildingBatch(Buildings(spaces, 1), spaces)
    assert np.isfinite(resets).all()
    policy = Policy(batch.observation_names, 4)
    own = run(batch, policy, policy.usual[None], [day], [True])[0]
    assert resets[KPIS.index("ener_tot")] != pytest.approx(own[KPIS.index("ener_tot")], rel=1e-3)
