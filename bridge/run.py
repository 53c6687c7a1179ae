"""A run: one session with one episode; what the command line, a test or a training environment starts."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial

from bridge.device_loop import DeviceLoop
from bridge.display.status import Phase, Status, Summary, kept_in_words
from bridge.ending import Ending
from bridge.episode import Episode, ModelTime
from bridge.exchange_delay import ExchangeDelay
from bridge.link import clock_errors
from bridge.overriding import Overrides
from bridge.session import Confirm, Declined, FirstContact, Session
from bridge.step_log import StepClock, StepRecorder
from equipment.equipment_manager import EquipmentManager
from ledger import Ledger
from utils.clocks import Clocks
from utils.errors import SimulationAborted, SimulationError
from utils.pacing import Pacer
from utils.settings import Settings
from utils.state_folder import StateFolder

__all__ = ["Confirm", "Declined", "FirstContact", "Run"]

log = logging.getLogger(__name__)


class Run:
    """One run. :meth:`execute` blocks and is the simulation thread; the other methods are for other threads."""

    def __init__(
        self,
        settings: Settings,
        manager: EquipmentManager,
        state: StateFolder,
        *,
        steps: int | None = None,
        confirm: Confirm = lambda contacts: True,
        ledger: Ledger | None = None,
        clocks: Clocks | None = None,
        scan_with_simulation: bool = False,
        shadow: bool = False,
        take_occupied: bool = False,
    ) -> None:
        clocks = clocks or Clocks()
        self.confirm = confirm
        self._steps = steps
        self._shadow = shadow
        self._phase = Phase.CONNECTING
        self._is_abandoned = False
        self._ending = Ending()
        self._time = time = ModelTime(settings, clocks)
        self._session = session = Session(
            settings, manager, state, time.taking, time.local, ledger=ledger, clocks=clocks, take_occupied=take_occupied
        )
        self._pacer = Pacer(settings.period_s, clocks, settings.when_late)
        self._delay = ExchangeDelay(settings.step_time_s, scan_with_simulation=scan_with_simulation)
        overrides = Overrides(session.equipments, settings.hold_steps, ramp_steps=settings.ramp_steps, shadow=shadow)
        self._devices = DeviceLoop(
            session.links, self._pacer, settings.settle_time_s, session.pool, session.stop, clocks
        )
        self._episode = Episode(session, self._devices, overrides, self._pacer, self._delay, time, self._reached)
        moment = StepClock(time.shown, clocks.wall)
        self._step_log = StepRecorder(
            settings.step_log, session.equipments, session.links, overrides, self._pacer, moment
        )
        self.client, self.ledger = session.client, session.ledger

    def execute(self) -> Summary:
        """Connect, check, couple, run and give back.

        Raises :class:`BridgeError` for what ended the run. Whatever ends it, everything taken has been given back
        by then, or is still in the ledger. A stop on request is not an error.
        """
        with self._ending as ending:
            self._promise_end(ending)
            try:
                self._step_log.open()
                self._session.connect(lambda contacts: self.confirm(contacts))
                self._episode.run(self._steps, self._step_log.record)
            except SimulationAborted:
                self._is_abandoned = True
                log.info("stopping on request")
            except SimulationError:
                self._is_abandoned = True
                raise
        return self.summary()

    def request_stop(self) -> None:
        """End the run soon, from any thread. A call to the simulation that is in flight is abandoned."""
        self._session.stop.set()
        self._devices.close()
        self.client.abort()

    @property
    def has_begun(self) -> bool:
        """Whether the run has got beyond looking: there is something to say at its end."""
        return bool(self._episode.began_s or self._session.receipts or self._troubles)

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
        return self._time.frame.values

    def status(self) -> Status:
        """This moment, for a display."""
        frame = self._time.frame
        return Status(
            phase=self._phase,
            step=frame.number,
            local_time=self._time.shown(frame.time_s) if self._phase is not Phase.CONNECTING else None,
            pace=self._episode.pace,
            late_steps=self._pacer.late_steps,
            controllers={link.device: link.state for link in self._session.links},
            seen=frame.targets,
            commanded=self._devices.commanded,
            kpis=self._episode.kpis,
            shadow=self._shadow,
        )

    def summary(self) -> Summary:
        """What there is to say at the end; also after an error."""
        episode, links = self._episode, self._session.links
        return Summary(
            steps=self._time.frame.number,
            simulated_s=self._time.frame.time_s - self._time.first.time_s,
            wall_s=episode.ended_s - episode.began_s if episode.began_s else 0.0,
            late_steps=self._pacer.late_steps,
            slipped_s=self._pacer.slipped_s,
            exchange_delay_s=self._delay.seconds(episode.pace),
            clock_errors=clock_errors(link.clock for link in links if link.clock is not None),
            written=sum(link.written for link in links),
            suppressed=sum(link.suppressed for link in links),
            kpis=episode.kpis,
            clipped=self.client.clipped,
            receipts=tuple(self._session.receipts),
            shadow=self._shadow,
            yielded=tuple(yielded for link in links for yielded in link.yielded),
            troubles=self._troubles,
        )

    def _reached(self, phase: Phase) -> None:
        self._phase = phase

    def _promise_end(self, ending: Ending) -> None:
        """Read from below: end what is under way, give back, and what waits for the simulator last."""
        ending.later("saying so", partial(self._reached, Phase.ENDED))
        ending.luxury("closing the step log", self._step_log.close)
        self._session.promise_end(ending, self._ask_for_kpis)
        ending.later("waiting for what is under way", self._devices.wait_for_tasks)
        ending.later("ending what is under way", self._end_exchange)

    def _end_exchange(self) -> None:
        self._episode.ended_s = self._session.clocks.monotonic()
        self._phase = Phase.RELEASING
        self._session.is_giving_back = True
        self._devices.close()

    def _ask_for_kpis(self) -> None:
        """Everything else must not wait for the simulator; nor are they worth waiting for when it has failed."""
        self.client.resume()
        if self._episode.building is not None and self._time.frame.number and not self._is_abandoned:
            self._episode.building.update_kpis()

    @property
    def _troubles(self) -> tuple[str, ...]:
        """What went wrong at the end, in words; what is left is told by receipts, if there are any."""
        told, left = self._ending.told, self._session.left
        words = f"{left} things may still be taken; python main.py release gives them back"
        return (*told, words) if told and left else told
