"""The states that a simulation told in one episode of a recording."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from itertools import pairwise

from recording import BRIDGE, Direction, RecordedRun
from recording.columns import RecordedEpisode, read_run
from utils.clocks import ModelSeconds
from utils.errors import ConfigError, Problem
from utils.values import PointMetadata, SimulationState

_STEP_TOLERANCE = 0.01
"""Part of a step by which two steps may lie otherwise apart."""


class RecordedStates:
    """The states of one episode of a recording, and how they were begun."""

    def __init__(self, run: RecordedRun, number: int = 0) -> None:
        """Raises :class:`ConfigError` where there is nothing to play."""
        self.name = run.name
        """What the recording is called."""
        if BRIDGE not in run.streams:
            raise self._refused("no simulation ran controllers in it: there is nothing to play")
        self.run = read_run(run)
        self.number = number
        found = self.run.episode(number)
        rows = _whole(found) if found is not None else 0
        if found is None or rows < 2:
            raise self._refused(f"episode {number} has no two steps in a row from its beginning on{self._others()}")
        self.episode: RecordedEpisode = found.within(found.first_s, found.times_s[rows - 1])
        """What is played: up to the first gap."""
        self.left_out = found.steps - rows
        """How many steps are behind that gap."""

    @property
    def start_s(self) -> ModelSeconds:
        """When frame 0 was."""
        return ModelSeconds(self.episode.first_s)

    @property
    def step_s(self) -> float:
        """Model time between two frames, s."""
        return self.episode.times_s[1] - self.episode.times_s[0]

    @property
    def steps(self) -> int:
        """How often the simulation was advanced, up to the first gap."""
        return self.episode.steps - 1

    def states(self) -> Iterator[SimulationState]:
        """What the simulation told, from frame 0 on."""
        told = self.episode.named(Direction.FROM_SIMULATION)
        for place, time_s in enumerate(self.episode.times_s):
            yield SimulationState(ModelSeconds(time_s), {name: column[place] for name, column in told.items()})

    def metadata(self) -> Mapping[str, PointMetadata]:
        """The simulation's points. Raises :class:`ConfigError` where the recording does not tell them."""
        told = self.run.facts.get("metadata")
        if not isinstance(told, dict) or not told:
            raise self._refused("does not say which points the simulation had")
        return {name: _metadata(one) for name, one in told.items()}

    def _others(self) -> str:
        """Which episodes there are, where there are several."""
        there = [str(episode.number) for episode in self.run.episodes]
        return f"; it has the episodes {', '.join(there)}" if len(there) > 1 else ""

    def _refused(self, what: str) -> ConfigError:
        return ConfigError([Problem(self.name, what)])


def _whole(episode: RecordedEpisode) -> int:
    """Rows from frame 0 on until one is not where it should be: what follows a gap was never a next state."""
    if episode.first_number != 0 or episode.steps < 2:
        return 0
    times, walls = episode.times_s, episode.wall_s
    step_s = times[1] - times[0]
    for place, (before_s, time_s) in enumerate(pairwise(times), 1):
        if math.isnan(walls[place]) or abs(time_s - before_s - step_s) > _STEP_TOLERANCE * step_s:
            return place
    return len(times)


def _metadata(told: Mapping[str, object]) -> PointMetadata:
    unit, minimum, maximum = told.get("unit"), told.get("minimum"), told.get("maximum")
    return PointMetadata(
        unit if isinstance(unit, str) else None,
        str(told.get("description", "")),
        minimum if isinstance(minimum, int | float) else None,
        maximum if isinstance(maximum, int | float) else None,
        is_input=told.get("is_input") is True,
    )
