"""What has changed from one answered frame to the next, as events."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bridge.link import ControllerLink, LinkState, Yielded
from bridge.watching.observation import Observation
from recording import Event, EventKind
from utils.values import Target

_TOLD = {LinkState.OFFLINE: EventKind.OFFLINE, LinkState.ONLINE: EventKind.ONLINE}
"""The states of a controller that are news; the others lead to one of these."""


class Transitions:
    """Remembers how things stood. At first nobody is there, nothing is overridden, and nothing is wrong."""

    def __init__(self, links: Sequence[ControllerLink]) -> None:
        self._links = links
        self._states: dict[str, LinkState] = {}
        self._yielded: tuple[Yielded, ...] = ()
        self._groups: tuple[str, ...] = ()
        self._faulty: dict[Target, str] = {}
        self._was_late = False

    def of(self, seen: Observation) -> Iterator[Event]:
        """What is new in a frame."""
        for kind, subject, words in (*self._controllers(), *self._slots(), *self._overrides(seen), *self._faults(seen)):
            yield Event(seen.wall_s, kind, subject, words, seen.frame.time_s)
        if seen.is_late and not self._was_late:
            yield Event(seen.wall_s, EventKind.LATE, "", f"step {seen.frame.number} came late", seen.frame.time_s)
        self._was_late = seen.is_late

    def _controllers(self) -> Iterator[tuple[EventKind, str, str]]:
        for link in self._links:
            before, self._states[link.device] = self._states.get(link.device), link.state
            if link.state is not before and link.state in _TOLD:
                yield _TOLD[link.state], link.device, link.absence

    def _slots(self) -> Iterator[tuple[EventKind, str, str]]:
        yielded = tuple(one for link in self._links for one in link.yielded)
        for one in yielded if yielded != self._yielded else ():
            if one not in self._yielded:
                yield EventKind.YIELDED, str(one.target), str(one)
        self._yielded = yielded

    def _overrides(self, seen: Observation) -> Iterator[tuple[EventKind, str, str]]:
        before, self._groups = self._groups, seen.active_groups
        if before == self._groups:
            return
        for group in self._groups:
            if group not in before:
                yield EventKind.GROUP, group, "overrides active"
        for group in before:
            if group not in self._groups:
                yield EventKind.GROUP, group, "left to the building's own control"

    def _faults(self, seen: Observation) -> Iterator[tuple[EventKind, str, str]]:
        """Objects that tell no value any more; those of a controller that is away go without saying."""
        samples = seen.heard.samples
        faulty = {target: one.note or one.quality.value for target, one in samples.items() if one.value is None}
        for target in faulty.keys() - self._faulty.keys():
            yield EventKind.FAULT, str(target), f"tells no value: {faulty[target]}"
        for target in self._faulty.keys() & samples.keys() - faulty.keys():
            yield EventKind.FAULT, str(target), "is over: it tells a value again"
        kept = {target: words for target, words in self._faulty.items() if target not in samples}
        self._faulty = {**kept, **faulty}
