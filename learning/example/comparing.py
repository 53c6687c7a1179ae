"""Ways of control on the weeks that were held out: KPIs of each, and what they save beside the building's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from learning.environment import BuildingBatch
from learning.example.policy import Policy
from learning.example.statistics import interquartile_mean, interval
from learning.example.training import run
from learning.example.weeks import HELD_OUT, WEEK_DAYS
from learning.world import FloatArray

SAVED = ("ener_tot", "cost_tot", "pele_tot")
FELT = ("tdis_tot", "idis_tot")
TOLERATED_KH = 0.5
"""K h per zone and week by which comfort may be worse and still count as equal."""
OWN = "own control"


@dataclass(frozen=True, slots=True)
class Compared:
    """KPIs of each way of control, ``(seeds, weeks, k)``; ways without a seed have one row."""

    kpi_names: tuple[str, ...]
    kpis: Mapping[str, FloatArray]

    def saved(self, way: str, kpi: str) -> FloatArray:
        """Shares of what own control takes in the same week, ``(seeds, weeks)``; below 0 where it takes more."""
        place = self.kpi_names.index(kpi)
        shares: FloatArray = 1.0 - self.kpis[way][..., place] / self.kpis[OWN][..., place]
        return shares

    def worse(self, way: str, kpi: str) -> FloatArray:
        """By how much more than own control's."""
        place = self.kpi_names.index(kpi)
        more: FloatArray = self.kpis[way][..., place] - self.kpis[OWN][..., place]
        return more

    def rows(self) -> list[list[str]]:
        """A row per way: what is saved of energy, cost and peak, and comfort and air beside own control's."""
        return [self._row(way) for way in self.kpis if way != OWN]

    def _row(self, way: str) -> list[str]:
        cells = [way]
        for kpi in SAVED:
            shares = 100.0 * self.saved(way, kpi)
            low, high = interval(shares)
            cells.append(f"{interquartile_mean(shares):.1f} % ({low:.1f} to {high:.1f})")
        for kpi in FELT:
            more = self.worse(way, kpi)
            cells.append(f"{interquartile_mean(more):+.2f} (at most {more.max():+.2f})")
        equal = self.worse(way, "tdis_tot") <= TOLERATED_KH
        cells.append(f"{int(equal.sum())} of {equal.size}")
        return cells


def by_policies(batch: BuildingBatch, policies: Mapping[str, tuple[Policy, FloatArray]]) -> dict[str, FloatArray]:
    """KPIs of own control and of each policy's rows of parameters, one per seed, on the weeks that were held out.

    The batch has as many buildings as there are weeks, and episodes of a week.
    """
    days = [week * WEEK_DAYS for week in HELD_OUT]
    some = next(iter(policies.values()))
    nobody = np.repeat(some[1][:1], len(days), 0)
    kpis = {OWN: run(batch, some[0], nobody, days, [True] * len(days))[None]}
    for name, (policy, seeds) in policies.items():
        of_seeds = [run(batch, policy, np.repeat(row[None], len(days), 0), days, [False] * len(days)) for row in seeds]
        kpis[name] = np.array(of_seeds)
    return kpis
