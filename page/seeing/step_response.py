"""How a loop answers a step, from what was recorded of it.

The figures are those of control engineering (Åström and Murray, *Feedback Systems*, chapter 6; IEC 60050-351): rise
time from 10 to 90 % of the way, overshoot in percent of the way, settling time until the value stays within 5 % of the
way around its end. Reversals are turns of the command of more than a noise band, a sign of hunting.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

_LOW, _HIGH = 0.1, 0.9
_SETTLED = 0.05
_TAIL = 0.1
"""The last tenth of what was recorded tells where it ends, where no set-point does."""
_LEAST_SAMPLES = 5
_NOISE = 0.02
"""Turns of less than this part of the whole range are noise."""


@dataclass(frozen=True, slots=True)
class StepResponse:
    """The figures of one step. Times are s from the beginning; None where the value never got there."""

    begins: float
    ends: float
    rise_s: float | None
    overshoot_percent: float
    settling_s: float | None
    reversals: int


def step_response(
    times: Sequence[float],
    values: Sequence[float],
    target: float | None = None,
    command: Sequence[float] | None = None,
) -> StepResponse | None:
    """The figures of a step from the first value to the target, or without one to where the values end.

    ``times`` are s and rise, NaN in ``values`` is passed over; ``reversals`` are the command's, or without one the
    value's own. None where nothing moves, or too little was recorded.
    """
    known = [(time, value) for time, value in zip(times, values, strict=True) if math.isfinite(value)]
    if len(known) < _LEAST_SAMPLES:
        return None
    began_s, begins = known[0]
    ends = target if target is not None else _mean_of_tail([value for _, value in known])
    way = ends - begins
    if abs(way) <= 1e-9 * max(abs(ends), 1.0):
        return None
    done = [(time - began_s, (value - begins) / way) for time, value in known]
    turned = command if command is not None else values
    return StepResponse(
        begins=begins,
        ends=ends,
        rise_s=_rise_s(done),
        overshoot_percent=100.0 * max(max(part for _, part in done) - 1.0, 0.0),
        settling_s=_settling_s(done),
        reversals=reversals([value for value in turned if math.isfinite(value)]),
    )


def reversals(values: Sequence[float]) -> int:
    """How often a signal turns, by more than a noise band of its own range."""
    if not values:
        return 0
    band = _NOISE * (max(values) - min(values))
    turns, way, extreme = 0, 0, values[0]
    for value in values[1:]:
        if (way >= 0 and value > extreme) or (way <= 0 and value < extreme):
            if way == 0 and abs(value - extreme) <= band:
                continue
            way, extreme = (1 if value > extreme else -1), value
        elif abs(value - extreme) > band:
            turns, way, extreme = turns + 1, -way, value
    return turns


def in_words(name: str, sign: str, digits: int, found: StepResponse | None) -> str:
    """The figures for people. ``sign`` is the unit."""
    if found is None:
        return f"{name}: no step in what is shown; choose a stretch of the trend that begins just before one"
    rise = f"rise in {_duration(found.rise_s)}" if found.rise_s is not None else "does not get there"
    settled = f"settled after {_duration(found.settling_s)}" if found.settling_s is not None else "does not settle"
    return (
        f"{name} from {found.begins:.{digits}f} to {found.ends:.{digits}f} {sign}: {rise} (10 to 90 %), "
        f"overshoot {found.overshoot_percent:.0f} %, {settled} (within 5 %), {found.reversals} reversals"
    )


def _mean_of_tail(values: Sequence[float]) -> float:
    tail = values[-max(1, round(_TAIL * len(values))) :]
    return sum(tail) / len(tail)


def _rise_s(done: Sequence[tuple[float, float]]) -> float | None:
    low, high = (_reached_s(done, level) for level in (_LOW, _HIGH))
    return high - low if low is not None and high is not None else None


def _reached_s(done: Sequence[tuple[float, float]], level: float) -> float | None:
    """When the way's part was reached first, between two samples in proportion."""
    before_s, before = done[0]
    for time_s, part in done[1:]:
        if before < level <= part:
            return before_s + (time_s - before_s) * (level - before) / (part - before)
        before_s, before = time_s, part
    return None


def _settling_s(done: Sequence[tuple[float, float]]) -> float | None:
    """When it came into the band to stay; None where it is outside at the end."""
    settled = None
    for time_s, part in reversed(done):
        if abs(part - 1.0) > _SETTLED:
            break
        settled = time_s
    return settled


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.1f} min"
