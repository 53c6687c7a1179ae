"""What a device has: its objects, and the points that a person wants to see of them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable

from bacpypes3.pdu import Address
from bacpypes3.primitivedata import ObjectIdentifier

from clients.bacnet.errors import UNKNOWN_PROPERTY
from clients.bacnet.names import (
    bacnet_type_of,
    device_key,
    may_be_commanded,
    may_have,
    object_identifier,
    property_identifier,
)
from clients.bacnet.reading import PropertyItem, Reader
from clients.bacnet.results import BacnetReading, BacnetValue, PointFound
from clients.bacnet.traits import TraitsBook
from utils.errors import DeviceUnreachable, ObjectError
from utils.values import AnyObjectType, Quality

log = logging.getLogger(__name__)

_POINT_PROPERTIES = ("object-name", "present-value", "description")
_COMMANDABLE = "relinquish-default"


class Lister:
    """Lists the objects of devices. Used inside the loop only."""

    def __init__(self, reader: Reader, traits: TraitsBook) -> None:
        self._reader = reader
        self._traits = traits
        self._given: dict[Address, tuple[ObjectIdentifier, ...]] = {}
        self._unread: dict[Address, list[str]] = {}

    def know(self, address: Address, objects: Iterable[ObjectIdentifier]) -> None:
        """The objects of a device whose list cannot be had, given by hand: it is not asked for them any more."""
        self._given[address] = tuple(objects)

    def unread(self, address: Address) -> tuple[str, ...]:
        """What could not be read of a device's objects when they were listed last, each with the reason."""
        return tuple(self._unread.get(address, ()))

    async def objects(self, address: Address) -> tuple[ObjectIdentifier, ...]:
        """The object list, element by element where the device cannot send it whole; or what was given by hand.

        Elements that cannot be had either are left out, and told by :meth:`unread`. Raises ObjectError without a list.
        """
        self._unread[address] = []
        if address in self._given:
            return self._given[address]
        whole = PropertyItem(await self._device(address), property_identifier("object-list"), None)
        reading, length = await asyncio.gather(self._one(address, whole), self._one(address, whole._replace(place=0)))
        names = reading.value if isinstance(reading.value, tuple) else ()
        if reading.error is not None and length.error is not None:
            raise ObjectError(device_key(address), f"{reading.error.what}; its objects can be named by hand")
        if isinstance(length.value, int) and length.value > len(names):  # some send as much of it as they have room for
            names += await self._elements(address, whole, range(len(names) + 1, length.value + 1))
        return tuple(object_identifier(str(name)) for name in names)

    async def points(self, address: Address, types: Iterable[AnyObjectType]) -> tuple[PointFound, ...]:
        """The objects of the types (without any: all), with what a person wants to know of them."""
        wanted = {bacnet_type_of(kind) for kind in types}
        targets = [target for target in await self.objects(address) if not wanted or target[0] in wanted]
        items = [item for target in targets for item in _point_items(target)]
        readings = {
            (reading.object, reading.property): reading for reading in await self._reader.read_multiple(address, items)
        }
        self._note_unread(address, readings.values())
        return tuple(_point(str(target), readings) for target in targets)

    async def _device(self, address: Address) -> ObjectIdentifier:
        instance = (await self._traits.of(address)).instance
        if instance is None:
            raise DeviceUnreachable(device_key(address), "it does not tell its device instance")
        return object_identifier(f"device,{instance}")

    async def _one(self, address: Address, item: PropertyItem) -> BacnetReading:
        (reading,) = await self._reader.read_multiple(address, [item])
        return reading

    async def _elements(self, address: Address, whole: PropertyItem, places: Iterable[int]) -> tuple[BacnetValue, ...]:
        """Elements of an array that does not come whole."""
        items = [whole._replace(place=place) for place in places]
        readings = await self._reader.read_multiple(address, items)
        self._note_unread(address, readings)
        return tuple(element.value for element in readings if element.error is None)

    def _note_unread(self, address: Address, readings: Iterable[BacnetReading]) -> None:
        """That a device has no such property is no failure, nor is what can be shown as it came."""
        failures = [reading.error for reading in readings if reading.error is not None and reading.told is None]
        told = [error.what for error in failures if getattr(error, "code", "") != UNKNOWN_PROPERTY]
        self._unread[address] += told
        if told:
            log.info("%s: %d properties could not be read, the first: %s", device_key(address), len(told), told[0])


def _point_items(target: ObjectIdentifier) -> list[PropertyItem]:
    names = [name for name in _POINT_PROPERTIES if may_have(target[0], name)]
    if may_be_commanded(target[0]):
        names.append(_COMMANDABLE)
    return [PropertyItem(target, property_identifier(name), None) for name in names]


def _point(target: str, readings: dict[tuple[str, str], BacnetReading]) -> PointFound:
    """``relinquish-default`` is what exactly the commandable objects have; some have no value at all."""
    value = readings.get((target, "present-value"), readings[target, "object-name"])
    has_value = value.property == "present-value"
    default = readings.get((target, _COMMANDABLE))
    return PointFound(
        object=target,
        name=_text(readings[target, "object-name"]),
        value=value.value if has_value else None,
        unit=value.unit,
        quality=value.quality if value.error is None else Quality.MISSING,
        commandable=default is not None and default.error is None,
        description=_text(readings[target, "description"]),
        told=value.told if has_value else None,
    )


def _text(reading: BacnetReading) -> str:
    return reading.value if isinstance(reading.value, str) else ""
