"""ReadProperty and ReadPropertyMultiple, answered straight from the database (ASHRAE 135, clauses 15.5 and 15.7)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from bacpypes3.apdu import ComplexAckPDU, ReadPropertyACK
from bacpypes3.primitivedata import ObjectType as BacnetType
from bacpypes3.primitivedata import PropertyIdentifier

from emulators.ecy.access.reads import ObjectReader
from emulators.ecy.bacnet.device_rows import DEVICE_ROWS, Device
from emulators.ecy.bacnet.object_rows import ref_of, rows_of
from emulators.ecy.bacnet.rows import Rows, selected, values_of
from emulators.ecy.bacnet.wire.errors import error_words
from emulators.ecy.bacnet.wire.multiple import ToldProperty, read_answer
from emulators.ecy.bacnet.wire.values import Element, Encoded, Request
from emulators.ecy.objects.objects import BacnetObject
from emulators.ecy.refusals import UNKNOWN_OBJECT, Refusal
from emulators.ecy.scanning import ScanTrigger
from utils.values import ObjectType

ANY_DEVICE = 4194303
"""The instance by which a device may be read by whoever does not know its own."""

_GROUPS = MappingProxyType(
    {
        int(PropertyIdentifier("all")): None,
        int(PropertyIdentifier("required")): True,
        int(PropertyIdentifier("optional")): False,
    }
)
_VALUE = int(PropertyIdentifier("present-value"))
_OF_A_VALUE = frozenset(
    int(PropertyIdentifier(name)) for name in ("present-value", "status-flags", "object-name", "priority-array")
)
_WITH_VALUE = frozenset(int(PropertyIdentifier(name)) for name in ("present-value", "all", "required"))


@dataclass(frozen=True, slots=True)
class Found:
    """What a request names, and its table of properties."""

    identifier: Element
    rows: Rows[Any]
    source: Any


class Directory:
    """Finds what identifiers stand for: the device, or an object of the database as a client sees it now."""

    def __init__(self, device: Device, reader: ObjectReader) -> None:
        profile = device.controller.profile
        self.rows: Mapping[ObjectType, Rows[BacnetObject]] = {kind: rows_of(kind, profile) for kind in ObjectType}
        self._device = device
        self._reader = reader

    def is_device(self, identifier: Element) -> bool:
        """Whether this is the controller's own device object."""
        instances = (ANY_DEVICE, self._device.controller.spec.instance)
        return bool(identifier[0] == BacnetType.device) and int(identifier[1]) in instances

    def find(self, identifier: Element, numbers: Iterable[int]) -> Found:
        """What the identifier stands for, to read the properties with these numbers of it.

        Raises Refusal when there is no such object.
        """
        if self.is_device(identifier):
            return Found(self._device.identifier, DEVICE_ROWS, self._device)
        ref = ref_of(identifier)
        if ref is None:
            raise Refusal(UNKNOWN_OBJECT, str(identifier))
        self._device.controller.minimum_times.look()
        look_up = self._reader.get if _WITH_VALUE.isdisjoint(numbers) else self._reader.for_value
        return Found(identifier, self.rows[ref.object_type], look_up(ref))


class ReadServices:
    """The two services."""

    def __init__(self, directory: Directory, trigger: ScanTrigger) -> None:
        self._directory = directory
        self._trigger = trigger

    def property(self, request: Request) -> ReadPropertyACK:
        """Answer a ReadProperty. Raises Refusal."""
        number, index = int(request.propertyIdentifier), request.propertyArrayIndex
        found = self._directory.find(request.objectIdentifier, [number])
        return ReadPropertyACK(
            objectIdentifier=found.identifier,
            propertyIdentifier=request.propertyIdentifier,
            propertyArrayIndex=index,
            propertyValue=Encoded(values_of(found.rows, found.source, number, index)),
            context=request,
        )

    def multiple(self, request: Request) -> ComplexAckPDU:
        """Answer a ReadPropertyMultiple; what is refused is refused item by item."""
        specifications = request.listOfReadAccessSpecs
        try:
            if _asks_for_values(specifications):
                self._trigger.arm()
            results = [self._object(specification) for specification in specifications]
        finally:
            self._trigger.disarm()
        return read_answer(request, results)

    def _object(self, specification: Element) -> tuple[Element, list[ToldProperty]]:
        identifier, references = specification.objectIdentifier, specification.listOfPropertyReferences
        try:
            found = self._directory.find(identifier, [int(one.propertyIdentifier) for one in references])
        except Refusal as refusal:
            error = error_words(refusal)
            return identifier, [
                ToldProperty(int(ref.propertyIdentifier), ref.propertyArrayIndex, (), error) for ref in references
            ]
        return found.identifier, [_read(found, number, index) for number, index in _wanted(found, references)]


def _asks_for_values(specifications: Sequence[Element]) -> bool:
    """Whether objects are read as a step reads them, names or slots along with it.

    Who takes stock asks for more, though perhaps not of each object: what does not fit a request goes into the next.
    """
    asked = {int(one.propertyIdentifier) for spec in specifications for one in spec.listOfPropertyReferences}
    return _VALUE in asked and asked <= _OF_A_VALUE


def _wanted(found: Found, references: Element) -> Iterator[tuple[int, int | None]]:
    for reference in references:
        number = int(reference.propertyIdentifier)
        if number not in _GROUPS:
            yield number, reference.propertyArrayIndex
            continue
        for member in selected(found.rows, found.source, required=_GROUPS[number]):
            yield member, None


def _read(found: Found, number: int, index: int | None) -> ToldProperty:
    try:
        return ToldProperty(number, index, values_of(found.rows, found.source, number, index))
    except Refusal as refusal:
        return ToldProperty(number, index, (), error_words(refusal))
