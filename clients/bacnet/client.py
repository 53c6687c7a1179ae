"""The one BACnet client, for threads: the calls of ``bacnet_aio`` on the stack's loop, waited for."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar

from clients.bacnet.aio import COV_LIFETIME_S, DISCOVERY_TIMEOUT_S, TIMEOUT_S, WAIT_S, AsyncBACnetClient
from clients.bacnet.cov import Subscription
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
    PriorityArray,
    RouterFound,
)
from clients.bacnet.traits import Traits
from utils.values import ObjectType

Answer = TypeVar("Answer")


class Caller(Protocol):
    """Runs coroutines on the stack's loop."""

    def call(self, work: Coroutine[Any, Any, Answer], timeout_s: float) -> Answer:
        """Run one and wait for it."""


class CovSubscription:
    """A subscription to changes, as threads hold it."""

    def __init__(self, caller: Caller, subscription: Subscription) -> None:
        self._caller = caller
        self._subscription = subscription

    def close(self, timeout_s: float = TIMEOUT_S) -> None:
        """Unsubscribe. Raises DeviceError when the device does not answer; it forgets us in time all the same."""
        self._caller.call(self._subscription.close(), timeout_s)


class BACnetClient:
    """All services, for threads. ``aio`` has the same for coroutines on the loop; the methods are documented there."""

    def __init__(self, caller: Caller, aio: AsyncBACnetClient) -> None:
        self._caller = caller
        self.aio = aio

    def read(
        self,
        address: str,
        object: ObjectLike,
        property: str = PRESENT_VALUE,
        index: int | None = None,
        *,
        timeout_s: float = TIMEOUT_S,
    ) -> BacnetReading:
        """One property."""
        return self._caller.call(self.aio.read(address, object, property, index, timeout_s=timeout_s), timeout_s)

    def read_multiple(
        self, address: str, refs: Iterable[BacnetRef], *, timeout_s: float = TIMEOUT_S
    ) -> tuple[BacnetReading, ...]:
        """Any number of properties, in their order."""
        return self._caller.call(self.aio.read_multiple(address, refs, timeout_s=timeout_s), timeout_s)

    def read_priority_array(
        self,
        address: str,
        object: ObjectLike,
        *,
        timeout_s: float = TIMEOUT_S,
    ) -> PriorityArray:
        """The 16 slots of a commandable object."""
        return self._caller.call(self.aio.read_priority_array(address, object, timeout_s=timeout_s), timeout_s)

    def write(
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
        """One property; ``value`` None gives the slot back."""
        work = self.aio.write(address, object, value, priority, property, index, timeout_s=timeout_s)
        self._caller.call(work, timeout_s)

    def release(
        self,
        address: str,
        object: ObjectLike,
        priority: int,
        *,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        """Give a slot back."""
        self._caller.call(self.aio.release(address, object, priority, timeout_s=timeout_s), timeout_s)

    def write_multiple(
        self, address: str, writes: Sequence[BacnetWrite], *, timeout_s: float = TIMEOUT_S
    ) -> tuple[BacnetWriteResult, ...]:
        """In the order given; one result per write."""
        return self._caller.call(self.aio.write_multiple(address, writes, timeout_s=timeout_s), timeout_s)

    def who_is(
        self, low: int | None = None, high: int | None = None, address: str | None = None, *, wait_s: float = WAIT_S
    ) -> tuple[DeviceFound, ...]:
        """Devices by instance."""
        return self._caller.call(self.aio.who_is(low, high, address, wait_s=wait_s), wait_s)

    def who_has(
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
        work = self.aio.who_has(name=name, object=object, low=low, high=high, address=address, wait_s=wait_s)
        return self._caller.call(work, wait_s)

    def who_is_router(self, network: int | None = None, *, wait_s: float = WAIT_S) -> tuple[RouterFound, ...]:
        """Routers, all of them or those to one network."""
        return self._caller.call(self.aio.who_is_router(network, wait_s=wait_s), wait_s)

    def objects(self, device: str | int, *, timeout_s: float = DISCOVERY_TIMEOUT_S) -> tuple[str, ...]:
        """The identifiers of all objects of a device."""
        return self._caller.call(self.aio.objects(device, timeout_s=timeout_s), timeout_s)

    def discover_points(
        self,
        device: str | int,
        types: Iterable[ObjectType] = tuple(ObjectType),
        *,
        timeout_s: float = DISCOVERY_TIMEOUT_S,
    ) -> tuple[PointFound, ...]:
        """The points of a device, by its address or its instance."""
        return self._caller.call(self.aio.discover_points(device, types, timeout_s=timeout_s), timeout_s)

    def locate(self, device: str | int, *, timeout_s: float = WAIT_S) -> str:
        """The address of a device by its instance."""
        return self._caller.call(self.aio.locate(device, timeout_s=timeout_s), timeout_s)

    def traits(self, address: str, *, afresh: bool = False, timeout_s: float = TIMEOUT_S) -> Traits:
        """What the device at an address is and can do."""
        return self._caller.call(self.aio.traits(address, afresh=afresh, timeout_s=timeout_s), timeout_s)

    def subscribe_cov(
        self,
        address: str,
        object: ObjectLike,
        notify: Callable[[BacnetReading], None],
        *,
        confirmed: bool = False,
        lifetime_s: int = COV_LIFETIME_S,
        timeout_s: float = TIMEOUT_S,
    ) -> CovSubscription:
        """Have ``notify`` called with each change, on the loop's thread: it must hand over and return at once."""
        work = self.aio.subscribe_cov(
            address, object, notify, confirmed=confirmed, lifetime_s=lifetime_s, timeout_s=timeout_s
        )
        return CovSubscription(self._caller, self._caller.call(work, timeout_s))

    def synchronize_time(self, address: str, when: datetime, *, utc: bool = False) -> None:
        """Tell a device the time."""
        self._caller.call(self.aio.synchronize_time(address, when, utc=utc), TIMEOUT_S)
