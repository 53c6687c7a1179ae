"""WriteProperty and WritePropertyMultiple to our own objects (ASHRAE 135, clauses 15.9, 15.10 and 19.2)."""

from __future__ import annotations

from dataclasses import dataclass

from bacpypes3.apdu import (
    SimpleAckPDU,
    WritePropertyMultipleError,
    WritePropertyMultipleRequest,
    WritePropertyRequest,
)
from bacpypes3.basetypes import ObjectPropertyReference
from bacpypes3.constructeddata import Any as AnyValue
from bacpypes3.constructeddata import Array
from bacpypes3.errors import ExecutionError, ParameterOutOfRange, PropertyError
from bacpypes3.local.cmd import Commandable
from bacpypes3.primitivedata import (
    Atomic,
    Null,
    ObjectIdentifier,
    PropertyIdentifier,
    Tag,
    TagClass,
    TagNumber,
    Unsigned,
)

from clients.bacnet.errors import UNREADABLE
from clients.bacnet.results import Untyped
from clients.bacnet.served.reading import ServedReads, error_type, is_there
from utils.bacnet import SLOTS


@dataclass(frozen=True, slots=True)
class ForeignWrite:
    """What somebody wants to write into an object of ours. Raises ParameterOutOfRange for a priority that is none."""

    identifier: ObjectIdentifier
    property: PropertyIdentifier
    index: int | None
    value: AnyValue
    priority: int | None

    def __post_init__(self) -> None:
        if self.priority is not None and not 1 <= self.priority <= SLOTS:
            raise ParameterOutOfRange(f"priority {self.priority}")


class ServedWrites(ServedReads):
    """Does what objects allow; of several writes those before the first that is refused."""

    async def do_WritePropertyRequest(self, apdu: WritePropertyRequest) -> None:  # noqa: N802 - BACpypes3 finds it by this name
        """One property."""
        await self._write(
            ForeignWrite(
                apdu.objectIdentifier,
                apdu.propertyIdentifier,
                apdu.propertyArrayIndex,
                apdu.propertyValue,
                apdu.priority,
            )
        )
        await self.response(SimpleAckPDU(context=apdu))

    async def do_WritePropertyMultipleRequest(self, apdu: WritePropertyMultipleRequest) -> None:  # noqa: N802
        """Any number, in their order."""
        writes = [
            ForeignWrite(
                wanted.objectIdentifier, one.propertyIdentifier, one.propertyArrayIndex, one.value, one.priority
            )
            for wanted in apdu.listOfWriteAccessSpecs
            for one in wanted.listOfProperties
        ]
        for write in writes:
            try:
                await self._write(write)
            except ExecutionError as error:
                await self.response(_stopped(write, error, apdu))
                return
        await self.response(SimpleAckPDU(context=apdu))

    async def _write(self, write: ForeignWrite) -> None:
        target = self.target(write.identifier)
        if not is_there(target, write.property, write.index):
            raise PropertyError("unknownProperty")
        is_command = isinstance(target, Commandable) and write.property == PropertyIdentifier.presentValue
        value = _value(write, target.get_property_type(write.property), is_command=is_command)
        await target.write_property(write.property, value, write.index, write.priority if is_command else None)


def _value(write: ForeignWrite, kind: Untyped, *, is_command: bool) -> Untyped:
    """What is to be written, in the datatype of the property, or the NULL that takes a command back.

    BACpypes3 takes any number for any other. Raises PropertyError.
    """
    if write.index is not None and issubclass(kind, Array):
        kind = kind._subtype if write.index else Unsigned
    inside = write.value.tagList[1:-1]
    is_one = len(inside) == 1 and inside[0].tag_class == TagClass.application
    if is_command and is_one and inside[0].tag_number == TagNumber.null:
        return Null(())
    if issubclass(kind, Atomic) and not (is_one and issubclass(kind, Tag._app_tag_class[inside[0].tag_number])):
        raise PropertyError("invalidDataType")
    try:
        return write.value.cast_out(kind)
    except UNREADABLE as error:
        raise PropertyError("invalidDataType") from error


def _stopped(write: ForeignWrite, error: ExecutionError, apdu: WritePropertyMultipleRequest) -> Untyped:
    """Which write was refused, and why."""
    return WritePropertyMultipleError(
        errorType=error_type(error),
        firstFailedWriteAttempt=ObjectPropertyReference(
            objectIdentifier=write.identifier,
            propertyIdentifier=write.property,
            propertyArrayIndex=write.index,
        ),
        context=apdu,
    )
