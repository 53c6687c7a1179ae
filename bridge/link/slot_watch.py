"""Who stands in our slots, and whether what we write wins.

Our slots, and the values of the inputs that we force, are read along at most once a second, behind the writes of an
exchange: so the ledger learns what the controller makes of what it is sent. The exchange that writes first is left out,
as the start of many controllers is busy enough. From the first sight of a foreign value a slot is not written, and when
it is still there after reads can be stale no longer (ecy-rest-api §16), it is left to somebody else for the rest of the
run (docs/decisions/10).

With the refresh everything is looked at, and writes that succeed but do not win (a stronger slot, an object that
ignores what it is sent: the controller accepts the write all the same, ecy-rest-api §12) are told once, when two looks
agree.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Protocol

from bridge.link.claims import Claim
from bridge.link.duty import Duty, Look
from ledger import Judgement, Ledger, TakenSlot
from utils.bacnet import MINIMUM_ON_OFF, slot_of
from utils.clocks import MonotonicSeconds
from utils.values import Exchange, ObjectRef, ObjectState, PointValue, PriorityArray, Role, Target, same_as_stored

log = logging.getLogger(__name__)

_GLANCE_EVERY_S = 1.0
_STALE_S = 6.0
"""Reads may be 5 s old (ecy-rest-api §16, §17 row 29)."""


class Written(Protocol):
    """An object that we write: in a slot of its own, or an input that is out of service."""

    @property
    def target(self) -> Target:
        """By which names it is known."""

    @property
    def ref(self) -> ObjectRef:
        """Where it is."""

    @property
    def role(self) -> Role:
        """Whether it is forced or commanded."""

    @property
    def priority(self) -> int:
        """The slot that it is commanded in."""


@dataclass(frozen=True, slots=True)
class Yielded:
    """A slot that is left to somebody else, and the value that was found in it."""

    target: Target
    ref: ObjectRef
    priority: int
    found: PointValue

    def __str__(self) -> str:
        return f"{self.target.device} {self.target.name} ({self.ref}) slot {self.priority}: it held {self.found}"


class SlotWatch(Duty):
    """The slots that we command in one controller, and the inputs that we force."""

    def __init__(self, device: str, ledger: Ledger, points: Callable[[], Sequence[Written]]) -> None:
        """``points`` are those that are written."""
        self._device = device
        self._ledger = ledger
        self._points = points
        self._glance_at_s = -math.inf
        self._silent: set[ObjectRef] = set()
        """Objects whose priority array the controller does not tell; they are not asked for it in every glance."""
        self._suspects: dict[Target, float] = {}
        """From when on a foreign value is no stale one any more, in monotonic s."""
        self._yielded: dict[Target, Yielded] = {}
        self._beaten: dict[ObjectRef, str] = {}
        """Why writes did not win, at the last look."""
        self._told: set[ObjectRef] = set()

    @property
    def yielded(self) -> tuple[Yielded, ...]:
        """What has been left to somebody else, in the order in which it was noticed."""
        return tuple(self._yielded.values())

    @property
    def held_back(self) -> frozenset[ObjectRef]:
        """What must not be written now."""
        return frozenset(bound.ref for bound in self._points() if self.holds_back(bound.target))

    @property
    def left_alone(self) -> Set[Target]:
        """What somebody else has, or seems to have."""
        return self._yielded.keys() | self._suspects.keys()

    def is_yielded(self, target: Target) -> bool:
        """Whether this one is left to somebody else for the rest of the run."""
        return target in self._yielded

    def holds_back(self, target: Target) -> bool:
        """Whether this one must not be written now."""
        return target in self._yielded or target in self._suspects

    def leave(self, claim: Claim, state: ObjectState) -> None:
        """Leave to somebody else what was in use before we came."""
        target = Target(self._device, claim.ref.object_type, claim.name)
        slot = slot_of(state.priority_array, claim.priority) if state.priority_array is not None else None
        found = state.present_value.value if slot is None else slot
        if found is not None:
            self._yielded[target] = Yielded(target, claim.ref, claim.priority, found)

    def look(self, now_s: MonotonicSeconds) -> Look:
        """What to read along: of all that has been written already, and nothing most of the time."""
        if now_s < self._glance_at_s:
            return Look()
        ours = self._ours()
        return Look(
            reads=tuple(bound.ref for bound in ours if bound.role is Role.FORCED),
            slots=tuple(b.ref for b in ours if b.role is Role.COMMANDED and b.ref not in self._silent),
        )

    def hear(self, exchange: Exchange, now_s: MonotonicSeconds) -> None:
        """Judge what has been read along."""
        for bound in self._points():
            is_told = bound.ref in exchange.slots or (bound.role is Role.FORCED and bound.ref in exchange.samples)
            if not is_told or not self._is_ours(bound):  # nothing is, in most of the steps
                continue
            if bound.ref in exchange.slots:
                self._judge_slot(bound, exchange.slots[bound.ref], now_s)
            else:
                self._ledger.saw(self._device, bound.ref, exchange.samples[bound.ref].value)
            self._glance_at_s = now_s + _GLANCE_EVERY_S

    def see(self, states: Mapping[ObjectRef, ObjectState], now_s: MonotonicSeconds) -> None:
        """Judge what stands everywhere, and tell what does not win."""
        self.judge(states, now_s)
        reasons = {bound.ref: self._defeat(bound, states[bound.ref]) for bound in self._ours()}
        for bound in self._points():
            self._tell(bound, reasons.get(bound.ref, ""))
        self._beaten = {ref: reason for ref, reason in reasons.items() if reason}

    def judge(self, states: Mapping[ObjectRef, ObjectState], now_s: MonotonicSeconds) -> None:
        """Judge what stands everywhere, where nothing of ours need win: it may have been lost, and is taken anew."""
        for bound in self._ours():
            state = states[bound.ref]
            if bound.role is Role.COMMANDED:
                self._judge_slot(bound, state.priority_array, now_s)
            elif state.out_of_service:
                self._ledger.saw(self._device, bound.ref, state.present_value.value)

    def _ours(self) -> list[Written]:
        """What has been written and is not somebody else's."""
        return [bound for bound in self._points() if self._is_ours(bound)]

    def _is_ours(self, bound: Written) -> bool:
        return not self.is_yielded(bound.target) and self._ledger.has_sent(self._device, bound.ref)

    def _judge_slot(self, bound: Written, slots: PriorityArray | None, now_s: MonotonicSeconds) -> None:
        """A present-value alone would tell nothing: another slot may win, and it may be on its way."""
        if slots is None:
            self._silent.add(bound.ref)
            return
        self._silent.discard(bound.ref)
        held = slot_of(slots, bound.priority)
        self._ledger.saw(self._device, bound.ref, held)
        if held is None or not self._is_theirs(bound, held) or self._was_there_before(bound, held):
            self._suspects.pop(bound.target, None)
        elif now_s >= self._suspects.setdefault(bound.target, now_s + _STALE_S):
            self._yield(bound, held)

    def _is_theirs(self, bound: Written, value: PointValue) -> bool:
        """What is in doubt may be what we sent as the controller stored it, or a value on its way there."""
        return self._ledger.judge(self._device, bound.ref, value) is Judgement.THEIRS

    def _was_there_before(self, bound: Written, held: PointValue) -> bool:
        """Whether this is what we found when we came: then nobody has written it anew, as at the release."""
        entries = self._ledger.entries_of(self._device, bound.ref)
        before = next((entry.before for entry in entries if isinstance(entry, TakenSlot)), None)
        return before is not None and same_as_stored(held, before)

    def _yield(self, bound: Written, held: PointValue) -> None:
        priority = bound.priority
        self._suspects.pop(bound.target)
        self._yielded[bound.target] = Yielded(bound.target, bound.ref, priority, held)
        log.warning(
            "%s %s (%s): somebody else has written %s into slot %d, which was ours: it is left to them and not "
            "written any more in this run",
            self._device,
            bound.target.name,
            bound.ref,
            held,
            priority,
        )

    def _defeat(self, bound: Written, state: ObjectState) -> str:
        """Why what we write does not win; empty where it does, or is not written for now."""
        if self.holds_back(bound.target):
            return ""
        if bound.role is Role.COMMANDED and state.priority_array is not None:
            return self._defeat_in(bound, state.priority_array)
        value = state.present_value.value
        return "" if value is None or not self._is_theirs(bound, value) else f"present-value is {value}"

    def _defeat_in(self, bound: Written, slots: PriorityArray) -> str:
        ours = slot_of(slots, bound.priority)
        if ours is None:
            return ""  # let go of, or lost in a reboot: the refresh takes it again
        if self._is_theirs(bound, ours):
            return f"slot {bound.priority} holds {ours}, as it did before this run"
        stronger = ((n, held) for n, held in enumerate(slots[: bound.priority - 1], start=1) if held is not None)
        # In slot 6 it is the object itself, for its minimum on or off time: what we write is only waited for.
        return next((f"slot {number} holds {held}" for number, held in stronger if number != MINIMUM_ON_OFF), "")

    def _tell(self, bound: Written, reason: str) -> None:
        ref = bound.ref
        if not reason and ref in self._told:
            self._told.discard(ref)
            log.info("%s %s (%s): effective again", self._device, bound.target.name, ref)
        elif reason and ref in self._beaten and ref not in self._told:
            self._told.add(ref)
            log.warning("%s %s (%s): written but not effective: %s", self._device, bound.target.name, ref, reason)
