"""Slots of ours that somebody else has written in mid-run: left to them for the rest of it (docs/decisions/10).

Our slots, and the values of the inputs that we force, are read along at most once a second, behind the writes of an
exchange: so the ledger learns what the controller makes of what it is sent. The exchange that writes first is left out,
as the start of many controllers is busy enough. From the first sight of a foreign value a slot is not written, and when
it is still there after reads can be stale no longer (ecy-rest-api §16), it is yielded.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from equipment.write_plan import BoundPoint
from ledger import Judgement, Ledger, TakenSlot
from utils.values import Exchange, ObjectRef, ObjectState, PointValue, PriorityArray, Role, Target, same_as_stored

log = logging.getLogger(__name__)

_GLANCE_EVERY_S = 1.0
_STALE_S = 6.0
"""Reads may be 5 s old (ecy-rest-api §16, §17 row 29)."""


class Glance(NamedTuple):
    """What is read along with an exchange to see what became of what we wrote."""

    inputs: tuple[ObjectRef, ...] = ()
    """Whose present-values."""
    slots: tuple[ObjectRef, ...] = ()
    """Whose priority arrays."""


@dataclass(frozen=True, slots=True)
class Yielded:
    """A slot that is left to somebody else, and the value that was found in it."""

    target: Target
    ref: ObjectRef
    priority: int
    found: PointValue

    def __str__(self) -> str:
        return f"{self.target.device} {self.target.name} ({self.ref}) slot {self.priority}: it held {self.found}"


class Yielding:
    """The slots that we command in one controller, and the inputs that we force: whose is what stands there."""

    def __init__(self, device: str, ledger: Ledger) -> None:
        self._device = device
        self._ledger = ledger
        self._glance_at_s = -math.inf
        self._silent: set[ObjectRef] = set()
        """Objects whose priority array the controller does not tell; they are not asked for it in every glance."""
        self._suspects: dict[Target, float] = {}
        """From when on a foreign value is no stale one any more, in monotonic s."""
        self._yielded: dict[Target, Yielded] = {}

    @property
    def yielded(self) -> tuple[Yielded, ...]:
        """What has been left to somebody else, in the order in which it was noticed."""
        return tuple(self._yielded.values())

    def is_yielded(self, target: Target) -> bool:
        """Whether this one is left to somebody else for the rest of the run."""
        return target in self._yielded

    def holds_back(self, target: Target) -> bool:
        """Whether this one must not be written now."""
        return target in self._yielded or target in self._suspects

    def glance(self, written: Iterable[BoundPoint], now_s: float) -> Glance:
        """What to read along: of all that has been written already, and nothing most of the time."""
        if now_s < self._glance_at_s:
            return Glance()
        ours = self._ours(written)
        if not ours:
            return Glance()
        self._glance_at_s = now_s + _GLANCE_EVERY_S
        return Glance(
            tuple(bound.ref for bound in ours if bound.point.role is Role.FORCED),
            tuple(b.ref for b in ours if b.point.role is Role.COMMANDED and b.ref not in self._silent),
        )

    def notice(self, written: Iterable[BoundPoint], glance: Glance, exchange: Exchange, now_s: float) -> None:
        """Judge what a glance has shown."""
        for bound in self._ours(written):
            if bound.ref in glance.slots:
                self._judge_slot(bound, exchange.slots[bound.ref], now_s)
            elif bound.ref in glance.inputs:
                self._ledger.saw(self._device, bound.ref, exchange.samples[bound.ref].value)

    def look(self, written: Iterable[BoundPoint], states: Mapping[ObjectRef, ObjectState], now_s: float) -> None:
        """Judge these objects, of which everything has been read."""
        for bound in self._ours(written):
            state = states[bound.ref]
            if bound.point.role is Role.COMMANDED:
                self._judge_slot(bound, state.priority_array, now_s)
            elif state.out_of_service:
                self._ledger.saw(self._device, bound.ref, state.present_value.value)

    def _ours(self, written: Iterable[BoundPoint]) -> list[BoundPoint]:
        return [
            bound
            for bound in written
            if not self.is_yielded(bound.target) and self._ledger.has_sent(self._device, bound.ref)
        ]

    def _judge_slot(self, bound: BoundPoint, slots: PriorityArray | None, now_s: float) -> None:
        """A present-value alone would tell nothing: another slot may win, and it may be on its way."""
        if slots is None:
            self._silent.add(bound.ref)
            return
        self._silent.discard(bound.ref)
        held = slots[bound.point.priority - 1]
        self._ledger.saw(self._device, bound.ref, held)
        if held is None or not self._is_theirs(bound, held):
            self._suspects.pop(bound.target, None)
        elif now_s >= self._suspects.setdefault(bound.target, now_s + _STALE_S):
            self._yield(bound, held)

    def _is_theirs(self, bound: BoundPoint, held: PointValue) -> bool:
        judgement = self._ledger.judge(self._device, bound.ref, held)
        return judgement is Judgement.THEIRS and not self._was_there_before(bound, held)

    def _was_there_before(self, bound: BoundPoint, held: PointValue) -> bool:
        """Whether this is what we found when we came: then nobody has written it anew, as at the release."""
        entries = self._ledger.entries_of(self._device, bound.ref)
        before = next((entry.before for entry in entries if isinstance(entry, TakenSlot)), None)
        return before is not None and same_as_stored(held, before)

    def _yield(self, bound: BoundPoint, held: PointValue) -> None:
        priority = bound.point.priority
        self._suspects.pop(bound.target)
        self._yielded[bound.target] = Yielded(bound.target, bound.ref, priority, held)
        log.warning(
            "%s %s (%s): somebody else has written %s into slot %d, which was ours: it is left to them and not "
            "written any more in this run",
            self._device,
            bound.point.ecy_point,
            bound.ref,
            held,
            priority,
        )
