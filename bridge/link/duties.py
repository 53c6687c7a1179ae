"""All duties towards one controller, and what they know of each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bridge.link.duty import Duty, Look
from bridge.link.hand import HeldPoint, Holds
from bridge.link.heartbeat import Heartbeats
from bridge.link.held_slots import HeldSlots, Holdable
from bridge.link.identity import Identity
from bridge.link.isolation import Isolation
from bridge.link.proof import ForcingProof
from bridge.link.reliability import Reliabilities
from bridge.link.showing import Showing
from bridge.link.sightings import Sightings
from bridge.link.slot_watch import SlotWatch, Written
from equipment.controller import Controller
from ledger import Ledger
from utils.bacnet import MANUAL_OPERATOR
from utils.clocks import Clocks, MonotonicSeconds
from utils.values import Exchange, ObjectRef, ObjectState, Target, Write


class Duties(Duty):
    """They are asked, and hear, in this order. Who stands in a slot is judged before anybody acts on it."""

    def __init__(self, controller: Controller, ledger: Ledger, clocks: Clocks) -> None:
        self.holds = Holds()
        self.sightings = Sightings()
        self.identity = Identity(controller, clocks)
        self.isolation = Isolation(controller)
        self.watch = SlotWatch(controller.address, ledger, self._written)
        self.hand = HeldSlots(controller, ledger, self.watch, self.holds, self._outputs)
        self.acted = Holds(is_quiet=True)
        """What is acted on: the set-points of the run, and their values in the objects' units."""
        self.set_points = HeldSlots(controller, ledger, self.watch, self.acted, self._set_points)
        self.slots_by_hand: dict[Target, int] = {}
        """In which slot a hand holds an output, where that is not the manual operator's."""
        self._controller = controller
        self._showing = Showing(controller, self.watch)
        self._reliabilities = Reliabilities(controller, ledger, self.watch)
        self._beats = Heartbeats(controller)
        self._proof = ForcingProof(controller, ledger)

    def __iter__(self) -> Iterator[Duty]:
        yield from (self.identity, self.isolation, self._showing, self._reliabilities, self._beats)
        yield from (self.watch, self.hand, self.set_points, self.sightings, self._proof)

    def bind(self) -> None:
        """The controller's objects have just been found by name."""
        self.identity.bind()
        self.hand.bind()
        self.set_points.bind()

    def writes(self, now_s: MonotonicSeconds) -> list[Write]:
        """What all of them want to write."""
        return [write for duty in self for write in duty.writes(now_s)]

    def look(self, now_s: MonotonicSeconds) -> Look:
        """What all of them want to read along."""
        return Look.together(duty.look(now_s) for duty in self)

    def hear(self, exchange: Exchange, now_s: MonotonicSeconds) -> None:
        """Let each hear of it; what has been left to somebody else is not held by hand any more."""
        for duty in self:
            duty.hear(exchange, now_s)
        self.holds.yield_to(self.watch.yielded)
        self.acted.yield_to(self.watch.yielded)

    def see(self, states: Mapping[ObjectRef, ObjectState], now_s: MonotonicSeconds) -> None:
        """Let each see it."""
        for duty in self:
            duty.see(states, now_s)

    def recognise(self, states: Mapping[ObjectRef, ObjectState], now_s: MonotonicSeconds) -> None:
        """Whose objects and slots these are, where ours may have been lost: that a write does not win is no news."""
        self.identity.see(states, now_s)
        self.watch.judge(states, now_s)
        self.sightings.see(states, now_s)

    def make_sure(self, now_s: MonotonicSeconds) -> None:
        """Before anything is written: are the objects still ours, and the slots that a hand is about to use?

        Costs a round trip where there is a reason to ask.
        """
        self.identity.verify()
        for held in (self.hand, self.set_points):
            self.sightings.see(held.prepare(now_s), now_s)

    def is_in_force(self, hold: HeldPoint) -> bool:
        """Whether the controller has taken a value that is held by hand, as far as we know."""
        return self.hand.is_in_force(hold) or self._controller.plan.held.get(hold.target) == hold.value

    def _outputs(self) -> Mapping[Target, Holdable]:
        """What a hand may hold: in the slot of the manual operator, unless it was told another."""
        slots = self.slots_by_hand
        return {
            bound.target: Holdable(bound.ref, slots.get(bound.target, MANUAL_OPERATOR))
            for bound in self._controller.outputs
        }

    def _set_points(self) -> Mapping[Target, Holdable]:
        return {one.target: Holdable(one.ref, one.priority) for one in self._controller.set_points}

    def _written(self) -> list[Written]:
        return [*self._controller.plan.bound, *self.hand.all, *self.set_points.all]
