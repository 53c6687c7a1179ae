"""The environment of Gymnasium over one world, whichever it is."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
from numpy.typing import NDArray

from learning.environment.rendering import told_in_words
from learning.environment.starting import drawn
from learning.environment.whole import Uncopied
from learning.observing import Actor, Observer, Payer, SafeRanges
from learning.spaces import SpacesFile
from learning.world import Situation, World
from utils.errors import ConfigError, Problem

Observation = NDArray[np.float32]


class BuildingEnv(Uncopied, gymnasium.Env[NDArray[np.float32], NDArray[np.float32]]):
    """Acts on a world in steps of ``spaces.step_s``; observations, actions and rewards are those of the spaces.

    ``truncated`` at the end of the time or of the scenario; ``terminated`` only where the episode cannot go on, with
    the reason in ``info["reason"]``. ``info["cost"]`` is what constraints cost, ``info["action_mask"]`` which actions
    the next step takes, ``info["kpis"]`` BOPTEST's KPIs since the start, ``info["time_s"]`` model time.
    """

    metadata = {  # noqa: RUF012 - as Gymnasium has it
        "render_modes": ["ansi"],
        "render_fps": 1,
    }

    def __init__(self, world: World, spaces: SpacesFile, render_mode: str | None = None) -> None:
        if render_mode not in (None, *self.metadata["render_modes"]):
            raise ConfigError([Problem("render_mode", f"is {render_mode!a}; write 'ansi', which is text, or None")])
        self.world, self.spaces, self.render_mode = world, spaces, render_mode
        self._actor, self._observer = Actor(spaces), Observer(spaces, world.kpi_names)
        self._safe_ranges = SafeRanges(spaces)
        self._payer = Payer(spaces, world.kpi_names)
        self.observation_names, self.action_names = self._observer.names, self._actor.names
        self.observation_space = gymnasium.spaces.Box(-1.0, 1.0, (self._observer.size,), np.float32)
        self.action_space = gymnasium.spaces.Box(-1.0, 1.0, (len(spaces.actions),), np.float32)
        self._steps_left = 0
        self._situation: Situation | None = None

    @property
    def plant(self) -> str:
        """The identity of what is acted on."""
        return self.world.identity

    @property
    def told(self) -> dict[str, float]:
        """Observations and actions in force by their names, SI units; empty before the first reset."""
        situation, spaces = self._situation, self.spaces
        if situation is None:
            return {}
        seen = zip((seen.point for seen in spaces.observations), situation.measured.tolist(), strict=True)
        acting = zip((action.name for action in spaces.actions), situation.actions.tolist(), strict=True)
        return {**dict(seen), **dict(acting)}

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Observation, dict[str, Any]]:
        """Begin an episode: on a day drawn from the seed, or where ``options`` say.

        ``options["start"]`` is a model time (s) or a date, ``options["period"]`` one of BOPTEST's, and
        ``options["parameters"]`` are those of the building that differ, by paths such as ``envelope.window_w_m2k``.
        With ``options["own_control"]`` the building's own control has it, and actions are not looked at.
        Raises :class:`utils.errors.BridgeError`; where the world did not begin, there is no episode any more.
        """
        super().reset(seed=seed)
        start = drawn(self.spaces, self.np_random, options)
        self._steps_left = 0
        situation = self._situation = self.world.start(start)
        self._steps_left = self.spaces.steps if start.period is None else -1
        return self._seen(situation), self._info(situation, 0.0)

    def step(self, action: NDArray[np.float32]) -> tuple[Observation, float, bool, bool, dict[str, Any]]:
        """Advance the world by a step.

        Raises RuntimeError before the first reset and behind an episode's end, ValueError for an action of another
        shape, or that is NaN where the mask takes it.
        """
        before = self._situation
        if before is None or self._steps_left == 0:
            raise RuntimeError("there is no episode to step in; call reset")
        values = self._actor.values(action)
        if np.isnan(values[before.mask]).any():
            raise ValueError(f"the action is {action}, and takes no NaN")
        situation = self._situation = self.world.act(values)
        self._steps_left -= 1
        change = situation.kpis - before.kpis
        reason = situation.ended or self._safe_ranges.told(situation.measured.tolist())
        truncated = not reason and (situation.is_over or self._steps_left == 0)
        if reason or truncated:
            self._steps_left = 0
        info = self._info(situation, float(self._payer.cost(change)))
        if reason:
            info["reason"] = reason
        return self._seen(situation), float(self._payer.reward(change)), bool(reason), truncated, info

    def render(self) -> str:
        """Where the world stands, as text."""
        if self._situation is None:
            return "there is no episode; call reset\n"
        return told_in_words(self.spaces, self.world.kpi_names, self._situation)

    def close(self) -> None:
        """Give back whatever the world has taken. The episode is over; a reset begins anew where the world can."""
        self._steps_left = 0
        self.world.close()

    def _seen(self, situation: Situation) -> Observation:
        return self._observer.see(
            situation.time_s, situation.measured, situation.forecast, situation.kpis, situation.actions
        )

    def _info(self, situation: Situation, cost: float) -> dict[str, Any]:
        return {
            "cost": cost,
            "action_mask": situation.mask.astype(np.int8),
            "kpis": dict(zip(self.world.kpi_names, situation.kpis.tolist(), strict=True)),
            "time_s": situation.time_s,
            **situation.info,
        }
