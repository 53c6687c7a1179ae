"""Runs programs beside a plant: due rounds begin with a batch of reads, blocked hooks are noticed, time passes.

The loop never waits for a device or a hook, except that a simulation stands still until every program has had its
say. Whatever ends it, everything is given back.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from ledger import Outcome, Receipt
from supervisory.guard.gate import Gate
from supervisory.runtime.devices import Devices
from supervisory.runtime.plants import LOOK_S, SupervisedPlant
from supervisory.runtime.runner import FAREWELL_S, Runner
from utils.alone import Alone
from utils.errors import SimulationAborted
from utils.values import ObjectRef

log = logging.getLogger(__name__)

_JOIN_S = 0.2


@dataclass(frozen=True, slots=True)
class RuntimeSummary:
    """The end of a run of programs. ``failures`` are by program."""

    rounds: int
    plant_s: float
    failures: dict[str, tuple[str, ...]]
    receipts: tuple[Receipt, ...]
    still_owned: int = 0
    """Slots that could not be given back; the guardian goes on with them."""
    troubles: tuple[str, ...] = ()
    """What went wrong at the end beyond what receipts tell."""
    has_run: bool = True
    """Whether any program has begun a round, as all should outside of a dry run."""
    kpis: Mapping[str, float] = field(default_factory=dict)
    """What the simulation makes of it, as long as no call to it had to be abandoned; nothing on devices."""

    @property
    def exit_code(self) -> int:
        """0, or 1 when a program has failed, none has ever run, something is not released, or the end went wrong."""
        return 1 if self.failures or self.still_owned or self.troubles or not self.has_run else 0

    def told(
        self, receipts: Iterable[Receipt], still_owned: int, troubles: Iterable[str] = (), *, has_run: bool = True
    ) -> RuntimeSummary:
        """With what others know added. A failure that was made good later is none."""
        everything = tuple(dict.fromkeys((*self.receipts, *receipts)))
        good = {(one.device, one.what) for one in everything if one.outcome is not Outcome.FAILED}
        kept = (one for one in everything if one.outcome is not Outcome.FAILED or (one.device, one.what) not in good)
        return replace(
            self,
            receipts=tuple(kept),
            still_owned=still_owned,
            troubles=(*self.troubles, *troubles),
            has_run=has_run,
        )


class Runtime:
    """All programs of one process. :meth:`execute` blocks; the other methods are for other threads."""

    def __init__(
        self,
        runners: Callable[[Callable[[], None]], Sequence[Runner]],
        plant: SupervisedPlant,
        devices: Devices,
        gate: Gate,
        steps: int | None = None,
    ) -> None:
        """``runners`` makes them, given what they call when something changes; ``steps`` ends after so many rounds."""
        self._plant = plant
        self._devices = devices
        self._gate = gate
        self._steps = steps
        self.is_abandoned = False
        """Whether a call to the simulation was given up."""
        self._stop = threading.Event()
        self._changed = threading.Event()
        self._why = "the run has ended"
        self._ending = Alone()
        self.rounds = 0
        self._idle_rounds = 0
        self._idle_since_s: float | None = None
        self.receipts: tuple[Receipt, ...] = ()
        """What was given back at the end."""
        self.runners = tuple(runners(self._changed.set))

    @property
    def time_s(self) -> float:
        """Plant time in seconds."""
        return self._plant.clock.time_s

    @property
    def now(self) -> datetime:
        """Plant time."""
        return self._plant.clock.local(self._plant.clock.time_s)

    def request_stop(self, reason: str = "stopped on request") -> None:
        """End soon."""
        self._why = reason
        self._stop.set()
        self._changed.set()

    def execute(self) -> RuntimeSummary:
        """Run until stopped, until the steps are done or until the simulation ends; then give everything back.

        Raises :class:`utils.errors.BridgeError` for what ended the run otherwise.
        """
        began_s = self._plant.clock.time_s
        try:
            self._loop()
        except SimulationAborted:
            self.is_abandoned = True
            log.info("stopping on request")
        finally:
            self._end()
        failures = {runner.plan.name: told for runner in self.runners if (told := _told(runner))}
        plant_s = self._plant.clock.time_s - began_s
        return RuntimeSummary(self.rounds, plant_s, failures, self.receipts, troubles=self._ending.told)

    def _loop(self) -> None:
        while not self._stop.is_set():
            self._changed.clear()
            has_begun = self._tick(self._plant.clock.time_s)
            if self._plant.is_lockstep or has_begun:
                self.rounds += 1
            self._note_idling(self._plant.clock.time_s)
            if self._steps is not None and self.rounds + self._idle_rounds >= self._steps:
                self._settle()
                return
            if not self._plant.pass_time(self._next_s(), self._changed, self._stop):
                return

    def _note_idling(self, time_s: float) -> None:
        """While no program may run, what would have been a step of the fastest counts: a run of N steps does end."""
        if self._plant.is_lockstep or any(not runner.is_off for runner in self.runners):
            self._idle_since_s = None
        elif self._idle_since_s is None:
            self._idle_since_s = time_s
        elif self.runners and time_s - self._idle_since_s >= min(runner.pace_s for runner in self.runners):
            self._idle_rounds += 1
            self._idle_since_s = time_s

    def _tick(self, time_s: float) -> bool:
        """What is due at this plant time; says whether a round has begun."""
        for runner in self.runners:
            runner.reach(time_s)
        if self._plant.is_lockstep:
            self._settle()
        self._supervise(time_s)
        for runner in self.runners:
            runner.pass_over(time_s)
        due = [runner for runner in self.runners if runner.is_due(time_s)]
        if due:
            self._begin(due, time_s)
        if self._plant.is_lockstep:
            self._settle()
        return bool(due)

    def _begin(self, due: Sequence[Runner], time_s: float) -> None:
        """One batch of reads per device for all that is due; each program waits for its own devices only."""
        wanted: dict[str, dict[ObjectRef, None]] = {}
        for runner in due:
            for device, refs in runner.refs.items():
                wanted.setdefault(device, {}).update(dict.fromkeys(refs))
        inputs = self._devices.read({device: tuple(refs) for device, refs in wanted.items()})
        for runner in due:
            runner.begin({device: inputs[device] for device in runner.refs}, runner.moment_s(time_s))

    def _settle(self) -> None:
        """Wait until nothing happens any more before the plant gets older. A hook that is stuck is abandoned."""
        while not all(runner.is_settled for runner in self.runners):
            self._changed.wait(LOOK_S)
            self._changed.clear()
            self._supervise(self._plant.clock.time_s)
            if self._stop.is_set():
                return

    def _supervise(self, time_s: float) -> None:
        for runner in self.runners:
            runner.supervise(time_s)

    def _next_s(self) -> float | None:
        return min((next_s for runner in self.runners if (next_s := runner.next_s) is not None), default=None)

    def _end(self) -> None:
        """Release first: it does not depend on what programs do with their last moments. Each step is done."""
        with self._ending.step("giving back"):
            self.receipts = tuple(self._gate.end(self._why))
        for runner in self.runners:
            with self._ending.step(f"stopping {runner.plan.name}"):
                runner.stop(self._why)
        deadline = time.monotonic() + FAREWELL_S
        while time.monotonic() < deadline and any(runner.is_leaving for runner in self.runners):
            self._changed.wait(LOOK_S)
            self._changed.clear()
        for runner in self.runners:
            with self._ending.step(f"closing {runner.plan.name}"):
                runner.close(_JOIN_S)


def _told(runner: Runner) -> tuple[str, ...]:
    """Why a program has failed, or has never begun."""
    return (*runner.failures, *([f"it never began: {runner.waits_for}"] if runner.waits_for else ()))
