"""A watcher that keeps what a run tells."""

from __future__ import annotations

from collections.abc import Callable

from bridge.watching.observation import Observation
from recording import Event, EventKind


class Listener:
    """A watcher that keeps what it is told."""

    def __init__(self, on_event: Callable[[Event], None] = lambda event: None) -> None:
        self.steps: list[Observation] = []
        self.events: list[Event] = []
        self._on_event = on_event

    def step(self, seen: Observation) -> None:
        self.steps.append(seen)

    def event(self, event: Event) -> None:
        self.events.append(event)
        self._on_event(event)

    def told(self, kind: EventKind) -> list[tuple[str, str]]:
        return [(event.subject, event.words) for event in self.events if event.kind is kind]
