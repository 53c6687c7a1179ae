"""What the BACnet client answers with: plain values with unit, quality and time, and who was found on the network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

from utils.errors import DeviceError
from utils.values import ObjectRef, PriorityArray, Quality

Untyped: TypeAlias = Any
"""An object of BACpypes3, which comes without types."""

BacnetValue: TypeAlias = "float | int | bool | str | tuple[BacnetValue, ...] | None"
"""A property as Python has it: binaries are booleans, other enumerations their ASHRAE names, arrays tuples, and
what is built of several parts is JSON text. None is BACnet's Null. A slot of a priority array that holds no number of
its object's kind is a :class:`utils.values.OtherValue`."""

ObjectLike: TypeAlias = str | ObjectRef
"""An object as ``analog-input,1`` or as one of ours."""

PRESENT_VALUE = "present-value"


@dataclass(frozen=True, slots=True)
class BacnetRef:
    """A property of an object in ASHRAE's spelling; ``index`` (from 1; 0 is the length) picks an array's element."""

    object: ObjectLike
    property: str = PRESENT_VALUE
    index: int | None = None


@dataclass(frozen=True, slots=True)
class BacnetReading:
    """One property as it was read.

    ``unit`` is BACnet's enumeration text (``degrees-celsius``), of analog present-values only. ``time`` is when the
    answer came, in s of Unix time. ``value`` is None unless the quality is GOOD (and for Null); ``error`` says why, and
    ``told`` what came instead: for people, as it is not of the kind that the property should have.
    """

    address: str
    object: str
    property: str
    index: int | None
    value: BacnetValue
    unit: str | None = None
    quality: Quality = Quality.GOOD
    time: float = 0.0
    error: DeviceError | None = None
    told: BacnetValue = None


@dataclass(frozen=True, slots=True)
class BacnetWrite:
    """One property to write. ``value`` None gives the slot at ``priority`` back."""

    object: ObjectLike
    value: BacnetValue
    priority: int | None = None
    property: str = PRESENT_VALUE
    index: int | None = None


@dataclass(frozen=True, slots=True)
class BacnetWriteResult:
    """What became of a write; ``error`` is None when the device took it."""

    write: BacnetWrite
    error: DeviceError | None = None


@dataclass(frozen=True, slots=True, order=True)
class DeviceFound:
    """A device that answered Who-Is. ``max_apdu`` is in bytes; ``segmentation`` as ASHRAE names it."""

    instance: int
    address: str
    max_apdu: int
    segmentation: str
    vendor: int


@dataclass(frozen=True, slots=True, order=True)
class ObjectFound:
    """An object of a device that answered Who-Has."""

    device: int
    address: str
    object: str
    name: str


@dataclass(frozen=True, slots=True, order=True)
class RouterFound:
    """A router, and the networks that it reaches."""

    address: str
    networks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PointFound:
    """An object that point discovery told, with its name, value and description as far as the device tells."""

    object: str
    name: str
    value: BacnetValue
    unit: str | None
    quality: Quality
    commandable: bool
    description: str = ""
    told: BacnetValue = None
    """What came instead of a value of its kind."""


def priority_array_of(reading: BacnetReading) -> PriorityArray | None:
    """The 16 slots that were read; None where they were not."""
    return reading.value if reading.error is None and isinstance(reading.value, tuple) else None  # type: ignore[return-value]
