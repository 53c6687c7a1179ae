"""``python -m learning.example``: train, compare on weeks that were held out, and write a page."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from learning.embedded.buildings import Buildings, known_points
from learning.embedded.world import EmbeddedWorld
from learning.environment import BuildingBatch, BuildingEnv
from learning.example.comparing import OWN, Compared, by_policies
from learning.example.guideline import week_by_resets
from learning.example.kept import CONSTANT, LEARNED, Policies, keep, kept
from learning.example.page import page
from learning.example.policy import Policy
from learning.example.single import episode
from learning.example.training import Search
from learning.example.weeks import HELD_OUT, SEASONS, WEEK_DAYS
from learning.spaces import SpacesFile, read_spaces, shipped_spaces
from utils.arguments import count
from utils.clocks import DAY_S
from utils.errors import ConfigError

_log = logging.getLogger("learning.example")
RESETS = "Guideline 36 resets"
_CONSTANT_GENERATIONS = 10
_SHOWN = 4
"""Which of the weeks that were held out is drawn: one in July."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is searched; ``constant_generations`` are those for constant set-points, which are few numbers."""

    seeds: int
    generations: int
    candidates: int
    constant_generations: int


def trained(effort: Effort, week: SpacesFile) -> Policies:
    """Policies and their parameters, a row for each seed."""
    day = week.model_copy(update={"days": 1.0})
    batch = BuildingBatch(Buildings(day, (effort.candidates + 1) * SEASONS), day)
    found = {}
    for name, looks, seeds, generations in (
        (LEARNED, True, effort.seeds, effort.generations),
        (CONSTANT, False, 1, effort.constant_generations),
    ):
        policy = Policy(batch.observation_names, len(week.actions), looks)
        search = Search(batch, effort.candidates, max(effort.candidates // 4, 1), generations)
        found[name] = policy, np.array([search.best(policy, seed, _teller(name, seed)) for seed in range(seeds)])
    batch.close()
    return found


def compared(policies: Policies, week: SpacesFile, *, resets: bool) -> Compared:
    """KPIs of all ways on the weeks that were held out."""
    batch = BuildingBatch(Buildings(week, len(HELD_OUT)), week)
    kpis = by_policies(batch, policies)
    batch.close()
    if resets:
        rows = [week_by_resets(held * WEEK_DAYS, week.days, week.price, batch.kpi_names) for held in HELD_OUT]
        kpis[RESETS] = np.array(rows)[None]
    return Compared(batch.kpi_names, kpis)


def written(file: Path, result: Compared, policies: Policies, week: SpacesFile) -> None:
    """The page, with one week of the single building by the first seed's policy and by own control."""
    env = BuildingEnv(EmbeddedWorld(week), week)
    policy, parameters = policies[LEARNED]
    options = {"start": float(HELD_OUT[_SHOWN] * WEEK_DAYS * DAY_S)}
    shown = {OWN: episode(env, policy, None, options), LEARNED: episode(env, policy, parameters[0], options)}
    told = f"{len(parameters)} seeds; weeks {', '.join(str(held + 1) for held in HELD_OUT)} were held out."
    file.write_text(page(result, env.plant, told, HELD_OUT[_SHOWN], shown), encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the line, and do it."""
    parser = argparse.ArgumentParser(prog="python -m learning.example", description=__doc__)
    parser.add_argument("--seeds", type=count, default=5, metavar="N", help="policies that are trained (5)")
    parser.add_argument("--generations", type=count, default=48, metavar="N", help="of the search (48)")
    parser.add_argument("--candidates", type=count, default=24, metavar="N", help="of a generation (24)")
    parser.add_argument("--parameters", type=Path, metavar="FILE", help="read policies there, or keep them there")
    parser.add_argument("--without-resets", action="store_true", help="leave Guideline 36 out, which takes longest")
    parser.add_argument("-o", "--output", type=Path, default=Path("learning.html"), metavar="FILE", help="the page")
    given = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    week = read_spaces(shipped_spaces(), known_points())
    effort = Effort(given.seeds, given.generations, given.candidates, _CONSTANT_GENERATIONS)
    try:
        policies = _kept_or_trained(given.parameters, effort, week)
    except ConfigError as error:
        parser.error(str(error))
    result = compared(policies, week, resets=not given.without_resets)
    for row in result.rows():
        _log.info(" | ".join(row))
    written(given.output, result, policies, week)
    _log.info("%s has the table and a week as charts", given.output)


def _kept_or_trained(file: Path | None, effort: Effort, week: SpacesFile) -> Policies:
    if file is not None and file.exists():
        env = BuildingEnv(EmbeddedWorld(week), week)
        return kept(file, env.observation_names, len(week.actions))
    policies = trained(effort, week)
    if file is not None:
        keep(file, policies)
    return policies


def _teller(name: str, seed: int) -> Callable[[int, float], None]:
    return lambda generation, score: _log.info("%s, seed %s, generation %s: %.3f", name, seed, generation + 1, score)


if __name__ == "__main__":
    main()
