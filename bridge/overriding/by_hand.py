"""What people hold by hand in a run: inputs of the simulation, and points of the controllers.

To ask takes no time: what is asked is judged at once, and done by the threads that do it anyway. Inputs of the
simulation go with the next step, points of a controller with its link's next exchange. At every end of the run all of
it is given back: points by the ledger, inputs with the test. An input of a test that lives on (a legacy server's) stays
as it was sent last, as every override does, until somebody initializes it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bridge.link import ControllerLink, HeldPoint
from bridge.overriding.held_inputs import HeldInput, HeldInputs
from bridge.overriding.typed_input import HandRefused, input_named, input_value, limits_of, unit_words
from bridge.session import Session
from equipment.equipment_manager import Equipment
from points import BadValue, BeyondBounds, Point
from recording import Event, EventKind
from utils.bacnet import MANUAL_OPERATOR
from utils.clocks import ModelSeconds, UnixSeconds
from utils.names import did_you_mean
from utils.text import one_line
from utils.values import PointValue, Role

log = logging.getLogger(__name__)

_LONGEST_NAME = 80
OnEvent = Callable[[Event], None]


@dataclass(frozen=True, slots=True)
class Held:
    """Something that is held by hand: by whom, and since when (Unix s).

    ``subject`` is an input's name or ``equipment.object``; ``equipment`` is empty for inputs. The value is in the
    simulation's or the controller's unit; None is an input that is left to the building's own control.
    ``is_in_force`` is whether it has been sent to the simulation, or the controller has taken it.
    """

    subject: str
    equipment: str
    name: str
    value: PointValue | None
    unit: str
    who: str
    since_s: UnixSeconds
    is_in_force: bool


class ByHand:
    """For any thread. Every method raises :class:`HandRefused`, in one line, for what cannot be done."""

    def __init__(
        self,
        session: Session,
        inputs: HeldInputs,
        model_time: Callable[[], ModelSeconds],
        on_event: OnEvent,
        *,
        shadow: bool = False,
    ) -> None:
        """``on_event`` is told of everything, in whatever thread it happens."""
        self._session = session
        self._inputs = inputs
        self._model_time = model_time
        self._on_event = on_event
        self._shadow = shadow
        self._links = {link.device: link for link in session.links}
        self._points = {
            equipment.target(point): (equipment, point)
            for equipment in session.equipments
            for point in equipment.points
        }
        for link in session.links:
            link.duties.holds.news = self._news

    @property
    def held(self) -> tuple[Held, ...]:
        """What is held now, or asked to be; nothing any more once the run ends, which gives it back."""
        if self._is_ending:
            return ()
        return (*map(self._shown_input, self._inputs.all), *(self._shown_point(*one) for one in self._holds()))

    def hold_input(self, name: str, value: float, who: str) -> None:
        """From the next step on send ``value`` (the simulation's unit) for an input, with its activation at 1.

        By the name of its activation, and with 0, an input is left to the building's own control instead. It replaces
        what was held there.
        """
        self._refuse_at_the_end()
        metadata = self._session.metadata
        if not metadata:
            raise HandRefused("the simulation is not connected yet")
        if self._shadow:
            raise HandRefused("a shadow run overrides nothing in the simulation")
        value_name, activation = input_named(name, metadata)
        held = HeldInput(value_name, input_value(name, value, metadata), activation, _name(who), self._now_s())
        self._inputs.hold(held)
        self._tell(value_name, _words(held.value, unit_words(metadata[value_name].unit)), held.who)

    def release_input(self, name: str, who: str) -> None:
        """From the next step on send what the controllers command; for an input of nobody's, that it is free again."""
        self._refuse_at_the_end()
        value_name, _ = input_named(name, self._session.metadata)
        if self._inputs.release(value_name) is None:
            raise HandRefused(f"{value_name} is not held by hand")
        self._tell(value_name, "released", _name(who))

    def hold_point(self, equipment: str, object_name: str, value: PointValue | str, who: str) -> None:
        """Hold an object of a controller at ``value``, in the controller's unit; binary ones also active, inactive.

        What is forced or commanded gets this value in place of the simulation's. An output is commanded at slot 8,
        manual operator, if that is empty; otherwise an event says so, as it does when somebody else takes the slot. A
        controller that goes away while something is held holds it again when it is back. A controller that is absent,
        and a point that somebody else has taken in this run, are refused.
        """
        self._refuse_at_the_end()
        owner, point = self._named(equipment, object_name)
        target, subject = owner.target(point), _subject(owner, point)
        link = self._links[target.device]
        if not link.is_present:
            raise HandRefused(f"{subject}: {link.device} is {link.state.value}: nothing is held")
        if any(one.target == target for one in link.yielded):
            raise HandRefused(f"{subject}: somebody else has taken its slot in this run: it is left to them")
        hold = HeldPoint(target, self._accepted(point, subject, value), _name(who), self._now_s())
        link.duties.holds.hold(hold)
        where = f", in slot {MANUAL_OPERATOR} if that is empty" if point.role is Role.READ else ""
        self._tell(subject, _words(hold.value, unit_words(point.device_unit)) + where, hold.who)

    def release_point(self, equipment: str, object_name: str, who: str) -> None:
        """Give the object back to whatever the bench does with it otherwise; an output's slot is relinquished."""
        self._refuse_at_the_end()
        owner, point = self._named(equipment, object_name)
        subject, target = _subject(owner, point), owner.target(point)
        if self._links[target.device].duties.holds.release(target) is None:
            raise HandRefused(f"{subject} is not held by hand")
        self._tell(subject, "released", _name(who))

    def release_all(self, who: str) -> None:
        """Release whatever is held; nothing to do where nothing is, and at the end of the run."""
        if self._is_ending:
            return
        for held in self._inputs.all:
            if self._inputs.release(held.name) is not None:
                self._tell(held.name, "released", _name(who))
        for link, hold in self._holds():
            if link.duties.holds.release(hold.target) is not None:
                self._tell(_subject(*self._points[hold.target]), "released", _name(who))

    def _accepted(self, point: Point, subject: str, typed: PointValue | str) -> PointValue:
        """The present-value, if the object and, behind an output, the simulation have room for it."""
        try:
            value = point.accept(typed)
            if point.role is Role.READ:
                self._require_room_for(point, value)
        except BadValue as error:
            limits = error.limits if isinstance(error, BeyondBounds) else None
            raise HandRefused(f"{subject}: {error}", limits) from None
        return value

    def _require_room_for(self, point: Point, value: PointValue) -> None:
        """Whoever has typed it thinks in the controller's unit, and is told the simulation's limits in it."""
        known = limits_of(point.bop_point, self._session.metadata)
        if not known.take(point.process_ecy_value(value)):
            limits = known.through(point.raw_for)
            words = f"it takes {limits.words(point.device_unit or '')}, not {value:g}"
            raise BeyondBounds(f"{words} ({point.bop_point}: {known.words()})", limits)

    def _named(self, equipment: str, object_name: str) -> tuple[Equipment, Point]:
        owners = {one.name: one for one in self._session.equipments}
        owner = owners.get(equipment)
        if owner is None:
            raise HandRefused(f"there is no equipment named {equipment}{did_you_mean(equipment, owners)}")
        points = {point.ecy_point: point for point in owner.points}
        if object_name not in points:
            raise HandRefused(f"{equipment} has no point named {object_name}{did_you_mean(object_name, points)}")
        return owner, points[object_name]

    def _holds(self) -> Iterator[tuple[ControllerLink, HeldPoint]]:
        return ((link, hold) for link in self._session.links for hold in link.duties.holds.all.values())

    def _shown_input(self, held: HeldInput) -> Held:
        unit = self._session.metadata[held.name].unit or ""
        is_in_force = self._inputs.is_in_force(held)
        return Held(held.name, "", held.name, held.value, unit, held.who, held.since_s, is_in_force)

    def _shown_point(self, link: ControllerLink, hold: HeldPoint) -> Held:
        owner, point = self._points[hold.target]
        subject, is_in_force = _subject(owner, point), link.is_present and link.duties.is_in_force(hold)
        unit = point.device_unit or ""
        return Held(subject, owner.name, point.ecy_point, hold.value, unit, hold.who, hold.since_s, is_in_force)

    @property
    def _is_ending(self) -> bool:
        return self._session.is_giving_back or self._session.stop.is_set()

    def _refuse_at_the_end(self) -> None:
        if self._is_ending:
            raise HandRefused("the run is ending: nothing is held any more")

    def _news(self, hold: HeldPoint, words: str) -> None:
        self._tell(_subject(*self._points[hold.target]), words, hold.who)

    def _tell(self, subject: str, words: str, who: str) -> None:
        log.info("by hand (%s): %s %s", who, subject, words)
        self._on_event(Event(self._now_s(), EventKind.HAND, subject, words, self._model_time(), who))

    def _now_s(self) -> UnixSeconds:
        return self._session.clocks.wall()


def _subject(equipment: Equipment, point: Point) -> str:
    return f"{equipment.name}.{point.ecy_point}"


def _words(value: PointValue | None, unit: str) -> str:
    if value is None:
        return "left to the building's own control"
    shown = ("active" if value else "inactive") if isinstance(value, bool) else f"{value:g}"
    return f"held at {shown}{unit}"


def _name(who: str) -> str:
    return one_line(who, _LONGEST_NAME) or "somebody"
