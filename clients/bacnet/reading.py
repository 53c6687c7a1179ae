"""Reading properties: one, or any number at once in as few answers as the device can give."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine, Iterable, Sequence
from itertools import groupby
from typing import Any, NamedTuple, TypeVar

from bacpypes3.apdu import ReadPropertyMultipleRequest, ReadPropertyRequest
from bacpypes3.basetypes import PropertyReference, ReadAccessSpecification
from bacpypes3.constructeddata import SequenceOf
from bacpypes3.pdu import Address
from bacpypes3.primitivedata import ObjectIdentifier, PropertyIdentifier

from clients.bacnet.decoding import as_it_came, decode, point_value
from clients.bacnet.errors import AnswerTooLong, BacnetRefusal, DeviceBusy, UnknownService
from clients.bacnet.names import (
    OBJECT_TYPES,
    WILDCARD_DEVICE,
    device_key,
    has_property,
    object_identifier,
    property_identifier,
)
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
_SPECIFICATIONS = SequenceOf(ReadAccessSpecification)
_SIZES = {"present-value": 5, "units": 4, "status-flags": 4, "out-of-service": 4, "priority-array": 56}
_SIZE = 36
"""Octets of a value that we guess at, mostly names. What turns out longer is asked for in halves.

None is below 4, which an error takes in a value's place.
"""


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


def item_of(ref: BacnetRef) -> PropertyItem:
    """Parse a reference. Raises ConfigError."""
    name = property_identifier(ref.property)
    if name in _MANY:
        raise ConfigError([Problem(f"property {ref.property!r}", "stands for many properties: name each of them")])
    return PropertyItem(object_identifier(ref.object), name, ref.index)


Result = TypeVar("Result")
Answers = dict[PropertyItem, Any]
"""What a device told of each item: an encoded value, or a DeviceError."""


class Reader:
    """Reads from any device. Used inside the loop only; the caller sets the deadline."""

    def __init__(self, requester: Requester, traits: TraitsBook) -> None:
        self._requester = requester
        self._traits = traits
        self._units: dict[tuple[Address, ObjectIdentifier], str | None] = {}

    async def read(self, address: Address, item: PropertyItem) -> BacnetReading:
        """One property; an analog present-value's unit is asked for once. Raises DeviceError."""
        if self._lacks_unit(address, item):
            encoded, _ = await asyncio.gather(self._one(address, item), self.learn_unit(address, item.target))
        else:
            encoded = await self._one(address, item)
        return self.reading(address, item, encoded)

    async def read_multiple(self, address: Address, items: Sequence[PropertyItem]) -> tuple[BacnetReading, ...]:
        """Any number of properties; what concerns one only is in its reading. Raises DeviceError for all."""
        units = [PropertyItem(item.target, _UNITS, None) for item in items if self._lacks_unit(address, item)]
        answers = await self.answers(address, dict.fromkeys([*items, *units]))
        for unit in units:
            self._keep_unit(address, unit, answers[unit])
        return tuple(self.reading(address, item, answers[item]) for item in items)

    async def read_priority_array(self, address: Address, target: ObjectIdentifier) -> PriorityArray:
        """All 16 slots, one by one where the device cannot send them together. Raises DeviceError."""
        whole = PropertyItem(target, _PRIORITY_ARRAY, None)
        try:
            slots: PriorityArray = self._decoded(address, whole, await self._one(address, whole))  # type: ignore[assignment]
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
        wanted = list(items)
        if len(wanted) < 2:
            return await self._one_by_one(address, wanted)
        traits = await self._traits.of(address)
        chunks = _chunks(wanted, traits)
        parts = await _all(self._chunk(address, chunk, traits) for chunk in chunks)
        return {item: answer for part in parts for item, answer in part.items()}

    async def _chunk(self, address: Address, items: Sequence[PropertyItem], traits: Traits) -> Answers:
        """As one request, in halves where that is too long, singly where the device refuses it."""
        if len(items) > 1 and traits.reads_multiple:
            try:
                told = await self._together(address, items)
                left_out = [item for item in items if item not in told]
                return told | await self._one_by_one(address, left_out)
            except (AnswerTooLong, DeviceBusy):
                half = len(items) // 2
                parts = await _all(self._chunk(address, part, traits) for part in (items[:half], items[half:]))
                return parts[0] | parts[1]
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
        specifications = [
            ReadAccessSpecification(
                objectIdentifier=target, listOfPropertyReferences=[_property_reference(item) for item in group]
            )
            for target, group in groupby(items, key=lambda item: item.target)
        ]
        request = ReadPropertyMultipleRequest(listOfReadAccessSpecs=_SPECIFICATIONS(specifications))
        answer = await self._requester.ask(address, request, f"read of {len(items)} properties")
        return _told(address, answer)

    def reading(self, address: Address, item: PropertyItem, answer: Untyped) -> BacnetReading:
        """An encoded value, or a failure to read it, as a reading."""
        error, value, told, quality = None, None, None, Quality.GOOD
        try:
            value = self._decoded(address, item, answer)
        except ObjectError as failure:
            error = failure
            quality = Quality.MISSING if isinstance(failure, BacnetRefusal) else Quality.BAD
            told = _anyway(answer)
        unit = self._units.get((address, item.target)) if item.name == _PRESENT else None
        return BacnetReading(
            str(address), str(item.target), str(item.name), item.place, value, unit, quality, time.time(), error, told
        )

    def _decoded(self, address: Address, item: PropertyItem, answer: Untyped) -> BacnetValue:
        """The value. Raises ObjectError for what is none, or no number where a point needs one."""
        if isinstance(answer, DeviceError):
            raise answer
        try:
            value = decode(answer, item.target[0], item.name, item.place)
        except ValueError as error:
            raise ObjectError(device_key(address), f"{item.words}: {error}") from None
        if item.name == _PRESENT and item.target[0] in OBJECT_TYPES and point_value(value, item.target[0]) is None:
            raise ObjectError(device_key(address), f"{item.words}: not a value: {value}")
        return value

    def _lacks_unit(self, address: Address, item: PropertyItem) -> bool:
        if item.name != _PRESENT or (address, item.target) in self._units:
            return False
        return has_property(item.target[0], "units")

    async def learn_unit(self, address: Address, target: ObjectIdentifier) -> None:
        """Ask for the unit of an analog object's present-value, once."""
        if self._lacks_unit(address, PropertyItem(target, _PRESENT, None)):
            unit = PropertyItem(target, _UNITS, None)
            self._keep_unit(address, unit, await self._one_or_error(address, unit))

    def _keep_unit(self, address: Address, unit: PropertyItem, answer: Untyped) -> None:
        try:
            self._units[address, unit.target] = str(self._decoded(address, unit, answer))
        except ObjectError:
            self._units[address, unit.target] = None


def _anyway(answer: Untyped) -> BacnetValue:
    """An answer that is not what the property should be, as far as it can be told."""
    try:
        return None if isinstance(answer, DeviceError) else as_it_came(answer)
    except ValueError:
        return None


def _chunks(items: Sequence[PropertyItem], traits: Traits) -> list[list[PropertyItem]]:
    """Items in groups whose answers fit into one piece each."""
    chunks: list[list[PropertyItem]] = []
    left, last = 0, None
    for item in items:
        size = item.size + (0 if item.target == last else PER_OBJECT)
        if not chunks or size > left:
            chunks.append([])
            left, size = traits.room - ANSWER_HEADER, item.size + PER_OBJECT
        chunks[-1].append(item)
        left, last = left - size, item.target
    return chunks


def _property_reference(item: PropertyItem) -> PropertyReference:
    if item.place is None:
        return PropertyReference(propertyIdentifier=item.name)
    return PropertyReference(propertyIdentifier=item.name, propertyArrayIndex=item.place)


def _told(address: Address, answer: Untyped) -> Answers:
    told: Answers = {}
    for result in answer.listOfReadAccessResults:
        for element in result.listOfResults:
            item = PropertyItem(result.objectIdentifier, element.propertyIdentifier, element.propertyArrayIndex)
            failure = element.readResult.propertyAccessError
            told[item] = (
                element.readResult.propertyValue
                if failure is None
                else BacnetRefusal(device_key(address), item.words, str(failure.errorCode))
            )
    return told


async def _all(work: Iterable[Coroutine[Any, Any, Result]]) -> list[Result]:
    """Do all at once; the first failure ends the others too, before it is raised."""
    tasks = [asyncio.ensure_future(one) for one in work]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
