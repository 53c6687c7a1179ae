"""Looks at a run from a thread of its own, some seven times a second at most, and publishes what has changed.

It is a watcher of the run as well: told of a step it keeps the newest and looks at once, and
the run never waits.
"""

from __future__ import annotations

import logging
import math
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence

from bridge.display.status import Phase, Status
from bridge.overriding import Commander
from equipment.equipment_manager import Equipment
from page.contracts import Hands, SeenRun, SeenStep
from page.seeing.board import Board, board_of
from page.seeing.memory import Memory
from page.seeing.moment import Looked, NumberedEvent, ShownMoment, moment_of
from page.seeing.standing import PointStanding, Told, standing_of
from recording import Event, EventKind
from utils.alone import Alone
from utils.clocks import HOST, Clocks
from utils.errors import BridgeError
from utils.values import Target

log = logging.getLogger(__name__)

LEAST_S = 0.15
"""Between two looks: nobody reads faster, and a value is on a screen within 250 ms of its step."""
_MOST_S = 0.25
"""Between two looks at a run that says nothing."""
COMMANDERS_S = 1.0
"""Between two looks at who commands what, unless something happens: controllers are asked for it no more often."""
_KEPT_EVENTS = 200
_OF_STATES = (EventKind.STATE, EventKind.PHASE)
"""After these there may be others to go back to; once connected a run knows whether there are any."""


class Looker:
    """Has the newest moment of a run, and its past."""

    def __init__(
        self,
        run: SeenRun,
        equipments: Sequence[Equipment],
        hands: Hands,
        publish: Callable[[ShownMoment], None],
        clocks: Clocks = HOST,
    ) -> None:
        self.memory = Memory()
        self.is_seen: Callable[[], bool] = lambda: True
        """Whether anybody looks: what costs the building an answer is not asked for nobody."""
        self._run = run
        self._equipments = equipments
        self._hands = hands
        self._publish = publish
        self._clocks = clocks
        # A page that an earlier run has left open finds another board here, and loads anew.
        self._board = board_of(equipments, {}, round(1000 * clocks.wall()))
        self._events: deque[NumberedEvent] = deque(maxlen=_KEPT_EVENTS)
        self._told_events = 0
        self._newest_step: SeenStep | None = None
        self._saved: tuple[str, ...] | None = None
        self._is_news_of_states = self._is_news = True
        self._commanders: Mapping[Target, Commander] = {}
        self._commanders_at_s = -math.inf
        self._standing: PointStanding | None = None
        self._alone = Alone()
        self._wake, self._stop = threading.Event(), threading.Event()
        self._lock = threading.Lock()
        self.moment = self._look(0)
        self._thread = threading.Thread(target=self._watch, name="page-look")

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Look once more, and end."""
        self._stop.set()
        self._wake.set()
        self._thread.join()

    def step(self, seen: SeenStep) -> None:
        """A frame was answered: what a run tells its watchers. Waits for nothing."""
        self._newest_step = seen
        self._wake.set()

    def event(self, event: Event) -> None:
        """Something has happened: what a run tells its watchers. Waits for nothing.

        Late steps are counted above the page; as events they would push out all others.
        """
        if event.kind is EventKind.LATE:
            return
        with self._lock:
            self._told_events += 1
            self._events.append(NumberedEvent(self._told_events, event))
        self._is_news_of_states |= event.kind in _OF_STATES
        self._is_news = True
        self._wake.set()

    def say(self, kind: EventKind, subject: str, words: str, who: str) -> None:
        """Something has been done on the page."""
        self.event(Event(self._clocks.wall(), kind, subject, words, None, who))

    @property
    def board(self) -> Board:
        """What is shown."""
        return self._board

    def _watch(self) -> None:
        while not self._stop.is_set():
            self._wake.wait(_MOST_S)
            self._wake.clear()
            self._look_and_tell()
            self._stop.wait(LEAST_S)
        self._look_and_tell(is_over=True)

    def _look_and_tell(self, *, is_over: bool = False) -> None:
        with self._alone.step("looking at the run for its page"):
            moment = self._look(self.moment.number + 1, is_over=is_over)
            if not moment.says_the_same(self.moment):
                self._remember(moment)
                self.moment = moment
                self._publish(moment)

    def _look(self, number: int, *, is_over: bool = False) -> ShownMoment:
        run, hands = self._run, self._hands
        status = run.status()
        metadata = run.metadata
        if self._is_news_of_states:
            self._is_news_of_states, self._saved = False, _states(hands)
        if metadata and not self._board.is_complete:
            self._board = board_of(self._equipments, metadata, self._board.version + 1)
        looked = Looked(
            status=status,
            simulated=run.last_values,
            standing=self._stands(status),
            step=self._newest_step,
            own=hands.own_control() if hands.own_control is not None and self.is_seen() else {},
            time=hands.time.state if hands.time is not None else None,
            saved=self._saved,
        )
        with self._lock:
            events = tuple(self._events)
        return moment_of(number, self._board, looked, events, self._clocks.wall(), is_over=is_over)

    def _stands(self, status: Status) -> PointStanding:
        held = self._hands.values.held if self._hands.values is not None else ()
        by_subject = {one.subject: one for one in held}
        told = Told(self._board, dict(status.controllers), by_subject, self._newest_commanders(status.phase))
        self._standing = standing_of(told, self._standing)
        return self._standing

    def _newest_commanders(self, phase: Phase) -> Mapping[Target, Commander]:
        """What is given back is nobody else's: at the end the page keeps who it was."""
        if phase in (Phase.RELEASING, Phase.ENDED):
            return self._commanders
        now_s = self._clocks.monotonic()
        if self._hands.commanders is not None and (self._is_news or now_s - self._commanders_at_s >= COMMANDERS_S):
            self._is_news, self._commanders_at_s = False, now_s
            self._commanders = {one.target: one for one in self._hands.commanders()}
        return self._commanders

    def _remember(self, moment: ShownMoment) -> None:
        if moment.status.episode != self.moment.status.episode:
            self.memory.begin_anew()
        if moment.status.phase in (Phase.RUNNING, Phase.COUPLING) and moment.local_s is not None:
            self.memory.add(moment.local_s, moment.values)


def _states(hands: Hands) -> tuple[str, ...] | None:
    """The states that can be gone back to; None where there can be none."""
    if hands.time is None:
        return None
    try:
        hands.time.require_states()
    except BridgeError:
        return None
    return hands.time.states
