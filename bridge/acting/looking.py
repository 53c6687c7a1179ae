"""What is seen in a turn: the building, what was heard of controllers and when, and who may act on what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bridge.link import ControllerLink, LinkState
from equipment.equipment_manager import Equipment
from equipment.set_points import SetPoint
from points import BadValue
from utils.clocks import MonotonicSeconds
from utils.values import Frame, ObjectRef, Role


@dataclass(frozen=True, slots=True)
class Seen:
    """A controller's value as it was heard last; None where it tells none. ``age_s`` (wall) is infinite at first."""

    value: float | None
    age_s: float


@dataclass(frozen=True, slots=True)
class Turn:
    """What whoever acts is shown before a frame goes to the controllers.

    ``number`` counts over all episodes of the run. ``seen`` has outputs by ``equipment.object``, in the simulation's
    units, and set-points in their own. ``in_force`` are the set-points that are acted on, as they were led so far.
    ``masked`` are those that must be left alone, with the reason. ``kpis`` are those since the episode's start.
    """

    number: int
    frame: Frame
    seen: Mapping[str, Seen]
    in_force: Mapping[str, float]
    masked: Mapping[str, str]
    controllers: Mapping[str, LinkState]
    kpis: Mapping[str, float]
    was_late: bool = False
    """Whether no action came in time since the turn before: the last one counted on."""
    is_switched_off: bool = False
    """Whether an operator forbids to act."""
    beside: object = None
    """What whoever acts wanted to be asked in the run's own thread."""


@dataclass(frozen=True, slots=True)
class LedSetPoint:
    """A set-point in a frame, in its own unit.

    ``found`` is how it stood in its ``device`` when the frame came, None where nobody knows; ``wanted`` what whoever
    acts wants of it, and ``led`` what was made of that, within bounds and rate: None where it is its controller's.
    """

    set_point: SetPoint
    device: str
    found: float | None
    wanted: float | None
    led: float | None
    masked: str
    """Why it must be left alone; empty where it need not."""


def seen_outputs(
    equipments: Sequence[Equipment], links: Mapping[str, ControllerLink], now_s: MonotonicSeconds
) -> Iterator[tuple[str, Seen]]:
    """The outputs of all equipments, in the simulation's units."""
    for equipment in equipments:
        link = links[equipment.controller.address]
        for point in equipment.points:
            ref = link.controller.reads.get(equipment.target(point))
            if point.role is Role.READ and ref is not None:
                raw = heard(link, ref, now_s)
                try:
                    value = None if raw.value is None else float(point.process_ecy_value(raw.value))
                except BadValue:
                    value = None
                yield f"{equipment.name}.{point.ecy_point}", Seen(value, raw.age_s)


def heard(link: ControllerLink, ref: ObjectRef, now_s: MonotonicSeconds) -> Seen:
    """An object's value as it was heard last, in its own unit."""
    sighting = link.duties.sightings.of(ref)
    value = None if sighting.sample is None else sighting.sample.value
    return Seen(None if value is None else float(value), now_s - sighting.heard_at_s)
