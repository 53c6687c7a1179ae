"""A run: one session, with episodes until nobody asks for another; what the command line or a test starts."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path

from bridge.acting import Acting
from bridge.building import OwnControl
from bridge.device_loop import DeviceLoop
from bridge.display.status import Phase, Status, Summary, kept_in_words
from bridge.ending import Ending
from bridge.episode import Begun, Episode, Workings, start_first
from bridge.exchange_delay import ExchangeDelay
from bridge.first_contact import Confirm, FirstContact, always
from bridge.link import clock_errors
from bridge.memory import BridgeMemory
from bridge.overriding import ByHand, Commander, Overrides, commanders
from bridge.purpose import DRIVE, Purpose
from bridge.session import Declined, Session
from bridge.timing.holding import PERIOD_S
from bridge.timing.model_time import ModelTime
from bridge.timing.state_keeper import StateKeeper
from bridge.timing.time_in_hand import TimeInHand
from bridge.watching.observation import Watcher
from bridge.watching.watching import Watching
from equipment.equipment_manager import Equipment, EquipmentManager
from ledger import GuardianError, Ledger
from points import UnitSystem
from recording import EventKind
from utils.clocks import Clocks
from utils.errors import BridgeError, SimulationAborted, SimulationError
from utils.home import CALLED
from utils.pacing import Pacer
from utils.settings import Settings
from utils.state_folder import StateFolder
from utils.values import Frame, PointMetadata

__all__ = ["Confirm", "Declined", "FirstContact", "Run"]

log = logging.getLogger(__name__)


class Run:
    """One run. :meth:`execute` blocks and is the simulation thread; the other methods are for other threads.

    ``time`` is what people may do with time while it runs, ``hand`` what they may hold by hand. ``watchers`` are told
    what happens. With ``guarded`` another process gives back when this one is lost. ``acting`` is how somebody acts on
    set-points: such a run is always guarded, and to make it raises :class:`ConfigError` for set-points that cannot be.
    """

    _phase = Phase.CONNECTING
    _is_abandoned = False
    _unguarded = ""
    _episode: Episode | None = None
    _began_s = _ended_s = 0.0

    def __init__(
        self,
        settings: Settings,
        manager: EquipmentManager,
        state: StateFolder,
        *,
        steps: int | None = None,
        confirm: Confirm = always,
        ledger: Ledger | None = None,
        clocks: Clocks | None = None,
        scan_with_simulation: bool = False,
        shadow: bool = False,
        take_occupied: bool = False,
        watchers: Sequence[Watcher] = (),
        purpose: Purpose = DRIVE,
        guarded: bool = False,
        acting: Acting | None = None,
    ) -> None:
        if acting is not None:
            manager.act_on(acting.set_points, () if acting.switch is None else [acting.switch])
        clocks = clocks or Clocks()
        self.confirm, self._steps, self._shadow = confirm, steps, shadow
        self._ending = Ending()
        self._model_time = time = ModelTime(settings, clocks)
        self._session = session = Session(
            *(settings, manager, state, time, purpose.simulation),
            ledger=ledger,
            clocks=clocks,
            take_occupied=take_occupied,
            unguarded=self._end_unguarded if guarded or acting is not None else None,
        )
        self.client, self.ledger = session.client, session.ledger
        self._states, self._state = StateKeeper(session, self._tell), purpose.state
        self.time = TimeInHand(settings, time, clocks, self.request_stop, self._tell, self._states)
        self._pacer = Pacer(settings.period_s, clocks, settings.when_late)
        self._delay = ExchangeDelay(settings.step_time_s, scan_with_simulation=scan_with_simulation)
        overrides = Overrides(session.equipments, settings.hold_steps, ramp_steps=settings.ramp_steps, shadow=shadow)
        self._memory = BridgeMemory(session, purpose, overrides.groups, self._begun, lambda: self._kpis)
        self._watching = watching = self._watched_by((self._memory, *watchers), overrides, acting)
        self.hand = ByHand(session, overrides.held_inputs, lambda: time.frame.time_s, watching.tell, shadow=shadow)
        self._acting = acting
        self._devices = self._device_loop()
        self._workings = self._put_together(overrides, purpose, scan_with_simulation=scan_with_simulation)

    def _watched_by(self, watchers: Sequence[Watcher], overrides: Overrides, acting: Acting | None) -> Watching:
        session = self._session
        return Watching(
            *(session.links, overrides, self._model_time.shown, session.clocks, watchers),
            lambda: () if acting is None else acting.led,
            lambda: {} if self._episode is None else self._episode.kpis_of_now,
        )

    def _device_loop(self) -> DeviceLoop:
        session, settle_s = self._session, self._session.settings.settle_time_s
        return DeviceLoop(
            session.links, self._pacer, settle_s, session.pool, session.stop, self.time.asked, session.clocks
        )

    def _put_together(self, overrides: Overrides, purpose: Purpose, *, scan_with_simulation: bool) -> Workings:
        """What all episodes share. Controllers that scan with the simulation rest for a step at least in a pause."""
        session = self._session
        if self._acting is not None:
            step_s = session.settings.step_time_s
            self._acting.attach(session.equipments, session.links, session.clocks, step_s, self._tell)
        return Workings(
            session,
            self._devices,
            overrides,
            self._pacer,
            self._delay,
            self._model_time,
            self.time,
            OwnControl(session.client, session.clocks),
            self._reached,
            self._tell,
            purpose.may_begin,
            max(session.settings.step_time_s, PERIOD_S) if scan_with_simulation else PERIOD_S,
            self._acting,
        )

    def execute(self) -> Summary:
        """Connect, check, couple, run and give back.

        Raises :class:`BridgeError` for what ended the run. Whatever ends it, everything taken has been given back
        by then, or is still in the ledger. A stop on request is not an error.
        """
        with self._ending as ending:
            self._promise_end(ending)
            try:
                self._memory.open()
                self._session.connect(lambda contacts: self.confirm(contacts))
                self._run_episodes()
                self._memory.failure = self.time.outlasted
            except SimulationAborted:
                self._is_abandoned = True
                log.info("stopping on request")
            except BridgeError as error:
                self._is_abandoned = isinstance(error, SimulationError)
                self._memory.failure = str(error)
                raise
            self._refuse_unguarded()
        return self.summary()

    def _end_unguarded(self, why: str) -> None:
        """Nobody would give back after a crash any more: then it is done now."""
        log.error("%s; the run ends and gives everything back", why)
        self._unguarded = why
        self.request_stop()

    def _refuse_unguarded(self) -> None:
        if self._unguarded:
            self._memory.failure = self._unguarded
            raise GuardianError(self._unguarded)

    def request_stop(self) -> None:
        """End the run soon, from any thread. A call to the simulation that is in flight is abandoned."""
        self._session.stop.set()
        self.time.halt()
        self._close_acting()
        self._devices.close()
        self.client.abort()

    def watch(self, watcher: Watcher) -> None:
        """Have it told, too, from now on."""
        self._watching.add(watcher)

    def note(self, words: str, who: str) -> None:
        """Keep somebody's words with the run, from any thread."""
        self._tell(EventKind.NOTE, words, who)

    def own_control(self) -> Mapping[str, float]:
        """What the building's own control would command now, by input and in SI units. Waits for nobody."""
        return self._workings.own_control.values()

    @property
    def has_begun(self) -> bool:
        """Whether the run has got beyond looking: there is something to say at its end."""
        return bool(self._began_s or self._session.receipts or self._troubles)

    @contextmanager
    def standstill(self) -> Iterator[str]:
        """Stop this process in here and nowhere else: nothing is under way with either peer, if they are prompt.

        Yields what stays in controllers meanwhile, in words. What was true before is looked at anew afterwards.
        """
        with self._pacer.standstill.hold():
            yield kept_in_words(self.ledger.open_entries)

    @property
    def last_values(self) -> Mapping[str, float]:
        """The simulation's newest values, by its own names and in SI units."""
        return self._model_time.frame.values

    @property
    def equipments(self) -> tuple[Equipment, ...]:
        """What the configs describe."""
        return self._session.equipments

    @property
    def unit_system(self) -> UnitSystem:
        """What controllers are in whose config does not say."""
        return self._session.settings.unit_system

    @property
    def metadata(self) -> Mapping[str, PointMetadata]:
        """What the simulation says of its points; empty until it is connected."""
        return self._session.metadata

    def status(self) -> Status:
        """This moment, for a display."""
        time, frame = self._model_time, self._model_time.frame
        return Status(
            phase=self._phase,
            step=frame.number,
            local_time=time.shown(frame.time_s) if self._phase is not Phase.CONNECTING else None,
            episode=frame.episode,
            time=self.time.state,
            pace=time.pace,
            late_steps=self._pacer.late_steps,
            controllers={link.device: link.state for link in self._session.links},
            seen=frame.targets,
            commanded=self._devices.commanded,
            kpis=self._kpis,
            shadow=self._shadow,
            active_groups=self._workings.overrides.active_groups,
        )

    def commanders(self) -> tuple[Commander, ...]:
        """Who commands each point, as far as it has been read lately (:mod:`bridge.overriding.commanders`)."""
        session = self._session
        return commanders(session.equipments, session.links, session.ledger, session.clocks.monotonic())

    def summary(self) -> Summary:
        """What there is to say at the end; also after an error."""
        time, links = self._model_time, self._session.links
        return Summary(
            steps=time.steps,
            simulated_s=time.simulated_s,
            wall_s=self._ended_s - self._began_s if self._began_s else 0.0,
            late_steps=self._pacer.late_steps,
            slipped_s=self._pacer.slipped_s,
            exchange_delay_s=self._delay.seconds(time.pace),
            clock_errors=clock_errors(link.clock for link in links if link.clock is not None),
            written=sum(link.written for link in links),
            suppressed=sum(link.suppressed for link in links),
            kpis=self._kpis,
            clipped=self.client.clipped,
            receipts=tuple(self._session.receipts),
            episodes=time.episodes,
            shadow=self._shadow,
            yielded=tuple(yielded for link in links for yielded in link.yielded),
            troubles=self._troubles,
        )

    @property
    def was_stopped(self) -> bool:
        """Whether somebody has asked it to end."""
        return self._session.stop.is_set()

    @property
    def guardian(self) -> int | None:
        """The process that gives back when this one is lost; None where there is none."""
        return self._session.guard.pid if self._session.guard is not None else None

    @property
    def status_file(self) -> Path | None:
        """Where monitoring wants to be told of it."""
        return self._session.settings.status_file

    @property
    def recording(self) -> Path | None:
        """The file of the recording, once there is one."""
        return self._memory.file

    def _run_episodes(self) -> None:
        self._reached(Phase.INITIALIZING)
        begun: Begun | None = start_first(self._session, self._states, self._state)
        with self._devices.answering():
            number = 0
            while begun is not None:
                self._episode = Episode(number, begun, self._workings)
                begun = self._episode.run(self._steps, self._watching)
                number += 1

    @property
    def _kpis(self) -> Mapping[str, float]:
        return self._episode.kpis if self._episode is not None else {}

    def _reached(self, phase: Phase) -> None:
        if phase is Phase.RUNNING and not self._began_s:
            self._began_s = self._session.clocks.monotonic()
        self._phase = phase
        self._tell(EventKind.PHASE, phase.value)

    def _tell(self, kind: EventKind, words: str, who: str = "") -> None:
        if who:
            log.info("%s (%s)", words, who)
        self._watching.say(kind, "", words, who)

    def _begun(self) -> tuple[Frame, datetime | None]:
        first = self._model_time.first
        return first, self._model_time.shown(first.time_s)

    def _promise_end(self, ending: Ending) -> None:
        """Read from below: end what is under way, give back, and what waits for the simulator last."""
        ending.later("saying so", partial(self._reached, Phase.ENDED))
        ending.luxury("closing the recording", self._memory.close)
        self._session.promise_end(ending, self._ask_for_kpis)
        ending.later("waiting for what is under way", self._devices.wait_for_tasks)
        ending.later("ending what is under way", self._end_exchange)

    def _end_exchange(self) -> None:
        self._ended_s = self._session.clocks.monotonic()
        self._model_time.rest()
        self.time.halt()
        self._reached(Phase.RELEASING)
        self._session.is_giving_back = True
        self._close_acting()
        self._devices.close()

    def _close_acting(self) -> None:
        if self._acting is not None:
            self._acting.close()

    def _ask_for_kpis(self) -> None:
        """Everything else must not wait for the simulator; nor are they worth waiting for when it has failed."""
        self.client.resume()
        if self._episode is not None and not self._is_abandoned:
            self._episode.update_kpis()

    @property
    def _troubles(self) -> tuple[str, ...]:
        """What went wrong at the end, in words; what is left is told by receipts, if there are any."""
        told, left = self._ending.told, self._session.left
        words = f"{left} things may still be taken; {CALLED} release gives them back"
        return (*told, words) if told and left else told
