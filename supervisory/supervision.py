"""A run of supervisory programs from connect to release: what the command line, a test or a study starts."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from clients.bacnet import BACnetStack
from ledger import Receipt, keep_receipts
from supervisory.easy import EasyASO
from supervisory.guard.custody import Charge, Custody, give_back_leftovers, guarded
from supervisory.guard.enabling import State
from supervisory.guard.gate import Gate
from supervisory.runtime.context import StepRecord
from supervisory.runtime.devices import Devices
from supervisory.runtime.dry_run import DryGate
from supervisory.runtime.easy_services import Site
from supervisory.runtime.program_run import Around
from supervisory.runtime.runner import ProgramFaults, Runner, RunnerLimits
from supervisory.runtime.runtime import Runtime, RuntimeSummary
from supervisory.runtime.state_store import FileStates, MemoryStates, StateStore
from supervisory.runtime.step_logs import StepLogs
from supervisory.runtime.transports import Opened, opened, own_device
from supervisory.setup.bindings import Bindings, ProgramPoint, bind, clashes
from supervisory.setup.plan import ProgramPlan, RunPlan
from supervisory.site_access import OccupiedSlot, SiteAccess
from supervisory.site_survey import DeviceSite
from supervisory.slots_in_use import SlotsInUse
from supervisory.switch import Switch, SwitchMemory, SwitchPlace
from supervisory.undo_file import UndoFile
from utils.alone import Alone
from utils.bacnet import bare_address
from utils.errors import ConfigError, DeviceUnreachable, Problem
from utils.settings import SettingsSource
from utils.state_folder import StateFolder

log = logging.getLogger(__name__)

_RETRY_S = 1.0
_IDLE = (State.DISABLED, State.FAULT)
"""States in which nothing of the last step is true any more: neither its alarms nor what it had commanded."""
REFRESH_S = 300.0
"""Plant time after which everything held is written again, for a device that has restarted."""


@dataclass(frozen=True, slots=True)
class ProgramStatus:
    """A program at this moment, for a display."""

    name: str
    state: str
    reason: str
    rounds: int
    last: StepRecord | None
    alarm: str


@dataclass(frozen=True, slots=True)
class _Keeping:
    """Who lets programs write, and takes that away."""

    gate: Gate
    faults: ProgramFaults
    state_of: Callable[[str], str]


class Supervision:
    """One run. :meth:`execute` blocks; the other methods are for other threads."""

    def __init__(
        self,
        plan: RunPlan,
        settings: SettingsSource,
        state: StateFolder,
        *,
        steps: int | None = None,
        dry_run: bool = False,
        tell: Callable[[str, str], None] = lambda program, line: None,
        on_record: Callable[[StepRecord], None] = lambda record: None,
    ) -> None:
        """``tell`` is called with a program's name and what people should read; ``on_record`` with every step."""
        self.plan = plan
        self._settings = settings
        self._state = state
        self._steps = steps
        self._dry_run = dry_run
        self._tell = tell
        self._on_record = on_record
        self._stop = threading.Event()
        self._runtime: Runtime | None = None
        self._keeping: _Keeping | None = None
        self._abort: Callable[[], None] = lambda: None
        self._custody: Custody | None = None
        self._bindings: Mapping[str, Bindings] = {}
        self._records: dict[str, StepRecord] = {}
        self._alarms: dict[str, tuple[str, ...]] = {}
        """What stands now, by program; the newest is the last."""
        self._logs = StepLogs(None)
        self._luxuries = Alone()

    def execute(self) -> RuntimeSummary:
        """Connect, find every point, run, and give everything back.

        Raises :class:`utils.errors.BridgeError` for what ended the run. Whatever ends it, everything taken has been
        given back by then, or is still in the ledger.
        """
        summary = self._run()
        custody = self._custody
        if custody is None or self._runtime is None:
            return summary  # a dry run
        has_run = any(runner.rounds for runner in self._runtime.runners)
        return summary.told(custody.receipts, custody.not_released, custody.troubles, has_run=has_run)

    def _run(self) -> RuntimeSummary:
        config = self.plan.config
        with ExitStack() as stack:
            stack.callback(self._keep_receipts)
            self._logs = stack.enter_context(StepLogs(self._log_folder()))
            device = None if self._dry_run and not self._needs_network() else stack.enter_context(own_device(config))
            if not self._dry_run:
                self._leftovers()
            site = stack.enter_context(opened(config, self._settings, self._state, device, self._stop))
            self._abort = site.abort
            self._bindings = self._bound(site.devices)
            self._keeping = stack.enter_context(self._kept(site, device))
            self._runtime = self._made(site, self._bindings, self._keeping)
            if self._stop.is_set():
                self._runtime.request_stop()
            return self._runtime.execute()

    def _keep_receipts(self) -> None:
        """A luxury: that they cannot be kept says nothing of the run."""
        at_the_end = self._runtime.receipts if self._runtime is not None else ()
        before_and_after = self._custody.receipts if self._custody is not None else ()
        with self._luxuries.step("keeping the receipts"):
            keep_receipts(self._state, tuple(dict.fromkeys((*at_the_end, *before_and_after))), time.time())

    def request_stop(self) -> None:
        """End the run soon. A call to the simulation that is in flight is abandoned."""
        self._stop.set()
        if self._runtime is not None:
            self._runtime.request_stop()
        self._abort()

    def status(self) -> tuple[ProgramStatus, ...]:
        """This moment of each program; empty before the run has begun."""
        if self._runtime is None or self._keeping is None:
            return ()
        return tuple(self._status(runner, self._keeping) for runner in self._runtime.runners)

    @property
    def runtime(self) -> Runtime | None:
        """The loop, once it has begun."""
        return self._runtime

    def _status(self, runner: Runner, keeping: _Keeping) -> ProgramStatus:
        name = runner.plan.name
        state, standing = keeping.state_of(name), self._alarms.get(name, ())
        if state in _IDLE:
            self._records.pop(name, None)
        alarm = standing[-1] if standing and state not in _IDLE else ""
        return ProgramStatus(name, state, keeping.faults.reason(name), runner.rounds, self._records.get(name), alarm)

    def _bound(self, devices: Devices) -> Mapping[str, Bindings]:
        """As :meth:`_bind`, waiting for devices that do not answer yet. Raises what the last attempt raised."""
        deadline = time.monotonic() + self.plan.config.start_timeout_s
        slots_in_use = SlotsInUse(self._leftovers)
        while True:
            try:
                with slots_in_use:
                    return self._bind(devices)
            except DeviceUnreachable as error:
                if self._stop.is_set() or time.monotonic() + _RETRY_S > deadline:
                    raise
                self._alarm(error.device, f"{error.what}; waiting for it")
                self._stop.wait(error.retry_after_s or _RETRY_S)

    def _leftovers(self) -> Sequence[Receipt]:
        """What became of what earlier runs have left; a dry run gives nothing back."""
        return () if self._dry_run else give_back_leftovers(self._state, self._settings)

    def _bind(self, devices: Devices) -> Mapping[str, Bindings]:
        """Find the points of all programs, all devices at once. Raises :class:`ConfigError` and what devices raise."""
        with ThreadPoolExecutor(max(1, len(tuple(devices))), thread_name_prefix="binding") as pool:
            futures = [
                (plan.name, pool.submit(self._bind_on, devices, alias, plan))
                for plan in self.plan.programs
                for alias in dict.fromkeys(item.device for item in self.plan.wanted[plan.name])
            ]
        points: dict[str, list[ProgramPoint]] = {plan.name: [] for plan in self.plan.programs}
        problems: list[Problem] = []
        for name, future in futures:
            found, wrong = future.result()
            points[name] += found
            problems += wrong
        problems += clashes({plan.name: (plan.priority, points[plan.name]) for plan in self.plan.programs})
        if problems:
            raise ConfigError(problems)
        return {name: Bindings(tuple(found)) for name, found in points.items()}

    def _bind_on(self, devices: Devices, alias: str, plan: ProgramPlan) -> tuple[list[ProgramPoint], list[Problem]]:
        wanted = self.plan.wanted[plan.name]
        return devices.named(alias).ask(lambda client: bind(wanted, alias, client, plan.priority))

    @contextmanager
    def _kept(self, site: Opened, device: BACnetStack | None) -> Iterator[_Keeping]:
        if self._dry_run or device is None:
            gate = DryGate(self._tell)
            yield _Keeping(gate, gate, lambda name: "dry run")
            return
        names = [plan.name for plan in self.plan.programs]
        settings = None if self.plan.config.transport == "bacnet" else self._settings
        charge = Charge(names, site.writers, site.credentials, settings)
        with ExitStack() as stack:
            custody = stack.enter_context(guarded(charge, self._state))
            switch = stack.enter_context(self._switch(device, custody))
            self._custody = custody
            for line in switch.told_at_start():
                self._tell("switch", line)
            yield _Keeping(custody.gate, custody.enabling, lambda name: custody.enabling.state(name).value)

    def _switch(self, device: BACnetStack, custody: Custody) -> Switch:
        config = self.plan.config
        place = None if config.is_simulated else SwitchPlace(config.transport, device.network, config.instance)
        memory = SwitchMemory(self._state.path / "switches", place)
        return Switch(device, custody.enabling, custody.gate, memory, starts_on=config.starts_enabled)

    def _made(self, site: Opened, bindings: Mapping[str, Bindings], keeping: _Keeping) -> Runtime:
        config = self.plan.config
        plant = site.plant()
        around = Around(
            keeping.gate,
            Site(site.devices, keeping.gate, site.network),
            self._states(),
            config.hold_steps,
            REFRESH_S,
            self._record,
            self._alarm,
            lambda program: self._site_of(site, keeping.gate, program),
        )
        limits = RunnerLimits(config.shortest_step_s, config.overruns, config.hook_timeout_s, plant.is_lockstep)

        def runners(on_change: Callable[[], None]) -> Sequence[Runner]:
            return [
                Runner(plan, bindings[plan.name], around, keeping.faults, plant.clock, limits, on_change)
                for plan in self.plan.programs
            ]

        return Runtime(runners, plant, site.devices, keeping.gate, self._steps)

    def _site_of(self, site: Opened, gate: Gate, program: str) -> SiteAccess:
        """All slots of all devices, for a program that may look at them, and release them while it is enabled."""
        return DeviceSite(
            [bare_address(device.key) for device in site.devices],
            site.open_client,
            UndoFile(self._state.path / "programs" / f"{program}-undo.jsonl"),
            self._is_ours,
            lambda: not self._dry_run and gate.admit(program) is not None,
        )

    def _is_ours(self, slot: OccupiedSlot) -> bool:
        """Whether one of our own programs may have taken a slot."""
        named = {
            (plan.priority, point.ref, bare_address(point.device))
            for plan in self.plan.programs
            for point in self._bindings.get(plan.name, Bindings()).commands
        }
        free_hands = {plan.priority for plan in self.plan.programs if issubclass(plan.kind, EasyASO)}
        return (slot.priority, slot.ref, slot.device) in named or slot.priority in free_hands

    def _states(self) -> StateStore:
        if self._dry_run or self.plan.config.is_simulated:
            return MemoryStates()
        return FileStates(self._state.path / "programs" / self.plan.config.name)

    def _record(self, record: StepRecord) -> None:
        self._records[record.program] = record
        standing = self._alarms.get(record.program, ())
        self._alarms[record.program] = tuple(message for message in standing if message in record.alarms)
        with self._luxuries.step("the step log"):
            self._logs.record(record)
        self._on_record(record)

    def _alarm(self, program: str, message: str) -> None:
        """Tell it once, until it is over."""
        standing = self._alarms.get(program, ())
        if message not in standing:
            self._alarms[program] = (*standing, message)
            log.warning("%s: %s", program, message)

    def _needs_network(self) -> bool:
        return self.plan.config.transport == "bacnet"

    def _log_folder(self) -> str | None:
        folder = self.plan.config.step_log
        return None if folder is None or self._dry_run else str(self.plan.folder / folder)
