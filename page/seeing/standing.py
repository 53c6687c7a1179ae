"""How points stand beside their values, and who commands them where that is not who usually does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bridge.link import LinkState
from bridge.overriding import CommandedBy, Commander
from page.contracts import HeldThing
from page.seeing.board import Board, ShownPoint
from utils.values import Role, Target


class PointState(StrEnum):
    """What is to be known of a value beside itself."""

    USUAL = ""
    FAULT = "fault"
    STALE = "stale"
    HAND = "by hand"
    PROGRAM = "program"
    OTHERS = "others"


@dataclass(frozen=True, slots=True)
class Told:
    """What there is to tell it from: ``held`` by subject, ``commanders`` by what they command."""

    board: Board
    controllers: Mapping[str, LinkState]
    held: Mapping[str, HeldThing] = field(default_factory=dict)
    commanders: Mapping[Target, Commander] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PointStanding:
    """``states`` by the points' numbers; ``who`` commands a point, where that is not who usually does."""

    told: Told
    states: tuple[PointState, ...]
    who: Mapping[int, str]


def standing_of(told: Told, last: PointStanding | None = None) -> PointStanding:
    """How the points stand: as they did at last, where nothing else is told. It seldom is, and there are hundreds."""
    if last is not None and last.told == told:
        return last
    return PointStanding(told, tuple(_state(point, told) for point in told.board.points), _who(told))


def hand_on(point: ShownPoint, held: Mapping[str, HeldThing]) -> HeldThing | None:
    """What is held by hand of a point: itself, or the input of the simulation that it commands."""
    of_input = held.get(point.bop_point) if point.role is Role.READ else None
    return held.get(point.name, of_input)


def _state(point: ShownPoint, told: Told) -> PointState:
    if point.target is None:
        return PointState.HAND if point.name in told.held else PointState.USUAL
    commander = told.commanders.get(point.target)
    is_away = told.controllers.get(point.target.device) is LinkState.OFFLINE
    if commander is not None and commander.is_in_fault:
        return PointState.FAULT
    if is_away or (commander is not None and commander.is_stale and commander.by != CommandedBy.UNKNOWN):
        return PointState.STALE
    if hand_on(point, told.held) is not None:
        return PointState.HAND
    if commander is not None and commander.by == CommandedBy.PROGRAM:
        return PointState.PROGRAM
    is_theirs = commander is not None and commander.by == CommandedBy.ANOTHER and point.role is not Role.READ
    return PointState.OTHERS if is_theirs else PointState.USUAL


def _who(told: Told) -> Mapping[int, str]:
    """In words, where it is known to be different from what is usual."""
    who: dict[int, str] = {}
    for point in told.board.points:
        if (hand := hand_on(point, told.held)) is not None:
            where = "" if hand.subject == point.name else f", at {hand.subject}"
            who[point.number] = f"held by hand: {hand.who}{where}"
        elif point.target is not None and point.target in told.commanders:
            words = _commander_words(point, told.commanders[point.target])
            who |= {point.number: words} if words != point.usually else {}
    return who


def _commander_words(point: ShownPoint, told: Commander) -> str:
    """A controller's own application is another, too: where we only read, that is how it should be."""
    is_application = told.by == CommandedBy.ANOTHER and point.role is Role.READ
    if told.by in (CommandedBy.UNKNOWN, CommandedBy.BENCH) or is_application:
        return point.usually
    slot = f"slot {told.slot}" if told.slot is not None else ""
    forced = "out of service" if told.is_forced else ""
    by = {CommandedBy.ANOTHER: "somebody else", CommandedBy.PROGRAM: "a program"}.get(told.by, told.by)
    return ", ".join(part for part in (str(by), told.who, slot, forced) if part)
