"""Writing properties: one, or many in one request, with a result for each; and nothing doubtful is ever sent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence, Set
from dataclasses import dataclass
from typing import TypeAlias

from bacpypes3.apdu import WritePropertyRequest
from bacpypes3.constructeddata import Any as AnyValue
from bacpypes3.pdu import Address
from bacpypes3.primitivedata import ClosingTag, OpeningTag, TagList

from clients.bacnet.decoding import decode, plain
from clients.bacnet.encoding import encode, needs_priority, refuse_priority
from clients.bacnet.errors import BacnetRefusal, UnknownService, WriteStopped
from clients.bacnet.names import device_key, property_identifier, station
from clients.bacnet.octets.services import OctetWrite, write_request
from clients.bacnet.octets.values import NULL, any_of, octets_to_send
from clients.bacnet.reading import PropertyItem, item_of, key_of
from clients.bacnet.requests import Requester
from clients.bacnet.results import PRESENT_VALUE, BacnetRef, BacnetValue, BacnetWrite, BacnetWriteResult
from clients.bacnet.sizes import BRACKETS, PER_OBJECT, REQUEST_HEADER, parameter_size
from clients.bacnet.traits import Traits, TraitsBook
from utils.errors import DeviceError, DeviceUnreachable, ObjectError

_PRESENT = property_identifier(PRESENT_VALUE)
_SLOTS = property_identifier("priority-array")


@dataclass(frozen=True, slots=True)
class _Order:
    """A write that may be sent."""

    item: PropertyItem
    octets: bytes
    """The value with its tags."""
    priority: int | None

    @property
    def size(self) -> int:
        """Octets that it takes in a request of several, beside its object's: 11 for a REAL with a priority."""
        item = self.item
        index = 0 if item.place is None else parameter_size(item.place)
        priority = 0 if self.priority is None else parameter_size(self.priority)
        return parameter_size(int(item.name)) + index + BRACKETS + len(self.octets) + priority

    @property
    def mark(self) -> _Mark:
        """What a device refuses or takes, whatever the value."""
        return self.item, self.priority


_Mark: TypeAlias = tuple[PropertyItem, int | None]


class Writer:
    """Writes to any device. Used inside the loop only; the caller sets the deadline."""

    def __init__(self, requester: Requester, traits: TraitsBook) -> None:
        self._requester = requester
        self._traits = traits
        self._refused: defaultdict[Address, set[_Mark]] = defaultdict(set)
        """What each device has refused last: it would hold up what is written with it."""
        self._apart: defaultdict[Address, set[_Mark]] = defaultdict(set)
        """What each device refuses in a list and takes by itself: for good."""

    async def write(self, address: Address, write: BacnetWrite) -> None:
        """One property. Raises DeviceError; ObjectError also for what must not be sent, before anything is."""
        await self._one(address, _order(address, write))

    async def write_multiple(self, address: Address, writes: Sequence[BacnetWrite]) -> tuple[BacnetWriteResult, ...]:
        """In the order given for each object, one result per write.

        What must not be sent is refused in its result, and the others are written all the same. What is most likely
        to be taken comes first: commands, then other properties; singly at the end what was refused the last time.
        """
        checked = [_checked(address, write) for write in writes]
        orders = [(place, order) for place, order in enumerate(checked) if isinstance(order, _Order)]
        errors = {place: order for place, order in enumerate(checked) if isinstance(order, ObjectError)}
        outcomes = await self._send(address, orders)
        return tuple(
            BacnetWriteResult(write, errors.get(place, outcomes.get(place))) for place, write in enumerate(writes)
        )

    async def _send(self, address: Address, orders: _Orders) -> dict[int, DeviceError | None]:
        if len(orders) < 2:
            return await self._singly(address, orders)
        traits = await self._traits.of(address)
        safe, others, refused = _by_risk(orders, self._refused[address] | self._apart[address])
        outcomes: dict[int, DeviceError | None] = {}
        for chunk in _chunks([*safe, *others], traits):
            outcomes |= await self._chunk(address, chunk, traits)
        return outcomes | await self._singly(address, refused)

    async def _chunk(self, address: Address, orders: _Orders, traits: Traits) -> dict[int, DeviceError | None]:
        """As one request; singly the first one that is refused and what it has held up, and all, where it fails.

        Some devices refuse in a list what they take by itself. A request without an answer may have been carried out:
        writing the same values once more does no harm, and tells what became of each.
        """
        if len(orders) < 2 or not traits.writes_multiple:
            return await self._singly(address, orders)
        request = write_request(OctetWrite(key_of(order.item), order.octets, order.priority) for _, order in orders)
        done, what = 0, f"write of {len(orders)} properties"
        outcomes: dict[int, DeviceError | None] = {}
        bad: _Order | None = None
        try:
            await self._requester.ask(address, request, what, self._requester.patience_s(address))
            done = len(orders)
        except WriteStopped as stop:
            at = next((n for n, (_, order) in enumerate(orders) if order.item == stop.target), None)
            if at is not None and isinstance(stop.error, BacnetRefusal):
                done, bad = at, orders[at][1]
            elif at is not None:
                done, outcomes = at + 1, {orders[at][0]: stop.error}
        except (TimeoutError, UnknownService, DeviceUnreachable):
            # One by one will show whether the device is there at all; if it is, it does not know this service.
            traits.writes_multiple = False
        except ObjectError:
            pass
        written: dict[int, DeviceError | None] = {place: None for place, _ in orders[:done]}
        outcomes |= await self._singly(address, orders[done:])
        if bad is not None and outcomes[orders[done][0]] is None:
            self._apart[address].add(bad.mark)
        return written | outcomes

    async def _singly(self, address: Address, orders: _Orders) -> dict[int, DeviceError | None]:
        return {place: await self._one_or_error(address, order) for place, order in orders}

    async def _one_or_error(self, address: Address, order: _Order) -> DeviceError | None:
        try:
            await self._one(address, order)
        except ObjectError as error:
            self._learn(address, order, error)
            return error
        self._refused[address].discard(order.mark)
        return None

    def _learn(self, address: Address, order: _Order, error: DeviceError) -> None:
        if isinstance(error, BacnetRefusal):
            self._refused[address].add(order.mark)

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


_Orders: TypeAlias = Sequence[tuple[int, _Order]]
"""Writes with their places in what was asked for."""


def _by_risk(orders: _Orders, refused: Set[_Mark]) -> tuple[_Orders, _Orders, _Orders]:
    """Objects that are only commanded, objects of which more is written, and those of which something was refused.

    The order within an object stays: an input is out of service before it is forced.
    """
    doubtful = {order.item.target for _, order in orders if order.mark in refused}
    changed = {order.item.target for _, order in orders if order.priority is None} - doubtful
    parts: tuple[list[tuple[int, _Order]], ...] = ([], [], [])
    for place, order in orders:
        target = order.item.target
        parts[2 if target in doubtful else 1 if target in changed else 0].append((place, order))
    return parts[0], parts[1], parts[2]


def _chunks(orders: _Orders, traits: Traits) -> list[_Orders]:
    """Writes in groups that fit into one request each."""
    chunks: list[list[tuple[int, _Order]]] = []
    left, last = 0, None
    for place, order in orders:
        size = order.size + (0 if order.item.target == last else PER_OBJECT)
        if not chunks or size > left:
            chunks.append([])
            left, size = traits.room - REQUEST_HEADER, order.size + PER_OBJECT
        chunks[-1].append((place, order))
        left, last = left - size, order.item.target
    return list(chunks)
