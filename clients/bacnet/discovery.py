"""Who is there: devices, objects by name, and routers to other networks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from bacpypes3.apdu import IAmRequest, IHaveRequest, WhoHasRequest, WhoIsRequest
from bacpypes3.basetypes import WhoHasLimits, WhoHasObject
from bacpypes3.pdu import Address, GlobalBroadcast
from bacpypes3.primitivedata import CharacterString, ObjectIdentifier

from clients.bacnet.application import BenchApplication
from clients.bacnet.errors import StackError
from clients.bacnet.requests import Requester
from clients.bacnet.results import (
    DeviceFound,
    ObjectFound,
    RouterFound,
    Untyped,
)
from utils.errors import ConfigError, DeviceRefused, DeviceUnreachable, Problem

HIGHEST_INSTANCE = 4194303
_NEIGHBOURS_S = 0.25
"""Within this, devices of one network have answered a question to all."""


class Finder:
    """Asks the network. Used inside the loop only."""

    def __init__(
        self,
        application: BenchApplication,
        requester: Requester,
        *,
        broadcasts: bool,
    ) -> None:
        self._application = application
        self._requester = requester
        self._broadcasts = broadcasts
        self._addresses: dict[int, set[str]] = {}
        application.listeners[IAmRequest].append(self._note_address)

    def addresses(self, instance: int) -> tuple[str, ...]:
        """From where devices with this instance have told of themselves so far."""
        return tuple(sorted(self._addresses.get(instance, ())))

    def _note_address(self, apdu: IAmRequest) -> None:
        if not self._requester.is_own(apdu.pduSource):
            self._addresses.setdefault(apdu.iAmDeviceIdentifier[1], set()).add(str(apdu.pduSource))

    async def who_is(
        self, low: int | None, high: int | None, address: Address | None, wait_s: float, *, hear_all: bool = False
    ) -> tuple[DeviceFound, ...]:
        """Devices by instance, from ``low`` to ``high``; returns early when the only one possible has answered.

        That can be told of an address; of an instance only as long as no two devices have the same.
        """
        request = WhoIsRequest(destination=address or self._everybody())
        limits = _limits(low, high)
        if limits is not None:
            request.deviceInstanceRangeLowLimit, request.deviceInstanceRangeHighLimit = limits
        only_one = address is not None or (limits is not None and limits[0] == limits[1] and not hear_all)

        def fits(apdu: IAmRequest) -> bool:
            is_in = limits is None or limits[0] <= apdu.iAmDeviceIdentifier[1] <= limits[1]
            return is_in and not self._requester.is_own(apdu.pduSource)

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

    async def address_of(self, instance: int, wait_s: float, *, to_write: bool) -> Address:
        """Where a device is. Raises DeviceUnreachable, and DeviceRefused to write where two have this number.

        A second one behind a router may take as long to answer as the first one might have. So for a write all of the
        wait is listened; whoever reads gets what he sees, and a moment in which a neighbour would tell of itself.
        """
        found = await self.who_is(instance, instance, None, wait_s, hear_all=to_write)
        if not found:
            raise DeviceUnreachable(f"BACnet device {instance}", "nobody answers to this instance")
        if not to_write:
            await asyncio.sleep(_NEIGHBOURS_S)
        elif len(found) > 1:
            where = " and ".join(device.address for device in found)
            what = f"answers from {where}; two devices have one number, or one has two addresses: give the address"
            raise DeviceRefused(f"BACnet device {instance}", what)
        return Address(found[0].address)

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
