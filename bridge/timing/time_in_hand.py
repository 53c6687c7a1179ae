"""Time in hand: pause, go on, single step, pace, reset and stop, for any thread; done between two steps.

What a person at the terminal, a page or a program asks is judged at once, and waits here for the simulation thread,
which decides what to do before every step (:meth:`TimeInHand.decide`).
"""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum, auto
from typing import Protocol

from bridge.link import future_findings
from bridge.timing.model_time import Beginning, ModelTime
from bridge.timing.saved_states import is_name
from recording import EventKind
from utils.clocks import Clocks, UnixSeconds, require_start
from utils.errors import BridgeError
from utils.settings import Settings
from utils.text import printable

log = logging.getLogger(__name__)

_SHOWN = 80
"""Characters of what somebody has typed that are told back."""
Tell = Callable[[EventKind, str, str], None]
"""Takes what happens: its kind, words, and who wanted it."""


class KeepsStates(Protocol):
    """Whoever keeps states of the simulation (:mod:`bridge.timing.state_keeper`)."""

    @property
    def names(self) -> tuple[str, ...]:
        """Those that can be gone back to, the newest last."""

    def require(self, name: str | None = None) -> None:
        """Raises :class:`TimeRefused` where there can be none, or none of that name is there."""

    def keep(self, name: str, who: str) -> None:
        """Save the state as it is now, in the simulation thread."""


class TimeRefused(BridgeError):
    """What was asked of the time cannot be. The words say why; nothing has changed."""


class ResetAsked(Exception):
    """The episode ends here, if the simulation will begin another one there."""

    def __init__(self, beginning: Beginning, who: str) -> None:
        self.beginning = beginning
        self.who = who
        super().__init__(str(beginning))


class Decision(Enum):
    """What the simulation thread does next."""

    HOLD = auto()
    STEP = auto()
    """Once, and hold again."""
    GO_ON = auto()
    END = auto()
    """Time has been held for as long as it may."""


@dataclass(frozen=True, slots=True)
class TimeState:
    """Time at one moment, for a display."""

    scale: float
    """The pace that is asked for: simulated seconds per second, 0 for as fast as the peers allow."""
    is_paused: bool = False
    """Whether a pause is asked for, or holds."""
    held_since_s: UnixSeconds | None = None
    """Since when the pause holds; None while it does not, or not yet."""
    held_for_s: float | None = None
    ends_in_s: float = 0.0
    """When the pause will end the run (``PAUSE_MAX``), if nobody touches it."""
    asked: str = ""
    """What waits for the next step, in words."""


class TimeInHand:
    """Safe to use from any thread. ``who`` is a name for the record: ``terminal``, ``page``.

    Raises :class:`TimeRefused` for what cannot be, and for everything once the run is ending.
    """

    def __init__(
        self,
        settings: Settings,
        time: ModelTime,
        clocks: Clocks,
        stop: Callable[[], None],
        tell: Tell,
        keeper: KeepsStates,
    ) -> None:
        self.asked = threading.Event()
        """Set while the next step must not be made without a decision."""
        self.news = threading.Event()
        """Set when there is something new to decide on."""
        self._settings = settings
        self._time = time
        self.outlasted = ""
        """That a pause has ended the run, in words; empty where none has."""
        self._clocks = clocks
        self._stop = stop
        self._tell = tell
        self._lock = threading.RLock()  # a signal's handler may come in between
        self._scale = settings.time_scale
        self._is_paused = self._is_over = False
        self._steps = 0
        self._reset: ResetAsked | None = None
        self._keeper = keeper
        self._saves: list[tuple[str, str]] = []
        self._who = ""
        self._touched_s = 0.0
        self._held_since_s: UnixSeconds | None = None

    def pause(self, who: str) -> None:
        """Hold time before the next step."""
        with self._asking(who):
            self._is_paused, self._steps = True, 0

    def go_on(self, who: str) -> None:
        """Let time pass again."""
        with self._asking(who):
            self._is_paused, self._steps = False, 0

    def step_once(self, who: str) -> None:
        """Make one step, and hold."""
        with self._asking(who):
            self._is_paused, self._steps = True, self._steps + 1

    def set_pace(self, scale: float, who: str) -> None:
        """Simulated seconds per second from the next step on; 0 is as fast as the peers allow."""
        if not 0 <= scale < math.inf:
            raise TimeRefused(f"a pace is a number from 0 on, not {scale}; 0 is as fast as the peers allow")
        with self._asking(who):
            self._scale = scale

    def reset(self, start: datetime, who: str) -> None:
        """Begin a new episode at this date, naive model time; a pause stays."""
        try:
            require_start(start)
        except ValueError as error:
            raise TimeRefused(str(error)) from None
        in_future = future_findings(self._settings.model_copy(update={"start_time": start}), self._clocks.wall())
        for finding in in_future:
            raise TimeRefused(finding.what)
        self._begin_anew(Beginning(start), who)

    def reset_to_period(self, name: str, who: str) -> None:
        """Begin a new episode with a period of the test case's, whose names the server alone knows; a pause stays."""
        if not name.strip():
            raise TimeRefused("a period has a name, as in peak_heat_day")
        self._begin_anew(Beginning(self._settings.start_time, printable(name.strip())), who)

    @property
    def states(self) -> tuple[str, ...]:
        """The states that :meth:`restore` knows, the newest last; none where the simulation has none."""
        return self._keeper.names

    def require_states(self) -> None:
        """Raises :class:`TimeRefused` where the simulation has none."""
        self._keeper.require()

    def save(self, name: str, who: str) -> None:
        """Keep the state of building and controllers under a name before the next step; time goes on as it did.

        Without a name it gets one by the model time that it is of, such as ``0110-053500``.
        """
        if name and not is_name(name):
            raise TimeRefused(f"a state is called with letters, digits, - and _, not {printable(name)[:_SHOWN]!r}")
        self._keeper.require()
        with self._asking(who):
            self._saves.append((name, who))

    def restore(self, name: str, who: str) -> None:
        """Begin a new episode in a saved state; a pause stays."""
        self._keeper.require(printable(name)[:_SHOWN])
        self._begin_anew(Beginning(self._settings.start_time, state=name), who)

    def stop(self, who: str) -> None:
        """End the run and give everything back."""
        with self._asking(who):
            log.info("stop, asked for by %s", who)
        self._stop()

    @property
    def state(self) -> TimeState:
        """This moment."""
        with self._lock:
            state = TimeState(self._scale, self._is_paused, self._held_since_s, asked=self._in_words)
            if self._held_since_s is None:
                return state
            left_s = self._settings.pause_max_s - (self._clocks.monotonic() - self._touched_s)
            return replace(state, held_for_s=self._clocks.wall() - self._held_since_s, ends_in_s=max(left_s, 0.0))

    def halt(self) -> None:
        """The run ends: nothing can be asked any more, and nobody waits for a decision. From signal handlers too."""
        with self._lock:
            self._is_over = True
            self._set_asked()
            self.news.set()

    def decide(self, answer_began_s: float) -> Decision:
        """What to do before the next step, when :attr:`asked` is set. For the simulation thread.

        ``answer_began_s`` is when the frame was last shown to the controllers (monotonic s): a single step is made on
        an answer that is younger than the wish. Raises :class:`ResetAsked`.
        """
        told: list[tuple[EventKind, str, str]] = []
        with self._lock:
            self.news.clear()
            decision = self._decided(answer_began_s, told)
            reset, self._reset = self._reset, None
            saves, self._saves = self._saves, []
            self._set_asked()
        for event in told:
            self._tell(*event)
        for name, who in saves:
            self._keeper.keep(name or self.new_state_name, who)
        if reset is not None:
            raise reset
        return decision

    @contextmanager
    def _asking(self, who: str) -> Iterator[None]:
        """Something is asked for in here; the simulation thread is woken."""
        with self._lock:
            if self._is_over:
                raise TimeRefused("the run is ending: its time is in nobody's hand any more")
            yield
            self._who, self._touched_s = who, self._clocks.monotonic()
            self._set_asked()
            self.news.set()

    def _begin_anew(self, beginning: Beginning, who: str) -> None:
        with self._asking(who):
            self._reset, self._steps = ResetAsked(beginning, who), 0

    def _decided(self, answer_began_s: float, told: list[tuple[EventKind, str, str]]) -> Decision:
        if self._scale != self._time.scale:
            self._time.scale = self._scale
            told.append((EventKind.PHASE, f"pace: {pace_in_words(self._scale)}", self._who))
        if not self._is_paused:
            if self._held_since_s is not None:
                told.append((EventKind.RESUMED, "time goes on", self._who))
            self._held_since_s = None
            return Decision.GO_ON
        if self._held_since_s is None:
            self._held_since_s = self._clocks.wall()
            told.append((EventKind.PAUSED, "time is held", self._who))
        self._time.rest()
        if self._reset is not None:
            return Decision.HOLD
        if self._steps:
            if answer_began_s < self._touched_s:
                self.news.set()  # so that there is one soon
                return Decision.HOLD
            self._steps -= 1
            return Decision.STEP
        held_s = self._clocks.monotonic() - self._touched_s
        if held_s < self._settings.pause_max_s:
            return Decision.HOLD
        self.outlasted = f"time was held for {held_s:.0f} s (PAUSE_MAX)"
        log.warning("%s: the run ends and gives everything back", self.outlasted)
        told.append((EventKind.PHASE, f"{self.outlasted}: the run ends", ""))
        return Decision.END

    @property
    def new_state_name(self) -> str:
        """A name by the model time, such as ``0110-053500``."""
        date = self._time.shown(self._time.frame.time_s)
        return f"{date:%m%d-%H%M%S}" if date is not None else "no-date"

    @property
    def _in_words(self) -> str:
        if self._reset is not None:
            return f"reset to {self._reset}"
        if self._is_paused and self._held_since_s is None:
            return "pause"
        if self._steps:
            return "step"
        if not self._is_paused and self._held_since_s is not None:
            return "go on"
        return f"pace {pace_in_words(self._scale)}" if self._scale != self._time.scale else ""

    def _set_asked(self) -> None:
        is_wanted = self._reset is not None or bool(self._saves)
        is_asked = self._is_over or self._is_paused or is_wanted or self._scale != self._time.scale
        if is_asked or self._held_since_s is not None:
            self.asked.set()
        else:
            self.asked.clear()


def pace_in_words(scale: float) -> str:
    """As people say it."""
    return f"{scale:g} x real time" if scale else "as fast as possible"
