"""The controllers of a session while their points are tried: a frame is shown to all, then everything is looked at.

A frame goes the way of every frame of a run (``bridge/device_loop.py``). Looks are calls of their own, between two
frames, when nothing is under way with a controller.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from bridge.checkout.judging.shapes import is_bent
from bridge.device_loop import Course, DeviceLoop
from bridge.link import STALE_S, ControllerLink, LinkState
from bridge.session import Session
from clients.device_client import DeviceClient
from equipment.equipment_manager import Equipment
from points import Point
from utils.bacnet import slot_of
from utils.clocks import ModelSeconds
from utils.errors import DeviceError
from utils.handoff import Closed
from utils.values import Frame, ObjectLimits, ObjectRef, ObjectState, PointValue, Role, Target

_LOOK_EVERY_S = 1.0
_LOOKS = round(STALE_S / _LOOK_EVERY_S)

Told = TypeVar("Told")


@dataclass(frozen=True, slots=True)
class PointPlace:
    """A point of a config, and the controller that has its object."""

    equipment: Equipment
    point: Point
    link: ControllerLink

    @property
    def target(self) -> Target:
        """The object by its name."""
        return self.equipment.target(self.point)

    @property
    def ref(self) -> ObjectRef | None:
        """The object, once it is found."""
        bound = self.link.controller.bound
        return next((one.ref for one in bound if one.target == self.target), None)

    @property
    def is_input(self) -> bool:
        """Whether the simulation tells the controller, not the reverse."""
        return self.point.role is not Role.READ

    @property
    def obstacle(self) -> str:
        """Why its controller cannot be tried; empty where it can."""
        if self.ref is not None and self.link.state is not LinkState.OFFLINE:
            return ""
        return f"{self.link.device} is {self.link.absence or self.link.state.value}"


class TriedBench:
    """Used by one thread."""

    def __init__(self, session: Session, devices: DeviceLoop) -> None:
        self.session = session
        self.places = tuple(_places(session))
        self._devices = devices
        self.frame = Frame(0, ModelSeconds(0.0), {})
        """What controllers were shown last."""

    @property
    def inputs(self) -> tuple[PointPlace, ...]:
        """What is shown to controllers."""
        return tuple(place for place in self.places if place.is_input)

    @property
    def outputs(self) -> tuple[PointPlace, ...]:
        """What controllers command."""
        return tuple(place for place in self.places if not place.is_input)

    def show(self, frame: Frame, *, anew: bool = False) -> None:
        """Have a frame written, with what is held by hand; ``anew`` also what changes by less than a deadband.

        Raises :class:`Closed` where the checkout is to end.
        """
        self.frame = frame
        for link in self.session.links if anew else ():
            link.controller.plan.renew([target for target in frame.targets if target.device == link.device])
        self._devices.show(frame, Course.AT_REST)
        self._devices.answer(self.session.client.keep_alive)

    def look(self, places: Iterable[PointPlace]) -> dict[Target, ObjectState]:
        """How objects stand; those of a controller that does not answer are absent."""
        return self._asked(places, lambda client, refs: client.survey(refs))

    def limits(self, places: Iterable[PointPlace]) -> dict[Target, ObjectLimits]:
        """What objects say that they take; those of a controller that does not answer are absent."""
        return self._asked(places, lambda client, refs: client.get_limits(refs))

    def settled(
        self, places: Sequence[PointPlace], is_there: Callable[[PointPlace, ObjectState | None], bool]
    ) -> dict[Target, ObjectState]:
        """Look until all of them are where they should be, or reads can be stale no longer.

        A controller may need a scan for it. Raises :class:`Closed` where the checkout is to end meanwhile.
        """
        states = self.look(places)
        for _ in range(_LOOKS):
            waiting = [place for place in places if not is_there(place, states.get(place.target))]
            if not waiting:
                break
            self.wait(_LOOK_EVERY_S)
            states |= self.look(waiting)
        return states

    def own(self, place: PointPlace, slot: int, sent: Sequence[PointValue], seen: Sequence[ObjectState | None]) -> None:
        """Enter what a controller made of numbers that went into a slot which was empty before: ours to take away.

        The ledger learns of factors by itself, as a run has time for it; here each number is a different one.
        """
        arrays = [None if state is None else state.priority_array for state in seen]
        held = [None if array is None else slot_of(array, slot) for array in arrays]
        if place.ref is not None and place.point.object_type.is_analog and is_bent(sent, held):
            for value in held:
                self.session.ledger.sent_all(place.link.device, {place.ref: value} if value is not None else {})

    def wait(self, seconds: float) -> None:
        """Raises :class:`Closed` where the checkout is to end meanwhile."""
        if self.session.clocks.wait(self.session.stop, seconds):
            raise Closed

    def _asked(
        self, places: Iterable[PointPlace], ask: Callable[[DeviceClient, list[ObjectRef]], Mapping[ObjectRef, Told]]
    ) -> dict[Target, Told]:
        """All controllers at once."""
        wanted: dict[ControllerLink, dict[Target, ObjectRef]] = {}
        for place in places:
            if (ref := place.ref) is not None and not place.obstacle:
                wanted.setdefault(place.link, {})[place.target] = ref
        futures = [
            (refs, self.session.pool.submit(ask, link.controller.client, list(refs.values())))
            for link, refs in wanted.items()
        ]
        told: dict[Target, Told] = {}
        for refs, future in futures:
            try:
                answers = future.result()
            except DeviceError:
                continue
            told |= {target: answers[ref] for target, ref in refs.items() if ref in answers}
        if self.session.stop.is_set():
            raise Closed
        return told


def _places(session: Session) -> Iterable[PointPlace]:
    links = {link.device: link for link in session.links}
    for equipment in session.equipments:
        for point in equipment.points:
            yield PointPlace(equipment, point, links[equipment.controller.address])
