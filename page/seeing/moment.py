"""How a run stands at one moment, for the page: what of a status, of values and of hands goes together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bridge.display.status import Phase, Status
from page.contracts import SeenStep, TimeShown
from page.seeing.board import Board, ShownPoint
from page.seeing.standing import PointStanding
from recording import Event
from utils.clocks import UnixSeconds
from utils.values import PointValue, Role, Target


@dataclass(frozen=True, slots=True)
class NumberedEvent:
    """An event and its place among all of the run."""

    number: int
    event: Event


@dataclass(frozen=True, slots=True)
class ShownMoment:
    """Everything that changes on the page. ``values`` and ``own`` are in the units that the board's points have."""

    number: int
    board: Board
    status: Status
    values: tuple[float | None, ...]
    standing: PointStanding
    own: Mapping[int, float]
    """What the building's own control would command."""
    time: TimeShown | None
    saved: tuple[str, ...] | None
    """The states that can be gone back to; None where the simulation has none."""
    events: tuple[NumberedEvent, ...]
    wall_s: UnixSeconds
    step_took_s: float | None = None
    """Wall time of the newest exchange with the controllers."""
    is_over: bool = False

    @property
    def local_s(self) -> float | None:
        """Local model time as seconds, as if the zone were UTC; None where there is no date."""
        local = self.status.local_time
        return None if local is None else local.replace(tzinfo=UTC).timestamp()

    def says_the_same(self, other: ShownMoment | None) -> bool:
        """Whether nobody would see a difference."""
        return other is not None and self._told == other._told

    @property
    def _told(self) -> tuple[object, ...]:
        last = self.events[-1].number if self.events else 0
        status = self.status
        return (
            *(self.board.version, self.values, self.standing.states),
            *(status.phase, status.episode, status.step, status.local_time),
            *(last, self.is_over, dict(status.controllers), self.standing.who, dict(self.own), status.kpis),
            *(self.paused, self.saved, self.time.scale if self.time is not None else None),
        )

    @property
    def paused(self) -> str:
        """Since when time stands still, and what has been asked for; empty when it runs."""
        time = self.time
        if time is None:
            return ""
        asked = f"asked for: {time.asked}" if time.asked else ""
        if time.held_since_s is None:
            return asked
        held = f"since {time_of_day(time.held_since_s)}, ends the run in {time.ends_in_s / 60.0:.0f} min"
        return f"{held}, {asked}" if asked else held


@dataclass(frozen=True, slots=True)
class Looked:
    """What was seen of a run at once."""

    status: Status
    simulated: Mapping[str, float]
    standing: PointStanding
    step: SeenStep | None = None
    own: Mapping[str, float] = field(default_factory=dict)
    time: TimeShown | None = None
    saved: tuple[str, ...] | None = None

    @property
    def told(self) -> SeenStep | None:
        """The newest step, if it is of this episode: after a reset the old day's values are nobody's any more."""
        is_of_now = self.step is not None and self.step.frame.episode == self.status.episode
        return self.step if is_of_now else None


def moment_of(
    number: int,
    board: Board,
    looked: Looked,
    events: Sequence[NumberedEvent],
    wall_s: UnixSeconds,
    *,
    is_over: bool = False,
) -> ShownMoment:
    """Put together what was seen."""
    return ShownMoment(
        number=number,
        board=board,
        status=looked.status,
        values=_values(board, looked),
        standing=looked.standing,
        own=_own(board, looked.own),
        time=looked.time,
        saved=looked.saved,
        events=tuple(events),
        wall_s=wall_s,
        step_took_s=looked.step.heard.took_s if looked.step is not None else None,
        is_over=is_over or looked.status.phase is Phase.ENDED,
    )


def _values(board: Board, looked: Looked) -> tuple[float | None, ...]:
    told = looked.told.values if looked.told is not None else {}
    return tuple(
        _simulated(point, looked.simulated) if point.target is None else _configured(point, point.target, told, looked)
        for point in board.points
    )


def _simulated(point: ShownPoint, simulated: Mapping[str, float]) -> float | None:
    """Some servers tell 0 K of an input that nobody has ever sent."""
    value = simulated.get(point.bop_point)
    return None if value == 0.0 and point.is_input and point.unit == "K" else value


def _configured(
    point: ShownPoint, target: Target, told: Mapping[Target, PointValue | None], looked: Looked
) -> float | None:
    if target in told:
        value = told[target]
    else:
        value = (looked.status.commanded if point.role is Role.READ else looked.status.seen).get(target)
    return None if value is None else float(value)


def time_of_day(moment: UnixSeconds) -> str:
    """Wall time as people read it."""
    return datetime.fromtimestamp(moment).strftime("%H:%M:%S")


def _own(board: Board, own: Mapping[str, float]) -> Mapping[int, float]:
    return {
        point.number: point.in_object_unit(own[point.bop_point])
        for point in board.commandable
        if point.bop_point in own
    }
