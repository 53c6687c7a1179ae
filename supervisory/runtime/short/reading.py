"""What the short style reads: values and states in one batch each, all other properties as far as BACnet can be asked.

What concerns one property is the error of its row. A device that does not answer is an error of all.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeAlias, TypeVar

from clients.device_client import DeviceClient
from supervisory.easy import PRESENT_VALUE, EasyASO, EasyObject, Misuse, Row, Told
from supervisory.guard.gate import Gate
from supervisory.runtime.devices import Devices, SiteDevice
from supervisory.runtime.short.objects import OwnObjects
from supervisory.setup.roles import object_name
from utils.errors import ConfigError, DeviceError, ObjectError
from utils.names import did_you_mean
from utils.values import AnyObjectType, ObjectRef, ObjectState, ObjectType, OtherType, PointValue, Sample

if TYPE_CHECKING:
    from clients.bacnet import DeviceFound, ObjectFound

Result = TypeVar("Result")
Answer: TypeAlias = "tuple[Told, DeviceError | None]"

ALL = "all"
_PRIORITY_ARRAY = "priority-array"
_STATE_PROPERTIES = ("object-name", "units", "out-of-service", _PRIORITY_ARRAY)
_NO_BACNET = "is possible over BACnet only; this runtime has another transport"


class Network(Protocol):
    """What only BACnet can: any property of any object, and finding devices."""

    def read_many(self, device: str, wanted: Sequence[PropertyOf]) -> Sequence[Told | DeviceError]:
        """Properties of one device, an error in the place of each that there is none of. Raises DeviceError."""

    def in_a_slot(self, device: str, ref: ObjectRef, value: PointValue | str) -> PointValue:
        """A value as a slot of the object holds it. Raises :class:`ObjectError` for what it cannot hold."""

    def who_is(self, low: int | None, high: int | None) -> Sequence[DeviceFound]:
        """The devices of a range of numbers."""

    def who_has(self, wanted: str) -> Sequence[ObjectFound]:
        """The devices that have an object."""


@dataclass(frozen=True, slots=True)
class PropertyOf:
    """A property of an object, or with an index a part of it."""

    ref: ObjectRef
    name: str
    index: int | None = None


@dataclass(frozen=True, slots=True)
class Site:
    """What all programs of the short style share."""

    devices: Devices
    gate: Gate
    network: Network | None = None
    own: OwnObjects = field(default_factory=OwnObjects)


class SiteReader:
    """Reads for one program: remembers which objects its texts mean."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._names: dict[tuple[str, ObjectRef], str] = {}
        self._refs: dict[tuple[str, str], ObjectRef] = {}

    async def read(self, address: str, object_identifier: str, property_identifier: str) -> Told:
        """One property. Raises :class:`DeviceError`."""
        rows = await self.read_many(address, [(object_identifier, property_identifier)])
        if rows[0]["error"] is not None:
            raise rows[0]["error"]
        return rows[0]["value"]

    async def read_many(self, address: str, wanted: Sequence[tuple[str, str]]) -> list[Row]:
        """Properties of several objects. Raises :class:`DeviceError` for the device, not for single objects."""
        device = self.device(address)
        asked = [_property(device, await self.ref(device, text), name) for text, name in wanted]
        items = [item for one in asked for item in await self._unfolded(device, one)]
        answers = await self._answers(device, items)
        return [_row(item, *answers[item]) for item in items]

    async def priority_array(self, address: str, object_identifier: str) -> tuple[float | int | bool | None, ...]:
        """The 16 slots of an object. Raises :class:`DeviceError`."""
        slots: tuple[float | int | bool | None, ...] = await self.read(address, object_identifier, _PRIORITY_ARRAY)
        return slots

    async def who_is(self, low: int | None, high: int | None) -> Sequence[DeviceFound]:
        """Which devices there are. Raises :class:`Misuse` where the transport is not BACnet."""
        network = self._network()
        return await elsewhere(lambda: network.who_is(low, high))

    async def who_has(self, wanted: str) -> Sequence[ObjectFound]:
        """Which devices have an object. Raises :class:`Misuse` where the transport is not BACnet."""
        network = self._network()
        return await elsewhere(lambda: network.who_has(wanted))

    def device(self, address: str) -> SiteDevice:
        """The device of an address or a name. Raises :class:`Misuse` for one that may not be reached."""
        try:
            return self._site.devices.named(str(address))
        except ObjectError as error:
            raise Misuse(error.device, error.what) from None

    async def ref(self, device: SiteDevice, text: str) -> ObjectRef:
        """The object that a text names. Raises :class:`ObjectError`."""
        key = (device.key, text)
        if key not in self._refs:
            try:
                wanted = object_name(text.strip())
            except ValueError as error:
                raise Misuse(device.alias, str(error)) from None
            if isinstance(wanted.object_type, OtherType) and self._site.network is None:
                raise Misuse(device.alias, f"{text}: {_NO_BACNET}")
            self._refs[key] = wanted.ref or await self._named(device, wanted.object_type, str(wanted.name))
        return self._refs[key]

    async def name(self, device: SiteDevice, ref: ObjectRef) -> str:
        """What the device calls an object. Raises :class:`ObjectError` for one that it has not."""
        if (device.key, ref) not in self._names:
            states = await _ask(device, lambda client: client.survey([ref]))
            if states[ref].is_missing:
                raise ObjectError(device.alias, f"there is no {ref}", missing=True)
            self._names[device.key, ref] = states[ref].name or str(ref)
        return self._names[device.key, ref]

    async def in_a_slot(self, device: SiteDevice, ref: ObjectRef, value: PointValue | str) -> PointValue:
        """What a slot holds of a value, for types that configs know nothing of. Raises :class:`ObjectError`."""
        network = self._network()
        return await elsewhere(lambda: network.in_a_slot(device.key, ref, value))

    async def _named(self, device: SiteDevice, object_type: AnyObjectType | None, name: str) -> ObjectRef:
        types = tuple(ObjectType) if object_type is None else (object_type,)
        endpoints = await _ask(device, lambda client: client.get_existing_endpoints(types))
        found = [endpoint.ref for endpoint in endpoints if endpoint.name == name]
        if not found:
            guess = did_you_mean(name, [endpoint.name for endpoint in endpoints])
            raise ObjectError(device.alias, f"there is no object named {name!r}{guess}", missing=True)
        return found[0]

    async def _unfolded(self, device: SiteDevice, one: PropertyOf) -> list[PropertyOf]:
        """``all`` is what the object lists; where it lists nothing, what every transport can tell."""
        if one.name != ALL:
            return [one]
        names: Iterable[str] = (PRESENT_VALUE, *_STATE_PROPERTIES)
        if self._site.network is not None:
            answers = await self._over_bacnet(device, [PropertyOf(one.ref, "property-list")])
            listed, error = answers[PropertyOf(one.ref, "property-list")]
            names = ("object-name", *map(str, listed)) if error is None else names
        return [PropertyOf(one.ref, name) for name in dict.fromkeys(names)]

    async def _answers(self, device: SiteDevice, items: Sequence[PropertyOf]) -> Mapping[PropertyOf, Answer]:
        values = dict.fromkeys(item.ref for item in items if _is_value(item))
        states = dict.fromkeys(item.ref for item in items if _is_state(item))
        samples = await _ask(device, lambda client: client.read_values_from_endpoints(list(values))) if values else {}
        found = await _ask(device, lambda client: client.survey(list(states))) if states else {}
        others = [item for item in items if not (_is_value(item) or _is_state(item))]
        answers = await self._over_bacnet(device, others) if others else {}
        for item in items:
            if _is_value(item):
                answers[item] = _present(device, item, samples[item.ref])
            elif _is_state(item):
                answers[item] = _told(device, item, found[item.ref])
        return answers

    async def _over_bacnet(self, device: SiteDevice, items: Sequence[PropertyOf]) -> dict[PropertyOf, Answer]:
        try:
            network = self._network()
            told = await elsewhere(lambda: network.read_many(device.key, items))
        except Misuse as error:
            return dict.fromkeys(items, (None, error))
        except ConfigError as error:  # a name that is none; the others are asked without it
            if len(items) == 1:
                return {items[0]: (None, Misuse(device.alias, str(error)))}
            parts = [await self._over_bacnet(device, [item]) for item in items]
            return {item: answer for part in parts for item, answer in part.items()}
        answers = ((None, one) if isinstance(one, DeviceError) else (one, None) for one in told)
        return dict(zip(items, answers, strict=True))

    def _network(self) -> Network:
        if self._site.network is None:
            raise Misuse("network", _NO_BACNET)
        return self._site.network


async def elsewhere(call: Callable[[], Result]) -> Result:
    """Make a call that takes its time, beside the program's loop."""
    return await asyncio.get_running_loop().run_in_executor(None, call)


async def _ask(device: SiteDevice, question: Callable[[DeviceClient], Result]) -> Result:
    return await elsewhere(lambda: device.ask(question))


def _property(device: SiteDevice, ref: ObjectRef, text: str) -> PropertyOf:
    try:
        return PropertyOf(ref, *EasyASO.parse_property_identifier(_kebab(text)))
    except ValueError:
        what = f"{text!r} is no property; an index stands behind a comma: priority-array,8"
        raise Misuse(device.alias, what) from None


def _kebab(text: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", str(text).strip()).lower()


def _is_value(item: PropertyOf) -> bool:
    """Whether it is a number, of which it is known how far it may be trusted."""
    return isinstance(item.ref.bacnet_type, ObjectType) and item.name == PRESENT_VALUE


def _is_state(item: PropertyOf) -> bool:
    """Whether a survey tells it, whatever the transport."""
    return isinstance(item.ref.bacnet_type, ObjectType) and item.name in _STATE_PROPERTIES


def _present(device: SiteDevice, item: PropertyOf, sample: Sample) -> Answer:
    if sample.value is not None:
        return sample.value, None
    return None, ObjectError(device.alias, f"{item.ref}: {sample.note or sample.quality.value}")


def _told(device: SiteDevice, item: PropertyOf, state: ObjectState) -> Answer:
    if state.is_missing:
        return None, ObjectError(device.alias, f"{item.ref}: there is no such object", missing=True)
    found: Told = {
        "object-name": state.name,
        "units": state.units,
        "out-of-service": state.out_of_service,
        _PRIORITY_ARRAY: state.priority_array,
    }[item.name]
    if found is None:
        return None, ObjectError(device.alias, f"{item.ref}: it has no {item.name}")
    if item.index is None:
        return found, None
    if item.name != _PRIORITY_ARRAY or not 1 <= item.index <= len(found):
        return None, Misuse(device.alias, f"{item.ref}: {item.name} has no part {item.index}")
    return found[item.index - 1], None


def _row(item: PropertyOf, value: Told, error: DeviceError | None) -> Row:
    return {
        "object_identifier": EasyObject(_kebab(item.ref.bacnet_type), item.ref.instance),
        "property_identifier": item.name,
        "property_array_index": item.index,
        "value": value,
        "error": error,
    }
