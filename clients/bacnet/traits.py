"""What a device can do, asked once: how much it answers at a time, in how many pieces, and which services it has."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from bacpypes3.apdu import IAmRequest, ReadPropertyRequest, WhoIsRequest
from bacpypes3.pdu import Address
from bacpypes3.primitivedata import ObjectIdentifier, PropertyIdentifier

from clients.bacnet.application import MAX_APDU, BenchApplication
from clients.bacnet.errors import UNREADABLE, UnknownService
from clients.bacnet.names import WILDCARD_DEVICE, datatype, device_key, property_identifier
from clients.bacnet.octets.services import Key, object_number, read_request, results_of
from clients.bacnet.octets.values import value_in
from clients.bacnet.requests import Requester
from clients.bacnet.results import Untyped
from utils.errors import ObjectError

_READ_MULTIPLE, _WRITE_MULTIPLE = 14, 16  # bits of protocol-services-supported
_SMALLEST_APDU = 50
_CAUTIOUS_APDU = 480
_SENDS_SEGMENTS = frozenset({"segmented-both", "segmented-transmit"})
_I_AM_WAIT_S = 1.0
_I_AM_PATIENCE = 3
"""Of a slow device: so many times what it has taken for an answer."""
_IDENTIFIER, _SERVICES = "object-identifier", "protocol-services-supported"
_ABILITIES = ("max-apdu-length-accepted", "segmentation-supported", "apdu-timeout", "number-of-apdu-retries")


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
    dropped_reads: int = 0
    """How many requests to read several things it has left without an answer in a row."""

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
        self._so_far: dict[tuple[Address, int], dict[str, Untyped]] = {}
        """What slow devices have told before the time was up: they are not asked for it once more."""
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
        device = await self._read(address, device, _IDENTIFIER)
        so_far = self._so_far.setdefault((address, device[1]), {})
        services = await self._read_once(address, device, _SERVICES, so_far)
        reads_multiple = services is None or _has(services, _READ_MULTIPLE)
        told: dict[str, Untyped] | None = None
        if reads_multiple and services is not None:
            try:
                told = await self._read_together(address, device)
            except (TimeoutError, UnknownService):
                reads_multiple = False
            except ObjectError:
                pass
        if told is None:
            told = {name: await self._read_once(address, device, name, so_far) for name in _ABILITIES}
        del self._so_far[address, device[1]]
        max_apdu, segmentation, timeout_ms, retries = (told.get(name) for name in _ABILITIES)
        timeout_s = None if timeout_ms is None else int(timeout_ms) / 1000
        self._requester.line(address).tells(timeout_s, None if retries is None else int(retries))
        return Traits(
            instance=device[1],
            max_apdu=_CAUTIOUS_APDU if max_apdu is None else int(max_apdu),
            sends_segments=str(segmentation) in _SENDS_SEGMENTS,
            reads_multiple=reads_multiple,
            writes_multiple=services is None or _has(services, _WRITE_MULTIPLE),
        )

    async def _read_once(
        self, address: Address, device: ObjectIdentifier, name: str, so_far: dict[str, Untyped]
    ) -> Untyped:
        """A property of the device, or None where it has none; kept in ``so_far``."""
        if name not in so_far:
            try:
                so_far[name] = await self._read(address, device, name)
            except ObjectError:
                so_far[name] = None
        return so_far[name]

    async def _read(self, address: Address, device: ObjectIdentifier, name: str) -> Untyped:
        identifier = property_identifier(name)
        request = ReadPropertyRequest(objectIdentifier=device, propertyIdentifier=identifier)
        answer = await self._requester.ask(address, request, f"device {name}")
        return _cast(address, identifier, answer.propertyValue)

    async def _read_together(self, address: Address, device: ObjectIdentifier) -> dict[str, Untyped]:
        names = {int(property_identifier(name)): name for name in _ABILITIES}
        target = object_number(*map(int, device))
        request = read_request(Key(target, number, None) for number in names)
        patience = self._requester.read_patience_s(address)
        answer = await self._requester.ask(address, request, "device properties", patience)
        try:
            results = [result for result in results_of(answer) if result.error is None and result.key.name in names]
            told = [(names[result.key.name], result.value) for result in results]
            return {name: value_in(value, device[0], property_identifier(name), None) for name, value in told}
        except ValueError as error:
            raise ObjectError(device_key(address), f"device properties: unreadable answer ({error})") from None

    async def _who_is(self, address: Address) -> IAmRequest | None:
        """Ask the one device who it is; None where it does not tell, or tells everybody but us."""
        heard: asyncio.Future[IAmRequest] = asyncio.get_running_loop().create_future()

        def listen(apdu: IAmRequest) -> None:
            if apdu.pduSource == address and not heard.done():
                heard.set_result(apdu)

        listeners = self._application.listeners[IAmRequest]
        listeners.append(listen)
        try:
            async with asyncio.timeout(max(_I_AM_WAIT_S, _I_AM_PATIENCE * self._requester.line(address).pace_s)):
                self._application.request(WhoIsRequest(destination=address))
                return await heard
        except TimeoutError:
            return None
        finally:
            listeners.remove(listen)


def _cast(address: Address, name: PropertyIdentifier, encoded: Untyped) -> Untyped:
    """A property of the device. Raises ObjectError for what it cannot be."""
    try:
        return encoded.cast_out(datatype(WILDCARD_DEVICE[0], name, None))
    except UNREADABLE as error:
        raise ObjectError(device_key(address), f"device {name}: unreadable answer ({error})") from None


def _has(services: Untyped, bit: int) -> bool:
    return len(services) > bit and bool(services[bit])
