"""Whether a recording has what spaces ask for."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

from learning.server import KPIS, VALUE
from learning.spaces import ActionSpace, KnownPoints, SpacesFile, read_spaces
from recording.columns import RecordedEpisode, RunData
from recording.words import ACTED_FOUND, Direction
from utils.errors import ConfigError, Problem
from utils.names import did_you_mean

_USUAL_PRICE = "constant"
"""BOPTEST's, where none was asked for (boptest-api §7)."""


def spaces_for(run: RunData, file: Path) -> SpacesFile:
    """The spaces of a file, checked for a run. Raises :class:`ConfigError` with all that is wrong with both."""
    if not run.episodes:
        raise ConfigError([Problem(run.name, "has no steps of the bridge")])
    episode = run.episodes[0]
    told, acted = episode.named(Direction.FROM_SIMULATION), episode.acted
    spaces = read_spaces(file, KnownPoints(None, [*told, *acted], None, KPIS))
    problems = [*_of_the_run(run, spaces), *_of_actions(episode, spaces)]
    if problems:
        raise ConfigError(problems)
    return spaces


def frames_in_a_step(run: RunData, spaces: SpacesFile) -> float:
    """How many; NaN where nobody knows how long the run's own steps were."""
    told_s, seen_s = run.number("episode", "step_s"), run.episodes[0].step_s
    return spaces.step_s / (seen_s if math.isnan(told_s) else told_s)


def _of_the_run(run: RunData, spaces: SpacesFile) -> Iterator[Problem]:
    frames = frames_in_a_step(run, spaces)
    if not frames.is_integer():
        what = f"is {spaces.step_s} s; write a multiple of the run's own step, which is {spaces.step_s / frames:g} s"
        yield Problem("step_s", what)
    price = run.fact("episode", "price") or _USUAL_PRICE
    if price != spaces.price:
        yield Problem("price", f"is {spaces.price}, and that of the run was {price}; write that one")
    if spaces.forecasts is not None:
        yield Problem("forecasts", "are in no recording; leave them out, also where the policy is used")


def _of_actions(episode: RecordedEpisode, spaces: SpacesFile) -> Iterator[Problem]:
    told, acted = episode.named(Direction.FROM_SIMULATION), episode.acted
    inputs = [name.removesuffix(VALUE) for name in told if name.endswith(VALUE)]
    for action in spaces.actions:
        if action.unit is not None and not acted.keys() & {*action.points}:
            yield Problem(f"action {action.name}", "its unit is for set-points in controllers; leave it out")
        for point in action.points:
            if point in acted:
                yield from _of_unit(action, point, acted[point][ACTED_FOUND][0].unit)
            elif point not in inputs:
                near = did_you_mean(point, [*inputs, *acted]) or "; name an input, or a set-point that was acted on"
                yield Problem(f"action {action.name}", f"the recording has no {point!a}{near}")


def _of_unit(action: ActionSpace, point: str, unit: str) -> Iterator[Problem]:
    if (action.unit or "") != unit:
        told = f"{point} was recorded in {unit}; write that" if unit else f"{point} was recorded without one"
        yield Problem(f"action {action.name}", f"its unit is {action.unit or 'not said'}, and {told}")
