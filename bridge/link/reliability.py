"""A bench without sensors shows open-loop on its inputs, and applications act on it: forced ones are made reliable.

Reliability can be written while an object is out of service (ASHRAE 135, clause 12.2), so that this follows a forced
value and not the other way round. What stood there is in the ledger before, and goes back with the input.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from bridge.link.duty import Duty
from bridge.link.slot_watch import SlotWatch
from equipment.controller import Controller
from equipment.write_plan import BoundPoint
from ledger import Ledger, TakenInput
from utils.bacnet import NO_FAULT, reliability_words
from utils.clocks import MonotonicSeconds
from utils.values import Exchange, ObjectRef, ObjectState, Role, Write, WriteKind

log = logging.getLogger(__name__)

_PATIENCE = 2
"""So often a controller may put its fault back into what it has accepted: once it may have been restarted."""


class Reliabilities(Duty):
    """The inputs of one controller that showed a fault when they were taken."""

    def __init__(self, controller: Controller, ledger: Ledger, watch: SlotWatch) -> None:
        self._controller = controller
        self._ledger = ledger
        self._watch = watch
        self._done: set[ObjectRef] = set()
        """What needs no write for now: reliable, written, or not to be had."""
        self._written: Counter[ObjectRef] = Counter()
        self._told: set[ObjectRef] = set()

    def writes(self, now_s: MonotonicSeconds) -> Sequence[Write]:
        """No fault, where one was found and a value is forced by now."""
        due = [one for one in self._forced() if one.ref not in self._done and one.target in self._controller.plan.held]
        self._done |= {one.ref for one in due if self._fault_before(one.ref) is None}
        return [Write(one.ref, WriteKind.RELIABILITY, NO_FAULT) for one in due if one.ref not in self._done]

    def hear(self, exchange: Exchange, now_s: MonotonicSeconds) -> None:
        """Note what the controller made of it."""
        for result in exchange.writes:
            if result.write.kind is not WriteKind.RELIABILITY:
                continue
            self._done.add(result.write.ref)
            self._written[result.write.ref] += 1
            if result.error is not None:
                self._tell(result.write.ref, self._fault_before(result.write.ref), result.error.what)

    def see(self, states: Mapping[ObjectRef, ObjectState], now_s: MonotonicSeconds) -> None:
        """A restart forgets it; who goes on showing a fault in spite of it has his reasons, and that is said."""
        for one in self._forced():
            state = states[one.ref]
            if not state.out_of_service or not state.reliability:
                continue
            if self._fault_before(one.ref) is None:
                self._tell(one.ref, state.reliability, "it did not when it was taken")
            elif self._written[one.ref] >= _PATIENCE:
                self._tell(one.ref, state.reliability, "it accepts no-fault-detected and does not keep it")
            elif one.ref not in self._told:
                self._done.discard(one.ref)

    def _forced(self) -> Iterable[BoundPoint]:
        bound = self._controller.plan.bound
        return (one for one in bound if one.role is Role.FORCED and not self._watch.holds_back(one.target))

    def _fault_before(self, ref: ObjectRef) -> int | None:
        entries = self._ledger.entries_of(self._controller.address, ref)
        return next((entry.reliability for entry in entries if isinstance(entry, TakenInput)), None)

    def _tell(self, ref: ObjectRef, fault: int | None, why: str) -> None:
        if ref in self._told or fault is None:
            return
        self._told.add(ref)
        name = next((one.point.ecy_point for one in self._controller.plan.bound if one.ref == ref), str(ref))
        words = reliability_words(fault)
        log.warning(
            "%s of %s shows %s while it is forced (%s): its application may act on it",
            *(name, self._controller.address, words, why),
        )
