"""Programs on a simulation in this process that nobody else drives: the same rounds and gate, and nothing to guard.

What they take is gone with the simulation, so there is neither a guardian nor a journal, and no operator who could turn
a switch: they run from the start to the end.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from clients.simulation import SIMULATION, SimulationDevice
from ledger import Ledger
from supervisory.guard.enabling import Enabling
from supervisory.guard.releaser import Releaser
from supervisory.guard.slot_gate import SlotGate
from supervisory.joining import Joining
from supervisory.runtime.context import StepRecord
from supervisory.runtime.devices import Devices
from supervisory.runtime.plant_clock import SimulationClock
from supervisory.runtime.plants import SimulatedPlant
from supervisory.runtime.program_run import Around
from supervisory.runtime.runner import Runner, RunnerLimits
from supervisory.runtime.runtime import Runtime, RuntimeSummary
from supervisory.runtime.short.reading import Site
from supervisory.runtime.state_store import MemoryStates
from supervisory.setup.plan import RunPlan
from supervisory.supervision import REFRESH_S
from utils.pacing import Pacer


class _NobodyNeeded:
    """In the place of a guardian: whatever ends this process ends what programs write to."""

    is_watching = True


class Rehearsal:
    """One run of programs. :meth:`execute` blocks; :meth:`request_stop` is for other threads."""

    def __init__(
        self,
        plan: RunPlan,
        device: SimulationDevice,
        local_time: Callable[[float], datetime],
        steps: int,
        on_record: Callable[[StepRecord], None] = lambda record: None,
    ) -> None:
        """``steps`` are advances of the simulation, which may end sooner."""
        self._plan = plan
        self._device = device
        self._local_time = local_time
        self._steps = steps
        self._on_record = on_record
        self._stop = threading.Event()
        self._runtime: Runtime | None = None
        self._alarms: list[str] = []

    @property
    def alarms(self) -> Sequence[str]:
        """What programs have told people, each once and in order."""
        return tuple(dict.fromkeys(self._alarms))

    def execute(self) -> RuntimeSummary:
        """Find every point, run, and give everything back. Raises :class:`utils.errors.BridgeError`."""
        devices = Devices({SIMULATION: self._device})
        try:
            joining = Joining(self._plan, devices, tuple, self._alarm)
            joining.begin(self._stop)
            with self._gate() as (gate, enabling):
                self._runtime = self._made(devices, joining, gate, enabling)
                if self._stop.is_set():
                    self._runtime.request_stop()
                return self._runtime.execute()
        finally:
            devices.close()

    def request_stop(self) -> None:
        """End the run soon."""
        self._stop.set()
        if self._runtime is not None:
            self._runtime.request_stop()

    @contextmanager
    def _gate(self) -> Iterator[tuple[SlotGate, Enabling]]:
        enabling = Enabling(plan.name for plan in self._plan.programs)
        enabling.switch(True)
        gate = SlotGate(Ledger(), {SIMULATION: self._device}, enabling, _NobodyNeeded())
        with Releaser(enabling, gate):
            try:
                yield gate, enabling
            finally:
                gate.end("the run has ended")
                gate.close()

    def _made(self, devices: Devices, joining: Joining, gate: SlotGate, enabling: Enabling) -> Runtime:
        config = self._plan.config
        clock = SimulationClock(self._device, self._local_time)
        plant = SimulatedPlant(self._device, clock, Pacer(0.0))
        around = Around(
            gate, Site(devices, gate), MemoryStates(), config.hold_steps, REFRESH_S, self._on_record, self._alarm
        )
        limits = RunnerLimits(
            config.shortest_step_s, config.overruns, config.hook_timeout_s, True, config.restart_after_s
        )

        def runners(on_change: Callable[[], None]) -> Sequence[Runner]:
            return [
                Runner(plan, joining.bound[plan.name], around, enabling, clock, limits, on_change)
                for plan in self._plan.programs
            ]

        return Runtime(runners, plant, devices, gate, self._steps + 1)  # the last round only looks

    def _alarm(self, program: str, message: str) -> None:
        self._alarms.append(f"{program}: {message}")
