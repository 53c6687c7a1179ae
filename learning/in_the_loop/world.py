"""Controllers in the loop as a :class:`learning.world.World`: the bridge runs beside, and asks before each step."""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from weakref import WeakMethod

import numpy as np

from bridge.acting import Acting, Turn
from bridge.display.status import Summary
from bridge.link import LinkState
from bridge.run import Run
from bridge.timing.time_in_hand import TimeRefused
from clients.boptest_client import BOPTestClient
from learning.in_the_loop.bench import LoopBench
from learning.in_the_loop.points import measured_in
from learning.observing import Actor, SafeRanges
from learning.server import KPIS
from learning.spaces import SpacesFile
from learning.world import FloatArray, Situation, Start
from utils.errors import BridgeError, ConfigError, Problem, SimulationError
from utils.handoff import Closed

log = logging.getLogger(__name__)

WHO = "agent"
_OLD_TURNS = 3
"""So many turns of an episode may pass until a reset of it has been heard."""


class CannotBegin(BridgeError):
    """No episode can begin in the loop: a controller is away, or an operator forbids it."""


class LoopWorld:
    """Real or emulated controllers that run a building. What it is not: repeatable, or to be gone back in.

    The bridge goes on by itself: an action that comes too late leaves the last one in force. Behind the end of an
    episode set-points are their controllers' again, and time is held until the next one begins.
    """

    kpi_names: Sequence[str] = KPIS

    def __init__(self, spaces: SpacesFile, bench: LoopBench, identity: str) -> None:
        self.identity = identity
        self.run: Run | None = None
        """The run of the bridge, for whoever wants to watch it; None before the first episode."""
        self._spaces, self._bench = spaces, bench
        self._actor, self._safe_ranges = Actor(spaces), SafeRanges(spaces)
        self._pool: ThreadPoolExecutor | None = None
        self._future: Future[Summary] | None = None
        self._acting: Acting | None = None
        self._turn: Turn | None = None
        self._situation: Situation | None = None
        self._steps, self._has_agent = 0, True
        _before_exit(WeakMethod(self.close))

    def start(self, start: Start) -> Situation:
        """Begin an episode on the session that there is, or on a new one. Raises :class:`utils.errors.BridgeError`."""
        try:
            turn = self._first_turn(start)
        except BridgeError:
            self._rest()
            raise
        self._steps, self._has_agent = 0 if start.period is None else -1, not start.own_control
        reason = self._reason(turn)
        if reason:
            self._rest()
            raise CannotBegin(reason)
        self._situation = self._told(turn)
        return self._situation

    def act(self, values: FloatArray) -> Situation:
        """A step with these values of the actions: they take effect up to one step of the run and a scan later."""
        turn, acting = self._turn, self._acting
        if turn is None or acting is None or self._situation is None:
            raise RuntimeError("no episode was started")
        acting.act(turn.number, self._wanted(values, self._situation))
        self._steps += 1
        following = self._following(turn.number)
        return self._lost(self._situation) if following is None else self._reached(following)

    def close(self) -> None:
        """End the run, which gives everything back. Raises what the run raised at its end."""
        if self.run is not None:
            self.run.request_stop()
        self._end()

    def _end(self) -> None:
        """Wait for the end of the run, which is then forgotten. Raises what it raised, once."""
        pool, future = self._pool, self._future
        self.run = self._pool = self._future = self._turn = None
        if pool is None or future is None:
            return
        with pool:
            future.result()

    def _first_turn(self, start: Start) -> Turn:
        if start.parameters:
            what = "the building in the loop has its own; leave them out, or use the embedded building"
            raise ConfigError([Problem("options['parameters']", what)])
        return self._begun_anew(start) or self._begun(start)

    def _begun(self, start: Start) -> Turn:
        """The first episode of a session. One that has ended before is waited for."""
        with suppress(BridgeError):
            self._end()
        settings = self._bench.settings(self._spaces, start)
        acting = self._acting = self._bench.acting(self._spaces, settings, self._forecast)
        self.run = self._bench.run(settings, acting)
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="bridge")
        self._future = self._pool.submit(self.run.execute)
        turn = self._following(0)
        if turn is None:
            self._end()
            raise CannotBegin("the run has ended before its first step")
        return turn

    def _begun_anew(self, start: Start) -> Turn | None:
        """The next episode of the session; None where there is none, or none any more."""
        run, acting, turn = self.run, self._acting, self._turn
        if run is None or acting is None or turn is None:
            return None
        try:
            if start.period is not None:
                run.time.reset_to_period(start.period, WHO)
            else:
                run.time.reset(self._bench.date(start.time_s), WHO)
            run.time.go_on(WHO)
        except TimeRefused:
            if not run.was_stopped and not self._has_ended:
                raise
            return None
        return self._first_of_the_next(acting, turn)

    def _first_of_the_next(self, acting: Acting, turn: Turn) -> Turn | None:
        episode, number = turn.frame.episode, turn.number
        for _ in range(_OLD_TURNS):
            acting.act(number, self._left)
            following = self._following(number)
            if following is None or following.frame.episode > episode:
                return following
            number = following.number
        raise CannotBegin("the simulation did not begin anew; the log says why")

    def _following(self, number: int) -> Turn | None:
        """The newest turn behind that one; None when the run has ended."""
        if self._acting is None:
            return None
        with suppress(Closed):
            turn = self._turn = self._acting.next_turn(number)
            return turn
        return None

    def _reached(self, turn: Turn) -> Situation:
        """The end of a step, and perhaps that of the episode."""
        situation = self._situation = self._told(turn)
        is_last = self._steps == self._spaces.steps
        if situation.ended or is_last or self._safe_ranges.told(situation.measured.tolist()):
            self._rest()
        return situation

    def _lost(self, before: Situation) -> Situation:
        """The run has ended: with the scenario, or for a reason that is told."""
        ended = "somebody has stopped the run" if self.run is not None and self.run.was_stopped else ""
        try:
            if self._future is not None:
                self._future.result()
        except BridgeError as error:
            ended = str(error)
        self._situation = Situation(
            before.time_s, before.measured, before.forecast, before.kpis, before.actions, before.mask,
            is_over=not ended, ended=ended, info=before.info,
        )  # fmt: skip
        return self._situation

    @property
    def _has_ended(self) -> bool:
        return self._future is None or self._future.done()

    @property
    def _left(self) -> dict[str, float | None]:
        return {point: None for action in self._spaces.actions for point in action.points}

    def _rest(self) -> None:
        """The episode is over: nobody acts, and time is held. The controllers stay taken, and are watched."""
        if self.run is None or self._acting is None or self._turn is None:
            return
        with suppress(TimeRefused):
            self.run.time.pause(WHO)
        self._acting.act(self._turn.number, self._left)

    def _wanted(self, values: FloatArray, before: Situation) -> dict[str, float | None]:
        """What each set-point is to be led to; those that the mask leaves out are their controllers'."""
        wanted: dict[str, float | None] = {}
        for action, value, is_taken in zip(self._spaces.actions, values.tolist(), before.mask.tolist(), strict=True):
            wanted |= dict.fromkeys(action.points, value if is_taken else None)
        return wanted

    def _reason(self, turn: Turn) -> str:
        """Why the episode cannot go on; empty where it can."""
        if turn.is_switched_off:
            return f"the operator's switch {self._bench.switch} is off"
        away = [device for device, state in turn.controllers.items() if state is not LinkState.ONLINE]
        return f"{', '.join(away)} cannot be reached" if away else ""

    def _told(self, turn: Turn) -> Situation:
        spaces, time_s = self._spaces, float(turn.frame.time_s)
        in_force = [self._in_force(turn, action.points[0]) for action in spaces.actions]
        free = [any(point not in turn.masked for point in action.points) for action in spaces.actions]
        return Situation(
            time_s=time_s,
            measured=np.array([measured_in(turn, seen.point) for seen in spaces.observations]),
            forecast=turn.beside if isinstance(turn.beside, np.ndarray) else self._unknown,
            kpis=np.nan_to_num([turn.kpis.get(name, math.nan) for name in KPIS]),
            actions=np.array(in_force),
            mask=self._actor.mask(time_s) & np.array(free) & self._has_agent,
            ended=self._reason(turn),
            info=self._info(turn),
        )

    def _info(self, turn: Turn) -> Mapping[str, object]:
        ages = [seen.age_s for seen in turn.seen.values()]
        return {
            "yielded": dict(turn.masked),
            "late": turn.was_late,
            "age_s": max(ages, default=math.inf),
            "in_force": dict(turn.in_force),
        }

    def _in_force(self, turn: Turn, point: str) -> float:
        """Where a set-point is led, or stands by itself, in the unit of its action."""
        return turn.in_force[point] if point in turn.in_force else measured_in(turn, point)

    @property
    def _unknown(self) -> FloatArray:
        forecasts = self._spaces.forecasts
        return np.full(0 if forecasts is None else len(forecasts.points) * forecasts.count, math.nan)

    def _forecast(self) -> FloatArray:
        """Called by the run before each turn, as its client is used by one thread at a time."""
        forecasts, client = self._spaces.forecasts, None if self.run is None else self.run.client
        if forecasts is None or not isinstance(client, BOPTestClient):
            return self._unknown
        names = [seen.point for seen in forecasts.points]
        try:
            told = client.get_forecast(names, forecasts.horizon_s, forecasts.interval_s)
        except SimulationError as error:
            log.warning("no forecast: %s", error)
            return self._unknown
        return np.concatenate([told[name] for name in names])


def _before_exit(close: WeakMethod[Callable[[], None]]) -> None:
    """Have a world closed that nobody has closed, before the threads of its run are waited for, which have no end."""

    def close_it() -> None:
        if (bound := close()) is not None:
            bound()

    threading._register_atexit(close_it)  # type: ignore[attr-defined]  # what concurrent.futures uses itself
