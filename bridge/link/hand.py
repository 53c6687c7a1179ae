"""What somebody holds in one controller: asked for by any thread, written with the link's exchanges.

An input or a value that is written anyway is shown the hand's value in place of the simulation's; outputs are in
``held_slots.py``. A hold outlives the absence of its controller: it is held again when that is back.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from bridge.link.slot_watch import Yielded
from equipment.write_plan import WritePlan
from utils.clocks import UnixSeconds
from utils.values import PointValue, Target


@dataclass(frozen=True, slots=True)
class HeldPoint:
    """A value, in the controller's unit, that somebody holds an object at, and since when (Unix s)."""

    target: Target
    value: PointValue
    who: str
    since_s: UnixSeconds


News = Callable[[HeldPoint, str], None]
"""Is told in words what becomes of a hold without anybody's doing."""


def _to_nobody(_hold: HeldPoint, _words: str) -> None:
    """Nobody listens yet."""


class Holds:
    """The holds in one controller. Each is replaced whole, so that whoever reads needs no lock."""

    def __init__(self, *, is_quiet: bool = False) -> None:
        """A quiet one tells only what is held no longer."""
        self.news: News = _to_nobody
        self._is_quiet = is_quiet
        self._lock = threading.Lock()
        self._all: Mapping[Target, HeldPoint] = {}
        self._changed: set[Target] = set()
        """Since they were shown to the write plan last."""

    @property
    def all(self) -> Mapping[Target, HeldPoint]:
        """What is held, or asked to be, by its object."""
        return self._all

    def hold(self, hold: HeldPoint) -> None:
        """From the next exchange on, in place of whatever the object was held at."""
        with self._lock:
            self._put({**self._all, hold.target: hold}, hold.target)

    def release(self, target: Target) -> HeldPoint | None:
        """No more, from the next exchange on. Returns what was held."""
        with self._lock:
            hold = self._all.get(target)
            if hold is not None:
                self._put({key: one for key, one in self._all.items() if key != target}, target)
            return hold

    def drop(self, hold: HeldPoint, why: str) -> None:
        """It cannot be held, or not any more; nothing to do where another one has taken its place."""
        with self._lock:
            is_current = self._all.get(hold.target) is hold
            if is_current:
                self._put({key: one for key, one in self._all.items() if key != hold.target}, hold.target)
        if is_current:
            self.news(hold, f"no longer held: {why}")

    def in_force(self, hold: HeldPoint, priority: int) -> None:
        """The controller has taken its value."""
        if not self._is_quiet:
            self.news(hold, f"in force in slot {priority}")

    def yield_to(self, takers: Iterable[Yielded]) -> None:
        """What has been left to somebody else is not held any more."""
        for one in takers:
            hold = self._all.get(one.target)
            if hold is not None:
                self.drop(hold, f"somebody else has written {one.found} into slot {one.priority}")

    def over(self, targets: Mapping[Target, PointValue], plan: WritePlan) -> Mapping[Target, PointValue]:
        """A frame's values with those of the hand in their place; the plan writes anew what has changed by hand."""
        with self._lock:
            holds, changed, self._changed = self._all, self._changed, set()
        plan.renew(changed)
        return {**targets, **{target: hold.value for target, hold in holds.items()}} if holds else targets

    def tell_all(self, words: str) -> None:
        """Something has become of all of them."""
        for hold in () if self._is_quiet else self._all.values():
            self.news(hold, words)

    def _put(self, holds: Mapping[Target, HeldPoint], changed: Target) -> None:
        self._all = holds
        self._changed.add(changed)
