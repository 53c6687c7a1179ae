"""Tells everybody who watches a run what happens in it, at no risk to the run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from bridge.acting import LedSetPoint
from bridge.device_loop import Heard
from bridge.display.status import Phase
from bridge.link import ControllerLink
from bridge.overriding import Overrides
from bridge.watching.observation import Observation, Watcher
from bridge.watching.transitions import Transitions
from recording import Event, EventKind
from utils.alone import Alone
from utils.clocks import Clocks, ModelSeconds
from utils.values import Commands, Frame, PointValue, Target


class Watching:
    """The watchers of one run. One that raises is dropped, which is said once."""

    def __init__(
        self,
        links: Sequence[ControllerLink],
        overrides: Overrides,
        local_time: Callable[[ModelSeconds], datetime | None],
        clocks: Clocks,
        watchers: Sequence[Watcher],
        set_points: Callable[[], tuple[LedSetPoint, ...]],
        kpis: Callable[[], Mapping[str, float]],
    ) -> None:
        """``set_points`` are those that are acted on in the frame that is answered, ``kpis`` those of the frame."""
        self._links = links
        self._overrides = overrides
        self._local_time = local_time
        self._clocks = clocks
        self._watchers = tuple(watchers)
        self._set_points, self._kpis = set_points, kpis
        self._alone = Alone()
        self._transitions = Transitions(links)
        self._late_steps = 0
        self._time_s: ModelSeconds | None = None

    def add(self, watcher: Watcher) -> None:
        """Another one, from any thread."""
        self._watchers = (*self._watchers, watcher)

    def answered(self, frame: Frame, heard: Heard, commands: Commands) -> None:
        """A frame has been answered; called by the simulation thread."""
        if not self._watchers:
            return
        is_late = heard.late_steps > self._late_steps
        self._late_steps = heard.late_steps
        seen = self._observed(frame, heard, commands, is_late=is_late)
        self._time_s = frame.time_s
        self._each(lambda watcher: watcher.step(seen))
        for event in self._transitions.of(seen):
            self.tell(event)

    def shown_again(self, frame: Frame, heard: Heard) -> None:
        """A frame was shown while time is held, or while controllers couple. Called by the simulation thread."""
        if self._watchers:
            seen = self._observed(frame, heard, Commands(frame.number, {}), is_late=False)
            for event in self._transitions.of(seen):
                self.tell(event)

    def reached(self, phase: Phase) -> None:
        """The run has got so far."""
        self.say(EventKind.PHASE, "", phase.value)

    def note(self, words: str, who: str) -> None:
        """Somebody wants to remember something; from any thread."""
        self.say(EventKind.NOTE, "", words, who)

    def say(self, kind: EventKind, subject: str, words: str, who: str = "") -> None:
        """Something has happened just now; from any thread."""
        self.tell(Event(self._clocks.wall(), kind, subject, words, self._time_s, who))

    def tell(self, event: Event) -> None:
        """The same with its own times."""
        self._each(lambda watcher: watcher.event(event))

    def _each(self, tell: Callable[[Watcher], None]) -> None:
        for watcher in self._watchers:
            what = f"{type(watcher).__name__}, which watches the run,"
            with self._alone.step(what):
                tell(watcher)
                continue
            self._watchers = tuple(other for other in self._watchers if other is not watcher)

    def _observed(self, frame: Frame, heard: Heard, commands: Commands, *, is_late: bool) -> Observation:
        return Observation(
            frame,
            heard,
            commands,
            is_late,
            self._overrides.active_groups,
            self._local_time(frame.time_s),
            self._clocks.wall(),
            self._values(heard),
            self._set_points(),
            self._kpis(),
        )

    def _values(self, heard: Heard) -> dict[Target, PointValue | None]:
        """What the controllers that are there hold of ours, and what they said."""
        values: dict[Target, PointValue | None] = {}
        for link in self._links:
            if link.is_present:
                values |= link.held
        values.update((target, sample.value) for target, sample in heard.samples.items())
        return values
