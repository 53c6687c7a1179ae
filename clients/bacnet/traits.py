"""What a device can do, asked once: how much it answers at a time, in how many pieces, and which services it has."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from bacpypes3.apdu import IAmRequest, ReadPropertyRequest, WhoIsRequest
from bacpypes3.pdu import Address
from bacpypes3.primitivedata import ObjectIdentifier

from clients.bacnet.application import MAX_APDU, BenchApplication
from clients.bacnet.names import WILDCARD_DEVICE, datatype, property_identifier
from clients.bacnet.requests import Requester
from clients.bacnet.results import Untyped
from utils.errors import ObjectError

_READ_MULTIPLE, _WRITE_MULTIPLE = 14, 16  # bits of protocol-services-supported
_SMALLEST_APDU = 50
_CAUTIOUS_APDU = 480
_SENDS_SEGMENTS = frozenset({"segmented-both", "segmented-transmit"})
_I_AM_WAIT_S = 1.0
_PROPERTIES = (
    "object-identifier",
    "max-apdu-length-accepted",
    "segmentation-supported",
    "protocol-services-supported",
)


@dataclass(slots=True)
class Traits:
    """What is known of a device; of one that does not tell, what any can do.

    ``reads_multiple`` and ``writes_multiple`` are corrected when it proves otherwise.
    """

    instance: int | None
    max_apdu: int = _CAUTIOUS_APDU
    sends_segments: bool = False
    reads_multiple: bool = True
    writes_multiple: bool = True

    @property
    def room(self) -> int:
        """Bytes that an answer of one piece may have."""
        return max(min(self.max_apdu, MAX_APDU), _SMALLEST_APDU)


class TraitsBook:
    """The traits of all devices met so far. Used inside the loop only."""

    def __init__(self, application: BenchApplication, requester: Requester) -> None:
        self._application = application
        self._requester = requester
        self._known: dict[Address, Traits] = {}
        self._locks: dict[Address, asyncio.Lock] = {}

    async def of(self, address: Address, *, afresh: bool = False) -> Traits:
        """The traits; asks the device the first time, or ``afresh``. Raises DeviceUnreachable or DeviceRefused."""
        async with self._locks.setdefault(address, asyncio.Lock()):
            if afresh or address not in self._known:
                self._known[address] = await self._ask(address)
            return self._known[address]

    async def _ask(self, address: Address) -> Traits:
        try:
            return await self._ask_device(address, WILDCARD_DEVICE)
        except ObjectError:
            pass  # an old device, or one of BACpypes3, which knows its own instance only
        heard = await self._who_is(address)
        return Traits(None) if heard is None else await self._ask_device(address, heard.iAmDeviceIdentifier)

    async def _ask_device(self, address: Address, device: ObjectIdentifier) -> Traits:
        identifier = await self._read(address, device, _PROPERTIES[0])
        told = await asyncio.gather(
            *(self._read(address, device, name) for name in _PROPERTIES[1:]), return_exceptions=True
        )
        for answer in told:
            if isinstance(answer, BaseException) and not isinstance(answer, ObjectError):
                raise answer
        max_apdu, segmentation, services = (None if isinstance(answer, BaseException) else answer for answer in told)
        return Traits(
            instance=identifier[1],
            max_apdu=_CAUTIOUS_APDU if max_apdu is None else int(max_apdu),
            sends_segments=str(segmentation) in _SENDS_SEGMENTS,
            reads_multiple=services is None or _has(services, _READ_MULTIPLE),
            writes_multiple=services is None or _has(services, _WRITE_MULTIPLE),
        )

    async def _read(self, address: Address, device: ObjectIdentifier, name: str) -> Untyped:
        identifier = property_identifier(name)
        request = ReadPropertyRequest(objectIdentifier=device, propertyIdentifier=identifier)
        answer = await self._requester.ask(address, request, f"device {name}")
        return answer.propertyValue.cast_out(datatype(device[0], identifier, None))

    async def _who_is(self, address: Address) -> IAmRequest | None:
        """Ask the one device who it is; None where it does not tell, or tells everybody but us."""
        heard: asyncio.Future[IAmRequest] = asyncio.get_running_loop().create_future()

        def listen(apdu: IAmRequest) -> None:
            if apdu.pduSource == address and not heard.done():
                heard.set_result(apdu)

        listeners = self._application.listeners[IAmRequest]
        listeners.append(listen)
        try:
            async with asyncio.timeout(_I_AM_WAIT_S):
                self._application.request(WhoIsRequest(destination=address))
                return await heard
        except TimeoutError:
            return None
        finally:
            listeners.remove(listen)


def _has(services: Untyped, bit: int) -> bool:
    return len(services) > bit and bool(services[bit])
