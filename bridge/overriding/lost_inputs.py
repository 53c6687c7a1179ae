"""Measurements that had good values and have none any more: what is let go, and what has to end with it.

It is counted as the write plans count: a point without a good value keeps its last one for ``hold_steps`` frames and
is then let go. A controller whose input is let go senses a terminal with nothing on it, so what it commands then is no
answer to the building.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass

from points import BadValue, Point
from utils.values import Frame, Role, Target

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Watched:
    """One written point, and since when it has been without a good value."""

    target: Target
    point: Point
    has_had_one: bool = False
    missed_steps: int = 0
    is_lost: bool = False


class LostInputs:
    """The written points of one group. Each loss is said once, and its end too."""

    def __init__(self, hold_steps: int) -> None:
        self._hold_steps = hold_steps
        self._watched: list[_Watched] = []

    def watch(self, points: Iterable[tuple[Target, Point]]) -> None:
        """Add the points that are written."""
        self._watched += [_Watched(target, point) for target, point in points if point.role is not Role.READ]

    def begin_anew(self) -> None:
        """No point has had a value yet."""
        for item in self._watched:
            item.has_had_one, item.missed_steps, item.is_lost = False, 0, False

    @property
    def obstacle(self) -> str:
        """An input that has been let go, in words; empty where there is none.

        A value object, a KPI, and a point that never had a value are no obstacle: no sensor is missing without them.
        """
        lost = (item.target for item in self._watched if item.is_lost and _is_sensor(item.point))
        return next((f"{target} has been without a good value for too long" for target in lost), "")

    def hear(self, frame: Frame) -> None:
        """Look at a new frame."""
        for item in self._watched:
            if item.target in frame.targets:
                self._found(item)
            elif item.has_had_one:
                self._missed(item, frame)

    def _found(self, item: _Watched) -> None:
        if item.is_lost:
            log.warning("%s: it has good values again", item.target)
        item.has_had_one, item.missed_steps, item.is_lost = True, 0, False

    def _missed(self, item: _Watched, frame: Frame) -> None:
        item.missed_steps += 1
        if item.missed_steps > self._hold_steps and not item.is_lost:
            item.is_lost = True
            log.warning("%s: let go, as it has no good value any more: %s", item.target, _reason(item.point, frame))


def _is_sensor(point: Point) -> bool:
    return point.role is Role.FORCED and not point.is_kpi


def _reason(point: Point, frame: Frame) -> str:
    value = frame.values.get(point.bop_point)
    if value is None:
        return f"the simulation does not tell {point.bop_point}"
    try:
        point.process_bop_value(value)
    except BadValue as error:
        return f"{point.bop_point}: {error}"
    return f"{point.bop_point} is {value:g}"
