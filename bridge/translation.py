"""Both ways between the simulation's numbers and the controllers': units, hysteresis, and what cannot be trusted.

Points convert (:mod:`points`); here is decided which values are converted at all, and with what before them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from equipment.equipment_manager import Equipment
from points import BadValue, Point
from utils.values import PointMetadata, PointValue, Quality, Role, Sample, Target, is_real32


class Translation:
    """From the simulation to the controllers; it remembers what it said last, as a switch with hysteresis needs it."""

    def __init__(self, equipments: Iterable[Equipment], metadata: Mapping[str, PointMetadata]) -> None:
        self._shown = [
            (equipment.target(point), point)
            for equipment in equipments
            for point in equipment.points
            if point.role is not Role.READ
        ]
        self._metadata = metadata
        self._previous: dict[Target, PointValue] = {}

    def targets(self, values: Mapping[str, float]) -> Mapping[Target, PointValue]:
        """What the controllers should see for the simulation's values; what cannot be trusted is absent."""
        converted: dict[Target, PointValue] = {}
        for target, point in self._shown:
            value = values.get(point.bop_point)
            if value is None:
                continue
            try:
                converted[target] = point.process_bop_value(
                    value, self._metadata.get(point.bop_point), self._previous.get(target)
                )
            except BadValue:
                continue
        self._previous.update(converted)
        return converted


def override_values(outputs: Iterable[tuple[Target, Point]], samples: Mapping[Target, Sample]) -> dict[str, float]:
    """From the controllers to the simulation: what outputs command, in its units; what is not good is absent."""
    values: dict[str, float] = {}
    for target, point in outputs:
        sample = samples.get(target)
        if sample is None or sample.quality is not Quality.GOOD or sample.value is None:
            continue
        try:
            values[point.bop_point] = point.process_ecy_value(sample.value)
        except BadValue:
            continue
    return values


def truth(sample: Sample | None) -> bool | None:
    """Whether an object that permits something is on; None where that is not known."""
    if sample is None or sample.quality is not Quality.GOOD or not is_real32(sample.value):
        return None
    return bool(sample.value)
