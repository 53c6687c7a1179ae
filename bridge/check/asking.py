"""Asks both peers: the simulation through a test of its own, and only controllers that may see the account."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import replace
from typing import Self, TypeAlias, TypeVar

from bridge import startup
from bridge.check.views import SimulationView
from bridge.first_contact import Confirm, FirstContact, meet
from clients.boptest_client import Timeouts
from clients.device_client import ControllerClient
from clients.making import simulation_client
from utils.clocks import model_seconds
from utils.errors import ConfigError, DeviceError, DeviceRefused, SimulationAborted, SimulationError
from utils.settings import ServerSettings, SimulationSettings
from utils.state_folder import StateFolder, StateTable

log = logging.getLogger(__name__)

Answer = TypeVar("Answer")
AskOne: TypeAlias = Callable[[ControllerClient, DeviceError | None], Answer]
"""Asks one controller; nothing, where there is a reason not to."""

DEADLINES = Timeouts(quick_s=15.0, data_s=30.0, select_s=300.0, simulate_s=120.0)
"""Shorter than those of a run: nobody wants to wait ten minutes for a worker to be told what is wrong in a config. But
the time for a worker is also that of loading the case, and large ones take minutes."""


class OwnTest:
    """A test of a service, selected to look at it and stopped at the end; on a legacy server, only questions."""

    def __init__(self, settings: ServerSettings, state: StateFolder, deadlines: Timeouts = DEADLINES) -> None:
        self._client = simulation_client(settings, state.tests, deadlines)
        self._settings = settings
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._is_ending = False

    def request_stop(self) -> None:
        """Abandon the call in flight, from any thread, unless it is the one that stops the test."""
        with self._lock:
            self._stop.set()
            if not self._is_ending:
                self._client.abort()

    def look(self, points: Collection[str], run: SimulationSettings | None = None) -> SimulationView:
        """Select, ask what there is and how it is when the ``run`` starts, if that is known. Failures are in the view.

        ``points`` tell test cases apart. Values are those right at the start, without a warm-up.
        """
        view = SimulationView(self._settings.base_url)
        stages: list[Callable[[SimulationView], SimulationView]] = [lambda v: self._connected(v, points), self._told]
        if run is not None and run.start_time is not None:
            start_time_s, step_s = model_seconds(run.start_time), run.step_time_s
            stages.append(lambda v: self._started(v, start_time_s, step_s))
        for stage in stages:
            try:
                view = stage(view)
            except (SimulationError, ConfigError) as error:
                return replace(view, failure=error)
        return view

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._is_ending = True
        try:
            self._client.stop()
        except SimulationError as error:
            log.warning("the test could not be stopped, the server ends it after a while: %s", error)
        self._client.close()

    def _connected(self, view: SimulationView, points: Collection[str]) -> SimulationView:
        startup.connect_simulation(self._client, self._settings, points, self._stop)
        client = self._client
        return replace(view, api=client.api, version=client.server_version, testcase=client.testcase)

    def _told(self, view: SimulationView) -> SimulationView:
        return replace(view, metadata=self._client.get_metadata())

    def _started(self, view: SimulationView, start_time_s: float, step_s: float) -> SimulationView:
        if view.api == "legacy":
            return view
        state = startup.initialize(self._client, start_time_s, 0.0, step_s)
        return replace(view, values=state.values)


class AccountWithheld(DeviceRefused):
    """Nobody has agreed to show the account to this controller, so nothing more is known of it."""


class BothPeers:
    """One look at both peers. :meth:`ask` blocks; :meth:`request_stop` is for other threads."""

    def __init__(
        self, test: OwnTest | None, clients: Sequence[ControllerClient], may_show: Confirm, met: StateTable
    ) -> None:
        """Without ``test``, only controllers are asked.

        ``may_show`` is asked before the account is shown to a controller of which there is no record: neither its
        certificate nor, where that is judged in another way, a run that has ``met`` it.
        """
        self._test = test
        self._clients = clients
        self._may_show = may_show
        self._met = met
        self._is_stopped = False

    def ask(
        self, ask_one: AskOne[Answer], points: Collection[str], run: SimulationSettings | None = None
    ) -> tuple[SimulationView, list[Answer]]:
        """Ask both at once, the simulation as :meth:`OwnTest.look` does. Connections are closed at the end.

        Raises :class:`SimulationAborted` after :meth:`request_stop`.
        """
        try:
            with (
                self._test or nullcontext(),
                ThreadPoolExecutor(max(len(self._clients), 1), thread_name_prefix="ecy") as pool,
            ):
                reasons = self._introduce(pool)
                answers = pool.map(lambda client: ask_one(client, reasons.get(client.device)), self._clients)
                simulation = self._test.look(points, run) if self._test is not None else SimulationView("")
                told = list(answers)
        finally:
            for client in self._clients:
                client.close()
        if self._is_stopped:
            raise SimulationAborted("stopped on request; nothing was written to any controller")
        return simulation, told

    def request_stop(self) -> None:
        """Abandon whatever is being asked; the test is stopped all the same."""
        self._is_stopped = True
        if self._test is not None:
            self._test.request_stop()
        for client in self._clients:
            client.abort()

    def _introduce(self, pool: Executor) -> dict[str, DeviceError]:
        """Meet the controllers of which there is no record, and ask the user for all of them together.

        Returns, by address, why one must not be signed in to.
        """
        new = [client for client in self._clients if client.has_account and not self._is_on_record(client)]
        failures = meet(new, pool)
        contacts = [FirstContact(one.device, one.fingerprint) for one in new if failures[one.device] is None]
        reasons = {device: error for device, error in failures.items() if error is not None}
        if contacts and not self._may_show(contacts):
            reasons |= {contact.device: _withheld(contact) for contact in contacts}
        return reasons

    def _is_on_record(self, client: ControllerClient) -> bool:
        return not client.is_new if client.is_pinned else self._met.get(client.device) is not None


def _withheld(contact: FirstContact) -> AccountWithheld:
    if contact.fingerprint is None:
        what = "no run from here has met it, so the account was not shown to it and nothing more was looked at; "
        return AccountWithheld(contact.device, f"{what}use --yes if it is the one that you mean")
    return AccountWithheld(
        contact.device,
        f"there is no record of its certificate (SHA-256 {contact.fingerprint}), so the account was not shown to "
        "it and nothing more was looked at; compare that with what the controller's own page shows, then use --yes",
    )
