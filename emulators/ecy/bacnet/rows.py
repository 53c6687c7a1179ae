"""A property as a row of a table: how it is read and written, and by index where it is an array."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeAlias, TypeVar

from bacpypes3.primitivedata import PropertyIdentifier, Unsigned

from emulators.ecy.bacnet.wire.errors import INVALID_ARRAY_INDEX, NOT_AN_ARRAY
from emulators.ecy.bacnet.wire.values import Element, Tags
from emulators.ecy.refusals import UNKNOWN_PROPERTY, WRITE_ACCESS_DENIED, Refusal

Source = TypeVar("Source")
Reading: TypeAlias = Any
"""A value of BACpypes3, a sequence of them for a list or an array, or None: the object has no such property."""
Shape: TypeAlias = Literal["value", "list", "array"]
"""Only an array has elements that can be read one by one."""


def _denied(source: Source, tags: Tags) -> Source:
    raise Refusal(WRITE_ACCESS_DENIED, "read-only property")


@dataclass(frozen=True, slots=True)
class Row(Generic[Source]):
    """One property. ``write`` gives the changed source, or raises Refusal."""

    name: str
    read: Callable[[Source], Reading]
    write: Callable[[Source, Tags], Source] = _denied
    required: bool = True
    shape: Shape = "value"


Rows: TypeAlias = Mapping[int, Row[Source]]
"""Rows by the number of the property."""


def table(rows: Sequence[Row[Source]]) -> dict[int, Row[Source]]:
    """The rows, found by number, with a ``property-list`` of what a source has."""
    known = {int(PropertyIdentifier(row.name)): row for row in rows}
    own = int(PropertyIdentifier("property-list"))
    listed = [(number, row) for number, row in known.items() if row.name not in _NOT_LISTED]
    known[own] = Row("property-list", lambda source: _names_of(source, listed), shape="array")
    return known


def values_of(rows: Rows[Source], source: Source, number: int, index: int | None) -> Sequence[Element]:
    """A property's value in as many as it has, or one element of it; element 0 is the count. Raises Refusal."""
    row = rows.get(number)
    reading = None if row is None else row.read(source)
    if row is None or reading is None:
        raise Refusal(UNKNOWN_PROPERTY, str(number))
    if index is None:
        values: Sequence[Element] = (reading,) if row.shape == "value" else reading
        return values
    return (_element(row, reading, index),)


def selected(rows: Rows[Source], source: Source, *, required: bool | None) -> list[int]:
    """The numbers that ALL (None), REQUIRED or OPTIONAL stand for."""
    wanted = (number for number, row in rows.items() if required is None or row.required is required)
    return [one for one in wanted if rows[one].name != "property-list" and rows[one].read(source) is not None]


def _element(row: Row[Source], reading: Sequence[Element], index: int) -> Element:
    if row.shape != "array":
        raise Refusal(NOT_AN_ARRAY, row.name)
    if index == 0:
        return Unsigned(len(reading))
    if not 1 <= index <= len(reading):
        raise Refusal(INVALID_ARRAY_INDEX, f"{row.name} {index}")
    return reading[index - 1]


_NOT_LISTED = frozenset({"object-identifier", "object-name", "object-type"})


def _names_of(source: Source, listed: Sequence[tuple[int, Row[Source]]]) -> tuple[Element, ...]:
    return tuple(PropertyIdentifier(number) for number, row in listed if row.read(source) is not None)
