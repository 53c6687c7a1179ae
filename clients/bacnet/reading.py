"""Reading properties: one, or any number at once in as few answers as the device can give."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from bacpypes3.apdu import ReadPropertyRequest
from bacpypes3.pdu import Address
from bacpypes3.primitivedata import ObjectIdentifier, PropertyIdentifier

from clients.bacnet.decoding import as_it_came, decode, point_value
from clients.bacnet.errors import AnswerTooLong, BacnetRefusal, DeviceBusy, UnknownService, error_code
from clients.bacnet.names import (
    OBJECT_TYPES,
    WILDCARD_DEVICE,
    device_key,
    has_property,
    object_identifier,
    property_identifier,
)
from clients.bacnet.octets.services import Key, object_number, read_request, results_of
from clients.bacnet.octets.values import any_of, value_in
from clients.bacnet.requests import Requester
from clients.bacnet.results import PRESENT_VALUE, BacnetReading, BacnetRef, BacnetValue, Untyped
from clients.bacnet.sizes import ANSWER_HEADER, BRACKETS, PER_OBJECT, parameter_size
from clients.bacnet.traits import Traits, TraitsBook
from utils.bacnet import SLOTS
from utils.errors import ConfigError, DeviceError, ObjectError, Problem
from utils.values import PriorityArray, Quality

_PRESENT = property_identifier(PRESENT_VALUE)
_UNITS = property_identifier("units")
_PRIORITY_ARRAY = property_identifier("priority-array")
_MANY = frozenset(property_identifier(name) for name in ("all", "required", "optional"))
_SIZES = {"present-value": 5, "units": 4, "status-flags": 4, "out-of-service": 4, "priority-array": 56}
_SIZE = 36
"""Octets of a value that we guess at, mostly names. What turns out longer is asked for in halves.

None is below 4, which an error takes in a value's place.
"""


_DROPS = 2
"""Requests without an answer in a row, behind which single ones are answered."""


class PropertyItem(NamedTuple):
    """A property in BACpypes3's classes."""

    target: ObjectIdentifier
    name: PropertyIdentifier
    place: int | None

    @property
    def words(self) -> str:
        """The property in words, for messages."""
        return f"{self.target} {self.name}" + ("" if self.place is None else f"[{self.place}]")

    @property
    def size(self) -> int:
        """Octets that it takes in an answer beside its object's, about: 9 for a REAL."""
        index = 0 if self.place is None else parameter_size(self.place)
        return parameter_size(int(self.name)) + index + BRACKETS + _SIZES.get(str(self.name), _SIZE)


@lru_cache(maxsize=4096)
def item_of(ref: BacnetRef) -> PropertyItem:
    """Parse a reference. Raises ConfigError."""
    name = property_identifier(ref.property)
    if name in _MANY:
        raise ConfigError([Problem(f"property {ref.property!r}", "stands for many properties: name each of them")])
    return PropertyItem(object_identifier(ref.object), name, ref.index)


@dataclass(slots=True)
class _Known:
    """What readings of one device have in common."""

    address: str
    units: dict[ObjectIdentifier, str | None] = field(default_factory=dict)

    def lacks_unit(self, item: PropertyItem) -> bool:
        """Whether this is a value whose unit has not been asked for."""
        if item.name != _PRESENT or item.target in self.units:
            return False
        return has_property(item.target[0], "units")


Result = TypeVar("Result")
Answers = dict[PropertyItem, Any]
"""What a device told of each item: an encoded value, as octets or in BACpypes3's class, or a DeviceError."""


class Reader:
    """Reads from any device. Used inside the loop only; the caller sets the deadline."""

    def __init__(self, requester: Requester, traits: TraitsBook) -> None:
        self._requester = requester
        self._traits = traits
        self._devices: dict[Address, _Known] = {}

    async def read(self, address: Address, item: PropertyItem) -> BacnetReading:
        """One property; an analog present-value's unit is asked for once. Raises DeviceError."""
        if self._known(address).lacks_unit(item):
            encoded, _ = await asyncio.gather(self._one(address, item), self.learn_unit(address, item.target))
        else:
            encoded = await self._one(address, item)
        return self.reading(address, item, encoded)

    async def read_multiple(self, address: Address, items: Sequence[PropertyItem]) -> tuple[BacnetReading, ...]:
        """Any number of properties; what concerns one only is in its reading. Raises DeviceError for all."""
        known = self._known(address)
        units = [PropertyItem(item.target, _UNITS, None) for item in items if known.lacks_unit(item)]
        answers = await self.answers(address, dict.fromkeys([*items, *units]))
        for unit in units:
            self._keep_unit(address, unit, answers[unit])
        return tuple(_reading(known, item, answers[item]) for item in items)

    async def read_priority_array(self, address: Address, target: ObjectIdentifier) -> PriorityArray:
        """All 16 slots, one by one where the device cannot send them together. Raises DeviceError."""
        whole = PropertyItem(target, _PRIORITY_ARRAY, None)
        try:
            slots: PriorityArray = _decoded(str(address), whole, await self._one(address, whole))  # type: ignore[assignment]
        except AnswerTooLong:
            return await self._slots(address, target)
        return slots

    async def _slots(self, address: Address, target: ObjectIdentifier) -> PriorityArray:
        items = [PropertyItem(target, _PRIORITY_ARRAY, slot) for slot in range(1, SLOTS + 1)]
        readings = await self.read_multiple(address, items)
        for reading in readings:
            if reading.error is not None:
                raise reading.error
        return tuple(reading.value for reading in readings)  # type: ignore[misc]

    async def answers(self, address: Address, items: Iterable[PropertyItem]) -> Answers:
        """What the device tells of each item. Raises DeviceUnreachable or DeviceRefused.

        What it leaves out of an answer, cuts off or garbles is asked for singly, before that is an error of one item.
        """
        wanted = tuple(items)
        if len(wanted) < 2:
            return await self._one_by_one(address, wanted)
        traits = await self._traits.of(address)
        chunks = _chunks(wanted, traits.room)
        parts = await _all(self._chunk(address, chunk, traits) for chunk in chunks)
        return {item: answer for part in parts for item, answer in part.items()}

    async def _chunk(self, address: Address, items: Sequence[PropertyItem], traits: Traits) -> Answers:
        """As one request, in halves where that is too long, singly where the device refuses it or does not answer."""
        if len(items) > 1 and traits.reads_multiple:
            try:
                told = await self._together(address, items)
                traits.dropped_reads = 0
                left_out = [item for item in items if item not in told]
                return told | await self._one_by_one(address, left_out) if left_out else told
            except (AnswerTooLong, DeviceBusy):
                half = len(items) // 2
                parts = await _all(self._chunk(address, part, traits) for part in (items[:half], items[half:]))
                return parts[0] | parts[1]
            except TimeoutError:
                # One answer may be lost; who drops the next one too drops them all, or the route does that for him.
                traits.dropped_reads += 1
                traits.reads_multiple = traits.dropped_reads < _DROPS
            except UnknownService:
                traits.reads_multiple = False
            except ObjectError:
                pass  # some devices refuse the whole request for one of its items
        return await self._one_by_one(address, items)

    async def _one_by_one(self, address: Address, items: Sequence[PropertyItem]) -> Answers:
        answers = await _all(self._one_or_error(address, item) for item in items)
        return dict(zip(items, answers, strict=True))

    async def _one_or_error(self, address: Address, item: PropertyItem) -> Untyped:
        try:
            return await self._one(address, item)
        except ObjectError as error:
            return error
        except DeviceBusy as error:
            return ObjectError(error.device, error.what)

    async def _one(self, address: Address, item: PropertyItem) -> Untyped:
        request = ReadPropertyRequest(objectIdentifier=item.target, propertyIdentifier=item.name)
        if item.place is not None:
            request.propertyArrayIndex = item.place
        answer = await self._requester.ask(address, request, item.words)
        told = PropertyItem(answer.objectIdentifier, answer.propertyIdentifier, answer.propertyArrayIndex)
        if told != item and item.target != WILDCARD_DEVICE:
            raise ObjectError(device_key(address), f"{item.words}: the answer is about {told.words}")
        return answer.propertyValue

    async def _together(self, address: Address, items: Sequence[PropertyItem]) -> Answers:
        wanted = {key_of(item): item for item in items}
        request = read_request(tuple(wanted))
        what = f"read of {len(items)} properties"
        answer = await self._requester.ask(address, request, what, self._requester.read_patience_s(address))
        try:
            return _told(address, answer, wanted)
        except ValueError as error:
            raise ObjectError(device_key(address), f"{what}: unreadable answer ({error})") from None

    def reading(self, address: Address, item: PropertyItem, answer: Untyped) -> BacnetReading:
        """An encoded value, or a failure to read it, as a reading."""
        return _reading(self._known(address), item, answer)

    def _known(self, address: Address) -> _Known:
        if address not in self._devices:
            self._devices[address] = _Known(str(address))
        return self._devices[address]

    async def learn_unit(self, address: Address, target: ObjectIdentifier) -> None:
        """Ask for the unit of an analog object's present-value, once."""
        if self._known(address).lacks_unit(PropertyItem(target, _PRESENT, None)):
            unit = PropertyItem(target, _UNITS, None)
            self._keep_unit(address, unit, await self._one_or_error(address, unit))

    def _keep_unit(self, address: Address, unit: PropertyItem, answer: Untyped) -> None:
        known = self._known(address)
        try:
            known.units[unit.target] = str(_decoded(known.address, unit, answer))
        except ObjectError:
            known.units[unit.target] = None


def _reading(known: _Known, item: PropertyItem, answer: Untyped) -> BacnetReading:
    error, value, told, quality = None, None, None, Quality.GOOD
    try:
        value = _decoded(known.address, item, answer)
    except ObjectError as failure:
        error = failure
        quality = Quality.MISSING if isinstance(failure, BacnetRefusal) else Quality.BAD
        told = _anyway(answer)
    unit = known.units.get(item.target) if item.name == _PRESENT else None
    what = (known.address, *_names(item), item.place)
    return BacnetReading(*what, value, unit, quality, time.time(), error, told)


def _decoded(address: str, item: PropertyItem, answer: Untyped) -> BacnetValue:
    """The value. Raises ObjectError for what is none, or no number where a point needs one."""
    if isinstance(answer, DeviceError):
        raise answer
    try:
        read = value_in if isinstance(answer, bytes) else decode
        value = read(answer, item.target[0], item.name, item.place)
    except ValueError as error:
        raise ObjectError(device_key(address), f"{item.words}: {error}") from None
    if item.name == _PRESENT and item.target[0] in OBJECT_TYPES and point_value(value, item.target[0]) is None:
        raise ObjectError(device_key(address), f"{item.words}: not a value: {value}")
    return value


def _anyway(answer: Untyped) -> BacnetValue:
    """An answer that is not what the property should be, as far as it can be told."""
    try:
        if isinstance(answer, DeviceError):
            return None
        return as_it_came(any_of(answer) if isinstance(answer, bytes) else answer)
    except ValueError:
        return None


@lru_cache(maxsize=1024)
def _chunks(items: tuple[PropertyItem, ...], room: int) -> list[list[PropertyItem]]:
    """Items in groups whose answers fit into one piece each. In each step they are the same."""
    chunks: list[list[PropertyItem]] = []
    left, last = 0, None
    for item in items:
        size = item.size + (0 if item.target == last else PER_OBJECT)
        if not chunks or size > left:
            chunks.append([])
            left, size = room - ANSWER_HEADER, item.size + PER_OBJECT
        chunks[-1].append(item)
        left, last = left - size, item.target
    return chunks


@lru_cache(maxsize=4096)
def _names(item: PropertyItem) -> tuple[str, str]:
    return str(item.target), str(item.name)


@lru_cache(maxsize=4096)
def key_of(item: PropertyItem) -> Key:
    """The property in numbers."""
    return Key(object_number(*map(int, item.target)), int(item.name), item.place)


def _told(address: Address, answer: bytes, wanted: Mapping[Key, PropertyItem]) -> Answers:
    """What has been told of what was wanted. Raises ValueError for an answer that cannot be read to its end."""
    told: Answers = {}
    for key, value, error in results_of(answer):
        item = wanted.get(key)
        if item is not None:
            told[item] = (
                value if error is None else BacnetRefusal(device_key(address), item.words, error_code(error[1]))
            )
    return told


async def _all(work: Iterable[Coroutine[Any, Any, Result]]) -> list[Result]:
    """Do all at once; the first failure ends the others too, before it is raised."""
    parts = list(work)
    if len(parts) == 1:
        return [await parts[0]]
    tasks = [asyncio.ensure_future(one) for one in parts]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
