"""Whether inputs can be forced at all: that is only known once one has been written, and read back.

Out-of-service need not be writable, and an input may take whatever it is sent and go on showing its sensor: no
refusal tells that. Nor does its value alone, as a value that never changes may be ours at the end of a range.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping

from bridge.link.duty import Duty
from equipment.controller import Controller
from equipment.write_plan import BoundPoint
from ledger import Judgement, Ledger, TakenInput
from utils.clocks import MonotonicSeconds
from utils.values import Exchange, ObjectRef, ObjectState, Role, WriteKind, same_as_stored

log = logging.getLogger(__name__)

_FORCING = (WriteKind.OUT_OF_SERVICE, WriteKind.PRESENT_VALUE)


class ForcingProof(Duty):
    """The inputs of one controller that accept what they are sent."""

    def __init__(self, controller: Controller, ledger: Ledger) -> None:
        self._controller = controller
        self._ledger = ledger
        self._doubted: set[ObjectRef] = set()
        """What did not show it at the last look, which may have been a stale one."""
        self._told: set[ObjectRef] = set()
        self._refused: set[ObjectRef] = set()
        self._is_blindness_told = False

    def hear(self, exchange: Exchange, now_s: MonotonicSeconds) -> None:
        """Note what may not be forced."""
        for result in exchange.writes:
            if result.write.kind in _FORCING:
                (self._refused.discard if result.error is None else self._refused.add)(result.write.ref)
        self._tell_blindness()

    def see(self, states: Mapping[ObjectRef, ObjectState], now_s: MonotonicSeconds) -> None:
        """Say once of each that it cannot be forced, when two looks agree."""
        unproven = [one for one in self._controller.plan.bound if self._is_unproven(one, states[one.ref])]
        for one in unproven:
            if one.ref in self._doubted - self._told:
                self._told.add(one.ref)
                name, shown = one.point.ecy_point, states[one.ref].present_value.value
                log.warning(
                    "%s %s (%s) cannot be forced: it accepts what it is sent, and goes on showing %s",
                    *(self._controller.address, name, one.ref, shown),
                )
        self._doubted = {one.ref for one in unproven}
        self._tell_blindness()

    def _tell_blindness(self) -> None:
        """A controller of which no input can be forced goes by its terminals, and the building by its commands."""
        unforced = self._refused | self._told
        if self._is_blindness_told or not unforced:
            return
        inputs = {one.ref for one in self._controller.plan.bound if one.role is Role.FORCED}
        if not inputs or not inputs <= unforced:
            return
        self._is_blindness_told = True
        log.warning(
            "%s does not see the building: none of its inputs (%d) can be forced. What it commands answers its"
            " terminals; --shadow overrides nothing, and activate_when lets its overrides wait for one of its objects",
            *(self._controller.address, len(inputs)),
        )

    def _is_unproven(self, bound: BoundPoint, state: ObjectState) -> bool:
        """Whether it shows what it showed before us; that it shows somebody else's value is told by the slot watch."""
        sent, shown = self._controller.plan.held.get(bound.target), state.present_value.value
        if bound.role is not Role.FORCED or sent is None or shown is None or same_as_stored(shown, sent):
            return False
        if self._ledger.judge(self._controller.address, bound.ref, shown) is Judgement.THEIRS:
            return False
        entries = self._ledger.entries_of(self._controller.address, bound.ref)
        before = next((entry.before for entry in entries if isinstance(entry, TakenInput)), None)
        return state.out_of_service is False or (before is not None and same_as_stored(shown, before))
