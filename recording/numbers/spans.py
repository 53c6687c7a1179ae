"""When something was on."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby


def spans_on(times_s: Sequence[float], states: Sequence[float]) -> list[tuple[float, float]]:
    """From when to when a state was on, in model seconds: from its step to the next one, if there is any."""
    found: list[tuple[float, float]] = []
    numbers = range(len(times_s))
    for is_on, run in groupby(numbers, key=lambda number: states[number] > 0.5):
        if is_on:
            stretch = list(run)
            after = min(stretch[-1] + 1, len(times_s) - 1)
            found.append((times_s[stretch[0]], times_s[after]))
    return found


def total_s(spans: Sequence[tuple[float, float]]) -> float:
    """How long they are together."""
    return sum(last - first for first, last in spans)
