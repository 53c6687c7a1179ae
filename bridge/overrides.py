"""Turns what the controllers command into simulation inputs: which overrides are active, and with which value.

The overrides of one group are active together or not at all, because an air handler of which one end is released
fights itself (embedded-plant §5).
"""

from __future__ import annotations

import logging
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from equipment.equipment_manager import Equipment
from points import BadValue, Point
from utils.values import Commands, Frame, Quality, Role, Sample, Target

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Group:
    """The outputs of one group. A group that has never been heard has missed for ever."""

    name: str
    outputs: list[tuple[Target, Point]] = field(default_factory=list)
    last: dict[str, float] = field(default_factory=dict)
    missed_steps: float = math.inf
    active: bool = False


class Overrides:
    """Assembles the commands that answer a frame. Keeps a group's last values for ``hold_steps`` missed steps."""

    def __init__(self, equipments: Iterable[Equipment], hold_steps: int) -> None:
        self._hold_steps = hold_steps
        self._groups: dict[str, _Group] = {}
        for equipment in equipments:
            group = self._groups.setdefault(equipment.group, _Group(equipment.group))
            group.outputs.extend((equipment.target(p), p) for p in equipment.points if p.role is Role.READ)

    @property
    def active_groups(self) -> tuple[str, ...]:
        """The groups whose overrides are in force."""
        return tuple(group.name for group in self._groups.values() if group.active and group.outputs)

    def answer(self, frame: Frame, samples: Mapping[Target, Sample]) -> Commands:
        """Every configured override, ``_u`` with ``_activate``: old servers ignore a lone 0 (boptest-api §13)."""
        inputs: dict[str, float] = {}
        for group in self._groups.values():
            self._update(group, samples)
            for _, point in group.outputs:
                inputs.update(_inputs(point, group, frame))
        return Commands(frame.number, inputs)

    def _update(self, group: _Group, samples: Mapping[Target, Sample]) -> None:
        fresh = {
            point.bop_point: value for target, point in group.outputs for value in _good(point, samples.get(target))
        }
        complete = len(fresh) == len(group.outputs)
        group.missed_steps = 0 if complete else group.missed_steps + 1
        group.last.update(fresh)
        active = group.missed_steps <= self._hold_steps
        if group.outputs and active != group.active:
            log.info(
                "group %s: overrides %s", group.name, "active" if active else "released to the building's own control"
            )
        group.active = active


def _good(point: Point, sample: Sample | None) -> list[float]:
    if sample is None or sample.quality is not Quality.GOOD or sample.value is None:
        return []
    try:
        return [point.process_ecy_value(sample.value)]
    except BadValue:
        return []


def _inputs(point: Point, group: _Group, frame: Frame) -> dict[str, float]:
    if group.active:
        value, switch = group.last[point.bop_point], 1.0
    else:
        value, switch = frame.values.get(point.bop_point, math.nan), 0.0
    inputs = {} if math.isnan(value) else {point.bop_point: value}
    if point.activation is not None:
        inputs[point.activation.name] = switch
    return inputs
