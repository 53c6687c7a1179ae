"""What is taken from a controller: inputs to force, slots to command, outputs to isolate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from bridge.findings import Finding, Severity, Topic
from equipment.controller import Controller
from equipment.write_plan import BoundPoint
from ledger import TakenInput, TakenObject, TakenOutput, TakenSlot
from points.config import DEFAULT_PRIORITY
from utils.bacnet import slot_of
from utils.errors import DeviceUnreachable
from utils.values import ObjectRef, ObjectState, PointValue, Quality, Role, Target


@dataclass(frozen=True, slots=True)
class Claim:
    """One object that we want for the length of a run. ``priority`` belongs to slots.

    ``take_occupied`` is whether somebody has said that we may take a slot or an input that is in use.
    """

    ref: ObjectRef
    name: str
    role: Role
    priority: int = DEFAULT_PRIORITY
    take_occupied: bool = False
    is_acted_on: bool = False
    """A set-point that somebody acts on: never taken where it is in use, nor where nobody can see that."""

    def described(self, device: str) -> str:
        """As messages name the object."""
        return str(Target(device, self.ref.object_type, self.name))

    def entry(self, device: str, state: ObjectState) -> TakenObject:
        """What goes into the ledger, as the object was found."""
        was_out_of_service = bool(state.out_of_service)
        match self.role:
            case Role.COMMANDED:
                held = slot_of(state.priority_array, self.priority)
                return TakenSlot(device, self.ref, self.name, self.priority, held, _covered(state))
            case Role.FORCED:
                value, fault = state.present_value.value, state.reliability or None
                return TakenInput(device, self.ref, self.name, was_out_of_service, value, fault)
            case Role.READ:
                return TakenOutput(device, self.ref, self.name, was_out_of_service)

    def occupied(self, state: ObjectState) -> str | None:
        """What somebody else has there, in words; None where it is free or, without a priority array, nobody knows.

        An output that somebody has isolated is in nobody's way.
        """
        match self.role:
            case Role.COMMANDED:
                held = slot_of(state.priority_array, self.priority)
                return None if held is None else f"slot {self.priority} of {self.ref} holds {held} already"
            case Role.FORCED if state.out_of_service:
                return f"{self.ref} is out of service already and holds {state.present_value.value}"
            case _:
                return None

    def findings(self, device: str, state: ObjectState) -> Iterator[Finding]:
        """What there is to say of taking it; a problem where it is not ours to take."""
        occupied, topic = self.occupied(state), Topic.SERVICE if self.role is Role.FORCED else Topic.SLOT
        if occupied is None:
            if self.role is Role.COMMANDED and state.priority_array is None:
                severity, what = (Severity.PROBLEM, _UNSEEN) if self.is_acted_on else (Severity.NOTE, _NO_SLOTS)
                yield Finding(severity, topic, f"{device}: {self.name}", what)
            return
        severity = Severity.PROBLEM
        if self.role is Role.FORCED and state.present_value.value is None:
            what = f"{occupied}: no value that could be put back at the end. Put it back in service"
        elif self.is_acted_on:
            what = f"{occupied}; somebody else uses it. Release it, or act at another priority"
        elif self.take_occupied:
            severity, what = Severity.NOTE, f"{occupied}; taken, and put back at the end (take_occupied)"
        else:
            what = (
                f"{occupied}; somebody else uses it. {_REMEDIES[self.role]}, or set "
                '"take_occupied": true to have it restored at the end (--take-occupied: everything, for one start)'
            )
        yield Finding(severity, topic, f"{device}: {self.name}", what)


def _covered(state: ObjectState) -> PointValue | None:
    """What our value may take the place of: that of an object that tells no slots, and may have none."""
    return state.present_value.value if state.priority_array is None and not state.unread else None


_NO_SLOTS = (
    "its slots cannot be read: who else commands it is not known, and its release will not be verified; "
    "if it has none, its value of now is put back"
)
_UNSEEN = "its slots cannot be read, so nobody would see that somebody else commands it: it is not acted on"
_REMEDIES = {Role.COMMANDED: "Release it, choose another priority", Role.FORCED: "Put it back in service"}


def claims_of(controller: Controller, *, take_occupied: bool = False) -> tuple[Claim, ...]:
    """Everything to take from a controller whose objects have been found; each object once.

    With ``take_occupied`` also what is in use, whatever the configs say.
    """
    claims = {claim.ref: claim for claim in _claims(controller)}.values()
    return tuple(replace(claim, take_occupied=True) for claim in claims) if take_occupied else tuple(claims)


def require_told(device: str, claims: Iterable[Claim], states: Mapping[ObjectRef, ObjectState]) -> None:
    """Raises :class:`DeviceUnreachable` for a controller that does not tell how things stand that we want."""
    unseen = [claim.name for claim in claims if _is_unseen(states[claim.ref])]
    if unseen:
        raise DeviceUnreachable(device, f"it does not tell the state of {', '.join(unseen)}")


def _is_unseen(state: ObjectState) -> bool:
    return state.is_partial or state.present_value.quality is Quality.MISSING


def names_of(controller: Controller) -> dict[ObjectRef, str]:
    """The names by which everything that we read or write in a controller was found."""
    names = {bound.ref: bound.point.ecy_point for bound in controller.bound}
    names |= {permit.ref: permit.target.name for permit in controller.permits}
    names |= {one.ref: one.target.name for one in controller.set_points}
    names |= {switch.ref: switch.target.name for switch in controller.switches}
    return names | {beat.ref: beat.name for beat in controller.heartbeats}


def _claims(controller: Controller) -> Iterator[Claim]:
    yield from map(_of_point, controller.isolated)
    yield from map(_of_point, controller.plan.bound)
    for beat in controller.heartbeats:
        yield Claim(beat.ref, beat.name, Role.COMMANDED, beat.priority, beat.take_occupied)
    for one in controller.set_points:
        yield Claim(one.ref, one.target.name, one.role, one.priority, is_acted_on=True)


def _of_point(bound: BoundPoint) -> Claim:
    point = bound.point
    return Claim(bound.ref, point.ecy_point, point.role, point.priority, point.config.take_occupied)
