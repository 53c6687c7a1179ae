"""Steps of a recording that an environment could have made, and why others could not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from learning.observing import Actor, Observer, Payer, SafeRanges
from learning.recorded.asking import frames_in_a_step
from learning.recorded.rows import FrameRows, rows_of
from learning.server import KPIS
from learning.spaces import SpacesFile
from learning.world import BoolArray, FloatArray
from recording.columns import RunData

_NOT_WHOLE = "with steps that are missing, or the end of the run in their midst"
_NOT_PAID = "without indicators at both ends, for which runs ask with BOP_KPI_TIME"
_NOT_KNOWN = "with a value that is missing or doubtful"
_APART = "with points of one action that were not at one value"
_BEYOND = "with an action outside its bounds"
_OUTSIDE = "that began outside the limits"
_SAME = 1e-6
"""Of a range or a step: closer is the same."""


@dataclass(frozen=True, slots=True)
class RecordedTransitions:
    """``n`` of them, in the order of their times: what an environment of these spaces would have told.

    ``actions`` are what an agent would have answered for what was in force in the step, its mean where it moved;
    ``action_masks`` tell which of them count. ``terminated`` is a limit that was passed, ``truncated`` the last one
    before an end, a reset or one that was dropped. ``times_s`` is model time at the beginning. ``dropped`` counts
    steps that cannot be told, by why.
    """

    observations: NDArray[np.float32]
    actions: NDArray[np.float32]
    action_masks: NDArray[np.int8]
    rewards: FloatArray
    costs: FloatArray
    next_observations: NDArray[np.float32]
    terminated: BoolArray
    truncated: BoolArray
    episodes: NDArray[np.intp]
    times_s: FloatArray
    observation_names: tuple[str, ...]
    action_names: tuple[str, ...]
    dropped: Mapping[str, int]

    @property
    def arrays(self) -> Mapping[str, NDArray[np.generic]]:
        """All that has a row for each."""
        told = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in told.items() if isinstance(value, np.ndarray)}


def transitions_of(run: RunData, spaces: SpacesFile) -> RecordedTransitions:
    """All of a run, by spaces that were checked for it."""
    teller, every = _Teller(spaces), round(frames_in_a_step(run, spaces))
    told = [teller.tell(rows_of(episode, spaces), every, episode.number) for episode in run.episodes]
    dropped = {why: sum(one.dropped.get(why, 0) for one in told) for one in told for why in one.dropped}
    joined = {name: np.concatenate([one.arrays[name] for one in told]) for name in told[0].arrays}
    return RecordedTransitions(**joined, **teller.names, dropped=dropped)  # type: ignore[arg-type]


class _Teller:
    """Has the parts of an environment that observe, act and pay."""

    def __init__(self, spaces: SpacesFile) -> None:
        self._step_s, self._has_limits = spaces.step_s, bool(spaces.limits)
        self._actor, self._observer = Actor(spaces), Observer(spaces, KPIS)
        self._payer, self._safe_ranges = Payer(spaces, KPIS), SafeRanges(spaces)

    @property
    def names(self) -> dict[str, tuple[str, ...]]:
        """Of observations and actions."""
        return {"observation_names": self._observer.names, "action_names": self._actor.names}

    def tell(self, rows: FrameRows, every: int, episode: int) -> RecordedTransitions:
        """Those of an episode."""
        firsts = _whole_steps(rows, self._step_s, every)
        answers, spread = self._answers(rows, firsts, every)
        masks = self._actor.mask(rows.times_s[firsts]) & rows.free[firsts]
        kept, dropped = self._sorted(rows, firsts, every, answers, spread, masks)
        dropped = {_NOT_WHOLE: _begun(rows, self._step_s) - len(firsts), **dropped}
        firsts, answers, masks = firsts[kept], answers[kept], masks[kept]
        lasts = firsts + every
        change = rows.kpis[lasts] - rows.kpis[firsts]
        terminated = self._left(rows.measured[lasts])
        goes_on = np.append(firsts[1:] == lasts[:-1], False) if len(firsts) else np.zeros(0, bool)
        return RecordedTransitions(
            self._seen(rows, firsts),
            np.clip(answers, -1.0, 1.0).astype(np.float32),
            masks.astype(np.int8),
            self._payer.reward(change),
            self._payer.cost(change),
            self._seen(rows, lasts),
            terminated,
            ~goes_on & ~terminated,
            np.full(len(firsts), episode),
            rows.times_s[firsts],
            **self.names,
            dropped={why: count for why, count in dropped.items() if count},
        )

    def _seen(self, rows: FrameRows, places: NDArray[np.intp]) -> NDArray[np.float32]:
        nothing = np.zeros((len(places), 0))
        times_s, measured, in_force = rows.times_s[places], rows.measured[places], rows.in_force[places]
        return self._observer.see(times_s, measured, nothing, rows.kpis[places], in_force)

    def _left(self, measured: FloatArray) -> BoolArray:
        return self._safe_ranges.left(measured) if self._has_limits else np.zeros(len(measured), bool)

    def _answers(self, rows: FrameRows, firsts: NDArray[np.intp], every: int) -> tuple[FloatArray, FloatArray]:
        """What an agent would have answered (n, a), NaN where that is not known; how far points were apart (n, a)."""
        within = firsts[:, None] + np.arange(1, every + 1)
        during = rows.in_force[within]
        is_still = np.ptp(during, axis=1) == 0.0
        values = np.where(is_still, during[:, 0], during.mean(1))
        return self._actor.answers(values), self._actor.share(rows.apart[within].max(1))

    def _sorted(
        self,
        rows: FrameRows,
        firsts: NDArray[np.intp],
        every: int,
        answers: FloatArray,
        apart: FloatArray,
        masks: BoolArray,
    ) -> tuple[BoolArray, dict[str, int]]:
        """Which can be told, and how many cannot, by the first reason that there is."""
        lasts = firsts + every
        known = [rows.measured[firsts], rows.measured[lasts], rows.in_force[firsts], answers]
        objections = {
            _NOT_PAID: np.isnan(rows.kpis[firsts] + rows.kpis[lasts]).any(1),
            _NOT_KNOWN: np.isnan(np.concatenate(known, axis=1)).any(1),
            _APART: ((apart > _SAME) & masks).any(1),
            _BEYOND: ((np.abs(answers) > 1.0 + _SAME) & masks).any(1),
            _OUTSIDE: self._left(rows.measured[firsts]),
        }
        kept, dropped = np.ones(len(firsts), bool), {}
        for why, applies in objections.items():
            dropped[why] = int((kept & applies).sum())
            kept &= ~applies
        return kept, dropped


def _whole_steps(rows: FrameRows, step_s: float, every: int) -> NDArray[np.intp]:
    """In which rows those begin that have all their frames."""
    steps = (rows.times_s - rows.begun_s) / step_s
    begins = np.flatnonzero(np.abs(steps - np.round(steps)) < _SAME)
    begins = begins[begins + every < len(steps)]
    missing = np.concatenate([[0], np.cumsum(~rows.is_there)])
    is_whole = missing[begins + every + 1] == missing[begins]
    is_one_long = np.abs(steps[begins + every] - steps[begins] - 1.0) < _SAME
    whole: NDArray[np.intp] = begins[is_whole & is_one_long]
    return whole


def _begun(rows: FrameRows, step_s: float) -> int:
    """How many steps the recording has anything of, or has lost between others."""
    first, last = (rows.times_s[[0, -1]] - rows.begun_s) / step_s
    return int(np.ceil(last - _SAME) - np.floor(first + _SAME))
