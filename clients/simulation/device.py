"""The simulation as one controller: measurements are its inputs, overrides its commandable values.

Each pair ``x_u`` and ``x_activate`` is an AnalogValue ``x`` with a priority array of its own, kept here; the winning
slot is what the next advance overrides, and with no slot taken the simulation's own control goes on. Values are kept
in single precision, as a controller keeps them, so that a program computes the same from either.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from clients.device_client import ClockState, Exchanging, WithoutAccount
from utils.bacnet import SLOTS
from utils.errors import DeviceError, ObjectError
from utils.values import (
    AnyObjectType,
    Endpoint,
    Exchange,
    ObjectRef,
    ObjectState,
    ObjectType,
    PointMetadata,
    PointValue,
    Quality,
    Sample,
    SimulationState,
    Write,
    WriteKind,
    WriteResult,
    as_real32,
    is_real32,
)

SIMULATION = "simulation"
"""The device's address in messages, configs and the ledger."""

_VALUE, _ACTIVATE = "_u", "_activate"
_READ_ONLY_PRIORITIES = (6,)


class SteppedSimulation(Protocol):
    """What a device is made of: a client of a BOPTEST server, or a building in this process."""

    def get_metadata(self) -> Mapping[str, PointMetadata]:
        """Its points by name."""

    def advance_simulation(self, control_inputs: Mapping[str, float]) -> SimulationState:
        """Simulate one step. Raises :class:`utils.errors.SimulationError`."""


class SimulationDevice(Exchanging, WithoutAccount):
    """One test of a simulation behind the methods of a controller. May be used by several threads."""

    def __init__(
        self,
        client: SteppedSimulation,
        state: SimulationState,
        local_time: Callable[[float], datetime],
        advance: Callable[[Mapping[str, float]], SimulationState] | None = None,
    ) -> None:
        """``state`` is the one that initialize returned; ``local_time`` maps model time to the calendar.

        ``advance`` makes a step and judges what came of it; without it, the client makes them and nobody judges.
        """
        self._step = advance or client.advance_simulation
        self._local_time = local_time
        self._lock = threading.Lock()
        self._state = state
        metadata = client.get_metadata()
        self._endpoints = tuple(_endpoints(metadata))
        self._names = {endpoint.ref: endpoint.name for endpoint in self._endpoints}
        self._limits = {ref: metadata.get(name + _VALUE) for ref, name in self._names.items()}
        self._units = {endpoint.ref: endpoint.units for endpoint in self._endpoints}
        self._slots: dict[ObjectRef, list[float | None]] = {}
        self._sent: dict[ObjectRef, float] = {}

    @property
    def device(self) -> str:
        """``simulation``."""
        return SIMULATION

    @property
    def state(self) -> SimulationState:
        """The newest state, in SI units."""
        with self._lock:
            return self._state

    @property
    def now(self) -> datetime:
        """Plant time."""
        return self._local_time(self.state.time_s)

    def advance(self) -> SimulationState:
        """Simulate one step under the winning slots. Raises :class:`utils.errors.SimulationError`.

        An override that has been given up is sent as an explicit 0, with its last value.
        """
        with self._lock:
            inputs = dict(item for ref in self._slots for item in self._inputs(ref).items())
        state = self._step(inputs)
        with self._lock:
            self._state = state
        return state

    def connect(self) -> None:
        """It is there from the start."""

    def get_existing_endpoints(self, object_types: Iterable[AnyObjectType] = tuple(ObjectType)) -> tuple[Endpoint, ...]:
        """Measurements as AnalogInput, overrides as AnalogValue; units as the simulation spells them."""
        wanted = set(object_types)
        return tuple(endpoint for endpoint in self._endpoints if endpoint.ref.bacnet_type in wanted)

    def survey(self, refs: Iterable[ObjectRef]) -> Mapping[ObjectRef, ObjectState]:
        """How objects are found."""
        with self._lock:
            return {ref: self._found(ref) for ref in refs}

    def exchange(
        self,
        writes: Sequence[Write],
        reads: Sequence[ObjectRef],
        names: Sequence[ObjectRef] = (),
        slots: Sequence[ObjectRef] = (),
    ) -> Exchange:
        """Write in order, and after that read; what is written is in force from the next advance on."""
        with self._lock:
            results = tuple(WriteResult(write, self._write(write)) for write in writes)
            samples = {ref: self._sample(ref) for ref in reads}
            held = {ref: self._found(ref).priority_array for ref in slots}
            return Exchange(results, samples, {ref: self._names.get(ref) for ref in names}, held)

    def relinquish(self, ref: ObjectRef, priority: int) -> bool:
        """Give a slot back. Raises :class:`ObjectError` for what has no slots."""
        (result,) = self.write_values_from_endpoints([Write(ref, WriteKind.COMMAND, None, priority)])
        if result.error is not None:
            raise result.error
        return True

    def get_clock(self) -> ClockState:
        """Plant time; there is neither zone nor NTP."""
        return ClockState("", self.now, None)

    def abort(self) -> None:
        """Nothing to abandon: reading and writing happen in memory, and only an advance asks the simulation."""

    def resume(self) -> None:
        """Nothing to do."""

    def close(self) -> None:
        """Nothing to do: the test belongs to whoever started it."""

    def _inputs(self, ref: ObjectRef) -> dict[str, float]:
        name, value = self._names[ref], self._winner(ref)
        if value is not None:
            self._sent[ref] = _within(value, self._limits[ref])
        elif ref not in self._sent:
            return {}
        return {name + _VALUE: self._sent[ref], name + _ACTIVATE: float(value is not None)}

    def _winner(self, ref: ObjectRef) -> float | None:
        return next((slot for slot in self._slots.get(ref, ()) if slot is not None), None)

    def _found(self, ref: ObjectRef) -> ObjectState:
        if ref not in self._names:
            return ObjectState(self._sample(ref), is_missing=True)
        slots = tuple(self._slots.get(ref, [None] * SLOTS)) if not ref.object_type.is_input else None
        return ObjectState(self._sample(ref), False, slots, self._units[ref], self._names[ref])

    def _sample(self, ref: ObjectRef) -> Sample:
        name = self._names.get(ref)
        if name is None:
            return Sample(None, Quality.MISSING, "the simulation has no such point")
        winner = self._winner(ref)
        value = winner if winner is not None else self._state.values.get(self._key(ref, name))
        if value is None or not is_real32(value):
            return Sample(None, Quality.BAD, "the simulation tells no number")
        return Sample(as_real32(value))

    def _key(self, ref: ObjectRef, name: str) -> str:
        return name if ref.object_type.is_input else name + _VALUE

    def _write(self, write: Write) -> DeviceError | None:
        reason = self._objection(write)
        if reason is not None:
            return ObjectError(SIMULATION, f"{write.ref}: {reason}", missing=write.ref not in self._names)
        slots = self._slots.setdefault(write.ref, [None] * SLOTS)
        slots[(write.priority or SLOTS) - 1] = None if write.value is None else as_real32(write.value)
        return None

    def _objection(self, write: Write) -> str | None:
        if write.ref not in self._names:
            return "the simulation has no such point"
        if write.ref.object_type.is_input or write.kind is not WriteKind.COMMAND:
            return "a measurement cannot be written"
        if write.priority is None or not 1 <= write.priority <= SLOTS or write.priority in _READ_ONLY_PRIORITIES:
            return f"there is no slot {write.priority} to write to"
        return None if write.value is None else _out_of_range(write.value, self._limits[write.ref])


def _endpoints(metadata: Mapping[str, PointMetadata]) -> Iterable[Endpoint]:
    measured = sorted(name for name, point in metadata.items() if not point.is_input)
    overrides = sorted(name.removesuffix(_ACTIVATE) for name in metadata if name.endswith(_ACTIVATE))
    for number, name in enumerate(measured, start=1):
        yield Endpoint(ObjectRef(ObjectType.ANALOG_INPUT, number), name, metadata[name].unit)
    for number, name in enumerate((name for name in overrides if name + _VALUE in metadata), start=1):
        yield Endpoint(ObjectRef(ObjectType.ANALOG_VALUE, number), name, metadata[name + _VALUE].unit)


def _limits(limits: PointMetadata | None) -> tuple[float | None, float | None]:
    return (limits.minimum, limits.maximum) if limits is not None else (None, None)


def _within(value: float, limits: PointMetadata | None) -> float:
    """The limit itself for its single precision, which may be a little outside: 285.15 is kept as 285.149994."""
    return next((limit for limit in _limits(limits) if limit is not None and as_real32(limit) == value), value)


def _out_of_range(value: PointValue, limits: PointMetadata | None) -> str | None:
    if not is_real32(value):
        return f"{value} is not a finite number, or more than a controller can hold"
    low, high = _limits(limits)
    if low is not None and as_real32(value) < as_real32(low):
        return f"{value:g} is below its minimum {low:g}"
    if high is not None and as_real32(value) > as_real32(high):
        return f"{value:g} is above its maximum {high:g}"
    return None
