"""Slots of ours that somebody else has written in mid-run: left to them for the rest of it (docs/decisions/10).

The present-values of what we command are read along at most once a second; an odd one is a reason to look at the slot
itself, as is the refresh. From the first sight of a foreign value the slot is not written, and when it is still there
after reads can be stale no longer (ecy-rest-api §16), it is yielded.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bridge.ledger import Ledger, TakenSlot
from equipment.write_plan import BoundPoint
from utils.values import ObjectRef, ObjectState, PointValue, Role, Sample, Target, same_as_stored

log = logging.getLogger(__name__)

_GLANCE_EVERY_S = 1.0
_STALE_S = 6.0
"""Reads may be 5 s old (ecy-rest-api §16, §17 row 29)."""


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
    """The commanded slots of one controller: which are ours, in doubt, or somebody else's."""

    def __init__(self, device: str, ledger: Ledger) -> None:
        self._device = device
        self._ledger = ledger
        self._glance_at_s: float | None = None
        self._calm_until_s = 0.0
        self._proved: set[Target] = set()
        """Where a value of ours has been read back as ours: only there a foreign one means somebody else."""
        self._explained: dict[Target, PointValue | None] = {}
        """Odd present-values of which a look has shown that the slot is not the reason."""
        self._odd: set[Target] = set()
        self._suspects: dict[Target, float] = {}
        """When to look again at the slots that held a foreign value, in monotonic s."""
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

    def glance(self, written: Iterable[BoundPoint], now_s: float) -> list[ObjectRef]:
        """The objects whose present-values to read along with this exchange; none most of the time."""
        if self._glance_at_s is None:
            self._glance_at_s = now_s + _GLANCE_EVERY_S
        if now_s < self._glance_at_s:
            return []
        self._glance_at_s = now_s + _GLANCE_EVERY_S
        return [bound.ref for bound in self._ours(written)]

    def notice(self, written: Iterable[BoundPoint], samples: Mapping[ObjectRef, Sample]) -> None:
        """Compare what a glance has shown."""
        for bound in self._ours(written):
            value = samples[bound.ref].value if bound.ref in samples else None
            if value is None:
                continue
            if self._ledger.is_ours(self._device, bound.ref, value):
                self._proved.add(bound.target)
                self._explained.pop(bound.target, None)
            elif bound.target in self._proved and self._explained.get(bound.target) != value:
                self._odd.add(bound.target)

    def due(self, written: Iterable[BoundPoint], now_s: float) -> list[BoundPoint]:
        """The points whose slots should be looked at now."""
        odd = self._odd if now_s >= self._calm_until_s else set()
        again = {target for target, at_s in self._suspects.items() if now_s >= at_s}
        return [bound for bound in written if bound.target in odd | again]

    def look(self, written: Iterable[BoundPoint], states: Mapping[ObjectRef, ObjectState], now_s: float) -> None:
        """Judge the slots of these objects."""
        for bound in self._ours(written):
            slots = states[bound.ref].priority_array
            if slots is not None:
                self._judge(bound, slots[bound.point.priority - 1], states[bound.ref].present_value.value, now_s)

    def _ours(self, written: Iterable[BoundPoint]) -> list[BoundPoint]:
        return [
            bound
            for bound in written
            if bound.point.role is Role.COMMANDED
            and not self.is_yielded(bound.target)
            and self._ledger.has_sent(self._device, bound.ref)
        ]

    def _judge(self, bound: BoundPoint, held: PointValue | None, shown: PointValue | None, now_s: float) -> None:
        target = bound.target
        if held is not None and self._ledger.is_ours(self._device, bound.ref, held):
            self._proved.add(target)
        elif held is not None and not self._was_there_before(bound, held):
            if target in self._proved and now_s >= self._suspects.setdefault(target, now_s + _STALE_S):
                self._yield(bound, held)
            return
        if target in self._odd:
            self._odd.discard(target)
            self._explained[target] = shown
            self._calm_until_s = now_s + _STALE_S
        self._suspects.pop(target, None)

    def _was_there_before(self, bound: BoundPoint, held: PointValue) -> bool:
        """Whether this is what we found when we came: then nobody has written it anew, as at the release."""
        before = next(
            (
                entry.before
                for entry in self._ledger.open_entries
                if isinstance(entry, TakenSlot) and (entry.device, entry.ref) == (self._device, bound.ref)
            ),
            None,
        )
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
