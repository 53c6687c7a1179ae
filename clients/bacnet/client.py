"""The BACnet client inside its loop: every call has a deadline of its own. Threads ask through the stack."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from bacpypes3.apdu import TimeSynchronizationRequest, UTCTimeSynchronizationRequest
from bacpypes3.basetypes import DateTime
from bacpypes3.primitivedata import Date, Time

from clients.bacnet.application import BenchApplication
from clients.bacnet.cov import Notify, Subscription, SubscriptionBook
from clients.bacnet.discovery import HIGHEST_INSTANCE, Finder
from clients.bacnet.listing import Lister
from clients.bacnet.names import device_key, object_identifier, station
from clients.bacnet.reading import Reader, item_of
from clients.bacnet.requests import Requester, deadline
from clients.bacnet.results import (
    PRESENT_VALUE,
    BacnetReading,
    BacnetRef,
    BacnetValue,
    BacnetWrite,
    BacnetWriteResult,
    DeviceFound,
    ObjectFound,
    ObjectLike,
    PointFound,
    RouterFound,
)
from clients.bacnet.traits import Traits, TraitsBook
from clients.bacnet.writing import Writer
from utils.bacnet import SCHEME
from utils.errors import ConfigError, Problem
from utils.values import AnyObjectType, PriorityArray

TIMEOUT_S = 4.0
"""Deadline of a call: a request, and two repeats of it."""

WAIT_S = 3.0
"""How long questions to everybody are listened to."""

DISCOVERY_TIMEOUT_S = 30.0
COV_LIFETIME_S = 300


class BACnetClient:
    """All services that we use, for coroutines on the stack's loop.

    Methods raise :class:`utils.errors.DeviceUnreachable`, :class:`utils.errors.DeviceRefused`,
    :class:`utils.errors.ObjectError` for what concerns one object, and ConfigError for a name or an address that
    there is not. ``address`` is ``192.168.0.122``, ``192.168.0.122:47809`` or ``5:12`` (network:station).
    """

    def __init__(self, application: BenchApplication, requester: Requester, *, broadcasts: bool) -> None:
        self._application = application
        self._traits = TraitsBook(application, requester)
        self._reader = Reader(requester, self._traits)
        self._writer = Writer(requester, self._traits)
        self._finder = Finder(application, requester, broadcasts=broadcasts)
        self._lister = Lister(self._reader, self._traits)
        self._subscriptions = SubscriptionBook(application, requester, self._reader)

    async def read(
        self,
        address: str,
        object: ObjectLike,
        property: str = PRESENT_VALUE,
        index: int | None = None,
        *,
        timeout_s: float = TIMEOUT_S,
    ) -> BacnetReading:
        """One property. A value that is no finite number is in the reading, as BAD."""
        where, item = station(address), item_of(BacnetRef(object, property, index))
        async with deadline(device_key(where), timeout_s):
            return await self._reader.read(where, item)

    async def read_multiple(
        self, address: str, refs: Iterable[BacnetRef], *, timeout_s: float = TIMEOUT_S
    ) -> tuple[BacnetReading, ...]:
        """Any number of properties, in their order; what concerns one only is in its reading."""
        where, items = station(address), [item_of(ref) for ref in refs]
        async with deadline(device_key(where), timeout_s):
            return await self._reader.read_multiple(where, items)

    async def read_priority_array(
        self,
        address: str,
        object: ObjectLike,
        *,
        timeout_s: float = TIMEOUT_S,
    ) -> PriorityArray:
        """The 16 slots of a commandable object; None where one is free."""
        where, target = station(address), object_identifier(object)
        async with deadline(device_key(where), timeout_s):
            return await self._reader.read_priority_array(where, target)

    async def write(
        self,
        address: str,
        object: ObjectLike,
        value: BacnetValue,
        priority: int | None = None,
        property: str = PRESENT_VALUE,
        index: int | None = None,
        *,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        """One property; ``value`` None gives the slot back. What must not be sent is refused before anything is."""
        where = station(address)
        async with deadline(device_key(where), timeout_s):
            await self._writer.write(where, BacnetWrite(object, value, priority, property, index))

    async def release(
        self,
        address: str,
        object: ObjectLike,
        priority: int,
        *,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        """Give a slot back."""
        await self.write(address, object, None, priority, timeout_s=timeout_s)

    async def write_multiple(
        self, address: str, writes: Sequence[BacnetWrite], *, timeout_s: float = TIMEOUT_S
    ) -> tuple[BacnetWriteResult, ...]:
        """In the order given, in as few requests as the device takes; one result per write."""
        where = station(address)
        async with deadline(device_key(where), timeout_s):
            return await self._writer.write_multiple(where, writes)

    async def who_is(
        self,
        low: int | None = None,
        high: int | None = None,
        address: str | None = None,
        *,
        wait_s: float = WAIT_S,
        hear_all: bool = False,
    ) -> tuple[DeviceFound, ...]:
        """Devices by instance; everybody, or only the one at ``address``. We are not among them.

        The first with the only instance asked for ends the wait, except where all are to be heard.
        """
        where = station(address) if address else None
        return await self._finder.who_is(low, high, where, wait_s, hear_all=hear_all)

    async def who_has(
        self,
        *,
        name: str | None = None,
        object: ObjectLike | None = None,
        low: int | None = None,
        high: int | None = None,
        address: str | None = None,
        wait_s: float = WAIT_S,
    ) -> tuple[ObjectFound, ...]:
        """Devices that have an object of this name, or this type and instance."""
        if (name is None) == (object is None):
            raise ConfigError([Problem("who-has", "give the name of an object, or its type and instance")])
        target = name if object is None else object_identifier(object)
        limits = None if low is None and high is None else (low or 0, HIGHEST_INSTANCE if high is None else high)
        return await self._finder.who_has(target or "", limits, station(address) if address else None, wait_s)

    async def who_is_router(self, network: int | None = None, *, wait_s: float = WAIT_S) -> tuple[RouterFound, ...]:
        """Routers, all of them or those to one network; listens for 2 s at most."""
        return await self._finder.who_is_router(network, wait_s)

    async def objects(self, device: str | int, *, timeout_s: float = DISCOVERY_TIMEOUT_S) -> tuple[str, ...]:
        """The identifiers of all objects of a device, by its address or its instance."""
        async with deadline(_named(device), timeout_s):
            where = await self._locate(device, WAIT_S)
            return tuple(str(target) for target in await self._lister.objects(station(where)))

    async def know_objects(self, address: str, objects: Iterable[ObjectLike]) -> None:
        """Give the objects of a device by hand, whose list cannot be had. Raises ConfigError."""
        self._lister.know(station(address), [object_identifier(name) for name in objects])

    def unread(self, address: str) -> tuple[str, ...]:
        """What could not be read when the objects or points of a device were listed last, each with the reason."""
        return self._lister.unread(station(address))

    async def discover_points(
        self,
        device: str | int,
        types: Iterable[AnyObjectType] = (),
        *,
        timeout_s: float = DISCOVERY_TIMEOUT_S,
    ) -> tuple[PointFound, ...]:
        """The objects of a device, by its address or its instance, with names, units and present-values.

        All of them, or those of the types.
        """
        async with deadline(_named(device), timeout_s):
            where = await self._locate(device, WAIT_S)
            return await self._lister.points(station(where), types)

    async def locate(self, device: str | int, *, timeout_s: float = WAIT_S, to_write: bool = False) -> str:
        """The address of a device by its instance (an address stays what it is).

        To write, all of the time is listened for a second device with this instance, and raises DeviceRefused if
        there is one; else the first that answers is taken.
        """
        return await self._locate(device, timeout_s, to_write=to_write)

    def addresses(self, instance: int) -> tuple[str, ...]:
        """From where devices with this instance have told of themselves so far."""
        return self._finder.addresses(instance)

    async def traits(self, address: str, *, afresh: bool = False, timeout_s: float = TIMEOUT_S) -> Traits:
        """What the device at an address is and can do."""
        where = station(address)
        async with deadline(device_key(where), timeout_s):
            return await self._traits.of(where, afresh=afresh)

    async def subscribe_cov(
        self,
        address: str,
        object: ObjectLike,
        notify: Notify,
        *,
        confirmed: bool = False,
        lifetime_s: int = COV_LIFETIME_S,
        timeout_s: float = TIMEOUT_S,
    ) -> Subscription:
        """Have ``notify`` called, on the loop's thread, with each change, until the subscription is closed.

        When it can no longer be renewed, ``notify`` gets a MISSING reading, once.
        """
        return await self._subscriptions.open(
            station(address),
            object_identifier(object),
            notify,
            confirmed=confirmed,
            lifetime_s=lifetime_s,
            timeout_s=timeout_s,
        )

    async def synchronize_time(self, address: str, when: datetime, *, utc: bool = False) -> None:
        """Tell a device the time: ``when`` as local time, or with ``utc`` as UTC. Devices do not answer to it."""
        moment = when.astimezone(UTC) if utc else when
        stamp = DateTime(
            date=Date((moment.year - 1900, moment.month, moment.day, moment.isoweekday())),
            time=Time((moment.hour, moment.minute, moment.second, moment.microsecond // 10_000)),
        )
        kind = UTCTimeSynchronizationRequest if utc else TimeSynchronizationRequest
        self._application.request(kind(time=stamp, destination=station(address)))

    async def _locate(self, device: str | int, wait_s: float, *, to_write: bool = False) -> str:
        if isinstance(device, int):
            return str(await self._finder.address_of(device, wait_s, to_write=to_write))
        return str(station(device))


def _named(device: str | int) -> str:
    return f"{SCHEME}device {device}" if isinstance(device, int) else device_key(device)
