"""What is to be said of one output that was played again."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import permutations

from recording.comparing.funnel import EXACT, Funnel, Tolerance, funnel
from recording.words import Signal

MOST_NOISE = 0.2
"""Part of an output's own range. One that spreads by more when nothing was changed says nothing of a change."""
LEAST_HEARD = 0.9
"""Part of the recorded steps in which a replay has to have heard the controller."""


class Likeness(StrEnum):
    """Whether an output does what it did."""

    SAME = "same"
    DIFFERENT = "different"
    NOT_COMPARABLE = "not comparable"


ORDER = (Likeness.DIFFERENT, Likeness.NOT_COMPARABLE, Likeness.SAME)
"""In which verdicts are told."""


def counted(found: Sequence[Likeness]) -> str:
    """How many there are of each verdict, in words."""
    counts = Counter(found)
    return ", ".join(f"{counts[likeness]} {likeness}" for likeness in ORDER if counts[likeness]) or "no outputs"


@dataclass(frozen=True, slots=True)
class JudgedOutput:
    """An output's verdict. ``steps`` of ``compared`` lie outside, first at ``first_s`` (model time), the worst by
    ``largest`` in the output's unit; ``why`` says what stands against comparing."""

    signal: Signal
    likeness: Likeness
    tolerance: Tolerance = EXACT
    compared: int = 0
    steps: int = 0
    largest: float = 0.0
    first_s: float | None = None
    why: str = ""
    noise: float = 0.0
    """Its spread, by which the tolerance is wider."""


def judge(
    signal: Signal,
    times_s: Sequence[float],
    recorded: Sequence[float],
    played: Sequence[float],
    tolerance: Tolerance,
    noise: float = 0.0,
) -> JudgedOutput:
    """``recorded`` and ``played`` are per step of ``times_s`` (s of model time), NaN where nothing was heard.

    ``noise`` is the output's spread when the same controller is played again; the tolerance is widened by it.
    """
    if obstacle := _obstacle(recorded, played, noise):
        return JudgedOutput(signal, Likeness.NOT_COMPARABLE, tolerance, why=obstacle, noise=noise)
    wide = Tolerance(tolerance.value + noise, tolerance.time_s)
    around = funnel(times_s, recorded, wide)
    excesses = [around.excess(place, value) for place, value in enumerate(played)]
    outside = [(excess, time_s) for excess, time_s in zip(excesses, times_s, strict=True) if excess > 0]
    return JudgedOutput(
        signal,
        Likeness.DIFFERENT if outside else Likeness.SAME,
        wide,
        compared=sum(not math.isnan(excess) for excess in excesses),
        steps=len(outside),
        largest=max((excess for excess, _ in outside), default=0.0),
        first_s=outside[0][1] if outside else None,
        noise=noise,
    )


def noise_of(times_s: Sequence[float], rounds: Sequence[Sequence[float]], reach_s: float) -> float:
    """The least tolerance in value with which every round lies in the funnel of each other; 0 for fewer than two."""
    pairs = permutations(rounds, 2)
    return max((_furthest(funnel(times_s, one, Tolerance(0.0, reach_s)), other) for one, other in pairs), default=0.0)


def _furthest(around: Funnel, values: Sequence[float]) -> float:
    excesses = (around.excess(place, value) for place, value in enumerate(values))
    return max((excess for excess in excesses if not math.isnan(excess)), default=0.0)


def known_in(values: Sequence[float]) -> int:
    """In how many steps something is known."""
    return sum(map(math.isfinite, values))


def is_seldom(wanted: Sequence[float], found: Sequence[float]) -> bool:
    """Whether less than nine tenths of what one series has are there in the other, too."""
    both = sum(math.isfinite(one) and math.isfinite(other) for one, other in zip(wanted, found, strict=True))
    return both < LEAST_HEARD * known_in(wanted)


def _obstacle(recorded: Sequence[float], played: Sequence[float], noise: float) -> str:
    known = [value for value in recorded if not math.isnan(value)]
    if not known:
        return "the recording has no value of it"
    if is_seldom(recorded, played):
        return f"heard in {known_in(played)} of {len(known)} steps"
    span = max(known) - min(known)
    if noise > MOST_NOISE * span:
        return f"the same controller, played again, spreads by {noise:.3g}; in the recording it moves by {span:.3g}"
    return ""
