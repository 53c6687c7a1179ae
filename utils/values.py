"""The values that cross rooms: the language of the project, named once.

All of them are frozen and replaced whole. Times are seconds of model time (from 1 January 00:00 of the model's
365-day year, local standard time) unless a name says otherwise.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from hashlib import sha256
from types import MappingProxyType
from typing import NamedTuple, Self, TypeAlias, TypeVar

from utils.clocks import ModelSeconds
from utils.errors import DeviceError

PointValue: TypeAlias = float | int | bool
"""What a BACnet present-value may be: REAL, an unsigned state number, or a binary."""


class OtherValue(float):
    """What a slot holds where that is no number of its object's kind: in words, and as it is encoded (hex).

    NaN to whoever reckons with it, so that it is never sent as a number; put back just as it stood by who knows it.
    ``datatype`` is BACnet's (``CharacterString``).
    """

    __slots__ = ("datatype", "encoded", "text")
    datatype: str
    encoded: str
    text: str

    def __new__(cls, text: str, datatype: str, encoded: str) -> Self:
        """Not a number, but what the texts tell."""
        made = super().__new__(cls, "nan")
        made.text, made.datatype, made.encoded = text, datatype, encoded
        return made

    @property
    def digest(self) -> float:
        """A whole number of 48 bits that tells it from others, for those who can keep only numbers."""
        return float(int.from_bytes(sha256(self.encoded.encode()).digest()[:6]))

    def __getnewargs__(self) -> tuple[str, str, str]:  # type: ignore[override]
        return self.text, self.datatype, self.encoded

    def __eq__(self, other: object) -> bool:
        return isinstance(other, OtherValue) and other.encoded == self.encoded

    def __hash__(self) -> int:
        return hash(self.encoded)

    def __repr__(self) -> str:
        return self.text

    def __format__(self, spec: str) -> str:
        return self.text


PriorityArray: TypeAlias = "tuple[PointValue | None, ...]"
"""The 16 slots of a commandable object, the first is priority 1; None is an empty one."""


class ObjectType(StrEnum):
    """BACnet object types, spelled as in the configs and in the controllers' ``object-type``."""

    ANALOG_INPUT = "AnalogInput"
    ANALOG_OUTPUT = "AnalogOutput"
    ANALOG_VALUE = "AnalogValue"
    BINARY_INPUT = "BinaryInput"
    BINARY_OUTPUT = "BinaryOutput"
    BINARY_VALUE = "BinaryValue"
    MULTI_STATE_INPUT = "MultiStateInput"
    MULTI_STATE_OUTPUT = "MultiStateOutput"
    MULTI_STATE_VALUE = "MultiStateValue"

    @property
    def is_analog(self) -> bool:
        """Whether the present-value is a number with a unit."""
        return self.value.startswith("Analog")

    @property
    def is_binary(self) -> bool:
        """Whether the present-value is active or inactive."""
        return self.value.startswith("Binary")

    @property
    def is_multi_state(self) -> bool:
        """Whether the present-value is a state number, counted from 1."""
        return self.value.startswith("MultiState")

    @property
    def is_whole(self) -> bool:
        """Whether the present-value is a whole number."""
        return self.is_multi_state

    @property
    def is_input(self) -> bool:
        """Whether the object has no priority array: it is forced through out-of-service."""
        return self.value.endswith("Input")

    @property
    def is_output(self) -> bool:
        """Whether the object drives a terminal."""
        return self.value.endswith("Output")


_COMMANDABLE = frozenset(
    {
        *("AccessDoor", "BinaryLightingOutput", "BitstringValue", "CharacterstringValue", "DatePatternValue"),
        *("DateValue", "DatetimePatternValue", "DatetimeValue", "IntegerValue", "LargeAnalogValue", "LightingOutput"),
        *("OctetstringValue", "PositiveIntegerValue", "TimePatternValue", "TimeValue"),
    }
)
"""Beside analog, binary and multi-state outputs and values (ASHRAE 135-2016, clause 19.2)."""


class OtherType(str):
    """A BACnet object type that configs know no points of, spelled as theirs are: ``IntegerValue``.

    ``Type128`` is the vendor's own type of that number, or one that is newer than what we know. Made by
    :func:`utils.bacnet.object_type`, so that none is one of :class:`ObjectType`.
    """

    __slots__ = ()
    is_binary = is_multi_state = False

    @property
    def is_analog(self) -> bool:
        """Whether a controller may keep the present-value nearly."""
        return self in ("LargeAnalogValue", "LightingOutput")

    @property
    def is_whole(self) -> bool:
        """Whether the present-value is a whole number."""
        return self in ("IntegerValue", "PositiveIntegerValue")

    @property
    def is_standard(self) -> bool:
        """Whether the standard says what its objects have."""
        return not self.removeprefix("Type").isdecimal()

    @property
    def is_input(self) -> bool:
        """Whether its objects have no priority array. Nobody knows of a type that is not the standard's."""
        return self.is_standard and self not in _COMMANDABLE

    @property
    def is_output(self) -> bool:
        """Whether the object drives a terminal."""
        return self.endswith("Output")


AnyObjectType: TypeAlias = ObjectType | OtherType
"""Any type of object that a BACnet device may have."""


class Role(Enum):
    """What the bridge does with a point's object in the controller."""

    FORCED = "forced"
    """Out of service, then present-value (inputs)."""
    COMMANDED = "commanded"
    """Present-value in one slot of the priority array (values)."""
    READ = "read"
    """Present-value is read and sent to the simulation (outputs)."""


@dataclass(frozen=True, slots=True, order=True)
class ObjectRef:
    """A BACnet object inside one controller."""

    bacnet_type: AnyObjectType
    instance: int

    @property
    def object_type(self) -> ObjectType:
        """The type, of an object that a config may have a point of. Raises TypeError for all others."""
        if isinstance(self.bacnet_type, ObjectType):
            return self.bacnet_type
        raise TypeError(f"{self} is of no type that a point can have")

    def __str__(self) -> str:
        return f"{self.bacnet_type} {self.instance}"


class Target(NamedTuple):
    """An object of a controller by the names that the configs use, before discovery has told its instance."""

    device: str
    object_type: ObjectType
    name: str

    def __str__(self) -> str:
        return f"{self.device} {self.object_type} {self.name}"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What discovery told about an object. ``units`` is None where the controller does not tell."""

    ref: ObjectRef
    name: str
    units: str | None = None
    description: str = ""


class WriteKind(Enum):
    """The three ways in which the bridge writes to a controller."""

    PRESENT_VALUE = "present-value"
    """A plain present-value: an input that is out of service."""
    COMMAND = "command"
    """Present-value at a priority; None gives the slot back."""
    OUT_OF_SERVICE = "out-of-service"
    RELIABILITY = "reliability"
    """By its number (:func:`utils.bacnet.reliability_words`); of an input that is out of service."""

    @property
    def is_value(self) -> bool:
        """Whether it says what the object is to show."""
        return self in (WriteKind.PRESENT_VALUE, WriteKind.COMMAND)


@dataclass(frozen=True, slots=True)
class Write:
    """One write to one object. ``priority`` (1 to 16) belongs to commands only."""

    ref: ObjectRef
    kind: WriteKind
    value: PointValue | None
    priority: int | None = None


class Quality(Enum):
    """How far a value may be trusted. Only GOOD ones are ever written to a peer."""

    GOOD = "good"
    BAD = "bad"
    """The peer answered, but with NaN, null or text."""
    MISSING = "missing"
    """The peer did not answer for this value."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One value read from a controller. ``value`` is None unless the quality is GOOD; ``note`` says why."""

    value: PointValue | None
    quality: Quality = Quality.GOOD
    note: str = ""


_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


def _frozen(mapping: Mapping[_Key, _Value]) -> Mapping[_Key, _Value]:
    return MappingProxyType(dict(mapping))


@dataclass(frozen=True, slots=True)
class SimulationState:
    """The reply of initialize or advance: measurements and inputs in force by BOPTEST name, SI units, NaN for null.

    ``ended`` is the scenario's normal end (``{}`` on the wire): there are no values then.
    """

    time_s: ModelSeconds
    values: Mapping[str, float] = field(default_factory=dict)
    ended: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", _frozen(self.values))


@dataclass(frozen=True, slots=True)
class Frame:
    """Step ``number`` of an episode, for the controllers to see. Frame 0 is the payload of initialize.

    ``values`` are the simulation's own (SI units, by BOPTEST name); ``targets`` are the same in the controllers'
    units. A measurement that cannot be trusted is absent from ``targets``.
    """

    number: int
    time_s: ModelSeconds
    values: Mapping[str, float]
    targets: Mapping[Target, PointValue] = field(default_factory=dict)
    episode: int = 0
    """Which one of the session: a reset begins the next."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", _frozen(self.values))
        object.__setattr__(self, "targets", _frozen(self.targets))


@dataclass(frozen=True, slots=True)
class Commands:
    """What the controllers answered to frame ``answers``: simulation inputs by BOPTEST name, SI units."""

    answers: int
    inputs: Mapping[str, float]

    def __post_init__(self) -> None:
        object.__setattr__(self, "inputs", _frozen(self.inputs))


@dataclass(frozen=True, slots=True)
class PointMetadata:
    """What the simulation tells about one of its points. ``unit`` is None for activations; limits may be absent."""

    unit: str | None
    description: str = ""
    minimum: float | None = None
    maximum: float | None = None
    is_input: bool = False


@dataclass(frozen=True, slots=True)
class ObjectLimits:
    """What an object says that it takes; None where it does not tell.

    ``minimum`` and ``maximum`` (``min-pres-value``, ``max-pres-value``) are in its units. ``minimum_on_s`` and
    ``minimum_off_s`` are how long a binary output stays as it is whatever is commanded (ASHRAE 135, 12.7).
    """

    minimum: float | None = None
    maximum: float | None = None
    minimum_on_s: float | None = None
    minimum_off_s: float | None = None


REAL32_LARGEST = 3.4028234663852886e38
"""The largest number that an analog present-value can hold (single precision)."""
REAL32_RELATIVE = 1e-6
"""What single precision, with its 24 bits, may make of a number, relative to it."""


def is_finite_number(value: object) -> bool:
    """Whether the value is a number that may be sent to a peer.

    A boolean counts. NaN, infinities and whole numbers that are too large for a float do not.
    """
    try:
        return isinstance(value, int | float) and math.isfinite(value)
    except OverflowError:
        return False


def is_real32(value: object) -> bool:
    """Whether the value is a number that a controller can hold."""
    return isinstance(value, int | float) and -REAL32_LARGEST <= value <= REAL32_LARGEST


def same_as_stored(found: PointValue, sent: PointValue) -> bool:
    """Whether two values are the same once a controller has stored them in single precision.

    Whole numbers are kept whole, and what is no number as it is.
    """
    if isinstance(found, OtherValue) or isinstance(sent, OtherValue):
        return kept_number(found) == kept_number(sent)
    if type(found) is type(sent) is int:
        return found == sent
    try:
        return as_real32(found) == as_real32(sent)
    except OverflowError:
        return found == sent  # double precision, of a large analog value


def kept_number(value: PointValue) -> float:
    """The value for those who can keep only numbers."""
    return value.digest if isinstance(value, OtherValue) else value


def as_real32(value: PointValue) -> float:
    """The value as a controller keeps it. Raises ``OverflowError`` for what single precision cannot hold."""
    real: float = struct.unpack("<f", struct.pack("<f", float(value)))[0]
    return real


@dataclass(frozen=True, slots=True)
class WriteResult:
    """What became of one write; ``error`` is None when the controller took it."""

    write: Write
    error: DeviceError | None = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """One batch's outcome: a result per write, in their order, and a sample per object read after them.

    ``names`` are those that were asked for and answered; None where the controller has no such object. ``slots`` are
    the priority arrays that were asked for; None where the controller does not tell.
    """

    writes: tuple[WriteResult, ...]
    samples: Mapping[ObjectRef, Sample]
    names: Mapping[ObjectRef, str | None] = field(default_factory=dict)
    slots: Mapping[ObjectRef, PriorityArray | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ObjectState:
    """An object as it is found. What the controller does not tell is None.

    ``priority_array`` has 16 slots, the first is priority 1; inputs have none. ``units`` is BACnet enumeration text.
    ``is_missing`` is whether the controller says that there is no such object; ``is_partial`` is whether it failed to
    answer something about it, so that what is None may be otherwise; ``unread`` is why the slots could not be read
    that it may have all the same; ``in_fault`` is whether its status flags say so, and it is in service;
    ``reliability`` is that of an input, by its number (:func:`utils.bacnet.reliability_words`).
    """

    present_value: Sample
    out_of_service: bool | None = None
    priority_array: PriorityArray | None = None
    units: str | None = None
    name: str | None = None
    is_missing: bool = False
    is_partial: bool = False
    unread: str = ""
    in_fault: bool | None = None
    reliability: int | None = None
