"""One episode of any environment by a policy: the embedded building, a server, or controllers in the loop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from learning.environment import BuildingEnv
from learning.example.policy import Floats
from learning.world import FloatArray


@dataclass(slots=True)
class EpisodeLog:
    """What an episode was: hours since its start, and a row of numbers per step for each name (SI)."""

    hours: list[float] = field(default_factory=list)
    told: list[Mapping[str, float]] = field(default_factory=list)
    kpis: dict[str, float] = field(default_factory=dict)
    reason: str = ""
    """Why it could not go on, where it could not."""

    def column(self, name: str) -> list[float]:
        """One of what was told, over time."""
        return [row[name] for row in self.told]


class Acts(Protocol):
    """Whatever answers observations by its parameters, as :class:`learning.example.policy.Policy` does."""

    @property
    def size(self) -> int:
        """Parameters that it has."""

    def act(self, parameters: FloatArray, observations: Floats) -> Floats:
        """``(n, size)`` and ``(n, observation)`` to actions ``(n, a)``."""


def episode(
    env: BuildingEnv, policy: Acts, parameters: FloatArray | None, options: Mapping[str, Any] | None = None
) -> EpisodeLog:
    """Run one by a policy's parameters ``(size,)``; without them by own control, where the world can do that."""
    gone = EpisodeLog()
    chosen = {**(options or {}), **({"own_control": True} if parameters is None else {})}
    observation, info = env.reset(options=chosen)
    row = np.zeros(policy.size) if parameters is None else parameters
    begun_s, is_over = info["time_s"], False
    while not is_over:
        action = policy.act(row[None], observation[None])[0]
        observation, _, terminated, truncated, info = env.step(action)
        gone.hours.append((info["time_s"] - begun_s) / 3600.0)
        gone.told.append(env.told)
        gone.kpis, gone.reason, is_over = info["kpis"], info.get("reason", ""), terminated or truncated
    return gone
