"""The services of the short style, over the same devices and the same gate as all other programs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias, TypeVar

from clients.device_client import DeviceClient
from supervisory.easy import EasyWrite, Row, Told
from supervisory.guard.gate import Disabled, Gate, Pass, SlotCommand, SlotResult
from supervisory.runtime.devices import Devices, SiteDevice
from supervisory.setup.roles import object_name
from utils.errors import DeviceError, ObjectError
from utils.names import did_you_mean
from utils.values import ObjectRef, ObjectState, PointValue

if TYPE_CHECKING:
    from clients.bacnet import DeviceFound, ObjectFound

Result = TypeVar("Result")

_Answer: TypeAlias = tuple[Told, DeviceError | None]

_STATE_PROPERTIES = ("object-name", "units", "out-of-service", "priority-array")
_NULL = "null"
_NO_BACNET = "is possible over BACnet only; this runtime has another transport"


class Network(Protocol):
    """What only BACnet can: any property of any object, and finding devices."""

    def read(self, device: str, ref: ObjectRef, property_name: str) -> Told:
        """One property. Raises :class:`DeviceError`."""

    def who_is(self, low: int | None, high: int | None) -> Sequence[DeviceFound]:
        """The devices of a range of numbers."""

    def who_has(self, wanted: str) -> Sequence[ObjectFound]:
        """The devices that have an object."""


@dataclass(frozen=True, slots=True)
class Site:
    """What all programs of the short style share."""

    devices: Devices
    gate: Gate
    network: Network | None = None


class SiteServices:
    """The services of one program while it has leave."""

    def __init__(self, site: Site, leave: Pass, priority: int) -> None:
        self._site = site
        self._leave = leave
        self._priority = priority
        self.held: dict[str, PointValue] = {}
        """What stands in slots of the program, by device and object as the program calls them."""
        self._names: dict[tuple[str, ObjectRef], str] = {}
        self._refs: dict[tuple[str, str], ObjectRef] = {}

    async def read(self, address: str, object_identifier: str, property_identifier: str) -> Told:
        """One property."""
        rows = await self.read_many(address, [(object_identifier, property_identifier)])
        if rows[0]["error"] is not None:
            raise rows[0]["error"]
        return rows[0]["value"]

    async def read_many(self, address: str, wanted: Sequence[tuple[str, str]]) -> list[Row]:
        """Properties of several objects: all values in one batch, and all other properties that need it in one."""
        device = self._site.devices.named(address)
        refs = {text: await self._ref(device, text) for text, _ in wanted}
        values = dict.fromkeys(refs[text] for text, name in wanted if name == "present-value")
        others = dict.fromkeys(refs[text] for text, name in wanted if name in _STATE_PROPERTIES)
        samples = await self._ask(device, lambda client: client.read_values_from_endpoints(list(values)))
        states = await self._ask(device, lambda client: client.survey(list(others))) if others else {}
        rows: list[Row] = []
        for text, name in wanted:
            ref = refs[text]
            if name == "present-value":
                value, note = samples[ref].value, samples[ref].note or samples[ref].quality.value
                told: _Answer = (value, None if value is not None else ObjectError(device.alias, f"{text}: {note}"))
            elif name in _STATE_PROPERTIES:
                told = _told(device.alias, text, name, states[ref])
            else:
                told = await self._other(device, ref, name)
            rows.append(_row(text, name, *told))
        return rows

    async def write(self, address: str, writes: Sequence[EasyWrite]) -> list[DeviceError | None]:
        """Command or give back, all in one batch."""
        device = self._site.devices.named(address)
        commands = [await self._command(device, write) for write in writes]
        try:
            results = await self._elsewhere(lambda: self._site.gate.write(self._leave, commands))
        except Disabled:
            if any(command.value is not None for command in commands):
                raise
            return [None] * len(commands)  # it has been given back already
        for write, result in zip(writes, results, strict=True):
            self._note(f"{address} {write.object_identifier}", result)
        return [result.error for result in results]

    async def priority_array(self, address: str, object_identifier: str) -> tuple[PointValue | None, ...]:
        """The 16 slots of an object."""
        slots: tuple[PointValue | None, ...] = await self.read(address, object_identifier, "priority-array")
        return slots

    async def who_is(self, low: int | None, high: int | None) -> Sequence[DeviceFound]:
        """Which devices there are."""
        network = self._network()
        return await self._elsewhere(lambda: network.who_is(low, high))

    async def who_has(self, wanted: str) -> Sequence[ObjectFound]:
        """Which devices have an object."""
        network = self._network()
        return await self._elsewhere(lambda: network.who_has(wanted))

    def is_enabled(self) -> bool:
        """Whether the program may write now."""
        return self._site.gate.admit(self._leave.program) == self._leave

    def _note(self, label: str, result: SlotResult) -> None:
        """A release that failed has left the value in its slot."""
        value = result.command.value
        if result.error is not None:
            return
        if value is None:
            self.held.pop(label, None)
        else:
            self.held[label] = value

    async def _command(self, device: SiteDevice, write: EasyWrite) -> SlotCommand:
        ref = await self._ref(device, write.object_identifier)
        name = await self._name(device, ref)
        priority = write.priority if write.priority is not None else self._priority
        return SlotCommand(device.key, ref, name, _value(device, write), priority)

    async def _ref(self, device: SiteDevice, text: str) -> ObjectRef:
        """The object that a text names. Raises :class:`ObjectError`."""
        key = (device.key, text)
        if key not in self._refs:
            try:
                wanted = object_name(text.strip())
            except ValueError as error:
                raise ObjectError(device.alias, str(error), missing=True) from None
            self._refs[key] = wanted.ref or await self._named(device, wanted.object_type, str(wanted.name))
        return self._refs[key]

    async def _named(self, device: SiteDevice, object_type: object, name: str) -> ObjectRef:
        endpoints = await self._ask(device, lambda client: client.get_existing_endpoints())
        found = [e.ref for e in endpoints if e.name == name and object_type in (None, e.ref.object_type)]
        if not found:
            guess = did_you_mean(name, [endpoint.name for endpoint in endpoints])
            raise ObjectError(device.alias, f"there is no object named {name!r}{guess}", missing=True)
        return found[0]

    async def _name(self, device: SiteDevice, ref: ObjectRef) -> str:
        if (device.key, ref) not in self._names:
            states = await self._ask(device, lambda client: client.survey([ref]))
            if states[ref].is_missing:
                raise ObjectError(device.alias, f"there is no {ref}", missing=True)
            self._names[device.key, ref] = states[ref].name or str(ref)
        return self._names[device.key, ref]

    async def _other(self, device: SiteDevice, ref: ObjectRef, name: str) -> _Answer:
        try:
            network = self._network()
            return await self._elsewhere(lambda: network.read(device.key, ref, name)), None
        except DeviceError as error:
            return None, error

    async def _ask(self, device: SiteDevice, question: Callable[[DeviceClient], Result]) -> Result:
        return await self._elsewhere(lambda: device.ask(question))

    async def _elsewhere(self, call: Callable[[], Result]) -> Result:
        """Make a call that takes its time, beside the program's loop."""
        return await asyncio.get_running_loop().run_in_executor(None, call)

    def _network(self) -> Network:
        if self._site.network is None:
            raise ObjectError("network", _NO_BACNET)
        return self._site.network


def _value(device: SiteDevice, write: EasyWrite) -> PointValue | None:
    """What to write; None gives back. Text that is a number is one, as in the examples that people know."""
    value = write.value
    if not isinstance(value, str):
        return value
    if value.strip().casefold() == _NULL:
        return None
    words = {"active": True, "inactive": False}
    if value.strip().casefold() in words:
        return words[value.strip().casefold()]
    try:
        return float(value)
    except ValueError:
        what = f"{write.object_identifier}: {value!r} is neither a number, active, inactive nor null"
        raise ObjectError(device.alias, what) from None


def _told(alias: str, text: str, name: str, state: ObjectState) -> _Answer:
    if state.is_missing:
        return None, ObjectError(alias, f"{text}: there is no such object", missing=True)
    found = {
        "object-name": state.name,
        "units": state.units,
        "out-of-service": state.out_of_service,
        "priority-array": state.priority_array,
    }[name]
    return found, None if found is not None else ObjectError(alias, f"{text}: it has no {name}")


def _row(text: str, name: str, value: Told, error: DeviceError | None) -> Row:
    return {"object_identifier": text, "property_identifier": name, "value": value, "error": error}
