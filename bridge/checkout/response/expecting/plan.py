"""What of the configs can be tried in the simulation, and which pairs of an actuator and a measurement that makes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from bridge.checkout.response.expecting.calling import called_alike
from bridge.checkout.response.expecting.effects import ExpectedEffect, effects_of, held_at, is_actuator
from bridge.checkout.response.expecting.kinds import QuantityKind, kind_meant, kind_of_measurement
from points import ActivationPoint, Point
from points.meanings import Meaning, Use, code_of, meaning_of, place_of, system_of
from utils.values import PointMetadata, Role

_SETPOINTS = (Use.SETPOINT, Use.HEATING_SETPOINT, Use.COOLING_SETPOINT)


class Paired(Protocol):
    """What is needed of an equipment: :class:`equipment.equipment_manager.Equipment` has it."""

    @property
    def name(self) -> str:
        """What messages call it."""

    @property
    def points(self) -> Sequence[Point]:
        """Its enabled points."""


@dataclass(frozen=True, eq=False, slots=True)
class PairedPoint:
    """A point of a config, and what of the simulation it is paired with. Compared by identity."""

    equipment: str
    point: Point

    @property
    def name(self) -> str:
        """As the simulation calls it."""
        return self.point.bop_point

    def __str__(self) -> str:
        return f"{self.equipment}/{self.point.ecy_point}"


@dataclass(frozen=True, slots=True)
class Trial:
    """An actuator and a measurement that should move with it. ``is_own``: one equipment pairs both."""

    output: PairedPoint
    input: PairedPoint
    effect: ExpectedEffect
    is_own: bool = True
    is_told: bool = True
    """By the table; else nobody knows whether it has to move."""


class ResponsePlan:
    """Pure: made of the configs and of what the simulation tells of its points."""

    def __init__(self, metadata: Mapping[str, PointMetadata], equipments: Iterable[Paired]) -> None:
        self._metadata = metadata
        self.points = [PairedPoint(one.name, point) for one in equipments for point in one.points]
        self.kinds = {name: kind_of_measurement(name, told) for name, told in metadata.items() if not told.is_input}
        self.inputs = [one for one in self.points if one.name in self.kinds and one.point.role is not Role.READ]
        self.outputs = [one for one in self.points if one.point.role is Role.READ and self._is_moved(one)]

    def expected(self, paired: PairedPoint) -> QuantityKind:
        """What kind a controller's input is: by its own name, else by that of the measurement."""
        return kind_meant(paired.point) or self.kinds[paired.name]

    def holders(self, name: str) -> list[PairedPoint]:
        """The points that are paired with something of the simulation."""
        return [one for one in self.points if one.name == name]

    def is_meant(self, point: PairedPoint, name: str) -> bool:
        """Whether the point's own name says that it is of such a measurement; True of inputs."""
        return name not in self.kinds or self.expected(point).can_be(self.kinds[name])

    def likeness(self, output: PairedPoint) -> object:
        """The same for actuators that do the same in different equipments."""
        return self.actuator(output) or code_of(output.name)

    def rivals(self, point: PairedPoint, *, is_of_equipment: bool) -> list[str]:
        """What of the simulation a point could be as well, it too.

        Where its own equipment's actuators moved it: another one of the equipment; else whatever is measured alike.
        """
        if point in self.outputs:
            return [one.name for one in self.outputs if one.equipment == point.equipment]
        if not is_of_equipment:
            return self.measured_alike(point.name)
        place = self._place(point.name)
        return [name for name in self.measured_alike(point.name) if name == point.name or self._place(name) == place]

    def called_alike(self, point: PairedPoint, rivals: Iterable[str]) -> list[str]:
        """Which of its rivals are called as the controller calls it."""
        return called_alike(point.point.ecy_point, rivals, self._metadata)

    def is_known(self, name: str) -> bool:
        """Whether the simulation has such a point."""
        return name in self._metadata

    def unit(self, name: str) -> str:
        """The simulation's; empty where it has none."""
        told = self._metadata.get(name)
        return told.unit if told is not None and told.unit not in (None, "1") and told.unit else ""

    def measured_alike(self, name: str) -> list[str]:
        """All measurements in the unit of this one, it too."""
        unit = self._metadata[name].unit
        return [other for other in self.kinds if self._metadata[other].unit == unit]

    def candidates(self, trial: Trial) -> list[str]:
        """The measurements that can be meant: those of the kind, and the paired one where its name says nothing."""
        family = trial.effect.kind.family
        found = [name for name, kind in self.kinds.items() if kind.family == family]
        is_unknown = bool(self.kinds[trial.input.name].code)
        return found if trial.input.name in found or not is_unknown else [*found, trial.input.name]

    def ends(self, name: str) -> tuple[float, float]:
        """Between which an input of the simulation is moved."""
        told = self._metadata[name]
        low = told.minimum if told.minimum is not None else 0.0
        return low, told.maximum if told.maximum is not None else low + 1.0

    @cached_property
    def held(self) -> Mapping[str, float]:
        """What the simulation is overridden with while one actuator is moved, activations too."""
        body: dict[str, float] = {}
        for name, told in self._metadata.items():
            meaning = meaning_of(name) if told.is_input and told.unit is not None else None
            if meaning is not None and is_actuator(meaning):
                low, high = self.ends(name)
                body |= self.override(name, low + held_at(meaning) * (high - low))
        return body

    def override(self, name: str, value: float) -> dict[str, float]:
        """An input and its activation."""
        return {name: value, ActivationPoint.of(name).name: 1.0}

    @cached_property
    def trials(self) -> Sequence[Trial]:
        """Own actuators first; where an input has none, those that move what is central, or the only such one."""
        found: list[Trial] = []
        for one in self.inputs:
            own = list(self._own(one)) or list(self._guessed(one))
            found += own or list(self._central(one)) or list(self._borrowed(one))
        return found

    def horizon_s(self, name: str) -> float:
        """For how long an actuator has to stand at each end; 0 where nothing is expected of it."""
        return max((trial.effect.limit_s for trial in self.trials if trial.output.name == name), default=0.0)

    def effects(self, output: PairedPoint) -> tuple[ExpectedEffect, ...]:
        """By what the controller calls it, else by the simulation's name."""
        meaning = self.actuator(output)
        return effects_of(meaning) if meaning is not None else ()

    def has_effect(self, output: PairedPoint, kind: QuantityKind) -> bool:
        """Whether the table says that an output moves such a measurement."""
        return any(effect.kind == kind for effect in self.effects(output))

    def actuator(self, output: PairedPoint) -> Meaning | None:
        """Which actuator an output is; None where neither name is understood."""
        found = meaning_of(output.point.ecy_point, output.name)
        return found if found is not None and found.use is Use.COMMAND else meaning_of(output.name)

    def _place(self, name: str) -> str:
        """Its zone; of what is in none, whatever there is of its system."""
        return place_of(name, self._metadata[name].description) or system_of(name)

    def _own(self, one: PairedPoint) -> Iterator[Trial]:
        for output, effect in self._fitting(one):
            if output.equipment == one.equipment and not effect.is_central:
                yield Trial(output, one, effect)

    def _guessed(self, one: PairedPoint) -> Iterator[Trial]:
        """With actuators that the table does not know, whatever the equipment measures may move."""
        for output in self.outputs:
            if output.equipment == one.equipment and not self._is_known(output):
                for kind in self._meant(one):
                    yield Trial(output, one, ExpectedEffect(kind), is_told=False)

    def _meant(self, one: PairedPoint) -> Sequence[QuantityKind]:
        """The kind of its measurement; where the controller calls it otherwise, those that it can be."""
        if self.is_meant(one, one.name):
            return (self.kinds[one.name],)
        return list(dict.fromkeys(kind for kind in self.kinds.values() if self.expected(one).can_be(kind)))

    def _is_known(self, output: PairedPoint) -> bool:
        """Whether the table has an effect of it that this equipment measures."""
        here = [one for one in self.inputs if one.equipment == output.equipment]
        return any(self.expected(one).can_be(effect.kind) for one in here for effect in self.effects(output))

    def _central(self, one: PairedPoint) -> Iterator[Trial]:
        for output, effect in self._fitting(one):
            if effect.is_central:
                yield Trial(output, one, effect, is_own=False)

    def _borrowed(self, one: PairedPoint) -> Iterator[Trial]:
        fitting = list(self._fitting(one))
        if len({output.equipment for output, _ in fitting}) == 1:
            yield from (Trial(output, one, effect, is_own=False) for output, effect in fitting)

    def _fitting(self, one: PairedPoint) -> Iterator[tuple[PairedPoint, ExpectedEffect]]:
        kind = self.expected(one)
        for output in self.outputs:
            yield from ((output, effect) for effect in self.effects(output) if kind.can_be(effect.kind))

    def _is_moved(self, one: PairedPoint) -> bool:
        """Set-points are no actuators: a building's own control follows them as it likes, or not."""
        told = self._metadata.get(one.name)
        meaning = meaning_of(one.name)
        is_setpoint = meaning is not None and meaning.use in _SETPOINTS
        return (
            told is not None
            and told.is_input
            and not is_setpoint
            and ActivationPoint.of(one.name).name in self._metadata
        )
