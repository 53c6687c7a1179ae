"""Objects of any type whose answers are made by hand: all that the standard has, vendors' own, and faulty ones."""

from __future__ import annotations

from bacpypes3.basetypes import BinaryLightingPV, DateTime, DoorValue
from bacpypes3.constructeddata import Any as AnyValue
from bacpypes3.errors import PropertyError
from bacpypes3.primitivedata import (
    BitString,
    CharacterString,
    ClosingTag,
    Date,
    Double,
    Integer,
    Null,
    ObjectIdentifier,
    OctetString,
    OpeningTag,
    Real,
    TagList,
    Time,
    Unsigned,
)

from clients.bacnet.results import Untyped
from utils.bacnet import MANUAL_OPERATOR, SLOTS

_CONTEXT = 1


class HandMade:
    """Tells what it was given, and keeps in its slots what is commanded, as it came."""

    def __init__(self, identifier: str, name: str, kind: type, *, has_slots: bool = True, **told: Untyped) -> None:
        self.objectIdentifier, self.objectName = ObjectIdentifier(identifier), name
        self.kind = kind
        self.told = {"object-name": CharacterString(name)}
        self.told |= {text.replace("_", "-").removeprefix("p-"): value for text, value in told.items()}
        self.slots: list[Untyped] = [None] * SLOTS
        self.has_slots = has_slots

    async def read_property(self, attr: Untyped, index: Untyped = None) -> Untyped:
        name = str(attr)
        if name == "priority-array" and name not in self.told and self.has_slots:
            if index is not None:
                return in_slots([self.slots[index - 1]])
            return in_slots(self.slots)
        if name not in self.told:
            raise PropertyError("unknownProperty")
        return self.told[name]

    def get_property_type(self, attr: Untyped) -> Untyped:
        return self.kind

    async def write_property(
        self, attr: Untyped, value: Untyped, index: Untyped = None, priority: Untyped = None
    ) -> None:
        if str(attr) == "present-value" and self.has_slots:
            self.slots[(priority or SLOTS) - 1] = None if isinstance(value, Null) else value
        else:
            self.told[str(attr)] = value


def in_slots(values: Untyped) -> AnyValue:
    """A priority array of as many slots as there are values, each in its own datatype."""
    tags: list[Untyped] = []
    for value in values:
        slot = list(Null(()).encode() if value is None else value.encode())
        tags += slot if len(slot) == 1 else [OpeningTag(_CONTEXT), *slot, ClosingTag(_CONTEXT)]
    return AnyValue(TagList(tags))


def an_object_of_each_commandable_type() -> list[HandMade]:
    """All that the standard has beside analog, binary and multi-state, each held by hand at priority 8."""
    when = DateTime(date=Date((124, 7, 6, 6)), time=Time((5, 3, 2, 7)))
    values: dict[str, Untyped] = {
        "access-door": DoorValue("unlock"),
        "binary-lighting-output": BinaryLightingPV("warn"),
        "bitstring-value": BitString([1, 0, 1]),
        "characterstring-value": CharacterString("closed for cleaning"),
        "date-pattern-value": Date((255, 12, 255, 255)),
        "date-value": Date((124, 7, 6, 6)),
        "datetime-pattern-value": when,
        "datetime-value": when,
        "integer-value": Integer(-5),
        "large-analog-value": Double(1.0e40),
        "lighting-output": Real(75.0),
        "octetstring-value": OctetString(b"\x01\xff"),
        "positive-integer-value": Unsigned(4294967295),
        "time-pattern-value": Time((5, 255, 255, 255)),
        "time-value": Time((5, 3, 2, 7)),
    }
    made = []
    for kind, value in values.items():
        item = HandMade(f"{kind},1", f"a {kind}", type(value), present_value=value)
        item.slots[MANUAL_OPERATOR - 1] = value
        made.append(item)
    return made
