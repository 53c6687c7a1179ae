"""ReadProperty and ReadPropertyMultiple of our own objects (ASHRAE 135, clauses 15.5 and 15.7)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from types import MappingProxyType

from bacpypes3.apdu import (
    ReadPropertyACK,
    ReadPropertyMultipleACK,
    ReadPropertyMultipleRequest,
    ReadPropertyRequest,
)
from bacpypes3.app import Application
from bacpypes3.basetypes import (
    ErrorType,
    PropertyReference,
    ReadAccessResult,
    ReadAccessResultElement,
    ReadAccessResultElementChoice,
    ReadAccessSpecification,
)
from bacpypes3.constructeddata import Any as AnyValue
from bacpypes3.constructeddata import Array
from bacpypes3.errors import ExecutionError, ObjectError, PropertyError
from bacpypes3.primitivedata import ObjectIdentifier, PropertyIdentifier

from clients.bacnet.results import Untyped

_ANY_DEVICE = ObjectIdentifier("device,4194303")
"""By which a device may be read by whoever does not know its number."""

_GROUPS: Mapping[int, bool | None] = MappingProxyType(
    {PropertyIdentifier.all: None, PropertyIdentifier.required: True, PropertyIdentifier.optional: False}
)
"""What stands for several properties, and whether those have to be required ones."""


class ServedReads(Application):  # type: ignore[misc]
    """Answers what is asked for; of several things each by itself."""

    def target(self, identifier: ObjectIdentifier) -> Untyped:
        """One of our objects. Raises ObjectError."""
        found = self.device_object if identifier == _ANY_DEVICE else self.get_object_id(identifier)
        if found is None:
            raise ObjectError("unknownObject")
        return found

    async def do_ReadPropertyRequest(self, apdu: ReadPropertyRequest) -> None:  # noqa: N802 - BACpypes3 finds it by this name
        """One property."""
        target = self.target(apdu.objectIdentifier)
        await self.response(
            ReadPropertyACK(
                objectIdentifier=target.objectIdentifier,
                propertyIdentifier=apdu.propertyIdentifier,
                propertyArrayIndex=apdu.propertyArrayIndex,
                propertyValue=await _value(target, apdu.propertyIdentifier, apdu.propertyArrayIndex),
                context=apdu,
            )
        )

    async def do_ReadPropertyMultipleRequest(self, apdu: ReadPropertyMultipleRequest) -> None:  # noqa: N802
        """Any number; what there is not is said in its place."""
        results = [await self._result(one) for one in apdu.listOfReadAccessSpecs]
        await self.response(ReadPropertyMultipleACK(listOfReadAccessResults=results, context=apdu))

    async def _result(self, wanted: ReadAccessSpecification) -> ReadAccessResult:
        identifier, references = wanted.objectIdentifier, wanted.listOfPropertyReferences
        try:
            target = self.target(identifier)
        except ObjectError as error:
            elements = [_element(one.propertyIdentifier, one.propertyArrayIndex, error) for one in references]
        else:
            identifier = target.objectIdentifier
            elements = [element for one in references async for element in _elements(target, one)]
        return ReadAccessResult(objectIdentifier=identifier, listOfResults=elements)


async def _elements(target: Untyped, reference: PropertyReference) -> AsyncIterator[ReadAccessResultElement]:
    """One property, or those that the target has of a group."""
    name, index = reference.propertyIdentifier, reference.propertyArrayIndex
    is_group = name in _GROUPS
    for member in _members(target, _GROUPS[name]) if is_group else [name]:
        try:
            yield _element(member, index, await _value(target, member, index))
        except ExecutionError as error:
            if not is_group:
                yield _element(member, index, error)


def _members(target: Untyped, required: bool | None) -> list[PropertyIdentifier]:
    listed = set(target._elements) - {"propertyList"}
    needed = {name for part in type(target).__mro__ for name in getattr(part, "_required", ())}
    if required is not None:
        listed = listed & needed if required else listed - needed
    return sorted(PropertyIdentifier(name) for name in listed)


async def _value(target: Untyped, name: PropertyIdentifier, index: int | None) -> Untyped:
    """What the target tells of a property. Raises PropertyError."""
    value = await target.read_property(name, index) if is_there(target, name, index) else None
    if value is None:
        raise PropertyError("unknownProperty")
    return value


def is_there(target: Untyped, name: PropertyIdentifier, index: int | None) -> bool:
    """Whether the target's type has the property. Raises PropertyError for an index into what is no array."""
    kind = target.get_property_type(name)
    if kind is not None and index is not None and not issubclass(kind, Array):
        raise PropertyError("propertyIsNotAnArray")
    return kind is not None


def _element(name: PropertyIdentifier, index: int | None, told: Untyped) -> ReadAccessResultElement:
    choice = ReadAccessResultElementChoice()
    if isinstance(told, ExecutionError):
        choice.propertyAccessError = error_type(told)
    else:
        choice.propertyValue = AnyValue(told)
    return ReadAccessResultElement(propertyIdentifier=name, propertyArrayIndex=index, readResult=choice)


def error_type(error: ExecutionError) -> ErrorType:
    """Class and code, as a part of an answer."""
    return ErrorType(errorClass=error.errorClass, errorCode=error.errorCode)
