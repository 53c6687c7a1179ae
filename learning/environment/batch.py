"""Many embedded buildings as one environment of Gymnasium's vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import gymnasium
import numpy as np
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from learning.embedded.buildings import Buildings
from learning.embedded.tally import KPIS
from learning.environment.starting import drawn, options_of
from learning.environment.whole import Uncopied
from learning.observing import Observer, Payer, SafeRanges
from learning.spaces import SpacesFile
from learning.world import BoolArray, FloatArray

Floats: TypeAlias = NDArray[np.float32]


class BuildingBatch(Uncopied, VectorEnv[Floats, Floats, NDArray[Any]]):
    """A row of buildings, each an episode of its own; what :class:`BuildingEnv` says of one holds for each.

    ``AutoresetMode.NEXT_STEP``: the step after a building's last one begins its next episode in the place of acting,
    with a reward of 0. ``info`` has arrays: ``cost`` (n,), ``action_mask`` (n, a), ``kpis`` (n, k; ``kpi_names``),
    ``time_s`` (n,), and ``reason`` where ``_reason`` says that an episode could not go on.
    """

    metadata = {"render_modes": [], "autoreset_mode": AutoresetMode.NEXT_STEP}  # noqa: RUF012 - as Gymnasium has it
    kpi_names = KPIS

    def __init__(self, buildings: Buildings, spaces: SpacesFile) -> None:
        self.buildings, self.spaces, self.num_envs = buildings, spaces, buildings.count
        self._observer, self._payer = Observer(spaces, KPIS), Payer(spaces, KPIS)
        self.observation_names, self.action_names = self._observer.names, buildings.actor.names
        self.single_observation_space = gymnasium.spaces.Box(-1.0, 1.0, (self._observer.size,), np.float32)
        self.single_action_space = gymnasium.spaces.Box(-1.0, 1.0, (len(spaces.actions),), np.float32)
        self.observation_space = batch_space(self.single_observation_space, self.num_envs)
        self.action_space = batch_space(self.single_action_space, self.num_envs)
        self._safe_ranges = SafeRanges(spaces)
        self._randoms: list[np.random.Generator] = []
        self._has_begun = False
        self._kpis = np.zeros((self.num_envs, len(KPIS)))
        self._done: BoolArray = np.zeros(self.num_envs, np.bool_)

    @property
    def plant(self) -> str:
        """The identity of what is acted on."""
        return self.buildings.identity

    def reset(
        self, *, seed: int | Sequence[int | None] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Floats, dict[str, Any]]:
        """Begin an episode of each. ``options`` are those of one environment; a list has one for each building.

        A seed is that of the first building, and the next ones' follow it. Raises
        :class:`utils.errors.BridgeError`, and ValueError for seeds that cannot be; there are no episodes then.
        """
        self._has_begun = False
        if seed is not None or not self._randoms:
            self._randoms = [np.random.default_rng(one) for one in self._seeds(seed)]
        for number in range(self.num_envs):
            self._begin(number, options)
        self._done[:] = False
        self._kpis = self.buildings.kpis
        self._has_begun = True
        return self._seen(), self._info(np.zeros(self.num_envs))

    def step(self, actions: Floats) -> tuple[Floats, FloatArray, BoolArray, BoolArray, dict[str, Any]]:
        """Advance all buildings by a step; who was done begins anew.

        Raises RuntimeError before a reset has succeeded, ValueError for actions of another shape, or NaN.
        """
        if not self._has_begun:
            raise RuntimeError("there are no episodes to step in; call reset")
        begins = self._done
        self.buildings.act(self.buildings.actor.values(actions, self.num_envs))
        for number in np.flatnonzero(begins):
            self._begin(int(number), None)
        kpis = self.buildings.kpis
        change = np.where(begins[:, None], 0.0, kpis - self._kpis)
        self._kpis = kpis
        terminated = self._safe_ranges.left(self.buildings.measured) & ~begins
        truncated = self.buildings.over & ~begins & ~terminated
        self._done = terminated | truncated
        info = self._info(self._payer.cost(change))
        if terminated.any():
            info |= {"reason": self._reasons(terminated), "_reason": terminated}
        return self._seen(), self._payer.reward(change), terminated, truncated, info

    def close_extras(self, **_: object) -> None:
        """End the threads of the buildings."""
        self.buildings.close()

    def _seeds(self, seed: int | Sequence[int | None] | None) -> Sequence[int | None]:
        if seed is None:
            return [None] * self.num_envs
        if isinstance(seed, int | np.integer):
            return [int(seed) + number for number in range(self.num_envs)]
        if len(seed) != self.num_envs:
            raise ValueError(f"there are {len(seed)} seeds for {self.num_envs} buildings")
        return seed

    def _begin(self, number: int, options: dict[str, Any] | None) -> None:
        own = options_of(options, number, self.num_envs)
        self.buildings.start(number, drawn(self.spaces, self._randoms[number], own))

    def _seen(self) -> Floats:
        all_of_them = self.buildings
        return self._observer.see(
            all_of_them.times_s, all_of_them.measured, all_of_them.forecast(), self._kpis, all_of_them.actions
        )

    def _info(self, cost: FloatArray) -> dict[str, Any]:
        told = {
            "cost": cost,
            "action_mask": self.buildings.mask.astype(np.int8),
            "kpis": self._kpis,
            "time_s": self.buildings.times_s.copy(),
        }
        return {**told, **{f"_{name}": np.ones(self.num_envs, np.bool_) for name in told}}

    def _reasons(self, terminated: BoolArray) -> NDArray[np.object_]:
        reasons = np.full(self.num_envs, "", dtype=object)
        measured = self.buildings.measured
        for number in np.flatnonzero(terminated):
            reasons[number] = self._safe_ranges.told(measured[number].tolist())
        return reasons
