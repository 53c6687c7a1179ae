"""Acting on set-points: a turn before each frame, in which whoever acts answers in time, or the last answer counts on.

What is acted on is held in the controllers as a hand's values are (:mod:`bridge.link.held_slots`): at a priority of its
own, in the ledger before it is written, watched, left to whoever else writes there, and given back at every end.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bridge.acting.looking import LedSetPoint, Seen, Turn, heard, seen_outputs
from bridge.acting.movement import Movement
from bridge.link import ControllerLink, HeldPoint
from bridge.timing.time_in_hand import Tell
from bridge.translation import truth
from equipment.equipment_manager import Equipment
from equipment.set_points import OperatorSwitch, SetPoint, SetPointObject
from recording import EventKind
from utils.clocks import Clocks, MonotonicSeconds
from utils.errors import ConfigError, Problem
from utils.handoff import Closed, LatestValue
from utils.values import Frame

log = logging.getLogger(__name__)

WHO = "agent"
LONGEST_PATIENCE_S = 60.0
"""While an action is waited for, controllers are not exchanged with, so that none is waited for longer."""


@dataclass(frozen=True, slots=True)
class _Answer:
    turn: int
    values: Mapping[str, float | None]


class Acting:
    """For one run (``Run(..., acting=...)``). Whoever acts uses :meth:`next_turn` and :meth:`act`, on any thread."""

    def __init__(
        self,
        set_points: Sequence[SetPoint],
        *,
        every: int = 1,
        patience_s: float = 10.0,
        switch: OperatorSwitch | None = None,
        beside: Callable[[], object] = lambda: None,
    ) -> None:
        """A turn in ``every`` so many steps of the run; an action is waited for ``patience_s`` (wall s).

        Nobody acts while the ``switch`` is off. ``beside`` is called before each turn in the run's own thread, which
        alone may use its client of the simulation. Raises :class:`ConfigError`.
        """
        self.set_points, self.switch = tuple(set_points), switch
        problems = [] if every >= 1 else [Problem("every", f"is {every}; write a whole number from 1 on")]
        if not 0.0 <= patience_s <= LONGEST_PATIENCE_S:
            problems.append(Problem("patience_s", f"is {patience_s:g}; write 0 to {LONGEST_PATIENCE_S:g}"))
        if problems:
            raise ConfigError(problems)
        self._every, self._patience_s, self._beside = every, patience_s, beside
        self._movements = {str(one): Movement(one) for one in self.set_points}
        self._wanted: dict[str, float | None] = {}
        self._dropped: Mapping[str, str] = {}
        self._turns: LatestValue[Turn] = LatestValue()
        self._answers: LatestValue[_Answer] = LatestValue()
        self._number = 0
        self._frame_s: float | None = None
        self._stood: dict[str, Seen] = {}
        """How set-points stood when the newest frame came, in their units."""
        self._was_late = self._is_on = False

    def next_turn(self, after: int = 0, timeout_s: float | None = None) -> Turn:
        """The newest turn behind that number. Raises :class:`utils.handoff.Closed` when the run has ended."""
        return self._turns.wait_until(lambda turn: turn.number > after, timeout_s)

    def act(self, turn: int, values: Mapping[str, float | None]) -> None:
        """Answer a turn: set-points by ``equipment.name`` in their units, None to leave one to its controller.

        What is not named stays as it was wanted last, nothing at first. An answer to a turn that is over is too late.
        Raises ValueError for what is no set-point of the run, and for what is no number.
        """
        for name, value in values.items():
            if name not in self._movements:
                raise ValueError(f"{name} is no set-point of this run; there is {', '.join(self._movements)}")
            if value is not None and not math.isfinite(value):
                raise ValueError(f"{name}: {value} is no number; None leaves it to its controller")
        self._answers.publish(_Answer(turn, dict(values)))

    def attach(
        self,
        equipments: Sequence[Equipment],
        links: Sequence[ControllerLink],
        clocks: Clocks,
        step_s: float,
        tell: Tell,
    ) -> None:
        """The run that this is for; ``step_s`` is simulated."""
        self._equipments, self._clocks, self._step_s, self._tell = equipments, clocks, step_s, tell
        self._links = {link.device: link for link in links}
        for link in links:
            link.duties.acted.news = self._lost

    def begin_anew(self) -> None:
        """An episode begins: every set-point is its controller's while that sees the building anew."""
        self._wanted.clear()
        self._frame_s, self._was_late, self._is_on = None, False, True
        for link, one in self._found():
            self._leave(link, one)

    def take_turn(self, frame: Frame, kpis: Callable[[], Mapping[str, float]]) -> None:
        """Ask whoever acts, where it is time, and lead the set-points on; before the frame goes to the controllers."""
        now_s = self._clocks.monotonic()
        self._stood = {str(one.set_point): _standing(link, one, now_s) for link, one in self._found()}
        if frame.number % self._every == 0:
            self._ask(frame, kpis())
        self._lead(frame)

    @property
    def led(self) -> tuple[LedSetPoint, ...]:
        """Each set-point in the newest frame, as it was answered. For the run's own thread."""
        devices, masked = {one.name: one.controller.address for one in self._equipments}, self._masked()
        known = {str(one.set_point) for link, one in self._found() if link.is_present} & self._stood.keys()
        return tuple(
            LedSetPoint(
                *(one, devices[one.equipment]),
                self._stood[name].value if name in known else None,
                self._wanted.get(name),
                self._movements[name].value,
                masked.get(name, ""),
            )
            for name, one in zip(self._movements, self.set_points, strict=True)
        )

    def close(self) -> None:
        """The run ends: whoever waits is woken."""
        self._turns.close()
        self._answers.close()

    def _ask(self, frame: Frame, kpis: Mapping[str, float]) -> None:
        self._number += 1
        number = self._number
        self._turns.publish(self._turn(frame, kpis))
        try:
            answer = self._answers.wait_until(lambda answer: answer.turn == number, self._patience_s)
        except Closed:
            return
        except TimeoutError:
            if not self._was_late:
                words = f"no action within {self._patience_s:g} s: the last one counts on"
                log.warning("%s", words)
                self._tell(EventKind.LATE, words, WHO)
            self._was_late = True
        else:
            self._was_late = False
            self._wanted |= answer.values

    def _turn(self, frame: Frame, kpis: Mapping[str, float]) -> Turn:
        masked = self._masked()
        seen = {**dict(seen_outputs(self._equipments, self._links, self._clocks.monotonic())), **self._stood}
        return Turn(
            self._number,
            frame,
            seen,
            {name: at for name, one in self._movements.items() if (at := one.value) is not None and name not in masked},
            masked,
            {device: link.state for device, link in self._links.items()},
            kpis,
            self._was_late,
            not self._may_act(),
            self._beside(),
        )

    def _lead(self, frame: Frame) -> None:
        passed_s = self._step_s if self._frame_s is None else frame.time_s - self._frame_s
        self._frame_s = frame.time_s
        may_act, masked = self._may_act(), self._masked()
        if may_act is not self._is_on:
            self._is_on = may_act
            self._tell(EventKind.SWITCH, f"{self.switch} is {'on' if may_act else 'off'}", WHO)
        for link, one in self._found():
            name = str(one.set_point)
            wanted = self._wanted.get(name)
            if wanted is None or not may_act or name in masked:
                self._leave(link, one)
            else:
                self._lead_one(link, one, wanted, passed_s)

    def _lead_one(self, link: ControllerLink, one: SetPointObject, wanted: float, passed_s: float) -> None:
        name = str(one.set_point)
        value = self._movements[name].lead(wanted, self._stood[name].value if name in self._stood else None, passed_s)
        hold = link.duties.acted.all.get(one.target)
        if value is not None and (hold is None or hold.value != one.to_object(value)):
            link.duties.acted.hold(HeldPoint(one.target, one.to_object(value), WHO, self._clocks.wall()))

    def _leave(self, link: ControllerLink, one: SetPointObject) -> None:
        self._movements[str(one.set_point)].leave()
        link.duties.acted.release(one.target)

    def _found(self) -> Iterator[tuple[ControllerLink, SetPointObject]]:
        """The set-points of the controllers that have been reached."""
        return ((link, one) for link in self._links.values() for one in link.controller.set_points)

    def _masked(self) -> dict[str, str]:
        masked = {str(one): "its controller has not been reached" for one in self.set_points}
        for link, one in self._found():
            del masked[str(one.set_point)]
            if not link.is_present:
                masked[str(one.set_point)] = f"{link.device} is {link.state.value}"
            elif link.duties.watch.is_yielded(one.target):
                masked[str(one.set_point)] = "somebody else has written into its slot"
        return {**masked, **self._dropped}

    def _may_act(self) -> bool:
        """Whether the operator's switch is on; one that cannot be read is off."""
        if self.switch is None:
            return True
        for link in self._links.values():
            for found in link.controller.switches:
                return link.is_present and truth(link.duties.sightings.of(found.ref).sample) is True
        return False

    def _lost(self, hold: HeldPoint, words: str) -> None:
        """A set-point is somebody else's, or refused: it is left alone for the rest of the run."""
        for _, one in self._found():
            if one.target == hold.target:
                name = str(one.set_point)
                self._dropped = {**self._dropped, name: words}
                log.warning("%s: %s", name, words)
                self._tell(EventKind.YIELDED, f"{name}: {words}", WHO)


def _standing(link: ControllerLink, one: SetPointObject, now_s: MonotonicSeconds) -> Seen:
    raw = heard(link, one.ref, now_s)
    return Seen(None if raw.value is None else one.from_object(raw.value), raw.age_s)
