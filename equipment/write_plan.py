"""Which writes a controller needs now: on change, everything again at the refresh, and what to let go of.

Pure bookkeeping: no client, no clock. Out-of-service is set once when an input is taken and asserted again with the
refresh, because a controller that has rebooted may have lost it.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from points import Point
from utils.clocks import MonotonicSeconds
from utils.values import ObjectRef, PointValue, Role, Target, Write, WriteKind, WriteResult


@dataclass(frozen=True, slots=True)
class BoundPoint:
    """A point and the object that discovery found for it."""

    point: Point
    target: Target
    ref: ObjectRef

    @property
    def role(self) -> Role:
        """What the bridge does with the object."""
        return self.point.role

    @property
    def priority(self) -> int:
        """The slot that it is commanded in."""
        return self.point.priority


@dataclass(slots=True)
class _Track:
    """What the controller holds for one point, as far as we know."""

    bound: BoundPoint
    wanted: PointValue | None = None
    sent: PointValue | None = None
    refresh_at_s: float = 0.0
    taken: bool = False
    may_hold: bool = False
    """Whether something of ours may stand in it: from the first write on, until it is seen to be let go of."""
    missed_steps: int = 0
    failures: int = 0


class WritePlan:
    """The writes of one controller's inputs and values."""

    def __init__(self, bound: Iterable[BoundPoint], refresh_s: float, hold_steps: int) -> None:
        self._tracks = {item.ref: _Track(item) for item in bound if item.point.role is not Role.READ}
        self._refresh_s = refresh_s
        self._hold_steps = hold_steps
        self._targets: Mapping[Target, PointValue] | None = None
        """The values of the frame that was taken last."""
        self.found_forced: Mapping[ObjectRef, PointValue] = {}
        """Inputs that were out of service before us, with their values then: to let go of one is to put that back."""

    @property
    def bound(self) -> tuple[BoundPoint, ...]:
        """The points that are written, in the order of the configs."""
        return tuple(track.bound for track in self._tracks.values())

    @property
    def held(self) -> dict[Target, PointValue]:
        """What the controller holds of ours, as far as it has confirmed a write."""
        return {track.bound.target: track.sent for track in self._tracks.values() if track.sent is not None}

    def update(self, targets: Mapping[Target, PointValue]) -> None:
        """Take a frame's values. A point without one keeps its last, and misses once however often that is shown."""
        if targets is self._targets:
            return
        self._targets = targets
        for track in self._tracks.values():
            value = targets.get(track.bound.target)
            track.missed_steps = track.missed_steps + 1 if value is None else 0
            track.wanted = track.wanted if value is None else value

    def due(self, now_s: MonotonicSeconds) -> list[Write]:
        """The writes to send now, an input's out-of-service before its present-value."""
        return [write for track in self._tracks.values() for write in self._due_for(track, now_s)]

    def confirm(self, results: Sequence[WriteResult], now_s: MonotonicSeconds) -> None:
        """Note what the controller accepted; results about other objects are passed over.

        What failed is tried again at once, as a reboot may have put an input back in service; what failed twice
        running waits for the refresh.
        """
        for result in results:
            track = self._tracks.get(result.write.ref)
            if track is None or result.write.kind is WriteKind.RELIABILITY:
                continue
            track.failures = track.failures + 1 if result.error else 0
            track.may_hold = True
            if result.error is not None:
                track.taken, track.sent = False, None
                track.refresh_at_s = now_s + (self._refresh_s if track.failures > 1 else 0.0)
            elif track.missed_steps > self._hold_steps and result.write in self._let_go(track):
                track.taken, track.may_hold, track.sent, track.wanted = False, False, None, None
            elif result.write.kind is not WriteKind.OUT_OF_SERVICE:
                track.taken, track.sent = True, result.write.value
                track.refresh_at_s = now_s + self._refresh_s

    def renew(self, targets: Collection[Target]) -> None:
        """Write these anew, however little has changed; what has no value in the next frame is let go of at once."""
        for track in self._tracks.values():
            if track.bound.target in targets:
                track.refresh_at_s, track.missed_steps = -math.inf, self._hold_steps

    def forget(self, may_hold: Collection[ObjectRef] = ()) -> None:
        """The controller may have lost everything: take and write all of it again.

        ``may_hold`` are the objects that something of ours may stand in all the same.
        """
        for ref, track in self._tracks.items():
            track.taken, track.sent, track.failures = False, None, 0
            track.may_hold = track.may_hold or ref in may_hold

    def _due_for(self, track: _Track, now_s: MonotonicSeconds) -> list[Write]:
        if track.failures > 1 and now_s < track.refresh_at_s:
            return []
        if track.missed_steps > self._hold_steps:
            return self._let_go(track) if track.may_hold else []
        if track.wanted is None:
            return []
        refresh = not track.taken or now_s >= track.refresh_at_s
        changed = track.sent is None or track.bound.point.differs(track.wanted, track.sent)
        if not (refresh or changed):
            return []
        return _assert(track, track.wanted, refresh)

    def _let_go(self, track: _Track) -> list[Write]:
        point, ref = track.bound.point, track.bound.ref
        if point.role is Role.COMMANDED:
            return [Write(ref, WriteKind.COMMAND, None, point.priority)]
        if ref in self.found_forced:
            return [Write(ref, WriteKind.PRESENT_VALUE, self.found_forced[ref])]
        return [Write(ref, WriteKind.OUT_OF_SERVICE, False)]


def _assert(track: _Track, value: PointValue, refresh: bool) -> list[Write]:
    point, ref = track.bound.point, track.bound.ref
    if point.role is Role.COMMANDED:
        return [Write(ref, WriteKind.COMMAND, value, point.priority)]
    out_of_service = [Write(ref, WriteKind.OUT_OF_SERVICE, True)] if refresh else []
    return [*out_of_service, Write(ref, WriteKind.PRESENT_VALUE, value)]
