"""Turns what the controllers command into simulation inputs: which overrides are active, and with which value.

The overrides of one group are active together or not at all, because an air handler of which one end is released
fights itself (embedded-plant §5). Nor are they while one of the group's sensors has been let go.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from bridge.overriding.held_inputs import HeldInputs
from bridge.overriding.lost_inputs import LostInputs
from bridge.overriding.ramp import Ramp, ramp_from
from bridge.translation import override_values, truth
from equipment.equipment_manager import Equipment
from points import Point
from utils.values import Commands, Frame, Role, Sample, Target

log = logging.getLogger(__name__)

_Permit: TypeAlias = tuple[str, str]
"""A controller's address and the name of the object that has to be true."""


@dataclass(slots=True)
class _Group:
    """The outputs of one group. A group that has never been heard has missed for ever."""

    name: str
    inputs: LostInputs
    outputs: list[tuple[Target, Point]] = field(default_factory=list)
    permits: list[_Permit] = field(default_factory=list)
    last: dict[str, float] = field(default_factory=dict)
    permitted: dict[_Permit, bool] = field(default_factory=dict)
    missed_steps: float = math.inf
    active: bool | None = None
    """None before the first answer."""
    ramp: Ramp = field(default_factory=Ramp)


class Overrides:
    """Assembles the commands that answer a frame. Keeps a group's last values for ``hold_steps`` missed steps.

    A group that becomes active leads its analog values from those in force to its controllers' commands within
    ``ramp_steps``. With ``shadow`` no group ever becomes active.
    """

    def __init__(
        self, equipments: Iterable[Equipment], hold_steps: int, *, ramp_steps: int = 0, shadow: bool = False
    ) -> None:
        self.held_inputs = HeldInputs()
        """What people hold: it is sent in place of what controllers command."""
        self._hold_steps = hold_steps
        self._ramp_steps = ramp_steps
        self._shadow = shadow
        self._groups: dict[str, _Group] = {}
        self._switched: dict[str, list[str]] = {}
        """Which groups have just been switched, by what has become of them."""
        for equipment in equipments:
            group = self._groups.setdefault(equipment.group, _Group(equipment.group, LostInputs(hold_steps)))
            group.inputs.watch((equipment.target(p), p) for p in equipment.points)
            group.outputs.extend((equipment.target(p), p) for p in equipment.points if p.role is Role.READ)
            if equipment.activate_when is not None:
                group.permits.append((equipment.controller.address, equipment.activate_when))

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups that have overrides."""
        return tuple(group.name for group in self._groups.values() if group.outputs)

    @property
    def active_groups(self) -> tuple[str, ...]:
        """The groups whose overrides are in force."""
        return tuple(group.name for group in self._groups.values() if group.active and group.outputs)

    def begin_anew(self, in_force: Mapping[str, float]) -> None:
        """The building begins anew, with these values in force: nobody was heard, and people hold what they held."""
        self.held_inputs.begin_anew(in_force)
        for group in self._groups.values():
            group.last.clear()
            group.permitted.clear()
            group.missed_steps, group.active, group.ramp = math.inf, None, Ramp()
            group.inputs.begin_anew()

    def answer(self, frame: Frame, samples: Mapping[Target, Sample]) -> Commands:
        """Every configured override and what is held by hand, ``_u`` with ``_activate``.

        Old servers ignore a lone 0 (boptest-api §13).
        """
        named = {(target.device, target.name): sample for target, sample in samples.items()}
        inputs: dict[str, float] = {}
        for group in self._groups.values():
            group.inputs.hear(frame)
            self._hear(group, samples, named)
            self._switch(group, frame)
            for _, point in group.outputs:
                inputs.update(_inputs(point, group, frame))
        self._tell()
        return Commands(frame.number, self.held_inputs.over(frame, inputs))

    def _hear(self, group: _Group, samples: Mapping[Target, Sample], named: Mapping[_Permit, Sample]) -> None:
        """Take what came from the group's controllers; a step in which anything is lacking is a miss."""
        values = override_values(group.outputs, samples)
        told = {permit: truth(named.get(permit)) for permit in group.permits}
        permitted = {permit: yes for permit, yes in told.items() if yes is not None}
        is_complete = len(values) == len(group.outputs) and len(permitted) == len(set(group.permits))
        group.missed_steps = 0 if is_complete else group.missed_steps + 1
        group.last.update(values)
        group.permitted.update(permitted)

    def _switch(self, group: _Group, frame: Frame) -> None:
        obstacle = self._obstacle(group)
        was_active, group.active = group.active, not obstacle
        if not group.outputs or group.active == was_active:
            return
        if group.active:
            group.ramp = ramp_from((p for _, p in group.outputs), frame.values, frame.number, self._ramp_steps)
        what = f"left to the building's own control: {obstacle}" if obstacle else "overrides active"
        self._switched.setdefault(what, []).append(group.name)

    def _tell(self) -> None:
        """What happens to several groups in one step is one line."""
        for what, names in self._switched.items():
            log.info("group%s %s: %s", "s" if len(names) > 1 else "", ", ".join(names), what)
        self._switched.clear()

    def _obstacle(self, group: _Group) -> str:
        """Why the overrides of a group are not in force; empty when they are."""
        if self._shadow:
            return "a shadow run activates nothing"
        if group.missed_steps > self._hold_steps:
            return "its controllers are not heard in full"
        if group.inputs.obstacle:
            return group.inputs.obstacle
        refused = (f"{name} of {device} is not active" for (device, name), yes in group.permitted.items() if not yes)
        return next(refused, "")


def _inputs(point: Point, group: _Group, frame: Frame) -> dict[str, float]:
    if group.active:
        value, switch = group.ramp.value(point.bop_point, group.last[point.bop_point], frame.number), 1.0
    else:
        value, switch = frame.values.get(point.bop_point, math.nan), 0.0
    inputs = {} if math.isnan(value) else {point.bop_point: value}
    if point.activation is not None:
        inputs[point.activation.name] = switch
    return inputs
