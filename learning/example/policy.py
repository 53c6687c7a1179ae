"""A policy that fits on a page: actions are linear in a few numbers of the observation, through tanh."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from learning.world import FloatArray

Floats: TypeAlias = NDArray[np.float32]
_ZONES = "TZon_y"
SEEN = (
    "weaSta_reaWeaTDryBul_y",
    "TDryBul in 4 h",
    "weaSta_reaWeaHGloHor_y",
    "PriceElectricPowerDynamic in 0 h",
    "hour (sine)",
    "hour (cosine)",
)
USUAL = (-0.9, 0.0, 0.7, -0.5)
"""About what the building's own control has while it is occupied: 12 °C, half the pressure, 20 and 24 °C."""


@dataclass(frozen=True, slots=True)
class Policy:
    """Its shape. Parameters are kept apart, a row for each building: ``(n, size)``.

    Without ``looks`` it answers the same to everything: constant set-points.
    """

    observation_names: Sequence[str]
    actions: int
    looks: bool = True

    @property
    def size(self) -> int:
        """Parameters: a weight per action and feature, and what is added."""
        return self.actions * (len(SEEN) + 3 + 1 if self.looks else 1)

    @property
    def usual(self) -> FloatArray:
        """Parameters ``(size,)`` that answer :data:`USUAL` to everything: where a search begins."""
        parameters = np.zeros((self.actions, self.size // self.actions))
        parameters[:, -1] = np.arctanh(USUAL)
        return parameters.ravel()

    def features(self, observations: Floats) -> FloatArray:
        """``(n, observation)`` to ``(n, f)``: outdoors, sun, price, hour; mean, coldest and warmest zone; and 1."""
        one = np.ones((len(observations), 1))
        if not self.looks:
            return one
        names = list(self.observation_names)
        zones = observations[:, [place for place, name in enumerate(names) if name.endswith(_ZONES)]]
        seen = observations[:, [names.index(name) for name in SEEN]]
        of_zones = np.stack([zones.mean(1), zones.min(1), zones.max(1)], 1)
        return np.concatenate([seen, of_zones, one], 1)

    def act(self, parameters: FloatArray, observations: Floats) -> Floats:
        """Actions of each building by its own parameters: ``(n, size)`` and ``(n, observation)`` to ``(n, a)``."""
        weights = parameters.reshape(len(parameters), self.actions, -1)
        actions: Floats = np.tanh(np.einsum("naf,nf->na", weights, self.features(observations))).astype(np.float32)
        return actions
