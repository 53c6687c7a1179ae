"""WriteProperty and WritePropertyMultiple, as strict as a controller (ASHRAE 135, clauses 15.9, 15.10 and 19.2)."""

from __future__ import annotations

from dataclasses import dataclass

from bacpypes3.apdu import SimpleAckPDU, WritePropertyMultipleError
from bacpypes3.basetypes import ObjectPropertyReference
from bacpypes3.errors import ParameterOutOfRange

from emulators.ecy.access.writing import ObjectWriter
from emulators.ecy.bacnet.device_rows import DEVICE_ROWS
from emulators.ecy.bacnet.object_rows import ref_of
from emulators.ecy.bacnet.reading import Directory
from emulators.ecy.bacnet.wire.errors import NOT_AN_ARRAY, error_type
from emulators.ecy.bacnet.wire.values import Element, Request, Tags, contents, decoded_number, is_null, text_of
from emulators.ecy.controller import EmulatedController
from emulators.ecy.objects.minimum_times import MINIMUM_TIMES_SLOT
from emulators.ecy.objects.objects import PRIORITIES, BacnetObject
from emulators.ecy.refusals import UNKNOWN_OBJECT, UNKNOWN_PROPERTY, WRITE_ACCESS_DENIED, Refusal
from emulators.ecy.wire.properties import PRESENT_VALUE

LOWEST_PRIORITY = PRIORITIES
"""The slot of a command without a priority."""


@dataclass(frozen=True, slots=True)
class PropertyWrite:
    """One property to write, out of either service. ``priority`` is None where none was sent."""

    identifier: Element
    property: Element
    index: int | None
    tags: Tags
    priority: int | None

    def reference(self) -> ObjectPropertyReference:
        """Which property this was, for an answer."""
        return ObjectPropertyReference(
            objectIdentifier=self.identifier, propertyIdentifier=self.property, propertyArrayIndex=self.index
        )


class WriteServices:
    """The two services."""

    def __init__(self, directory: Directory, controller: EmulatedController, writer: ObjectWriter) -> None:
        self._directory = directory
        self._database = controller.objects
        self._switches = controller.profile.bacnet
        self._minimum_times = controller.minimum_times
        self._writer = writer

    def property(self, request: Request) -> SimpleAckPDU:
        """Carry out a WriteProperty. Raises Refusal, and ParameterOutOfRange for a priority that does not exist."""
        write = PropertyWrite(
            request.objectIdentifier,
            request.propertyIdentifier,
            request.propertyArrayIndex,
            contents(request.propertyValue),
            request.priority,
        )
        _check_priority(write)
        self._write(write)
        return SimpleAckPDU(context=request)

    def multiple(self, request: Request) -> SimpleAckPDU | WritePropertyMultipleError:
        """Carry out a WritePropertyMultiple in order, up to the first that is refused; those before it stand.

        Raises ParameterOutOfRange before anything is written.
        """
        writes = _writes_of(request)
        for write in writes:
            _check_priority(write)
        for write in writes:
            try:
                self._write(write)
            except Refusal as refusal:
                return WritePropertyMultipleError(
                    errorType=error_type(refusal), firstFailedWriteAttempt=write.reference(), context=request
                )
        return SimpleAckPDU(context=request)

    def _write(self, write: PropertyWrite) -> None:
        if self._directory.is_device(write.identifier):
            raise Refusal(WRITE_ACCESS_DENIED if int(write.property) in DEVICE_ROWS else UNKNOWN_PROPERTY)
        self._write_object(write)

    def _write_object(self, write: PropertyWrite) -> None:
        ref = ref_of(write.identifier)
        if ref is None:
            raise Refusal(UNKNOWN_OBJECT, str(write.identifier))
        self._minimum_times.look()
        target = self._database.get(ref)
        row = self._directory.rows[ref.object_type].get(int(write.property))
        if row is None or (not row.required and row.read(target) is None):
            raise Refusal(UNKNOWN_PROPERTY, str(write.property))
        if write.index is not None and row.shape != "array":
            raise Refusal(NOT_AN_ARRAY, row.name)
        if row.name == PRESENT_VALUE and target.commandable:
            self._command(target, write)
        else:
            self._writer.change(ref, row.name, lambda: text_of(write.tags), lambda one: row.write(one, write.tags))

    def _command(self, target: BacnetObject, write: PropertyWrite) -> None:
        priority = LOWEST_PRIORITY if write.priority is None else write.priority
        if priority == MINIMUM_TIMES_SLOT:
            raise Refusal(WRITE_ACCESS_DENIED, "priority 6 belongs to minimum on and off times")
        if self._switches.only_priority not in (None, priority):
            raise Refusal(WRITE_ACCESS_DENIED, f"priority {priority}: commands are taken at one other alone")
        value = None if is_null(write.tags) else decoded_number(target.ref.object_type, write.tags)
        if self._switches.refuses_unknown_states or not _is_unknown_state(target, value):
            self._writer.command(target.ref, value, priority)


def _is_unknown_state(target: BacnetObject, value: float | None) -> bool:
    is_state = target.ref.object_type.is_multi_state and value is not None
    return is_state and not 1 <= (value or 0) <= target.number_of_states


def _check_priority(write: PropertyWrite) -> None:
    if write.priority is not None and not 1 <= write.priority <= PRIORITIES:
        raise ParameterOutOfRange(f"priority {write.priority}")


def _writes_of(request: Element) -> list[PropertyWrite]:
    return [
        PropertyWrite(
            specification.objectIdentifier,
            one.propertyIdentifier,
            one.propertyArrayIndex,
            contents(one.value),
            one.priority,
        )
        for specification in request.listOfWriteAccessSpecs
        for one in specification.listOfProperties
    ]
