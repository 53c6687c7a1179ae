"""Writes that succeed but do not win: noticed by reading back sparsely, told once.

A stronger slot, somebody else in our slot, an object that ignores what it is sent: the controller accepts the write in
all these cases (ecy-rest-api §12). A finding has to hold for two looks running, because reads may be stale.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping

from equipment.write_plan import BoundPoint
from ledger import Judgement, Ledger
from utils.values import ObjectRef, ObjectState, PointValue, Role

log = logging.getLogger(__name__)


class EffectCheck:
    """What one controller's objects really show, compared with what they were sent."""

    def __init__(self, device: str, ledger: Ledger, every_s: float) -> None:
        self._device = device
        self._ledger = ledger
        self._every_s = every_s
        self._next_s: float | None = None
        self._suspected: dict[ObjectRef, str] = {}
        self._told: set[ObjectRef] = set()

    @property
    def ineffective(self) -> frozenset[ObjectRef]:
        """The objects whose writes do not win."""
        return frozenset(self._told)

    def is_due(self, now_s: float) -> bool:
        """Whether it is time to look. The first time is one interval after the first question."""
        if self._next_s is None:
            self._next_s = now_s + self._every_s
        if now_s < self._next_s:
            return False
        self._next_s = now_s + self._every_s
        return True

    def look(self, written: Iterable[BoundPoint], states: Mapping[ObjectRef, ObjectState]) -> None:
        """Compare, and tell what has been the case twice running, once. Also tells when it is over."""
        suspected: dict[ObjectRef, str] = {}
        for bound in written:
            reason = self._reason(bound, states[bound.ref])
            if reason:
                suspected[bound.ref] = reason
            self._tell(bound, reason)
        self._suspected = suspected

    def _tell(self, bound: BoundPoint, reason: str) -> None:
        ref = bound.ref
        if not reason and ref in self._told:
            self._told.discard(ref)
            log.info("%s %s (%s): effective again", self._device, bound.point.ecy_point, ref)
        elif reason and ref in self._suspected and ref not in self._told:
            self._told.add(ref)
            log.warning("%s %s (%s): written but not effective: %s", self._device, bound.point.ecy_point, ref, reason)

    def _reason(self, bound: BoundPoint, state: ObjectState) -> str:
        if not self._ledger.has_sent(self._device, bound.ref):
            return ""
        if bound.point.role is Role.COMMANDED and state.priority_array is not None:
            return self._slot_reason(bound, state.priority_array)
        value = state.present_value.value
        return "" if value is None or not self._is_theirs(bound, value) else f"present-value is {value}"

    def _slot_reason(self, bound: BoundPoint, slots: tuple[PointValue | None, ...]) -> str:
        ours = slots[bound.point.priority - 1]
        if ours is None:
            return ""  # let go of, or lost in a reboot: the refresh takes it again
        if self._is_theirs(bound, ours):
            return f"slot {bound.point.priority} holds {ours}, which somebody else has written"
        stronger = ((n, held) for n, held in enumerate(slots[: bound.point.priority - 1], start=1) if held is not None)
        return next((f"slot {number} holds {held}" for number, held in stronger), "")

    def _is_theirs(self, bound: BoundPoint, value: PointValue) -> bool:
        """What is in doubt may be what we sent as the controller stored it, or a value on its way there."""
        return self._ledger.judge(self._device, bound.ref, value) is Judgement.THEIRS
