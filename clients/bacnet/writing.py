"""Writing properties: one, or many in one request, with a result for each; and nothing doubtful is ever sent."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from bacpypes3.apdu import WritePropertyRequest
from bacpypes3.constructeddata import Any as AnyValue
from bacpypes3.pdu import Address
from bacpypes3.primitivedata import ClosingTag, OpeningTag, TagList

from clients.bacnet.decoding import decode, plain
from clients.bacnet.encoding import encode, needs_priority, refuse_priority
from clients.bacnet.errors import UnknownService, WriteStopped
from clients.bacnet.names import device_key, property_identifier, station
from clients.bacnet.octets.services import OctetWrite, write_request
from clients.bacnet.octets.values import NULL, any_of, octets_to_send
from clients.bacnet.reading import PropertyItem, item_of, key_of
from clients.bacnet.requests import Requester
from clients.bacnet.results import PRESENT_VALUE, BacnetRef, BacnetValue, BacnetWrite, BacnetWriteResult
from clients.bacnet.traits import Traits, TraitsBook
from utils.errors import DeviceError, DeviceUnreachable, ObjectError

_PRESENT = property_identifier(PRESENT_VALUE)
_SLOTS = property_identifier("priority-array")
_PER_REQUEST, _PER_WRITE = 8, 20
_PATIENCE = 0.5
"""Share of the deadline that several writes in one request may take: some devices drop what they cannot do."""
_ANSWERS_LONG = 4
"""What they may take in any case, in answers: others are slow."""


@dataclass(frozen=True, slots=True)
class _Order:
    """A write that may be sent."""

    item: PropertyItem
    octets: bytes
    """The value with its tags."""
    priority: int | None

    @property
    def size(self) -> int:
        return _PER_WRITE + len(self.octets)


class Writer:
    """Writes to any device. Used inside the loop only; the caller sets the deadline."""

    def __init__(self, requester: Requester, traits: TraitsBook) -> None:
        self._requester = requester
        self._traits = traits

    async def write(self, address: Address, write: BacnetWrite) -> None:
        """One property. Raises DeviceError; ObjectError also for what must not be sent, before anything is."""
        await self._one(address, _order(address, write))

    async def write_multiple(
        self, address: Address, writes: Sequence[BacnetWrite], timeout_s: float
    ) -> tuple[BacnetWriteResult, ...]:
        """In the order given, one result per write. ``timeout_s`` is the caller's deadline.

        What must not be sent is refused in its result, and the others are written all the same.
        """
        checked = [_checked(address, write) for write in writes]
        orders = [order for order in checked if isinstance(order, _Order)]
        outcomes = iter(await self._send(address, orders, timeout_s))
        errors = [next(outcomes) if isinstance(order, _Order) else order for order in checked]
        return tuple(BacnetWriteResult(write, error) for write, error in zip(writes, errors, strict=True))

    async def _send(self, address: Address, orders: Sequence[_Order], timeout_s: float) -> list[DeviceError | None]:
        if len(orders) < 2:
            return [await self._one_or_error(address, order) for order in orders]
        traits = await self._traits.of(address)
        patience_s = max(timeout_s * _PATIENCE, self._requester.line(address).pace_s * _ANSWERS_LONG)
        outcomes: list[DeviceError | None] = []
        for chunk in _chunks(orders, traits):
            outcomes += await self._chunk(address, chunk, traits, patience_s)
        return outcomes

    async def _chunk(
        self, address: Address, orders: Sequence[_Order], traits: Traits, patience_s: float
    ) -> list[DeviceError | None]:
        """As one request; what a refused one among them has held up goes in another."""
        outcomes: list[DeviceError | None] = []
        while len(outcomes) < len(orders):
            rest = orders[len(outcomes) :]
            if len(rest) < 2 or not traits.writes_multiple:
                return outcomes + [await self._one_or_error(address, order) for order in rest]
            outcomes += await self._together(address, rest, traits, patience_s)
        return outcomes

    async def _together(
        self, address: Address, orders: Sequence[_Order], traits: Traits, patience_s: float
    ) -> list[DeviceError | None]:
        """Outcomes of the writes up to the first that is refused; of all, one by one, where the request fails.

        Writing the same values once more does no harm.
        """
        request = write_request(OctetWrite(key_of(order.item), order.octets, order.priority) for order in orders)
        try:
            async with asyncio.timeout(patience_s):
                await self._requester.ask(address, request, f"write of {len(orders)} properties")
        except WriteStopped as stop:
            place = next((n for n, order in enumerate(orders) if order.item == stop.target), None)
            if place is not None:
                return [*[None] * place, stop.error]
        except (TimeoutError, UnknownService, DeviceUnreachable):
            # One by one will show whether the device is there at all; if it is, it does not know this service.
            traits.writes_multiple = False
        except ObjectError:
            pass
        else:
            return [None] * len(orders)
        return [await self._one_or_error(address, order) for order in orders]

    async def _one_or_error(self, address: Address, order: _Order) -> DeviceError | None:
        try:
            await self._one(address, order)
        except ObjectError as error:
            return error
        return None

    async def _one(self, address: Address, order: _Order) -> None:
        request = WritePropertyRequest(
            objectIdentifier=order.item.target,
            propertyIdentifier=order.item.name,
            propertyValue=any_of(order.octets),
        )
        if order.item.place is not None:
            request.propertyArrayIndex = order.item.place
        if order.priority is not None:
            request.priority = order.priority
        await self._requester.ask(address, request, f"write to {order.item.words}")


def check_write(address: str, write: BacnetWrite) -> BacnetValue:
    """What would be sent, as a reading tells it once the device has stored just that; a command as its slot tells it.

    Raises what :meth:`Writer.write` would before anything is sent: ObjectError, or ConfigError for a name.
    """
    order = _order(station(address), write)
    object_type, name, place = order.item.target[0], order.item.name, order.item.place
    if name == _PRESENT and order.priority is not None:
        return decode(_in_a_slot(order.octets), object_type, _SLOTS, order.priority)
    return plain(encode(write.value, object_type, name, place))


def _in_a_slot(octets: bytes) -> AnyValue:
    """What is built of several parts stands in a slot within a tag of its own."""
    tags = list(any_of(octets).tagList)
    return AnyValue(TagList(tags if len(tags) == 1 else [OpeningTag(1), *tags, ClosingTag(1)]))


def _checked(address: Address, write: BacnetWrite) -> _Order | ObjectError:
    try:
        return _order(address, write)
    except ObjectError as error:
        return error


def _order(address: Address, write: BacnetWrite) -> _Order:
    """Raises ObjectError for a write that must not be sent, ConfigError for a name that there is not."""
    item = item_of(BacnetRef(write.object, write.property, write.index))
    try:
        if write.priority is not None:
            refuse_priority(write.priority)
        elif needs_priority(item.target[0], item.name):
            raise ValueError("a priority is needed; without one the value would stay in slot 16")
        octets = octets_to_send(write.value, item.target[0], item.name, item.place)
        if octets == NULL and write.priority is None:
            raise ValueError("null gives a slot back: it needs a priority")
    except ValueError as error:
        raise ObjectError(device_key(address), f"write to {item.words}: {error}") from None
    return _Order(item, octets, write.priority)


def _chunks(orders: Sequence[_Order], traits: Traits) -> list[list[_Order]]:
    """Writes in groups that fit into one request each."""
    chunks: list[list[_Order]] = []
    left = 0
    for order in orders:
        if not chunks or order.size > left:
            chunks.append([])
            left = traits.room - _PER_REQUEST
        chunks[-1].append(order)
        left -= order.size
    return chunks
