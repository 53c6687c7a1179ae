"""What a recording of the bridge has in each step: which signals, in which order, and where their values come from."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from bridge.acting import LedSetPoint
from bridge.memory.picked import Picked
from bridge.watching.observation import Observation
from equipment.equipment_manager import Equipment
from points import Point
from points.indicators import INDICATORS
from points.meanings import meaning_of
from recording import (
    ACTED_FOUND,
    ACTED_LED,
    ACTED_MASKED,
    ACTED_WANTED,
    BAD,
    GOOD,
    INDICATOR,
    MISSING,
    NOT_ASKED,
    Direction,
    RecordedStep,
    Signal,
)
from recording.tables import doubles
from utils.values import PointMetadata, PointValue, Quality, Role, Target

_BYTES = {Quality.GOOD: GOOD, Quality.BAD: BAD, Quality.MISSING: MISSING}


Values = Sequence[PointValue | None]


@dataclass(frozen=True, slots=True)
class Layout:
    """The places of a step's values: of the configs' points, of groups, of what the building tells, of what is sent,
    of set-points that somebody acts on, and of the building's indicators.
    """

    signals: tuple[Signal, ...]
    targets: Picked[Target, PointValue | None]
    groups: tuple[str, ...]
    told: Picked[str, float]
    sent: Picked[str, float]
    acted: int
    """How many set-points are acted on."""
    kpis: Picked[str, float]

    @classmethod
    def of(
        cls,
        equipments: Sequence[Equipment],
        groups: Sequence[str],
        told: Sequence[str],
        metadata: Mapping[str, PointMetadata],
        acted: Sequence[LedSetPoint] = (),
        kpis: Sequence[str] = (),
    ) -> Self:
        """``told`` are the names of what the building tells in each frame, ``kpis`` those that it is asked for."""
        points = [(equipment, point) for equipment in equipments for point in equipment.points]
        sent = [(equipment, name) for equipment, point in points for name in _inputs(point)]
        return cls(
            (
                *(_of_point(equipment, point) for equipment, point in points),
                *(Signal(f"{group} active", equipment=group, direction=Direction.STATE) for group in groups),
                *(_of_building(name, metadata) for name in told),
                *(_of_override(equipment.name, name, metadata) for equipment, name in sent),
                *(signal for one in acted for signal in _of_set_point(one)),
                *(_of_indicator(name) for name in kpis),
            ),
            Picked([equipment.target(point) for equipment, point in points]),
            tuple(groups),
            Picked(told),
            Picked([name for _, name in sent]),
            len(acted),
            Picked(kpis),
        )

    def recorded(self, seen: Observation) -> RecordedStep:
        """A frame as it is recorded."""
        frame = seen.frame
        values: list[PointValue | None] = [
            *self.targets.of(seen.values),
            *(group in seen.active_groups for group in self.groups),
            *self.told.of(frame.values),
            *self.sent.of(seen.commands.inputs),
            *(value for one in seen.set_points for value in (one.found, one.wanted, one.led, bool(one.masked))),
            *self.kpis.of(seen.kpis),
        ]
        numbers, qualities = self._judged(values, seen)
        return RecordedStep(
            frame.number,
            frame.time_s,
            seen.wall_s,
            numbers,
            qualities,
            _written(seen.local_time),
            seen.is_late,
            seen.heard.took_s,
            episode=frame.episode,
        )

    def _judged(self, values: Values, seen: Observation) -> tuple[Values, bytes]:
        """The values, and a byte for each. Most steps are good in all of them, which costs the less to find out."""
        numbers = doubles(values)
        if numbers is None or math.isnan(sum(values)):  # type: ignore[arg-type]
            return values, bytes(self._looked_at(values, seen))
        return numbers, bytes(len(values))

    def _looked_at(self, values: Values, seen: Observation) -> Iterator[int]:
        is_read, samples = len(self.targets.names), seen.heard.samples
        is_told = is_read + len(self.groups) + len(self.told.names)
        for place, value in enumerate(values):
            if value is not None:
                yield BAD if isinstance(value, float) and math.isnan(value) else GOOD
            elif place < is_read:
                sample = samples.get(self.targets.names[place])
                yield NOT_ASKED if sample is None else _BYTES[sample.quality]
            else:
                yield MISSING if place < is_told else NOT_ASKED


def _written(local_time: datetime | None) -> str | None:
    """ISO 8601 to the second. Most times are whole seconds, of which that is said in half the time."""
    if local_time is None:
        return None
    return local_time.isoformat(timespec="seconds") if local_time.microsecond else local_time.isoformat()


def _inputs(point: Point) -> Iterator[str]:
    """What a point sends to the building."""
    if point.role is Role.READ:
        yield point.bop_point
        if point.activation is not None:
            yield point.activation.name


def _of_point(equipment: Equipment, point: Point) -> Signal:
    unit = point.device_unit or ""
    return Signal(
        _titled(f"{equipment.name}.{point.ecy_point}", unit),
        unit,
        point.bop_point,
        point.ecy_point,
        equipment.name,
        equipment.controller.address,
        point.role.value,
        Direction.FROM_CONTROLLER if point.role is Role.READ else Direction.TO_CONTROLLER,
        _meaning(point.bop_point, point.ecy_point),
    )


def _of_building(name: str, metadata: Mapping[str, PointMetadata]) -> Signal:
    unit = _unit(name, metadata)
    return Signal(_titled(name, unit), unit, name, direction=Direction.FROM_SIMULATION, meaning=_meaning(name))


def _of_override(equipment: str, name: str, metadata: Mapping[str, PointMetadata]) -> Signal:
    unit = _unit(name, metadata)
    title, meaning = _titled(f"sent {name}", unit), _meaning(name)
    return Signal(title, unit, name, equipment=equipment, direction=Direction.TO_SIMULATION, meaning=meaning)


def _of_set_point(one: LedSetPoint) -> Iterator[Signal]:
    """What of it is recorded, in the order of :meth:`Layout.recorded`: all of it is the run's own, not exchanged."""
    unit, told = one.set_point.unit or "", str(one.set_point)
    where = {"object": one.set_point.name, "equipment": one.set_point.equipment, "device": one.device}
    for role in (ACTED_FOUND, ACTED_WANTED, ACTED_LED):
        yield Signal(_titled(f"{told} {role}", unit), unit, role=role, direction=Direction.STATE, **where)
    yield Signal(f"{told} {ACTED_MASKED}", role=ACTED_MASKED, direction=Direction.STATE, **where)


def _of_indicator(name: str) -> Signal:
    unit = INDICATORS[name].unit
    return Signal(_titled(f"{INDICATOR} {name}", unit), unit, name, role=INDICATOR, direction=Direction.STATE)


def _meaning(*names: str) -> str:
    """In the words of the field; empty where it is not known."""
    found = meaning_of(*names)
    return found.words if found is not None else ""


def _unit(name: str, metadata: Mapping[str, PointMetadata]) -> str:
    return (metadata[name].unit or "") if name in metadata else ""


def _titled(name: str, unit: str) -> str:
    return f"{name} [{unit}]" if unit else name
