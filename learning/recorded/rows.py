"""An episode of a recording as arrays: a row for each frame, what spaces name in their order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from learning.server import KPIS, VALUE
from learning.spaces import SpacesFile
from learning.world import BoolArray, FloatArray
from recording.columns import RecordedColumn, RecordedEpisode
from recording.words import ACTED_FOUND, ACTED_LED, ACTED_MASKED, Direction


@dataclass(frozen=True, slots=True)
class FrameRows:
    """SI units and those of the actions; NaN for what is not known, and in rows that stand for missing ones.

    ``measured`` (r, m) and ``in_force`` (r, a) are what an agent observes in a frame; ``in_force`` has been in force in
    the step that ended there, too. ``apart`` (r, a) is how far the points of an action are from each other, ``free``
    (r, a) whether any of them may be acted on. ``kpis`` (r, k) are NaN in frames in which nobody asked for them.
    ``begun_s`` is the model time that steps count from.
    """

    begun_s: float
    times_s: FloatArray
    is_there: BoolArray
    measured: FloatArray
    in_force: FloatArray
    apart: FloatArray
    free: BoolArray
    kpis: FloatArray


def rows_of(episode: RecordedEpisode, spaces: SpacesFile) -> FrameRows:
    """An episode that has what the spaces name."""
    is_there = np.isfinite(episode.wall_s)
    told, acted = episode.named(Direction.FROM_SIMULATION), episode.acted
    points = [[_in_force(point, told, acted, episode, is_there) for point in one.points] for one in spaces.actions]
    free = [[_is_free(acted.get(point), is_there) for point in one.points] for one in spaces.actions]
    return FrameRows(
        episode.first_s - (episode.first_number * episode.step_s if episode.first_number else 0.0),
        np.array(episode.times_s),
        is_there,
        _side_by_side([_measured(seen.point, told, acted) for seen in spaces.observations]),
        _side_by_side([same[0] for same in points]),
        _side_by_side([np.ptp(same, axis=0) for same in points]),
        np.stack([np.logical_or.reduce(any_of) for any_of in free], -1),
        _kpis(episode),
    )


Acted = Mapping[str, Mapping[str, RecordedColumn]]


def _measured(name: str, told: Mapping[str, Sequence[float]], acted: Acted) -> FloatArray:
    return np.array(told[name] if name in told else acted[name][ACTED_FOUND][1])


def _in_force(
    point: str, told: Mapping[str, Sequence[float]], acted: Acted, episode: RecordedEpisode, is_there: BoolArray
) -> FloatArray:
    """An input as the building tells it; a set-point as it was led in the frame before, or as it was found."""
    if point not in acted:
        return np.array(told[f"{point}{VALUE}"])
    columns = {role: np.array(column) for role, (_, column) in acted[point].items()}
    before = np.concatenate([[np.nan], columns[ACTED_LED][:-1]])
    is_led = np.isfinite(before) & (columns[ACTED_MASKED] < 0.5)
    in_force: FloatArray = np.where(is_led, before, columns[ACTED_FOUND])
    is_known = np.concatenate([[episode.first_number == 0], is_there[:-1]])
    return np.where(is_known, in_force, np.nan)


def _is_free(columns: Mapping[str, RecordedColumn] | None, is_there: BoolArray) -> BoolArray:
    return is_there if columns is None else np.array(columns[ACTED_MASKED][1]) < 0.5


def _kpis(episode: RecordedEpisode) -> FloatArray:
    """An indicator that a case has not stays 0, as in an environment over a server; one that lacks once is NaN."""
    indicators, nothing = episode.indicators, np.full(len(episode.times_s), np.nan)
    kpis = _side_by_side([np.array(indicators.get(name, nothing)) for name in KPIS])
    is_told = np.isfinite(kpis)
    kpis[np.ix_(is_told.any(1), ~is_told.any(0))] = 0.0
    return kpis


def _side_by_side(columns: Sequence[FloatArray]) -> FloatArray:
    return np.stack(columns, -1)
