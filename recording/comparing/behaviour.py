"""Two closed-loop days by what happens in them: stages, settled values, overshoot, travel.

A building and its controllers part from each other step by step, however good both are; what a loop does stays.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from recording.moments import model_moment
from recording.numbers.actuators import reversals, travel
from recording.numbers.series import HOUR_S, greatest, least, mean, weights_s

SWITCH_S = 120.0
"""A switch may come so much earlier or later (s of model time), and a step more."""
SETTLED_SHARE = 0.02
"""Parts of the range in which both have moved: by so much the mean of an hour may be off,"""
EXTREME_SHARE = 0.05
"""the highest and the lowest value,"""
TRAVEL_SHARE = 0.2
"""and of the larger travel, what it moved up and down in all."""
LEAST_TRAVEL = 0.1
"""Ranges. Less travel than this says nothing."""
TURNS = 2
"""So many turns more or less are no other behaviour, beside a fifth of them."""


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What one output did in an episode, in its own unit. ``stages`` are the moments (s of model time) at which a
    two- or multi-state output switched, and what to; ``hours`` the means of each whole hour.
    """

    stages: tuple[tuple[float, float], ...]
    hours: tuple[float, ...]
    lowest: float
    highest: float
    travel: float
    turns: int


def behaviour(times_s: Sequence[float], values: Sequence[float], span: float) -> Behaviour:
    """Of an output that moves over ``span`` in its unit."""
    return Behaviour(
        tuple(_stages(times_s, values)) if _is_staged(values) else (),
        tuple(_hours(times_s, values)),
        least(values),
        greatest(values),
        travel(values),
        reversals([value / span for value in values]) if span > 0.0 else 0,
    )


def differences(
    times_s: Sequence[float],
    one: Sequence[float],
    other_times_s: Sequence[float],
    other: Sequence[float],
    step_s: float,
) -> list[str]:
    """What an output does otherwise in the second episode, in words; nothing where it does the same."""
    known = [value for value in (*one, *other) if math.isfinite(value)]
    if not known:
        return []
    span = max(known) - min(known)
    then, now = behaviour(times_s, one, span), behaviour(other_times_s, other, span)
    if _is_staged(one) and _is_staged(other):
        return list(_other_stages(then, now, SWITCH_S + step_s))
    return [*_other_values(then, now, span), *_other_ways(then, now, span)]


def _is_staged(values: Sequence[float]) -> bool:
    """Stages are whole numbers, and few."""
    known = {value for value in values if math.isfinite(value)}
    return len(known) <= 8 and all(value.is_integer() and 0 <= value < 100 for value in known)


def _stages(times_s: Sequence[float], values: Sequence[float]) -> Iterator[tuple[float, float]]:
    for (_, before), (time_s, after) in pairwise(zip(times_s, values, strict=True)):
        if math.isfinite(before) and math.isfinite(after) and before != after:
            yield time_s, after


def _hours(times_s: Sequence[float], values: Sequence[float]) -> Iterator[float]:
    first = 0
    while first < len(times_s):
        last = next((at for at in range(first, len(times_s)) if times_s[at] - times_s[first] >= HOUR_S), None)
        if last is None:
            return
        yield mean(weights_s(times_s[first : last + 1]), array("d", values[first : last + 1]))
        first = last


def _other_stages(then: Behaviour, now: Behaviour, reach_s: float) -> Iterator[str]:
    if len(then.stages) != len(now.stages):
        yield f"switches {len(now.stages)} times instead of {len(then.stages)}"
        return
    for (then_s, then_to), (now_s, now_to) in zip(then.stages, now.stages, strict=True):
        if then_to != now_to:
            yield f"goes to {now_to:g} instead of {then_to:g} at {model_moment(then_s)}"
            return
        if abs(now_s - then_s) > reach_s:
            when = "later" if now_s > then_s else "earlier"
            yield f"switches to {now_to:g} {abs(now_s - then_s):.0f} s {when}, at {model_moment(now_s)}"
            return


def _other_values(then: Behaviour, now: Behaviour, span: float) -> Iterator[str]:
    apart = [
        (abs(one - other), hour, one, other)
        for hour, (one, other) in enumerate(zip(then.hours, now.hours, strict=False), 1)
        if math.isfinite(one) and math.isfinite(other)
    ]
    worst = max(apart, default=(0.0, 0, 0.0, 0.0))
    if worst[0] > SETTLED_SHARE * span:
        yield f"settles at {worst[3]:.4g} instead of {worst[2]:.4g} (mean of hour {worst[1]})"
    for what, one, other in (("highest", then.highest, now.highest), ("lowest", then.lowest, now.lowest)):
        if abs(one - other) > EXTREME_SHARE * span:
            yield f"{what} {other:.4g} instead of {one:.4g}"


def _other_ways(then: Behaviour, now: Behaviour, span: float) -> Iterator[str]:
    largest = max(then.travel, now.travel)
    if largest > LEAST_TRAVEL * span and abs(then.travel - now.travel) > TRAVEL_SHARE * largest:
        yield f"travels {now.travel:.4g} instead of {then.travel:.4g}"
    if abs(then.turns - now.turns) > TURNS + TRAVEL_SHARE * max(then.turns, now.turns):
        yield f"turns {now.turns} times instead of {then.turns}"
