"""A run from connect to release: what the command line, a test or a training environment starts."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from bridge import startup
from bridge.device_loop import DeviceLoop
from bridge.exchange_delay import ExchangeDelay
from bridge.link import ClockKeeper, ClockOrder, ControllerLink, SecondLook, claims_of, clock_errors, refuse_future
from bridge.overdue import OverdueWatch
from bridge.overrides import Overrides
from bridge.real_outputs import warn_of_real_outputs
from bridge.simulation_loop import SimulationLoop
from bridge.status import Phase, Status, Summary, kept_in_words
from bridge.step_log import StepClock, StepRecorder
from clients.making import advance_patience_s, simulation_client
from equipment.controller import Controller
from equipment.equipment_manager import EquipmentManager
from ledger import Journals, Ledger, Leftovers, Patiences, Receipt, give_back_all, keep_receipts
from utils.alone import Alone
from utils.errors import BridgeError, SimulationAborted, SimulationError
from utils.model_calendar import model_datetime, model_seconds, unix_to_local
from utils.pacing import Clocks, Pacer
from utils.settings import Settings
from utils.state_folder import StateFolder
from utils.values import Frame, PointMetadata, PointValue, Target

log = logging.getLogger(__name__)


class Declined(BridgeError):
    """The user did not want what the run was about to do. Nothing was written."""


@dataclass(frozen=True, slots=True)
class FirstContact:
    """A controller that this host has not driven before, and what would be forced, commanded or isolated in it."""

    device: str
    objects: tuple[str, ...]


Confirm = Callable[[Sequence[FirstContact]], bool]


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
        self.client = simulation_client(settings, state.tests)
        self.ledger = ledger or Ledger(Journals.of(state).own(manager.credentials))
        self._settings = settings
        self._manager = manager
        self._state = state
        self._steps = steps
        self.confirm = confirm
        self._clocks = clocks or Clocks()
        self._stop = threading.Event()
        self._phase = Phase.CONNECTING
        self._first = self._frame = Frame(0, 0.0, {})
        self._began_s = self._ended_s = 0.0
        self._abandoned = False
        self._receipts: list[Receipt] = []
        self._recovered: list[Receipt] = []
        self._ending = Alone()
        self._left = 0
        self._metadata: Mapping[str, PointMetadata] = {}
        self._take_occupied = take_occupied
        self._leftovers = Leftovers(settings, state, self._clocks, lambda: self._phase is Phase.RELEASING)
        self._pool = ThreadPoolExecutor(2 * len(manager.controllers), thread_name_prefix="ecy")
        self._pacer = Pacer(settings.period_s, self._clocks, settings.when_late)
        self._delay = ExchangeDelay(settings.step_time_s, scan_with_simulation=scan_with_simulation)
        self._links = [self._link(controller) for controller in manager.controllers]
        self._shadow = shadow
        overrides = Overrides(
            manager.equipment.values(), settings.hold_steps, ramp_steps=settings.ramp_steps, shadow=shadow
        )
        self._step_log = StepRecorder(
            settings.step_log,
            manager.equipment.values(),
            self._links,
            overrides,
            self._pacer,
            StepClock(self._shown_time, self._clocks.wall),
        )
        self._devices = DeviceLoop(
            self._links,
            overrides,
            self._pacer,
            settings.settle_time_s,
            self._pool,
            self._stop,
            self._clocks,
            self._step_log.record,
        )
        self._simulation = SimulationLoop(
            self.client,
            self._convert,
            self._devices.commands,
            self._publish,
            self._pacer,
            OverdueWatch(self._pacer, advance_patience_s(settings), self._clocks.monotonic),
            self._stop,
            wants_kpis=any(point.is_kpi for point in manager.points),
        )

    def execute(self) -> Summary:
        """Connect, check, couple, run and give back.

        Raises :class:`BridgeError` for what ended the run. Whatever ends it, everything taken has been given back
        by then, or is still in the ledger. A stop on request is not an error.
        """
        try:
            started = self._prepare()
            if not self._stop.is_set():
                self._drive(started)
        except SimulationAborted:
            self._abandoned = True
            log.info("stopping on request")
        except SimulationError:
            self._abandoned = True
            raise
        finally:
            self._finish()
        return self.summary()

    def request_stop(self) -> None:
        """End the run soon, from any thread. A call to the simulation that is in flight is abandoned."""
        self._stop.set()
        self._devices.close()
        self.client.abort()

    @property
    def has_begun(self) -> bool:
        """Whether the run has got beyond looking: there is something to say at its end."""
        return bool(self._began_s or self._receipts or self._troubles)

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
        return self._frame.values

    def status(self) -> Status:
        """This moment, for a display."""
        frame = self._frame
        return Status(
            phase=self._phase,
            step=frame.number,
            local_time=self._shown_time(frame.time_s) if self._phase is not Phase.CONNECTING else None,
            pace=self._pace(),
            late_steps=self._pacer.late_steps,
            controllers={link.device: link.state for link in self._links},
            seen=frame.targets,
            commanded=self._devices.commanded,
            kpis=self._simulation.kpis,
            shadow=self._shadow,
        )

    def summary(self) -> Summary:
        """What there is to say at the end; also after an error."""
        return Summary(
            steps=self._frame.number,
            simulated_s=self._frame.time_s - self._first.time_s,
            wall_s=self._ended_s - self._began_s if self._began_s else 0.0,
            late_steps=self._pacer.late_steps,
            slipped_s=self._pacer.slipped_s,
            exchange_delay_s=self._delay.seconds(self._pace()),
            clock_errors=clock_errors(link.clock for link in self._links if link.clock is not None),
            written=sum(link.written for link in self._links),
            suppressed=sum(link.suppressed for link in self._links),
            kpis=self._simulation.kpis,
            clipped=self.client.clipped,
            receipts=tuple(self._receipts),
            shadow=self._shadow,
            yielded=tuple(yielded for link in self._links for yielded in link.yielded),
            troubles=self._troubles,
        )

    def _prepare(self) -> startup.Started:
        """Look at everything, then initialize. No controller is written here."""
        equipments = tuple(self._manager.equipment.values())
        refuse_future(self._settings, self._clocks.wall())
        warn_of_real_outputs(equipments, self._settings)
        self._step_log.open()
        self._leftovers.give_back()
        names = startup.simulation_names(equipments)
        startup.connect_simulation(self.client, self._settings, names, self._stop)
        self._metadata = self.client.get_metadata()
        second = SecondLook(self._leftovers.give_back, partial(self._clocks.wait, self._stop))
        startup.check_both(equipments, self._metadata, self._links, self._pool, self._stop, second)
        for link in self._links:
            if link.is_reached:
                link.announce()
        self._meet()
        self._phase = Phase.INITIALIZING
        started = startup.start_simulation(self.client, self._settings, self._start_time_s())
        self._first = self._frame = self._simulation.first_frame(started.state)
        return started

    def _drive(self, started: startup.Started) -> None:
        frame = self._first
        self._phase = Phase.COUPLING
        startup.take_controllers(self._links, self._pool)
        self._devices.couple(frame, self._settings.couple_time_s, self.client.keep_alive)
        self._phase = Phase.RUNNING
        self._delay.announce(self._settings.time_scale, self._settings.settle_time_s)
        self._began_s = self._clocks.monotonic()
        devices = self._start_device_thread()
        try:
            self._simulation.run(started, frame, self._steps)
        finally:
            self._devices.close()
            devices.result()

    def _start_device_thread(self) -> Future[None]:
        pool = ThreadPoolExecutor(1, thread_name_prefix="devices")
        future = pool.submit(self._devices.run)
        future.add_done_callback(lambda _: self._devices.close())
        pool.shutdown(wait=False)
        return future

    def _finish(self) -> None:
        """Stop advancing, let batches end, give back, stop the test case: in this order, whatever has happened.

        Each of these is done, whatever becomes of the others. That a luxury fails says nothing of the run.
        """
        step, luxury = self._ending.step, Alone().step
        self._ended_s = self._clocks.monotonic()
        self._phase = Phase.RELEASING
        with step("ending what is under way"):
            self._devices.close()
        with step("waiting for what is under way"):
            self._devices.wait_for_tasks()
        with step("giving back"):
            self._give_back()
        with step("closing the ledger"):
            self._left = len(self.ledger.open_entries)
            self.ledger.close()
        with luxury("keeping the receipts"):
            keep_receipts(self._state, [*self._recovered, *self._receipts], self._clocks.wall())
        self._stop_simulation()
        with step("closing connections"):
            self._pool.shutdown()
            self._manager.close()
        with luxury("closing the step log"):
            self._step_log.close()
        self._phase = Phase.ENDED

    def _give_back(self) -> None:
        links = {link.device: link for link in self._links}
        self._receipts = give_back_all(
            self.ledger,
            lambda device: links[device].settled_client(),
            self._pool,
            self._clocks.wall,
            patience_with=Patiences(self._clocks.monotonic).of,
        )

    @property
    def _troubles(self) -> tuple[str, ...]:
        """What went wrong at the end, in words; what is left is told by receipts, if there are any."""
        told = self._ending.told
        left = f"{self._left} things may still be taken; python main.py release gives them back"
        return (*told, left) if told and self._left else told

    def _stop_simulation(self) -> None:
        """Last, because everything else must not wait for the simulator; nor are indicators worth waiting for then."""
        with self._ending.step("asking for the KPIs"):
            self.client.resume()
            if self._frame.number and not self._abandoned:
                self._simulation.update_kpis()
        with self._ending.step("stopping the test"):
            try:
                self.client.stop()
            except SimulationError as error:
                log.warning("the test could not be stopped: %s", error)
        with self._ending.step("closing the connection to the simulation"):
            self.client.close()

    def _meet(self) -> None:
        contacts = [
            FirstContact(link.device, tuple(claim.described(link.device) for claim in claims_of(link.controller)))
            for link in self._links
            if link.is_reached and self._state.met.get(link.device) is None
        ]
        if contacts and not self.confirm(contacts):
            raise Declined("not confirmed: nothing was written to any controller")
        for contact in contacts:
            self._state.met.set(contact.device, datetime.now().astimezone().isoformat(timespec="seconds"))

    def _publish(self, frame: Frame) -> None:
        self._frame = frame
        self._delay.watch(self._pace())
        self._devices.frames.publish(frame)

    def _convert(self, values: Mapping[str, float]) -> Mapping[Target, PointValue]:
        return self._manager.process_bop_values(values, self._metadata)

    def _pace(self) -> float:
        ended_s = self._ended_s or self._clocks.monotonic()
        wall_s = ended_s - self._began_s
        return (self._frame.time_s - self._first.time_s) / wall_s if self._began_s and wall_s > 0 else 0.0

    def _link(self, controller: Controller) -> ControllerLink:
        order = ClockOrder.of(self._settings, self._taking_time, self._local_time)
        access = controller.client.clock
        clock = ClockKeeper(access, order, self.ledger, self._clocks) if order is not None and access else None
        return ControllerLink(
            controller,
            self.ledger,
            self._settings.couple_time_s,
            clock,
            self._clocks,
            self._leftovers.give_back,
            take_occupied=self._take_occupied,
        )

    def _taking_time(self) -> float:
        """Model time, less what the coupling still takes: at the first advance the clocks agree."""
        coupling_s = self._settings.couple_time_s if self._phase is Phase.COUPLING else 0.0
        return self._frame.time_s - coupling_s

    def _local_time(self, time_s: float) -> datetime:
        return model_datetime(time_s, self._first_year())

    def _shown_time(self, time_s: float) -> datetime | None:
        """As :meth:`_local_time`; None where a model time has no date, which is for others to complain of."""
        try:
            return self._local_time(time_s)
        except (OverflowError, ValueError):
            return None

    def _first_year(self) -> int:
        """The configured year, or without one the last year in which the start is not in the future."""
        if self._settings.start_time is not None:
            return self._settings.start_time.year
        zone = self._settings.timezone
        today = unix_to_local(self._clocks.wall(), zone) if zone else datetime.now()
        return today.year if model_datetime(self._first.time_s, today.year) <= today else today.year - 1

    def _start_time_s(self) -> float:
        return model_seconds(self._settings.start_time) if self._settings.start_time is not None else 0.0
