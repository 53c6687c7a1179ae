"""Programs beside a plant in memory: scripted samples in, commands out, through the real gate, ledger and releaser."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from clients.device_client import ClockState, DeviceClient, WithoutAccount
from ledger.ledger import Ledger
from supervisory.easy import EasyASO
from supervisory.guard.enabling import Enabling
from supervisory.guard.releaser import Releaser
from supervisory.guard.slot_gate import SlotGate
from supervisory.program import Parameters
from supervisory.runtime.context import StepRecord
from supervisory.runtime.devices import Devices
from supervisory.runtime.program_run import Around
from supervisory.runtime.runner import Runner, RunnerLimits
from supervisory.runtime.runtime import Runtime, RuntimeSummary
from supervisory.runtime.short.reading import Site
from supervisory.runtime.state_store import MemoryStates
from supervisory.setup.bindings import Bindings, bind
from supervisory.setup.loading import ProgramClass
from supervisory.setup.plan import ProgramPlan
from supervisory.setup.roles import ObjectName, Wanted
from utils.errors import DeviceUnreachable, ObjectError
from utils.values import (
    AnyObjectType,
    Endpoint,
    Exchange,
    ObjectLimits,
    ObjectRef,
    ObjectState,
    ObjectType,
    PointValue,
    Quality,
    Sample,
    Write,
    WriteResult,
    as_real32,
)

START = datetime(2023, 7, 6, 10)
TEMPERATURE = ObjectRef(ObjectType.ANALOG_INPUT, 1)
SETPOINT = ObjectRef(ObjectType.ANALOG_VALUE, 1)
SUPPLY = ObjectRef(ObjectType.ANALOG_VALUE, 2)
FAN = ObjectRef(ObjectType.BINARY_VALUE, 1)
_NAMES = {
    TEMPERATURE: ("Temperature", "degrees-celsius"),
    SETPOINT: ("Setpoint", "pascals"),
    SUPPLY: ("SupplySetpoint", "degrees-celsius"),
    FAN: ("Fan", None),
}


class MemoryDevice(WithoutAccount):
    """One controller: a temperature, set-points in Pa and °C, and a fan. ``present`` False is a pulled plug."""

    device = "10.0.0.1"

    def __init__(self) -> None:
        self.values: dict[ObjectRef, PointValue | None] = {TEMPERATURE: 20.0, SETPOINT: 250.0, SUPPLY: 12.0, FAN: False}
        self.slots: dict[ObjectRef, list[PointValue | None]] = {ref: [None] * 16 for ref in (SETPOINT, SUPPLY, FAN)}
        self.written: list[tuple[ObjectRef, PointValue | None, int | None]] = []
        self.read_batches = 0
        self.present = True
        self.refuses_values = False

    def connect(self) -> None:
        self._answer()

    def get_existing_endpoints(self, object_types: Iterable[AnyObjectType] = tuple(ObjectType)) -> tuple[Endpoint, ...]:
        self._answer()
        return tuple(Endpoint(ref, name, unit) for ref, (name, unit) in _NAMES.items())

    def commandable_objects(self) -> tuple[ObjectRef, ...]:
        return tuple(self.slots)

    def survey(self, refs: Iterable[ObjectRef]) -> Mapping[ObjectRef, ObjectState]:
        self._answer()
        return {ref: self._state(ref) for ref in refs}

    def get_limits(self, refs: Iterable[ObjectRef]) -> Mapping[ObjectRef, ObjectLimits]:
        self._answer()
        return {ref: ObjectLimits() for ref in refs}

    def exchange(
        self,
        writes: Sequence[Write],
        reads: Sequence[ObjectRef],
        names: Sequence[ObjectRef] = (),
        slots: Sequence[ObjectRef] = (),
    ) -> Exchange:
        self._answer()
        results = tuple(self._write(write) for write in writes)
        samples, held = (
            {ref: self._sample(ref) for ref in reads},
            {ref: self._state(ref).priority_array for ref in slots},
        )
        return Exchange(results, samples, {ref: _NAMES[ref][0] for ref in names}, held)

    def read_names(self, refs: Iterable[ObjectRef]) -> Mapping[ObjectRef, str | None]:
        return self.exchange((), (), list(refs)).names

    def read_values_from_endpoints(self, refs: Iterable[ObjectRef]) -> dict[ObjectRef, Sample]:
        self.read_batches += 1
        return dict(self.exchange((), list(refs)).samples)

    def write_values_from_endpoints(self, writes: Sequence[Write]) -> tuple[WriteResult, ...]:
        return self.exchange(writes, ()).writes

    def relinquish(self, ref: ObjectRef, priority: int) -> bool:
        self._answer()
        self.slots[ref][priority - 1] = None
        return True

    def get_clock(self) -> ClockState:
        self._answer()
        return ClockState("", START, None)

    def abort(self) -> None: ...

    def resume(self) -> None: ...

    def close(self) -> None: ...

    def _answer(self) -> None:
        if not self.present:
            raise DeviceUnreachable(self.device, "no answer")

    def _sample(self, ref: ObjectRef) -> Sample:
        if ref not in self.values:
            return Sample(None, Quality.MISSING, "there is no such object")
        value = self.values[ref]
        if ref in self.slots:
            value = next((slot for slot in self.slots[ref] if slot is not None), value)
        return Sample(value) if value is not None else Sample(None, Quality.BAD, "it tells NaN")

    def _state(self, ref: ObjectRef) -> ObjectState:
        if ref not in _NAMES:
            return ObjectState(Sample(None, Quality.MISSING), is_missing=True)
        slots = tuple(self.slots[ref]) if ref in self.slots else None
        return ObjectState(self._sample(ref), False, slots, _NAMES[ref][1], _NAMES[ref][0])

    def _write(self, write: Write) -> WriteResult:
        if self.refuses_values and write.value is not None:
            return WriteResult(write, ObjectError(self.device, f"{write.ref}: write access denied"))
        self.written.append((write.ref, write.value, write.priority))
        stored = as_real32(write.value) if isinstance(write.value, float) else write.value
        self.slots[write.ref][(write.priority or 16) - 1] = stored
        return WriteResult(write)


class SteppedClock:
    """Plant time that only a test moves."""

    def __init__(self) -> None:
        self.time_s = 1000.0

    def local(self, time_s: float) -> datetime:
        return START + timedelta(seconds=time_s - 1000.0)


class SteppedPlant:
    """A plant that is one step older whenever it may be; ``script`` is called with the number of each step."""

    def __init__(self, step_s: float, script: Callable[[int], None], *, is_lockstep: bool) -> None:
        self.is_lockstep = is_lockstep
        self.clock = SteppedClock()
        self._step_s = step_s
        self._script = script
        self._number = 0

    def pass_time(self, until_s: float | None, changed: threading.Event, stop: threading.Event) -> bool:
        self._number += 1
        self.clock.time_s += self._step_s
        self._script(self._number)
        return not stop.is_set()


class AlwaysThere:
    """A guardian that never sleeps."""

    is_watching = True


@dataclass
class Beside:
    """A device, programs beside it, and what came of a run."""

    device: MemoryDevice = field(default_factory=MemoryDevice)
    reader: DeviceClient | None = None
    """In place of the device, where it is read; ``writer`` is where it is written."""
    writer: DeviceClient | None = None
    settings: Parameters = field(default_factory=Parameters)
    limits: RunnerLimits = field(default_factory=lambda: RunnerLimits(30.0, 3, 5.0, is_lockstep=True))
    hold_steps: int = 3
    refresh_s: float = 1e9
    script: Callable[[int], None] = lambda number: None
    records: list[StepRecord] = field(default_factory=list)
    alarms: list[str] = field(default_factory=list)
    states: MemoryStates = field(default_factory=MemoryStates)
    enabling: Enabling = field(default_factory=lambda: Enabling(()))
    runtime: Runtime | None = None
    owned_at_end: int = 0

    def run(self, *kinds: ProgramClass, steps: int, **roles: str) -> RuntimeSummary:
        """Run programs for some steps; ``roles`` map each role to the name of its object, and
        ``role__name`` each of many."""
        plans = [_plan(kind, self.settings) for kind in kinds]
        reader, writer = self.reader or self.device, self.writer or self.device
        self.enabling = Enabling([plan.name for plan in plans])
        plant = SteppedPlant(30.0, self.script, is_lockstep=self.limits.is_lockstep)
        devices = Devices({"ahu": reader})
        with ExitStack() as stack:
            stack.callback(devices.close)
            gate = SlotGate(Ledger(), {writer.device: writer}, self.enabling, AlwaysThere())
            stack.callback(gate.close)
            stack.enter_context(Releaser(self.enabling, gate))
            self.enabling.switch(True)
            around = Around(
                gate,
                Site(devices, gate),
                self.states,
                self.hold_steps,
                self.refresh_s,
                self.records.append,
                lambda program, text: self.alarms.append(text),
            )

            def runners(on_change: Callable[[], None]) -> list[Runner]:
                return [
                    Runner(plan, self._bound(plan, roles), around, self.enabling, plant.clock, self.limits, on_change)
                    for plan in plans
                ]

            self.runtime = Runtime(runners, plant, devices, gate, steps)
            summary = self.runtime.execute()
            self.owned_at_end = gate.owned()
        return summary

    @property
    def commands(self) -> list[PointValue | None]:
        """What was written to the set-point, in order."""
        return [value for ref, value, _ in self.device.written if ref == SETPOINT]

    def _bound(self, plan: ProgramPlan, roles: Mapping[str, str]) -> Bindings:
        wanted = [
            Wanted(role, name or None, plan.roles[role], "ahu", ObjectName(None, target), None, False, role)
            for role, _, name, target in ((*key.partition("__"), target) for key, target in roles.items())
            if role in plan.roles
        ]
        points, problems = bind(wanted, "ahu", self.reader or self.device, plan.priority)
        assert not problems, problems
        return Bindings(tuple(points))


def _plan(kind: ProgramClass, settings: Parameters) -> ProgramPlan:
    period_s = None if issubclass(kind, EasyASO) else kind.period_s
    return ProgramPlan(kind.__name__, kind, settings, kind.priority, period_s)
