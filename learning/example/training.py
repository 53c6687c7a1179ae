"""Training: the cross-entropy method on a batch of days, each candidate beside the building's own control.

In every generation all candidates meet the same days, one of each season, drawn from weeks that nobody is judged on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from learning.environment import BuildingBatch
from learning.example.policy import Policy
from learning.example.weeks import SEASONS, training_day
from learning.world import FloatArray
from utils.clocks import DAY_S

COST, PEAK, COMFORT, AIR = 1.0, 0.5, 2.0, 0.005
"""What counts: cost and peak as shares of own control's; K h and ppm h per zone and day that it is worse than that,
in the mean of the days."""


@dataclass(frozen=True, slots=True)
class Search:
    """How long and how widely is searched; ``batch`` has ``(candidates + 1) * SEASONS`` buildings and days of 1."""

    batch: BuildingBatch
    candidates: int
    elite: int
    generations: int
    spread: float = 0.4
    least_spread: float = 0.05
    kept: float = 0.3
    """Of the last generation's mean and spread."""

    def best(self, policy: Policy, seed: int, tell: Callable[[int, float], None]) -> FloatArray:
        """Parameters ``(size,)`` after the last generation; the same for the same seed."""
        random = np.random.default_rng(seed)
        mean, spread = policy.usual, np.full(policy.size, self.spread)
        for generation in range(self.generations):
            tried = mean + spread * random.standard_normal((self.candidates, policy.size))
            tried[0] = mean
            days = [training_day(season, random) for season in range(SEASONS)]
            scores = self._scores(policy, tried, days)
            chosen = tried[np.argsort(scores)[: self.elite]]
            mean = self.kept * mean + (1.0 - self.kept) * chosen.mean(0)
            spread = self.kept * spread + (1.0 - self.kept) * np.maximum(chosen.std(0), self.least_spread)
            tell(generation, float(scores[0]))
        return mean

    def _scores(self, policy: Policy, tried: FloatArray, days: Sequence[int]) -> FloatArray:
        """Of each candidate; less is better, and own control has ``COST + PEAK``."""
        rows = len(tried) + 1
        own = [number == rows - 1 for number in range(rows) for _ in days]
        kpis = run(self.batch, policy, np.repeat([*tried, tried[0]], len(days), 0), [*days] * rows, own)
        table = {name: kpis[:, place].reshape(rows, -1) for place, name in enumerate(self.batch.kpi_names)}
        cost, peak = (table[name].sum(1) / table[name][-1].sum() for name in ("cost_tot", "pele_tot"))
        worse = ((table[name] - table[name][-1]).mean(1) for name in ("tdis_tot", "idis_tot"))
        warm, stale = (np.maximum(mean, 0.0) for mean in worse)  # over all days: a better one makes up for a worse one
        scores: FloatArray = (COST * cost + PEAK * peak + COMFORT * warm + AIR * stale)[:-1]
        return scores


def run(
    batch: BuildingBatch, policy: Policy, parameters: FloatArray, days: Sequence[int], own: Sequence[bool]
) -> FloatArray:
    """KPIs ``(n, k)`` at the end of an episode of each building, by a policy or by its own control."""
    options = {"start": [float(day * DAY_S) for day in days], "own_control": list(own)}
    observations, info = batch.reset(seed=0, options=options)
    for _ in range(batch.spaces.steps):
        observations, *_, info = batch.step(policy.act(parameters, observations))
    kpis: FloatArray = info["kpis"]
    return kpis
