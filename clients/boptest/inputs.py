"""The inputs of a step as they are sent: finite, within their limits, and not taken for an empty body."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from clients.boptest.numbers import require_finite
from clients.http.funnel import Json
from utils.values import PointMetadata, is_finite_number

log = logging.getLogger(__name__)


class StepInputs:
    """Cuts values to the limits of their points, and says so once per point."""

    def __init__(self) -> None:
        self.clipped: dict[str, str] = {}
        """Every input that was ever cut, with what happened first."""

    def body(self, control_inputs: Mapping[str, float], points: Mapping[str, PointMetadata]) -> dict[str, Json]:
        """What is sent. Raises NumberError for NaN and infinities."""
        require_finite(**control_inputs)
        return {name: self._within_limits(name, value, points.get(name)) for name, value in control_inputs.items()}

    def report(self, point: str, words: str) -> None:
        """A value of the point was cut."""
        if point not in self.clipped:
            self.clipped[point] = words
            log.warning("%s: %s", point, words)

    def _within_limits(self, name: str, value: float, point: PointMetadata | None) -> float:
        if point is None:
            return float(value)
        low, high = point.minimum, point.maximum
        if high is not None and value > high:
            self.report(name, f"{value:g} is above its maximum, {high:g} was sent")
            return high
        if low is not None and value < low:
            self.report(name, f"{value:g} is below its minimum, {low:g} was sent")
            return low
        return float(value)


def something_in_force(body: Mapping[str, Json], in_force: Mapping[str, float]) -> dict[str, Json]:
    """A value other than 0 that is in force in an input which is not overridden; nothing when there is none."""
    for name, value in in_force.items():
        activate = f"{name.removesuffix('_u')}_activate"
        is_free = activate in in_force and not body.get(activate, in_force[activate])
        if name.endswith("_u") and name not in body and is_free and value and is_finite_number(value):
            return {name: value}
    return {}
