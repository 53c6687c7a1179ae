"""What a controller is shown of a measurement: whether it changes when that does, and the same way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bridge.checkout.response.seeing.courses import MovedActuator
from points import BadValue, Point
from utils.values import PointValue

_SAME = 1e-9


@dataclass(frozen=True, slots=True)
class NeverChanged:
    """What never changed; ``value`` is None where there was no number at all."""

    value: float | None


def constant(values: Iterable[float]) -> NeverChanged | None:
    """Whether values are one and the same; None where they are not."""
    first: float | None = None
    for value in values:
        first = value if first is None else first
        if abs(value - first) > _SAME * max(abs(value), abs(first), 1.0):
            return None
    return NeverChanged(first)


def shown_values(point: Point, values: Iterable[float]) -> Iterator[float]:
    """The same values as the controller gets them, without those that it is not shown."""
    for value in values:
        shown = _shown(point, value)
        if shown is not None:
            yield float(shown)


def shown_way(point: Point, moved: MovedActuator, within_s: float) -> int | None:
    """+1 where the controller sees a measurement change the way it does, -1 the other way, 0 where it sees no change.

    None where it is not told.
    """
    ends = moved.at_end(point.bop_point, within_s)
    if ends is None or ends[0] == ends[1]:
        return None
    low, high = (_shown(point, value) for value in ends)
    if low is None or high is None:
        return None
    step = float(high) - float(low)
    return 0 if step == 0 else (1 if step * (ends[1] - ends[0]) > 0 else -1)


def commanded_way(point: Point, low: float, high: float) -> int:
    """+1 where the controller commands more for the simulation to get more, -1 where it commands less."""
    return 1 if point.raw_for(high) > point.raw_for(low) else -1


def _shown(point: Point, value: float) -> PointValue | None:
    try:
        return point.process_bop_value(value)
    except BadValue:
        return None
