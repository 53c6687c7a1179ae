"""What is taken from a controller: inputs to force, slots to command, outputs to isolate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bridge.ledger import TakenInput, TakenObject, TakenOutput, TakenSlot
from equipment.controller import Controller
from equipment.write_plan import BoundPoint
from points.config import DEFAULT_PRIORITY
from utils.errors import Problem
from utils.values import ObjectRef, ObjectState, Role, Target


@dataclass(frozen=True, slots=True)
class Claim:
    """One object that we want for the length of a run. ``priority`` and ``take_occupied`` belong to slots."""

    ref: ObjectRef
    name: str
    role: Role
    priority: int = DEFAULT_PRIORITY
    take_occupied: bool = False

    def described(self, device: str) -> str:
        """As messages name the object."""
        return str(Target(device, self.ref.object_type, self.name))

    def entry(self, device: str, state: ObjectState) -> TakenObject:
        """What goes into the ledger, as the object was found."""
        was_out_of_service = bool(state.out_of_service)
        match self.role:
            case Role.COMMANDED:
                before = state.priority_array[self.priority - 1] if state.priority_array else None
                return TakenSlot(device, self.ref, self.name, self.priority, before)
            case Role.FORCED:
                return TakenInput(device, self.ref, self.name, was_out_of_service, state.present_value.value)
            case Role.READ:
                return TakenOutput(device, self.ref, self.name, was_out_of_service)

    def problem(self, device: str, state: ObjectState) -> Problem | None:
        """Why somebody else's slot is not ours to take."""
        if self.role is not Role.COMMANDED or state.priority_array is None or self.take_occupied:
            return None
        holder = state.priority_array[self.priority - 1]
        if holder is None:
            return None
        return Problem(
            f"{device}: {self.name}",
            f"slot {self.priority} of {self.ref} holds {holder} already; somebody else uses it. "
            f'Release it, choose another priority, or set "take_occupied": true to have it restored at the end',
        )


def claims_of(controller: Controller) -> tuple[Claim, ...]:
    """Everything to take from a controller whose objects have been found; each object once."""
    return tuple({claim.ref: claim for claim in _claims(controller)}.values())


def names_of(controller: Controller) -> dict[ObjectRef, str]:
    """The names by which everything that we read or write in a controller was found."""
    names = {bound.ref: bound.point.ecy_point for bound in controller.bound}
    names |= {permit.ref: permit.target.name for permit in controller.permits}
    return names | {beat.ref: beat.name for beat in controller.heartbeats}


def _claims(controller: Controller) -> Iterator[Claim]:
    yield from map(_of_point, controller.isolated)
    yield from map(_of_point, controller.plan.bound)
    for beat in controller.heartbeats:
        yield Claim(beat.ref, beat.name, Role.COMMANDED, beat.priority)


def _of_point(bound: BoundPoint) -> Claim:
    point = bound.point
    return Claim(bound.ref, point.ecy_point, point.role, point.priority, point.config.take_occupied)
