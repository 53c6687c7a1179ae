"""Runs one program: gives it a life whenever the switches allow it, starts its rounds, and notices what goes wrong.

Used by the runtime's thread. Nothing here waits: not for a device, and not for a hook.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from supervisory.easy import Misuse
from supervisory.guard.gate import Disabled, Pass
from supervisory.runtime.context import Moment
from supervisory.runtime.devices import Inputs
from supervisory.runtime.plant_clock import PlantClock
from supervisory.runtime.program_run import Around, ProgramRun
from supervisory.runtime.worker import Worker
from supervisory.setup.bindings import Bindings
from supervisory.setup.loading import files_of, told_error
from supervisory.setup.plan import ProgramPlan
from utils.values import ObjectRef

log = logging.getLogger(__name__)

FAREWELL_S = 2.0
"""Wall seconds that on_stop may take."""
_LONGEST_S = 3600.0
"""Between two attempts to start a program again."""


class ProgramFaults(Protocol):
    """Where a program that may not go on is reported; it releases whatever the program owns."""

    def fault(self, program: str, reason: str) -> None:
        """The program may not go on."""

    def retry(self, program: str) -> bool:
        """A program in fault may go on again; False where it has not given everything back yet."""

    def reason(self, program: str) -> str:
        """Why the program lost its leave last."""

    def releasing(self) -> tuple[str, ...]:
        """The programs that have something to give back."""

    def subscribe(self, listener: Callable[[str], None]) -> None:
        """Call ``listener``, in any thread, after each change of a program's state."""


@dataclass(frozen=True, slots=True)
class RunnerLimits:
    """What a program may take. ``shortest_step_s`` is plant time, ``hook_timeout_s`` wall time."""

    shortest_step_s: float
    overruns: int
    hook_timeout_s: float
    is_lockstep: bool
    """Whether the plant stands still while programs think."""
    restart_after_s: float | None = None
    """Plant time after which a program in fault is started again; None leaves that to people."""


class Runner:
    """One program of the runtime."""

    def __init__(
        self,
        plan: ProgramPlan,
        bindings: Bindings | None,
        around: Around,
        faults: ProgramFaults,
        clock: PlantClock,
        limits: RunnerLimits,
        on_change: Callable[[], None],
    ) -> None:
        self.plan = plan
        self._bindings = bindings
        self.waits_for = ""
        """What keeps it from beginning at all; empty when it has its points."""
        self._around = around
        self._faults = faults
        self._clock = clock
        self._limits = limits
        self._on_change = on_change
        faults.subscribe(lambda _: on_change())
        self._worker: Worker | None = None
        self._run: ProgramRun | None = None
        self._leaving: list[Worker] = []
        self._due_s = 0.0
        self._overruns = 0
        self._lives = 0
        self._began_s = -math.inf
        self._pause_s = 0.0
        self._retry_at_s: float | None = None
        self.rounds = 0
        self.failures: list[str] = []

    @property
    def refs(self) -> Mapping[str, Sequence[ObjectRef]]:
        """What it reads before a round, by device."""
        return self._bindings.refs if self._bindings is not None else {}

    @property
    def is_off(self) -> bool:
        """Whether it may not run, or cannot yet."""
        return self._run is None

    @property
    def pace_s(self) -> float:
        """The plant time between two of its steps, or the shortest that there may be."""
        return self.plan.period_s or self._limits.shortest_step_s

    def join(self, bindings: Bindings) -> None:
        """Its devices have answered: it may begin. From any thread."""
        self._bindings, self.waits_for = bindings, ""
        log.info("%s: its devices answer; it may begin", self.plan.name)
        self._on_change()

    def refuse(self, reason: str) -> None:
        """Its devices have answered, and it cannot work with them. From any thread."""
        self.waits_for = ""
        self.failures.append(reason)
        self._faults.fault(self.plan.name, reason)

    @property
    def is_settled(self) -> bool:
        """Whether nothing more happens in it before the plant gets older."""
        return self.plan.name not in self._faults.releasing() and all(worker.is_settled for worker in self._workers())

    @property
    def next_s(self) -> float | None:
        """The plant time at which it wants to go on; None while it is off."""
        if self._run is None or self._worker is None:
            return None
        times = [] if self._worker.is_busy and self.plan.period_s is None else [self._due_s]
        wakes_s = self._worker.wakes_at_s
        return min([*times, wakes_s] if wakes_s is not None else times, default=None)

    def supervise(self, time_s: float) -> None:
        """Look at its leave, and at what its hooks are doing."""
        self._retry(time_s)
        leave = self._around.gate.admit(self.plan.name)
        if self._run is not None and leave != self._run.leave:
            self._lose(self._faults.reason(self.plan.name) or "disabled")
        if self._run is None and leave is not None and self._bindings is not None:
            self._gain(leave, self._bindings, time_s)
        if self._worker is not None and self._worker.is_busy:
            self._watch(self._worker)
        self._see_off()

    def reach(self, time_s: float) -> None:
        """Plant time goes on."""
        for worker in self._workers():
            worker.reach(time_s)

    def is_due(self, time_s: float) -> bool:
        """Whether a round has to begin now."""
        is_free = self._run is not None and self._worker is not None and not self._worker.is_busy
        return is_free and time_s >= self._due_s

    def pass_over(self, time_s: float) -> None:
        """A round that has to begin while the last one is still going on is an overrun, and is left out."""
        run, worker = self._run, self._worker
        if run is None or worker is None or not worker.is_busy or time_s < self._due_s:
            return
        if self.plan.period_s is not None:
            self._due_s = self._next_due(time_s)
            self._leave_out(run)

    @property
    def is_leaving(self) -> bool:
        """Whether an on_stop has not ended."""
        return any(worker.is_leaving for worker in self._leaving)

    def moment_s(self, time_s: float) -> float:
        """The plant time of a round that begins now: where time flows, the moment it was due, so that dt is exact."""
        is_prompt = self.plan.period_s is not None and time_s - self._due_s < self.plan.period_s / 2
        return self._due_s if is_prompt and not self._limits.is_lockstep else time_s

    def begin(self, inputs: Inputs, time_s: float) -> None:
        """Begin a round at this plant time."""
        run, worker = self._run, self._worker
        if run is None or worker is None:
            return
        moment = Moment(self._clock.local(time_s), time_s)
        self._due_s = self._next_due(time_s)
        self._overruns = 0
        self.rounds += 1
        run.waits_for_devices = True
        worker.submit(lambda: run.round(worker.loop, inputs, moment), lambda error: self._ended(worker, error))

    def stop(self, reason: str) -> None:
        """End its life, with the courtesy of on_stop."""
        if self._run is not None:
            self._lose(reason)

    def close(self, wait_s: float) -> None:
        """Wait for its threads, not for long; one that is stuck is left behind."""
        for worker in self._workers():
            worker.close(wait_s)

    def _see_off(self) -> None:
        """Those whose on_stop has ended, or takes too long, are left behind."""
        for worker in self._leaving:
            if not worker.is_leaving:
                worker.close(0.0)
        self._leaving = [worker for worker in self._leaving if worker.is_leaving]

    def _workers(self) -> list[Worker]:
        return [*self._leaving, self._worker] if self._worker is not None else self._leaving

    def _gain(self, leave: Pass, bindings: Bindings, time_s: float) -> None:
        self._lives += 1
        self._began_s, self._retry_at_s = time_s, None
        self._due_s = math.ceil(time_s)
        self._overruns = 0
        self._worker = Worker(self.plan.name, time_s, self._on_change)
        self._run = ProgramRun(self.plan, bindings, self._around, leave, is_restart=self._lives > 1)

    def _lose(self, reason: str) -> None:
        run, worker = self._run, self._worker
        self._run = self._worker = None
        if run is None or worker is None:
            return
        time_s = self._clock.time_s
        moment = Moment(self._clock.local(time_s), time_s)
        worker.leave(lambda: run.farewell(moment, reason), self._left, FAREWELL_S)
        self._leaving.append(worker)

    def _watch(self, worker: Worker) -> None:
        is_held_up = self._run is not None and self._run.waits_for_devices
        if worker.is_stuck(self._limits.hook_timeout_s, is_held_up=is_held_up):
            self._run = self._worker = None
            worker.close(0.0)  # if it ever comes back, it ends; until then nobody waits for it
            self._fail(f"a hook has blocked for more than {self._limits.hook_timeout_s:g} s; it was abandoned")
        elif worker.waits_for_ever:
            self._fail("a hook waits for something that never comes; it was abandoned")

    def _leave_out(self, run: ProgramRun) -> None:
        """A step is due, and the last one has not ended: an overrun, unless it is a device that takes its time."""
        if run.waits_for_devices:
            run.leave_out()
            return
        self._overruns += 1
        log.warning("%s: a step is due, but the last one has not ended", self.plan.name)
        if self._overruns >= self._limits.overruns:
            self._fail(f"its step takes longer than its period of {self.plan.period_s:g} s")

    def _next_due(self, time_s: float) -> float:
        """On the grid that began with its leave, so that being late once does not shift all that follow."""
        if self.plan.period_s is None:
            return time_s + self._limits.shortest_step_s
        missed = math.floor((time_s - self._due_s) / self.plan.period_s + 1e-9)
        return self._due_s + (max(missed, 0) + 1) * self.plan.period_s

    def _ended(self, worker: Worker, error: BaseException | None) -> None:
        """A round has ended. Called in the worker's thread."""
        if error is not None and worker is self._worker and not isinstance(error, Disabled):
            told = self._told(error)
            log.error("%s has failed: %s", self.plan.name, told, exc_info=None if isinstance(error, Misuse) else error)
            self._fail(told)

    def _left(self, error: BaseException | None) -> None:
        if error is not None and not isinstance(error, Disabled):
            log.warning("%s: on_stop has failed: %s", self.plan.name, self._told(error))

    def _told(self, error: BaseException) -> str:
        return told_error(error, files_of(self.plan.kind))

    def _fail(self, reason: str) -> None:
        self.failures.append(reason)
        self._faults.fault(self.plan.name, reason)
        first_s, time_s = self._limits.restart_after_s, self._clock.time_s
        if first_s is None:
            return
        has_lived = time_s - self._began_s > max(self._pause_s, first_s)
        self._pause_s = first_s if has_lived or not self._pause_s else min(2 * self._pause_s, max(first_s, _LONGEST_S))
        self._retry_at_s = time_s + self._pause_s
        log.warning("%s: it is started again in %g s", self.plan.name, self._pause_s)

    def _retry(self, time_s: float) -> None:
        if self._retry_at_s is not None and time_s >= self._retry_at_s and self._faults.retry(self.plan.name):
            self._retry_at_s = None
