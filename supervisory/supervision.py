"""A run of supervisory programs from connect to release: what the command line, a test or a study starts."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from clients.bacnet import BACnetStack
from ledger import Receipt, keep_receipts
from supervisory.easy import EasyASO
from supervisory.guard.custody import Charge, Custody, give_back_leftovers, guarded
from supervisory.guard.enabling import State
from supervisory.guard.gate import Gate
from supervisory.joining import Joining
from supervisory.pages_folder import PagesFolder
from supervisory.program_status import ProgramStatus
from supervisory.runtime.anywhere import opened_anywhere
from supervisory.runtime.context import StepRecord
from supervisory.runtime.dry_run import DryGate
from supervisory.runtime.program_run import Around
from supervisory.runtime.programs_memory import ProgramsMemory
from supervisory.runtime.runner import ProgramFaults, Runner, RunnerLimits
from supervisory.runtime.runtime import Runtime, RuntimeSummary
from supervisory.runtime.short.objects import OwnObjects
from supervisory.runtime.short.reading import Site
from supervisory.runtime.state_store import FileStates, MemoryStates, StateStore
from supervisory.runtime.transports import Opened, opened, own_device
from supervisory.setup.bindings import Bindings
from supervisory.setup.plan import RunPlan
from supervisory.site_access import OccupiedSlot, SiteAccess
from supervisory.site_survey import DeviceSite
from supervisory.switch import Buttons, Switch, SwitchMemory, SwitchPlace
from supervisory.undo_file import UndoFile
from utils.alone import Alone
from utils.bacnet import bare_address
from utils.settings import LocalSettings, SettingsSource
from utils.state_folder import StateFolder

log = logging.getLogger(__name__)

_IDLE = (State.DISABLED, State.FAULT)
"""States in which nothing of the last step is true any more: neither its alarms nor what it had commanded."""
_RECORDING = "the recording"
REFRESH_S = 300.0
"""Plant time after which everything held is written again, for a device that has restarted."""


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
        self._buttons = Buttons({one.name: one.buttons for one in plan.programs})
        self._stop = threading.Event()
        self._runtime: Runtime | None = None
        self._keeping: _Keeping | None = None
        self._abort: Callable[[], None] = lambda: None
        self._custody: Custody | None = None
        self._joining: Joining | None = None
        self._records: dict[str, StepRecord] = {}
        self._alarms: dict[str, tuple[str, ...]] = {}
        """What stands now, by program; the newest is the last."""
        self._kpis: Mapping[str, float] = {}
        self._skipped: dict[str, str] = {}
        """Why the first step was, of a program that has made none; empty for those that have."""
        self._memory = ProgramsMemory(plan, None, self._stop)
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
        idle = (f"{name}: every step was {why}" for name, why in self._skipped.items() if why)
        return summary.told(custody.receipts, custody.not_released, (*custody.troubles, *idle), has_run=has_run)

    def _run(self) -> RuntimeSummary:
        config = self.plan.config
        with ExitStack() as stack:
            local = None if self._dry_run else self._settings.part(LocalSettings)
            self._memory = stack.enter_context(ProgramsMemory(self.plan, local, self._stop))
            stack.callback(self._keep_receipts)
            device = None if self._dry_run and config.transport != "bacnet" else stack.enter_context(own_device(config))
            if not self._dry_run:
                self._leftovers()
            site = stack.enter_context(self._opened(device))
            self._abort = site.abort
            joining = self._joining = Joining(self.plan, site.devices, self._leftovers, self._alarm)
            joining.begin(self._stop)
            self._keeping = stack.enter_context(self._kept(site, device))
            own = OwnObjects(device)
            self._runtime = self._made(site, joining, self._keeping, own)
            self._begin_memory(self._runtime)
            runners = {runner.plan.name: runner for runner in self._runtime.runners}
            stack.callback(joining.end)
            joining.follow(
                lambda name, bindings: runners[name].join(bindings), lambda name, why: runners[name].refuse(why)
            )
            if self._stop.is_set():
                self._runtime.request_stop()
            summary = self._runtime.execute()
            if not self._runtime.is_abandoned:
                summary = replace(summary, kpis=site.kpis())
            self._kpis = summary.kpis
            return summary

    def _begin_memory(self, runtime: Runtime) -> None:
        self._memory.begin(lambda: runtime.time_s)
        if self._custody is not None:
            for plan in self.plan.programs:
                self._memory.switched(plan.name, self._custody.enabling.standing(plan.name))

    def _opened(self, device: BACnetStack | None) -> AbstractContextManager[Opened]:
        if self.plan.is_open and device is not None:
            return opened_anywhere(self.plan.config, device)
        return opened(self.plan.config, self._settings, self._state, device, self._stop)

    def _keep_receipts(self) -> None:
        """A luxury: that they cannot be kept says nothing of the run."""
        at_the_end = self._runtime.receipts if self._runtime is not None else ()
        before_and_after = self._custody.receipts if self._custody is not None else ()
        receipts = tuple(dict.fromkeys((*at_the_end, *before_and_after)))
        with self._luxuries.step("keeping the receipts"):
            keep_receipts(self._state, receipts, time.time())
        with self._luxuries.step(_RECORDING):
            self._memory.tell_end(receipts, self._kpis)

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

    @property
    def recording(self) -> Path | None:
        """The file of the recording, once there is one."""
        return self._memory.file

    def _status(self, runner: Runner, keeping: _Keeping) -> ProgramStatus:
        name = runner.plan.name
        state, standing = keeping.state_of(name), self._alarms.get(name, ())
        if state in _IDLE:
            self._records.pop(name, None)
        if runner.waits_for:
            return ProgramStatus(name, "waiting", runner.waits_for, 0, None, "")
        alarm = standing[-1] if standing and state not in _IDLE else ""
        return ProgramStatus(name, state, keeping.faults.reason(name), runner.rounds, self._records.get(name), alarm)

    def _leftovers(self) -> Sequence[Receipt]:
        """What became of what earlier runs have left; a dry run gives nothing back."""
        return () if self._dry_run else give_back_leftovers(self._state, self._settings)

    @contextmanager
    def _kept(self, site: Opened, device: BACnetStack | None) -> Iterator[_Keeping]:
        if self._dry_run or device is None:
            gate = DryGate(self._tell)
            yield _Keeping(gate, gate, lambda name: "dry run")
            return
        names = [plan.name for plan in self.plan.programs]
        settings = None if self.plan.config.transport == "bacnet" else self._settings
        charge = Charge(names, site.writers, site.credentials, settings, opens=site.open_writer)
        with ExitStack() as stack:
            custody = stack.enter_context(guarded(charge, self._state))
            switch = stack.enter_context(self._switch(device, custody))
            self._custody, enabling = custody, custody.enabling
            enabling.subscribe(lambda name: self._memory.switched(name, enabling.standing(name)))
            for line in switch.told_at_start():
                self._tell("switch", line)
            yield _Keeping(custody.gate, custody.enabling, lambda name: custody.enabling.state(name).value)

    def _switch(self, device: BACnetStack, custody: Custody) -> Switch:
        config = self.plan.config
        place = None if config.is_simulated else SwitchPlace(config.transport, device.network, config.instance)
        memory = SwitchMemory(self._state.path / "switches", place)
        return Switch(device, custody.enabling, custody.gate, memory, self._buttons, starts_on=config.starts_enabled)

    def _made(self, site: Opened, joining: Joining, keeping: _Keeping, own: OwnObjects) -> Runtime:
        config = self.plan.config
        plant = site.plant()
        around = Around(
            keeping.gate,
            Site(site.devices, keeping.gate, site.network, own),
            self._states(),
            config.hold_steps,
            REFRESH_S,
            self._record,
            self._alarm,
            lambda program: self._site_of(site, keeping.gate, program),
            PagesFolder(None if self._dry_run else self._state.path / "programs").publish,
            self._buttons.take,
        )
        limits = RunnerLimits(
            config.shortest_step_s,
            config.overruns,
            config.hook_timeout_s,
            plant.is_lockstep,
            config.restart_after_s,
        )

        def runners(on_change: Callable[[], None]) -> Sequence[Runner]:
            return [
                Runner(plan, joining.bound.get(plan.name), around, keeping.faults, plant.clock, limits, on_change)
                for plan in self.plan.programs
            ]

        runtime = Runtime(runners, plant, site.devices, keeping.gate, self._steps)
        for runner in runtime.runners:
            if (error := joining.absent.get(runner.plan.name)) is not None:
                runner.waits_for = str(error)
        return runtime

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
            for point in self._bound.get(plan.name, Bindings()).commands
        }
        free_hands = {plan.priority for plan in self.plan.programs if issubclass(plan.kind, EasyASO)}
        return (slot.priority, slot.ref, slot.device) in named or slot.priority in free_hands

    @property
    def _bound(self) -> Mapping[str, Bindings]:
        return self._joining.bound if self._joining is not None else {}

    def _states(self) -> StateStore:
        if self._dry_run or self.plan.config.is_simulated:
            return MemoryStates()
        return FileStates(self._state.path / "programs" / self.plan.config.name)

    def _record(self, record: StepRecord) -> None:
        self._records[record.program] = record
        if record.is_skipped:
            self._skipped.setdefault(record.program, record.note)
        else:
            self._skipped[record.program] = ""
        standing = self._alarms.get(record.program, ())
        self._alarms[record.program] = tuple(message for message in standing if message in record.alarms)
        with self._luxuries.step(_RECORDING):
            self._memory.record(record, self._bound.get(record.program))
        self._on_record(record)

    def _alarm(self, program: str, message: str) -> None:
        """Tell it once, until it is over."""
        standing = self._alarms.get(program, ())
        if message not in standing:
            self._alarms[program] = (*standing, message)
            self._memory.alarm(program, message)
            log.warning("%s: %s", program, message)
