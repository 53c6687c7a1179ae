"""Who is there: devices, objects by name, routers to other networks, and the points of a device."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any

from bacpypes3.apdu import IAmRequest, IHaveRequest, WhoHasRequest, WhoIsRequest
from bacpypes3.basetypes import WhoHasLimits, WhoHasObject
from bacpypes3.pdu import Address, GlobalBroadcast
from bacpypes3.primitivedata import CharacterString, ObjectIdentifier

from clients.bacnet.application import BenchApplication
from clients.bacnet.errors import AnswerTooLong, BacnetRefusal, StackError
from clients.bacnet.names import BACNET_TYPES, OBJECT_TYPES, device_key, object_identifier, property_identifier
from clients.bacnet.reading import PropertyItem, Reader
from clients.bacnet.results import BacnetReading, DeviceFound, ObjectFound, PointFound, RouterFound, Untyped
from clients.bacnet.traits import TraitsBook
from utils.errors import ConfigError, DeviceUnreachable, Problem
from utils.values import ObjectType, Quality

HIGHEST_INSTANCE = 4194303
_POINT_PROPERTIES = ("object-name", "present-value", "description")
_COMMANDABLE = "relinquish-default"


class Finder:
    """Asks the network. Used inside the loop only."""

    def __init__(self, application: BenchApplication, reader: Reader, traits: TraitsBook, *, broadcasts: bool) -> None:
        self._application = application
        self._reader = reader
        self._traits = traits
        self._broadcasts = broadcasts

    async def who_is(
        self, low: int | None, high: int | None, address: Address | None, wait_s: float
    ) -> tuple[DeviceFound, ...]:
        """Devices by instance, from ``low`` to ``high``; returns early when the only one possible has answered."""
        request = WhoIsRequest(destination=address or self._everybody())
        limits = _limits(low, high)
        if limits is not None:
            request.deviceInstanceRangeLowLimit, request.deviceInstanceRangeHighLimit = limits
        only_one = address is not None or (limits is not None and limits[0] == limits[1])

        def fits(apdu: IAmRequest) -> bool:
            return limits is None or limits[0] <= apdu.iAmDeviceIdentifier[1] <= limits[1]

        heard = await self._hear(IAmRequest, request, fits, wait_s, only_one=only_one)
        return tuple(sorted({_device_found(apdu) for apdu in heard}))

    async def who_has(
        self, target: ObjectIdentifier | str, limits: tuple[int, int] | None, address: Address | None, wait_s: float
    ) -> tuple[ObjectFound, ...]:
        """Devices that have an object: by its name (text) or its identifier."""
        request = WhoHasRequest(destination=address or self._everybody())
        if limits is not None:
            request.limits = WhoHasLimits(deviceInstanceRangeLowLimit=limits[0], deviceInstanceRangeHighLimit=limits[1])
        by_name = not isinstance(target, ObjectIdentifier)
        request.object = (
            WhoHasObject(objectName=CharacterString(target)) if by_name else WhoHasObject(objectIdentifier=target)
        )

        def fits(apdu: IHaveRequest) -> bool:
            return bool((apdu.objectName if by_name else apdu.objectIdentifier) == target)

        heard = await self._hear(IHaveRequest, request, fits, wait_s, only_one=False)
        return tuple(sorted({_object_found(apdu) for apdu in heard}))

    async def who_is_router(self, network: int | None, wait_s: float) -> tuple[RouterFound, ...]:
        """Routers, all of them or the one to a network."""
        self._everybody()
        element = self._application.nse
        answer = element.who_is_router_to_network(network=network)
        pending = element.who_is_router_to_network_futures[-1]
        try:
            await asyncio.wait([answer], timeout=wait_s)
            heard = list(pending.result_list)
        finally:
            answer.cancel()
        found = {RouterFound(str(apdu.pduSource), tuple(int(n) for n in apdu.iartnNetworkList)) for _, apdu in heard}
        return tuple(sorted(found))

    async def address_of(self, instance: int, wait_s: float) -> Address:
        """Where a device is. Raises DeviceUnreachable."""
        found = await self.who_is(instance, instance, None, wait_s)
        if not found:
            raise DeviceUnreachable(f"BACnet device {instance}", "nobody answers to this instance")
        return Address(found[0].address)

    async def objects(self, address: Address) -> tuple[ObjectIdentifier, ...]:
        """The object list, element by element where the device cannot send it whole."""
        device = await self._device(address)
        whole = PropertyItem(device, property_identifier("object-list"), None)
        reading = await self._one(address, whole)
        names = reading.value if reading.error is None else await self._elements(address, whole, reading)
        return tuple(object_identifier(str(name)) for name in names) if isinstance(names, tuple) else ()

    async def points(self, address: Address, types: Iterable[ObjectType]) -> tuple[PointFound, ...]:
        """The objects of the types, with what a person wants to know of them."""
        wanted = {BACNET_TYPES[kind] for kind in types}
        targets = [target for target in await self.objects(address) if target[0] in wanted]
        items = [item for target in targets for item in _point_items(target)]
        readings = {
            (reading.object, reading.property): reading for reading in await self._reader.read_multiple(address, items)
        }
        return tuple(_point(str(target), readings) for target in targets)

    async def names(
        self, address: Address, targets: Iterable[ObjectIdentifier]
    ) -> dict[ObjectIdentifier, BacnetReading]:
        """The objects' names, by object."""
        chosen = list(targets)
        readings = await self._reader.read_multiple(
            address, [PropertyItem(target, property_identifier("object-name"), None) for target in chosen]
        )
        return dict(zip(chosen, readings, strict=True))

    async def _device(self, address: Address) -> ObjectIdentifier:
        instance = (await self._traits.of(address)).instance
        if instance is None:
            raise DeviceUnreachable(device_key(address), "it does not tell its device instance")
        return object_identifier(f"device,{instance}")

    async def _one(self, address: Address, item: PropertyItem) -> BacnetReading:
        (reading,) = await self._reader.read_multiple(address, [item])
        return reading

    async def _elements(self, address: Address, whole: PropertyItem, reading: BacnetReading) -> tuple[Any, ...]:
        """An array that is too long for one answer. Raises what kept it from being read otherwise."""
        if reading.error is not None and not isinstance(reading.error, AnswerTooLong):
            raise reading.error
        length = await self._one(address, whole._replace(place=0))
        if length.error is not None or not isinstance(length.value, int):
            raise length.error or BacnetRefusal(device_key(address), whole.words, "no length")
        items = [whole._replace(place=place) for place in range(1, length.value + 1)]
        readings = await self._reader.read_multiple(address, items)
        for element in readings:
            if element.error is not None:
                raise element.error
        return tuple(element.value for element in readings)

    def _everybody(self) -> Address:
        """Where questions to all go. Raises StackError where nobody would hear them."""
        if not self._broadcasts:
            raise StackError("BACnet: without a mask nobody hears a broadcast; write the interface as 192.168.0.5/24")
        return GlobalBroadcast()

    async def _hear(
        self,
        kind: type,
        request: Untyped,
        fits: Callable[[Any], bool],
        wait_s: float,
        *,
        only_one: bool,
    ) -> list[Any]:
        """What was heard of one kind after a request, until the wait is over or the only one has answered."""
        enough = asyncio.Event()
        heard: list[Any] = []

        def listen(apdu: Untyped) -> None:
            if fits(apdu):
                heard.append(apdu)
                if only_one:
                    enough.set()

        async with self._listening(kind, listen):
            self._application.request(request)
            try:
                async with asyncio.timeout(wait_s):
                    await enough.wait()
            except TimeoutError:
                pass
        return heard

    @asynccontextmanager
    async def _listening(self, kind: type, listen: Callable[[Any], None]) -> AsyncIterator[None]:
        listeners = self._application.listeners[kind]
        listeners.append(listen)
        try:
            yield
        finally:
            listeners.remove(listen)


def _limits(low: int | None, high: int | None) -> tuple[int, int] | None:
    """Both limits or none. Raises ConfigError for instances that there are not."""
    if low is None and high is None:
        return None
    first = 0 if low is None else low
    last = HIGHEST_INSTANCE if high is None else high
    if not 0 <= first <= last <= HIGHEST_INSTANCE:
        what = f"give the lower first, both from 0 to {HIGHEST_INSTANCE}"
        raise ConfigError([Problem(f"device instances {first} to {last}", what)])
    return first, last


def _device_found(apdu: IAmRequest) -> DeviceFound:
    return DeviceFound(
        instance=apdu.iAmDeviceIdentifier[1],
        address=str(apdu.pduSource),
        max_apdu=int(apdu.maxAPDULengthAccepted),
        segmentation=str(apdu.segmentationSupported),
        vendor=int(apdu.vendorID),
    )


def _object_found(apdu: IHaveRequest) -> ObjectFound:
    return ObjectFound(apdu.deviceIdentifier[1], str(apdu.pduSource), str(apdu.objectIdentifier), str(apdu.objectName))


def _point_items(target: ObjectIdentifier) -> list[PropertyItem]:
    names = list(_POINT_PROPERTIES)
    if not OBJECT_TYPES[target[0]].is_input:
        names.append(_COMMANDABLE)
    return [PropertyItem(target, property_identifier(name), None) for name in names]


def _point(target: str, readings: dict[tuple[str, str], BacnetReading]) -> PointFound:
    """``relinquish-default`` is what exactly the commandable objects have."""
    value = readings[target, "present-value"]
    default = readings.get((target, _COMMANDABLE))
    return PointFound(
        object=target,
        name=_text(readings[target, "object-name"]),
        value=value.value,
        unit=value.unit,
        quality=value.quality if value.error is None else Quality.MISSING,
        commandable=default is not None and default.error is None,
        description=_text(readings[target, "description"]),
    )


def _text(reading: BacnetReading) -> str:
    return reading.value if isinstance(reading.value, str) else ""
