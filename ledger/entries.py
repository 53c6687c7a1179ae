"""What can be taken of a controller, with what was there before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from utils.values import ObjectRef, PointValue


@dataclass(frozen=True, slots=True)
class TakenSlot:
    """A slot of a priority array. ``before`` is None where it was empty.

    ``covered`` is the present-value of an object that tells no priority array: it may have none, and then our value is
    in its place.
    """

    device: str
    ref: ObjectRef
    name: str
    priority: int
    before: PointValue | None
    covered: PointValue | None = None


@dataclass(frozen=True, slots=True)
class TakenInput:
    """An input that we force. ``before`` is the value that it showed.

    ``reliability`` is what it showed for that, by number, where it was a fault that is written over; else None.
    """

    device: str
    ref: ObjectRef
    name: str
    was_out_of_service: bool
    before: PointValue | None
    reliability: int | None = None


@dataclass(frozen=True, slots=True)
class TakenOutput:
    """An output that we take out of service, so that its terminal does not follow the simulation."""

    device: str
    ref: ObjectRef
    name: str
    was_out_of_service: bool


@dataclass(frozen=True, slots=True)
class TakenClock:
    """Zone, clock and NTP of a controller.

    ``utc_ahead_s`` is how far its own clock was ahead of UTC by this computer's, in s, where only the controller knows
    its zone; None in all others. Over BACnet that is all that is known: there the zone is empty. ``listeners`` are
    those to whom it passes its time on.
    """

    device: str
    time_zone: str
    ntp_enabled: bool
    utc_ahead_s: float | None = None
    listeners: tuple[str, ...] = ()


TakenObject: TypeAlias = TakenSlot | TakenInput | TakenOutput
Entry: TypeAlias = TakenObject | TakenClock
