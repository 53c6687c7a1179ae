"""A session: both peers connected and checked, the controllers taken, and everything given back at the end.

Episodes run on it (:mod:`bridge.episode`), the controllers staying taken.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import datetime
from functools import partial

from bridge import startup
from bridge.building import SimulationPeer
from bridge.ending import Ending
from bridge.findings import refusals
from bridge.first_contact import Confirm, FirstContact, meet
from bridge.link import ClockKeeper, ClockOrder, ControllerLink, SecondLook, future_findings
from bridge.real_outputs import warn_of_real_outputs
from bridge.timing.model_time import ModelTime
from bridge.timing.saved_states import SavedStates
from clients.boptest_client import BenchOffer
from clients.making import simulation_client
from equipment.controller import Controller
from equipment.equipment_manager import Equipment, EquipmentManager
from ledger import (
    GUARDIAN,
    Guarding,
    Journal,
    Journals,
    Ledger,
    Leftovers,
    Order,
    Patiences,
    Receipt,
    give_back_all,
    keep_receipts,
)
from utils.clocks import Clocks
from utils.errors import BridgeError, Problems, SimulationAborted, SimulationError
from utils.settings import Settings
from utils.state_folder import StateFolder
from utils.values import PointMetadata

log = logging.getLogger(__name__)


class Declined(BridgeError):
    """The user did not want what the run was about to do. Nothing was written."""


class Session:
    """Used by the simulation thread; ``stop`` ends it from any other."""

    def __init__(
        self,
        settings: Settings,
        manager: EquipmentManager,
        state: StateFolder,
        time: ModelTime,
        simulation: SimulationPeer | None = None,
        *,
        ledger: Ledger | None = None,
        clocks: Clocks | None = None,
        take_occupied: bool = False,
        unguarded: Callable[[str], None] | None = None,
    ) -> None:
        """``time`` says what to set in the clock of a controller that is taken now.

        With ``unguarded`` a guardian (:mod:`ledger.guardian`) gives back when this process is lost; that is called, in
        another thread, with the reason when there is none any more.
        """
        self.settings = settings
        self.clocks = clocks or Clocks()
        self._manager = manager
        self._state = state
        self._guarded = ExitStack()
        self.client: SimulationPeer = simulation or simulation_client(settings, state.tests)
        journal = Journals.of(state).own(manager.credentials) if ledger is None else None
        self.ledger = ledger or Ledger(journal)
        self.guard = self._guarding(journal, unguarded) if journal is not None and unguarded is not None else None
        """The guardian beside this process; None where there is to be none."""
        self.stop = threading.Event()
        self.pool = ThreadPoolExecutor(2 * len(manager.controllers), thread_name_prefix="ecy")
        self.metadata: Mapping[str, PointMetadata] = {}
        self.offers: frozenset[BenchOffer] = frozenset()
        """What the simulation has beyond BOPTEST."""
        self.states = SavedStates(settings.runs_dir / "states")
        self.receipts: list[Receipt] = []
        self.left = 0
        """Things that are not given back at the end."""
        self.is_giving_back = False
        order = ClockOrder.of(settings, lambda: time.scale, time.taking, time.local)
        self._recovered: list[Receipt] = []
        self._leftovers = Leftovers(settings, state, self.clocks, lambda: self.is_giving_back)
        self.links = [self._link(controller, order, take_occupied) for controller in manager.controllers]

    @property
    def equipments(self) -> tuple[Equipment, ...]:
        """What the configs describe."""
        return tuple(self._manager.equipment.values())

    def connect(self, confirm: Confirm) -> None:
        """Give back what earlier runs have left, connect to both peers and check everything. No controller is written.

        A controller that this host has not driven before gets the account only after ``confirm``. Raises
        :class:`BridgeError`; :class:`Declined` where it does not want new controllers, and
        :class:`ledger.GuardianError` where there is to be a guardian and none can be started.
        """
        problems = Problems()
        problems.add(refusals(future_findings(self.settings, self.clocks.wall())))
        problems.refuse()
        warn_of_real_outputs(self.equipments, self.settings)
        self._recovered = self._leftovers.give_back()
        names = startup.simulation_names(self.equipments)
        startup.connect_simulation(self.client, self.settings, names, self.stop)
        self.metadata = self.client.get_metadata()
        self.offers = frozenset(what for what in BenchOffer if self.client.offers(what))
        new = self._meet(confirm)
        second = SecondLook(self._leftovers.give_back, partial(self.clocks.wait, self.stop))
        with self._manager.telling_trust_together():
            startup.check_both(self.equipments, self.metadata, self.links, self.pool, self.stop, second)
        for link in self.links:
            if link.is_reached:
                link.announce()
        for device in new:
            self._state.met.set(device, datetime.now().astimezone().isoformat(timespec="seconds"))
        if self.guard is not None:
            self._guarded.enter_context(self.guard)

    def take(self) -> None:
        """Enter everything in the ledger and take the controllers that were reached."""
        startup.take_controllers(self.links, self.pool)

    def promise_end(self, ending: Ending, ask_for_kpis: Callable[[], None]) -> None:
        """Note what has to be done at the end, the last things first: nothing waits for the simulator."""
        ending.later("closing connections", self._close_connections)
        ending.later("closing the connection to the simulation", self.client.close)
        ending.later("stopping the test", self._stop_test)
        ending.later("asking for the KPIs", ask_for_kpis)
        ending.luxury("keeping the receipts", self._keep_receipts)
        ending.later("dismissing the guardian", self._dismiss_guardian)
        ending.later("closing the ledger", self._close_ledger)
        ending.later("giving back", self.give_back)

    def give_back(self) -> None:
        """Undo all that is taken, and keep the receipts. Nothing may be under way with a controller any more.

        What could not be undone is tried again when this is called again; its last receipt counts.
        """
        links = {link.device: link for link in self.links}
        made = give_back_all(
            self.ledger,
            lambda device: links[device].settled_client(),
            self.pool,
            Patiences(self.clocks).of,
        )
        self.receipts = [*{(one.device, one.what): one for one in (*self.receipts, *made)}.values()]

    def _close_ledger(self) -> None:
        self.left = len(self.ledger.open_entries)
        self.ledger.close()

    def _guarding(self, journal: Journal, unguarded: Callable[[str], None]) -> Guarding:
        devices = {device: account.interface for device, account in self._manager.credentials.items()}
        order = Order.for_us(journal.file, self._state.path, devices, self.settings.variables)
        return Guarding(order, unguarded, GUARDIAN)

    def _dismiss_guardian(self) -> None:
        """It may go where nothing is left; otherwise it goes on with that."""
        with self._guarded:
            if self.guard is None or not self.guard.is_watching:
                return
            if self.left:
                log.warning("%d things are not given back yet; the guardian goes on with them", self.left)
                self.guard.hand_over()
            else:
                self.guard.farewell()

    def _keep_receipts(self) -> None:
        keep_receipts(self._state, [*self._recovered, *self.receipts], self.clocks.wall())

    def _stop_test(self) -> None:
        try:
            self.client.stop()
        except SimulationError as error:
            log.warning("the test could not be stopped: %s", error)

    def _close_connections(self) -> None:
        self.pool.shutdown()
        self._manager.close()

    def _meet(self, confirm: Confirm) -> list[str]:
        """Ask the user about all new controllers at once; those that do not answer are taken when they do."""
        new = [client for client in self._manager.get_all_ecy_clients() if self._state.met.get(client.device) is None]
        failures = meet(new, self.pool)
        known = [None] * (len(self.links) - len(new))
        fatal = startup.fatal_failures([*failures.values(), *known])
        if self.stop.is_set():
            raise SimulationAborted("stopped on request")
        if fatal:
            raise fatal[0]
        wanted = {link.device: link.controller.wanted for link in self.links}
        contacts = [
            FirstContact(one.device, one.fingerprint, wanted[one.device], failures[one.device] is not None)
            for one in new
        ]
        if contacts and not confirm(contacts):
            raise Declined("not confirmed: nothing was written to any controller")
        return [contact.device for contact in contacts]

    def _clock_keeper(self, controller: Controller, order: ClockOrder | None) -> ClockKeeper | None:
        """None where its clock is left alone."""
        access = controller.client.clock
        if order is None or access is None or controller.set_clock is False:
            return None
        return ClockKeeper(access, order, self.ledger, self.clocks, may_tell=controller.set_clock is True)

    def _link(self, controller: Controller, order: ClockOrder | None, take_occupied: bool) -> ControllerLink:
        return ControllerLink(
            controller,
            self.ledger,
            self.settings.couple_time_s,
            self._clock_keeper(controller, order),
            self.clocks,
            self._leftovers.give_back,
            take_occupied=take_occupied,
        )
