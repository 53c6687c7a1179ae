"""Two recordings of the same day, closed loop, output by output."""

from __future__ import annotations

from dataclasses import dataclass

from recording.columns import RecordedColumn, RecordedEpisode, RunData
from recording.comparing.behaviour import differences
from recording.comparing.likeness import LEAST_HEARD, Likeness, known_in
from recording.words import Direction, Signal

_OF_A_DAY = ("step_s", "period", "price", "warmup_s")
_LEAST_SHARED = 0.9
"""Part of the longer one that both have to have."""


@dataclass(frozen=True, slots=True)
class DayOfOutput:
    """An output's day against another: what it does otherwise, or why nothing can be said."""

    signal: Signal
    likeness: Likeness
    words: tuple[str, ...] = ()


def other_day(one: RunData, other: RunData, episode: int = 0) -> str:
    """Why an episode of two recordings is not of the same day; empty where it is."""
    told = [
        f"{name} is {other.fact('episode', name)} in the second and {one.fact('episode', name)} in the first"
        for name in _OF_A_DAY
        if one.fact("episode", name) != other.fact("episode", name)
    ]
    if one.fact("test_case", "name") != other.fact("test_case", "name"):
        told.insert(0, "they are of two test cases")
    then, now = one.episode(episode), other.episode(episode)
    if then is None or now is None:
        told.insert(0, f"one of them has no steps of episode {episode}")
    elif then.first_number == now.first_number and abs(then.first_s - now.first_s) > 0.5 * then.step_s:
        told.append(f"the second begins {abs(now.first_s - then.first_s) / 3600.0:.1f} h of model time apart")
    return "; ".join(told)


def compare_days(one: RecordedEpisode, other: RecordedEpisode) -> list[DayOfOutput]:
    """Every output of the first, over the time that both have."""
    first_s, last_s = max(one.first_s, other.first_s), min(one.last_s, other.last_s)
    then, now = one.within(first_s, last_s), other.within(first_s, last_s)
    outputs, others = then.tied(Direction.FROM_CONTROLLER), now.tied(Direction.FROM_CONTROLLER)
    if then.steps < _LEAST_SHARED * max(one.steps, other.steps):
        why = (f"both have only {max(last_s - first_s, 0.0) / 3600.0:.1f} h in common",)
        return [DayOfOutput(signal, Likeness.NOT_COMPARABLE, why) for signal, _ in outputs.values()]
    found = [_compared(then, column, now, others.get(tied)) for tied, column in outputs.items()]
    why = ("the first recording does not have it",)
    return [*found, *(DayOfOutput(others[tied][0], Likeness.NOT_COMPARABLE, why) for tied in others.keys() - outputs)]


def _compared(
    then: RecordedEpisode, output: RecordedColumn, now: RecordedEpisode, other: RecordedColumn | None
) -> DayOfOutput:
    signal, was = output
    if other is None:
        return DayOfOutput(signal, Likeness.NOT_COMPARABLE, ("the second recording does not have it",))
    theirs, column = other
    if signal.unit != theirs.unit:
        words = (f"in {theirs.unit or 'no unit'} instead of {signal.unit or 'no unit'}",)
        return DayOfOutput(signal, Likeness.NOT_COMPARABLE, words)
    known = sorted((known_in(was) * now.steps, known_in(column) * then.steps))
    if not known[0] or known[0] < LEAST_HEARD * known[1]:
        words = (f"known in {known_in(was)} steps of the first and {known_in(column)} of the second",)
        return DayOfOutput(signal, Likeness.NOT_COMPARABLE, words)
    told = differences(then.times_s, was, now.times_s, column, then.step_s)
    return DayOfOutput(signal, Likeness.DIFFERENT if told else Likeness.SAME, tuple(told))
