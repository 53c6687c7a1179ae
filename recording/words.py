"""What a recording is made of, as values: streams of signals, steps, events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from utils.clocks import ModelSeconds, UnixSeconds
from utils.values import PointValue


class EventKind(StrEnum):
    """What has happened."""

    OFFLINE = "offline"
    ONLINE = "online"
    YIELDED = "yielded"
    GROUP = "overrides"
    """Those of a group are in force, or left to the building's own control."""
    LATE = "late"
    PAUSED = "paused"
    RESUMED = "resumed"
    HAND = "override by hand"
    FAULT = "fault"
    ALARM = "alarm"
    """A program's."""
    SWITCH = "operator's switch"
    WRITE = "written"
    """By a program, to an object that has no column in its stream, as the first step did not have it."""
    PHASE = "phase"
    STATE = "state saved"
    GAP = "gap in the recording"
    NOTE = "note"
    """Somebody's words; ``who`` has written them."""


class Direction(StrEnum):
    """Which way a value goes."""

    TO_CONTROLLER = "to controller"
    FROM_CONTROLLER = "from controller"
    FROM_SIMULATION = "from simulation"
    TO_SIMULATION = "to simulation"
    STATE = "state"
    """Of the run itself, such as whether a group's overrides are active."""


BRIDGE = "bridge"
"""The stream of a run of the bridge, whatever kind of run it is."""
PROGRAM = "program "
"""How the name of a stream begins that is a program's."""


ACTED = ACTED_FOUND, ACTED_WANTED, ACTED_LED, ACTED_MASKED = "found", "wanted", "led", "left alone"
"""Roles of a set-point that somebody acts on: how it stood when the frame came, what is wanted of it, what was made of
that, and whether it must be left to others."""
INDICATOR = "indicator"
"""The role of an indicator of the building, of the frames in which it was asked for it."""


@dataclass(frozen=True, slots=True)
class Signal:
    """One column of a stream. ``title`` is unique in it.

    ``point`` is the simulation's name, ``object`` the controller's; ``device`` its address. ``unit`` is that of the
    recorded values. ``role`` is what the bridge does with the object (forced, commanded, read), ``meaning`` what it is
    in the building, such as "supply air temperature". What does not apply is empty.
    """

    title: str
    unit: str = ""
    point: str = ""
    object: str = ""
    equipment: str = ""
    device: str = ""
    role: str = ""
    direction: str = Direction.STATE
    meaning: str = ""


class RecordedStep(NamedTuple):
    """One row of a stream: ``values`` and ``qualities`` (a byte each, :mod:`recording.tables`) per signal.

    ``local_time`` is ISO 8601 without a zone, None where a model time has no date; ``exchange_s`` are wall seconds.
    A tuple: every step of a run makes one, and a frozen dataclass takes three times as long to make.
    """

    number: int
    time_s: ModelSeconds
    wall_s: UnixSeconds
    values: Sequence[PointValue | None]
    qualities: bytes
    local_time: str | None = None
    is_late: bool = False
    exchange_s: float | None = None
    why: str = ""
    note: str = ""
    episode: int = 0


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened at a host's time, and at a model time where there is one."""

    wall_s: UnixSeconds
    kind: EventKind
    subject: str
    words: str = ""
    time_s: ModelSeconds | None = None
    who: str = ""


Facts = Mapping[str, object]
"""What ran, by name: anything that JSON has. Without secrets."""
