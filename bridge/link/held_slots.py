"""Objects of one controller that are held in a slot: outputs by hand, in slot 8, and set-points that are acted on.

A slot is looked at, and entered in the ledger, before it is written for the first time. It is watched like all of ours,
and yielded to whoever writes into it. When it is released it stays in the ledger until it has been seen to be empty by
a read that can be stale no longer: what is found in it after that is nobody's of ours.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bridge.link.claims import Claim
from bridge.link.duty import Duty
from bridge.link.hand import HeldPoint, Holds
from bridge.link.in_use import STALE_S
from bridge.link.slot_watch import SlotWatch
from equipment.controller import Controller
from ledger import Ledger, TakenSlot
from utils.bacnet import slot_of
from utils.clocks import MonotonicSeconds
from utils.errors import ConfigError, ObjectError
from utils.state_folder import StateError
from utils.values import (
    Exchange,
    ObjectRef,
    ObjectState,
    PointValue,
    PriorityArray,
    Quality,
    Role,
    Target,
    Write,
    WriteKind,
    WriteResult,
)

_AGAIN_S = 5.0
"""After a write that was not taken, so that an object that refuses is not asked in every step."""


@dataclass(slots=True)
class HeldSlot:
    """A slot that is ours to hold, or was until just now. Times are monotonic s."""

    target: Target
    ref: ObjectRef
    entry: TakenSlot
    sent: PointValue | None = None
    """What the controller has taken last."""
    told: HeldPoint | None = None
    """The hold that was said to be in force last."""
    next_at_s: float = -math.inf
    """When it is written again."""
    freed_at_s: float = math.inf
    """Since when it is given back, as far as the controller says so."""
    role: Role = Role.COMMANDED

    @property
    def priority(self) -> int:
        """Which slot of the object it is."""
        return self.entry.priority


class Holdable(NamedTuple):
    """An object that may be held, and in which slot."""

    ref: ObjectRef
    priority: int


class HeldSlots(Duty):
    """Those of one kind in one controller."""

    def __init__(
        self,
        controller: Controller,
        ledger: Ledger,
        watch: SlotWatch,
        holds: Holds,
        objects: Callable[[], Mapping[Target, Holdable]],
    ) -> None:
        """``objects`` are those that ``holds`` may ask for, as they have been found last."""
        self._controller = controller
        self._ledger = ledger
        self._watch = watch
        self._holds = holds
        self._objects = objects
        self._slots: dict[Target, HeldSlot] = {}

    @property
    def all(self) -> tuple[HeldSlot, ...]:
        """What is held, or was until just now."""
        return tuple(self._slots.values())

    def claims(self) -> Iterable[Claim]:
        """What is taken to be held."""
        return [Claim(slot.ref, slot.target.name, slot.role, slot.priority) for slot in self.all]

    def is_in_force(self, hold: HeldPoint) -> bool:
        """Whether the controller has taken a value, as far as we know."""
        slot = self._slots.get(hold.target)
        return slot is not None and slot.sent == hold.value

    def bind(self) -> None:
        """The objects have just been found by name: what is elsewhere now, or has been given back, is taken anew."""
        objects, device = self._objects(), self._controller.address
        self._slots = {
            target: HeldSlot(target, slot.ref, slot.entry)
            for target, slot in self._slots.items()
            if objects.get(target) == (slot.ref, slot.priority)
            and slot.entry in self._ledger.entries_of(device, slot.ref)
        }

    def prepare(self, now_s: MonotonicSeconds) -> Mapping[ObjectRef, ObjectState]:
        """Look at the slots that are about to become ours, or to be given back, and enter those that are empty.

        Costs one round trip where there are any, otherwise none; returns how the objects were found. Raises
        :class:`utils.errors.DeviceError`.
        """
        holds, objects = self._holds.all, self._objects()
        new = [target for target in holds if target in objects and target not in self._slots]
        released = [slot for slot in self.all if slot.target not in holds and _is_due(slot, None, now_s)]
        refs = [*(objects[target].ref for target in new), *(slot.ref for slot in released)]
        states = self._controller.client.survey(refs) if refs else {}
        for target in new:
            self._begin(objects[target], holds[target], states[objects[target].ref])
        for slot in released:
            self._leave(slot, states[slot.ref], now_s)
        return states

    def writes(self, now_s: MonotonicSeconds) -> Sequence[Write]:
        """What has changed or is due for a refresh, and what is released; nothing into what may be somebody else's."""
        holds, due = self._holds.all, list[Write]()
        for slot in self.all:
            hold = holds.get(slot.target)
            value = None if hold is None else hold.value
            if not self._watch.holds_back(slot.target) and _is_due(slot, value, now_s):
                due.append(Write(slot.ref, WriteKind.COMMAND, value, slot.priority))
        return due

    def hear(self, exchange: Exchange, now_s: MonotonicSeconds) -> None:
        """Note what the controller has taken, and what stands in the slots."""
        written = {(result.write.ref, result.write.priority): result for result in exchange.writes}
        for slot in self.all:
            if (slot.ref, slot.priority) in written:
                self._wrote(slot, written[slot.ref, slot.priority], now_s)
            if slot.ref in exchange.slots:
                self._saw(slot, exchange.slots[slot.ref], now_s)

    def see(self, states: Mapping[ObjectRef, ObjectState], now_s: MonotonicSeconds) -> None:
        """Note what stands in the slots."""
        for slot in self.all:
            if slot.ref in states:
                self._saw(slot, states[slot.ref].priority_array, now_s)

    def _begin(self, wanted: Holdable, hold: HeldPoint, state: ObjectState) -> None:
        device, target = self._controller.address, hold.target
        entry = TakenSlot(device, wanted.ref, target.name, wanted.priority, None)
        why = "somebody else has written into it in this run" if self._watch.is_yielded(target) else ""
        why = why or _objection(wanted, state)
        try:
            if not why and entry not in self._ledger.entries_of(device, wanted.ref):
                self._ledger.take(entry)
        except (ConfigError, StateError) as error:
            why = str(error)
        if why:
            self._holds.drop(hold, why)
        else:
            self._slots[target] = HeldSlot(target, wanted.ref, entry)

    def _leave(self, slot: HeldSlot, state: ObjectState, now_s: MonotonicSeconds) -> None:
        """Whose value is it that is about to be taken away? There is none where nothing has been sent yet."""
        if not self._ledger.has_sent(self._controller.address, slot.ref):
            self._forget(slot)
        elif state.priority_array is not None:
            self._watch.hear(Exchange((), {}, slots={slot.ref: state.priority_array}), now_s)

    def _forget(self, slot: HeldSlot) -> None:
        self._ledger.give_back(slot.entry)
        del self._slots[slot.target]

    def _wrote(self, slot: HeldSlot, result: WriteResult, now_s: MonotonicSeconds) -> None:
        hold, value = self._holds.all.get(slot.target), result.write.value
        if result.error is not None:
            slot.sent, slot.next_at_s = None, now_s + _AGAIN_S
            if hold is not None and isinstance(result.error, ObjectError):
                self._holds.drop(hold, f"the controller refuses it: {result.error.what}")
        elif value is None:
            slot.sent, slot.next_at_s, slot.freed_at_s = None, -math.inf, now_s
        else:
            slot.sent, slot.next_at_s = value, now_s + self._controller.refresh_time_s
            slot.freed_at_s = math.inf
            if hold is not None and hold is not slot.told and hold.value == value:
                slot.told = hold
                self._holds.in_force(hold, slot.priority)

    def _saw(self, slot: HeldSlot, slots: PriorityArray | None, now_s: MonotonicSeconds) -> None:
        """A slot that has been given back is done with when it is seen empty; one that is not is given back again."""
        is_settled = now_s - slot.freed_at_s >= STALE_S and slot.target not in self._holds.all
        if slots is None or not is_settled or self._watch.holds_back(slot.target):
            return
        if slot_of(slots, slot.priority) is None:
            self._forget(slot)
        else:
            slot.freed_at_s = math.inf


def _is_due(slot: HeldSlot, value: PointValue | None, now_s: MonotonicSeconds) -> bool:
    if value is None:
        return math.isinf(slot.freed_at_s) and (slot.sent is not None or now_s >= slot.next_at_s)
    return now_s >= slot.next_at_s or slot.sent not in (None, value)


def _objection(wanted: Holdable, state: ObjectState) -> str:
    """Why a slot cannot be taken; empty where it can."""
    ref, priority = wanted
    if state.is_partial or state.present_value.quality is Quality.MISSING:
        return f"the controller does not tell how {ref} stands"
    if state.priority_array is None:
        return f"the slots of {ref} cannot be read, so nobody knows whether slot {priority} is free"
    held = slot_of(state.priority_array, priority)
    return "" if held is None else f"slot {priority} of {ref} holds {held} already: somebody else uses it"
