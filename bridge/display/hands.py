"""What keys do: time in hand, and which part of a run is looked at. Without a terminal, without a clock."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from bridge.timing.time_in_hand import TimeInHand, TimeRefused, pace_in_words
from utils.arguments import model_time
from utils.process import key_names as keys

WHO = "terminal"
_LONGEST = 200
"""Characters of a line that is typed."""
_PACES = tuple(step * 10.0**power for power in range(-1, 4) for step in (1, 2, 5))


class Shown(Enum):
    """What is looked at."""

    OVERVIEW = "overview"
    POINTS = "points"
    HELP = "help"


class Question(Enum):
    """What a typed line answers."""

    RESET = "reset to (2023-01-10 05:30, or a period's name)"
    NOTE = "note"
    SAVE = "save the state as (empty: by the time)"
    RESTORE = "back to state (empty: the newest)"


@dataclass(frozen=True, slots=True)
class Screen:
    """What the keys have made of the view. ``page`` counts from 0 and may be beyond the last one."""

    look: Shown = Shown.OVERVIEW
    page: int = 0
    question: Question | None = None
    typed: str = ""
    said: str = ""
    """What became of the last key, in words."""


class TerminalHands:
    """Takes keys from one thread; :attr:`screen` is for any."""

    def __init__(self, time: TimeInHand, note: Callable[[str, str], None], pace: Callable[[], float]) -> None:
        """``note`` keeps words and who has typed them; ``pace`` is the measured one."""
        self.screen = Screen()
        self._time = time
        self._note = note
        self._lock = threading.Lock()
        self._keys: Mapping[str, Callable[[], None]] = {
            " ": self._pause_or_go_on,
            ".": lambda: time.step_once(WHO),
            keys.RIGHT: lambda: time.step_once(WHO),
            "+": lambda: self._set_pace(faster(time.state.scale)),
            "-": lambda: self._set_pace(slower(time.state.scale, pace())),
            "q": lambda: time.stop(WHO),
            "r": lambda: self._ask(Question.RESET),
            "s": lambda: self._ask_of_states(Question.SAVE),
            "b": lambda: self._ask_of_states(Question.RESTORE),
            "n": lambda: self._ask(Question.NOTE),
            "?": lambda: self._show(Shown.HELP),
            keys.TAB: lambda: self._show(Shown.POINTS),
            keys.ESCAPE: lambda: self._change(look=Shown.OVERVIEW, page=0),
            keys.PAGE_DOWN: lambda: self._turn(1),
            keys.DOWN: lambda: self._turn(1),
            keys.PAGE_UP: lambda: self._turn(-1),
            keys.UP: lambda: self._turn(-1),
            keys.HOME: lambda: self._change(page=0),
        }

    def press(self, key: str) -> None:
        """Do what a key means, and what it cannot be, say."""
        self._change(said="")
        try:
            if self.screen.question is not None:
                self._type(self.screen.question, key)
            elif key in self._keys:
                self._keys[key]()
            else:
                self._change(said="? tells what the keys do")
        except TimeRefused as refused:
            self._change(said=str(refused))

    def _change(self, **changes: object) -> None:
        with self._lock:
            self.screen = replace(self.screen, **changes)  # type: ignore[arg-type]

    def _pause_or_go_on(self) -> None:
        if self._time.state.is_paused:
            self._time.go_on(WHO)
        else:
            self._time.pause(WHO)

    def _set_pace(self, scale: float) -> None:
        self._time.set_pace(scale, WHO)
        self._change(said=f"pace: {pace_in_words(scale)}")

    def _show(self, look: Shown) -> None:
        self._change(look=Shown.OVERVIEW if self.screen.look is look else look, page=0)

    def _turn(self, pages: int) -> None:
        self._change(page=max(self.screen.page + pages, 0))

    def _ask(self, question: Question) -> None:
        self._change(question=question, typed="")

    @property
    def _newest_state(self) -> str:
        if not self._time.states:
            raise TimeRefused("no state was saved yet; s saves one")
        return self._time.states[-1]

    def _type(self, question: Question, key: str) -> None:
        typed = self.screen.typed
        if key == keys.ENTER:
            self._change(question=None, typed="")
            self._answer(question, typed.strip())
        elif key == keys.ESCAPE:
            self._change(question=None, typed="")
        elif key == keys.BACKSPACE:
            self._change(typed=typed[:-1])
        elif len(key) == 1 and len(typed) < _LONGEST:
            self._change(typed=typed + key)

    def _ask_of_states(self, question: Question) -> None:
        self._time.require_states()
        self._ask(question)

    def _answer(self, question: Question, typed: str) -> None:
        if question is Question.SAVE:
            self._time.save(typed, WHO)
            self._change(said="saved before the next step; b goes back to it")
        elif question is Question.RESTORE:
            self._time.restore(typed or self._newest_state, WHO)
        elif not typed:
            return
        elif question is Question.NOTE:
            self._note(typed, WHO)
            self._change(said="noted")
        elif typed[0].isdigit():
            self._time.reset(_moment(typed), WHO)
        else:
            self._time.reset_to_period(typed, WHO)


def faster(scale: float) -> float:
    """The next pace up; beyond the last one is as fast as possible (0), which is the fastest."""
    if not scale:
        raise TimeRefused("it goes as fast as the peers allow")
    return next((pace for pace in _PACES if pace > scale * 1.001), 0.0)


def slower(scale: float, measured: float) -> float:
    """The next pace down; from as fast as possible, one that is slower than what was measured."""
    pace = next((pace for pace in reversed(_PACES) if pace < (scale or measured) * 0.999), math.nan)
    if math.isnan(pace):
        raise TimeRefused(f"{_PACES[0]:g} x real time is the slowest; space holds time")
    return pace


def _moment(typed: str) -> datetime:
    try:
        return model_time(typed)
    except ValueError as error:
        raise TimeRefused(str(error)) from None
