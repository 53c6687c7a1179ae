"""What hands do: each a name in ``/api/``, with what it needs, checked before the run is asked.

The words of an answer are for whoever has clicked. Values come in the units that the viewer reads.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bridge.overriding import HandRefused
from page.contracts import Hands, HoldsTime, HoldsValues
from page.rendering.payload import clock_words
from page.seeing.board import Board, ShownPoint
from page.seeing.standing import hand_on
from page.seeing.units import System
from recording import EventKind
from utils.clocks import model_seconds
from utils.errors import BridgeError
from utils.text import one_line

Content = Mapping[str, Any]
Tell = Callable[[EventKind, str, str, str], None]

_FORMATS = ("%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d")
_LONGEST_NOTE = 400
_LONGEST_NAME = 40
_FASTEST = 1e6


class Unusable(BridgeError):
    """What was asked for cannot be done, and why."""


@dataclass(frozen=True, slots=True)
class Actions:
    """Everything that hands can do. Its methods are called by one thread of the page."""

    hands: Hands
    board: Callable[[], Board]
    tell: Tell

    @property
    def by_name(self) -> Mapping[str, Callable[[Content, str], str]]:
        """What can be asked for, by its name in ``/api/``: content and who asks in, words out."""
        return {
            "check": lambda content, who: "you have the hands",
            "pause": self._timed(lambda time, who: time.pause(who), "standing still"),
            "go-on": self._timed(lambda time, who: time.go_on(who), "going on"),
            "step": self._timed(lambda time, who: time.step_once(who), "one step"),
            "stop": self._timed(lambda time, who: time.stop(who), "ending; everything is given back"),
            "pace": self._pace,
            "reset": self._reset,
            "save": self._save,
            "restore": self._restore,
            "hold": self._hold,
            "release": self._release,
            "note": self._note,
        }

    def act(self, name: str, content: Content) -> str:
        """Do it. Raises :class:`BridgeError` with plain words for what cannot be done, and KeyError for no action."""
        who = one_line(_text(content, "who") or "the page", _LONGEST_NAME)
        return self.by_name[name](content, who)

    def _timed(self, do: Callable[[HoldsTime, str], None], words: str) -> Callable[[Content, str], str]:
        def done(content: Content, who: str) -> str:
            do(self._time, who)
            return words

        return done

    def _pace(self, content: Content, who: str) -> str:
        scale = _number(content, "scale")
        if not 0 <= scale <= _FASTEST:
            raise Unusable("scale: simulated seconds per second, from 0 (as fast as possible) up")
        self._time.set_pace(scale, who)
        return f"{scale:g} times real time" if scale else "as fast as possible"

    def _reset(self, content: Content, who: str) -> str:
        period, start = _text(content, "period"), content.get("start")
        if period:
            self._time.reset_to_period(period, who)
            return f"beginning anew at {period}"
        moment = _moment(start)
        self._time.reset(moment, who)
        return f"beginning anew at {clock_words(moment)}"

    def _save(self, content: Content, who: str) -> str:
        name = _text(content, "name")
        self._time.save(name, who)
        return f"saving the state as {name}" if name else "saving the state"

    def _restore(self, content: Content, who: str) -> str:
        name = _text(content, "name")
        if not name:
            raise Unusable("name: which state; GET /api/state lists them as saved")
        self._time.restore(name, who)
        return f"going back to {name}"

    def _hold(self, content: Content, who: str) -> str:
        value = _number(content, "value")
        if "input" in content:
            name = _text(content, "input")
            self._values.hold_input(name, value, who)
            return f"{name} held at {value:g}"
        point = self._point(content)
        reading = point.reading(_system(content))
        try:
            self._hold_point(point, reading.back(value), who)
        except HandRefused as error:
            if error.limits is None:
                raise
            limits = error.limits.through(reading.conversion)
            raise HandRefused(f"{point.name} takes {limits.words(reading.sign)}, not {value:g}", limits) from None
        return f"{point.name} held at {value:g} {reading.sign}".rstrip()

    def _hold_point(self, point: ShownPoint, value: float, who: str) -> None:
        if point.is_input:
            self._values.hold_input(point.name, value, who)
        else:
            self._values.hold_point(point.equipment, point.label, value, who)

    def _release(self, content: Content, who: str) -> str:
        if "input" in content:
            name = _text(content, "input")
            self._values.release_input(name, who)
            return f"{name} let go"
        if "point" not in content:
            self._values.release_all(who)
            return "all overrides by hand are let go"
        point = self._point(content)
        held = hand_on(point, {one.subject: one for one in self._values.held})
        if point.is_input:
            self._values.release_input(point.name, who)
        elif held is not None and held.subject == point.bop_point:
            self._values.release_input(point.bop_point, who)
        else:
            self._values.release_point(point.equipment, point.label, who)
        return f"{point.name} let go"

    def _note(self, content: Content, who: str) -> str:
        text = one_line(_text(content, "text"), _LONGEST_NOTE)
        if not text:
            raise Unusable("text: there is nothing to keep")
        if self.hands.note is not None:
            self.hands.note(text, who)
        else:
            self.tell(EventKind.NOTE, "", text, who)
        return "kept"

    @property
    def _time(self) -> HoldsTime:
        if self.hands.time is None:
            raise Unusable("this run's time cannot be held")
        return self.hands.time

    @property
    def _values(self) -> HoldsValues:
        if self.hands.values is None:
            raise Unusable("nothing can be overridden by hand in this run")
        return self.hands.values

    def _point(self, content: Content) -> ShownPoint:
        name = _text(content, "point")
        point = self.board().by_name.get(name)
        if point is None:
            raise Unusable(f"point: there is no {name[:80]!r}; GET /api/points lists them")
        if not point.may_be_held:
            raise Unusable(f"point: {point.name} is measured, and nobody can hold it")
        return point


def _system(content: Content) -> System:
    units = content.get("units", "SI")
    if units not in ("SI", "US"):
        raise Unusable("units: SI or US")
    return "US" if units == "US" else "SI"


def _text(content: Content, name: str) -> str:
    """Some text, empty where there is none; without half characters, which JSON can tell and nobody can write."""
    value = content.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Unusable(f"{name}: text is needed")
    return value.encode("utf-8", "replace").decode()


def _number(content: Content, name: str) -> float:
    value = content.get(name)
    try:
        number = math.nan if isinstance(value, bool) or not isinstance(value, int | float) else float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise Unusable(f"{name}: a number is needed")
    return number


def _moment(text: object) -> datetime:
    for form in _FORMATS:
        try:
            moment = datetime.strptime(str(text).strip(), form)
        except ValueError:
            continue
        try:
            model_seconds(moment)
        except ValueError as error:
            raise Unusable(f"start: {error}") from None
        return moment
    raise Unusable(f"start: {str(text)[:40]!r} is no moment of the calendar; write it as 2023-01-10 05:30")
