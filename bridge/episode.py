"""An episode: from the coupling to the scenario's end, a stop or a reset, on a session that has the controllers."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

from bridge import startup
from bridge.acting import Acting
from bridge.building import Building, OverdueWatch, OwnControl, Started
from bridge.device_loop import Course, DeviceLoop, Heard
from bridge.display.status import Phase
from bridge.exchange_delay import ExchangeDelay
from bridge.overriding import Overrides
from bridge.purpose import at_once
from bridge.session import Session
from bridge.step import OnAnswer, Step
from bridge.timing.holding import PERIOD_S, Holding
from bridge.timing.model_time import Beginning, ModelTime
from bridge.timing.next_step import NextStep
from bridge.timing.time_in_hand import KeepsStates, ResetAsked, Tell, TimeInHand, TimeRefused
from bridge.translation import Translation
from bridge.watching.watching import Watching
from clients.making import advance_patience_s
from recording import EventKind
from utils.errors import BeginningRefused, ConfigError, Problem, SimulationRefused
from utils.handoff import Closed
from utils.pacing import Pacer
from utils.settings import Settings
from utils.values import Frame

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Workings:
    """What all episodes of a session share."""

    session: Session
    devices: DeviceLoop
    overrides: Overrides
    pacer: Pacer
    delay: ExchangeDelay
    time: ModelTime
    time_in_hand: TimeInHand
    own_control: OwnControl
    on_phase: Callable[[Phase], None]
    tell: Tell
    may_begin: Callable[[Heard], bool]
    """Whether the first episode may, asked with every answer to its first frame."""
    rest_period_s: float = PERIOD_S
    """Wall time between two exchanges in a pause."""
    acting: Acting | None = None
    """How somebody acts on set-points in the controllers, if anybody does."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A simulation that has been started for an episode."""

    beginning: Beginning
    started: Started


class Episode:
    """Used by the simulation thread; what is shown of it may be read by any. ``number`` counts from 0."""

    def __init__(self, number: int, begun: Begun, workings: Workings) -> None:
        self._number = number
        self._begun = begun
        self._workings = workings
        self._building: Building | None = None

    @property
    def kpis(self) -> Mapping[str, float]:
        """As the building told them last."""
        return self._building.kpis if self._building is not None else {}

    @property
    def kpis_of_now(self) -> Mapping[str, float]:
        """Those of the frame that is answered now; nothing where they have not been asked for."""
        return self._building.kpis_of_now if self._building is not None else {}

    def update_kpis(self) -> None:
        """Ask the building, if it has made a step."""
        if self._building is not None and self._workings.time.frame.number:
            self._building.update_kpis()

    def run(self, steps: int | None, watching: Watching) -> Begun | None:
        """Couple and step on until ``steps`` are done, the scenario ends or the session is to stop; then None.

        A reset ends it too: what has been begun in its place. Raises :class:`utils.errors.BridgeError`.
        """
        session, pacer = self._workings.session, self._workings.pacer
        patience_s = advance_patience_s(session.settings)
        with OverdueWatch(pacer, patience_s, session.clocks.monotonic) as watch, suppress(Closed):
            building = self._building = self._simulated(watch)
            holding = self._holding(building, watching)
            next_step = self._next(building, holding)
            step = self._step(building, next_step, watching.answered)
            self._workings.time.begin(self._begun.beginning, step.frame(0, self._begun.started.state))
            if not session.stop.is_set():
                self._couple(holding)
                self._begin(next_step)
                return self._step_on(step, next_step, holding, steps)
        return None

    def _simulated(self, watch: OverdueWatch) -> Building:
        session = self._workings.session
        return Building(session.client, self._begun.started, watch, session.settings.kpi_time_s)

    def _holding(self, building: Building, watching: Watching) -> Holding:
        w = self._workings
        period_s, clocks = w.rest_period_s, w.session.clocks
        return Holding(w.devices, w.pacer, clocks, building.keep_alive, period_s, watching.shown_again)

    def _next(self, building: Building, holding: Holding) -> NextStep:
        w, session = self._workings, self._workings.session
        return NextStep(session.settings, building, w.devices, holding, w.pacer, session.stop, w.time, w.time_in_hand)

    def _begin(self, next_step: NextStep) -> None:
        """The first turn is before the first frame counts: it is shown once more, with what was answered."""
        if self._workings.acting is None:
            next_step.begin()
        else:
            self._take_turn(self._workings.time.frame)
            next_step.go_on(self._workings.time.frame)

    def _take_turn(self, frame: Frame) -> None:
        if self._workings.acting is not None:
            self._workings.acting.take_turn(frame, self._newest_kpis)

    def _newest_kpis(self) -> Mapping[str, float]:
        if self._building is not None:
            self._building.update_kpis()
        return self.kpis

    def _step(self, building: Building, next_step: NextStep, on_answer: OnAnswer) -> Step:
        w, session = self._workings, self._workings.session
        shows_kpis = any(one.has_kpis for one in session.equipments)
        return Step(
            building,
            w.devices,
            next_step,
            Translation(session.equipments, session.metadata),
            w.overrides,
            w.pacer.standstill,
            on_answer,
            self._take_turn,
            episode=self._number,
            wants_kpis=shows_kpis or session.settings.kpi_time_s is not None,
            shows_kpis=shows_kpis,
        )

    def _couple(self, holding: Holding) -> None:
        w, settings = self._workings, self._workings.session.settings
        w.on_phase(Phase.COUPLING)
        w.pacer.start()
        w.time.is_coupling = True
        if w.acting is not None:
            w.acting.begin_anew()
        if self._number:
            w.overrides.begin_anew(w.time.first.values)
        else:
            w.session.take()
        course, may_begin = (Course.ANEW, at_once) if self._number else (Course.COUPLING, w.may_begin)
        holding.couple(w.time.first, course, settings.couple_time_s, may_begin, w.session.stop)
        if may_begin is not at_once:  # while it was waited for, the controllers' clocks have run on
            holding.couple(w.time.first, Course.ANEW, settings.couple_time_s, at_once, w.session.stop)
        w.time.is_coupling = False
        w.on_phase(Phase.RUNNING)
        if not self._number:
            w.delay.announce(w.time.scale, settings.settle_time_s)

    def _step_on(self, step: Step, next_step: NextStep, holding: Holding, steps: int | None) -> Begun | None:
        time = self._workings.time
        while time.frame.number != steps:
            try:
                time.frame = step.take(time.frame)
                self._workings.own_control.look()
                self._workings.delay.watch(time.pace)
            except ResetAsked as asked:
                begun = self._begun_anew(holding, asked)
                if begun is not None:
                    step.answer_to(time.frame)
                    return begun
                next_step.go_on(time.frame)
        step.answer_to(time.frame)
        return None

    def _begun_anew(self, holding: Holding, asked: ResetAsked) -> Begun | None:
        """The simulation at another beginning, while the controllers still see this one; None where there is none."""
        w, beginning = self._workings, asked.beginning
        w.time.rest()
        w.on_phase(Phase.INITIALIZING)
        w.tell(EventKind.PHASE, f"reset to {beginning}", asked.who)
        try:
            started = holding.meanwhile(w.time.frame, partial(self._start_anew, beginning))
        except BeginningRefused as error:
            log.warning("no reset to %s, the run goes on where it was: %s", beginning, error)
            w.tell(EventKind.FAULT, f"no reset: {error}", asked.who)
            w.on_phase(Phase.RUNNING)
            return None
        return Begun(beginning, started)

    def _start_anew(self, beginning: Beginning) -> Started:
        """The server counts its indicators from there on: those of this episode are asked for while it has them."""
        self.update_kpis()
        return start(self._workings.session, beginning)


def start_first(session: Session, states: KeepsStates, state: str | None) -> Begun:
    """The simulation where the run begins: as configured, or in a saved state.

    Raises :class:`utils.errors.SimulationError`, and :class:`ConfigError` for a state that it does not have or take.
    """
    beginning = Beginning.of(session.settings)
    if state is None:
        return Begun(beginning, start(session, beginning))
    beginning = replace(beginning, state=state)
    try:
        states.require(state)
        return Begun(beginning, start(session, beginning))
    except (TimeRefused, BeginningRefused) as error:
        raise ConfigError([Problem("--from-state", str(error))]) from None


def start(session: Session, beginning: Beginning) -> Started:
    """Start the simulation there. Raises :class:`utils.errors.SimulationError`."""
    if beginning.state is not None:
        return _restored(session, beginning.state)
    settings: Settings = session.settings.model_copy(update={"time_period": beginning.period})
    return startup.start_simulation(session.client, settings, beginning.start_s)


def _restored(session: Session, name: str) -> Started:
    """A refused state leaves the simulation where it is. Raises :class:`BeginningRefused` for it, and its like."""
    try:
        state = session.client.restore_state(session.states.read(name))
    except OSError as error:
        raise BeginningRefused(f"the state {name} cannot be read: {error.strerror or error}") from None
    except SimulationRefused as error:
        raise BeginningRefused(f"the state {name}: {error}") from None
    return startup.at_step(session.client, state, session.settings)
