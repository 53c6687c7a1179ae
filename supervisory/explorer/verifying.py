"""What became of a write: a device may acknowledge one and store something else, or nothing.

The slot is compared, not the present-value, which a stronger slot may hold.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from clients.bacnet import (
    PRESENT_VALUE,
    BacnetReading,
    BacnetRef,
    BacnetValue,
    BacnetWrite,
    BacnetWriteResult,
    object_identifier,
)
from supervisory.explorer.report import held, in_short, shown
from supervisory.explorer.session import Explorer
from utils.errors import DeviceError, ObjectError
from utils.values import Quality, same_as_stored

PATIENCE_S = 2.0
"""Some devices answer for a moment with what was before a write."""
_PAUSE_S = 0.25
_SLOTS = "priority-array"

Seen = TypeVar("Seen")


@dataclass(frozen=True, slots=True)
class Sent:
    """A write, its value as a reading would tell it, and what its property held before."""

    result: BacnetWriteResult
    value: BacnetValue
    before: BacnetReading


@dataclass(frozen=True, slots=True)
class Fate:
    """What stands in a property after a write; ``problem`` is why that is not what was asked for.

    ``note`` is what the device has made of a value that it took.
    """

    reading: BacnetReading
    problem: str = ""
    note: str = ""


def slot_of(order: BacnetWrite) -> BacnetRef:
    """What a write changes: the slot of a command, else the property itself."""
    if order.priority is not None and order.property == PRESENT_VALUE:
        return BacnetRef(order.object, _SLOTS, order.priority)
    return BacnetRef(order.object, order.property, order.index)


def look(session: Explorer, address: str, orders: Sequence[BacnetWrite]) -> tuple[BacnetReading, ...]:
    """What the orders' properties hold. A slot is looked for in the whole array where it is not told alone.

    Raises DeviceError for the device; what concerns one property is in its reading.
    """
    readings = session.ask(
        lambda client: client.read_multiple(address, list(map(slot_of, orders)), timeout_s=session.timeout_s)
    )
    return tuple(_from_array(session, address, reading) for reading in readings)


def fates(session: Explorer, address: str, sent: Sequence[Sent]) -> list[Fate]:
    """What became of orders, each by its place."""
    orders = [one.result.write for one in sent]
    last = {_place(order): number for number, order in enumerate(orders)}

    def now() -> list[Fate]:
        try:
            after = look(session, address, orders)
            return [_fate(session, one, reading) for one, reading in zip(sent, after, strict=True)]
        except DeviceError as error:
            return [_unseen(one, error) for one in sent]

    def is_enough(told: Sequence[Fate]) -> bool:
        return not any(told[number].problem and sent[number].result.error is None for number in last.values())

    told = patiently(session, now, is_enough)
    return [
        fate if last[_place(order)] == number or sent[number].result.error is not None else Fate(fate.reading)
        for number, (order, fate) in enumerate(zip(orders, told, strict=True))
    ]


def patiently(session: Explorer, look_again: Callable[[], Seen], is_enough: Callable[[Seen], bool]) -> Seen:
    """Look until it is enough, or patience has an end; what was seen last."""
    deadline = time.monotonic() + PATIENCE_S
    seen = look_again()
    while not is_enough(seen) and time.monotonic() < deadline and not session.ended.wait(_PAUSE_S):
        seen = look_again()
    return seen


def _from_array(session: Explorer, address: str, reading: BacnetReading) -> BacnetReading:
    if reading.error is None or reading.property != _SLOTS or reading.index is None:
        return reading
    try:
        slots = session.ask(
            lambda client: client.read_priority_array(address, reading.object, timeout_s=session.timeout_s)
        )
    except ObjectError:
        return reading
    return replace(reading, value=slots[reading.index - 1], quality=Quality.GOOD, error=None)


def _fate(session: Explorer, sent: Sent, after: BacnetReading) -> Fate:
    refusal = sent.result.error
    if refusal is not None:
        return Fate(after, in_short(refusal, ""))
    if after.error is not None and after.property == _SLOTS:
        return _fate_without_slots(session, sent)
    if after.error is not None:
        return Fate(after, f"not verified: {in_short(after.error, after.object)}")
    is_now, told = after.value, shown(held(after))
    if _same(is_now, sent.value):
        return Fate(after)
    if sent.value is None:
        return Fate(after, f"NOT released: it holds {told}")
    if is_now is None or sent.before.error is not None or _same(is_now, sent.before.value):
        return Fate(after, f"NOT taken: it holds {told}")
    return Fate(after, note=f"{after.object}: the device has made {told} of {shown(sent.value)}")


def _fate_without_slots(session: Explorer, sent: Sent) -> Fate:
    """By the present-value, which tells nothing of a release."""
    ref = BacnetRef(sent.result.write.object)
    (after,) = session.ask(lambda client: client.read_multiple(sent.before.address, [ref], timeout_s=session.timeout_s))
    if after.error is not None or sent.value is None or not _same(after.value, sent.value):
        return Fate(after, "not verified: it does not show its slots")
    return Fate(after, note=f"{after.object}: it shows no slots; its present-value is what was written")


def _unseen(sent: Sent, error: DeviceError) -> Fate:
    """Nothing was seen afterwards."""
    reading = replace(sent.before, value=None, quality=Quality.MISSING, error=error)
    refusal = sent.result.error
    return Fate(reading, f"not verified: {error.what}" if refusal is None else in_short(refusal, ""))


def _place(order: BacnetWrite) -> tuple[str, BacnetRef]:
    """Where an order writes: of several to one place only the last can be found again."""
    ref = slot_of(order)
    return str(object_identifier(ref.object)), replace(ref, object="")


def _same(found: BacnetValue, sent: BacnetValue) -> bool:
    if isinstance(found, int | float) and isinstance(sent, int | float):
        return same_as_stored(found, sent)
    return found == sent
